// Eigenvalues and eigenvectors of Hermitian matrices: tridiagonal form, then implicit QL with shifts.
import { scaleOf } from './field.ts'
import { applyQ } from './householder.ts'
import { unit } from './matrix.ts'
import type { Matrix } from './matrix.ts'
import { RowRotations } from './rotations.ts'
import { tridiagonalize } from './tridiagonal.ts'

const maxIterations = 60
const epsilon = 2 ** -52
const tiny = 2 ** -1000

/**
 * Eigenvalues, rising, into `values` [n], and the eigenvectors into the columns of `vectors` (null: values only).
 * `a` is Hermitian, both triangles filled, dense, and is overwritten.
 *
 * @returns whether the iteration converged
 */
export function hermitianEigen(a: Matrix, values: Float64Array, vectors: Matrix | null): boolean {
  const n = a.rows
  const scale = scaleOf(a.data)
  a.scale(scale)
  const off = new Float64Array(n)
  const { vectors: reflectors, tau } = tridiagonalize(a, values, off)
  let z: Matrix | null = null // its rows become the eigenvectors
  if (vectors !== null) {
    const q = unit(a.field, n)
    if (n > 1) applyQ(reflectors, tau, n - 1, q.block(1, 1, n - 1, n - 1), false)
    z = q.transpose()
  }
  if (!implicitQL(values, off, n, z && new RowRotations(z))) return false
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => values[i] - values[j])
  values.set(order.map((i) => values[i] / scale))
  if (z !== null && vectors !== null) vectors.set(z.rowsOf(order).transpose())
  return true
}

/** Diagonalizes the tridiagonal matrix; its rotations go to `z`, if there is one. */
function implicitQL(d: Float64Array, e: Float64Array, n: number, z: RowRotations | null): boolean {
  const [cosines, sines] = [new Float64Array(n), new Float64Array(n)]
  for (let l = 0; l < n; l++) {
    for (let iteration = 0; ; iteration++) {
      let m = l
      for (; m < n - 1; m++) {
        if (Math.abs(e[m]) <= epsilon * (Math.abs(d[m]) + Math.abs(d[m + 1])) || Math.abs(e[m]) <= tiny) break
      }
      if (m === l) break
      if (iteration === maxIterations) return false
      // Wilkinson's shift
      let g = (d[l + 1] - d[l]) / (2 * e[l])
      let r = Math.hypot(g, 1)
      g = d[m] - d[l] + e[l] / (g + (g >= 0 ? r : -r))
      let [s, c, p] = [1, 1, 0]
      let i = m - 1
      for (; i >= l; i--) {
        const f = s * e[i]
        const b = c * e[i]
        r = Math.sqrt(f * f + g * g)
        e[i + 1] = r
        if (r === 0) {
          d[i + 1] -= p
          e[m] = 0
          break
        }
        s = f / r
        c = g / r
        g = d[i + 1] - p
        r = (d[i] - g) * s + 2 * c * b
        p = s * r
        d[i + 1] = g + p
        g = c * r - b
        cosines[m - 1 - i] = c
        sines[m - 1 - i] = s
      }
      z?.add(m, -1, m - 1 - i, cosines, sines)
      if (r === 0 && i >= l) continue
      d[l] -= p
      e[l] = g
      e[m] = 0
    }
  }
  z?.flush()
  return true
}
