// Real arithmetic: loops that take four rows at a time, so that a number is loaded once for four uses.
import type { Field } from './field.ts'

/** Real numbers, one place each. */
export const real: Field = {
  width: 1,
  largest: (a, at, step, count) => {
    let best = 0
    let size = count > 0 ? Math.abs(a[at]) : 0
    for (let i = 1; i < count; i++) {
      const other = Math.abs(a[at + i * step])
      if (other > size) [best, size] = [i, other]
    }
    return best
  },
  divide: (a, at, step, count, re) => {
    for (let i = 0; i < count; i++) a[at + i * step] /= re
  },
  subtract: (y, yAt, x, xAt, count, re) => {
    for (let i = 0; i < count; i++) y[yAt + i] -= re * x[xAt + i]
  },
  timesVector: (a, at, step, rows, columns, x, xAt, y, yAt, sign) => {
    let i = 0
    for (; i + 3 < rows; i += 4) {
      const r0 = at + i * step
      const r1 = r0 + step
      const r2 = r1 + step
      const r3 = r2 + step
      let [s0, s1, s2, s3] = [0, 0, 0, 0]
      for (let j = 0; j < columns; j++) {
        const v = x[xAt + j]
        s0 += a[r0 + j] * v
        s1 += a[r1 + j] * v
        s2 += a[r2 + j] * v
        s3 += a[r3 + j] * v
      }
      y[yAt + i] += sign * s0
      y[yAt + i + 1] += sign * s1
      y[yAt + i + 2] += sign * s2
      y[yAt + i + 3] += sign * s3
    }
    for (; i < rows; i++) {
      let sum = 0
      for (let j = 0; j < columns; j++) sum += a[at + i * step + j] * x[xAt + j]
      y[yAt + i] += sign * sum
    }
  },
  vectorTimes: (a, at, step, rows, columns, x, xAt, y, yAt, sign) => {
    let i = 0
    for (; i + 3 < rows; i += 4) {
      const [x0, x1] = [sign * x[xAt + i], sign * x[xAt + i + 1]]
      const [x2, x3] = [sign * x[xAt + i + 2], sign * x[xAt + i + 3]]
      const r0 = at + i * step
      const r1 = r0 + step
      const r2 = r1 + step
      const r3 = r2 + step
      for (let j = 0; j < columns; j++)
        y[yAt + j] += x0 * a[r0 + j] + x1 * a[r1 + j] + x2 * a[r2 + j] + x3 * a[r3 + j]
    }
    for (; i < rows; i++) {
      const factor = sign * x[xAt + i]
      for (let j = 0; j < columns; j++) y[yAt + j] += factor * a[at + i * step + j]
    }
  },
  subtractOuter: (a, at, step, rows, columns, x, xAt, y, yAt) => {
    let i = 0
    for (; i + 1 < rows; i += 2) {
      const x0 = x[xAt + i]
      const x1 = x[xAt + i + 1]
      const r0 = at + i * step
      const r1 = r0 + step
      for (let j = 0; j < columns; j++) {
        const v = y[yAt + j]
        a[r0 + j] -= x0 * v
        a[r1 + j] -= x1 * v
      }
    }
    if (i < rows) real.subtract(a, at + i * step, y, yAt, columns, x[xAt + i], 0)
  },
}
