// Cholesky factorization A = L Lᴴ of a Hermitian positive-definite matrix, by halves.
import type { Matrix } from './matrix.ts'
import { addProduct } from './product.ts'
import { solveTriangleRight } from './triangular.ts'

/**
 * Replaces the lower triangle of A by L, and zeros the rest. Only the lower triangle is read.
 *
 * @returns 0, or the order of the first leading minor that is not positive-definite (1-based); A is undefined then
 */
export function factorCholesky(a: Matrix): number {
  const n = a.rows
  if (n === 0) return 0
  if (n === 1) {
    const { data, at, field } = a
    if (!(data[at] > 0)) return 1
    data[at] = Math.sqrt(data[at])
    if (field.width === 2) data[at + 1] = 0
    return 0
  }
  const h = n >> 1
  const [first, last] = [a.block(0, 0, h, h), a.block(h, h, n - h, n - h)]
  const below = a.block(h, 0, n - h, h)
  const failure = factorCholesky(first)
  if (failure !== 0) return failure
  solveTriangleRight(first, below, { upper: false, form: 'adjoint' })
  subtractSquare(last, below)
  a.block(0, h, h, n - h).clear()
  const other = factorCholesky(last)
  return other === 0 ? 0 : h + other
}

/** C ← C − A Aᴴ, in its lower triangle at least. */
function subtractSquare(c: Matrix, a: Matrix): void {
  const n = c.rows
  if (n <= 48) return addProduct(c, -1, a, a, 'plain', 'adjoint')
  const h = n >> 1
  const [first, last] = [a.block(0, 0, h, a.columns), a.block(h, 0, n - h, a.columns)]
  subtractSquare(c.block(0, 0, h, h), first)
  addProduct(c.block(h, 0, n - h, h), -1, last, first, 'plain', 'adjoint')
  subtractSquare(c.block(h, h, n - h, n - h), last)
}
