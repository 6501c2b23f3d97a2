// Plane rotations of columns, many at a time: what the iterations for eigenvalues and singular values do to the vectors.
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

/**
 * A chain of rotations, each of a column and the next one: for t = 0, 1, … the columns x and y, at `first` + t·direction
 * and beside it, become c x + s y and c y − s x.
 */
export function rotateColumns(
  z: Matrix,
  first: number,
  direction: 1 | -1,
  count: number,
  c: Float64Array,
  s: Float64Array,
): void {
  const { data, rows, step, field } = z
  const next = direction * field.width
  const start = z.place(0, first)
  // Each place of a row is a chain of its own; four of them are done at a time.
  const chains = rows * field.width
  const base =
    field.width === 1
      ? (i: number): number => start + i * step
      : (i: number): number => start + (i >> 1) * step + (i & 1)
  let chain = 0
  for (; chain + 3 < chains; chain += 4)
    rotateFour(data, base(chain), base(chain + 1), base(chain + 2), base(chain + 3), next, count, c, s)
  for (; chain < chains; chain++) {
    let p = base(chain)
    let x = data[p]
    for (let t = 0; t < count; t++, p += next) {
      const y = data[p + next]
      data[p] = c[t] * x + s[t] * y
      x = c[t] * y - s[t] * x
    }
    data[p] = x
  }
}

function rotateFour(
  data: Float64Array,
  p0: number,
  p1: number,
  p2: number,
  p3: number,
  next: number,
  count: number,
  c: Float64Array,
  s: Float64Array,
): void {
  let x0 = data[p0]
  let x1 = data[p1]
  let x2 = data[p2]
  let x3 = data[p3]
  for (let t = 0; t < count; t++) {
    const ct = c[t]
    const st = s[t]
    const y0 = data[p0 + next]
    const y1 = data[p1 + next]
    const y2 = data[p2 + next]
    const y3 = data[p3 + next]
    data[p0] = ct * x0 + st * y0
    data[p1] = ct * x1 + st * y1
    data[p2] = ct * x2 + st * y2
    data[p3] = ct * x3 + st * y3
    x0 = ct * y0 - st * x0
    x1 = ct * y1 - st * x1
    x2 = ct * y2 - st * x2
    x3 = ct * y3 - st * x3
    p0 += next
    p1 += next
    p2 += next
    p3 += next
  }
  data[p0] = x0
  data[p1] = x1
  data[p2] = x2
  data[p3] = x3
}
