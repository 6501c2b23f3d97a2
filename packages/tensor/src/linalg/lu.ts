// LU factorization P A = L U with partial pivoting, and what follows from it.
import { solveTriangle } from './triangular.ts'

/**
 * Replaces `a` [m, n] by L (unit diagonal, not stored) and U. Step i swapped rows i and `pivots[i]` − 1, as in LAPACK.
 *
 * @returns 0, or the position of the first zero on the diagonal of U (1-based)
 */
export function factorLU(a: Float64Array, m: number, n: number, pivots: Float64Array, pivot = true): number {
  let info = 0
  for (let k = 0; k < Math.min(m, n); k++) {
    const best = pivot ? largestInColumn(a, m, n, k) : k
    pivots[k] = best + 1
    if (best !== k) swapRows(a, n, k, best)
    const diagonal = a[k * n + k]
    if (diagonal === 0) {
      if (info === 0) info = k + 1
      continue
    }
    for (let i = k + 1; i < m; i++) {
      const factor = (a[i * n + k] /= diagonal)
      if (factor === 0) continue
      for (let j = k + 1; j < n; j++) a[i * n + j] -= factor * a[k * n + j]
    }
  }
  return info
}

function largestInColumn(a: Float64Array, m: number, n: number, k: number): number {
  let best = k
  for (let i = k + 1; i < m; i++) if (Math.abs(a[i * n + k]) > Math.abs(a[best * n + k])) best = i
  return best
}

/** Swaps rows `i` and `j` of `a` [?, n]. */
export function swapRows(a: Float64Array, n: number, i: number, j: number): void {
  for (let c = 0; c < n; c++) [a[i * n + c], a[j * n + c]] = [a[j * n + c], a[i * n + c]]
}

/** Replaces `b` [n, columns] by the solution of A X = B (or Aᵀ X = B), given the factors of A. */
export function solveLU(
  lu: Float64Array,
  pivots: Float64Array,
  n: number,
  b: Float64Array,
  columns: number,
  adjoint = false,
): void {
  const [lower, upper] = [
    { upper: false, unit: true },
    { upper: true, unit: false },
  ]
  if (!adjoint) {
    for (let i = 0; i < n; i++) if (pivots[i] - 1 !== i) swapRows(b, columns, i, pivots[i] - 1)
    solveTriangle(lu, n, b, columns, lower)
    solveTriangle(lu, n, b, columns, upper)
    return
  }
  solveTriangle(lu, n, b, columns, { ...upper, transpose: true })
  solveTriangle(lu, n, b, columns, { ...lower, transpose: true })
  for (let i = n - 1; i >= 0; i--) if (pivots[i] - 1 !== i) swapRows(b, columns, i, pivots[i] - 1)
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
