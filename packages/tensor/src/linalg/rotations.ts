// Plane rotations, many at a time: what the iterations for eigenvalues and singular values do to the vectors.
import { hostKernels } from './host-kernels.ts'
import type { Matrix } from './matrix.ts'

/** A rotation [[c, s], [−s, c]] that maps (f, g) to (r, 0). */
export interface Rotation {
  c: number
  s: number
  r: number
}

/** Puts the rotation that maps (f, g) to (r, 0) into `out`. */
export function makeRotation(f: number, g: number, out: Rotation): void {
  if (g === 0) {
    out.c = 1
    out.s = 0
    out.r = f
    return
  }
  const square = f * f + g * g
  const size = square > 1e-280 && square < 1e280 ? Math.sqrt(square) : Math.hypot(f, g)
  const r = f < 0 ? -size : size
  out.c = f / r
  out.s = g / r
  out.r = r
}

/** Places of a program: of about 16,000 rotations. */
const capacity = 2 ** 15

/** Rotations of the rows of a dense matrix. They wait until there are many, and go through it strip by strip then. */
export class RowRotations {
  readonly #z: Matrix
  /** One chain after the other: first row, direction, count; c and s of each rotation. */
  readonly #program: Float64Array
  #length = 0

  constructor(z: Matrix) {
    this.#z = z
    this.#program = new Float64Array(Math.max(capacity, 2 * z.rows + 3))
  }

  /**
   * A chain of rotations, each of a row and the next one: for t = 0, 1, … the rows x and y, `first` + t·direction and the
   * one beside it, become c x + s y and c y − s x.
   */
  add(first: number, direction: 1 | -1, count: number, c: Float64Array, s: Float64Array): void {
    if (this.#length + 2 * count + 3 > this.#program.length) this.flush()
    const program = this.#program
    let at = this.#length
    program[at++] = first
    program[at++] = direction
    program[at++] = count
    for (let t = 0; t < count; t++) {
      program[at++] = c[t]
      program[at++] = s[t]
    }
    this.#length = at
  }

  /** Does all that wait. */
  flush(): void {
    if (this.#length === 0) return
    const { data, rows, step } = this.#z
    const offered = hostKernels().hostRotations
    if (offered === undefined || !offered(data, rows, step, this.#program, this.#length))
      rotateRows(data, rows, step, this.#program, this.#length)
    this.#length = 0
  }
}

/** Four columns at a time, which are kept together while all chains go through them. */
function rotateRows(
  z: Float64Array,
  rows: number,
  columns: number,
  program: Float64Array,
  length: number,
): void {
  const strip = new Float64Array(4 * rows)
  for (let j = 0; j < columns; j += 4) {
    const width = Math.min(4, columns - j)
    for (let i = 0; i < rows; i++) for (let p = 0; p < width; p++) strip[4 * i + p] = z[i * columns + j + p]
    for (let at = 0; at < length;) {
      const count = program[at + 2]
      rotateStrip(strip, 4 * program[at], 4 * program[at + 1], program, at + 3, at + 3 + 2 * count)
      at += 3 + 2 * count
    }
    for (let i = 0; i < rows; i++) for (let p = 0; p < width; p++) z[i * columns + j + p] = strip[4 * i + p]
  }
}

function rotateStrip(
  strip: Float64Array,
  first: number,
  next: number,
  program: Float64Array,
  from: number,
  to: number,
): void {
  let p = first
  let x0 = strip[p]
  let x1 = strip[p + 1]
  let x2 = strip[p + 2]
  let x3 = strip[p + 3]
  for (let at = from; at < to; at += 2) {
    const c = program[at]
    const s = program[at + 1]
    const q = p + next
    const y0 = strip[q]
    const y1 = strip[q + 1]
    const y2 = strip[q + 2]
    const y3 = strip[q + 3]
    strip[p] = c * x0 + s * y0
    strip[p + 1] = c * x1 + s * y1
    strip[p + 2] = c * x2 + s * y2
    strip[p + 3] = c * x3 + s * y3
    x0 = c * y0 - s * x0
    x1 = c * y1 - s * x1
    x2 = c * y2 - s * x2
    x3 = c * y3 - s * x3
    p = q
  }
  strip[p] = x0
  strip[p + 1] = x1
  strip[p + 2] = x2
  strip[p + 3] = x3
}
