// What the algorithms need of numbers, real or complex: everything else is written once, over these.

/**
 * Real or complex arithmetic on Float64Arrays, where a complex number takes two places: its real and imaginary part.
 * Positions, steps and the lengths of arrays count places; `count`s count numbers.
 */
export interface Field {
  /** Places of a number: 1 or 2. */
  readonly width: 1 | 2
  /** Which of `count` numbers, `step` apart, is largest by |re| + |im|, the first one of equals. */
  largest(a: Float64Array, at: number, step: number, count: number): number
  /** `a ← a / (re + i im)`, for numbers `step` apart. */
  divide(a: Float64Array, at: number, step: number, count: number, re: number, im: number): void
  /** `y ← y − (re + i im) x`, for adjacent numbers. */
  subtract(
    y: Float64Array,
    yAt: number,
    x: Float64Array,
    xAt: number,
    count: number,
    re: number,
    im: number,
  ): void
  /** `y ← y + sign · A x`: A is [rows, columns] with rows `step` apart, x and y are adjacent numbers. */
  timesVector(
    a: Float64Array,
    at: number,
    step: number,
    rows: number,
    columns: number,
    x: Float64Array,
    xAt: number,
    y: Float64Array,
    yAt: number,
    sign: number,
  ): void
  /** `y ← y + sign · xᴴ A`. */
  vectorTimes(
    a: Float64Array,
    at: number,
    step: number,
    rows: number,
    columns: number,
    x: Float64Array,
    xAt: number,
    y: Float64Array,
    yAt: number,
    sign: number,
  ): void
  /** `A ← A − x y`, a column times a row. */
  subtractOuter(
    a: Float64Array,
    at: number,
    step: number,
    rows: number,
    columns: number,
    x: Float64Array,
    xAt: number,
    y: Float64Array,
    yAt: number,
  ): void
}

/** The Euclidean norm of `count` elements from `start`, `step` apart; safe from overflow and underflow. */
export function norm2(a: Float64Array, start: number, count: number, step = 1): number {
  let sum = 0
  for (let i = 0, at = start; i < count; i++, at += step) sum += a[at] * a[at]
  if (sum > 1e-280 && sum < 1e280) return Math.sqrt(sum)
  let largest = 0
  for (let i = 0, at = start; i < count; i++, at += step) largest = Math.max(largest, Math.abs(a[at]))
  if (largest === 0 || !Number.isFinite(largest)) return largest
  sum = 0
  for (let i = 0, at = start; i < count; i++, at += step) sum += (a[at] / largest) ** 2
  return largest * Math.sqrt(sum)
}

/**
 * The power of two that brings the largest element of `a` near 1, so that squares neither overflow nor vanish;
 * 1 for zeros. Scaling by it is exact.
 */
export function scaleOf(a: Float64Array): number {
  let largest = 0
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]))
  return largest === 0 ? 1 : 2 ** -Math.min(1000, Math.max(-1000, Math.floor(Math.log2(largest))))
}

/** Whether all are finite. */
export function isFiniteMatrix(a: Float64Array): boolean {
  for (let i = 0; i < a.length; i++) if (!Number.isFinite(a[i])) return false
  return true
}
