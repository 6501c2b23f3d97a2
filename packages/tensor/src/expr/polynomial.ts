// Polynomials and Chebyshev series as expressions.
import { constant } from './expr.ts'
import type { Expr } from './expr.ts'

/** The polynomial with these coefficients, highest degree first. */
export const horner = (x: Expr, [first, ...rest]: readonly number[]): Expr =>
  rest.reduce((sum: Expr, coefficient) => sum.mul(x).add(coefficient), constant(first))

/** The Chebyshev series with these coefficients, highest order first, at x / 2 (Clenshaw; the constant term counts half). */
export function chebyshev(x: Expr, coefficients: readonly number[]): Expr {
  let [b0, b1, b2]: Expr[] = [constant(coefficients[0]), constant(0), constant(0)]
  for (const coefficient of coefficients.slice(1)) {
    ;[b1, b2] = [b0, b1]
    b0 = x.mul(b1).sub(b2).add(coefficient)
  }
  return b0.sub(b2).mul(0.5)
}
