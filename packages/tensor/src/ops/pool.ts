// Max and average pooling over 1, 2 and 3 spatial dims.
import type { AvgPoolOptions, PoolGeometry } from '../backend/kernels.ts'
import { withGradMode } from '../dispatch/hook.ts'
import { apply, applyAll, structured } from '../dispatch/structured.ts'
import { checkSpatialInput, spatialSizes, windowCount, windowView } from '../dispatch/window.ts'
import type { Sizes } from '../dispatch/window.ts'
import { dtypes } from '../dtype.ts'
import { ArgumentError, DTypeError, ShapeError, check } from '../errors.ts'
import { formatShape, numelOf } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { abs, add, div, floorDivide, mul, pow, remainder, sign } from './arithmetic.ts'
import { relu } from './activation.ts'
import { lt } from './comparison.ts'
import { where } from './choice.ts'
import { copy_, contiguous, fill_ } from './copy.ts'
import { convolutionInput } from './convolution.ts'
import { arange, ones, tensor } from './creation.ts'
import { sum } from './reduce.ts'
import { expand, narrow, reshape, squeeze, unsqueeze, view } from './views.ts'

/** Options of max pooling. */
export interface MaxPoolOptions {
  /** Step of the window; default: its size. */
  stride?: Sizes | null
  /** Positions of −∞ on both sides, at most half the window; default 0. */
  padding?: Sizes
  dilation?: Sizes
  /** Let the last window reach out of the padded input; default false. */
  ceilMode?: boolean
  /** Answer `[values, indices]`, indices (int64) in the flattened spatial dims; default false. */
  returnIndices?: boolean
}
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

/** Attributes of max pooling: the geometry and the number of windows along each spatial dim. */
export interface MaxPoolAttrs extends PoolGeometry { readonly counts: readonly number[] }
const maxPool = (rank: number, gradName: string) => structured<MaxPoolAttrs>({
  name: `maxPool${rank}d`,
  gradName,
  infer: ([self], { counts }) => {
    const shape = [self.shape[0], self.shape[1], ...counts]
    return [{ shape, dtype: self.dtypeInfo }, { shape, dtype: dtypes.int64 }]
  },
  run: (backend, [self], attrs, [values, indices]) => {
    if (values.elementCount === 0 || backend.device === 'meta') return
    if (rank === 2 && backend.fused.maxPool2d?.(self, attrs, values, indices)) return
    withGradMode(false, () => {
      const { category, min } = self.dtypeInfo
      const windows = windowView(backend, self, attrs, attrs.counts, category === 'float' ? -Infinity : min)
      const flat = reshape(contiguous(windows), [...values.shape, numelOf(attrs.kernelSize)])
      const at = expand(unsqueeze(indices, -1), [...values.shape, 1])
      backend.kernels.argReduce('max', flat, flat.ndim - 1, unsqueeze(values, -1), at)
      copy_(indices, planePositions(indices, attrs, self.shape.slice(2)))
    })
  },
})

// From the position in the window to that in the flattened plane. A window of nothing but −∞ starts in the padding:
// its first position inside is meant.
function planePositions(local: Tensor, { kernelSize, stride, padding, dilation, counts }: MaxPoolAttrs, size: readonly number[]): Tensor {
  const { device } = local
  let rest = local
  let result: Tensor | null = null
  for (let i = size.length - 1, step = 1; i >= 0; i--) {
    const start = view(add(mul(arange(counts[i], null, 1, { device }), stride[i]), -padding[i]),
      size.map((_, d) => (d === i ? counts[i] : 1)))
    let position = add(start, mul(remainder(rest, kernelSize[i]), dilation[i]))
    if (padding[i] > 0) {
      const missing = remainder(position, dilation[i]) // the first position inside that the window meets
      position = where(lt(position, 0), missing, position)
    }
    const term = mul(position, step)
    result = result === null ? term : add(result, term)
    rest = floorDivide(rest, kernelSize[i])
    step *= size[i]
  }
  return result!
}
/** maxPool2d: outputs are the values and their positions in the plane. */
export const maxPool2dOp = maxPool(2, 'MaxPool2DWithIndicesBackward0')
/** maxPool3d: outputs are the values and their positions in the volume. */
export const maxPool3dOp = maxPool(3, 'MaxPool3DWithIndicesBackward0')

/** maxPoolBackward: the gradient goes to where the indices point; tensors are the gradient and the indices. */
export const maxPoolBackwardOp = structured<{ inputShape: readonly number[] }>({
  name: 'maxPoolBackward',
  gradName: 'MaxPoolWithIndicesBackwardBackward0',
  infer: ([gradient], { inputShape }) => [{ shape: inputShape, dtype: gradient.dtypeInfo }],
  run: (backend, [gradient, indices], { inputShape }, [out]) => {
    if (out.elementCount === 0) return
    if (inputShape.length === 4 && backend.fused.maxPool2dBackward?.(gradient, indices, out)) return
    withGradMode(false, () => {
      fill_(out, 0)
      if (gradient.elementCount === 0) return
      const planes = [inputShape[0] * inputShape[1], -1]
      backend.kernels.scatter(view(out, planes), 1, reshape(indices, planes), reshape(gradient, planes), 'sum')
    })
  },
})
/** Gradient of a max pooling, adaptive ones too, by its input of `inputShape` ([N, C, ...]). */
export const maxPoolBackward = (gradient: Tensor, indices: Tensor, inputShape: readonly number[]): Tensor =>
  apply(maxPoolBackwardOp, [gradient, indices], { inputShape })

type Pooled<O> = O extends { returnIndices: true } ? readonly [Tensor, Tensor] : Tensor
const lifted = (dim: number) => (x: Tensor): Tensor => unsqueeze(x, dim)

function maxPoolNd<O extends MaxPoolOptions>(op: string, rank: 1 | 2 | 3, self: Tensor, kernelSize: Sizes, options: O): Pooled<O> {
  const { stride = null, padding = 0, dilation = 1, ceilMode = false, returnIndices = false } = options
  const { kernel, steps, pads, counts, gaps } = poolGeometry(op, rank, self, kernelSize, stride, padding, dilation, ceilMode)
  const one = rank === 1 ? [1] : []
  const attrs = {
    kernelSize: [...one, ...kernel], stride: [...one, ...steps], padding: [...one.map(() => 0), ...pads],
    dilation: [...one, ...gaps], counts: [...one, ...counts],
  }
  const results = applyAll(rank === 3 ? maxPool3dOp : maxPool2dOp, [standard(self, rank)], attrs).map((x) => restored(x, self, rank))
  return (returnIndices ? results : results[0]) as Pooled<O>
}
// [N, C, H, W] or [N, C, D, H, W]; a single spatial dim becomes the last of two.
function standard(self: Tensor, rank: number): Tensor {
  const batched = self.ndim === rank + 2 ? self : lifted(0)(self)
  return rank === 1 ? unsqueeze(batched, -2) : batched
}
function restored(result: Tensor, self: Tensor, rank: number): Tensor {
  const flat = rank === 1 ? squeeze(result, -2) : result
  return self.ndim === rank + 2 ? flat : squeeze(flat, 0)
}

function poolGeometry(
  op: string, rank: number, self: Tensor, kernelSize: Sizes, stride: Sizes | null, padding: Sizes, dilation: Sizes, ceilMode: boolean,
) {
  const kernel = spatialSizes(op, 'kernelSize', kernelSize, rank, 1)
  const steps = stride === null || (typeof stride !== 'number' && stride.length === 0) ? kernel : spatialSizes(op, 'stride', stride, rank, 1)
  const pads = spatialSizes(op, 'padding', padding, rank, 0)
  const gaps = spatialSizes(op, 'dilation', dilation, rank, 1)
  checkSpatialInput(op, self, rank)
  pads.forEach((n, i) => check(n <= kernel[i] / 2, () => new ArgumentError(op,
    `padding must be at most half the window, got ${n} for a window of ${kernel[i]} in spatial dim ${i}`)))
  const size = self.shape.slice(self.ndim - rank)
  const counts = kernel.map((k, i) => windowCount(size[i], k, steps[i], pads[i], gaps[i], ceilMode))
  check(counts.every((n) => n > 0), () => new ShapeError(op,
    `the window must fit into the padded input, got a result of ${formatShape(counts)} for ${formatShape(size)}. Pad more`))
  return { kernel, steps, pads, gaps, counts }
}

/** The largest element of each window of one spatial dim. @see torch.nn.functional.max_pool1d */
export const maxPool1d = <const O extends MaxPoolOptions = object>(input: Tensor, kernelSize: Sizes, options: O = {} as O): Pooled<O> =>
  maxPoolNd('maxPool1d', 1, input, kernelSize, options)
/**
 * The largest element of each window of two spatial dims; NaN if there is one.
 *
 * @param input [N, C, H, W] or [C, H, W]
 * @param kernelSize of the window, for both dims or for each
 * @returns [N, C, Hout, Wout], or `[values, indices]` with `returnIndices`
 * @throws ShapeError if the window does not fit
 * @example
 * maxPool2d(arange(16).view([1, 1, 4, 4]).float(), 2).tolist() // => [[[[5, 7], [13, 15]]]]
 * @see torch.nn.functional.max_pool2d
 */
export const maxPool2d = <const O extends MaxPoolOptions = object>(input: Tensor, kernelSize: Sizes, options: O = {} as O): Pooled<O> =>
  maxPoolNd('maxPool2d', 2, input, kernelSize, options)
/** The largest element of each window of three spatial dims. @see torch.nn.functional.max_pool3d */
export const maxPool3d = <const O extends MaxPoolOptions = object>(input: Tensor, kernelSize: Sizes, options: O = {} as O): Pooled<O> =>
  maxPoolNd('maxPool3d', 3, input, kernelSize, options)

/** Attributes of average pooling and of its gradient. */
export interface AvgPoolAttrs extends PoolGeometry, AvgPoolOptions {
  readonly inputShape: readonly number[]
  readonly counts: readonly number[]
}
const avgPool = (rank: number) => structured<AvgPoolAttrs>({
  name: `avgPool${rank}d`,
  gradName: `AvgPool${rank}DBackward0`,
  infer: ([self], { counts }) => [{ shape: [self.shape[0], self.shape[1], ...counts], dtype: self.dtypeInfo }],
  run: (backend, [self], attrs, [out]) => {
    if (out.elementCount === 0) return
    if (rank === 2 && backend.fused.avgPool2d?.(self, attrs, attrs, out)) return
    withGradMode(false, () => {
      const windows = windowView(backend, self, attrs, attrs.counts, 0)
      const total = sum(windows, attrs.counts.map((_, i) => -1 - i))
      copy_(out, self.dtypeInfo.category === 'float' ? div(total, divisors(self, attrs)) : div(total, divisors(self, attrs), { roundingMode: 'trunc' }))
    })
  },
})
/** avgPool2d: attrs hold the input's shape and the number of windows too. */
export const avgPool2dOp = avgPool(2)
/** avgPool3d. */
export const avgPool3dOp = avgPool(3)

const avgPoolBack = (rank: number) => structured<AvgPoolAttrs>({
  name: `avgPool${rank}dBackward`,
  infer: ([gradient], { inputShape }) => [{ shape: inputShape, dtype: gradient.dtypeInfo }],
  run: (backend, [gradient], attrs, [out]) => {
    if (out.elementCount === 0) return
    if (rank === 2 && backend.fused.avgPool2dBackward?.(gradient, attrs, attrs, out)) return
    withGradMode(false, () => {
      const { inputShape, kernelSize, stride, padding, dilation, counts } = attrs
      const planes = inputShape[0] * inputShape[1]
      const size = inputShape.slice(2)
      const padded = counts.map((n, i) => Math.max((n - 1) * stride[i] + kernelSize[i], size[i] + padding[i]))
      const share = reshape(div(gradient, divisors(gradient, attrs)), [planes, 1, ...counts])
      const weight = ones([1, 1, ...kernelSize], { dtype: gradient.dtype, device: gradient.device })
      const spread = convolutionInput(share, weight, [planes, 1, ...padded], { stride, padding: padding.map(() => 0), dilation, groups: 1 })
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
function divisors(like: Tensor, { inputShape, kernelSize, stride, padding, counts, countIncludePad, divisorOverride }: AvgPoolAttrs): Tensor {
  const options = { dtype: like.dtype, device: like.device }
  if (divisorOverride !== null) return tensor(divisorOverride, options)
  const lengths = counts.map((n, d) => Array.from({ length: n }, (_, i) => {
    const start = i * stride[d] - padding[d]
    const end = Math.min(start + kernelSize[d], inputShape[d + 2] + padding[d])
    return countIncludePad ? end - start : Math.min(end, inputShape[d + 2]) - Math.max(start, 0)
  }))
  return lengths.map((list, d) => view(tensor(list, options), counts.map((n, i) => (i === d ? n : 1)))).reduce((a, b) => mul(a, b))
}

function avgPoolNd(op: string, rank: 1 | 2 | 3, self: Tensor, kernelSize: Sizes, options: AvgPoolingOptions): Tensor {
  const { stride = null, padding = 0, ceilMode = false, countIncludePad = true, divisorOverride = null } = options
  check(self.dtypeInfo.category !== 'bool', () => new DTypeError(op, 'the input must be of numbers, got bool. Cast it first'))
  check(divisorOverride !== 0, () => new ArgumentError(op, 'divisorOverride must not be 0, got 0'))
  const { kernel, steps, pads, counts } = poolGeometry(op, rank, self, kernelSize, stride, padding, 1, ceilMode)
  const one = rank === 1 ? [1] : []
  const source = standard(self, rank)
  const attrs = {
    kernelSize: [...one, ...kernel], stride: [...one, ...steps], padding: [...one.map(() => 0), ...pads],
    dilation: [...one, ...kernel.map(() => 1)], counts: [...one, ...counts], inputShape: source.shape, countIncludePad, divisorOverride,
  }
  return restored(apply(rank === 3 ? avgPool3dOp : avgPool2dOp, [source], attrs), self, rank)
}
/** The mean of each window of one spatial dim. @see torch.nn.functional.avg_pool1d */
export const avgPool1d = (input: Tensor, kernelSize: Sizes, options: Omit<AvgPoolingOptions, 'divisorOverride'> = {}): Tensor =>
  avgPoolNd('avgPool1d', 1, input, kernelSize, options)
/**
 * The mean of each window of two spatial dims.
 *
 * @param input [N, C, H, W] or [C, H, W]
 * @throws ShapeError if the window does not fit
 * @see torch.nn.functional.avg_pool2d
 */
export const avgPool2d = (input: Tensor, kernelSize: Sizes, options: AvgPoolingOptions = {}): Tensor =>
  avgPoolNd('avgPool2d', 2, input, kernelSize, options)
/** The mean of each window of three spatial dims. @see torch.nn.functional.avg_pool3d */
export const avgPool3d = (input: Tensor, kernelSize: Sizes, options: AvgPoolingOptions = {}): Tensor =>
  avgPoolNd('avgPool3d', 3, input, kernelSize, options)

/** Options of power-average pooling. */
export interface LpPoolOptions { stride?: Sizes | null; ceilMode?: boolean }
function lpPool(rank: 1 | 2, self: Tensor, normType: number, kernelSize: Sizes, { stride = null, ceilMode = false }: LpPoolOptions): Tensor {
  const count = numelOf(spatialSizes(`lpPool${rank}d`, 'kernelSize', kernelSize, rank, 1))
  const average = (rank === 1 ? avgPool1d : avgPool2d)(pow(self, normType), kernelSize, { stride, ceilMode })
  return pow(mul(mul(sign(average), relu(abs(average))), count), 1 / normType)
}
/** The p-norm of each window of one spatial dim, `(Σ xᵖ)^(1/p)`. @see torch.nn.functional.lp_pool1d */
export const lpPool1d = (input: Tensor, normType: number, kernelSize: Sizes, options: LpPoolOptions = {}): Tensor =>
  lpPool(1, input, normType, kernelSize, options)
/** The p-norm of each window of two spatial dims. @see torch.nn.functional.lp_pool2d */
export const lpPool2d = (input: Tensor, normType: number, kernelSize: Sizes, options: LpPoolOptions = {}): Tensor =>
  lpPool(2, input, normType, kernelSize, options)
