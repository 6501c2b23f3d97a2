// LU factors with partial pivoting: P A = L U.
import { resultInto } from '../../dispatch/out.ts'
import type { OutOption, OutsOption } from '../../dispatch/out.ts'
import { apply, applyAll } from '../../dispatch/structured.ts'
import { dtypes } from '../../dtype.ts'
import { DTypeError, ShapeError, check } from '../../errors.ts'
import { factorLU, permutationOf } from '../../linalg/lu.ts'
import { formatShape } from '../../shape/shape.ts'
import type { Tensor } from '../../tensor.ts'
import { add } from '../arithmetic.ts'
import { eq } from '../comparison.ts'
import { to } from '../copy.ts'
import { arange, empty, eye } from '../creation.ts'
import { gather } from '../indexing.ts'
import { tril, triu } from '../matrix-parts.ts'
import { expand, narrow, unsqueeze } from '../views.ts'
import type { CheckErrorsOption } from './cholesky.ts'
import {
  LinAlgError,
  batchOf,
  checkMatrix,
  checkMatrixFloat,
  checkSameDType,
  checkSquareFloat,
  hostOp,
  withBatch,
  withCommonBatch,
} from './host.ts'
import { firstFailure } from './info.ts'
import { triangularSolution } from './triangular.ts'

/** linalgLuFactorEx: LU in one matrix, pivots (1-based row swaps), info. */
export const linalgLuFactorExOp = hostOp<{ readonly pivot: boolean }>({
  name: 'linalgLuFactorEx',
  infer: ([self]) => {
    const [batch, rank] = [batchOf(self), Math.min(...self.shape.slice(-2))]
    return [
      { shape: self.shape, dtype: self.dtypeInfo },
      { shape: [...batch, rank], dtype: dtypes.int32 },
      { shape: batch, dtype: dtypes.int32 },
    ]
  },
  solve: ({ a, outputs: [factors, pivots, info], attrs: { pivot } }) => {
    info[0] = factorLU(a, pivots, pivot)
    factors.set(a.data)
  },
})

/** luPermutation: of [LU, pivots]: which row of A is row i of P A. */
export const luPermutationOp = hostOp<null>({
  name: 'luPermutation',
  infer: ([factors]) => [{ shape: factors.shape.slice(0, -1), dtype: dtypes.int64 }],
  solve: ({ inputs: [, pivots], outputs: [order], m }) => order.set(permutationOf(pivots, m)),
})

/** Options of the LU functions. */
export interface PivotOption {
  /** Swap rows (default), as stability asks. */
  pivot?: boolean
}
/** LU in one matrix, with the swaps. */
export interface LUFactor {
  /** [..., M, N]: U, and below its diagonal L without its unit diagonal. */
  LU: Tensor
  /** [..., min(M, N)], int32: step i swapped rows i and pivots[i] − 1. */
  pivots: Tensor
}
/** The same with `info`: 0, or the position of the first zero on the diagonal of U, 1-based. */
export interface LUFactorEx extends LUFactor {
  info: Tensor
}

/**
 * As luFactor, with `info` instead of an error.
 *
 * @example
 * luFactorEx(zeros([2, 2])).info.item() // => 1
 * @see torch.linalg.lu_factor_ex
 */
export function luFactorEx(
  A: Tensor,
  { out, pivot = true, checkErrors = false }: PivotOption & CheckErrorsOption & OutsOption = {},
): LUFactorEx {
  if (out !== undefined)
    return resultInto('linalg.luFactorEx', out, () => luFactorEx(A, { pivot, checkErrors }))

  return factored('linalg.luFactorEx', A, pivot, checkErrors)
}

/** The factors; throws for a zero on the diagonal of U if `checkErrors`. */
export function factored(op: string, A: Tensor, pivot: boolean, checkErrors: boolean): LUFactorEx {
  checkMatrixFloat(op, A)
  const [LU, pivots, info] = applyAll(linalgLuFactorExOp, [A], { pivot })
  const failure = checkErrors ? firstFailure(info) : null
  check(
    failure === null,
    () =>
      new LinAlgError(
        op,
        `the diagonal of U must have no zero, got one at ${failure!.info - 1}${failure!.where}. Use linalg.lu or linalg.luFactorEx for singular matrices`,
      ),
  )
  return { LU, pivots, info }
}

/**
 * The LU factors of matrices in the form that linalg.luSolve takes.
 *
 * Unlike PyTorch's CPU, it works without pivoting too.
 *
 * @param A [..., M, N], float32, float64 or complex
 * @throws LinAlgError if the diagonal of U has a zero
 * @example
 * luFactor(tensor([[0, 2], [4, 6]])).pivots.tolist() // => [2, 2]
 * @see torch.linalg.lu_factor
 */
export function luFactor(A: Tensor, { out, pivot = true }: PivotOption & OutsOption = {}): LUFactor {
  if (out !== undefined) return resultInto('linalg.luFactor', out, () => luFactor(A, { pivot }))

  const { LU, pivots } = factored('linalg.luFactor', A, pivot, true)
  return { LU, pivots }
}

/** The factors of A = P L U. */
export interface LUParts {
  /** [..., M, M], a permutation. */
  P: Tensor
  /** [..., M, K], K = min(M, N): lower triangular, ones on the diagonal. */
  L: Tensor
  /** [..., K, N]: upper triangular. */
  U: Tensor
}
/**
 * The factors of A = P L U. Without pivoting P is an empty tensor.
 *
 * @param A [..., M, N], float32, float64 or complex
 * @example
 * const { P, L, U } = lu(tensor([[0, 2], [4, 6]]))
 * P.matmul(L).matmul(U).tolist() // => [[0, 2], [4, 6]]
 * @see torch.linalg.lu
 */
export function lu(A: Tensor, { out, pivot = true }: PivotOption & OutsOption = {}): LUParts {
  if (out !== undefined) return resultInto('linalg.lu', out, () => lu(A, { pivot }))

  const { LU, pivots } = factored('linalg.lu', A, pivot, false)
  return luUnpack(LU, pivots, { unpackPivots: pivot })
}

/** Options of luUnpack. */
export interface LUUnpackOptions {
  /** Make L and U (else they are empty). */
  unpackData?: boolean
  /** Make P (else it is empty). */
  unpackPivots?: boolean
}
/**
 * P, L and U of the factors in one matrix.
 *
 * @example
 * const [factors, pivots] = tensor([[0, 2], [4, 6]]).lu()
 * luUnpack(factors, pivots).U.tolist() // => [[4, 6], [0, 2]]
 * @see torch.lu_unpack
 */
export function luUnpack(
  LUData: Tensor,
  LUPivots: Tensor,
  { out, unpackData = true, unpackPivots = true }: LUUnpackOptions & OutsOption = {},
): LUParts {
  if (out !== undefined)
    return resultInto('linalg.luUnpack', out, () => luUnpack(LUData, LUPivots, { unpackData, unpackPivots }))

  const op = 'luUnpack'
  checkMatrix(op, LUData)
  checkPivots(op, LUData, LUPivots)
  const [m, n] = LUData.shape.slice(-2)
  const k = Math.min(m, n)
  const { dtype, device } = LUData
  const none = (): Tensor => empty([0], { dtype, device })
  const lower = (): Tensor =>
    add(tril(narrow(LUData, -1, 0, k), { diagonal: -1 }), eye(m, k, { dtype, device }))
  return {
    P: unpackPivots ? permutationMatrix(LUData, LUPivots) : none(),
    L: unpackData ? lower() : none(),
    U: unpackData ? triu(narrow(LUData, -2, 0, k)) : none(),
  }
}

function checkPivots(op: string, factors: Tensor, pivots: Tensor): void {
  check(
    pivots.dtype === 'int32',
    () => new DTypeError(op, `the pivots must be int32, as linalg.luFactor gives them, got ${pivots.dtype}`),
  )
  const expected = [...batchOf(factors), Math.min(...factors.shape.slice(-2))]
  check(
    formatShape(pivots.shape) === formatShape(expected),
    () =>
      new ShapeError(
        op,
        `the pivots must have shape ${formatShape(expected)}, got ${formatShape(pivots.shape)}`,
      ),
  )
}

/** P with P[order[i], i] = 1. */
function permutationMatrix(factors: Tensor, pivots: Tensor): Tensor {
  const order = apply(luPermutationOp, [factors.detach(), pivots], null)
  const rows = arange(0, factors.shape[factors.ndim - 2], 1, { dtype: 'int64', device: factors.device })
  return to(eq(unsqueeze(rows, 1), unsqueeze(order, -2)), { dtype: factors.dtype })
}

/** Options of luSolve. */
export interface LUSolveOptions {
  /** Solve A X = B (default) or X A = B. */
  left?: boolean
  /** Solve with Aᴴ (of real matrices Aᵀ) in place of A. */
  adjoint?: boolean
}
/**
 * The solution of A X = B, given the LU factors of A.
 *
 * @param LU of linalg.luFactor, [..., N, N]
 * @param pivots of linalg.luFactor, [..., N]
 * @param B [..., N, K], or [..., K, N] if not `left`; batch dims broadcast
 * @example
 * const { LU, pivots } = luFactor(tensor([[0, 2], [4, 0]]))
 * luSolve(LU, pivots, tensor([[2], [8]])).tolist() // => [[2], [1]]
 * @see torch.linalg.lu_solve
 */
export function luSolve(
  LU: Tensor,
  pivots: Tensor,
  B: Tensor,
  { out, left = true, adjoint = false }: LUSolveOptions & OutOption = {},
): Tensor {
  if (out !== undefined)
    return resultInto('linalg.luSolve', out, () => luSolve(LU, pivots, B, { left, adjoint }))

  const op = 'linalg.luSolve'
  checkSquareFloat(op, LU, 'LU')
  checkMatrixFloat(op, B, 'B')
  checkSameDType(op, LU, B)
  checkPivots(op, LU, pivots)
  if (!left) return luSolve(LU, pivots, B.mH, { adjoint: !adjoint }).mH
  check(
    LU.shape.at(-1) === B.shape.at(-2),
    () =>
      new ShapeError(
        op,
        `B must have as many rows as LU, got ${formatShape(B.shape)} and ${formatShape(LU.shape)}`,
      ),
  )
  const [a, b] = withCommonBatch(op, LU, B)
  const order = apply(luPermutationOp, [LU.detach(), pivots], null)
  if (!adjoint) {
    const permuted = rowsOf(b, order)
    const y = triangularSolution(a, permuted, { upper: false, unitriangular: true })
    return triangularSolution(a, y, { upper: true })
  }
  const other = a.mH
  const y = triangularSolution(other, b, { upper: false })
  const z = triangularSolution(other, y, { upper: true, unitriangular: true })
  return rowsOf(z, inverseOf(order))
}

/** The rows of `b` in another order, which may lack batch dims. */
function rowsOf(b: Tensor, order: Tensor): Tensor {
  const column = withBatch(unsqueeze(order, -1), batchOf(b))
  return gather(b, -2, expand(column, b.shape))
}
const inverseOf = (order: Tensor): Tensor => order.argsort(-1)
