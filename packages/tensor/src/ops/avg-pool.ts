// Average pooling over 1, 2 and 3 spatial dims, by the mean or by a norm.
import type { AvgPoolOptions, PoolGeometry } from '../backend/kernels.ts'
import { withGradMode } from '../dispatch/hook.ts'
import { apply, structured } from '../dispatch/structured.ts'
import { spatialSizes, windowView } from '../dispatch/window.ts'
import type { Sizes } from '../dispatch/window.ts'
import { ArgumentError, DTypeError, check } from '../errors.ts'
import { numelOf } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { abs, div, mul, pow, sign } from './arithmetic.ts'
import { relu } from './activation.ts'
import { copy_ } from './copy.ts'
import { convolutionInput } from './convolution.ts'
import { ones, tensor } from './creation.ts'
import { poolGeometry, restored, standard } from './pool-geometry.ts'
import { sum } from './reduce.ts'
import { narrow, reshape, view } from './views.ts'

/** Options of average pooling. */
export interface AvgPoolingOptions {
  stride?: Sizes | null
  padding?: Sizes
  ceilMode?: boolean
  /** Count the padding in the divisor; default true. */
  countIncludePad?: boolean
  /** Divide by this instead of the size of the window. */
  divisorOverride?: number | null
}

/** Attributes of average pooling and of its gradient. */
export interface AvgPoolAttrs extends PoolGeometry, AvgPoolOptions {
  readonly inputShape: readonly number[]
  readonly counts: readonly number[]
}
const avgPool = (rank: number) =>
  structured<AvgPoolAttrs>({
    name: `avgPool${rank}d`,
    gradName: `AvgPool${rank}DBackward0`,
    infer: ([self], { counts }) => [
      { shape: [self.shape[0], self.shape[1], ...counts], dtype: self.dtypeInfo },
    ],
    run: (backend, [self], attrs, [out]) => {
      if (out.elementCount === 0) return
      if (rank === 2 && backend.fused.avgPool2d?.(self, attrs, attrs, out)) return
      withGradMode(false, () => {
        const windows = windowView(backend, self, attrs, attrs.counts, 0)
        const total = sum(
          windows,
          attrs.counts.map((_, i) => -1 - i),
        )
        copy_(
          out,
          self.dtypeInfo.category === 'float'
            ? div(total, divisors(self, attrs))
            : div(total, divisors(self, attrs), { roundingMode: 'trunc' }),
        )
      })
    },
  })
/** avgPool2d: attrs hold the input's shape and the number of windows too. */
export const avgPool2dOp = avgPool(2)
/** avgPool3d. */
export const avgPool3dOp = avgPool(3)

const avgPoolBack = (rank: number) =>
  structured<AvgPoolAttrs>({
    name: `avgPool${rank}dBackward`,
    infer: ([gradient], { inputShape }) => [{ shape: inputShape, dtype: gradient.dtypeInfo }],
    run: (backend, [gradient], attrs, [out]) => {
      if (out.elementCount === 0) return
      if (rank === 2 && backend.fused.avgPool2dBackward?.(gradient, attrs, attrs, out)) return
      withGradMode(false, () => {
        const { inputShape, kernelSize, stride, padding, dilation, counts } = attrs
        const planes = inputShape[0] * inputShape[1]
        const size = inputShape.slice(2)
        const padded = counts.map((n, i) =>
          Math.max((n - 1) * stride[i] + kernelSize[i], size[i] + padding[i]),
        )
        const share = reshape(div(gradient, divisors(gradient, attrs)), [planes, 1, ...counts])
        const weight = ones([1, 1, ...kernelSize], { dtype: gradient.dtype, device: gradient.device })
        const spread = convolutionInput(share, weight, [planes, 1, ...padded], {
          stride,
          padding: padding.map(() => 0),
          dilation,
          groups: 1,
        })
        const inside = size.reduce((x, n, i) => narrow(x, i + 2, padding[i], n), spread)
        copy_(out, reshape(inside, inputShape))
      })
    },
  })
/** Gradient of avgPool2d by its input. */
export const avgPool2dBackwardOp = avgPoolBack(2)
/** Gradient of avgPool3d by its input. */
export const avgPool3dBackwardOp = avgPoolBack(3)
/** Gradient of an average pooling by its input; attrs are those of the pooling. */
export const avgPoolBackward = (gradient: Tensor, attrs: AvgPoolAttrs): Tensor =>
  apply(attrs.counts.length === 3 ? avgPool3dBackwardOp : avgPool2dBackwardOp, [gradient], attrs)

/** What each window's sum is divided by, in the shape of the windows. */
function divisors(
  like: Tensor,
  { inputShape, kernelSize, stride, padding, counts, countIncludePad, divisorOverride }: AvgPoolAttrs,
): Tensor {
  const options = { dtype: like.dtype, device: like.device }
  if (divisorOverride !== null) return tensor(divisorOverride, options)
  const lengths = counts.map((n, d) =>
    Array.from({ length: n }, (_, i) => {
      const start = i * stride[d] - padding[d]
      const end = Math.min(start + kernelSize[d], inputShape[d + 2] + padding[d])
      return countIncludePad ? end - start : Math.min(end, inputShape[d + 2]) - Math.max(start, 0)
    }),
  )
  return lengths
    .map((list, d) =>
      view(
        tensor(list, options),
        counts.map((n, i) => (i === d ? n : 1)),
      ),
    )
    .reduce((a, b) => mul(a, b))
}

function avgPoolNd(
  op: string,
  rank: 1 | 2 | 3,
  self: Tensor,
  kernelSize: Sizes,
  options: AvgPoolingOptions,
): Tensor {
  const {
    stride = null,
    padding = 0,
    ceilMode = false,
    countIncludePad = true,
    divisorOverride = null,
  } = options
  check(
    self.dtypeInfo.category !== 'bool',
    () => new DTypeError(op, 'the input must be of numbers, got bool. Cast it first'),
  )
  check(divisorOverride !== 0, () => new ArgumentError(op, 'divisorOverride must not be 0, got 0'))
  const { kernel, steps, pads, counts } = poolGeometry(
    op,
    rank,
    self,
    kernelSize,
    stride,
    padding,
    1,
    ceilMode,
  )
  const one = rank === 1 ? [1] : []
  const source = standard(self, rank)
  const attrs = {
    kernelSize: [...one, ...kernel],
    stride: [...one, ...steps],
    padding: [...one.map(() => 0), ...pads],
    dilation: [...one, ...kernel.map(() => 1)],
    counts: [...one, ...counts],
    inputShape: source.shape,
    countIncludePad,
    divisorOverride,
  }
  return restored(apply(rank === 3 ? avgPool3dOp : avgPool2dOp, [source], attrs), self, rank)
}
/**
 * The mean of each window of one spatial dim.
 *
 * @example
 * avgPool1d(tensor([[1, 3, 5, 7]]), 2).tolist() // => [[2, 6]]
 * @see torch.nn.functional.avg_pool1d
 */
export const avgPool1d = (
  input: Tensor,
  kernelSize: Sizes,
  options: Omit<AvgPoolingOptions, 'divisorOverride'> = {},
): Tensor => avgPoolNd('avgPool1d', 1, input, kernelSize, options)
/**
 * The mean of each window of two spatial dims.
 *
 * @param input [N, C, H, W] or [C, H, W]
 * @throws ShapeError if the window does not fit
 * @example
 * avgPool2d(tensor([[[1, 2], [3, 4]]]), 2).tolist() // => [[[2.5]]]
 * @see torch.nn.functional.avg_pool2d
 */
export const avgPool2d = (input: Tensor, kernelSize: Sizes, options: AvgPoolingOptions = {}): Tensor =>
  avgPoolNd('avgPool2d', 2, input, kernelSize, options)
/**
 * The mean of each window of three spatial dims.
 *
 * @example
 * avgPool3d(ones([1, 4, 4, 4]), 2).shape // => [1, 2, 2, 2]
 * @see torch.nn.functional.avg_pool3d
 */
export const avgPool3d = (input: Tensor, kernelSize: Sizes, options: AvgPoolingOptions = {}): Tensor =>
  avgPoolNd('avgPool3d', 3, input, kernelSize, options)

/** Options of power-average pooling. */
export interface LpPoolOptions {
  stride?: Sizes | null
  ceilMode?: boolean
}
function lpPool(
  rank: 1 | 2,
  self: Tensor,
  normType: number,
  kernelSize: Sizes,
  { stride = null, ceilMode = false }: LpPoolOptions,
): Tensor {
  const count = numelOf(spatialSizes(`lpPool${rank}d`, 'kernelSize', kernelSize, rank, 1))
  const average = (rank === 1 ? avgPool1d : avgPool2d)(pow(self, normType), kernelSize, { stride, ceilMode })
  return pow(mul(mul(sign(average), relu(abs(average))), count), 1 / normType)
}
/**
 * The p-norm of each window of one spatial dim, `(Σ xᵖ)^(1/p)`.
 *
 * @example
 * lpPool1d(tensor([[3, 4]]), 2, 2).tolist() // => [[5]]
 * @see torch.nn.functional.lp_pool1d
 */
export const lpPool1d = (
  input: Tensor,
  normType: number,
  kernelSize: Sizes,
  options: LpPoolOptions = {},
): Tensor => lpPool(1, input, normType, kernelSize, options)
/**
 * The p-norm of each window of two spatial dims.
 *
 * @example
 * lpPool2d(tensor([[[3, 4]]]), 2, [1, 2]).tolist() // => [[[5]]]
 * @see torch.nn.functional.lp_pool2d
 */
export const lpPool2d = (
  input: Tensor,
  normType: number,
  kernelSize: Sizes,
  options: LpPoolOptions = {},
): Tensor => lpPool(2, input, normType, kernelSize, options)
