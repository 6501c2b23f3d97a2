// Eigenvalues of a real Hessenberg matrix by Francis' double-shift QR, with the deflation of Ahues and Tisseur:
// H = Z T Zᵀ with T upper triangular but for blocks of order 2, one for each pair of complex eigenvalues.
// See Golub and Van Loan, "Matrix Computations", section 7.5, and LAPACK's working note 122.
import type { Matrix } from './matrix.ts'
import { standardize } from './schur-block.ts'

const epsilon = 2 ** -52

/** Eigenvalues; of a pair of complex ones the one with the positive imaginary part is first. */
export interface Eigenvalues {
  readonly re: Float64Array
  readonly im: Float64Array
}

/**
 * Replaces H by T, if there is a Z (whose columns are transformed along); else only the eigenvalues are right.
 *
 * @returns whether the iteration converged
 */
export function realSchur(
  h: Matrix,
  low: number,
  high: number,
  z: Matrix | null,
  { re, im }: Eigenvalues,
): boolean {
  const n = h.rows
  const { data, at, step } = h
  const get = (i: number, j: number): number => data[at + i * step + j]
  for (let i = 0; i < n; i++) re[i] = get(i, i)
  im.fill(0)
  const limit = 30 * Math.max(10, high - low + 1)
  for (let last = high; last >= low;) {
    let first = low
    let done = false
    for (let iteration = 1; iteration <= limit; iteration++) {
      first = smallBelow(h, low, high, first, last)
      if (first > low) data[at + first * step + first - 1] = 0
      if (first >= last - 1) {
        done = true
        break
      }
      step3(h, z, first, last, shiftsOf(h, first, last, iteration))
    }
    if (!done) return false
    if (first === last) {
      re[last] = get(last, last)
    } else {
      const k = last - 1
      const block = standardize(get(k, k), get(k, last), get(last, k), get(last, last))
      ;[re[k], re[last]] = [block.a, block.d]
      im[k] = block.im
      im[last] = -block.im
      data[at + k * step + k] = block.a
      data[at + k * step + last] = block.b
      data[at + last * step + k] = block.c
      data[at + last * step + last] = block.d
      if (z !== null) rotateBlock(h, z, k, block.cosine, block.sine)
    }
    last = first - 1
  }
  return true
}

/** Where the active block that ends at `last` starts: below it the number under the diagonal is negligible. */
function smallBelow(
  { data, at, step }: Matrix,
  low: number,
  high: number,
  first: number,
  last: number,
): number {
  const size = (i: number, j: number): number => Math.abs(data[at + i * step + j])
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
    const apart = Math.abs(data[at + (k - 1) * step + k - 1] - data[at + k * step + k])
    const [aa, bb] = [Math.max(size(k, k), apart), Math.min(size(k, k), apart)]
    const s = aa + ab
    if (ba * (ab / s) <= Math.max(tiny, epsilon * (bb * (aa / s)))) break
  }
  return k
}

/** Two shifts: real ones, or a pair ± i·im. */
interface Shifts {
  readonly re1: number
  readonly re2: number
  readonly im: number
}

function shiftsOf({ data, at, step }: Matrix, first: number, last: number, iteration: number): Shifts {
  const get = (i: number, j: number): number => data[at + i * step + j]
  let [a, b, c, d] = [get(last - 1, last - 1), get(last - 1, last), get(last, last - 1), get(last, last)]
  if (iteration % 10 === 0) {
    // no progress: shifts from elsewhere
    const atEnd = iteration % 20 === 0
    const s = atEnd
      ? Math.abs(get(last, last - 1)) + Math.abs(get(last - 1, last - 2))
      : Math.abs(get(first + 1, first)) + Math.abs(get(first + 2, first + 1))
    a = d = 0.75 * s + (atEnd ? get(last, last) : get(first, first))
    b = -0.4375 * s
    c = s
  }
  const s = Math.abs(a) + Math.abs(b) + Math.abs(c) + Math.abs(d)
  if (s === 0) return { re1: 0, re2: 0, im: 0 }
  ;[a, b, c, d] = [a / s, b / s, c / s, d / s]
  const mean = (a + d) / 2
  const det = (a - mean) * (d - mean) - b * c
  const root = Math.sqrt(Math.abs(det))
  if (det >= 0) return { re1: mean * s, re2: mean * s, im: root * s }
  const nearer = Math.abs(mean + root - d) <= Math.abs(mean - root - d) ? mean + root : mean - root
  return { re1: nearer * s, re2: nearer * s, im: 0 }
}

/** One double-shift step on the block from `first` to `last`. */
function step3(h: Matrix, z: Matrix | null, first: number, last: number, { re1, re2, im }: Shifts): void {
  const { data, at, step } = h
  const get = (i: number, j: number): number => data[at + i * step + j]
  let [v0, v1, v2] = [0, 0, 0]
  let start = last - 2
  for (; start >= first; start--) {
    const m = start
    const size = Math.abs(get(m, m) - re2) + Math.abs(im) + Math.abs(get(m + 1, m))
    const below = get(m + 1, m) / size
    v0 = below * get(m, m + 1) + (get(m, m) - re1) * ((get(m, m) - re2) / size) + im * (im / size)
    v1 = below * (get(m, m) + get(m + 1, m + 1) - re1 - re2)
    v2 = below * get(m + 2, m + 1)
    const sum = Math.abs(v0) + Math.abs(v1) + Math.abs(v2)
    ;[v0, v1, v2] = [v0 / sum, v1 / sum, v2 / sum]
    if (m === first) break
    const around = Math.abs(get(m - 1, m - 1)) + Math.abs(get(m, m)) + Math.abs(get(m + 1, m + 1))
    if (Math.abs(get(m, m - 1)) * (Math.abs(v1) + Math.abs(v2)) <= epsilon * Math.abs(v0) * around) break
  }
  // only the block itself matters if the vectors are not asked for
  const [top, end] = z === null ? [first, last + 1] : [0, h.columns]
  for (let k = start; k < last; k++) {
    const three = k + 2 <= last
    if (k > start) {
      v0 = get(k, k - 1)
      v1 = get(k + 1, k - 1)
      v2 = three ? get(k + 2, k - 1) : 0
    }
    if (!three) v2 = 0
    const rest = Math.hypot(v1, v2)
    let tau = 0
    if (rest !== 0) {
      const beta = v0 >= 0 ? -Math.hypot(v0, rest) : Math.hypot(v0, rest)
      tau = (beta - v0) / beta
      v1 /= v0 - beta
      v2 /= v0 - beta
      v0 = beta
    }
    if (k > start) {
      data[at + k * step + k - 1] = v0
      data[at + (k + 1) * step + k - 1] = 0
      if (three) data[at + (k + 2) * step + k - 1] = 0
    } else if (start > first) {
      data[at + k * step + k - 1] *= 1 - tau
    }
    reflectRows(data, at + k * step, step, k, end, three, tau, v1, v2)
    reflectColumns(h, top, Math.min(k + 3, last) + 1, k, three, tau, v1, v2)
    if (z !== null) reflectColumns(z, 0, z.rows, k, three, tau, v1, v2)
  }
}

function reflectRows(
  data: Float64Array,
  row: number,
  step: number,
  from: number,
  to: number,
  three: boolean,
  tau: number,
  v1: number,
  v2: number,
): void {
  const t1 = tau * v1
  const t2 = tau * v2
  const r1 = row + step
  if (three) {
    const r2 = r1 + step
    for (let j = from; j < to; j++) {
      const sum = data[row + j] + v1 * data[r1 + j] + v2 * data[r2 + j]
      data[row + j] -= tau * sum
      data[r1 + j] -= t1 * sum
      data[r2 + j] -= t2 * sum
    }
    return
  }
  for (let j = from; j < to; j++) {
    const sum = data[row + j] + v1 * data[r1 + j]
    data[row + j] -= tau * sum
    data[r1 + j] -= t1 * sum
  }
}

function reflectColumns(
  { data, at, step }: Matrix,
  from: number,
  to: number,
  k: number,
  three: boolean,
  tau: number,
  v1: number,
  v2: number,
): void {
  const t1 = tau * v1
  const t2 = tau * v2
  let p = at + from * step + k
  if (three) {
    for (let i = from; i < to; i++, p += step) {
      const sum = data[p] + v1 * data[p + 1] + v2 * data[p + 2]
      data[p] -= tau * sum
      data[p + 1] -= t1 * sum
      data[p + 2] -= t2 * sum
    }
    return
  }
  for (let i = from; i < to; i++, p += step) {
    const sum = data[p] + v1 * data[p + 1]
    data[p] -= tau * sum
    data[p + 1] -= t1 * sum
  }
}

/** What the rotation of a block of order 2 at `k` does to the rest of T and to Z. */
function rotateBlock(h: Matrix, z: Matrix, k: number, c: number, s: number): void {
  const { data, at, step, columns } = h
  const [upper, lower] = [at + k * step, at + (k + 1) * step]
  for (let j = k + 2; j < columns; j++) {
    const [x, y] = [data[upper + j], data[lower + j]]
    data[upper + j] = c * x + s * y
    data[lower + j] = c * y - s * x
  }
  for (const [matrix, rows] of [[h, k] as const, [z, z.rows] as const]) {
    for (let i = 0, p = matrix.at + k; i < rows; i++, p += matrix.step) {
      const [x, y] = [matrix.data[p], matrix.data[p + 1]]
      matrix.data[p] = c * x + s * y
      matrix.data[p + 1] = c * y - s * x
    }
  }
}
