// Householder reflectors H = I − τ v vᴴ and the QR factorization, with LAPACK's signs and storage. Many reflectors are
// applied at once as I − V T Vᴴ (the compact WY form), by products.
// See Elmroth and Gustavson, "Applying recursion to serial and parallel QR factorization", IBM J. Res. Dev. 44 (2000).
import { norm2 } from './field.ts'
import type { Field } from './field.ts'
import { unit, zeros } from './matrix.ts'
import type { Matrix } from './matrix.ts'
import { addProduct, product } from './product.ts'

/** Reflectors that are applied at once. */
const blockSize = 32

/**
 * Makes the reflector whose adjoint maps the vector of `count` numbers from `at`, `step` apart, to a real multiple of
 * e₁: the first number becomes that multiple, the others v (whose first one is 1). `tau[tauAt]` gets τ; 0 if there
 * was nothing to do.
 */
export function makeReflector(
  field: Field,
  a: Float64Array,
  at: number,
  step: number,
  count: number,
  tau: Float64Array,
  tauAt: number,
): void {
  const isComplex = field.width === 2
  const rest = count > 1 ? restNorm(field, a, at + step, step, count - 1) : 0
  const [re, im] = [a[at], isComplex ? a[at + 1] : 0]
  tau[tauAt] = 0
  if (isComplex) tau[tauAt + 1] = 0
  if (rest === 0 && im === 0) return
  const size = isComplex ? Math.hypot(re, im, rest) : Math.hypot(re, rest)
  const beta = re >= 0 ? -size : size
  field.divide(a, at + step, step, count - 1, re - beta, im)
  a[at] = beta
  tau[tauAt] = (beta - re) / beta
  if (!isComplex) return
  a[at + 1] = 0
  tau[tauAt + 1] = -im / beta
}

function restNorm(field: Field, a: Float64Array, at: number, step: number, count: number): number {
  if (field.width === 1) return norm2(a, at, count, step)
  return step === 2
    ? norm2(a, at, 2 * count)
    : Math.hypot(norm2(a, at, count, step), norm2(a, at + 1, count, step))
}

/** V of the reflectors below the diagonal of `a`: ones on the diagonal, zeros above. */
function vectorsOf(a: Matrix): Matrix {
  const v = a.copy()
  for (let j = 0; j < v.columns; j++) {
    v.block(0, j, Math.min(j + 1, v.rows), 1).clear()
    if (j < v.rows) v.data[v.place(j, j)] = 1
  }
  return v
}

/** C ← C − V op(T) Vᴴ C: Q = I − V T Vᴴ or its adjoint times C. */
function applyBlock(v: Matrix, t: Matrix, c: Matrix, adjoint: boolean): void {
  if (c.columns === 0) return
  addProduct(c, -1, v, product(t, product(v, c, 'adjoint'), adjoint ? 'adjoint' : 'plain'))
}

/** T of two groups of reflectors: [[T₁, −T₁ V₁ᴴ V₂ T₂], [0, T₂]]; V₂ lacks the rows in which it is zero. */
function joinFactors(t: Matrix, v1: Matrix, v2: Matrix): void {
  const [h, rest] = [v1.columns, v2.columns]
  const inner = product(v1.block(h, 0, v1.rows - h, h), v2, 'adjoint')
  addProduct(t.block(0, h, h, rest), -1, t.block(0, 0, h, h), product(inner, t.block(h, h, rest, rest)))
}

/** QR of a matrix of few columns: R, the reflectors below it, and their T in `t`, which is zero above its diagonal. */
function factorPanel(a: Matrix, t: Matrix): void {
  const n = a.columns
  if (n === 1) return makeReflector(a.field, a.data, a.at, a.step, a.rows, t.data, t.at)
  const h = n >> 1
  const [t1, t2] = [t.block(0, 0, h, h), t.block(h, h, n - h, n - h)]
  factorPanel(a.block(0, 0, a.rows, h), t1)
  const v1 = vectorsOf(a.block(0, 0, a.rows, h))
  applyBlock(v1, t1, a.block(0, h, a.rows, n - h), true)
  const last = a.block(h, h, a.rows - h, n - h)
  factorPanel(last, t2)
  joinFactors(t, v1, vectorsOf(last))
}

/** T of reflectors whose τ are known. */
function factorsOf(v: Matrix, t: Matrix, tau: Float64Array, from: number): void {
  const n = v.columns
  const { width } = v.field
  if (n === 1) {
    for (let p = 0; p < width; p++) t.data[t.at + p] = tau[from * width + p]
    return
  }
  const h = n >> 1
  const [v1, v2] = [v.block(0, 0, v.rows, h), v.block(h, h, v.rows - h, n - h)]
  factorsOf(v1, t.block(0, 0, h, h), tau, from)
  factorsOf(v2, t.block(h, h, n - h, n - h), tau, from + h)
  joinFactors(t, v1, v2)
}

/** Replaces A by R and, below the diagonal, the reflectors of Q = H₀ H₁ …; `tau` gets their factors. */
export function factorQR(a: Matrix, tau: Float64Array): void {
  const { field, rows, columns } = a
  const count = Math.min(rows, columns)
  for (let k = 0; k < count; k += blockSize) {
    const size = Math.min(blockSize, count - k)
    const panel = a.block(k, k, rows - k, size)
    const t = zeros(field, size, size)
    factorPanel(panel, t)
    for (let i = 0; i < size; i++)
      for (let p = 0; p < field.width; p++) tau[(k + i) * field.width + p] = t.data[t.place(i, i) + p]
    if (k + size < columns)
      applyBlock(vectorsOf(panel), t, a.block(k, k + size, rows - k, columns - k - size), true)
  }
}

/** Replaces C by Q C or Qᴴ C, Q the product of the first `count` reflectors in `a`. */
export function applyQ(a: Matrix, tau: Float64Array, count: number, c: Matrix, adjoint: boolean): void {
  const blocks = Math.ceil(count / blockSize)
  for (let step = 0; step < blocks; step++) {
    const k = (adjoint ? step : blocks - 1 - step) * blockSize
    const size = Math.min(blockSize, count - k)
    const v = vectorsOf(a.block(k, k, a.rows - k, size))
    const t = zeros(a.field, size, size)
    factorsOf(v, t, tau, k)
    applyBlock(v, t, c.block(k, 0, c.rows - k, c.columns), adjoint)
  }
}

/** The first `columns` columns of Q, the product of the first `count` reflectors in `a`. */
export function formQ(a: Matrix, tau: Float64Array, count: number, columns: number): Matrix {
  const q = unit(a.field, a.rows, columns)
  for (let k = (Math.ceil(count / blockSize) - 1) * blockSize; k >= 0; k -= blockSize) {
    const size = Math.min(blockSize, count - k)
    const v = vectorsOf(a.block(k, k, a.rows - k, size))
    const t = zeros(a.field, size, size)
    factorsOf(v, t, tau, k)
    // the columns before k are still those of the unit matrix there
    applyBlock(v, t, q.block(k, Math.min(k, columns), q.rows - k, Math.max(0, columns - k)), false)
  }
  return q
}

/** An orthonormal basis of all space whose first columns are, up to sign, those of `a`. */
export function completeBasis(a: Matrix): Matrix {
  const work = a.copy()
  const tau = new Float64Array(a.columns * a.field.width)
  factorQR(work, tau)
  return formQ(work, tau, a.columns, a.rows)
}

/** Conjugates adjacent numbers, in place. */
export function conjugate(field: Field, x: Float64Array): Float64Array {
  if (field.width === 2) for (let i = 1; i < x.length; i += 2) x[i] = -x[i]
  return x
}
