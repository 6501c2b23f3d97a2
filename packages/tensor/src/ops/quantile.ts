// Quantiles: interpolated positions among the sorted elements.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { ArgumentError, DTypeError, ShapeError, check } from '../errors.ts'
import { canRead } from '../host/reads.ts'
import { formatShape, wrapDim } from '../shape/shape.ts'
import { Tensor } from '../tensor.ts'
import { lerp, mul, sub } from './arithmetic.ts'
import { where } from './choice.ts'
import { clampMin, ge, isnan, le, logicalAnd, logicalNot } from './comparison.ts'
import { to } from './copy.ts'
import { full } from './creation.ts'
import { gather } from './indexing.ts'
import { item } from './reading.ts'
import { all, any, sum } from './reduce.ts'
import { ceil, floor, round } from './rounding.ts'
import { sort } from './sort.ts'
import { expand, movedim, reshape, squeeze, unsqueeze } from './views.ts'

/** Where a quantile between two elements lies. */
export type Interpolation = 'linear' | 'lower' | 'higher' | 'midpoint' | 'nearest'
/** Options of quantile. */
export interface QuantileOptions {
  keepdim?: boolean
  interpolation?: Interpolation
}
const interpolations: ReadonlySet<string> = new Set(['linear', 'lower', 'higher', 'midpoint', 'nearest'])

/**
 * The `q`-th quantiles of the elements, of all or along a dim; NaN where an element is NaN.
 *
 * @param q a number or a tensor of up to 1 dim of the dtype of self, from 0 to 1; a tensor of 1 dim adds a leading dim
 * @throws ArgumentError for q out of range; DTypeError unless self is float32 or float64
 * @example
 * tensor([1, 2, 3, 10]).quantile(0.5).item() // => 2.5
 * @see torch.quantile
 */
export const quantile = (
  self: Tensor,
  q: number | Tensor,
  dim: number | null = null,
  options: QuantileOptions & OutOption = {},
): Tensor =>
  options.out === undefined
    ? quantileOf('quantile', self, q, dim, options, false)
    : resultInto('quantile', options.out, () => quantile(self, q, dim, { ...options, out: undefined }))
/**
 * As quantile, without the NaNs.
 *
 * @example
 * nanquantile(tensor([1, NaN, 3]), 0.5).item() // => 2
 * @see torch.nanquantile
 */
export const nanquantile = (
  self: Tensor,
  q: number | Tensor,
  dim: number | null = null,
  options: QuantileOptions & OutOption = {},
): Tensor =>
  options.out === undefined
    ? quantileOf('nanquantile', self, q, dim, options, true)
    : resultInto('nanquantile', options.out, () => nanquantile(self, q, dim, { ...options, out: undefined }))

function quantileOf(
  op: string,
  self: Tensor,
  q: number | Tensor,
  dim: number | null,
  { keepdim = false, interpolation = 'linear' }: QuantileOptions,
  ignoreNaN: boolean,
): Tensor {
  check(
    self.elementCount > 0,
    () => new ShapeError(op, `the input must not be empty, got ${formatShape(self.shape)}`),
  )
  check(
    self.dtype === 'float32' || self.dtype === 'float64',
    () => new DTypeError(op, `the input must be float32 or float64, got ${self.dtype}. Cast it first`),
  )
  check(
    interpolations.has(interpolation),
    () =>
      new ArgumentError(
        op,
        `interpolation must be one of [${[...interpolations].join(', ')}], got '${interpolation}'`,
      ),
  )
  const axis = dim === null ? null : wrapDim(op, dim, self.ndim)
  const levels = levelsOf(op, self, q)
  const source = axis === null || self.ndim === 0 ? reshape(self, [-1]) : movedim(self, axis, -1)
  const lead = source.shape.slice(0, -1)

  const sorted = sort(source, -1).values // [..., n], NaNs last
  const found = at(sorted, levels.ndim === 0 ? unsqueeze(levels, 0) : levels, interpolation, ignoreNaN) // [..., q]
  const kept = keepdim
    ? reshape(found, [...shapeKept(self, axis), found.shape.at(-1)!])
    : reshape(found, [...(axis === null ? [] : lead), found.shape.at(-1)!])
  return levels.ndim === 0 ? squeeze(kept, -1) : movedim(kept, -1, 0)
}
const shapeKept = (self: Tensor, axis: number | null): number[] =>
  self.shape.map((size, i) => (axis === null || i === axis ? 1 : size))

function levelsOf(op: string, self: Tensor, q: number | Tensor): Tensor {
  if (!(q instanceof Tensor)) {
    check(q >= 0 && q <= 1, () => new ArgumentError(op, `q must be from 0 to 1, got ${q}`))
    return full([], q, { dtype: self.dtype, device: self.device })
  }
  check(
    q.ndim <= 1,
    () => new ShapeError(op, `q must be a number or have at most 1 dim, got ${formatShape(q.shape)}`),
  )
  check(
    q.dtype === self.dtype,
    () =>
      new DTypeError(
        op,
        `q must be of the dtype of the input, got ${q.dtype} and ${self.dtype}. Cast one of them`,
      ),
  )
  const inRange =
    !canRead(q) ||
    q.elementCount === 0 ||
    item<boolean>(all(logicalAnd(ge(q.detach(), 0), le(q.detach(), 1))))
  check(inRange, () => new ArgumentError(op, 'all elements of q must be from 0 to 1'))
  return q
}

function at(sorted: Tensor, levels: Tensor, interpolation: Interpolation, ignoreNaN: boolean): Tensor {
  const shape = [...sorted.shape.slice(0, -1), levels.shape[0]]
  const last = sorted.shape.at(-1)! - 1
  const nan = isnan(sorted.detach())
  // The rank of each level: among the numbers, or among all, and then the last (a NaN) where there is one.
  const count = clampMin(sub(sum(logicalNot(nan), -1, { keepdim: true }), 1), 0)
  const ranks = ignoreNaN
    ? mul(levels, to(count, { dtype: sorted.dtype }))
    : where(any(nan, -1, { keepdim: true }), last, expand(mul(levels, last), shape))
  const placed =
    interpolation === 'lower'
      ? floor(ranks)
      : interpolation === 'higher'
        ? ceil(ranks)
        : interpolation === 'nearest'
          ? round(ranks)
          : expand(ranks, shape)
  const below = to(placed.detach(), { dtype: 'int64' })
  const low = gather(sorted, -1, expand(below, shape))
  if (interpolation !== 'linear' && interpolation !== 'midpoint') return low
  const high = gather(sorted, -1, expand(to(ceil(placed.detach()), { dtype: 'int64' }), shape))
  const weight =
    interpolation === 'midpoint'
      ? full([], 0.5, { dtype: sorted.dtype, device: sorted.device })
      : sub(placed, floor(placed))
  return lerp(low, high, weight)
}
