// Elementwise functions of two operands made of logarithms and exponentials, and replacement of NaN and infinities.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { binary, inPlaceForm, unary } from '../dispatch/define.ts'
import type { Operandish } from '../dispatch/pointwise-record.ts'
import { Complex } from '../complex-number.ts'
import { DTypeError, check } from '../errors.ts'
import { Tensor } from '../tensor.ts'
import { pow, pow_ } from './arithmetic.ts'
import { isComplex } from './complex-parts.ts'
import { to } from './copy.ts'

const floats = { refuses: ['int', 'bool'] } as const

/**
 * `ln(eˣ + eʸ)` without overflow.
 *
 * @example
 * logaddexp(tensor([1000]), tensor([1000])).tolist() // => [1000.693115234375]
 * @see torch.logaddexp
 */
export const logaddexp = binary(
  'logaddexp',
  (x, y) => {
    const larger = x.max(y)
    return x
      .eq(y)
      .and(x.abs().eq(Infinity))
      .select(x, larger.add(x.sub(y).abs().neg().exp().log1p()))
  },
  floats,
)
/**
 * `log₂(2ˣ + 2ʸ)` without overflow.
 *
 * @example
 * logaddexp2(tensor([3]), tensor([3])).item() // => 4
 * @see torch.logaddexp2
 */
export const logaddexp2 = binary(
  'logaddexp2',
  (x, y) => {
    const larger = x.max(y)
    return x
      .eq(y)
      .and(x.abs().eq(Infinity))
      .select(x, larger.add(x.sub(y).abs().neg().exp2().log1p().mul(Math.LOG2E)))
  },
  floats,
)
/**
 * `self · ln(other)`, 0 where self is 0 (unless other is NaN).
 *
 * @example
 * xlogy(tensor([0, 2]), tensor([0, 1])).tolist() // => [0, 0]
 * @see torch.xlogy
 */
export const xlogy = binary('xlogy', (x, y) => y.isNaN().select(NaN, x.eq(0).select(0, x.mul(y.log()))), {
  result: 'float',
})
/**
 * `self · ln(1 + other)`, 0 where self is 0 (unless other is NaN).
 *
 * @example
 * xlog1py(tensor([0, 2]), tensor([5, 1])).tolist() // => [0, 1.38629]
 * @see torch.special.xlog1py
 */
export const xlog1py = binary(
  'xlog1py',
  (x, y) => y.isNaN().select(NaN, x.eq(0).select(0, x.mul(y.log1p()))),
  { result: 'float' },
)
/**
 * 0 below 0, 1 above, `values` at 0.
 *
 * @example
 * heaviside(tensor([-2, 0, 2]), tensor([0.5])).tolist() // => [0, 0.5, 1]
 * @see torch.heaviside
 */
export const heaviside = binary('heaviside', (x, values) => x.eq(0).select(values, x.gt(0).select(1, 0)))
/**
 * `self · 2^other`.
 *
 * @example
 * ldexp(tensor([1, 3]), tensor([4, -1])).tolist() // => [16, 1.5]
 * @see torch.ldexp
 */
export const ldexp = binary('ldexp', (x, y) => x.mul(y.exp2()), {
  result: 'float',
  gradName: 'MulBackward0',
  complex: ([x, y]) => x.mul(y.mul(Math.LN2).exp()),
})
/**
 * `−x ln x`, 0 at 0, −∞ below.
 *
 * @example
 * entr(tensor([0, 0.5, 1])).tolist() // => [0, 0.346574, 0]
 * @see torch.special.entr
 */
export const entr = unary(
  'entr',
  (x) => x.isNaN().select(x, x.gt(0).select(x.neg().mul(x.log()), x.eq(0).select(0, -Infinity))),
  { result: 'float' },
)

/**
 * The power in double precision: float64, or complex128 if one of both is complex.
 *
 * @example
 * floatPower(tensor([2n, 3n]), 0.5).tolist() // => [1.41421, 1.73205]
 * @see torch.float_power
 */
export function floatPower(self: Operandish, exponent: Operandish, { out }: OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('floatPower', out, () => floatPower(self, exponent))

  const wide = doubled(self, exponent)
  return pow(wide(self) as Tensor, wide(exponent))
}
// A tensor in double precision, complex if one of both operands is.
const doubled = (...operands: Operandish[]) => {
  const dtype = operands.some((x) => (x instanceof Tensor ? isComplex(x) : x instanceof Complex))
    ? 'complex128'
    : 'float64'
  return (value: Operandish): Operandish => (value instanceof Tensor ? to(value, { dtype }) : value)
}

/** In-place floatPower. @throws DTypeError unless self is of the dtype of the result, float64 or complex128 @see torch.Tensor.float_power_ */
export function floatPower_(self: Tensor, exponent: Operandish): Tensor {
  const wide = doubled(self, exponent)
  check(
    wide(self) === self,
    () =>
      new DTypeError(
        'floatPower_',
        `self must be of the dtype of the result, float64 or complex128, got ${self.dtype}. Use floatPower`,
      ),
  )
  return pow_(self, wide(exponent))
}

const replaceNonFinite = unary(
  'nanToNum',
  (x, { nan, posinf, neginf }) =>
    x.isNaN().select(nan, x.eq(Infinity).select(posinf, x.eq(-Infinity).select(neginf, x))),
  { options: { nan: 0, posinf: 0, neginf: 0 }, ...floats },
)
/**
 * NaN replaced by `nan`, +∞ by `posinf`, −∞ by `neginf`.
 *
 * @param replacements default: 0, and the largest and smallest finite numbers of the dtype
 * @example
 * nanToNum(tensor([NaN, 1]), { nan: 7 }).tolist() // => [7, 1]
 * @see torch.nan_to_num
 */
export function nanToNum(self: Tensor, replacements: NonFinite & OutOption = {}): Tensor {
  if (replacements.out !== undefined)
    return resultInto('nanToNum', replacements.out, () => nanToNum(self, { ...replacements, out: undefined }))

  if (self.dtypeInfo.category !== 'float') return to(self, { copy: true })
  return replaceNonFinite(self, finite(self, replacements))
}
/** In-place nanToNum. @see torch.Tensor.nan_to_num_ */
export function nanToNum_(self: Tensor, replacements: NonFinite = {}): Tensor {
  return self.dtypeInfo.category === 'float'
    ? replaceNonFinite[inPlaceForm](self, finite(self, replacements))
    : self
}

/** What stands for the numbers that are not finite. */
export interface NonFinite {
  nan?: number | null
  posinf?: number | null
  neginf?: number | null
}
const finite = ({ dtypeInfo: { max, min } }: Tensor, { nan, posinf, neginf }: NonFinite) => ({
  nan: nan ?? 0,
  posinf: posinf ?? Number(max),
  neginf: neginf ?? Number(min),
})
