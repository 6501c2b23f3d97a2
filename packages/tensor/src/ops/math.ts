// Elementwise mathematical functions: integers become the default float.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { inPlaceForm, unary } from '../dispatch/define.ts'
import { ComplexExpr } from '../expr/complex.ts'
import type { Expr } from '../expr/expr.ts'
import { constant } from '../expr/expr.ts'
import type { Tensor } from '../tensor.ts'

const toFloat = (name: string, build: (x: Expr) => Expr) => unary(name, build, { result: 'float' })
/** Of complex numbers too, by the same expression. */
const analytic = (name: string, build: (x: Expr) => Expr) =>
  unary(name, build, { result: 'float', complex: true })

/** eˣ. @example exp(tensor([0, 1])).tolist() // => [1, 2.71828] @see torch.exp */
export const exp = analytic('exp', (x) => x.exp())
/** 2ˣ. @example exp2(tensor([0, 3])).tolist() // => [1, 8] @see torch.exp2 */
export const exp2 = toFloat('exp2', (x) => x.exp2())
/** eˣ − 1, exact near 0. @example expm1(tensor([0, 1])).tolist() // => [0, 1.71828] @see torch.expm1 */
export const expm1 = toFloat('expm1', (x) => x.expm1())
/** Natural logarithm. @example log(tensor([1, 10])).tolist() // => [0, 2.30259] @see torch.log */
export const log = analytic('log', (x) => x.log())
/** Logarithm of base 2. @example log2(tensor([1, 8])).tolist() // => [0, 3] @see torch.log2 */
export const log2 = analytic('log2', (x) => x.log2())
/** Logarithm of base 10. @example log10(tensor([1, 100])).tolist() // => [0, 2] @see torch.log10 */
export const log10 = analytic('log10', (x) => x.log10())
/** ln(1 + x), exact near 0. @example log1p(tensor([0, 1])).tolist() // => [0, 0.693147] @see torch.log1p */
export const log1p = toFloat('log1p', (x) => x.log1p())
/** Square root. @example sqrt(tensor([4, 2])).tolist() // => [2, 1.41421] @see torch.sqrt */
export const sqrt = analytic('sqrt', (x) => x.sqrt())
/** 1 / √x. @example rsqrt(tensor([4, 1])).tolist() // => [0.5, 1] @see torch.rsqrt */
export const rsqrt = analytic('rsqrt', (x) => x.rsqrt())
/** Sine of an angle in radians. @example sin(tensor([0, 1])).tolist() // => [0, 0.841471] @see torch.sin */
export const sin = analytic('sin', (x) => x.sin())
/** Cosine of an angle in radians. @example cos(tensor([0, 1])).tolist() // => [1, 0.540302] @see torch.cos */
export const cos = analytic('cos', (x) => x.cos())
/** Tangent of an angle in radians. @example tan(tensor([0, 1])).tolist() // => [0, 1.55741] @see torch.tan */
export const tan = analytic('tan', (x) => x.tan())
/** Inverse sine, in radians. @example asin(tensor([0, 1])).tolist() // => [0, 1.5708] @see torch.asin */
export const asin = analytic('asin', (x) => x.asin())
/** Inverse cosine, in radians. @example acos(tensor([1, 0])).tolist() // => [0, 1.5708] @see torch.acos */
export const acos = analytic('acos', (x) => x.acos())
/** Inverse tangent, in radians. @example atan(tensor([0, 1])).tolist() // => [0, 0.785398] @see torch.atan */
export const atan = analytic('atan', (x) => x.atan())
/** Hyperbolic sine. @example sinh(tensor([0, 1])).tolist() // => [0, 1.1752] @see torch.sinh */
export const sinh = analytic('sinh', (x) => x.sinh())
/** Hyperbolic cosine. @example cosh(tensor([0, 1])).tolist() // => [1, 1.54308] @see torch.cosh */
export const cosh = analytic('cosh', (x) => x.cosh())
/** Hyperbolic tangent. @example tanh(tensor([0, 1])).tolist() // => [0, 0.761594] @see torch.tanh */
export const tanh = analytic('tanh', (x) => x.tanh())
/** Inverse hyperbolic sine. @example asinh(tensor([0, 1])).tolist() // => [0, 0.881374] @see torch.asinh */
export const asinh = analytic('asinh', (x) => x.asinh())
/** Inverse hyperbolic cosine. @example acosh(tensor([1, 2])).tolist() // => [0, 1.31696] @see torch.acosh */
export const acosh = analytic('acosh', (x) => x.acosh())
/**
 * Inverse hyperbolic tangent.
 *
 * @example
 * atanh(tensor([0, 0.5])).tolist() // => [0, 0.549306]
 * @see torch.atanh
 */
export const atanh = analytic('atanh', (x) => x.atanh())
/**
 * Error function, 2/√π ∫₀ˣ e^(−t²) dt.
 *
 * @example
 * erf(tensor([0, 1])).tolist() // => [0, 0.842701]
 * @see torch.erf
 */
export const erf = toFloat('erf', (x) => x.erf())
/**
 * 1 − erf(x), exact for large x.
 *
 * @example
 * erfc(tensor([0, 1])).tolist() // => [1, 0.157299]
 * @see torch.erfc
 */
export const erfc = toFloat('erfc', (x) => x.erfc())
/**
 * Inverse of the error function.
 *
 * @example
 * erfinv(tensor([0, 0.5])).tolist() // => [0, 0.476936]
 * @see torch.erfinv
 */
export const erfinv = toFloat('erfinv', (x) => x.erfinv())
/** ln|Γ(x)|. @example lgamma(tensor([1, 5])).tolist() // => [0, 3.17805] @see torch.lgamma */
export const lgamma = toFloat('lgamma', (x) => x.lgamma())
/**
 * Derivative of lgamma.
 *
 * @example
 * digamma(tensor([1, 2])).tolist() // => [-0.577216, 0.422784]
 * @see torch.digamma
 */
export const digamma = toFloat('digamma', (x) => x.digamma())
/** Degrees to radians. @example deg2rad(tensor([0, 180])).tolist() // => [0, 3.14159] @see torch.deg2rad */
export const deg2rad = toFloat('deg2rad', (x) => x.mul(Math.PI / 180))
/** Radians to degrees. @example rad2deg(tensor([0, 1])).tolist() // => [0, 57.2958] @see torch.rad2deg */
export const rad2deg = toFloat('rad2deg', (x) => x.mul(180 / Math.PI))
/** sin(πx) / πx, 1 at 0. @example sinc(tensor([0, 0.5])).tolist() // => [1, 0.63662] @see torch.sinc */
export const sinc = unary(
  'sinc',
  (x) => {
    const t = x.mul(Math.PI)
    return x.eq(0).select(1, t.sin().div(t))
  },
  {
    result: 'float',
    complex: ([z]) => {
      const t = z.mul(Math.PI)
      return ComplexExpr.select(z.eq(0), 1, t.sin().div(t))
    },
  },
)
/** 1 / (1 + e⁻ˣ). @example sigmoid(tensor([0, 2])).tolist() // => [0.5, 0.880797] @see torch.sigmoid */
export const sigmoid = analytic('sigmoid', (x) => x.sigmoid())
const logitElements = toFloat('logit', (x) => x.div(constant(1).sub(x)).log())
const logitWithin = unary(
  'logitWithin',
  (x, { eps }) => {
    const z = x.lt(eps).select(eps, x.gt(constant(1).sub(eps)).select(constant(1).sub(eps), x))
    return z.div(constant(1).sub(z)).log()
  },
  { options: { eps: 0 }, result: 'float', gradName: 'LogitBackward0' },
)
/**
 * Inverse of sigmoid, ln(x / (1 − x)).
 *
 * @param eps if given, x is first clamped to eps..1 − eps
 * @example
 * logit(tensor([0.5])).tolist() // => [0]
 * @see torch.logit
 */
export const logit = (self: Tensor, eps: number | null = null, { out }: OutOption = {}): Tensor =>
  out === undefined
    ? eps === null
      ? logitElements(self)
      : logitWithin(self, { eps })
    : resultInto('logit', out, () => logit(self, eps))
/** In-place logit. @see torch.Tensor.logit_ */
export const logit_ = (self: Tensor, eps: number | null = null): Tensor =>
  eps === null ? logitElements[inPlaceForm](self) : logitWithin[inPlaceForm](self, { eps })
