// Questions about two tensors: equal, allclose, isclose, isin, isSameSize.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { withGradMode } from '../dispatch/hook.ts'
import type { Operandish } from '../dispatch/pointwise-record.ts'
import { scalarValue } from '../dispatch/scalar.ts'
import { DTypeError, check } from '../errors.ts'
import { sameShape } from '../shape/shape.ts'
import { Tensor } from '../tensor.ts'
import { abs, add, mul, sub } from './arithmetic.ts'
import { eq, isfinite, isnan, le, logicalAnd, logicalNot, logicalOr } from './comparison.ts'
import { full } from './creation.ts'
import { item, itemAsync } from './reading.ts'
import { all, any } from './reduce.ts'
import { reshape, unsqueeze } from './views.ts'

/**
 * Whether both have the same shape.
 *
 * @example
 * isSameSize(ones([2, 3]), ones([3, 2])) // => false
 * @see torch.is_same_size
 */
export const isSameSize = (self: Tensor, other: Tensor): boolean => sameShape(self.shape, other.shape)

/**
 * Whether both have the same shape and equal elements. NaN equals nothing.
 *
 * @throws DeviceError on a device that cannot block: use equalAsync
 * @example
 * tensor([1, 2]).equal(tensor([1, 2])) // => true
 * @see torch.equal
 */
export const equal = (self: Tensor, other: Tensor): boolean =>
  isSameSize(self, other) && item<boolean>(allEqual(self, other))
/** As equal, on every device. @example await equalAsync(tensor([1, 2]), tensor([1, 2])) // => true */
export const equalAsync = async (self: Tensor, other: Tensor): Promise<boolean> =>
  isSameSize(self, other) && itemAsync<boolean>(allEqual(self, other))
const allEqual = (self: Tensor, other: Tensor): Tensor => {
  check(
    self.dtype === other.dtype,
    () =>
      new DTypeError(
        'equal',
        `both must have one dtype, got ${self.dtype} and ${other.dtype}. Cast one of them`,
      ),
  )
  return withGradMode(false, () => all(eq(self, other)))
}

/** Options of isclose and allclose. */
export interface CloseOptions {
  rtol?: number
  atol?: number
  /** Whether two NaNs are close. */
  equalNan?: boolean
}
/**
 * `|self − other| ≤ atol + rtol · |other|`, elementwise; infinities are close if they are equal.
 *
 * @throws DTypeError if the dtypes differ
 * @example
 * isclose(tensor([1, 2]), tensor([1, 2.1])).tolist() // => [true, false]
 * @see torch.isclose
 */
export function isclose(
  self: Tensor,
  other: Tensor,
  { rtol = 1e-5, atol = 1e-8, equalNan = false }: CloseOptions = {},
): Tensor {
  check(
    self.dtype === other.dtype,
    () =>
      new DTypeError(
        'isclose',
        `both must have one dtype, got ${self.dtype} and ${other.dtype}. Cast one of them`,
      ),
  )
  check(
    rtol >= 0 && atol >= 0,
    () => new DTypeError('isclose', `rtol and atol must not be negative, got ${rtol} and ${atol}`),
  )
  return withGradMode(false, () => {
    let close = eq(self, other)
    if (equalNan && self.isFloatingPoint()) close = logicalOr(close, logicalAnd(isnan(self), isnan(other)))
    if (rtol === 0 && atol === 0) return close
    const [x, y] = self.dtype === 'bool' ? [self.to('uint8'), other.to('uint8')] : [self, other]
    const distance = abs(sub(x, y))
    return logicalOr(close, logicalAnd(isfinite(distance), le(distance, add(mul(abs(y), rtol), atol))))
  })
}
/**
 * Whether all elements are close, as isclose says.
 *
 * @example
 * allclose(tensor([1, 2]), tensor([1, 2.000001])) // => true
 * @see torch.allclose
 */
export const allclose = (self: Tensor, other: Tensor, options: CloseOptions = {}): boolean =>
  item<boolean>(all(isclose(self, other, options)))
/**
 * As allclose, on every device.
 *
 * @example
 * await allcloseAsync(tensor([1, 2]), tensor([1, 2.1])) // => false
 */
export const allcloseAsync = (self: Tensor, other: Tensor, options: CloseOptions = {}): Promise<boolean> =>
  itemAsync<boolean>(all(isclose(self, other, options)))

/** Options of isin. */
export interface IsinOptions {
  /** A promise that both hold distinct elements; not needed here. */
  assumeUnique?: boolean
  /** Which are not in it, instead. */
  invert?: boolean
}
/**
 * Which elements are among `testElements`; a bool tensor of the shape of self.
 *
 * @example
 * isin(tensor([1, 2, 3]), tensor([2])).tolist() // => [false, true, false]
 * @see torch.isin
 */
export function isin(
  elements: Tensor,
  testElements: Operandish,
  { out, invert = false }: IsinOptions & OutOption = {},
): Tensor {
  if (out !== undefined) return resultInto('isin', out, () => isin(elements, testElements, { invert }))

  const among =
    testElements instanceof Tensor
      ? reshape(testElements, [-1])
      : full([1], scalarValue(testElements), { dtype: elements.dtype, device: elements.device })
  const found = withGradMode(false, () => any(eq(unsqueeze(elements, -1), among), -1))
  return invert ? logicalNot(found) : found
}
