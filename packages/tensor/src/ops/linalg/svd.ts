// Singular values and vectors, and what is made of them: pseudo-inverse, rank, condition number.
import { resultInto } from '../../dispatch/out.ts'
import type { OutOption, OutsOption } from '../../dispatch/out.ts'
import { realOf } from '../../dtype.ts'
import { apply, applyAll, applyComposite, composite } from '../../dispatch/structured.ts'
import { NotImplementedError, check } from '../../errors.ts'
import { isFiniteMatrix } from '../../linalg/field.ts'
import { decomposeSingular, singularValues } from '../../linalg/svd.ts'
import { Tensor } from '../../tensor.ts'
import { abs, maximum, mul, reciprocal } from '../arithmetic.ts'
import { where } from '../choice.ts'
import { gt } from '../comparison.ts'
import { empty, full, zeros } from '../creation.ts'
import { matmul } from '../matmul.ts'
import { amax, sum } from '../reduce.ts'
import { unsqueeze } from '../views.ts'
import { eigh, eigvalsh } from './eigen.ts'
import { LinAlgError, batchOf, checkMatrixFloat, checkSquare, epsilonOf, hostOp } from './host.ts'

const rankBound = (self: Tensor): number => Math.min(...self.shape.slice(-2))

function checkConverged<T>(op: string, result: T | null, where: string): asserts result is T {
  check(
    result !== null,
    () =>
      new LinAlgError(op, `the singular values must converge, got a matrix for which they do not${where}`),
  )
}
function checkFinite(op: string, a: Float64Array, where: string): void {
  check(
    isFiniteMatrix(a),
    () => new LinAlgError(op, `the elements must be finite, got a matrix with infinities or NaNs${where}`),
  )
}

/** linalgSvd: U, S, Vᴴ. */
export const linalgSvdOp = hostOp<{ readonly fullMatrices: boolean }>({
  name: 'linalgSvd',
  infer: ([self], { fullMatrices }) => {
    const [batch, [m, n], k] = [batchOf(self), self.shape.slice(-2), rankBound(self)]
    const dtype = self.dtypeInfo
    return [
      { shape: [...batch, m, fullMatrices ? m : k], dtype },
      { shape: [...batch, k], dtype: realOf(dtype) },
      { shape: [...batch, fullMatrices ? n : k, n], dtype },
    ]
  },
  solve: ({ a, outputs: [u, s, vh], attrs: { fullMatrices }, where }) => {
    checkFinite('linalg.svd', a.data, where)
    const result = decomposeSingular(a, fullMatrices)
    checkConverged('linalg.svd', result, where)
    u.set(result.u.data)
    s.set(result.s)
    vh.set(result.vh.data)
  },
})
/** linalgSvdvals: S. */
export const linalgSvdvalsOp = hostOp<null>({
  name: 'linalgSvdvals',
  gradName: 'LinalgSvdBackward0',
  infer: ([self]) => [{ shape: [...batchOf(self), rankBound(self)], dtype: realOf(self.dtypeInfo) }],
  solve: ({ a, outputs: [s], where }) => {
    checkFinite('linalg.svdvals', a.data, where)
    const result = singularValues(a)
    checkConverged('linalg.svdvals', result, where)
    s.set(result)
  },
})

/** Options of svd. */
export interface SVDOptions {
  /** All columns of U and V (default), or only the first min(M, N). */
  fullMatrices?: boolean
  /** cuSOLVER's method in PyTorch: there is nothing to choose here. */
  driver?: null
}
/** A = U diag(S) Vh. */
export interface SVDResult {
  /** [..., M, M], or [..., M, K], K = min(M, N), unless full. */
  U: Tensor
  /** [..., K], falling. */
  S: Tensor
  /** [..., N, N], or [..., K, N] unless full. */
  Vh: Tensor
}
function checkDriver(op: string, driver: unknown): void {
  check(
    driver === null || driver === undefined,
    () =>
      new NotImplementedError(
        op,
        `driver must be null: it names methods of cuSOLVER, got '${String(driver)}'`,
      ),
  )
}

/**
 * The singular value decomposition A = U diag(S) Vh, by Householder reflectors and implicit QR.
 *
 * @param A [..., M, N], float32, float64 or complex
 * @throws LinAlgError if an element is not finite
 * @example
 * linalg.svd(tensor([[0, 2], [1, 0]])).S.tolist() // => [2, 1]
 * @see torch.linalg.svd
 */
export function svd(
  A: Tensor,
  { out, fullMatrices = true, driver = null }: SVDOptions & OutsOption = {},
): SVDResult {
  if (out !== undefined) return resultInto('linalg.svd', out, () => svd(A, { fullMatrices, driver }))

  checkMatrixFloat('linalg.svd', A)
  checkDriver('linalg.svd', driver)
  const [U, S, Vh] = applyAll(linalgSvdOp, [A], { fullMatrices })
  return { U, S, Vh }
}
/**
 * The singular values, falling.
 *
 * @throws LinAlgError if an element is not finite
 * @example
 * svdvals(tensor([[0, 3], [2, 0]])).tolist() // => [3, 2]
 * @see torch.linalg.svdvals
 */
export function svdvals(A: Tensor, { out, driver = null }: { driver?: null } & OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('linalg.svdvals', out, () => svdvals(A, { driver }))

  checkMatrixFloat('linalg.svdvals', A)
  checkDriver('linalg.svdvals', driver)
  return apply(linalgSvdvalsOp, [A], null)
}

/** What counts as zero among singular values: what is at most max(atol, rtol · largest). */
export interface ToleranceOptions {
  /** 0 by default; a tensor holds one for each matrix. */
  atol?: number | Tensor | null
  /** By default max(M, N) · ε, or 0 if atol is given and positive. */
  rtol?: number | Tensor | null
  /** The matrices are symmetric: use eigenvalues. */
  hermitian?: boolean
}
/** Both tolerances given or implied. */
export interface Tolerances {
  readonly atol: number | Tensor
  readonly rtol: number | Tensor
  readonly hermitian: boolean
}
const standardRtol = (self: Tensor): number => epsilonOf(self.dtypeInfo) * Math.max(...self.shape.slice(-2))
const perMatrix = (value: number | Tensor, self: Tensor): Tensor =>
  value instanceof Tensor
    ? value
    : full([], value, { dtype: realOf(self.dtypeInfo).name, device: self.device })

/** PyTorch's rule: rtol counts by default, unless a positive atol is given. */
function tolerancesOf(
  op: string,
  self: Tensor,
  { atol = null, rtol = null, hermitian = false }: ToleranceOptions,
): Tolerances {
  checkMatrixFloat(op, self)
  if (hermitian) checkSquare(op, self)
  const standard = standardRtol(self)
  const implied = (): number | Tensor => {
    if (atol instanceof Tensor)
      return where(
        gt(atol, 0),
        0,
        full([], standard, { dtype: realOf(self.dtypeInfo).name, device: self.device }),
      )
    return atol !== null && atol > 0 ? 0 : standard
  }
  return { atol: atol ?? 0, rtol: rtol ?? implied(), hermitian }
}
/** The bound of each matrix: [..., 1], given its singular values. */
function boundOf(self: Tensor, values: Tensor, { atol, rtol }: Tolerances): Tensor {
  const relative = mul(perMatrix(rtol, self), amax(values, -1))
  return unsqueeze(maximum(perMatrix(atol, self), relative), -1)
}

/** linalgPinv: the pseudo-inverse. */
export const linalgPinvOp = composite<Tolerances>({
  name: 'linalgPinv',
  decompose: ([self], attrs) => {
    if (self.elementCount === 0) {
      const [m, n] = self.shape.slice(-2)
      return [empty([...batchOf(self), n, m], { dtype: self.dtype, device: self.device })]
    }
    if (attrs.hermitian) {
      const { eigenvalues, eigenvectors } = eigh(self)
      const size = abs(eigenvalues)
      const inverse = where(gt(size, boundOf(self, size, attrs)), reciprocal(eigenvalues), 0)
      return [matmul(mul(eigenvectors, unsqueeze(inverse, -2)), eigenvectors.mH)]
    }
    const { U, S, Vh } = svd(self, { fullMatrices: false })
    const inverse = where(gt(S, boundOf(self, S, attrs)), reciprocal(S), 0)
    return [matmul(mul(Vh.mH, unsqueeze(inverse, -2)), U.mH)]
  },
})

/**
 * The pseudo-inverse (Moore-Penrose) by singular values.
 *
 * @param self [..., M, N], float32, float64 or complex
 * @returns [..., N, M]
 * @example
 * linalg.pinv(tensor([[2, 0], [0, 0]])).tolist() // => [[0.5, 0], [0, 0]]
 * @see torch.linalg.pinv
 */
export function pinv(
  self: Tensor,
  {
    out,
    atol = null,
    rtol = null,
    hermitian = false,
    rcond,
  }: ToleranceOptions & { /** NumPy's name of rtol. */ rcond?: number | Tensor } & OutOption = {},
): Tensor {
  if (out !== undefined)
    return resultInto('linalg.pinv', out, () => pinv(self, { atol, rtol, hermitian, rcond }))

  const attrs = tolerancesOf(
    'linalg.pinv',
    self,
    rcond === undefined ? { atol, rtol, hermitian } : { atol: 0, rtol: rcond, hermitian },
  )
  return applyComposite(linalgPinvOp, [self], attrs)[0]
}
/**
 * The pseudo-inverse; singular values up to `rcond` times the largest count as 0.
 *
 * @example
 * pinverse(tensor([[2, 0], [0, 0]])).tolist() // => [[0.5, 0], [0, 0]]
 * @see torch.pinverse
 */
export const pinverse = (self: Tensor, { rcond = 1e-15 }: { rcond?: number } = {}): Tensor =>
  pinv(self, { rcond })

/**
 * The number of singular values that do not count as zero.
 *
 * @param self [..., M, N], float32, float64 or complex
 * @param options tolerances; `tol` is an older name of atol with rtol = 0
 * @returns [...], int64
 * @example
 * matrixRank(tensor([[1, 2], [2, 4]])).item() // => 1
 * @see torch.linalg.matrix_rank
 */
export function matrixRank(
  self: Tensor,
  {
    out,
    atol = null,
    rtol = null,
    hermitian = false,
    tol,
  }: ToleranceOptions & { tol?: number | Tensor } & OutOption = {},
): Tensor {
  if (out !== undefined)
    return resultInto('linalg.matrixRank', out, () => matrixRank(self, { atol, rtol, hermitian, tol }))

  const op = 'linalg.matrixRank'
  const attrs = tolerancesOf(
    op,
    self,
    tol === undefined ? { atol, rtol, hermitian } : { atol: tol, rtol: 0, hermitian },
  )
  if (self.elementCount === 0) return zeros(batchOf(self), { dtype: 'int64', device: self.device })
  const source = self.detach()
  const values = hermitian ? abs(eigvalsh(source)) : svdvals(source)
  return sum(gt(values, boundOf(source, values, attrs)), -1)
}
