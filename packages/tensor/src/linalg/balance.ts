// Balancing of a square matrix before its eigenvalues are sought: rows and columns that tell an eigenvalue at once are moved
// to the ends, and the others are scaled by powers of two until rows and columns are of one size.
// See Parlett and Reinsch, "Balancing a matrix for calculation of eigenvalues and eigenvectors", Numer. Math. 13 (1969).
import { norm2 } from './field.ts'
import type { Matrix } from './matrix.ts'

/** What was done to a matrix: B = D⁻¹ Pᵀ A P D. */
export interface Balance {
  /** The block that is not triangular yet: rows and columns `low` to `high`. */
  readonly low: number
  readonly high: number
  /** Of the rows `low` to `high` the factors D, of the others the row that each was swapped with. */
  readonly scale: Float64Array
}

/** Balances A in place. */
export function balance(a: Matrix): Balance {
  const n = a.rows
  const scale = new Float64Array(n).fill(1)
  let [low, high] = [0, n - 1]
  const exchange = (i: number, to: number): void => {
    scale[to] = i
    if (i === to) return
    a.swapRows(i, to)
    swapColumns(a, i, to)
  }
  for (let i = high; i >= 0 && high > 0; i--) {
    if (!isZeroBeside(a, i, 0, high, true)) continue
    exchange(i, high)
    i = high-- // from the start again
  }
  for (let j = low; j <= high && low < high; j++) {
    if (!isZeroBeside(a, j, low, high, false)) continue
    exchange(j, low)
    j = low++
  }
  if (low < high) scaleBlock(a, low, high, scale)
  return { low, high, scale }
}

/** Whether row (or column) `i` is zero from `from` to `to`, but for its diagonal. */
function isZeroBeside(a: Matrix, i: number, from: number, to: number, row: boolean): boolean {
  const { width } = a.field
  for (let j = from; j <= to; j++) {
    const p = row ? a.place(i, j) : a.place(j, i)
    if (j !== i && (a.data[p] !== 0 || (width === 2 && a.data[p + 1] !== 0))) return false
  }
  return true
}

function swapColumns(a: Matrix, i: number, j: number): void {
  const { width } = a.field
  for (let row = 0; row < a.rows; row++) {
    for (let p = 0; p < width; p++) {
      const [x, y] = [a.place(row, i) + p, a.place(row, j) + p]
      ;[a.data[x], a.data[y]] = [a.data[y], a.data[x]]
    }
  }
}

// Factors stay between these, so that nothing overflows.
const smallest = 2 ** -969
const largest = 2 ** 969

function scaleBlock(a: Matrix, low: number, high: number, scale: Float64Array): void {
  for (let changed = true; changed;) {
    changed = false
    for (let i = low; i <= high; i++) {
      let column = columnNorm(a, i, low, high)
      let row = norm2(a.data, a.place(i, low), (high - low + 1) * a.field.width)
      if (column === 0 || row === 0 || !Number.isFinite(column + row)) continue
      const before = column + row
      let factor = 1
      while (column < row / 2 && factor < largest) {
        factor *= 2
        column *= 2
        row /= 2
      }
      while (column >= row * 2 && factor > smallest) {
        factor /= 2
        column /= 2
        row *= 2
      }
      if (column + row >= 0.95 * before) continue
      const total = scale[i] * factor
      if (total < smallest || total > largest) continue
      scale[i] = total
      changed = true
      a.block(i, low, 1, a.columns - low).scale(1 / factor)
      a.block(0, i, high + 1, 1).scale(factor)
    }
  }
}

function columnNorm(a: Matrix, j: number, low: number, high: number): number {
  const count = high - low + 1
  const re = norm2(a.data, a.place(low, j), count, a.step)
  return a.field.width === 1 ? re : Math.hypot(re, norm2(a.data, a.place(low, j) + 1, count, a.step))
}

/** Replaces eigenvectors (columns) of the balanced matrix by those of the original one. */
export function undoBalance({ low, high, scale }: Balance, vectors: Matrix): void {
  for (let i = low; i <= high && low < high; i++) vectors.block(i, 0, 1, vectors.columns).scale(scale[i])
  for (let i = low - 1; i >= 0; i--) vectors.swapRows(i, scale[i])
  for (let i = high + 1; i < vectors.rows; i++) vectors.swapRows(i, scale[i])
}
