// Convolutions: 1-d and 2-d floats by the AssemblyScript kernels, 3-d ones plane by plane, integers by plain loops.
import type { ConvolutionGeometry, CoreKernels, Operand } from '@tt/tensor'
import { convGeometry } from '../assembly/index.ts'
import type { AssemblyFloat, AssemblyKernels } from '../assembly/index.ts'
import { plainConvolution } from './plain-convolution.ts'
import { createVolumeConvolution } from './volume-convolution.ts'
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

const isFast = (operand: Operand): boolean =>
  operand.shape.length <= 4 && operand.shape.length >= 3 && operand.dtypeInfo.category === 'float'

const isVolume = (operand: Operand): boolean =>
  operand.shape.length === 5 && operand.dtypeInfo.category === 'float'

/** The convolution kernels of the backend. */
export function createConvolution(
  assembly: AssemblyKernels,
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
        const scratch = t.bytes(assembly.convForwardScratch(g, x.dtypeInfo.itemSize))
        const kernel = assembly.convForward[nameOf(x.dtypeInfo) as AssemblyFloat]
        kernel(g, addressOf(x), addressOf(w), b ? addressOf(b) : 0, addressOf(y), 0, input.shape[0], scratch)
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
        const scratch = t.bytes(assembly.convGradInputScratch(g, dx.dtypeInfo.itemSize))
        const kernel = assembly.convGradInput[nameOf(dx.dtypeInfo) as AssemblyFloat]
        kernel(g, addressOf(dy), addressOf(w), addressOf(dx), 0, out.shape[0], scratch)
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
        const scratch = t.bytes(assembly.convGradWeightScratch(g, dw.dtypeInfo.itemSize))
        const kernel = assembly.convGradWeight[nameOf(dw.dtypeInfo) as AssemblyFloat]
        kernel(g, addressOf(x), addressOf(dy), addressOf(dw), 0, 0, input.shape[0], scratch)
      })
    },
  }
  const volume = createVolumeConvolution(flat, map, temporaries)
  return flat
}
