// Systems with a triangular matrix, by halves: one half is solved, the other one less a product, and so on.
import type { Matrix } from './matrix.ts'
import { addProduct } from './product.ts'
import type { Form } from './product.ts'

/** Which triangle of the matrix counts, whether its diagonal counts as 1, and how it is used. */
export interface Triangle {
  readonly upper: boolean
  readonly unit?: boolean
  readonly form?: Form
}

/** Replaces B by the solution X of op(T) X = B; only the triangle of T is read. */
export function solveTriangle(t: Matrix, b: Matrix, triangle: Triangle): void {
  const n = t.rows
  if (b.columns === 0 || n === 0) return
  const { upper, unit = false, form = 'plain' } = triangle
  if (n === 1) {
    if (!unit) divide(b, t, form)
    return
  }
  const h = n >> 1
  const [first, second] = [b.block(0, 0, h, b.columns), b.block(h, 0, n - h, b.columns)]
  const corner = upper ? t.block(0, h, h, n - h) : t.block(h, 0, n - h, h)
  if (upper === (form !== 'plain')) {
    solveTriangle(t.block(0, 0, h, h), first, triangle)
    addProduct(second, -1, corner, first, form)
    solveTriangle(t.block(h, h, n - h, n - h), second, triangle)
  } else {
    solveTriangle(t.block(h, h, n - h, n - h), second, triangle)
    addProduct(first, -1, corner, second, form)
    solveTriangle(t.block(0, 0, h, h), first, triangle)
  }
}

/** Replaces B by the solution X of X op(T) = B. */
export function solveTriangleRight(t: Matrix, b: Matrix, triangle: Triangle): void {
  const n = t.rows
  if (b.rows === 0 || n === 0) return
  const { upper, unit = false, form = 'plain' } = triangle
  if (n === 1) {
    if (!unit) divide(b, t, form)
    return
  }
  const h = n >> 1
  const [first, second] = [b.block(0, 0, b.rows, h), b.block(0, h, b.rows, n - h)]
  const corner = upper ? t.block(0, h, h, n - h) : t.block(h, 0, n - h, h)
  if (upper === (form === 'plain')) {
    solveTriangleRight(t.block(0, 0, h, h), first, triangle)
    addProduct(second, -1, first, corner, 'plain', form)
    solveTriangleRight(t.block(h, h, n - h, n - h), second, triangle)
  } else {
    solveTriangleRight(t.block(h, h, n - h, n - h), second, triangle)
    addProduct(first, -1, second, corner, 'plain', form)
    solveTriangleRight(t.block(0, 0, h, h), first, triangle)
  }
}

/** Divides a row or a column by the only number of `t`. */
function divide(b: Matrix, { data, at, field }: Matrix, form: Form): void {
  const im = field.width === 1 ? 0 : form === 'adjoint' ? -data[at + 1] : data[at + 1]
  if (b.rows === 1) field.divide(b.data, b.at, field.width, b.columns, data[at], im)
  else field.divide(b.data, b.at, b.step, b.rows, data[at], im)
}
