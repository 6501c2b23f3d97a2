// Matrices to real bidiagonal form by Householder reflectors from both sides, whose updates are delayed for a block.
// See Dongarra, Sorensen and Hammarling, as in tridiagonal.ts.
import { conjugate, makeReflector } from './householder.ts'
import { zeros } from './matrix.ts'
import type { Matrix } from './matrix.ts'
import { addProduct } from './product.ts'
import { scaleBy } from './tridiagonal.ts'
import type { Reflectors } from './tridiagonal.ts'

const blockSize = 32

/** A = Q B Pᴴ: B has a real diagonal and the numbers above it. */
export interface Bidiagonal {
  readonly diagonal: Float64Array
  readonly above: Float64Array
  /** Of Q, of order n. */
  readonly left: Reflectors
  /** Of P, which leave the first row alone: of order n − 1. */
  readonly right: Reflectors
}

/** The bidiagonal form of a square matrix, which is overwritten. */
export function bidiagonalize(a: Matrix): Bidiagonal {
  const { rows: n, field } = a
  const { width } = field
  const diagonal = new Float64Array(n)
  const above = new Float64Array(n)
  const left = { vectors: zeros(field, n, n), tau: new Float64Array(n * width) }
  const last = Math.max(0, n - 1)
  const right = { vectors: zeros(field, last, last), tau: new Float64Array(last * width) }
  for (let k0 = 0; k0 < n; k0 += blockSize) {
    const size = Math.min(blockSize, n - k0)
    const panel = (): Matrix => zeros(field, n - k0, size)
    // What A still lacks: − V Yᴴ − X Uᴴ
    const [v, y, x, u] = [panel(), panel(), panel(), panel()]
    for (let j = 0; j < size; j++) {
      const k = k0 + j
      const count = n - k
      // the column from the diagonal down
      const a1 = new Float64Array(count * width)
      for (let i = 0; i < count; i++)
        for (let p = 0; p < width; p++) a1[i * width + p] = a.data[a.place(k + i, k) + p]
      subtractTimes(v, j, count, j, rowOf(y, j, j), a1)
      subtractTimes(x, j, count, j, rowOf(u, j, j), a1)
      makeReflector(field, a1, 0, width, count, left.tau, k * width)
      diagonal[k] = a1[0]
      setOne(a1, width)
      putColumn(v, j, j, a1)
      if (count === 1) break
      // y = τ Aᴴ v
      const a2 = new Float64Array((count - 1) * width)
      field.vectorTimes(a.data, a.place(k, k + 1), a.step, count, count - 1, a1, 0, a2, 0, 1)
      conjugate(field, a2)
      subtractTimes(y, j + 1, count - 1, j, adjointTimes(v, j, count, j, a1), a2)
      subtractTimes(u, j + 1, count - 1, j, adjointTimes(x, j, count, j, a1), a2)
      scaleBy(a2, width, left.tau[k * width], width === 2 ? left.tau[k * width + 1] : 0)
      putColumn(y, j + 1, j, a2)
      // the row right of the diagonal, conjugated
      const start = a.place(k, k + 1)
      const b1 = conjugate(field, a.data.slice(start, start + (count - 1) * width))
      subtractTimes(y, j + 1, count - 1, j + 1, rowOf(v, j, j + 1), b1)
      subtractTimes(u, j + 1, count - 1, j, rowOf(x, j, j), b1)
      makeReflector(field, b1, 0, width, count - 1, right.tau, k * width)
      above[k] = b1[0]
      setOne(b1, width)
      putColumn(u, j + 1, j, b1)
      // x = τ A u
      const b2 = new Float64Array((count - 1) * width)
      field.timesVector(a.data, a.place(k + 1, k + 1), a.step, count - 1, count - 1, b1, 0, b2, 0, 1)
      subtractTimes(v, j + 1, count - 1, j + 1, adjointTimes(y, j + 1, count - 1, j + 1, b1), b2)
      subtractTimes(x, j + 1, count - 1, j, adjointTimes(u, j + 1, count - 1, j, b1), b2)
      scaleBy(b2, width, right.tau[k * width], width === 2 ? right.tau[k * width + 1] : 0)
      putColumn(x, j + 1, j, b2)
    }
    const rest = n - k0 - size
    const lower = (panel: Matrix): Matrix => panel.block(size, 0, rest, size)
    const block = a.block(k0 + size, k0 + size, rest, rest)
    addProduct(block, -1, lower(v), lower(y), 'plain', 'adjoint')
    addProduct(block, -1, lower(x), lower(u), 'plain', 'adjoint')
    left.vectors.block(k0, k0, n - k0, size).set(v)
    const inside = Math.min(size, last - k0)
    if (inside > 0) right.vectors.block(k0, k0, last - k0, inside).set(u.block(1, 0, last - k0, inside))
  }
  return { diagonal, above, left, right }
}

/** The first numbers of row `i`, conjugated. */
function rowOf(a: Matrix, i: number, columns: number): Float64Array {
  return conjugate(a.field, a.data.slice(a.place(i, 0), a.place(i, columns)))
}
/** y ← y − A x, for the rows of A from `i` on, and its first columns. */
function subtractTimes(
  a: Matrix,
  i: number,
  rows: number,
  columns: number,
  x: Float64Array,
  y: Float64Array,
): void {
  a.field.timesVector(a.data, a.place(i, 0), a.step, rows, columns, x, 0, y, 0, -1)
}
/** Aᴴ x, for the rows of A from `i` on, and its first columns. */
function adjointTimes(a: Matrix, i: number, rows: number, columns: number, x: Float64Array): Float64Array {
  const result = new Float64Array(columns * a.field.width)
  a.field.vectorTimes(a.data, a.place(i, 0), a.step, rows, columns, x, 0, result, 0, 1)
  return conjugate(a.field, result)
}
function putColumn(a: Matrix, i: number, j: number, x: Float64Array): void {
  const { width } = a.field
  for (let from = 0, to = a.place(i, j); from < x.length; from += width, to += a.step)
    for (let p = 0; p < width; p++) a.data[to + p] = x[from + p]
}
function setOne(x: Float64Array, width: number): void {
  x[0] = 1
  if (width === 2) x[1] = 0
}
