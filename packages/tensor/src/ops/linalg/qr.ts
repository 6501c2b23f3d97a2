// QR factors by Householder reflectors, and the reflectors themselves.
import { resultInto } from '../../dispatch/out.ts'
import type { OutOption, OutsOption } from '../../dispatch/out.ts'
import { apply, applyAll, applyComposite, composite } from '../../dispatch/structured.ts'
import { ArgumentError, ShapeError, check } from '../../errors.ts'
import { applyQ, factorQR, formQ } from '../../linalg/householder.ts'
import { formatShape, sameShape } from '../../shape/shape.ts'
import type { Tensor } from '../../tensor.ts'
import { mul, sub } from '../arithmetic.ts'
import { conj } from '../complex-parts.ts'
import { cat } from '../join.ts'
import { onesLike } from '../like.ts'
import { matmul } from '../matmul.ts'
import { narrow, unsqueeze } from '../views.ts'
import { batchOf, checkMatrix, checkMatrixFloat, checkSameDType, hostOp } from './host.ts'

/** How much of the QR factors is made: K = min(M, N) columns of Q, all M of them, or only R. */
export type QRMode = 'reduced' | 'complete' | 'r'

/** linalgQr: Q and R. */
export const linalgQrOp = hostOp<{ readonly mode: QRMode }>({
  name: 'linalgQr',
  infer: ([self], { mode }) => {
    const [m, n] = self.shape.slice(-2)
    const k = mode === 'complete' ? m : Math.min(m, n)
    return [
      { shape: mode === 'r' ? [0] : [...batchOf(self), m, k], dtype: self.dtypeInfo },
      { shape: [...batchOf(self), k, n], dtype: self.dtypeInfo },
    ]
  },
  solve: ({ a, matrix, field, outputs: [q, r], m, n, attrs: { mode } }) => {
    const k = Math.min(m, n)
    const tau = new Float64Array(k * field.width)
    factorQR(a, tau)
    const upper = matrix(r, mode === 'complete' ? m : k, n)
    for (let i = 0; i < k; i++) upper.block(i, i, 1, n - i).set(a.block(i, i, 1, n - i))
    if (mode !== 'r') q.set(formQ(a, tau, k, mode === 'complete' ? m : k).data)
  },
})

/**
 * The QR factors of matrices: A = Q R with orthonormal columns of Q and an upper triangle R.
 *
 * @param A [..., M, N], float32, float64 or complex
 * @param options `mode`: 'reduced' (default), 'complete', or 'r' (Q is empty then)
 * @returns Q [..., M, K] and R [..., K, N]
 * @example
 * const { Q, R } = qr(tensor([[3, 1], [4, 2]]))
 * Q.matmul(R).tolist() // => [[3, 1], [4, 2]]
 * @see torch.linalg.qr
 */
export function qr(
  A: Tensor,
  { out, mode = 'reduced' }: { mode?: QRMode } & OutsOption = {},
): { Q: Tensor; R: Tensor } {
  if (out !== undefined) return resultInto('linalg.qr', out, () => qr(A, { mode }))

  check(
    mode === 'reduced' || mode === 'complete' || mode === 'r',
    () => new ArgumentError('linalg.qr', `mode must be 'reduced', 'complete' or 'r', got '${String(mode)}'`),
  )
  checkMatrixFloat('linalg.qr', A)
  const [Q, R] = applyAll(linalgQrOp, [A], { mode })
  return { Q, R }
}

/** geqrf: R with the reflectors below its diagonal, and their factors. */
export const geqrfOp = hostOp<null>({
  name: 'geqrf',
  infer: ([self]) => [
    { shape: self.shape, dtype: self.dtypeInfo },
    { shape: [...batchOf(self), Math.min(...self.shape.slice(-2))], dtype: self.dtypeInfo },
  ],
  solve: ({ a, outputs: [factors, tau] }) => {
    factorQR(a, tau)
    factors.set(a.data)
  },
})
/**
 * The QR factors as LAPACK stores them, for householderProduct and ormqr; no gradients.
 *
 * @example
 * geqrf(tensor([[3], [4]])).tau.item() // => 1.6
 * @see torch.geqrf
 */
export function geqrf(self: Tensor, { out }: OutsOption = {}): { a: Tensor; tau: Tensor } {
  if (out !== undefined) return resultInto('linalg.geqrf', out, () => geqrf(self))

  checkMatrixFloat('geqrf', self)
  const [a, tau] = applyAll(geqrfOp, [self], null)
  return { a, tau }
}

/** v of reflector `i`: 1 at row i, the column below. */
function reflector(factors: Tensor, i: number): Tensor {
  const m = factors.shape[factors.ndim - 2]
  const column = narrow(factors, -1, i, 1)
  const one = onesLike(narrow(column, -2, i, 1).detach())
  const parts = [mul(narrow(column.detach(), -2, 0, i), 0), one, narrow(column, -2, i + 1, m - i - 1)]
  return cat(parts, -2)
}
/** H c = c − τ v (vᴴ c) */
function reflect(factors: Tensor, tau: Tensor, i: number, c: Tensor): Tensor {
  const v = reflector(factors, i)
  const t = unsqueeze(narrow(tau, -1, i, 1), -1)
  return sub(c, matmul(mul(v, t), matmul(v.mH, c)))
}

/** Q of the reflectors times `c`, or Qᴴ c. */
function applyReflectors(factors: Tensor, tau: Tensor, c: Tensor, adjoint: boolean): Tensor {
  const count = tau.shape[tau.ndim - 1]
  const factorsTau = adjoint ? conj(tau) : tau
  let result = c
  for (let step = 0; step < count; step++)
    result = reflect(factors, factorsTau, adjoint ? step : count - 1 - step, result)
  return result
}

/** linalgHouseholderProduct: [input, tau]; the first columns of H₀ H₁ … */
export const linalgHouseholderProductOp = hostOp<null>({
  name: 'linalgHouseholderProduct',
  infer: ([input]) => [{ shape: input.shape, dtype: input.dtypeInfo }],
  solve: ({ a, inputs: [, tau], outputs: [q], n, right }) => q.set(formQ(a, tau, right, n).data),
})

/** On which side Q stands, and whether it is (conjugated and) transposed. */
export interface OrmqrAttrs {
  readonly left: boolean
  readonly adjoint: boolean
}
/** ormqr: [input, tau, other]. */
export const ormqrOp = composite<OrmqrAttrs>({
  name: 'ormqr',
  decompose: ([input, tau, other], { left, adjoint }) => {
    if (tau.shape[tau.ndim - 1] === 0) return [other.clone()]
    if (left) return [applyReflectors(input, tau, other, adjoint)]
    return [applyReflectors(input, tau, other.mH, !adjoint).mH]
  },
  fuse: (_backend, [input, tau, other], { left, adjoint }) =>
    left
      ? [apply(reflectionOp, [input, other, tau], { adjoint })]
      : [apply(reflectionOp, [input, other.mH, tau], { adjoint: !adjoint }).mH],
})
// The forward of ormqr: [input, other, tau].
const reflectionOp = hostOp<{ readonly adjoint: boolean }>({
  name: 'ormqr',
  infer: ([, other]) => [{ shape: other.shape, dtype: other.dtypeInfo }],
  solve: ({ a, matrix, field, inputs: [, other, tau], outputs: [result], m, right, attrs: { adjoint } }) => {
    result.set(other)
    applyQ(a, tau, tau.length / field.width, matrix(result, m, right), adjoint)
  },
})

function checkReflectors(op: string, input: Tensor, tau: Tensor): void {
  checkMatrixFloat(op, input)
  checkSameDType(op, input, tau)
  const [m, n] = input.shape.slice(-2)
  check(
    m >= n,
    () =>
      new ShapeError(
        op,
        `the input must have at least as many rows as columns, got ${formatShape(input.shape)}`,
      ),
  )
  check(
    tau.ndim === input.ndim - 1 &&
      sameShape(tau.shape.slice(0, -1), batchOf(input)) &&
      tau.shape[tau.ndim - 1] <= n,
    () =>
      new ShapeError(
        op,
        `tau must have the batch dims of the input and at most as many elements as it has columns, got ${formatShape(tau.shape)} for ${formatShape(input.shape)}`,
      ),
  )
}

/**
 * The first N columns of the product of reflectors that geqrf gives: Q.
 *
 * @param input [..., M, N], M ≥ N: the vectors below the diagonal
 * @param tau [..., K], K ≤ N
 * @returns [..., M, N]
 * @example
 * const { a, tau } = geqrf(tensor([[3], [4]]))
 * householderProduct(a, tau).tolist() // => [[-0.6], [-0.8]]
 * @see torch.linalg.householder_product
 */
export function householderProduct(input: Tensor, tau: Tensor, { out }: OutOption = {}): Tensor {
  if (out !== undefined)
    return resultInto('linalg.householderProduct', out, () => householderProduct(input, tau))

  checkReflectors('linalg.householderProduct', input, tau)
  return apply(linalgHouseholderProductOp, [input, tau], null)
}

/** Options of ormqr. */
export interface OrmqrOptions {
  /** Q · other (default) or other · Q. */
  left?: boolean
  /** Use Qᴴ (of real matrices Qᵀ). */
  transpose?: boolean
}
/**
 * The product of Q, given as reflectors, and a matrix.
 *
 * @param self [..., M, N]: the vectors, as geqrf gives them
 * @param input2 tau [..., K]
 * @param input3 the matrix [..., M, P], or [..., P, M] if not `left`
 * @example
 * const { a, tau } = geqrf(tensor([[3], [4]]))
 * ormqr(a, tau, tensor([[3], [4]]), { transpose: true }).tolist()[0] // => [-5]
 * @see torch.ormqr
 */
export function ormqr(
  self: Tensor,
  input2: Tensor,
  input3: Tensor,
  { out, left = true, transpose: adjoint = false }: OrmqrOptions & OutOption = {},
): Tensor {
  if (out !== undefined)
    return resultInto('linalg.ormqr', out, () => ormqr(self, input2, input3, { left, transpose: adjoint }))

  const op = 'ormqr'
  checkMatrixFloat(op, self)
  checkMatrix(op, input3, 'the matrix')
  checkSameDType(op, self, input2)
  checkSameDType(op, self, input3)
  const rows = input3.shape.at(left ? -2 : -1)
  check(
    rows === self.shape.at(-2) && sameShape(batchOf(self), batchOf(input3)),
    () =>
      new ShapeError(
        op,
        `the matrix must fit the reflectors, got ${formatShape(input3.shape)} and ${formatShape(self.shape)}`,
      ),
  )
  check(
    input2.ndim === self.ndim - 1 &&
      sameShape(input2.shape.slice(0, -1), batchOf(self)) &&
      input2.shape[input2.ndim - 1] <= Math.min(...self.shape.slice(-2)),
    () =>
      new ShapeError(
        op,
        `tau must have one element for each of at most ${Math.min(...self.shape.slice(-2))} reflectors, got ${formatShape(input2.shape)}`,
      ),
  )
  return applyComposite(ormqrOp, [self, input2, input3], { left, adjoint })[0]
}
