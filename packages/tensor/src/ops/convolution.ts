// The convolution kernels as ops: convolution and its gradients by input (also the transposed one) and by weight.
import type { Backend } from '../backend/backend.ts'
import type { ConvolutionGeometry, MapKernel } from '../backend/kernels.ts'
import { fillElements } from '../dispatch/elements.ts'
import { mapKernel } from '../dispatch/pointwise-record.ts'
import { apply, structured } from '../dispatch/structured.ts'
import { input } from '../expr/expr.ts'
import { numelOf } from '../shape/shape.ts'
import { viewOf } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'

/** Size of a convolution's result along one spatial dim. @example convolvedSize(28, 5, 1, 0, 1) // => 24 */
export const convolvedSize = (
  size: number,
  kernel: number,
  stride: number,
  padding: number,
  dilation: number,
): number => Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1

/** convolution: input [N, Cin, ...], weight [Cout, Cin / groups, ...], bias [Cout] or none. */
export const convolutionOp = structured<ConvolutionGeometry>({
  name: 'convolution',
  complex: 'product',
  infer: ([self, weight], { stride, padding, dilation }) => [
    {
      shape: [
        self.shape[0],
        weight.shape[0],
        ...stride.map((step, i) =>
          convolvedSize(self.shape[i + 2], weight.shape[i + 2], step, padding[i], dilation[i]),
        ),
      ],
      dtype: self.dtypeInfo,
    },
  ],
  run: (backend, [self, weight, bias], geometry, [out]) => {
    if (out.elementCount === 0) return
    if (weight.elementCount > 0) backend.kernels.convolution(self, weight, bias ?? null, out, geometry)
    else {
      fillElements(out, 0)
      if (bias !== undefined) addBias(backend, bias, out)
    }
  },
})

/** Attributes of convolutionInput: the shape of the result as well, since a stride leaves it open. */
export interface ConvolutionInputAttrs extends ConvolutionGeometry {
  readonly inputShape: readonly number[]
}
/** convolutionInput: gradient [N, Cout, ...], weight [Cout, Cin / groups, ...], bias [Cin] or none, added to the result. */
export const convolutionInputOp = structured<ConvolutionInputAttrs>({
  name: 'convolutionInput',
  gradName: 'ConvolutionBackward0',
  complex: 'product',
  infer: ([gradient], { inputShape }) => [{ shape: inputShape, dtype: gradient.dtypeInfo }],
  run: (backend, [gradient, weight, bias], geometry, [out]) => {
    if (out.elementCount === 0) return
    if (gradient.elementCount === 0 || weight.elementCount === 0) fillElements(out, 0)
    else backend.kernels.convolutionInput(gradient, weight, out, geometry)
    if (bias !== undefined) addBias(backend, bias, out)
  },
})

/** Attributes of convolutionWeight: the shape of the result as well. */
export interface ConvolutionWeightAttrs extends ConvolutionGeometry {
  readonly weightShape: readonly number[]
}
/** convolutionWeight: gradient [N, Cout, ...], input [N, Cin, ...]. */
export const convolutionWeightOp = structured<ConvolutionWeightAttrs>({
  name: 'convolutionWeight',
  gradName: 'ConvolutionBackwardBackward0',
  complex: 'product',
  infer: ([gradient], { weightShape }) => [{ shape: weightShape, dtype: gradient.dtypeInfo }],
  run: (backend, [gradient, self], geometry, [out]) => {
    if (out.elementCount === 0) return
    if (gradient.elementCount === 0 || numelOf(self.shape) === 0) fillElements(out, 0)
    else backend.kernels.convolutionWeight(gradient, self, out, geometry)
  },
})

/** Gradient of a convolution by its input of shape `inputShape`; `bias` [Cin] is added to it. */
export const convolutionInput = (
  gradient: Tensor,
  weight: Tensor,
  inputShape: readonly number[],
  geometry: ConvolutionGeometry,
  bias: Tensor | null = null,
): Tensor =>
  apply(convolutionInputOp, bias === null ? [gradient, weight] : [gradient, weight, bias], {
    ...geometry,
    inputShape,
  })
/** Gradient of a convolution by its weight of shape `weightShape`. */
export const convolutionWeight = (
  gradient: Tensor,
  self: Tensor,
  weightShape: readonly number[],
  geometry: ConvolutionGeometry,
): Tensor => apply(convolutionWeightOp, [gradient, self], { ...geometry, weightShape })

const sums = new Map<number, MapKernel>()
/** Adds one number per channel, in place. */
function addBias(backend: Backend, bias: Tensor, out: Tensor): void {
  const { dtypeInfo } = out
  let kernel = sums.get(dtypeInfo.index)
  if (kernel === undefined) {
    kernel = mapKernel('addBias', [dtypeInfo, dtypeInfo], 0, dtypeInfo.compute, [
      { expr: input(0).add(input(1)), dtype: dtypeInfo },
    ])
    sums.set(dtypeInfo.index, kernel)
  }
  const spatial = out.ndim - 2
  const ones = new Array<number>(spatial).fill(1)
  const zeros = new Array<number>(spatial).fill(0)
  const window = viewOf(bias, [1, bias.shape[0], ...ones], [0, bias.strides[0], ...zeros], bias.offset)
  backend.kernels.map(kernel, [out, window], [], [out])
}
