// Matrix products on host arrays, in which the algorithms spend most of their time.
import { hostKernels } from './host-kernels.ts'
import { zeros } from './matrix.ts'
import type { Matrix } from './matrix.ts'

/** How a factor is taken: as it is, transposed, or conjugated and transposed (the same for real matrices). */
export type Form = 'plain' | 'transpose' | 'adjoint'

/** Products of fewer multiplications are not worth the copies that a backend makes. */
const worthwhile = 32 ** 3

/** C ← C + sign · op(A) op(B). */
export function addProduct(
  c: Matrix,
  sign: 1 | -1,
  a: Matrix,
  b: Matrix,
  aForm: Form = 'plain',
  bForm: Form = 'plain',
): void {
  const { width } = c.field
  const [m, n] = [c.rows, c.columns * width]
  const k = (aForm === 'plain' ? a.columns : a.rows) * width
  if (m === 0 || n === 0 || k === 0) return
  const { hostProduct } = hostKernels()
  if (hostProduct !== undefined && m * n * k >= worthwhile) {
    const [left, right] = [leftFactor(a, aForm), rightFactor(b, bForm)]
    if (hostProduct(c.data, c.at, c.step, left, right, m, k, n, sign)) return
  }
  // A real A is read by its strides; rows of B must be adjacent numbers.
  let [left, leftAt, rowStep, columnStep] = [a.data, a.at, a.step, 1]
  if (width === 1) {
    if (aForm !== 'plain') [rowStep, columnStep] = [1, a.step]
  } else if (aForm !== 'plain') {
    ;[left, leftAt, rowStep] = [leftFactor(a, aForm), 0, k]
  }
  let [right, rightAt, rightStep] = [b.data, b.at, b.step]
  if (width === 2 || bForm !== 'plain') [right, rightAt, rightStep] = [rightFactor(b, bForm), 0, n]
  accumulate(
    c.data,
    c.at,
    c.step,
    left,
    leftAt,
    rowStep,
    columnStep,
    right,
    rightAt,
    rightStep,
    m,
    k,
    n,
    sign,
  )
}

/** op(A) op(B). */
export function product(a: Matrix, b: Matrix, aForm: Form = 'plain', bForm: Form = 'plain'): Matrix {
  const rows = aForm === 'plain' ? a.rows : a.columns
  const result = zeros(a.field, rows, bForm === 'plain' ? b.columns : b.rows)
  addProduct(result, 1, a, b, aForm, bForm)
  return result
}

/** op(A) as a dense real matrix; complex numbers are pairs of columns. */
function leftFactor(a: Matrix, form: Form): Float64Array {
  return (form === 'plain' ? a.copy() : transposed(a, form)).data
}

/**
 * op(B) as a dense real matrix. A complex number b becomes a block [[re, im], [−im, re]], so that pairs of columns of
 * the left factor times it give pairs of columns of the product.
 */
function rightFactor(b: Matrix, form: Form): Float64Array {
  const plain = form === 'plain' ? b : transposed(b, form)
  if (b.field.width === 1) return plain.copy().data
  const { data, rows, columns } = plain
  const n = 2 * columns
  const result = new Float64Array(2 * rows * n)
  for (let i = 0; i < rows; i++) {
    let from = plain.place(i, 0)
    let to = 2 * i * n
    for (let j = 0; j < columns; j++, from += 2, to += 2) {
      result[to] = result[to + n + 1] = data[from]
      result[to + 1] = data[from + 1]
      result[to + n] = -data[from + 1]
    }
  }
  return result
}

const transposed = (a: Matrix, form: Form): Matrix => (form === 'adjoint' ? a.adjoint() : a.transpose())

/** C ← C + sign · A B on places: two rows of C and four of B at a time. */
function accumulate(
  c: Float64Array,
  cAt: number,
  cStep: number,
  a: Float64Array,
  aAt: number,
  rowStep: number,
  columnStep: number,
  b: Float64Array,
  bAt: number,
  bStep: number,
  m: number,
  k: number,
  n: number,
  sign: number,
): void {
  let i = 0
  for (; i + 1 < m; i += 2) {
    const c0 = cAt + i * cStep
    const c1 = c0 + cStep
    let a0 = aAt + i * rowStep
    let a1 = a0 + rowStep
    let p = 0
    for (; p + 3 < k; p += 4) {
      const f0 = sign * a[a0]
      const g0 = sign * a[a1]
      const f1 = sign * a[a0 + columnStep]
      const g1 = sign * a[a1 + columnStep]
      const f2 = sign * a[a0 + 2 * columnStep]
      const g2 = sign * a[a1 + 2 * columnStep]
      const f3 = sign * a[a0 + 3 * columnStep]
      const g3 = sign * a[a1 + 3 * columnStep]
      a0 += 4 * columnStep
      a1 += 4 * columnStep
      const b0 = bAt + p * bStep
      const b1 = b0 + bStep
      const b2 = b1 + bStep
      const b3 = b2 + bStep
      for (let j = 0; j < n; j++) {
        const x0 = b[b0 + j]
        const x1 = b[b1 + j]
        const x2 = b[b2 + j]
        const x3 = b[b3 + j]
        c[c0 + j] += f0 * x0 + f1 * x1 + f2 * x2 + f3 * x3
        c[c1 + j] += g0 * x0 + g1 * x1 + g2 * x2 + g3 * x3
      }
    }
    for (; p < k; p++) {
      const f = sign * a[a0]
      const g = sign * a[a1]
      a0 += columnStep
      a1 += columnStep
      const row = bAt + p * bStep
      for (let j = 0; j < n; j++) {
        const x = b[row + j]
        c[c0 + j] += f * x
        c[c1 + j] += g * x
      }
    }
  }
  if (i === m) return
  const row = cAt + i * cStep
  for (let p = 0; p < k; p++) {
    const factor = sign * a[aAt + i * rowStep + p * columnStep]
    const from = bAt + p * bStep
    for (let j = 0; j < n; j++) c[row + j] += factor * b[from + j]
  }
}
