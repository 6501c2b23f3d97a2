// Complex tensors from real ones, and the same memory seen as one or the other.
import { binary } from '../dispatch/define.ts'
import type { Validate } from '../dispatch/pointwise-record.ts'
import { applyView, viewRecord } from '../dispatch/structured.ts'
import { complexOf } from '../dtype.ts'
import { DTypeError, ShapeError, check } from '../errors.ts'
import { ComplexExpr } from '../expr/complex.ts'
import { formatShape } from '../shape/shape.ts'
import { Tensor } from '../tensor.ts'

const samePrecision: Validate = (name, inputs) => {
  const [a, b] = inputs.map((input) => (input instanceof Tensor ? input.dtype : typeof input))
  check(
    a === b && (a === 'float32' || a === 'float64'),
    () =>
      new DTypeError(
        name,
        `both inputs must be float32 or both float64, got ${String(a)} and ${String(b)}. Cast them first`,
      ),
  )
}
const ofReals = (name: string, build: (a: ComplexExpr, b: ComplexExpr) => ComplexExpr) =>
  binary(name, (x) => x, { result: 'complex', validate: samePrecision, complex: ([a, b]) => build(a, b) })

/**
 * Complex numbers of their real and imaginary parts.
 *
 * @param self real parts, float32 or float64
 * @param other imaginary parts, of the same dtype; shapes broadcast
 * @throws DTypeError for other dtypes
 * @example
 * complex(tensor([1, 2]), tensor([3, 4])).tolist() // => [new Complex(1, 3), new Complex(2, 4)]
 * @see torch.complex
 */
export const complex = ofReals('complex', (re, im) => new ComplexExpr(re.re, im.re))
/**
 * Complex numbers of their absolute values and angles, `abs · (cos angle + i sin angle)`.
 *
 * @example
 * polar(tensor([2]), tensor([0])).tolist() // => [new Complex(2, 0)]
 * @see torch.polar
 */
export const polar = ofReals(
  'polar',
  ({ re: size }, { re: angle }) => new ComplexExpr(size.mul(angle.cos()), size.mul(angle.sin())),
)

/** viewAsReal: the parts as a last dim of size 2. */
export const viewAsRealOp = viewRecord<null>({
  name: 'viewAsReal',
  view: ({ shape, strides, offset, dtypeInfo: { component } }) => ({
    shape: [...shape, 2],
    strides: [...strides.map((stride) => 2 * stride), 1],
    offset: 2 * offset,
    dtype: component!,
  }),
})
/**
 * The same memory as real numbers: a view with one more dim, of size 2, for the real and the imaginary part.
 *
 * @throws DTypeError for real tensors
 * @example
 * viewAsReal(tensor([new Complex(1, 2)])).tolist() // => [[1, 2]]
 * @see torch.view_as_real
 */
export function viewAsReal(self: Tensor): Tensor {
  check(
    self.dtypeInfo.component !== null,
    () => new DTypeError('viewAsReal', `the input must be complex, got ${self.dtype}`),
  )
  return applyView(viewAsRealOp, self, null)
}

/** viewAsComplex: a last dim of size 2 as the parts. */
export const viewAsComplexOp = viewRecord<null>({
  name: 'viewAsComplex',
  view: ({ shape, strides, offset, dtypeInfo }) => ({
    shape: shape.slice(0, -1),
    strides: strides.slice(0, -1).map((stride) => stride / 2),
    offset: offset / 2,
    dtype: complexOf(dtypeInfo),
  }),
})
/**
 * The same memory as complex numbers: a view without the last dim, whose two elements are the real and the imaginary part.
 *
 * @param self float32 or float64, [..., 2]; the last dim has stride 1, the offset and all other strides are even
 * @throws DTypeError for other dtypes
 * @throws ShapeError if the elements do not lie in pairs
 * @example
 * viewAsComplex(tensor([[1, 2]])).tolist() // => [new Complex(1, 2)]
 * @see torch.view_as_complex
 */
export function viewAsComplex(self: Tensor): Tensor {
  const { shape, strides, offset, ndim } = self
  check(
    self.dtype === 'float32' || self.dtype === 'float64',
    () => new DTypeError('viewAsComplex', `the input must be float32 or float64, got ${self.dtype}`),
  )
  check(
    ndim > 0 && shape[ndim - 1] === 2,
    () => new ShapeError('viewAsComplex', `the last dim must have size 2, got shape ${formatShape(shape)}`),
  )
  check(
    strides[ndim - 1] === 1,
    () =>
      new ShapeError(
        'viewAsComplex',
        `the last dim must have stride 1, got ${strides[ndim - 1]}. Call contiguous() first`,
      ),
  )
  check(
    offset % 2 === 0 && strides.slice(0, -1).every((stride) => stride % 2 === 0),
    () =>
      new ShapeError(
        'viewAsComplex',
        `the offset and the strides of all other dims must be even, got ${offset} and ${formatShape(strides)}. Call contiguous() first`,
      ),
  )
  return applyView(viewAsComplexOp, self, null)
}
