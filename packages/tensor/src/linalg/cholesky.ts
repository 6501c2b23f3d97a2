// Cholesky factorization A = L Lᵀ of a symmetric positive-definite matrix, row by row.

/**
 * Replaces the lower triangle of `a` [n, n] by L, and zeros the rest. Only the lower triangle is read.
 *
 * @returns 0, or the order of the first leading minor that is not positive-definite (1-based); `a` is undefined then
 */
export function factorCholesky(a: Float64Array, n: number): number {
  for (let i = 0; i < n; i++) {
    const row = i * n
    for (let j = 0; j <= i; j++) {
      const other = j * n
      let sum = a[row + j]
      for (let k = 0; k < j; k++) sum -= a[row + k] * a[other + k]
      if (j < i) a[row + j] = sum / a[other + j]
      else if (sum > 0) a[row + i] = Math.sqrt(sum)
      else return i + 1
    }
    a.fill(0, row + i + 1, row + n)
  }
  return 0
}
