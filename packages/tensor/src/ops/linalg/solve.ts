// Systems of linear equations and inverses.
import { resultInto } from '../../dispatch/out.ts'
import type { OutOption, OutsOption } from '../../dispatch/out.ts'
import { applyAll } from '../../dispatch/structured.ts'
import { dtypes } from '../../dtype.ts'
import { check } from '../../errors.ts'
import { factorLU, solveLU } from '../../linalg/lu.ts'
import { sameShape } from '../../shape/shape.ts'
import type { Tensor } from '../../tensor.ts'
import { squeeze, transpose, unsqueeze } from '../views.ts'
import type { CheckErrorsOption } from './cholesky.ts'
import { LinAlgError, batchOf, checkSquareFloat, hostOp } from './host.ts'
import { firstFailure } from './info.ts'
import { systemOf } from './triangular.ts'

/** linalgSolveEx: X of A X = B, and info; same batch dims. */
export const linalgSolveExOp = hostOp<null>({
  name: 'linalgSolveEx',
  infer: ([a, b]) => [
    { shape: b.shape, dtype: b.dtypeInfo },
    { shape: batchOf(a), dtype: dtypes.int32 },
  ],
  solve: ({ a, matrix, inputs: [, b], outputs: [x, info], n, right }) => {
    const pivots = new Float64Array(n)
    info[0] = factorLU(a, pivots)
    x.set(b)
    solveLU(a, pivots, matrix(x, n, right))
  },
})

/** linalgInvEx: the inverse, and info. */
export const linalgInvExOp = hostOp<null>({
  name: 'linalgInvEx',
  infer: ([self]) => [
    { shape: self.shape, dtype: self.dtypeInfo },
    { shape: batchOf(self), dtype: dtypes.int32 },
  ],
  solve: ({ a, matrix, field, outputs: [inverse, info], n }) => {
    const pivots = new Float64Array(n)
    info[0] = factorLU(a, pivots)
    for (let i = 0; i < n; i++) inverse[i * (n + 1) * field.width] = 1
    solveLU(a, pivots, matrix(inverse, n, n))
  },
})

function checkRegular(op: string, info: Tensor): void {
  const failure = firstFailure(info)
  check(
    failure === null,
    () =>
      new LinAlgError(
        op,
        `the matrix must be invertible, got a singular one${failure!.where} (pivot ${failure!.info - 1} is zero). Try linalg.lstsq or linalg.pinv`,
      ),
  )
}

/** Options of solve. */
export interface SolveOptions {
  /** Solve A X = B (default) or X A = B. */
  left?: boolean
}

function solved(op: string, A: Tensor, B: Tensor, left: boolean): { result: Tensor; info: Tensor } {
  const isVector = B.ndim === 1 || (A.ndim - 1 === B.ndim && sameShape(A.shape.slice(0, -1), B.shape))
  const [a, b] = systemOf(op, A, isVector ? unsqueeze(B, -1) : B, left || isVector)
  if (left) {
    const [x, info] = applyAll(linalgSolveExOp, [a, b], null)
    return { result: isVector ? squeeze(x, -1) : x, info }
  }
  const other = transpose(a, -2, -1)
  const [x, info] = applyAll(linalgSolveExOp, [other, isVector ? b : transpose(b, -2, -1)], null)
  return { result: isVector ? squeeze(x, -1) : transpose(x, -2, -1), info }
}

/**
 * As solve, with `info` instead of an error: 0, or the first zero pivot (1-based).
 *
 * @example
 * solveEx(zeros([2, 2]), ones([2])).info.item() // => 1
 * @see torch.linalg.solve_ex
 */
export function solveEx(
  A: Tensor,
  B: Tensor,
  { out, left = true, checkErrors = false }: SolveOptions & CheckErrorsOption & OutsOption = {},
): { result: Tensor; info: Tensor } {
  if (out !== undefined) return resultInto('linalg.solveEx', out, () => solveEx(A, B, { left, checkErrors }))

  const answer = solved('linalg.solveEx', A, B, left)
  if (checkErrors) checkRegular('linalg.solveEx', answer.info)
  return answer
}

/**
 * The solution of A X = B by LU factors with partial pivoting.
 *
 * @param A [..., N, N], float32, float64 or complex
 * @param B [..., N, K], or vectors: [N] or A's shape without the last dim; batch dims broadcast
 * @returns of the shape of B, batch dims broadcast
 * @throws LinAlgError if a matrix is singular
 * @example
 * linalg.solve(tensor([[2, 0], [0, 4]]), tensor([2, 4])).tolist() // => [1, 1]
 * @see torch.linalg.solve
 */
export function solve(A: Tensor, B: Tensor, { out, left = true }: SolveOptions & OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('linalg.solve', out, () => solve(A, B, { left }))

  const { result, info } = solved('linalg.solve', A, B, left)
  checkRegular('linalg.solve', info)
  return result
}

/**
 * As inv, with `info` instead of an error.
 *
 * @example
 * invEx(tensor([[2, 0], [0, 4]])).inverse.tolist() // => [[0.5, 0], [0, 0.25]]
 * @see torch.linalg.inv_ex
 */
export function invEx(
  A: Tensor,
  { out, checkErrors = false }: CheckErrorsOption & OutsOption = {},
): { inverse: Tensor; info: Tensor } {
  if (out !== undefined) return resultInto('linalg.invEx', out, () => invEx(A, { checkErrors }))

  checkSquareFloat('linalg.invEx', A)
  const [inverse, info] = applyAll(linalgInvExOp, [A], null)
  if (checkErrors) checkRegular('linalg.invEx', info)
  return { inverse, info }
}

/**
 * The inverse of square matrices. To multiply by it, linalg.solve is faster and more accurate.
 *
 * @param A [..., N, N], float32, float64 or complex
 * @throws LinAlgError if a matrix is singular
 * @example
 * linalg.inv(tensor([[2, 0], [0, 4]])).tolist() // => [[0.5, 0], [0, 0.25]]
 * @see torch.linalg.inv
 */
export function inv(A: Tensor, { out }: OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('linalg.inv', out, () => inv(A))

  checkSquareFloat('linalg.inv', A)
  const [inverse, info] = applyAll(linalgInvExOp, [A], null)
  checkRegular('linalg.inv', info)
  return inverse
}
