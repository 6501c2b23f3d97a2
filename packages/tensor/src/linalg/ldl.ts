// A = L D Lᵀ of a symmetric matrix, or L D Lᴴ of a Hermitian one, by Bunch and Kaufman's diagonal pivoting, in LAPACK's
// (sytf2 and hetf2, lower) storage: D has blocks of order 1 and 2; negative pivots mark blocks of order 2.
import type { Matrix } from './matrix.ts'
import { conjugateOf, divided, minus, sizeOf, times } from './scalar.ts'
import type { Scalar } from './scalar.ts'

const growth = (1 + Math.sqrt(17)) / 8

/**
 * Replaces the lower triangle of A by the factors.
 *
 * @returns 0, or the position of the first block of D that is exactly zero (1-based)
 */
export function factorLDL(a: Matrix, hermitian: boolean, pivots: Float64Array): number {
  const n = a.rows
  let info = 0
  for (let k = 0; k < n;) {
    const { row, block, singular } = choosePivot(a, k)
    if (singular) {
      if (info === 0) info = k + 1
    } else {
      exchange(a, hermitian, k, row, block)
      if (block === 1) eliminateOne(a, hermitian, k)
      else eliminateTwo(a, hermitian, k)
    }
    if (block === 1) pivots[k] = row + 1
    else pivots[k] = pivots[k + 1] = -(row + 1)
    k += block
  }
  return info
}

function choosePivot(a: Matrix, k: number): { row: number; block: 1 | 2; singular: boolean } {
  const n = a.rows
  const size = (i: number, j: number): number => sizeOf(a.get(i, j))
  const diagonal = size(k, k)
  const below = k + 1 < n ? k + 1 + a.field.largest(a.data, a.place(k + 1, k), a.step, n - k - 1) : k
  const column = below > k ? size(below, k) : 0
  if (Math.max(diagonal, column) === 0) return { row: k, block: 1, singular: true }
  if (diagonal >= growth * column) return { row: k, block: 1, singular: false }
  let largest = 0
  for (let j = k; j < below; j++) largest = Math.max(largest, size(below, j))
  for (let i = below + 1; i < n; i++) largest = Math.max(largest, size(i, below))
  if (diagonal >= growth * column * (column / largest)) return { row: k, block: 1, singular: false }
  return { row: below, block: size(below, below) >= growth * largest ? 1 : 2, singular: false }
}

/** Swaps rows and columns `at` (the last of the block) and `row` of the trailing matrix. */
function exchange(a: Matrix, hermitian: boolean, k: number, row: number, block: 1 | 2): void {
  const at = k + block - 1
  if (row === at) return
  const swap = (i: number, j: number, p: number, q: number, conjugated = false): void => {
    const [x, y] = [a.get(i, j), a.get(p, q)]
    a.put(i, j, conjugated ? conjugateOf(y) : y)
    a.put(p, q, conjugated ? conjugateOf(x) : x)
  }
  for (let i = row + 1; i < a.rows; i++) swap(i, at, i, row)
  for (let i = at + 1; i < row; i++) swap(i, at, row, i, hermitian)
  if (hermitian) a.put(row, at, conjugateOf(a.get(row, at)))
  swap(at, at, row, row)
  if (block === 2) swap(at, k, row, k)
}

function eliminateOne(a: Matrix, hermitian: boolean, k: number): void {
  const pivot = hermitian ? realOf(a.get(k, k)) : a.get(k, k)
  const inverse = divided({ re: 1, im: 0 }, pivot)
  const column = columnOf(a, k, k + 1, hermitian)
  for (let i = k + 1; i < a.rows; i++) {
    const factor = times(inverse, a.get(i, k))
    subtractRow(a, i, k + 1, column, factor)
    a.put(i, k, factor)
  }
  if (hermitian) makeReal(a, k)
}

function eliminateTwo(a: Matrix, hermitian: boolean, k: number): void {
  const corner = a.get(k + 1, k)
  // off: what the block is divided by, so that nothing overflows
  const off = hermitian ? { re: Math.hypot(corner.re, corner.im), im: 0 } : corner
  const turn = hermitian ? divided(corner, off) : { re: 1, im: 0 }
  const diagonal = (i: number): Scalar => (hermitian ? realOf(a.get(i, i)) : a.get(i, i))
  const [d11, d22] = [divided(diagonal(k + 1), off), divided(diagonal(k), off)]
  const scale = divided(divided({ re: 1, im: 0 }, minus(times(d11, d22), { re: 1, im: 0 })), off)
  const [c0, c1] = [columnOf(a, k, k + 2, hermitian), columnOf(a, k + 1, k + 2, hermitian)]
  for (let i = k + 2; i < a.rows; i++) {
    const [x, y] = [a.get(i, k), a.get(i, k + 1)]
    const first = times(scale, minus(times(d11, x), times(turn, y)))
    const second = times(scale, minus(times(d22, y), times(conjugateOf(turn), x)))
    subtractRow(a, i, k + 2, c0, first)
    subtractRow(a, i, k + 2, c1, second)
    a.put(i, k, first)
    a.put(i, k + 1, second)
  }
  if (hermitian) {
    makeReal(a, k)
    makeReal(a, k + 1)
  }
}

/** Row i, from column `from` to the diagonal, less `factor` times the row `x`. */
function subtractRow(a: Matrix, i: number, from: number, x: Float64Array, { re, im }: Scalar): void {
  a.field.subtract(a.data, a.place(i, from), x, 0, i - from + 1, re, im)
}

/** Column `j` from row `from` on, as a row; conjugated if the matrix is Hermitian. */
function columnOf(a: Matrix, j: number, from: number, conjugated: boolean): Float64Array {
  const { width } = a.field
  const result = new Float64Array((a.rows - from) * width)
  for (let i = from, to = 0; i < a.rows; i++, to += width) {
    const p = a.place(i, j)
    result[to] = a.data[p]
    if (width === 2) result[to + 1] = conjugated ? -a.data[p + 1] : a.data[p + 1]
  }
  return result
}

const realOf = ({ re }: Scalar): Scalar => ({ re, im: 0 })
function makeReal(a: Matrix, k: number): void {
  a.put(k, k, realOf(a.get(k, k)))
}

/** Replaces B by the solution of A X = B, given the factors of A. */
export function solveLDL(ld: Matrix, hermitian: boolean, pivots: Float64Array, b: Matrix): void {
  const n = ld.rows
  const subtract = (from: number, { re, im }: Scalar, row: number): void =>
    b.field.subtract(b.data, b.place(from, 0), b.data, b.place(row, 0), b.columns, re, im)
  const swap = (i: number, j: number): void => {
    if (i !== j) b.swapRows(i, j)
  }
  for (let k = 0; k < n;) {
    if (pivots[k] > 0) {
      swap(k, pivots[k] - 1)
      for (let i = k + 1; i < n; i++) subtract(i, ld.get(i, k), k)
      const { re, im } = hermitian ? realOf(ld.get(k, k)) : ld.get(k, k)
      b.field.divide(b.data, b.place(k, 0), b.field.width, b.columns, re, im)
      k++
    } else {
      swap(k + 1, -pivots[k] - 1)
      for (let i = k + 2; i < n; i++) {
        subtract(i, ld.get(i, k), k)
        subtract(i, ld.get(i, k + 1), k + 1)
      }
      solveBlock(ld, hermitian, k, b)
      k += 2
    }
  }
  const transposed = (i: number, k: number): Scalar => (hermitian ? conjugateOf(ld.get(i, k)) : ld.get(i, k))
  for (let k = n - 1; k >= 0;) {
    const block = pivots[k] > 0 ? 1 : 2
    for (let i = k + 1; i < n; i++) {
      subtract(k, transposed(i, k), i)
      if (block === 2) subtract(k - 1, transposed(i, k - 1), i)
    }
    swap(k, Math.abs(pivots[k]) - 1)
    k -= block
  }
}

/** Solves with the block [[d, o], [o, e]] of D at `k`; its upper o is conjugated if Hermitian. */
function solveBlock(ld: Matrix, hermitian: boolean, k: number, b: Matrix): void {
  const lower = ld.get(k + 1, k)
  const upper = hermitian ? conjugateOf(lower) : lower
  const first = divided(hermitian ? realOf(ld.get(k, k)) : ld.get(k, k), upper)
  const second = divided(hermitian ? realOf(ld.get(k + 1, k + 1)) : ld.get(k + 1, k + 1), lower)
  const denominator = minus(times(first, second), { re: 1, im: 0 })
  for (let c = 0; c < b.columns; c++) {
    const x = divided(b.get(k, c), upper)
    const y = divided(b.get(k + 1, c), lower)
    b.put(k, c, divided(minus(times(second, x), y), denominator))
    b.put(k + 1, c, divided(minus(times(first, y), x), denominator))
  }
}
