// Max pooling over 1, 2 and 3 spatial dims.
import type { PoolGeometry } from '../backend/kernels.ts'
import { withGradMode } from '../dispatch/hook.ts'
import { apply, applyAll, structured } from '../dispatch/structured.ts'
import { windowView } from '../dispatch/window.ts'
import type { Sizes } from '../dispatch/window.ts'
import { dtypes } from '../dtype.ts'
import { numelOf } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { add, floorDivide, mul, remainder } from './arithmetic.ts'
import { lt } from './comparison.ts'
import { where } from './choice.ts'
import { contiguous, copy_, fill_ } from './copy.ts'
import { arange } from './creation.ts'
import { poolGeometry, restored, standard } from './pool-geometry.ts'
import { expand, reshape, unsqueeze, view } from './views.ts'

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
/** Attributes of max pooling: the geometry and the number of windows along each spatial dim. */
export interface MaxPoolAttrs extends PoolGeometry {
  readonly counts: readonly number[]
}
const maxPool = (rank: number, gradName: string) =>
  structured<MaxPoolAttrs>({
    name: `maxPool${rank}d`,
    gradName,
    infer: ([self], { counts }) => {
      const shape = [self.shape[0], self.shape[1], ...counts]
      return [
        { shape, dtype: self.dtypeInfo },
        { shape, dtype: dtypes.int64 },
      ]
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
function planePositions(
  local: Tensor,
  { kernelSize, stride, padding, dilation, counts }: MaxPoolAttrs,
  size: readonly number[],
): Tensor {
  const { device } = local
  let rest = local
  let result: Tensor | null = null
  for (let i = size.length - 1, step = 1; i >= 0; i--) {
    const start = view(
      add(mul(arange(counts[i], null, 1, { device }), stride[i]), -padding[i]),
      size.map((_, d) => (d === i ? counts[i] : 1)),
    )
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
      backend.kernels.scatter(
        view(out, planes),
        1,
        reshape(indices, planes),
        reshape(gradient, planes),
        'sum',
      )
    })
  },
})
/** Gradient of a max pooling, adaptive ones too, by its input of `inputShape` ([N, C, ...]). */
export const maxPoolBackward = (gradient: Tensor, indices: Tensor, inputShape: readonly number[]): Tensor =>
  apply(maxPoolBackwardOp, [gradient, indices], { inputShape })

type Pooled<O> = O extends { returnIndices: true } ? readonly [Tensor, Tensor] : Tensor

function maxPoolNd<O extends MaxPoolOptions>(
  op: string,
  rank: 1 | 2 | 3,
  self: Tensor,
  kernelSize: Sizes,
  options: O,
): Pooled<O> {
  const { stride = null, padding = 0, dilation = 1, ceilMode = false, returnIndices = false } = options
  const { kernel, steps, pads, counts, gaps } = poolGeometry(
    op,
    rank,
    self,
    kernelSize,
    stride,
    padding,
    dilation,
    ceilMode,
  )
  const one = rank === 1 ? [1] : []
  const attrs = {
    kernelSize: [...one, ...kernel],
    stride: [...one, ...steps],
    padding: [...one.map(() => 0), ...pads],
    dilation: [...one, ...gaps],
    counts: [...one, ...counts],
  }
  const results = applyAll(rank === 3 ? maxPool3dOp : maxPool2dOp, [standard(self, rank)], attrs).map((x) =>
    restored(x, self, rank),
  )
  return (returnIndices ? results : results[0]) as Pooled<O>
}
/**
 * The largest element of each window of one spatial dim.
 *
 * @example
 * maxPool1d(tensor([[1, 3, 7, 5]]), 2).tolist() // => [[3, 7]]
 * @see torch.nn.functional.max_pool1d
 */
export const maxPool1d = <const O extends MaxPoolOptions = object>(
  input: Tensor,
  kernelSize: Sizes,
  options: O = {} as O,
): Pooled<O> => maxPoolNd('maxPool1d', 1, input, kernelSize, options)
/**
 * The largest element of each window of two spatial dims; NaN if there is one.
 *
 * @param input [N, C, H, W] or [C, H, W]
 * @param kernelSize of the window, for both dims or for each
 * @returns [N, C, Hout, Wout], or `[values, indices]` with `returnIndices`
 * @throws ShapeError if the window does not fit
 * @example
 * maxPool2d(linspace(0, 15, 16).view([1, 1, 4, 4]), 2).tolist() // => [[[[5, 7], [13, 15]]]]
 * @see torch.nn.functional.max_pool2d
 */
export const maxPool2d = <const O extends MaxPoolOptions = object>(
  input: Tensor,
  kernelSize: Sizes,
  options: O = {} as O,
): Pooled<O> => maxPoolNd('maxPool2d', 2, input, kernelSize, options)
/**
 * The largest element of each window of three spatial dims.
 *
 * @example
 * maxPool3d(ones([1, 4, 4, 4]), 2).shape // => [1, 2, 2, 2]
 * @see torch.nn.functional.max_pool3d
 */
export const maxPool3d = <const O extends MaxPoolOptions = object>(
  input: Tensor,
  kernelSize: Sizes,
  options: O = {} as O,
): Pooled<O> => maxPoolNd('maxPool3d', 3, input, kernelSize, options)
