// Eigenvalues and eigenvectors of general square matrices: balancing, Hessenberg form, QR iteration, and the eigenvectors of
// the triangular form by substitution.
import { balance, undoBalance } from './balance.ts'
import { complex } from './complex.ts'
import { complexRotation, complexSchur, rotateColumnPair, rotateRows } from './complex-schur.ts'
import { scaleOf } from './field.ts'
import { reduceToHessenberg } from './hessenberg.ts'
import { zeros } from './matrix.ts'
import type { Matrix } from './matrix.ts'
import { product } from './product.ts'
import { realSchur } from './real-schur.ts'
import { divided, minus, sizeOf } from './scalar.ts'

/**
 * The eigenvalues of `a` (real or complex, overwritten) into `values`, complex; the eigenvectors into the columns of
 * `vectors`, complex, of norm 1 with a real largest number (null: values only).
 *
 * @returns whether the iteration converged
 */
export function generalEigen(a: Matrix, values: Float64Array, vectors: Matrix | null): boolean {
  const n = a.rows
  if (n === 0) return true
  const scale = scaleOf(a.data)
  a.scale(scale)
  const balanced = balance(a)
  const { low, high } = balanced
  const q = reduceToHessenberg(a, low, high, vectors !== null)
  let isReal: ((k: number) => boolean) | null = null
  let [t, z] = [a, q]
  if (a.field.width === 1) {
    const eigenvalues = { re: new Float64Array(n), im: new Float64Array(n) }
    if (!realSchur(a, low, high, q, eigenvalues)) return false
    for (let i = 0; i < n; i++) {
      values[2 * i] = eigenvalues.re[i] / scale
      values[2 * i + 1] = eigenvalues.im[i] / scale
    }
    if (vectors === null || q === null) return true
    isReal = (k) => eigenvalues.im[k] === 0
    ;[t, z] = [asComplex(a), asComplex(q)]
    splitBlocks(t, z)
  } else {
    if (!complexSchur(a, low, high, q)) return false
    for (let i = 0; i < n; i++) {
      values[2 * i] = a.data[a.place(i, i)] / scale
      values[2 * i + 1] = a.data[a.place(i, i) + 1] / scale
    }
  }
  if (vectors === null || z === null) return true
  vectors.set(product(z, triangularVectors(t)))
  undoBalance(balanced, vectors)
  for (let k = 0; k < n; k++) {
    normalize(vectors, k, isReal !== null && isReal(k))
    // the eigenvectors of a real matrix come in conjugate pairs
    if (isReal === null || isReal(k)) continue
    conjugateColumn(vectors, k)
    k++
  }
  return true
}

function asComplex(a: Matrix): Matrix {
  const result = zeros(complex, a.rows, a.columns)
  for (let i = 0; i < a.rows; i++)
    for (let j = 0; j < a.columns; j++) result.data[result.place(i, j)] = a.data[a.place(i, j)]
  return result
}

/** Makes the blocks of order 2 of a real Schur form triangular: first the eigenvalue with a positive imaginary part. */
function splitBlocks(t: Matrix, z: Matrix): void {
  const n = t.rows
  for (let k = 0; k + 1 < n; k++) {
    const below = t.get(k + 1, k)
    if (below.re === 0) continue
    const above = t.get(k, k + 1)
    const im = Math.sqrt(Math.abs(above.re)) * Math.sqrt(Math.abs(below.re))
    // (above, λ − a) = (above, i·im) is an eigenvector of [[a, above], [below, a]] for λ = a + i·im
    const rotation = complexRotation(above, { re: 0, im })
    rotateRows(t, k, k, n, rotation)
    rotateColumnPair(t, k, 0, k + 2, rotation)
    rotateColumnPair(z, k, 0, n, rotation)
    t.data[t.place(k + 1, k)] = t.data[t.place(k + 1, k) + 1] = 0
    k++
  }
}

const huge = 2 ** 400

/** The eigenvectors of an upper triangular matrix as the columns of one, row by row from the last. */
function triangularVectors(t: Matrix): Matrix {
  const n = t.rows
  const x = zeros(complex, n, n)
  const tiny = 2 ** -1022 * (n / 2 ** -52)
  const row = new Float64Array(2 * n)
  for (let i = n - 1; i >= 0; i--) {
    x.data[x.place(i, i)] = 1
    const rest = n - 1 - i
    if (rest === 0) continue
    row.fill(0)
    // − t[i, i+1 …] X: the row is conjugated, as vectorTimes conjugates it again
    const conjugated = t.data.slice(t.place(i, i + 1), t.place(i, n))
    for (let p = 1; p < conjugated.length; p += 2) conjugated[p] = -conjugated[p]
    complex.vectorTimes(x.data, x.place(i + 1, i + 1), x.step, rest, rest, conjugated, 0, row, 0, -1)
    const diagonal = t.get(i, i)
    for (let k = i + 1; k < n; k++) {
      const value = t.get(k, k)
      let difference = minus(diagonal, value)
      const least = Math.max(2 ** -52 * sizeOf(value), tiny)
      if (sizeOf(difference) < least) difference = { re: least, im: 0 }
      const at = 2 * (k - i - 1)
      const quotient = divided({ re: row[at], im: row[at + 1] }, difference)
      const p = x.place(i, k)
      x.data[p] = quotient.re
      x.data[p + 1] = quotient.im
      const size = sizeOf(quotient)
      if (size > huge) x.block(i, k, k - i + 1, 1).scale(1 / size)
    }
  }
  return x
}

/** Column k to norm 1, and its largest number real. */
function normalize(v: Matrix, k: number, real: boolean): void {
  const n = v.rows
  const column = v.block(0, k, n, 1)
  const largest = v.field.largest(v.data, column.at, v.step, n)
  column.scale(1 / sizeOf(v.get(largest, k)))
  let square = 0
  for (let i = 0; i < n; i++) {
    const { re, im } = v.get(i, k)
    square += re * re + im * im
  }
  const norm = Math.sqrt(square)
  const { re, im } = v.get(largest, k)
  const size = Math.hypot(re, im)
  v.field.divide(v.data, column.at, v.step, n, (re / size) * norm, (im / size) * norm)
  v.data[v.place(largest, k) + 1] = 0
  if (real) for (let i = 0; i < n; i++) v.data[v.place(i, k) + 1] = 0
}

/** Column k + 1 becomes the conjugate of column k. */
function conjugateColumn(v: Matrix, k: number): void {
  for (let i = 0; i < v.rows; i++) {
    const { re, im } = v.get(i, k)
    v.data[v.place(i, k + 1)] = re
    v.data[v.place(i, k + 1) + 1] = -im
  }
}
