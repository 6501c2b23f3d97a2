// Eigenvalues of a complex Hessenberg matrix by single-shift QR: H = Z T Zᴴ with T upper triangular.
import type { Matrix } from './matrix.ts'
import { divided, minus, plus, sizeOf, squareRoot, times } from './scalar.ts'
import type { Scalar } from './scalar.ts'

const epsilon = 2 ** -52

/** A rotation [[c, s], [−s̄, c]] of two complex numbers, c real. */
export interface ComplexRotation {
  readonly c: number
  readonly s: Scalar
}

/** The rotation that maps (f, g) to (r, 0). */
export function complexRotation(f: Scalar, g: Scalar): ComplexRotation {
  const [fs, gs] = [Math.hypot(f.re, f.im), Math.hypot(g.re, g.im)]
  if (gs === 0) return { c: 1, s: { re: 0, im: 0 } }
  if (fs === 0) return { c: 0, s: { re: g.re / gs, im: -g.im / gs } }
  const size = Math.hypot(fs, gs)
  // s = (f / |f|) ḡ / size
  const turn = { re: f.re / fs, im: f.im / fs }
  const s = times(turn, { re: g.re / size, im: -g.im / size })
  return { c: fs / size, s }
}

/** Rows `k` and `k` + 1, from column `from` to `to` − 1, times the rotation. */
export function rotateRows(
  a: Matrix,
  k: number,
  from: number,
  to: number,
  { c, s: { re, im } }: ComplexRotation,
): void {
  const { data } = a
  let [p, q] = [a.place(k, from), a.place(k + 1, from)]
  for (let j = from; j < to; j++, p += 2, q += 2) {
    const xr = data[p]
    const xi = data[p + 1]
    const yr = data[q]
    const yi = data[q + 1]
    data[p] = c * xr + (re * yr - im * yi)
    data[p + 1] = c * xi + (re * yi + im * yr)
    data[q] = c * yr - (re * xr + im * xi)
    data[q + 1] = c * yi - (re * xi - im * xr)
  }
}

/** Columns `k` and `k` + 1 of the rows `from` to `to` − 1, times the adjoint of the rotation. */
export function rotateColumnPair(
  a: Matrix,
  k: number,
  from: number,
  to: number,
  { c, s: { re, im } }: ComplexRotation,
): void {
  const { data, step } = a
  for (let i = from, p = a.place(from, k); i < to; i++, p += step) {
    const xr = data[p]
    const xi = data[p + 1]
    const yr = data[p + 2]
    const yi = data[p + 3]
    data[p] = c * xr + (re * yr + im * yi)
    data[p + 1] = c * xi + (re * yi - im * yr)
    data[p + 2] = c * yr - (re * xr - im * xi)
    data[p + 3] = c * yi - (re * xi + im * xr)
  }
}

/**
 * Replaces H by T, if there is a Z (whose columns are transformed along); else only its diagonal is right.
 *
 * @returns whether the iteration converged
 */
export function complexSchur(h: Matrix, low: number, high: number, z: Matrix | null): boolean {
  const limit = 30 * Math.max(10, high - low + 1)
  for (let last = high; last >= low;) {
    let done = false
    let first = low
    for (let iteration = 1; iteration <= limit; iteration++) {
      first = smallBelow(h, low, high, first, last)
      if (first > low) h.put(first, first - 1, { re: 0, im: 0 })
      if (first === last) {
        done = true
        break
      }
      sweep(h, z, first, last, shiftOf(h, first, last, iteration))
    }
    if (!done) return false
    last--
  }
  return true
}

function smallBelow(h: Matrix, low: number, high: number, first: number, last: number): number {
  const size = (i: number, j: number): number => sizeOf(h.get(i, j))
  const tiny = 2 ** -1022 * ((high - low + 1) / epsilon)
  let k = last
  for (; k > first; k--) {
    const below = size(k, k - 1)
    if (below <= tiny) break
    let around = size(k - 1, k - 1) + size(k, k)
    if (around === 0) {
      if (k - 2 >= low) around += size(k - 1, k - 2)
      if (k + 1 <= high) around += size(k + 1, k)
    }
    if (below > epsilon * around) continue
    const above = size(k - 1, k)
    const [ab, ba] = [Math.max(below, above), Math.min(below, above)]
    const apart = sizeOf(minus(h.get(k - 1, k - 1), h.get(k, k)))
    const [aa, bb] = [Math.max(size(k, k), apart), Math.min(size(k, k), apart)]
    const s = aa + ab
    if (ba * (ab / s) <= Math.max(tiny, epsilon * (bb * (aa / s)))) break
  }
  return k
}

/** The eigenvalue of the last block of order 2 that is nearer to its last number (Wilkinson's shift). */
function shiftOf(h: Matrix, first: number, last: number, iteration: number): Scalar {
  if (iteration % 10 === 0) {
    // no progress: a shift from elsewhere
    const [i, at] = iteration % 20 === 0 ? [last, last] : [first + 1, first]
    return plus(h.get(at, at), { re: 0.75 * sizeOf(h.get(i, i - 1)), im: 0 })
  }
  const d = h.get(last, last)
  const u = times(squareRoot(h.get(last - 1, last)), squareRoot(h.get(last, last - 1)))
  if (sizeOf(u) === 0) return d
  const half = minus(h.get(last - 1, last - 1), d)
  const x = { re: half.re / 2, im: half.im / 2 }
  const s = Math.max(sizeOf(u), sizeOf(x))
  const [xs, us] = [
    { re: x.re / s, im: x.im / s },
    { re: u.re / s, im: u.im / s },
  ]
  const root = squareRoot(plus(times(xs, xs), times(us, us)))
  const y = { re: s * root.re, im: s * root.im }
  const same = x.re * y.re + x.im * y.im >= 0
  return minus(d, times(u, divided(u, same ? plus(x, y) : minus(x, y))))
}

function sweep(h: Matrix, z: Matrix | null, first: number, last: number, shift: Scalar): void {
  const [top, end] = z === null ? [first, last + 1] : [0, h.columns]
  let f = minus(h.get(first, first), shift)
  let g = h.get(first + 1, first)
  for (let k = first; k < last; k++) {
    const rotation = complexRotation(f, g)
    rotateRows(h, k, Math.max(first, k - 1), end, rotation)
    if (k > first) h.put(k + 1, k - 1, { re: 0, im: 0 })
    rotateColumnPair(h, k, top, Math.min(k + 2, last) + 1, rotation)
    if (z !== null) rotateColumnPair(z, k, 0, z.rows, rotation)
    if (k + 1 === last) return
    f = h.get(k + 1, k)
    g = h.get(k + 2, k)
  }
}
