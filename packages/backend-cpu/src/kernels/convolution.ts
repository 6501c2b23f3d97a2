// Convolutions: 1-d and 2-d floats by the AssemblyScript kernels, 3-d ones plane by plane, integers by plain loops.
import { dtypes, input, mapKernel } from '@tt/tensor'
import type { ConvolutionGeometry, CoreKernels, DTypeInfo, MapKernel, Operand } from '@tt/tensor'
import { convGeometry } from '../assembly/index.ts'
import type { AssemblyFloat, AssemblyKernels } from '../assembly/index.ts'
import { plainConvolution } from './plain-convolution.ts'
import { createVolumeConvolution } from './volume-convolution.ts'
import { multiplyAddsPerMicrosecond } from '../threads/cost.ts'
import { runRanges } from '../threads/split.ts'
import type { PartScratch, Threads } from '../threads/threads.ts'
import { count } from './iteration.ts'
import { addressOf, nameOf } from './temporaries.ts'
import type { Temporaries } from './temporaries.ts'

type Convolutions = Pick<CoreKernels, 'convolution' | 'convolutionInput' | 'convolutionWeight'>

// One spatial dim is two, the first of size 1.
const two = (of: readonly number[], fill: number): [number, number] =>
  of.length === 1 ? [fill, of[0]] : [of[0], of[1]]

function writeGeometry(
  t: Temporaries,
  input: Operand,
  weight: Operand,
  out: Operand,
  g: ConvolutionGeometry,
): number {
  const [inH, inW] = two(input.shape.slice(2), 1)
  const [kernelH, kernelW] = two(weight.shape.slice(2), 1)
  const [outH, outW] = two(out.shape.slice(2), 1)
  const [strideH, strideW] = two(g.stride, 1)
  const [padH, padW] = two(g.padding, 0)
  const [dilationH, dilationW] = two(g.dilation, 1)
  const pointer = t.bytes(64)
  convGeometry(t.runtime.heap.memory, pointer, {
    batch: input.shape[0],
    inChannels: input.shape[1],
    inH,
    inW,
    outChannels: out.shape[1],
    outH,
    outW,
    kernelH,
    kernelW,
    strideH,
    strideW,
    padH,
    padW,
    dilationH,
    dilationW,
    groups: g.groups,
  })
  return pointer
}

/** Microseconds. */
const convolutionCost = (out: Operand, weight: Operand): number =>
  ((count(out.shape) * count(weight.shape)) / weight.shape[0] / multiplyAddsPerMicrosecond) *
  (out.dtypeInfo === dtypes.float64 ? 2 : 1)

const rounded = (bytes: number): number => (bytes + 63) & ~63

// A copy of the geometry with other output channels.
function withOutChannels(t: Temporaries, geometry: number, channels: number): number {
  const own = t.bytes(64)
  const words = t.runtime.heap.i32
  words.copyWithin(own >> 2, geometry >> 2, (geometry >> 2) + 16)
  words[(own >> 2) + 4] = channels
  return own
}

const sums = new Map<number, MapKernel>()

// x₀ + x₁ + ...
function sumKernel(dtype: DTypeInfo, terms: number): MapKernel {
  const key = dtype.index * 64 + terms
  let kernel = sums.get(key)
  if (kernel === undefined) {
    const inputs = Array.from({ length: terms }, () => dtype)
    const expr = inputs.map((_, i) => input(i)).reduce((x, y) => x.add(y))
    kernel = mapKernel(`sum of ${terms}`, inputs, 0, dtype.compute, [{ expr, dtype }])
    sums.set(key, kernel)
  }
  return kernel
}

const isFast = (operand: Operand): boolean =>
  operand.shape.length <= 4 && operand.shape.length >= 3 && operand.dtypeInfo.category === 'float'

const isVolume = (operand: Operand): boolean =>
  operand.shape.length === 5 && operand.dtypeInfo.category === 'float'

/** The convolution kernels of the backend. */
export function createConvolution(
  assembly: AssemblyKernels,
  threads: Threads,
  map: CoreKernels['map'],
  temporaries: () => Temporaries,
): Convolutions {
  const flat: Convolutions = {
    convolution(input, weight, bias, out, geometry) {
      if (count(out.shape) === 0) return
      if (isVolume(input)) return volume.convolution(input, weight, bias, out, geometry)
      temporaries().run((t) => {
        const [x, w, b, y] = [t.dense(input), t.dense(weight), bias && t.dense(bias), t.result(out)]
        if (!isFast(input) || count(weight.shape) === 0)
          return plainConvolution(t.runtime.heap, 'forward', x, w, b, y, geometry)
        const g = writeGeometry(t, input, weight, out, geometry)
        const { itemSize } = x.dtypeInfo
        const kernel = assembly.convForward[nameOf(x.dtypeInfo) as AssemblyFloat]
        const cost = convolutionCost(out, weight)
        const bytes = rounded(assembly.convForwardScratch(g, itemSize))
        const scratch = (parts: number): PartScratch => ({ arg: 7, address: t.bytes(bytes * parts), bytes })
        const [batch, channels] = out.shape
        if (batch > 1 || geometry.groups > 1) {
          const args = [g, addressOf(x), addressOf(w), b ? addressOf(b) : 0, addressOf(y)]
          runRanges(threads, kernel, batch, cost, (start, end) => [...args, start, end, 0], scratch)
          return
        }
        // one image: output channels are divided
        const filter = (count(weight.shape) / channels) * itemSize
        const plane = (count(out.shape) / channels) * itemSize
        runRanges(
          threads,
          kernel,
          channels,
          cost,
          (start, end) => [
            withOutChannels(t, g, end - start),
            addressOf(x),
            addressOf(w) + start * filter,
            b ? addressOf(b) + start * itemSize : 0,
            addressOf(y) + start * plane,
            0,
            1,
            0,
          ],
          scratch,
        )
      })
    },
    convolutionInput(gradient, weight, out, geometry) {
      if (count(out.shape) === 0) return
      if (isVolume(out)) return volume.convolutionInput(gradient, weight, out, geometry)
      temporaries().run((t) => {
        const [dy, w, dx] = [t.dense(gradient), t.dense(weight), t.result(out)]
        if (!isFast(out) || count(gradient.shape) === 0)
          return plainConvolution(t.runtime.heap, 'input', dx, w, null, dy, geometry)
        const g = writeGeometry(t, out, weight, gradient, geometry)
        const kernel = assembly.convGradInput[nameOf(dx.dtypeInfo) as AssemblyFloat]
        const bytes = rounded(assembly.convGradInputScratch(g, dx.dtypeInfo.itemSize))
        const args = [g, addressOf(dy), addressOf(w), addressOf(dx)]
        runRanges(
          threads,
          kernel,
          out.shape[0],
          convolutionCost(gradient, weight),
          (start, end) => [...args, start, end, 0],
          (parts) => ({ arg: 6, address: t.bytes(bytes * parts), bytes }),
        )
      })
    },
    convolutionWeight(gradient, input, out, geometry) {
      if (count(out.shape) === 0) return
      if (isVolume(input)) return volume.convolutionWeight(gradient, input, out, geometry)
      temporaries().run((t) => {
        const [dy, x, dw] = [t.dense(gradient), t.dense(input), t.result(out)]
        if (!isFast(input) || count(gradient.shape) === 0 || count(input.shape) === 0) {
          return plainConvolution(t.runtime.heap, 'weight', x, dw, null, dy, geometry)
        }
        const g = writeGeometry(t, input, out, gradient, geometry)
        const kernel = assembly.convGradWeight[nameOf(dw.dtypeInfo) as AssemblyFloat]
        const bytes = rounded(assembly.convGradWeightScratch(g, dw.dtypeInfo.itemSize))
        const args = [g, addressOf(x), addressOf(dy)]
        // each part sums over its own images, the first one into the result
        const partials: Operand[] = []
        runRanges(
          threads,
          kernel,
          input.shape[0],
          convolutionCost(gradient, out),
          (start, end) => {
            const target = start === 0 ? dw : t.empty(out.shape, dw.dtypeInfo)
            if (start > 0) partials.push(target)
            return [...args, addressOf(target), 0, start, end, 0]
          },
          (parts) => ({ arg: 7, address: t.bytes(bytes * parts), bytes }),
        )
        if (partials.length > 0)
          map(sumKernel(dw.dtypeInfo, partials.length + 1), [dw, ...partials], [], [dw])
      })
    },
  }
  const volume = createVolumeConvolution(flat, map, temporaries)
  return flat
}
