// Eigenvalues and eigenvectors of symmetric matrices: Householder tridiagonalization, then implicit QL with shifts.
import { makeReflector } from './householder.ts'
import { identity, scaleOf } from './layout.ts'

const maxIterations = 60
const epsilon = 2 ** -52
const tiny = 2 ** -1000

/**
 * Eigenvalues, rising, into `values` [n], and the eigenvectors into the columns of `vectors` [n, n] (null: values only).
 * `a` [n, n] is symmetric, both triangles filled, and is overwritten.
 *
 * @returns whether the iteration converged
 */
export function symmetricEigen(
  a: Float64Array,
  n: number,
  values: Float64Array,
  vectors: Float64Array | null,
): boolean {
  const scale = scaleOf(a)
  for (let i = 0; i < a.length; i++) a[i] *= scale
  const off = new Float64Array(n)
  const tau = tridiagonalize(a, n, values, off)
  const rows = vectors && accumulate(a, n, tau)
  if (!implicitQL(values, off, n, rows)) return false
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => values[i] - values[j])
  values.set(order.map((i) => values[i] / scale))
  if (rows && vectors)
    for (let j = 0; j < n; j++) for (let i = 0; i < n; i++) vectors[i * n + j] = rows[order[j] * n + i]
  return true
}

/** T = Qᵀ A Q: its diagonal, its off-diagonal, and in the rows of `a` right of the off-diagonal the reflectors of Q. */
function tridiagonalize(a: Float64Array, n: number, diagonal: Float64Array, off: Float64Array): Float64Array {
  const tau = new Float64Array(n)
  const w = new Float64Array(n)
  for (let k = 0; k < n - 1; k++) {
    const row = k * n
    tau[k] = makeReflector(a, row + k + 1, n - k - 1, 1)
    off[k] = a[row + k + 1]
    if (tau[k] === 0) continue
    a[row + k + 1] = 1
    let inner = 0
    for (let i = k + 1; i < n; i++) {
      let sum = 0
      for (let j = k + 1; j < n; j++) sum += a[i * n + j] * a[row + j]
      w[i] = tau[k] * sum
      inner += w[i] * a[row + i]
    }
    const half = (tau[k] * inner) / 2
    for (let i = k + 1; i < n; i++) w[i] -= half * a[row + i]
    for (let i = k + 1; i < n; i++) {
      const [vi, wi] = [a[row + i], w[i]]
      for (let j = k + 1; j < n; j++) a[i * n + j] -= vi * w[j] + wi * a[row + j]
    }
  }
  for (let i = 0; i < n; i++) diagonal[i] = a[i * n + i]
  return tau
}

/** Qᵀ: its rows are the columns of Q = H₀ H₁ … */
function accumulate(a: Float64Array, n: number, tau: Float64Array): Float64Array {
  const q = identity(n) // Qᵀ = … H₁ H₀: each reflector is applied to the columns, from the last one back
  for (let k = n - 2; k >= 0; k--) {
    if (tau[k] === 0) continue
    for (let i = k + 1; i < n; i++) {
      let sum = 0
      for (let j = k + 1; j < n; j++) sum += q[i * n + j] * a[k * n + j]
      sum *= tau[k]
      for (let j = k + 1; j < n; j++) q[i * n + j] -= sum * a[k * n + j]
    }
  }
  return q
}

/** Diagonalizes the tridiagonal matrix; the rows of `z`, if there is one, are rotated along. */
function implicitQL(d: Float64Array, e: Float64Array, n: number, z: Float64Array | null): boolean {
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
        if (z !== null) rotateRows(z, n, i, c, s)
      }
      if (r === 0 && i >= l) continue
      d[l] -= p
      e[l] = g
      e[m] = 0
    }
  }
  return true
}

function rotateRows(z: Float64Array, n: number, i: number, c: number, s: number): void {
  const [upper, lower] = [i * n, (i + 1) * n]
  for (let k = 0; k < n; k++) {
    const f = z[lower + k]
    z[lower + k] = s * z[upper + k] + c * f
    z[upper + k] = c * z[upper + k] - s * f
  }
}
