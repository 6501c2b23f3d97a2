// Singular values of a real bidiagonal matrix by implicit QR, with a shift of zero where the smallest ones ask for it: all
// keep their relative accuracy.
// See Demmel and Kahan, "Accurate singular values of bidiagonal matrices", SIAM J. Sci. Stat. Comput. 11 (1990).
import { makeRotation } from './rotations.ts'
import type { Rotation, RowRotations } from './rotations.ts'

const epsilon = 2 ** -53
/** Relative size of what counts as zero above the diagonal. */
const tolerance = 8 * epsilon
const maxSweeps = 30

/**
 * Makes the bidiagonal matrix `d`, `e` (above it) diagonal; its rotations go to the rows of `u` and `v`, if there are any,
 * so that Uᵀ B V stays the same (of real U and V). The values are neither positive nor sorted.
 *
 * @returns whether the iteration converged
 */
export function diagonalize(
  d: Float64Array,
  e: Float64Array,
  u: RowRotations | null,
  v: RowRotations | null,
): boolean {
  const n = d.length
  const threshold = Math.max(tolerance * smallestBound(d, e), n * n * 2 ** -1022)
  const left = { c: new Float64Array(n), s: new Float64Array(n) }
  const right = { c: new Float64Array(n), s: new Float64Array(n) }
  let budget = maxSweeps * n
  let forward = true
  let known: readonly [number, number] = [-1, -1]
  for (let high = n - 1; high > 0;) {
    const low = blockStart(d, e, high, threshold)
    if (low === high) {
      high--
      continue
    }
    if (low > known[1] || high < known[0]) forward = Math.abs(d[low]) >= Math.abs(d[high])
    known = [low, high]
    const chase = new Chase(d, e, low, high, forward)
    const smallest = chase.deflate()
    if (smallest === null) continue
    if (budget-- === 0) return false
    const shift = chase.shift(smallest)
    const count = high - low
    if (shift === 0) chase.sweepWithoutShift(left, right)
    else chase.sweep(shift, left, right)
    if (Math.abs(chase.e(count - 1)) <= threshold) chase.setE(count - 1, 0)
    // seen from the end the matrix is transposed: left and right change places
    const [first, second] = forward ? [v, u] : [u, v]
    const [start, direction] = forward ? ([low, 1] as const) : ([high, -1] as const)
    first?.add(start, direction, count, right.c, right.s)
    second?.add(start, direction, count, left.c, left.s)
  }
  u?.flush()
  v?.flush()
  return true
}

/** A lower bound of the singular values. */
function smallestBound(d: Float64Array, e: Float64Array): number {
  let bound = Math.abs(d[0] ?? 0)
  let smallest = bound
  for (let i = 1; i < d.length && smallest > 0; i++) {
    bound = Math.abs(d[i]) * (bound / (bound + Math.abs(e[i - 1])))
    smallest = Math.min(smallest, bound)
  }
  return smallest / Math.sqrt(d.length)
}

/** Where the block that ends at `high` starts; negligible numbers become zeros. */
function blockStart(d: Float64Array, e: Float64Array, high: number, threshold: number): number {
  if (Math.abs(d[high]) <= threshold) d[high] = 0
  for (let i = high - 1; i >= 0; i--) {
    if (Math.abs(e[i]) <= threshold) {
      e[i] = 0
      return i + 1
    }
    if (Math.abs(d[i]) <= threshold) d[i] = 0
  }
  return 0
}

interface Rotations {
  readonly c: Float64Array
  readonly s: Float64Array
}

/** A block seen from its large end, so that the sweeps go towards the small one. */
class Chase {
  readonly #d: Float64Array
  readonly #e: Float64Array
  readonly #start: number
  readonly #step: 1 | -1
  /** Of the last number on the diagonal. */
  readonly #last: number

  constructor(d: Float64Array, e: Float64Array, low: number, high: number, forward: boolean) {
    this.#d = d
    this.#e = e
    this.#start = forward ? low : high
    this.#step = forward ? 1 : -1
    this.#last = high - low
  }

  d(i: number): number {
    return this.#d[this.#start + this.#step * i]
  }
  setD(i: number, value: number): void {
    this.#d[this.#start + this.#step * i] = value
  }
  e(i: number): number {
    return this.#e[this.#step === 1 ? this.#start + i : this.#start - i - 1]
  }
  setE(i: number, value: number): void {
    this.#e[this.#step === 1 ? this.#start + i : this.#start - i - 1] = value
  }

  /** Null if a number above the diagonal was found negligible; else a lower bound of the singular values. */
  deflate(): number | null {
    const last = this.#last
    if (Math.abs(this.e(last - 1)) <= tolerance * Math.abs(this.d(last))) {
      this.setE(last - 1, 0)
      return null
    }
    let bound = Math.abs(this.d(0))
    let smallest = bound
    for (let i = 0; i < last; i++) {
      const off = Math.abs(this.e(i))
      if (off <= tolerance * bound) {
        this.setE(i, 0)
        return null
      }
      bound = Math.abs(this.d(i + 1)) * (bound / (bound + off))
      smallest = Math.min(smallest, bound)
    }
    return smallest
  }

  /** The smaller singular value of the last block of order 2, or 0 where it would spoil the smallest ones. */
  shift(smallest: number): number {
    const last = this.#last
    let largest = 0
    for (let i = 0; i <= last; i++) largest = Math.max(largest, Math.abs(this.d(i)))
    for (let i = 0; i < last; i++) largest = Math.max(largest, Math.abs(this.e(i)))
    if ((last + 1) * tolerance * (smallest / largest) <= epsilon) return 0
    const shift = smallerValue(this.d(last - 1), this.e(last - 1), this.d(last))
    const first = Math.abs(this.d(0))
    return first > 0 && (shift / first) ** 2 < epsilon ? 0 : shift
  }

  sweepWithoutShift(left: Rotations, right: Rotations): void {
    const last = this.#last
    const a: Rotation = { c: 1, s: 0, r: 0 }
    const b: Rotation = { c: 1, s: 0, r: 0 }
    for (let i = 0; i < last; i++) {
      makeRotation(this.d(i) * a.c, this.e(i), a)
      if (i > 0) this.setE(i - 1, b.s * a.r)
      makeRotation(b.c * a.r, this.d(i + 1) * a.s, b)
      this.setD(i, b.r)
      right.c[i] = a.c
      right.s[i] = a.s
      left.c[i] = b.c
      left.s[i] = b.s
    }
    const rest = this.d(last) * a.c
    this.setD(last, rest * b.c)
    this.setE(last - 1, rest * b.s)
  }

  sweep(shift: number, left: Rotations, right: Rotations): void {
    const last = this.#last
    const turn: Rotation = { c: 1, s: 0, r: 0 }
    const first = this.d(0)
    let f = (Math.abs(first) - shift) * (Math.sign(first) + shift / first)
    let g = this.e(0)
    for (let i = 0; i < last; i++) {
      makeRotation(f, g, turn)
      if (i > 0) this.setE(i - 1, turn.r)
      const [d, e, next] = [this.d(i), this.e(i), this.d(i + 1)]
      f = turn.c * d + turn.s * e
      const off = turn.c * e - turn.s * d
      g = turn.s * next
      const below = turn.c * next
      right.c[i] = turn.c
      right.s[i] = turn.s
      makeRotation(f, g, turn)
      this.setD(i, turn.r)
      f = turn.c * off + turn.s * below
      this.setD(i + 1, turn.c * below - turn.s * off)
      if (i < last - 1) {
        const beyond = this.e(i + 1)
        g = turn.s * beyond
        this.setE(i + 1, turn.c * beyond)
      }
      left.c[i] = turn.c
      left.s[i] = turn.s
    }
    this.setE(last - 1, f)
  }
}

/** The smaller singular value of [[f, g], [0, h]]. */
function smallerValue(f: number, g: number, h: number): number {
  const [fa, ga, ha] = [Math.abs(f), Math.abs(g), Math.abs(h)]
  const [low, high] = [Math.min(fa, ha), Math.max(fa, ha)]
  if (low === 0) return 0
  if (ga < high) {
    const as = 1 + low / high
    const at = (high - low) / high
    const au = (ga / high) ** 2
    return low * (2 / (Math.sqrt(as * as + au) + Math.sqrt(at * at + au)))
  }
  const au = high / ga
  if (au === 0) return (low * high) / ga
  const as = 1 + low / high
  const at = (high - low) / high
  return 2 * (low * (1 / (Math.sqrt(1 + (as * au) ** 2) + Math.sqrt(1 + (at * au) ** 2)))) * au
}
