// What the three convolution kernels share: their uniform words, and WGSL pieces over the window.
import type { ConvolutionGeometry, Operand } from '@tt/tensor'
import { decodeWord } from '../../wgsl/storage-format.ts'
import type { Scalar } from '../../wgsl/storage-format.ts'
import { count } from '../iteration.ts'
import { put } from '../program.ts'
import type { Words } from '../program.ts'

/** Uniform words that all three share: sizes, geometry and the three windows. */
export interface Geometry {
  readonly spatial: number
  readonly inputSize: string[]
  readonly outputSize: string[]
  readonly kernel: string[]
  readonly stride: string[]
  readonly padding: string[]
  readonly dilation: string[]
  readonly batch: string
  readonly groups: string
  /** Channels of a group, in the input and in the output. */
  readonly inner: string
  readonly outer: string
  /** Words of the operands' windows. */
  readonly windows: readonly { readonly offset: string; readonly strides: readonly string[] }[]
  /** Address of an element of each operand. */
  readonly at: (operand: number, index: readonly string[]) => string
}

/** Names the words that putGeometry writes. */
export function geometryWords(words: Words, spatial: number, operands: number): Geometry {
  const [inputSize, outputSize, kernel, stride, padding, dilation] = Array.from({ length: 6 }, () =>
    words.row(spatial),
  )
  const [batch, groups, inner, outer] = words.row(4)
  const windows = Array.from({ length: operands }, () => ({
    offset: words.next(),
    strides: words.row(spatial + 2),
  }))
  const at = (operand: number, index: readonly string[]): string =>
    [windows[operand].offset, ...index.map((i, d) => `(${i}) * ${windows[operand].strides[d]}`)].join(' + ')
  return {
    spatial,
    inputSize,
    outputSize,
    kernel,
    stride,
    padding,
    dilation,
    batch,
    groups,
    inner,
    outer,
    windows,
    at,
  }
}

/** Writes sizes, geometry and the windows of input, weight and output; answers the next position. */
export function putGeometry(
  words: Uint32Array,
  at: number,
  input: Operand,
  weight: Operand,
  output: Operand,
  geometry: ConvolutionGeometry,
): number {
  let next = at
  for (const sizes of [
    input.shape.slice(2),
    output.shape.slice(2),
    weight.shape.slice(2),
    geometry.stride,
    geometry.padding,
    geometry.dilation,
  ]) {
    next = put(words, next, sizes)
  }
  next = put(words, next, [
    input.shape[0],
    geometry.groups,
    weight.shape[1],
    weight.shape[0] / geometry.groups,
  ])
  for (const { offset, strides } of [input, weight, output]) next = put(words, next, [offset, ...strides])
  return next
}
/** Number of words of putGeometry. */
export const geometryCount = (spatial: number): number => 6 * spatial + 4 + 3 * (spatial + 3)

/** WGSL of the value of operand k at an address. */
export const loads =
  (operands: readonly Operand[], slots: readonly number[], type: Scalar) =>
  (k: number, at: string): string =>
    decodeWord(`b${slots[k]}[${at}]`, operands[k].dtypeInfo, type)

/** Number of groups of four neighbouring places of a [N, C, ...] shape. */
export const foursOf = (shape: readonly number[]): number =>
  count(shape.slice(2, -1)) * Math.ceil(shape[shape.length - 1] / 4)

/** Names of the places in all spatial dims. */
export const places = (name: string, spatial: number, signed = false): string[] =>
  Array.from({ length: spatial }, (_, d) => (signed ? `u32(${name}${d})` : `${name}${d}`))

/** WGSL loops over the taps of the window; `position` may `continue` the loop of its dim. */
export function tapLoops(g: Geometry, position: (dim: number) => string, body: string): string {
  let code = body
  for (let d = g.spatial - 1; d >= 0; d--)
    code = `for (var t${d} = 0u; t${d} < ${g.kernel[d]}; t${d}++) {${position(d)}${code}\n}`
  return code
}
