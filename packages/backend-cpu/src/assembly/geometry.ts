// The geometry of a convolution or pooling, as the kernels read it from memory.
import type { Pointer } from './dtypes.ts'

/**
 * A 2-d convolution or pooling, written to memory as sixteen int32 by `convGeometry`. Shapes are [batch, inChannels, inH,
 * inW], [outChannels, inChannels / groups, kernelH, kernelW] and [batch, outChannels, outH, outW], all contiguous.
 */
export interface ConvGeometry {
  batch: number
  inChannels: number
  inH: number
  inW: number
  outChannels: number
  outH: number
  outW: number
  kernelH: number
  kernelW: number
  strideH: number
  strideW: number
  padH: number
  padW: number
  dilationH: number
  dilationW: number
  groups: number
}

/** Order of the geometry in memory. */
const geometryFields = [
  'batch',
  'inChannels',
  'inH',
  'inW',
  'outChannels',
  'outH',
  'outW',
  'kernelH',
  'kernelW',
  'strideH',
  'strideW',
  'padH',
  'padW',
  'dilationH',
  'dilationW',
  'groups',
] as const satisfies (keyof ConvGeometry)[]

/** Writes `geometry` where the convolution and pooling kernels read it: 64 bytes, aligned to 4. */
export function convGeometry(memory: WebAssembly.Memory, pointer: Pointer, geometry: ConvGeometry): void {
  const block = new Int32Array(memory.buffer, pointer, geometryFields.length)
  for (let i = 0; i < geometryFields.length; i++) block[i] = geometry[geometryFields[i]]
}
