// Linear algebra outside torch.linalg: other names, and older forms with other results.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption, OutsOption } from '../dispatch/out.ts'
import { add, mul, reciprocal, sub } from './arithmetic.ts'
import { ArgumentError, ShapeError, check } from '../errors.ts'
import { formatShape, wrapDim } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { where } from './choice.ts'
import { gt } from './comparison.ts'
import { copy_, to } from './copy.ts'
import { zeros } from './creation.ts'
import * as linalg from './linalg/index.ts'
import type { UpperOption } from './linalg/cholesky.ts'
import type { Eigen } from './linalg/eigen.ts'
import type { PivotOption } from './linalg/lu.ts'
import { luFactorEx, luSolve as solveFactored } from './linalg/lu.ts'
import { norm } from './vector-norm.ts'

export { choleskyInverse, choleskySolve } from './linalg/cholesky.ts'
export { logdet } from './linalg/determinant.ts'
export { geqrf, householderProduct as orgqr, ormqr } from './linalg/qr.ts'
export { pinverse } from './linalg/svd.ts'
export { triangularSolve } from './linalg/triangular.ts'
export { det, slogdet } from './linalg/determinant.ts'
export { inv as inverse } from './linalg/solve.ts'
export { matrixExp, matrixPower } from './linalg/functions.ts'

/**
 * The Cholesky factor.
 *
 * @throws LinAlgError unless positive-definite
 * @example
 * cholesky(tensor([[4, 2], [2, 5]])).tolist() // => [[2, 0], [1, 2]]
 * @see torch.cholesky
 */
export const cholesky = (self: Tensor, { out, upper = false }: UpperOption & OutOption = {}): Tensor =>
  out === undefined
    ? linalg.cholesky(self, { upper })
    : resultInto('cholesky', out, () => cholesky(self, { upper }))

/**
 * The QR factors; without `some` all columns of Q.
 *
 * @example
 * const { Q, R } = qr(tensor([[3, 1], [4, 2]]))
 * Q.matmul(R).tolist() // => [[3, 1], [4, 2]]
 * @see torch.qr
 */
export const qr = (
  self: Tensor,
  { out, some = true }: { some?: boolean } & OutsOption = {},
): { Q: Tensor; R: Tensor } =>
  out === undefined
    ? linalg.qr(self, { mode: some ? 'reduced' : 'complete' })
    : resultInto('qr', out, () => qr(self, { some }))

/** Options of svd. */
export interface OldSVDOptions {
  /** Only the first min(M, N) columns of U and V (default). */
  some?: boolean
  /** Make U and V; else they are zeros. */
  computeUv?: boolean
}
/**
 * A = U diag(S) Vᴴ: V, not its transpose, as torch.svd. Prefer linalg.svd.
 *
 * @example
 * svd(tensor([[0, 3], [2, 0]])).S.tolist() // => [3, 2]
 * @see torch.svd
 */
export function svd(
  self: Tensor,
  { out, some = true, computeUv = true }: OldSVDOptions & OutsOption = {},
): { U: Tensor; S: Tensor; V: Tensor } {
  if (out !== undefined) return resultInto('svd', out, () => svd(self, { some, computeUv }))

  if (computeUv) {
    const { U, S, Vh } = linalg.svd(self, { fullMatrices: !some })
    return { U, S, V: Vh.mH }
  }
  const S = linalg.svdvals(self)
  const [batch, [m, n]] = [self.shape.slice(0, -2), self.shape.slice(-2)]
  const { dtype, device } = self
  return { U: zeros([...batch, m, m], { dtype, device }), S, V: zeros([...batch, n, n], { dtype, device }) }
}

/**
 * The eigenvalues of symmetric matrices, and the vectors if asked for. Prefer linalg.eigh.
 *
 * @example
 * symeig(tensor([[2, 1], [1, 2]])).eigenvalues.tolist() // => [1, 3]
 * @see torch.symeig
 */
export function symeig(
  self: Tensor,
  { out, eigenvectors = false, upper = true }: { eigenvectors?: boolean; upper?: boolean } & OutsOption = {},
): Eigen {
  if (out !== undefined) return resultInto('symeig', out, () => symeig(self, { eigenvectors, upper }))

  const UPLO = upper ? 'U' : 'L'
  if (eigenvectors) return linalg.eigh(self, { UPLO })
  const none = zeros([0], { dtype: self.dtype, device: self.device })
  return { eigenvalues: linalg.eigvalsh(self, { UPLO }), eigenvectors: none }
}

/**
 * The LU factors in one matrix, the pivots, and with `getInfos` what went wrong.
 *
 * @example
 * const [factors, pivots] = lu(tensor([[0, 2], [4, 6]]))
 * factors.tolist() // => [[4, 6], [0, 2]]
 * pivots.tolist() // => [2, 2]
 * @see torch.lu
 */
export function lu(
  self: Tensor,
  { pivot = true, getInfos = false }: PivotOption & { getInfos?: boolean } = {},
): readonly Tensor[] {
  const { LU, pivots, info } = luFactorEx(self, { pivot })
  return getInfos ? [LU, pivots, info] : [LU, pivots]
}
/**
 * The solution of A X = B given the LU factors of A; self is B.
 *
 * @example
 * const [factors, pivots] = tensor([[0, 2], [4, 0]]).lu()
 * luSolve(tensor([[2], [8]]), factors, pivots).tolist() // => [[2], [1]]
 * @see torch.lu_solve
 */
export const luSolve = (self: Tensor, LUData: Tensor, LUPivots: Tensor, { out }: OutOption = {}): Tensor =>
  out === undefined
    ? solveFactored(LUData, LUPivots, self)
    : resultInto('luSolve', out, () => luSolve(self, LUData, LUPivots))

/**
 * The cross product along `dim`; without one, along the first dim of size 3.
 *
 * @throws ShapeError if no dim has size 3
 * @example
 * cross(tensor([1, 0, 0]), tensor([0, 1, 0])).tolist() // => [0, 0, 1]
 * @see torch.cross
 */
export function cross(
  self: Tensor,
  other: Tensor,
  dim: number | null = null,
  { out }: OutOption = {},
): Tensor {
  if (out !== undefined) return resultInto('cross', out, () => cross(self, other, dim))

  if (dim !== null) return linalg.cross(self, other, dim)
  const at = self.shape.indexOf(3)
  check(
    at >= 0,
    () => new ShapeError('cross', `a dim of self must have size 3, got shape ${formatShape(self.shape)}`),
  )
  return linalg.cross(self, other, at)
}

/**
 * The p-norm of the difference.
 *
 * @example
 * dist(tensor([0, 0]), tensor([3, 4])).item() // => 5
 * @see torch.dist
 */
export const dist = (self: Tensor, other: Tensor, { p = 2 }: { p?: number } = {}): Tensor =>
  norm(sub(self, other), p)

/**
 * Self with each slice along `dim` scaled down to a p-norm of at most `maxnorm`.
 *
 * @throws ArgumentError unless p is positive and maxnorm at least 0
 * @example
 * renorm(tensor([[3, 4], [0.3, 0.4]]), 2, 0, 1).tolist() // => [[0.6, 0.8], [0.3, 0.4]]
 * @see torch.renorm
 */
export function renorm(
  self: Tensor,
  p: number,
  dim: number,
  maxnorm: number,
  { out }: OutOption = {},
): Tensor {
  if (out !== undefined) return resultInto('renorm', out, () => renorm(self, p, dim, maxnorm))

  check(p > 0, () => new ArgumentError('renorm', `p must be positive, got ${p}`))
  check(maxnorm >= 0, () => new ArgumentError('renorm', `maxnorm must be at least 0, got ${maxnorm}`))
  check(
    self.ndim > 1,
    () => new ShapeError('renorm', `self must have at least 2 dims, got shape ${formatShape(self.shape)}`),
  )
  const at = wrapDim('renorm', dim, self.ndim)
  const others = self.shape.map((_, i) => i).filter((i) => i !== at)
  const wide = self.dtypeInfo.itemSize < 4 ? to(self, { dtype: 'float32' }) : self
  const size = norm(wide, p, others, { keepdim: true })
  const factor = where(gt(size, maxnorm), mul(reciprocal(add(size, 1e-7)), maxnorm), 1)
  return mul(self, to(factor, { dtype: self.dtype }))
}
/** In-place renorm. @see torch.Tensor.renorm_ */
export const renorm_ = (self: Tensor, p: number, dim: number, maxnorm: number): Tensor =>
  copy_(self, renorm(self, p, dim, maxnorm))
