// A = L D Lᵀ of a symmetric matrix by Bunch and Kaufman's diagonal pivoting, in LAPACK's (sytf2, lower) storage:
// D has blocks of order 1 and 2; negative pivots mark blocks of order 2.

const growth = (1 + Math.sqrt(17)) / 8

/**
 * Replaces the lower triangle of `a` [n, n] by the factors.
 *
 * @returns 0, or the position of the first block of D that is exactly zero (1-based)
 */
export function factorLDL(a: Float64Array, n: number, pivots: Float64Array): number {
  let info = 0
  for (let k = 0; k < n;) {
    const { row, block, singular } = choosePivot(a, n, k)
    if (singular) {
      if (info === 0) info = k + 1
    } else {
      exchange(a, n, k, row, block)
      if (block === 1) eliminateOne(a, n, k)
      else eliminateTwo(a, n, k)
    }
    if (block === 1) pivots[k] = row + 1
    else pivots[k] = pivots[k + 1] = -(row + 1)
    k += block
  }
  return info
}

function choosePivot(
  a: Float64Array,
  n: number,
  k: number,
): { row: number; block: 1 | 2; singular: boolean } {
  const diagonal = Math.abs(a[k * n + k])
  let [best, column] = [k, 0]
  for (let i = k + 1; i < n; i++) {
    if (Math.abs(a[i * n + k]) > column) [best, column] = [i, Math.abs(a[i * n + k])]
  }
  if (Math.max(diagonal, column) === 0) return { row: k, block: 1, singular: true }
  if (diagonal >= growth * column) return { row: k, block: 1, singular: false }
  let largest = 0
  for (let j = k; j < best; j++) largest = Math.max(largest, Math.abs(a[best * n + j]))
  for (let i = best + 1; i < n; i++) largest = Math.max(largest, Math.abs(a[i * n + best]))
  if (diagonal >= growth * column * (column / largest)) return { row: k, block: 1, singular: false }
  return { row: best, block: Math.abs(a[best * n + best]) >= growth * largest ? 1 : 2, singular: false }
}

/** Swaps rows and columns `at` (the last of the block) and `row` of the trailing matrix. */
function exchange(a: Float64Array, n: number, k: number, row: number, block: 1 | 2): void {
  const at = k + block - 1
  if (row === at) return
  const swap = (i: number, j: number): void => {
    ;[a[i], a[j]] = [a[j], a[i]]
  }
  for (let i = row + 1; i < n; i++) swap(i * n + at, i * n + row)
  for (let i = at + 1; i < row; i++) swap(i * n + at, row * n + i)
  swap(at * n + at, row * n + row)
  if (block === 2) swap(at * n + k, row * n + k)
}

function eliminateOne(a: Float64Array, n: number, k: number): void {
  const inverse = 1 / a[k * n + k]
  for (let j = k + 1; j < n; j++) {
    const factor = inverse * a[j * n + k]
    for (let i = j; i < n; i++) a[i * n + j] -= a[i * n + k] * factor
  }
  for (let i = k + 1; i < n; i++) a[i * n + k] *= inverse
}

function eliminateTwo(a: Float64Array, n: number, k: number): void {
  const off = a[(k + 1) * n + k]
  const d11 = a[(k + 1) * n + k + 1] / off
  const d22 = a[k * n + k] / off
  const d21 = 1 / (d11 * d22 - 1) / off
  for (let j = k + 2; j < n; j++) {
    const first = d21 * (d11 * a[j * n + k] - a[j * n + k + 1])
    const second = d21 * (d22 * a[j * n + k + 1] - a[j * n + k])
    for (let i = j; i < n; i++) a[i * n + j] -= a[i * n + k] * first + a[i * n + k + 1] * second
    a[j * n + k] = first
    a[j * n + k + 1] = second
  }
}

/** Replaces `b` [n, columns] by the solution of A X = B, given the factors of A. */
export function solveLDL(
  ld: Float64Array,
  pivots: Float64Array,
  n: number,
  b: Float64Array,
  columns: number,
): void {
  const swap = (i: number, j: number): void => {
    if (i === j) return
    for (let c = 0; c < columns; c++) {
      ;[b[i * columns + c], b[j * columns + c]] = [b[j * columns + c], b[i * columns + c]]
    }
  }
  const subtract = (from: number, factor: number, row: number): void => {
    for (let c = 0; c < columns; c++) b[from * columns + c] -= factor * b[row * columns + c]
  }
  for (let k = 0; k < n;) {
    if (pivots[k] > 0) {
      swap(k, pivots[k] - 1)
      for (let i = k + 1; i < n; i++) subtract(i, ld[i * n + k], k)
      for (let c = 0; c < columns; c++) b[k * columns + c] /= ld[k * n + k]
      k++
    } else {
      swap(k + 1, -pivots[k] - 1)
      for (let i = k + 2; i < n; i++) {
        subtract(i, ld[i * n + k], k)
        subtract(i, ld[i * n + k + 1], k + 1)
      }
      solveBlock(ld, n, k, b, columns)
      k += 2
    }
  }
  for (let k = n - 1; k >= 0;) {
    const block = pivots[k] > 0 ? 1 : 2
    for (let i = k + 1; i < n; i++) {
      subtract(k, ld[i * n + k], i)
      if (block === 2) subtract(k - 1, ld[i * n + k - 1], i)
    }
    swap(k, Math.abs(pivots[k]) - 1)
    k -= block
  }
}

function solveBlock(ld: Float64Array, n: number, k: number, b: Float64Array, columns: number): void {
  const off = ld[(k + 1) * n + k]
  const first = ld[k * n + k] / off
  const second = ld[(k + 1) * n + k + 1] / off
  const denominator = first * second - 1
  for (let c = 0; c < columns; c++) {
    const x = b[k * columns + c] / off
    const y = b[(k + 1) * columns + c] / off
    b[k * columns + c] = (second * x - y) / denominator
    b[(k + 1) * columns + c] = (first * y - x) / denominator
  }
}
