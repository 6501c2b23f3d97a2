// The derivative of each scalar primitive: the cotangents of its arguments from that of its result.
// Everything elementwise is differentiated by this table and the chain rule in ./symbolic.ts.
import { constant } from '@tt/tensor'
import type { Expr, ScalarPrimitive } from '@tt/tensor'

/** `g` is the cotangent of the result; then come the arguments and, last, the result itself. Null: no gradient. */
export type ScalarRule = (g: Expr, ...argumentsAndResult: Expr[]) => readonly (Expr | null)[]

/** A primitive without a gradient; PyTorch gives zeros for those of numbers, and truth values never carry one. */
export interface NonDifferentiable {
  readonly reason: string
}
const nonDifferentiable = (reason: string): NonDifferentiable => ({ reason })

const half = 0.5
const twoOverRootPi = 2 / Math.sqrt(Math.PI)
const pieces = nonDifferentiable('piecewise constant')
const truth = nonDifferentiable('a truth value')
const bits = nonDifferentiable('integers only')

// The larger (smaller) one gets the gradient, equal ones half each, both where one is NaN: as torch.maximum.
const extreme =
  (loses: (a: Expr, b: Expr) => Expr): ScalarRule =>
  (g, a, b) => {
    const shared = a.eq(b).select(g.mul(half), g)
    return [loses(a, b).select(0, shared), loses(b, a).select(0, shared)]
  }

// xᵃ⁻¹ e⁻ˣ / Γ(a)
const gammaDensity = (a: Expr, x: Expr): Expr => a.sub(1).mul(x.log()).sub(x).sub(a.lgamma()).exp()

/** The table. `select` is not in it: the chain rule differentiates its branches apart, so that nothing leaks. */
export const scalarDerivatives = {
  add: (g) => [g, g],
  sub: (g) => [g, g.neg()],
  mul: (g, a, b) => [g.mul(b), g.mul(a)],
  div: (g, a, b) => [g.div(b), g.neg().mul(a.div(b).div(b))],
  fmod: (g, a, b) => [g, g.neg().mul(a.div(b).trunc())],
  neg: (g) => [g.neg()],
  abs: (g, x) => [g.mul(x.sign())], // 0 at 0
  sign: pieces,
  min: extreme((a, b) => a.gt(b)),
  max: extreme((a, b) => a.lt(b)),
  copysign: (g, x, _sign, y) => [x.eq(0).select(0, g.mul(y.div(x))), null],
  floor: pieces,
  ceil: pieces,
  trunc: pieces,
  round: pieces,

  eq: truth,
  ne: truth,
  lt: truth,
  le: truth,
  gt: truth,
  ge: truth,
  isNaN: truth,
  signBit: truth,
  and: truth,
  or: truth,
  not: truth,

  bitAnd: bits,
  bitOr: bits,
  bitXor: bits,
  bitNot: bits,
  shiftLeft: bits,
  shiftRight: bits,
  gcd: bits,

  exp: (g, _x, y) => [g.mul(y)],
  exp2: (g, _x, y) => [g.mul(y).mul(Math.LN2)],
  expm1: (g, _x, y) => [g.mul(y.add(1))],
  log: (g, x) => [g.div(x)],
  log2: (g, x) => [g.div(x.mul(Math.LN2))],
  log10: (g, x) => [g.div(x.mul(Math.LN10))],
  log1p: (g, x) => [g.div(x.add(1))],
  sqrt: (g, _x, y) => [g.div(y.mul(2))],
  rsqrt: (g, _x, y) => [g.mul(-half).mul(y.mul(y).mul(y))], // −½ x^(−3/2)
  // PyTorch: 0 where the exponent is 0; for the exponent 0 where the base is 0 and the exponent not negative.
  pow: (g, x, n, y) => [
    n.eq(0).select(0, g.mul(n.mul(x.pow(n.sub(1))))),
    x
      .eq(0)
      .and(n.ge(0))
      .select(0, g.mul(y.mul(x.log()))),
  ],
  sigmoid: (g, _x, y) => [g.mul(constant(1).sub(y)).mul(y)],

  sin: (g, x) => [g.mul(x.cos())],
  cos: (g, x) => [g.mul(x.sin().neg())],
  tan: (g, _x, y) => [g.mul(y.mul(y).add(1))],
  asin: (g, x) => [g.mul(constant(1).sub(x.mul(x)).rsqrt())],
  acos: (g, x) => [g.mul(constant(1).sub(x.mul(x)).rsqrt().neg())],
  atan: (g, x) => [g.div(x.mul(x).add(1))],
  atan2: (g, a, b) => {
    const square = a.mul(a).add(b.mul(b))
    return [square.eq(0).select(0, g.mul(b.div(square))), square.eq(0).select(0, g.mul(a.neg().div(square)))]
  },
  sinh: (g, x) => [g.mul(x.cosh())],
  cosh: (g, x) => [g.mul(x.sinh())],
  tanh: (g, _x, y) => [g.mul(constant(1).sub(y.mul(y)))],
  asinh: (g, x) => [g.mul(x.mul(x).add(1).rsqrt())],
  acosh: (g, x) => [g.mul(x.mul(x).sub(1).rsqrt())],
  atanh: (g, x) => [g.div(constant(1).sub(x.mul(x)))],

  erf: (g, x) => [g.mul(x.mul(x).neg().exp().mul(twoOverRootPi))],
  erfc: (g, x) => [g.mul(x.mul(x).neg().exp().mul(-twoOverRootPi))],
  erfinv: (g, _x, y) => [
    g.mul(
      y
        .mul(y)
        .exp()
        .mul(1 / twoOverRootPi),
    ),
  ],
  lgamma: (g, x) => [g.mul(x.digamma())],
  digamma: (g, x) => [g.mul(x.trigamma())],
  trigamma: (g, x) => [g.mul(constant(3).zeta(x).mul(-2))],
  // By s and a there is no closed form: NaN, not 0. The ops throw before they get here.
  zeta: (g, s, q) => [constant(NaN), g.mul(s.neg()).mul(s.add(1).zeta(q))],
  igamma: (g, a, x) => [constant(NaN), g.mul(gammaDensity(a, x))],
  igammac: (g, a, x) => [constant(NaN), g.neg().mul(gammaDensity(a, x))],
} satisfies Record<Exclude<ScalarPrimitive, 'select'>, ScalarRule | NonDifferentiable>
