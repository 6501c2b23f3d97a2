// Elementwise ops of complex numbers whose gradient is stated: analytic functions by their derivative, and the others where
// PyTorch has a convention. All else is derived from the parts, as for real numbers.
import { ComplexExpr, constant } from '@tt/tensor'

/**
 * Gradients by the inputs from g, the result and the inputs, with g = dL/dRe + i dL/dIm as PyTorch has it: that of an
 * analytic f is g · conj(f′).
 */
export type ComplexRule = (
  g: ComplexExpr,
  y: ComplexExpr,
  inputs: readonly ComplexExpr[],
) => readonly ComplexExpr[]

const zero = new ComplexExpr(0, 0)
const one = new ComplexExpr(1, 0)
const minus = (z: ComplexExpr): ComplexExpr => one.sub(z)
/** An analytic function, by its derivative f′(z), y = f(z). */
const analytic =
  (derivative: (z: ComplexExpr, y: ComplexExpr) => ComplexExpr): ComplexRule =>
  (g, y, [z]) => [g.mul(derivative(z, y).conj())]

/** The table, by op name. */
export const complexDerivatives: Readonly<Record<string, ComplexRule>> = {
  exp: analytic((_z, y) => y),
  log: (g, _y, [z]) => [g.div(z.conj())],
  log2: (g, _y, [z]) => [g.div(z.conj().mul(Math.LN2))],
  log10: (g, _y, [z]) => [g.div(z.conj().mul(Math.LN10))],
  sqrt: (g, y) => [g.div(y.conj().mul(2))],
  rsqrt: analytic((_z, y) => y.mul(y).mul(y).mul(-0.5)),
  reciprocal: analytic((_z, y) => y.mul(y).neg()),
  square: analytic((z) => z.mul(2)),
  sigmoid: analytic((_z, y) => minus(y).mul(y)),
  sin: analytic((z) => z.cos()),
  cos: analytic((z) => z.sin().neg()),
  tan: analytic((_z, y) => y.mul(y).add(1)),
  sinh: analytic((z) => z.cosh()),
  cosh: analytic((z) => z.sinh()),
  tanh: analytic((_z, y) => minus(y.mul(y))),
  tanhshrink: analytic((z) => z.tanh().square()),
  asin: analytic((z) => minus(z.mul(z)).rsqrt()),
  acos: analytic((z) => minus(z.mul(z)).rsqrt().neg()),
  atan: (g, _y, [z]) => [g.div(z.mul(z).add(1).conj())],
  asinh: analytic((z) => z.mul(z).add(1).rsqrt()),
  // √(z − 1) √(z + 1), not √(z² − 1): the branch of acosh
  acosh: analytic((z) => z.sub(1).rsqrt().mul(z.add(1).rsqrt())),
  atanh: (g, _y, [z]) => [g.div(minus(z.mul(z)).conj())],
  sinc: (g, _y, [z]) => {
    // (πz cos πz − sin πz) / πz²
    const [t, square] = [z.mul(Math.PI), z.mul(z).mul(Math.PI)]
    const slope = t.mul(t.cos()).sub(t.sin()).div(square)
    return [ComplexExpr.select(square.eq(0), zero, g.mul(slope.conj()))]
  },
  div: (g, _y, [a, b]) => [g.div(b.conj()), g.neg().mul(a.div(b).div(b).conj())],
  // 0 where the exponent is 0; for the exponent 0 where the base is 0 and the exponent not negative
  pow: (g, y, [z, n]) => [
    ComplexExpr.select(n.eq(0), zero, g.mul(n.mul(z.pow(n.sub(1))).conj())),
    ComplexExpr.select(z.eq(0).and(n.re.ge(0)).and(n.im.eq(0)), zero, g.mul(y.mul(z.log()).conj())),
  ],

  // g is real: the directions in which these change
  abs: (g, _y, [z]) => [z.sgn().mul(g.re)],
  angle: (g, _y, [z]) => {
    const square = z.re.mul(z.re).add(z.im.mul(z.im))
    const slope = z.timesI().div(square)
    return [ComplexExpr.select(square.eq(0), zero, slope.mul(g.re))]
  },
  // (g − Re(conj(g) y) y) / |z|
  sgn: (g, y, [z]) => {
    const size = z.abs()
    const along = g.re.mul(y.re).add(g.im.mul(y.im))
    return [ComplexExpr.select(size.eq(0), zero, g.sub(y.mul(along)).div(size))]
  },
  conj: (g) => [g.conj()],
  complex: (g) => [new ComplexExpr(g.re, constant(0)), new ComplexExpr(g.im, constant(0))],
}
