// LU factorization P A = L U with partial pivoting, by halves of the columns, and what follows from it.
// See Toledo, "Locality of reference in LU decomposition with partial pivoting", SIAM J. Matrix Anal. Appl. 18 (1997).
import type { Matrix } from './matrix.ts'
import { addProduct } from './product.ts'
import { solveTriangle } from './triangular.ts'

/**
 * Replaces A by L (unit diagonal, not stored) and U. Step i swapped rows i and `pivots[i]` − 1, as in LAPACK.
 *
 * @returns 0, or the position of the first zero on the diagonal of U (1-based)
 */
export function factorLU(a: Matrix, pivots: Float64Array, pivot = true): number {
  const { rows, columns } = a
  const k = Math.min(rows, columns)
  if (k === 0) return 0
  if (columns === 1) return factorColumn(a, pivots, pivot)
  const h = Math.max(1, k >> 1)
  const [left, right] = [a.block(0, 0, rows, h), a.block(0, h, rows, columns - h)]
  const info = factorLU(left, pivots, pivot)
  swapRows(right, pivots, 0, h)
  const [above, below] = [right.block(0, 0, h, columns - h), right.block(h, 0, rows - h, columns - h)]
  solveTriangle(a.block(0, 0, h, h), above, { upper: false, unit: true })
  addProduct(below, -1, a.block(h, 0, rows - h, h), above)
  const rest = pivots.subarray(h, k)
  const other = factorLU(below, rest, pivot)
  swapRows(a.block(h, 0, rows - h, h), rest, 0, rest.length)
  for (let i = 0; i < rest.length; i++) rest[i] += h
  if (info !== 0) return info
  return other === 0 ? 0 : h + other
}

function factorColumn(a: Matrix, pivots: Float64Array, pivot: boolean): number {
  const { data, at, rows, step, field } = a
  const best = pivot ? field.largest(data, at, step, rows) : 0
  pivots[0] = best + 1
  if (best !== 0) a.swapRows(0, best)
  const [re, im] = [data[at], field.width === 2 ? data[at + 1] : 0]
  if (re === 0 && im === 0) return 1
  field.divide(data, at + step, step, rows - 1, re, im)
  return 0
}

/** Does the row swaps `from` to `to` − 1. */
function swapRows(a: Matrix, pivots: Float64Array, from: number, to: number): void {
  for (let i = from; i < to; i++) if (pivots[i] - 1 !== i) a.swapRows(i, pivots[i] - 1)
}

/** Replaces B by the solution of A X = B, or of Aᴴ X = B, given the factors of A. */
export function solveLU(lu: Matrix, pivots: Float64Array, b: Matrix): void {
  swapRows(b, pivots, 0, lu.rows)
  solveTriangle(lu, b, { upper: false, unit: true })
  solveTriangle(lu, b, { upper: true })
}

/** The rows in the order of P A: row i of it is row `result[i]` of A. */
export function permutationOf(pivots: Float64Array, m: number): Int32Array {
  const order = Int32Array.from({ length: m }, (_, i) => i)
  for (let i = 0; i < pivots.length; i++) {
    const other = pivots[i] - 1
    ;[order[i], order[other]] = [order[other], order[i]]
  }
  return order
}
