// Floating-point numbers taken apart: mantissa and exponent, the neighbours.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption, OutsOption } from '../dispatch/out.ts'
import { binary, inPlaceForm, unary } from '../dispatch/define.ts'
import type { Expr } from '../expr/expr.ts'
import { DTypeError, check } from '../errors.ts'
import { Tensor } from '../tensor.ts'
import { to } from './copy.ts'

// x · 2^k in two steps, so that neither power leaves the range
const scale = (x: Expr, k: Expr): Expr => {
  const half = k.div(2).floor()
  return x.mul(half.exp2()).mul(k.sub(half).exp2())
}
// The exponent e with ½ ≤ |x| 2^−e < 1: a guess from the logarithm, then set right.
const exponentOf = (x: Expr): Expr => {
  const a = x.abs()
  const lifted = a.lt(2 ** -100).select(a.mul(2 ** 100), a) // the logarithm of subnormal numbers
  const guess = lifted.log2().floor().add(1)
  const rest = scale(lifted, guess.neg())
  const exact = rest.ge(1).select(guess.add(1), rest.lt(0.5).select(guess.sub(1), guess))
  const exponent = a.lt(2 ** -100).select(exact.sub(100), exact)
  return x.eq(0).or(x.isNaN()).or(a.eq(Infinity)).select(0, exponent)
}
const floats = { refuses: ['int', 'bool'] } as const
const exponents = unary('frexpExponent', exponentOf, floats)
const mantissas = binary('frexp', (x, exponent) => scale(x, exponent.neg()), { ...floats, unpromoted: [1] })

/** The two parts of numbers: mantissa · 2^exponent. */
export interface Frexp {
  /** From ½ to 1, with the sign; of the dtype of self. */
  readonly mantissa: Tensor
  /** int32. */
  readonly exponent: Tensor
}
/**
 * Mantissa and exponent: self = mantissa · 2^exponent. 0, NaN and infinities keep the exponent 0.
 *
 * @throws DTypeError unless self is floating-point
 * @example
 * frexp(tensor([6])).mantissa.tolist() // => [0.75]
 * @see torch.frexp
 */
export function frexp(self: Tensor, { out }: OutsOption = {}): Frexp {
  if (out !== undefined) return resultInto('frexp', out, () => frexp(self))

  const exponent = to(exponents(self.detach()), { dtype: 'int32' })
  return { mantissa: mantissas(self, exponent), exponent }
}

// S. Rump et al., "Computing predecessor and successor in rounding to nearest": x + φ|x|, scaled up where that underflows.
const neighbours = binary(
  'nextafter',
  (x, y, { phi, tiny, unit, largest }) => {
    const up = y.gt(x).select(1, -1)
    const a = x.abs()
    const small = tiny.div(unit)
    const scaled = x.div(unit)
    const near = scaled.add(up.mul(scaled.abs().mul(phi))).mul(unit)
    const step = a
      .lt(small)
      .select(x.add(up.mul(tiny)), a.lt(small.div(unit)).select(near, x.add(up.mul(a.mul(phi)))))
    const finite = a.eq(Infinity).select(x.gt(0).select(largest, largest.neg()), step)
    return x.isNaN().or(y.isNaN()).select(NaN, x.eq(y).select(y, finite))
  },
  { options: { phi: 0, tiny: 0, unit: 0, largest: 0 }, ...floats },
)
// Rounding unit u, the smallest subnormal number, and φ = u (1 + 2u).
const formats: Partial<Record<string, readonly [bits: number, tinyExponent: number]>> = {
  float16: [11, -24],
  bfloat16: [8, -133],
  float32: [24, -149],
  float64: [53, -1074],
}
function formatOf(op: string, self: Tensor, other: Tensor) {
  check(
    self instanceof Tensor && other instanceof Tensor,
    () => new DTypeError(op, 'both inputs must be tensors, got a number. Make a tensor of it: tensor(...)'),
  )
  check(
    self.dtype === other.dtype,
    () =>
      new DTypeError(op, `both must have one dtype, got ${self.dtype} and ${other.dtype}. Cast one of them`),
  )
  const { name, max } = self.dtypeInfo
  const format = formats[name]
  check(
    format !== undefined,
    () => new DTypeError(op, `the inputs must be floating-point, got ${name}. Cast them first`),
  )
  const unit = 2 ** -format[0]
  return { phi: unit * (1 + 2 * unit), tiny: 2 ** format[1], unit, largest: Number(max) }
}
/**
 * The next number of the dtype after self, towards other.
 *
 * @example
 * nextafter(tensor([1]), tensor([2])).sub(1).tolist() // => [1.1920928955078125e-7]
 * @see torch.nextafter
 */
export const nextafter = (self: Tensor, other: Tensor, { out }: OutOption = {}): Tensor =>
  out === undefined
    ? neighbours(self, other, formatOf('nextafter', self, other))
    : resultInto('nextafter', out, () => nextafter(self, other))
/** In-place nextafter. @see torch.Tensor.nextafter_ */
export const nextafter_ = (self: Tensor, other: Tensor): Tensor =>
  neighbours[inPlaceForm](self, other, formatOf('nextafter_', self, other))
