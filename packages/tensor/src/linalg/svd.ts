// Singular values and vectors: pivoted QR, then one-sided Jacobi rotations of the rows of R.
// J R = Σ W with orthogonal J and W, so that A P = Q R = (Q Jᵀ) Σ W. Small singular values keep their relative accuracy.
// See Drmač and Veselić, "New fast and accurate Jacobi SVD algorithm", SIAM J. Matrix Anal. Appl. 29 (2008).
import { applyQ, completeBasis, factorPivotedQR } from './householder.ts'
import { identity, norm2, scaleOf, transposed } from './layout.ts'

const maxSweeps = 60
/** Rows of smaller norm (of a matrix with elements near 1) are zeros that rounding or underflow left. */
const negligible = 2 ** -500

/** A = U diag(S) Vᵀ. */
export interface SVD {
  /** [m, m], or [m, min(m, n)] unless full. */
  readonly u: Float64Array
  /** Falling. */
  readonly s: Float64Array
  /** Vᵀ: [n, n], or [min(m, n), n] unless full. */
  readonly vt: Float64Array
}

/** The decomposition of `a` [m, n], which must be finite; null if the rotations did not converge. */
export function decomposeSingular(a: Float64Array, m: number, n: number, full: boolean): SVD | null {
  if (m >= n) return decomposeTall(a.slice(), m, n, full)
  const other = decomposeTall(transposed(a, m, n), n, m, full)
  if (other === null) return null
  return { u: transposed(other.vt, m, m), s: other.s, vt: transposed(other.u, n, full ? n : m) }
}

/** The singular values of `a` [m, n], falling; null if the rotations did not converge. */
export function singularValues(a: Float64Array, m: number, n: number): Float64Array | null {
  const tall = m >= n ? a.slice() : transposed(a, m, n)
  const [rows, columns] = m >= n ? [m, n] : [n, m]
  const scale = scaleOf(tall)
  for (let i = 0; i < tall.length; i++) tall[i] *= scale
  factorPivotedQR(tall, rows, columns, new Float64Array(columns))
  const r = triangleOf(tall, columns)
  if (!orthogonalizeRows(r, columns, null)) return null
  return Float64Array.from({ length: columns }, (_, i) => norm2(r, i * columns, columns) / scale)
    .sort()
    .reverse()
}

function decomposeTall(a: Float64Array, m: number, n: number, full: boolean): SVD | null {
  const scale = scaleOf(a)
  for (let i = 0; i < a.length; i++) a[i] *= scale
  const tau = new Float64Array(n)
  const columnOrder = factorPivotedQR(a, m, n, tau)
  const r = triangleOf(a, n)
  const j = identity(n)
  if (!orthogonalizeRows(r, n, j)) return null

  const sizes = Float64Array.from({ length: n }, (_, i) => norm2(r, i * n, n))
  const order = Array.from({ length: n }, (_, i) => i).sort((p, q) => sizes[q] - sizes[p])
  const s = Float64Array.from(order, (i) => (sizes[i] > negligible ? sizes[i] / scale : 0))
  const rank = order.filter((i) => sizes[i] > negligible).length
  const w = rightVectors(r, sizes, order, rank, n)
  const vt = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let k = 0; k < n; k++) vt[i * n + columnOrder[k]] = w[i * n + k]

  const columns = full ? m : n
  const u = identity(m, columns)
  for (let i = 0; i < n; i++) for (let k = 0; k < n; k++) u[k * columns + i] = j[order[i] * n + k]
  applyQ(a, m, n, tau, n, u, columns, false)
  return { u, s, vt }
}

/** The normalized rows in the order of their sizes; those of zeros make the basis complete. */
function rightVectors(
  r: Float64Array,
  sizes: Float64Array,
  order: readonly number[],
  rank: number,
  n: number,
): Float64Array {
  const w = new Float64Array(n * n)
  for (let i = 0; i < rank; i++)
    for (let k = 0; k < n; k++) w[i * n + k] = r[order[i] * n + k] / sizes[order[i]]
  if (rank === n) return w
  const known = new Float64Array(n * rank) // as columns
  for (let i = 0; i < rank; i++) for (let k = 0; k < n; k++) known[k * rank + i] = w[i * n + k]
  const basis = completeBasis(known, n, rank)
  for (let i = rank; i < n; i++) for (let k = 0; k < n; k++) w[i * n + k] = basis[k * n + i]
  return w
}

function triangleOf(a: Float64Array, n: number): Float64Array {
  const r = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let k = i; k < n; k++) r[i * n + k] = a[i * n + k]
  return r
}

/** Rotates pairs of rows of `r` [n, n] until all are orthogonal; the rows of `j`, if there is one, along with them. */
function orthogonalizeRows(r: Float64Array, n: number, j: Float64Array | null): boolean {
  const tolerance = Math.sqrt(n) * 2 ** -52
  const squares = new Float64Array(n)
  for (let sweep = 0; sweep < maxSweeps; sweep++) {
    let rotated = false
    for (let p = 0; p < n; p++) squares[p] = squareOf(r, p * n, n)
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const [alpha, beta] = [squares[p], squares[q]]
        if (alpha === 0 || beta === 0) continue
        let gamma = 0
        for (let k = 0, x = p * n, y = q * n; k < n; k++) gamma += r[x + k] * r[y + k]
        if (Math.abs(gamma) <= tolerance * Math.sqrt(alpha) * Math.sqrt(beta)) continue
        rotated = true
        const zeta = (beta - alpha) / (2 * gamma)
        const t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.hypot(1, zeta))
        const c = 1 / Math.sqrt(1 + t * t)
        rotate(r, p * n, q * n, n, c, c * t)
        if (j !== null) rotate(j, p * n, q * n, n, c, c * t)
        squares[p] = squareOf(r, p * n, n)
        squares[q] = squareOf(r, q * n, n)
      }
    }
    if (!rotated) return true
  }
  return false
}

function squareOf(r: Float64Array, start: number, n: number): number {
  let sum = 0
  for (let k = start; k < start + n; k++) sum += r[k] * r[k]
  return sum
}

function rotate(r: Float64Array, p: number, q: number, n: number, c: number, s: number): void {
  for (let k = 0; k < n; k++) {
    const x = r[p + k]
    const y = r[q + k]
    r[p + k] = c * x - s * y
    r[q + k] = s * x + c * y
  }
}
