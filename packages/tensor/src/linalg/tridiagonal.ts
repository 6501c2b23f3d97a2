// Hermitian matrices to real tridiagonal form by Householder reflectors, whose updates are delayed for a block of columns.
// See Dongarra, Sorensen and Hammarling, "Block reduction of matrices to condensed forms for eigenvalue computations",
// J. Comput. Appl. Math. 27 (1989).
import { conjugate, makeReflector } from './householder.ts'
import { zeros } from './matrix.ts'
import type { Matrix } from './matrix.ts'
import { addProduct } from './product.ts'

const blockSize = 32

/** The reflectors of Q = H₀ H₁ …, which leave the first row alone: of order n − 1. */
export interface Reflectors {
  readonly vectors: Matrix
  readonly tau: Float64Array
}

/** A = Q T Qᴴ: the diagonal of T and what is beside it. A is Hermitian, both triangles filled, and is overwritten. */
export function tridiagonalize(a: Matrix, diagonal: Float64Array, off: Float64Array): Reflectors {
  const { rows: n, field } = a
  const { width } = field
  const vectors = zeros(field, Math.max(0, n - 1), Math.max(0, n - 1))
  const tau = new Float64Array(Math.max(0, n - 1) * width)
  for (let k0 = 0; k0 < n - 1; k0 += blockSize) {
    const size = Math.min(blockSize, n - 1 - k0)
    // What A still lacks: − V Wᴴ − W Vᴴ
    const [v, w] = [zeros(field, n - k0, size), zeros(field, n - k0, size)]
    const inner = new Float64Array(size * width)
    for (let j = 0; j < size; j++) {
      const [k, count] = [k0 + j, n - k0 - j]
      const u = column(a, k, count)
      subtractRow(v, w, j, count, u)
      subtractRow(w, v, j, count, u)
      diagonal[k] = u[0]
      makeReflector(field, u, width, width, count - 1, tau, k * width)
      off[k] = u[width]
      u[width] = 1
      if (width === 2) u[width + 1] = 0
      const x = new Float64Array((count - 1) * width) // A u
      field.timesVector(a.data, a.place(k + 1, k + 1), a.step, count - 1, count - 1, u, width, x, 0, 1)
      for (const [left, right] of [
        [v, w],
        [w, v],
      ]) {
        inner.fill(0)
        field.vectorTimes(right.data, right.place(j + 1, 0), right.step, count - 1, j, u, width, inner, 0, 1)
        conjugate(field, inner)
        field.timesVector(left.data, left.place(j + 1, 0), left.step, count - 1, j, inner, 0, x, 0, -1)
      }
      // w = x − ½ τ (xᴴ u) u, x = τ A u
      scaleBy(x, width, tau[k * width], width === 2 ? tau[k * width + 1] : 0)
      inner.fill(0)
      field.vectorTimes(u, width, width, count - 1, 1, x, 0, inner, 0, 0.5)
      scaleBy(inner.subarray(0, width), width, tau[k * width], width === 2 ? tau[k * width + 1] : 0)
      field.subtract(x, 0, u, width, count - 1, inner[0], width === 2 ? inner[1] : 0)
      for (let i = 1; i < count; i++) {
        for (let p = 0; p < width; p++) {
          v.data[v.place(j + i, j) + p] = u[i * width + p]
          w.data[w.place(j + i, j) + p] = x[(i - 1) * width + p]
        }
      }
    }
    const left = n - k0 - size
    const rest = a.block(k0 + size, k0 + size, left, left)
    addProduct(rest, -1, v.block(size, 0, left, size), w.block(size, 0, left, size), 'plain', 'adjoint')
    addProduct(rest, -1, w.block(size, 0, left, size), v.block(size, 0, left, size), 'plain', 'adjoint')
    vectors.block(k0, k0, n - 1 - k0, size).set(v.block(1, 0, n - 1 - k0, size))
  }
  if (n > 0) diagonal[n - 1] = a.data[a.place(n - 1, n - 1)]
  return { vectors, tau }
}

/** Column `k` from the diagonal on, of a Hermitian matrix. */
function column(a: Matrix, k: number, count: number): Float64Array {
  const start = a.place(k, k)
  return conjugate(a.field, a.data.slice(start, start + count * a.field.width))
}

/** u ← u − L rᴴ, with the rows of L from `j` on and r row `j` of R, both of `j` columns. */
function subtractRow(l: Matrix, r: Matrix, j: number, count: number, u: Float64Array): void {
  const row = conjugate(r.field, r.data.slice(r.place(j, 0), r.place(j, j)))
  l.field.timesVector(l.data, l.place(j, 0), l.step, count, j, row, 0, u, 0, -1)
}

/** Multiplies by a number. */
export function scaleBy(x: Float64Array, width: number, re: number, im: number): void {
  if (width === 1) {
    for (let i = 0; i < x.length; i++) x[i] *= re
    return
  }
  for (let i = 0; i < x.length; i += 2) {
    const [xr, xi] = [x[i], x[i + 1]]
    x[i] = re * xr - im * xi
    x[i + 1] = re * xi + im * xr
  }
}
