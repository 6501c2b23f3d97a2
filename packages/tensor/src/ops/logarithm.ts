// Elementwise functions of two operands made of logarithms and exponentials, and replacement of NaN and infinities.
import { binary, unary } from '../dispatch/define.ts'
import { dtypes } from '../dtype.ts'
import type { Operandish } from '../dispatch/pointwise.ts'
import { Tensor } from '../tensor.ts'
import { pow } from './arithmetic.ts'
import { to } from './copy.ts'

const floats = { refuses: ['int', 'bool'] } as const

/**
 * `ln(eˣ + eʸ)` without overflow.
 *
 * @example
 * logaddexp(tensor([1000]), tensor([1000])).tolist() // => [1000.693115234375]
 * @see torch.logaddexp
 */
export const logaddexp = binary('logaddexp', (x, y) => {
  const larger = x.max(y)
  return x.eq(y).and(x.abs().eq(Infinity)).select(x, larger.add(x.sub(y).abs().neg().exp().log1p()))
}, floats)
/** `log₂(2ˣ + 2ʸ)` without overflow. @see torch.logaddexp2 */
export const logaddexp2 = binary('logaddexp2', (x, y) => {
  const larger = x.max(y)
  return x.eq(y).and(x.abs().eq(Infinity)).select(x, larger.add(x.sub(y).abs().neg().exp2().log1p().mul(Math.LOG2E)))
}, floats)
/**
 * `self · ln(other)`, 0 where self is 0 (unless other is NaN).
 *
 * @example
 * xlogy(tensor([0, 2]), tensor([0, 1])).tolist() // => [0, 0]
 * @see torch.xlogy
 */
export const xlogy = binary('xlogy', (x, y) => y.isNaN().select(NaN, x.eq(0).select(0, x.mul(y.log()))), { result: 'float' })
/** `self · ln(1 + other)`, 0 where self is 0 (unless other is NaN). @see torch.special.xlog1py */
export const xlog1py = binary('xlog1py', (x, y) => y.isNaN().select(NaN, x.eq(0).select(0, x.mul(y.log1p()))), { result: 'float' })
/** 0 below 0, 1 above, `values` at 0. @see torch.heaviside */
export const heaviside = binary('heaviside', (x, values) => x.eq(0).select(values, x.gt(0).select(1, 0)))
/** `self · 2^other`. @see torch.ldexp */
export const ldexp = binary('ldexp', (x, y) => x.mul(y.exp2()), { result: 'float', gradName: 'MulBackward0' })
/** `−x ln x`, 0 at 0, −∞ below. @see torch.special.entr */
export const entr = unary('entr', (x) => x.isNaN().select(x, x.gt(0).select(x.neg().mul(x.log()), x.eq(0).select(0, -Infinity))),
  { result: 'float' })

/** The power in double precision. @see torch.float_power */
export function floatPower(self: Operandish, exponent: Operandish): Tensor {
  const wide = (value: Operandish) => (value instanceof Tensor ? to(value, { dtype: dtypes.float64.name }) : value)
  return pow(wide(self) as Tensor, wide(exponent))
}

const replaceNonFinite = unary('nanToNum',
  (x, { nan, posinf, neginf }) => x.isNaN().select(nan, x.eq(Infinity).select(posinf, x.eq(-Infinity).select(neginf, x))),
  { options: { nan: 0, posinf: 0, neginf: 0 }, ...floats })
/**
 * NaN replaced by `nan`, +∞ by `posinf`, −∞ by `neginf`.
 *
 * @param options default: 0, and the largest and smallest finite numbers of the dtype
 * @example
 * nanToNum(tensor([NaN, 1]), { nan: 7 }).tolist() // => [7, 1]
 * @see torch.nan_to_num
 */
export function nanToNum(
  self: Tensor, { nan = null, posinf = null, neginf = null }: { nan?: number | null; posinf?: number | null; neginf?: number | null } = {},
): Tensor {
  const { category, max, min } = self.dtypeInfo
  if (category !== 'float') return to(self, { copy: true })
  return replaceNonFinite(self, { nan: nan ?? 0, posinf: posinf ?? Number(max), neginf: neginf ?? Number(min) })
}
