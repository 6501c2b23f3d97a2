// Singular values and vectors: QR of a tall matrix, the bidiagonal form of R, and implicit QR on that.
import { bidiagonalize } from './bidiagonal.ts'
import { diagonalize } from './bidiagonal-qr.ts'
import { scaleOf } from './field.ts'
import { applyQ, factorQR } from './householder.ts'
import { unit, zeros } from './matrix.ts'
import type { Matrix } from './matrix.ts'
import { RowRotations } from './rotations.ts'

/** A = U diag(S) Vᴴ. */
export interface SVD {
  /** [m, m], or [m, min(m, n)] unless full. */
  readonly u: Matrix
  /** Falling. */
  readonly s: Float64Array
  /** Vᴴ: [n, n], or [min(m, n), n] unless full. */
  readonly vh: Matrix
}

/** The decomposition of `a`, which must be finite; null if the iteration did not converge. */
export function decomposeSingular(a: Matrix, full: boolean): SVD | null {
  if (a.rows >= a.columns) return decomposeTall(a.copy(), full)
  const other = decomposeTall(a.adjoint(), full)
  return other && { u: other.vh.adjoint(), s: other.s, vh: other.u.adjoint() }
}

/** The singular values of `a`, falling; null if the iteration did not converge. */
export function singularValues(a: Matrix): Float64Array | null {
  const tall = a.rows >= a.columns ? a.copy() : a.adjoint()
  const scale = scaleOf(tall.data)
  tall.scale(scale)
  const { square } = triangle(tall)
  const { diagonal, above } = bidiagonalize(square)
  if (!diagonalize(diagonal, above, null, null)) return null
  return diagonal
    .map((x) => Math.abs(x) / scale)
    .sort()
    .reverse()
}

/** A square matrix of the same singular values: R of a tall one, whose Q is left in `a`. */
function triangle(a: Matrix): { square: Matrix; tau: Float64Array | null } {
  if (a.rows === a.columns) return { square: a, tau: null }
  const n = a.columns
  const tau = new Float64Array(n * a.field.width)
  factorQR(a, tau)
  const square = a.block(0, 0, n, n).copy()
  for (let i = 1; i < n; i++) square.block(i, 0, 1, i).clear()
  return { square, tau }
}

function decomposeTall(a: Matrix, full: boolean): SVD | null {
  const { field, rows: m, columns: n } = a
  const scale = scaleOf(a.data)
  a.scale(scale)
  const { square, tau } = triangle(a)
  const { diagonal, above, left, right } = bidiagonalize(square)
  const [q, p] = [unit(field, n), unit(field, n)]
  applyQ(left.vectors, left.tau, n, q, false)
  if (n > 1) applyQ(right.vectors, right.tau, n - 1, p.block(1, 1, n - 1, n - 1), false)
  const [u, v] = [q.transpose(), p.transpose()] // their rows become the vectors
  if (!diagonalize(diagonal, above, new RowRotations(u), new RowRotations(v))) return null

  const order = Array.from({ length: n }, (_, i) => i).sort(
    (p, q) => Math.abs(diagonal[q]) - Math.abs(diagonal[p]),
  )
  const s = Float64Array.from(order, (i) => Math.abs(diagonal[i]) / scale)
  const vh = v.rowsOf(order).conjugate()
  for (let i = 0; i < n; i++) if (diagonal[order[i]] < 0) vh.block(i, 0, 1, n).scale(-1)
  const sorted = u.rowsOf(order).transpose()
  if (tau === null) return { u: sorted, s, vh }
  const whole = zeros(field, m, full ? m : n)
  whole.block(0, 0, n, n).set(sorted)
  for (let i = n; i < whole.columns; i++) whole.data[whole.place(i, i)] = 1
  applyQ(a, tau, n, whole, false)
  return { u: whole, s, vh }
}
