// Square matrices to Hessenberg form (zero below the numbers under the diagonal) by Householder reflectors.
import { applyQ, conjugate, makeReflector } from './householder.ts'
import { unit, zeros } from './matrix.ts'
import type { Matrix } from './matrix.ts'
import { scaleBy } from './tridiagonal.ts'

/** Replaces A by H = Qᴴ A Q; only the rows and columns `low` to `high` are not yet of that form. Answers Q, if wanted. */
export function reduceToHessenberg(a: Matrix, low: number, high: number, wanted: boolean): Matrix | null {
  const { field, rows: n } = a
  const { width } = field
  const order = Math.max(0, high - low)
  const vectors = zeros(field, order, order)
  const tau = new Float64Array(order * width)
  for (let k = low; k < high - 1; k++) {
    const count = high - k
    const v = new Float64Array(count * width)
    const column = a.block(k + 1, k, count, 1)
    for (let i = 0; i < count; i++)
      for (let p = 0; p < width; p++) v[i * width + p] = a.data[column.place(i, 0) + p]
    makeReflector(field, v, 0, width, count, tau, (k - low) * width)
    column.clear()
    a.data[column.at] = v[0]
    v[0] = 1
    if (width === 2) v[1] = 0
    const [re, im] = [tau[(k - low) * width], width === 2 ? tau[(k - low) * width + 1] : 0]
    const row = new Float64Array((n - k - 1) * width)
    const from = a.place(k + 1, k + 1)
    field.vectorTimes(a.data, from, a.step, count, n - k - 1, v, 0, row, 0, 1)
    scaleBy(row, width, re, -im)
    field.subtractOuter(a.data, from, a.step, count, n - k - 1, v, 0, row, 0)
    const right = new Float64Array((high + 1) * width)
    const top = a.place(0, k + 1)
    field.timesVector(a.data, top, a.step, high + 1, count, v, 0, right, 0, 1)
    scaleBy(right, width, re, im)
    const below = vectors.block(k - low, k - low, count, 1)
    for (let i = 0; i < count; i++)
      for (let p = 0; p < width; p++) vectors.data[below.place(i, 0) + p] = v[i * width + p]
    field.subtractOuter(a.data, top, a.step, high + 1, count, right, 0, conjugate(field, v), 0)
  }
  if (!wanted) return null
  const q = unit(field, n)
  if (order > 1) applyQ(vectors, tau, order - 1, q.block(low + 1, low + 1, order, order), false)
  return q
}
