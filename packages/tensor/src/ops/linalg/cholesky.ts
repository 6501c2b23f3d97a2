// Cholesky factors, and solutions and inverses from them.
import { resultInto } from '../../dispatch/out.ts'
import type { OutOption, OutsOption } from '../../dispatch/out.ts'
import { applyAll, applyComposite, composite } from '../../dispatch/structured.ts'
import { dtypes } from '../../dtype.ts'
import { ShapeError, check } from '../../errors.ts'
import { factorCholesky } from '../../linalg/cholesky.ts'
import { completeHermitian } from '../../linalg/matrix.ts'
import { formatShape } from '../../shape/shape.ts'
import type { Tensor } from '../../tensor.ts'
import { eq } from '../comparison.ts'
import { eye } from '../creation.ts'
import { diagonal } from '../views.ts'
import {
  LinAlgError,
  batchOf,
  checkMatrixFloat,
  checkSameDType,
  checkSquareFloat,
  hostOp,
  withBatch,
  withCommonBatch,
} from './host.ts'
import { firstFailure } from './info.ts'
import { triangularSolution } from './triangular.ts'

/** linalgCholeskyEx: L (or U) and info. */
export const linalgCholeskyExOp = hostOp<{ readonly upper: boolean }>({
  name: 'linalgCholeskyEx',
  infer: ([self]) => [
    { shape: self.shape, dtype: self.dtypeInfo },
    { shape: batchOf(self), dtype: dtypes.int32 },
  ],
  solve: ({ a, outputs: [factor, info], attrs: { upper } }) => {
    if (upper) completeHermitian(a, true)
    info[0] = factorCholesky(a)
    factor.set(upper ? a.adjoint().data : a.data)
  },
})

/** Options of the Cholesky functions. */
export interface UpperOption {
  /** The factor is U with A = UᵀU instead of L with A = LLᵀ. */
  upper?: boolean
}
/** Whether failures of the algorithm are thrown instead of told by `info`. */
export interface CheckErrorsOption {
  checkErrors?: boolean
}

/**
 * The Cholesky factor and, instead of an error, `info`: 0, or the order of the first leading minor that is not
 * positive-definite.
 *
 * @param self [..., N, N], float32, float64 or complex; only one triangle is read
 * @returns L [..., N, N]; info [...], int32
 * @example
 * choleskyEx(tensor([[1, 2], [2, 1]])).info.item() // => 2
 * @see torch.linalg.cholesky_ex
 */
export function choleskyEx(
  self: Tensor,
  { out, upper = false, checkErrors = false }: UpperOption & CheckErrorsOption & OutsOption = {},
): { L: Tensor; info: Tensor } {
  if (out !== undefined)
    return resultInto('linalg.choleskyEx', out, () => choleskyEx(self, { upper, checkErrors }))

  checkSquareFloat('linalg.choleskyEx', self)
  const [L, info] = applyAll(linalgCholeskyExOp, [self], { upper })
  if (checkErrors) checkDefinite('linalg.choleskyEx', info)
  return { L, info }
}

function checkDefinite(op: string, info: Tensor): void {
  const failure = firstFailure(info)
  check(
    failure === null,
    () =>
      new LinAlgError(
        op,
        `the input must be positive-definite, got a leading minor of order ${failure!.info} that is not${failure!.where}`,
      ),
  )
}

/**
 * The Cholesky factor L of symmetric positive-definite matrices, A = LLᵀ.
 *
 * @param self [..., N, N], float32, float64 or complex; only the lower (upper) triangle is read
 * @returns [..., N, N]
 * @throws LinAlgError unless every matrix is positive-definite
 * @example
 * linalg.cholesky(tensor([[4, 2], [2, 5]])).tolist() // => [[2, 0], [1, 2]]
 * @see torch.linalg.cholesky
 */
export function cholesky(self: Tensor, { out, upper = false }: UpperOption & OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('linalg.cholesky', out, () => cholesky(self, { upper }))

  checkSquareFloat('linalg.cholesky', self)
  const [factor, info] = applyAll(linalgCholeskyExOp, [self], { upper })
  checkDefinite('linalg.cholesky', info)
  return factor
}

/**
 * The solution of A X = B, given the Cholesky factor of A.
 *
 * @param self B [..., N, K]
 * @param input2 the factor [..., N, N]
 * @returns [..., N, K]
 * @example
 * choleskySolve(tensor([[4], [16]]), tensor([[2, 0], [0, 4]])).tolist() // => [[1], [1]]
 * @see torch.cholesky_solve
 */
export function choleskySolve(
  self: Tensor,
  input2: Tensor,
  { out, upper = false }: UpperOption & OutOption = {},
): Tensor {
  if (out !== undefined)
    return resultInto('linalg.choleskySolve', out, () => choleskySolve(self, input2, { upper }))

  const op = 'choleskySolve'
  checkMatrixFloat(op, self, 'B')
  checkSquareFloat(op, input2, 'the factor')
  checkSameDType(op, self, input2)
  check(
    self.shape.at(-2) === input2.shape.at(-1),
    () =>
      new ShapeError(
        op,
        `B must have as many rows as the factor, got ${formatShape(self.shape)} and ${formatShape(input2.shape)}`,
      ),
  )
  const [factor, b] = withCommonBatch(op, input2, self)
  return applyComposite(choleskySolveOp, [b, factor], { upper })[0]
}

function solveFactored(factor: Tensor, b: Tensor, upper: boolean): Tensor {
  const other = factor.mH
  const [first, second] = upper ? [other, factor] : [factor, other]
  return triangularSolution(second, triangularSolution(first, b, { upper: false }), { upper: true })
}
/** choleskySolve: of [B, factor], same batch dims. */
export const choleskySolveOp = composite<{ readonly upper: boolean }>({
  name: 'choleskySolve',
  decompose: ([b, factor], { upper }) => [solveFactored(factor, b, upper)],
})
/** choleskyInverse: of a factor. */
export const choleskyInverseOp = composite<{ readonly upper: boolean }>({
  name: 'choleskyInverse',
  decompose: ([self], { upper }) => {
    const unit = eye(self.shape[self.ndim - 1], null, { dtype: self.dtype, device: self.device })
    return [solveFactored(self, withBatch(unit, batchOf(self)), upper)]
  },
})

/**
 * The inverse of a matrix, given its Cholesky factor.
 *
 * @throws LinAlgError if the diagonal of the factor has a zero
 * @example
 * choleskyInverse(tensor([[2, 0], [0, 4]])).tolist() // => [[0.25, 0], [0, 0.0625]]
 * @see torch.cholesky_inverse
 */
export function choleskyInverse(self: Tensor, { out, upper = false }: UpperOption & OutOption = {}): Tensor {
  if (out !== undefined)
    return resultInto('linalg.choleskyInverse', out, () => choleskyInverse(self, { upper }))

  checkSquareFloat('choleskyInverse', self, 'the factor')
  const zero = firstFailure(eq(diagonal(self, { dim1: -2, dim2: -1 }), 0))
  check(
    zero === null,
    () =>
      new LinAlgError(
        'choleskyInverse',
        `the diagonal of the factor must have no zero, got one${zero!.where}. The matrix is singular`,
      ),
  )
  return applyComposite(choleskyInverseOp, [self], { upper })[0]
}
