// Complex arithmetic on pairs of places.
import type { Field } from './field.ts'
import { divided } from './scalar.ts'

/** Complex numbers, two places each: real and imaginary part. */
export const complex: Field = {
  width: 2,
  largest: (a, at, step, count) => {
    let best = 0
    let size = count > 0 ? Math.abs(a[at]) + Math.abs(a[at + 1]) : 0
    for (let i = 1; i < count; i++) {
      const other = Math.abs(a[at + i * step]) + Math.abs(a[at + i * step + 1])
      if (other > size) [best, size] = [i, other]
    }
    return best
  },
  divide: (a, at, step, count, re, im) => {
    if (im === 0) {
      for (let i = 0, p = at; i < count; i++, p += step) {
        a[p] /= re
        a[p + 1] /= re
      }
      return
    }
    for (let i = 0, p = at; i < count; i++, p += step) {
      const quotient = divided({ re: a[p], im: a[p + 1] }, { re, im })
      a[p] = quotient.re
      a[p + 1] = quotient.im
    }
  },
  subtract: (y, yAt, x, xAt, count, re, im) => {
    const end = 2 * count
    for (let i = 0; i < end; i += 2) {
      const xr = x[xAt + i]
      const xi = x[xAt + i + 1]
      y[yAt + i] -= re * xr - im * xi
      y[yAt + i + 1] -= re * xi + im * xr
    }
  },
  timesVector: (a, at, step, rows, columns, x, xAt, y, yAt, sign) => {
    const end = 2 * columns
    for (let i = 0; i < rows; i++) {
      const row = at + i * step
      let re = 0
      let im = 0
      for (let j = 0; j < end; j += 2) {
        const ar = a[row + j]
        const ai = a[row + j + 1]
        const xr = x[xAt + j]
        const xi = x[xAt + j + 1]
        re += ar * xr - ai * xi
        im += ar * xi + ai * xr
      }
      y[yAt + 2 * i] += sign * re
      y[yAt + 2 * i + 1] += sign * im
    }
  },
  vectorTimes: (a, at, step, rows, columns, x, xAt, y, yAt, sign) => {
    for (let i = 0; i < rows; i++)
      complex.subtract(y, yAt, a, at + i * step, columns, -sign * x[xAt + 2 * i], sign * x[xAt + 2 * i + 1])
  },
  subtractOuter: (a, at, step, rows, columns, x, xAt, y, yAt) => {
    for (let i = 0; i < rows; i++)
      complex.subtract(a, at + i * step, y, yAt, columns, x[xAt + 2 * i], x[xAt + 2 * i + 1])
  },
}
