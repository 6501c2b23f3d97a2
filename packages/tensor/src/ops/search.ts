// Places in sorted sequences, and counts of values: searchsorted, bucketize, bincount, histc.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { scalarValue } from '../dispatch/scalar.ts'
import { withGradMode } from '../dispatch/hook.ts'
import type { Operandish } from '../dispatch/pointwise-record.ts'
import { ArgumentError, DTypeError, ShapeError, check } from '../errors.ts'
import { checkBounds } from '../host/index-bounds.ts'
import { checkReadable } from '../host/reads.ts'
import { formatShape, sameShape } from '../shape/shape.ts'
import { Tensor } from '../tensor.ts'
import { add, div, floorDivide, mul, sub } from './arithmetic.ts'
import { where } from './choice.ts'
import { clampMax, ge, gt, le, logicalAnd, logicalNot, lt } from './comparison.ts'
import { to } from './copy.ts'
import { full, zeros } from './creation.ts'
import { gather } from './indexing.ts'
import { onesLike, zerosLike } from './like.ts'
import { item } from './reading.ts'
import { amax, amin } from './reduce.ts'
import { scatterAdd_ } from './scatter.ts'
import { reshape } from './views.ts'

/** Options of searchsorted and bucketize. */
export interface SearchOptions {
  /** Behind equal elements, instead of before them. */
  right?: boolean
  /** int32 positions instead of int64. */
  outInt32?: boolean
}

/**
 * For each value the first position where it could be put into the sorted sequence (its last dim) to keep the order.
 *
 * @param values a number, or a tensor with the same leading dims as the sequence; any shape for a 1-dim one
 * @param sorter the positions that sort the sequence, if it is not sorted
 * @throws ShapeError if the leading dims differ
 * @example
 * tensor([1, 3, 5]).searchsorted(tensor([3, 4])).tolist() // => [1, 2]
 * @see torch.searchsorted
 */
export function searchsorted(
  self: Tensor,
  values: Operandish,
  sorter: Tensor | null = null,
  {
    out,
    right = false,
    side = null,
    outInt32 = false,
  }: SearchOptions & { side?: 'left' | 'right' | null } & OutOption = {},
): Tensor {
  if (out !== undefined)
    return resultInto('searchsorted', out, () =>
      searchsorted(self, values, sorter, { right, side, outInt32 }),
    )

  check(
    side === null || side === 'left' || side === 'right',
    () => new ArgumentError('searchsorted', `side must be 'left' or 'right', got '${String(side)}'`),
  )
  check(
    side !== 'left' || !right,
    () => new ArgumentError('searchsorted', "side and right must agree, got 'left' and true"),
  )
  check(
    self.ndim > 0,
    () => new ShapeError('searchsorted', 'the sequence must have a dim, got a 0-dim tensor'),
  )
  const given =
    values instanceof Tensor
      ? values
      : full([], scalarValue(values), { dtype: self.dtype, device: self.device })
  check(
    self.ndim === 1 ||
      (given.ndim === self.ndim && sameShape(given.shape.slice(0, -1), self.shape.slice(0, -1))),
    () =>
      new ShapeError(
        'searchsorted',
        `the leading dims must be equal, got ${formatShape(self.shape)} and ${formatShape(given.shape)}`,
      ),
  )
  check(
    sorter === null || (sameShape(sorter.shape, self.shape) && sorter.dtype === 'int64'),
    () =>
      new ShapeError(
        'searchsorted',
        `sorter must be int64 of the shape of the sequence, got ${sorter?.dtype} ${formatShape(sorter?.shape ?? [])}`,
      ),
  )
  return withGradMode(false, () => {
    const found = search(sorter === null ? self : gather(self, -1, sorter), given, right || side === 'right')
    return outInt32 ? to(found, 'int32') : found
  })
}

// Binary search for all values at once; NaN counts as the greatest.
function search(sequence: Tensor, values: Tensor, right: boolean): Tensor {
  const size = sequence.shape[sequence.ndim - 1]
  const wanted = sequence.ndim === 1 ? reshape(values, [-1]) : values
  let low = zerosLike(wanted, { dtype: 'int64' })
  let high = full(wanted.shape, size, { dtype: 'int64', device: wanted.device })
  for (let steps = size; steps > 0; steps = Math.floor(steps / 2)) {
    const middle = floorDivide(add(low, high), 2)
    const element = gather(sequence, -1, clampMax(middle, size - 1))
    const beyond = logicalAnd(logicalNot(right ? gt(element, wanted) : ge(element, wanted)), lt(low, high))
    low = where(beyond, add(middle, 1), low)
    high = where(beyond, high, middle)
  }
  return sequence.ndim === 1 ? reshape(low, values.shape) : low
}

/**
 * The number of the bucket of each value: between which of the sorted boundaries it lies.
 *
 * @param boundaries 1-dim, rising
 * @example
 * tensor([0, 2, 9]).bucketize(tensor([1, 5])).tolist() // => [0, 1, 2]
 * @see torch.bucketize
 */
export function bucketize(
  self: Tensor,
  boundaries: Tensor,
  { out, right = false, outInt32 = false }: SearchOptions & OutOption = {},
): Tensor {
  if (out !== undefined)
    return resultInto('bucketize', out, () => bucketize(self, boundaries, { right, outInt32 }))

  check(
    boundaries.ndim === 1,
    () =>
      new ShapeError('bucketize', `boundaries must have 1 dim, got shape ${formatShape(boundaries.shape)}`),
  )
  return searchsorted(boundaries, self, null, { right, outInt32 })
}

/**
 * How often each integer from 0 on occurs, or the sum of its weights.
 *
 * @param self 1-dim, integers of at least 0
 * @param options `minlength`: of the result
 * @throws ArgumentError for negative ones; DeviceError on a device that cannot be read synchronously
 * @example
 * tensor([1n, 1n, 2n]).bincount().tolist() // => [0, 2, 1]
 * @see torch.bincount
 */
export function bincount(
  self: Tensor,
  weights: Tensor | null = null,
  { minlength = 0 }: { minlength?: number } = {},
): Tensor {
  check(
    self.ndim === 1 && self.dtypeInfo.category === 'int',
    () =>
      new ArgumentError(
        'bincount',
        `the input must be 1-dim integers, got ${self.dtype} ${formatShape(self.shape)}`,
      ),
  )
  check(
    Number.isInteger(minlength) && minlength >= 0,
    () => new ArgumentError('bincount', `minlength must be an integer of at least 0, got ${minlength}`),
  )
  check(
    weights === null || sameShape(weights.shape, self.shape),
    () =>
      new ShapeError(
        'bincount',
        `weights must have the shape of the input, got ${formatShape(weights?.shape ?? [])} for ${formatShape(self.shape)}`,
      ),
  )
  checkReadable('bincount', 'the largest number', self)
  const index = to(self, 'int64')
  const length = Math.max(minlength, self.numel() === 0 ? 0 : item(amax(index)) + 1)
  checkBounds('bincount', index, 0, length)
  const amounts =
    weights === null ? onesLike(index) : weights.dtype === 'float32' ? weights : to(weights, 'float64')
  return withGradMode(false, () =>
    scatterAdd_(zeros([length], { dtype: amounts.dtype, device: self.device }), 0, index, amounts),
  )
}

/**
 * A histogram of `bins` equal bins from `min` to `max`; elements outside do not count.
 *
 * @param options if min = max, those of the data
 * @example
 * histc(tensor([1, 2, 1]), { bins: 4, min: 0, max: 3 }).tolist() // => [0, 2, 1, 0]
 * @see torch.histc
 */
export function histc(
  self: Tensor,
  { out, bins = 100, min = 0, max = 0 }: { bins?: number; min?: number; max?: number } & OutOption = {},
): Tensor {
  if (out !== undefined) return resultInto('histc', out, () => histc(self, { bins, min, max }))

  check(
    self.isFloatingPoint(),
    () => new DTypeError('histc', `the input must be floating-point, got ${self.dtype}`),
  )
  check(
    Number.isInteger(bins) && bins > 0,
    () => new ArgumentError('histc', `bins must be a positive integer, got ${bins}`),
  )
  check(min <= max, () => new ArgumentError('histc', `max must not be less than min, got ${min} and ${max}`))
  return withGradMode(false, () => {
    const flat = reshape(self, [-1])
    let [low, high] = [min, max]
    if (low === high && flat.numel() > 0) {
      checkReadable('histc', 'the range (min equals max)', self)
      ;[low, high] = [item(amin(flat)), item(amax(flat))]
    }
    if (low === high) [low, high] = [low - 1, high + 1]
    check(
      Number.isFinite(low) && Number.isFinite(high),
      () => new ArgumentError('histc', `the range must be finite, got ${low} to ${high}`),
    )
    const inside = logicalAnd(ge(flat, low), le(flat, high))
    const scaled = div(mul(sub(where(inside, flat, low), low), bins), high - low)
    const place = clampMax(to(scaled, 'int64'), bins - 1)
    return scatterAdd_(
      zeros([bins], { dtype: self.dtype, device: self.device }),
      0,
      place,
      to(inside, self.dtype),
    )
  })
}
