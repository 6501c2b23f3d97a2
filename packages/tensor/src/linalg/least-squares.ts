// Least-squares and minimum-norm solutions of A X = B.
import { applyQ, factorQR } from './householder.ts'
import { zeros } from './matrix.ts'
import type { Matrix } from './matrix.ts'
import { product } from './product.ts'
import { decomposeSingular } from './svd.ts'
import { solveTriangle } from './triangular.ts'

/** By QR, for A [m, n] of full rank: the X [n, columns] of least squares, or of least norm if m < n. */
export function solveByQR(a: Matrix, b: Matrix): Matrix {
  const { rows: m, columns: n, field } = a
  if (m >= n) {
    const [work, tau, c] = [a.copy(), new Float64Array(n * field.width), b.copy()]
    factorQR(work, tau)
    applyQ(work, tau, n, c, true)
    const solution = c.block(0, 0, n, b.columns).copy()
    solveTriangle(work.block(0, 0, n, n), solution, { upper: true })
    return solution
  }
  const [work, tau] = [a.adjoint(), new Float64Array(m * field.width)] // Aᴴ = Q R: X = Q R⁻ᴴ B
  factorQR(work, tau)
  const solution = zeros(field, n, b.columns)
  const above = solution.block(0, 0, m, b.columns)
  above.set(b)
  solveTriangle(work.block(0, 0, m, m), above, { upper: true, form: 'adjoint' })
  applyQ(work, tau, m, solution, false)
  return solution
}

/** A solution with what the singular values tell. */
export interface SingularSolution {
  /** [n, columns] */
  readonly solution: Matrix
  readonly rank: number
  /** Of A, falling. */
  readonly values: Float64Array
}

/**
 * By singular values: the solution of least norm; values up to `rcond` times the largest count as 0.
 *
 * @returns null if the singular values could not be found
 */
export function solveBySingularValues(a: Matrix, b: Matrix, rcond: number): SingularSolution | null {
  const svd = decomposeSingular(a, false)
  if (svd === null) return null
  const { u, s, vh } = svd
  const rank = s.filter((value) => value > rcond * s[0]).length
  const inner = product(u.block(0, 0, u.rows, rank), b, 'adjoint')
  for (let r = 0; r < rank; r++)
    a.field.divide(inner.data, inner.place(r, 0), a.field.width, b.columns, s[r], 0)
  return { solution: product(vh.block(0, 0, rank, vh.columns), inner, 'adjoint'), rank, values: s }
}
