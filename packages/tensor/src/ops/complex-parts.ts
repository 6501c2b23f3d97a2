// What complex numbers have: parts, conjugates, angles. Real numbers count as complex ones on the real axis.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { inPlaceForm, unary } from '../dispatch/define.ts'
import { DTypeError, check } from '../errors.ts'
import type { Tensor } from '../tensor.ts'
import { eq } from './comparison.ts'
import { viewAsReal } from './complex.ts'
import { onesLike } from './like.ts'
import { alias, select } from './views.ts'

/** Whether the dtype is complex. @example isComplex(tensor([1])) // => false @see torch.is_complex */
export const isComplex = (self: Tensor): boolean => self.dtypeInfo.component !== null

/**
 * The real part, a view; self if it is real.
 *
 * @example
 * real(tensor([new Complex(1, 2)])).tolist() // => [1]
 * @see torch.real
 */
export const real = (self: Tensor): Tensor => (isComplex(self) ? select(viewAsReal(self), -1, 0) : self)
/**
 * The imaginary part, a view.
 *
 * @throws DTypeError for real tensors, which have none
 * @example
 * imag(tensor([new Complex(1, 2)])).tolist() // => [2]
 * @see torch.imag
 */
export function imag(self: Tensor): Tensor {
  check(
    isComplex(self),
    () =>
      new DTypeError(
        'imag',
        `the input must be complex, got ${self.dtype}. Use zerosLike for the zeros it would be`,
      ),
  )
  return select(viewAsReal(self), -1, 1)
}

const conjugate = unary('conj', (x) => x, { complex: ([z]) => z.conj() })
/**
 * The complex conjugate; self if it is real. Unlike PyTorch, a copy: there is no lazy conjugate view.
 *
 * @example
 * conj(tensor([new Complex(1, 2)])).tolist() // => [new Complex(1, -2)]
 * @see torch.conj
 */
export const conj = (self: Tensor): Tensor => (isComplex(self) ? conjugate(self) : self)
/**
 * The complex conjugate; self if it is real.
 *
 * @example
 * conjPhysical(tensor([1, 2])).tolist() // => [1, 2]
 * @see torch.conj_physical
 */
export const conjPhysical = (self: Tensor, { out }: OutOption = {}): Tensor =>
  out === undefined ? conj(self) : resultInto('conjPhysical', out, () => conjPhysical(self))
/** In-place conjPhysical. @see torch.Tensor.conj_physical_ */
export const conjPhysical_ = (self: Tensor): Tensor => (isComplex(self) ? conjugate[inPlaceForm](self) : self)
/**
 * Self: conjugates are never lazy here.
 *
 * @example
 * resolveConj(tensor([1, 2])).tolist() // => [1, 2]
 * @see torch.resolve_conj
 */
export const resolveConj = (self: Tensor): Tensor => self
/**
 * Self: negatives are never lazy here.
 *
 * @example
 * resolveNeg(tensor([1, 2])).tolist() // => [1, 2]
 * @see torch.resolve_neg
 */
export const resolveNeg = (self: Tensor): Tensor => self
/** Whether it is a lazy conjugate: never. @example isConj(tensor([1])) // => false @see torch.is_conj */
export const isConj = (_self: Tensor): boolean => false
/** Whether it is a lazy negative: never. @example isNeg(tensor([1])) // => false @see torch.is_neg */
export const isNeg = (_self: Tensor): boolean => false

/**
 * Whether the imaginary part is 0; true everywhere in real tensors.
 *
 * @example
 * isreal(tensor([new Complex(1, 0), new Complex(1, 1)])).tolist() // => [true, false]
 * @see torch.isreal
 */
export const isreal = (self: Tensor): Tensor =>
  isComplex(self) ? eq(imag(self), 0) : onesLike(self, { dtype: 'bool' })
/**
 * The conjugate transpose of a matrix or of each of a batch.
 *
 * @throws DTypeError for a tensor of one dim
 * @example
 * adjoint(ones([2, 3, 4])).shape // => [2, 4, 3]
 * @see torch.adjoint
 */
export function adjoint(self: Tensor): Tensor {
  check(
    self.ndim !== 1,
    () => new DTypeError('adjoint', 'self must be a matrix or a batch of matrices, got 1 dim'),
  )
  return self.ndim === 0 ? conj(alias(self)) : self.mH
}
/**
 * The angle of the number in the complex plane; of real ones 0, π for negative numbers, NaN for NaN.
 *
 * @example
 * angle(tensor([2, -2])).tolist()          // => [0, 3.14159]
 * angle(tensor([new Complex(0, 3)])).item() // => 1.5708
 * @see torch.angle
 */
export const angle = unary('angle', (x) => x.isNaN().select(NaN, x.lt(0).select(Math.PI, 0)), {
  result: 'float',
  complex: ([z]) => z.angle(),
})
