// Least-squares and minimum-norm solutions of A X = B.
import { applyQ, factorQR } from './householder.ts'
import { transposed } from './layout.ts'
import { decomposeSingular } from './svd.ts'
import { solveTriangle } from './triangular.ts'

/** By QR, for A [m, n] of full rank: the X [n, columns] of least squares, or of least norm if m < n. */
export function solveByQR(
  a: Float64Array,
  m: number,
  n: number,
  b: Float64Array,
  columns: number,
): Float64Array {
  const solution = new Float64Array(n * columns)
  if (m >= n) {
    const [work, tau, c] = [a.slice(), new Float64Array(n), b.slice()]
    factorQR(work, m, n, tau)
    applyQ(work, m, n, tau, n, c, columns, true)
    solution.set(c.subarray(0, n * columns))
    solveTriangle(work, n, solution, columns, { upper: true })
    return solution
  }
  const [work, tau] = [transposed(a, m, n), new Float64Array(m)] // Aᵀ = Q R: X = Q R⁻ᵀ B
  factorQR(work, n, m, tau)
  const square = new Float64Array(m * m)
  for (let i = 0; i < m; i++) square.set(work.subarray(i * m, (i + 1) * m), i * m)
  solution.set(b)
  solveTriangle(square, m, solution.subarray(0, m * columns), columns, { upper: true, transpose: true })
  applyQ(work, n, m, tau, m, solution, columns, false)
  return solution
}

/** A solution with what the singular values tell. */
export interface SingularSolution {
  /** [n, columns] */
  readonly solution: Float64Array
  readonly rank: number
  /** Of A, falling. */
  readonly values: Float64Array
}

/**
 * By singular values: the solution of least norm; values up to `rcond` times the largest count as 0.
 *
 * @returns null if the singular values could not be found
 */
export function solveBySingularValues(
  a: Float64Array,
  m: number,
  n: number,
  b: Float64Array,
  columns: number,
  rcond: number,
): SingularSolution | null {
  const k = Math.min(m, n)
  const solution = new Float64Array(n * columns)
  const svd = decomposeSingular(a, m, n, false)
  if (svd === null) return null
  const { u, s, vt } = svd
  const rank = s.filter((value) => value > rcond * s[0]).length
  for (let r = 0; r < rank; r++) {
    for (let c = 0; c < columns; c++) {
      let sum = 0
      for (let i = 0; i < m; i++) sum += u[i * k + r] * b[i * columns + c]
      sum /= s[r]
      for (let i = 0; i < n; i++) solution[i * columns + c] += vt[r * n + i] * sum
    }
  }
  return { solution, rank, values: s }
}
