// What complex numbers have, for the real numbers that all dtypes here hold.
import { unary } from '../dispatch/define.ts'
import { DTypeError, check } from '../errors.ts'
import type { Tensor } from '../tensor.ts'
import { onesLike } from './like.ts'
import { alias, transpose } from './views.ts'

/** The real part: self. @example real(tensor([1, 2])).tolist() // => [1, 2] @see torch.real */
export const real = (self: Tensor): Tensor => self
/** The imaginary part, which real numbers do not have. @throws DTypeError always @see torch.imag */
export function imag(self: Tensor): Tensor {
  throw new DTypeError(
    'imag',
    `the input must be complex, got ${self.dtype}. Use zerosLike for the zeros it would be`,
  )
}
/** The complex conjugate: self. @example conj(tensor([1, 2])).tolist() // => [1, 2] @see torch.conj */
export const conj = (self: Tensor): Tensor => self
/**
 * The complex conjugate: self.
 *
 * @example
 * conjPhysical(tensor([1, 2])).tolist() // => [1, 2]
 * @see torch.conj_physical
 */
export const conjPhysical = (self: Tensor): Tensor => self
/** In-place conjPhysical: self as it is. @see torch.Tensor.conj_physical_ */
export const conjPhysical_ = (self: Tensor): Tensor => self
/**
 * Self; there are no lazy conjugates.
 *
 * @example
 * resolveConj(tensor([1, 2])).tolist() // => [1, 2]
 * @see torch.resolve_conj
 */
export const resolveConj = (self: Tensor): Tensor => self
/**
 * Self; there are no lazy negatives.
 *
 * @example
 * resolveNeg(tensor([1, 2])).tolist() // => [1, 2]
 * @see torch.resolve_neg
 */
export const resolveNeg = (self: Tensor): Tensor => self
/** True everywhere. @example isreal(tensor([1, NaN])).tolist() // => [true, true] @see torch.isreal */
export const isreal = (self: Tensor): Tensor => onesLike(self, { dtype: 'bool' })
/** Whether the dtype is complex: never. @example isComplex(tensor([1])) // => false @see torch.is_complex */
export const isComplex = (_self: Tensor): boolean => false
/**
 * The last two dims swapped.
 *
 * @throws DTypeError for a tensor of one dim
 * @example
 * adjoint(ones([2, 3, 4])).shape // => [2, 4, 3]
 * @see torch.adjoint
 */
export function adjoint(self: Tensor): Tensor {
  if (self.ndim === 0) return alias(self)
  check(
    self.ndim > 1,
    () => new DTypeError('adjoint', 'self must be a matrix or a batch of matrices, got 1 dim'),
  )
  return transpose(self, -2, -1)
}
/**
 * The angle of the number in the complex plane: 0, π for negative numbers, NaN for NaN.
 *
 * @example
 * angle(tensor([2, -2])).tolist() // => [0, 3.14159]
 * @see torch.angle
 */
export const angle = unary('angle', (x) => x.isNaN().select(NaN, x.lt(0).select(Math.PI, 0)), {
  result: 'float',
})
