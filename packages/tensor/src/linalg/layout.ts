// Moving matrices about: all are dense, row-major Float64Arrays.

/** The transpose [n, m] of `a` [m, n]. */
export function transposed(a: Float64Array, m: number, n: number): Float64Array {
  const result = new Float64Array(m * n)
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) result[j * m + i] = a[i * n + j]
  return result
}

/** The first `columns` columns of the identity of order `n`. */
export function identity(n: number, columns = n): Float64Array {
  const result = new Float64Array(n * columns)
  for (let i = 0; i < Math.min(n, columns); i++) result[i * columns + i] = 1
  return result
}

/** Whether all are finite. */
export function isFiniteMatrix(a: Float64Array): boolean {
  for (let i = 0; i < a.length; i++) if (!Number.isFinite(a[i])) return false
  return true
}

/** Copies the lower triangle onto the upper one, or the other way round. */
export function symmetrize(a: Float64Array, n: number, fromUpper: boolean): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      if (fromUpper) a[i * n + j] = a[j * n + i]
      else a[j * n + i] = a[i * n + j]
    }
  }
}

/**
 * The power of two that brings the largest element of `a` near 1, so that squares neither overflow nor vanish;
 * 1 for zeros. Scaling by it is exact.
 */
export function scaleOf(a: Float64Array): number {
  let largest = 0
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]))
  return largest === 0 ? 1 : 2 ** -Math.min(1000, Math.max(-1000, Math.floor(Math.log2(largest))))
}

/** The Euclidean norm of `count` elements from `start`, `step` apart; safe from overflow and underflow. */
export function norm2(a: Float64Array, start: number, count: number, step = 1): number {
  let sum = 0
  for (let i = 0, at = start; i < count; i++, at += step) sum += a[at] * a[at]
  if (sum > 1e-280 && sum < 1e280) return Math.sqrt(sum)
  let largest = 0
  for (let i = 0, at = start; i < count; i++, at += step) largest = Math.max(largest, Math.abs(a[at]))
  if (largest === 0 || !Number.isFinite(largest)) return largest
  sum = 0
  for (let i = 0, at = start; i < count; i++, at += step) sum += (a[at] / largest) ** 2
  return largest * Math.sqrt(sum)
}

/** The product [m, n] of `a` [m, k] and `b` [k, n]. */
export function multiply(a: Float64Array, b: Float64Array, m: number, k: number, n: number): Float64Array {
  const result = new Float64Array(m * n)
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      const factor = a[i * k + p]
      if (factor === 0) continue
      for (let j = 0; j < n; j++) result[i * n + j] += factor * b[p * n + j]
    }
  }
  return result
}
