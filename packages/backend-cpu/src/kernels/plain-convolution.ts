// Convolution by plain loops over dense operands of any dtype and number of spatial dims.
import type { ConvolutionGeometry, Operand } from '@tt/tensor'
import type { Heap } from '../memory/heap.ts'
import { count } from './iteration.ts'
import { addressOf } from './temporaries.ts'

type Elements = { [index: number]: number; readonly length: number }

/**
 * Forward writes `output`, 'input' writes `input` and 'weight' writes `weight`, each from the other two. Sums are
 * float64, or bigint for int64, and written at the end.
 */
export function plainConvolution(
  heap: Heap,
  wanted: 'forward' | 'input' | 'weight',
  input: Operand,
  weight: Operand,
  bias: Operand | null,
  output: Operand,
  geometry: ConvolutionGeometry,
): void {
  const elements = (operand: Operand): Elements =>
    new operand.dtypeInfo.array(
      heap.memory.buffer,
      addressOf(operand),
      count(operand.shape),
    ) as unknown as Elements
  const [x, w, y] = [elements(input), elements(weight), elements(output)]
  const target = wanted === 'forward' ? y : wanted === 'input' ? x : w
  const zero = (input.dtypeInfo.name === 'int64' ? 0n : 0) as number
  const sums = new Array<number>(target.length).fill(zero)
  if (bias !== null) {
    const added = elements(bias)
    const plane = y.length / (output.shape[0] * output.shape[1])
    for (let i = 0; i < y.length; i++) sums[i] = added[Math.floor(i / plane) % output.shape[1]]
  }
  const [batch, outChannels] = output.shape
  const channels = weight.shape[1]
  const perGroup = outChannels / geometry.groups
  const taps = spatialTaps(input.shape.slice(2), weight.shape.slice(2), output.shape.slice(2), geometry)
  const [inPlane, kernelPlane, outPlane] = [input, weight, output].map((operand) =>
    count(operand.shape.slice(2)),
  )
  for (let n = 0; n < batch; n++) {
    for (let o = 0; o < outChannels; o++) {
      const group = Math.floor(o / perGroup)
      for (let c = 0; c < channels; c++) {
        const xBase = (n * input.shape[1] + group * channels + c) * inPlane
        const wBase = (o * channels + c) * kernelPlane
        const yBase = (n * outChannels + o) * outPlane
        for (let i = 0; i < taps.length; i += 3) {
          const [a, b, d] = [xBase + taps[i], wBase + taps[i + 1], yBase + taps[i + 2]]
          if (wanted === 'forward') sums[d] += x[a] * w[b]
          else if (wanted === 'input') sums[a] += y[d] * w[b]
          else sums[b] += y[d] * x[a]
        }
      }
    }
  }
  for (let i = 0; i < target.length; i++) target[i] = sums[i]
}

// Triples (input, kernel, output) of positions within their planes that belong together.
function spatialTaps(
  inSizes: readonly number[],
  kernelSizes: readonly number[],
  outSizes: readonly number[],
  geometry: ConvolutionGeometry,
): number[] {
  let taps = [0, 0, 0]
  inSizes.forEach((inSize, d) => {
    const next: number[] = []
    for (let t = 0; t < taps.length; t += 3) {
      for (let o = 0; o < outSizes[d]; o++) {
        for (let k = 0; k < kernelSizes[d]; k++) {
          const i = o * geometry.stride[d] - geometry.padding[d] + k * geometry.dilation[d]
          if (i < 0 || i >= inSize) continue
          next.push(taps[t] * inSize + i, taps[t + 1] * kernelSizes[d] + k, taps[t + 2] * outSizes[d] + o)
        }
      }
    }
    taps = next
  })
  return taps
}
