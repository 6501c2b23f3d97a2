// Householder reflectors H = I − τ v vᵀ and the QR factorization, with LAPACK's signs and storage.
import { identity, norm2 } from './layout.ts'

/**
 * Makes the reflector that maps the vector of `count` elements from `start`, `step` apart, to a multiple of e₁: the
 * first element becomes that multiple, the others v (whose first element is 1).
 *
 * @returns τ; 0 if there was nothing to do
 */
export function makeReflector(a: Float64Array, start: number, count: number, step: number): number {
  const rest = count > 1 ? norm2(a, start + step, count - 1, step) : 0
  if (rest === 0) return 0
  const alpha = a[start]
  const size = Math.hypot(alpha, rest)
  const beta = alpha >= 0 ? -size : size
  const divisor = alpha - beta
  for (let i = 1, at = start + step; i < count; i++, at += step) a[at] /= divisor
  a[start] = beta
  return (beta - alpha) / beta
}

/** `c` ← H c on the rows `first` … of `c` [?, columns], from column `from` on; v lies in column `column` of `a` [m, n]. */
function reflectRows(
  a: Float64Array,
  m: number,
  n: number,
  column: number,
  tau: number,
  c: Float64Array,
  columns: number,
  from: number,
  work: Float64Array,
): void {
  if (tau === 0) return
  const first = column * columns
  for (let j = from; j < columns; j++) work[j] = c[first + j]
  for (let i = column + 1; i < m; i++) {
    const v = a[i * n + column]
    if (v === 0) continue
    for (let j = from; j < columns; j++) work[j] += v * c[i * columns + j]
  }
  for (let j = from; j < columns; j++) c[first + j] -= work[j] *= tau
  for (let i = column + 1; i < m; i++) {
    const v = a[i * n + column]
    if (v === 0) continue
    for (let j = from; j < columns; j++) c[i * columns + j] -= v * work[j]
  }
}

/** Replaces `a` [m, n] by R and, below the diagonal, the reflectors of Q = H₀ H₁ …; `tau` gets their factors. */
export function factorQR(a: Float64Array, m: number, n: number, tau: Float64Array): void {
  const work = new Float64Array(n)
  for (let k = 0; k < Math.min(m, n); k++) {
    tau[k] = makeReflector(a, k * n + k, m - k, n)
    reflectRows(a, m, n, k, tau[k], a, n, k + 1, work)
  }
}

/**
 * As factorQR with the columns in an order that makes the diagonal of R fall: A P = Q R.
 *
 * @returns column j of A P is column `order[j]` of A
 */
export function factorPivotedQR(a: Float64Array, m: number, n: number, tau: Float64Array): Int32Array {
  const order = Int32Array.from({ length: n }, (_, j) => j)
  const work = new Float64Array(n)
  const sizes = new Float64Array(n)
  for (let k = 0; k < Math.min(m, n); k++) {
    sizes.fill(0)
    for (let i = k; i < m; i++) for (let j = k; j < n; j++) sizes[j] += a[i * n + j] * a[i * n + j]
    let best = k
    for (let j = k + 1; j < n; j++) if (sizes[j] > sizes[best]) best = j
    if (best !== k) {
      ;[order[k], order[best]] = [order[best], order[k]]
      for (let i = 0; i < m; i++) [a[i * n + k], a[i * n + best]] = [a[i * n + best], a[i * n + k]]
    }
    tau[k] = makeReflector(a, k * n + k, m - k, n)
    reflectRows(a, m, n, k, tau[k], a, n, k + 1, work)
  }
  return order
}

/** Replaces `c` [m, columns] by Q c or Qᵀ c, Q the product of the first `count` reflectors in `a` [m, n]. */
export function applyQ(
  a: Float64Array,
  m: number,
  n: number,
  tau: Float64Array,
  count: number,
  c: Float64Array,
  columns: number,
  transpose: boolean,
): void {
  const work = new Float64Array(columns)
  for (let step = 0; step < count; step++) {
    const k = transpose ? step : count - 1 - step
    reflectRows(a, m, n, k, tau[k], c, columns, 0, work)
  }
}

/** The first `columns` columns of Q. */
export function formQ(
  a: Float64Array,
  m: number,
  n: number,
  tau: Float64Array,
  count: number,
  columns: number,
): Float64Array {
  const q = identity(m, columns)
  applyQ(a, m, n, tau, count, q, columns, false)
  return q
}

/** An orthonormal basis of R^m whose first `known` columns are, up to sign, those of `a` [m, known]. */
export function completeBasis(a: Float64Array, m: number, known: number): Float64Array {
  const [work, tau] = [a.slice(), new Float64Array(known)]
  factorQR(work, m, known, tau)
  return formQ(work, m, known, tau, known, m)
}
