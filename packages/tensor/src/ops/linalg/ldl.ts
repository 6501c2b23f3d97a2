// LDLᵀ factors of symmetric matrices; no gradients, as in PyTorch.
import { resultInto } from '../../dispatch/out.ts'
import type { OutOption, OutsOption } from '../../dispatch/out.ts'
import { apply, applyAll } from '../../dispatch/structured.ts'
import { dtypes } from '../../dtype.ts'
import { DTypeError, ShapeError, check } from '../../errors.ts'
import { factorLDL, solveLDL } from '../../linalg/ldl.ts'
import { formatShape } from '../../shape/shape.ts'
import type { Tensor } from '../../tensor.ts'
import { expand } from '../views.ts'
import type { CheckErrorsOption } from './cholesky.ts'
import { LinAlgError, batchOf, checkSquareFloat, hostOp } from './host.ts'
import { firstFailure } from './info.ts'
import { systemOf } from './triangular.ts'

/** Whether the matrix is Hermitian or symmetric: different things if it is complex. */
export interface LDLAttrs {
  readonly hermitian: boolean
}
/** linalgLdlFactorEx: LD, pivots, info. */
export const linalgLdlFactorExOp = hostOp<LDLAttrs>({
  name: 'linalgLdlFactorEx',
  infer: ([self]) => [
    { shape: self.shape, dtype: self.dtypeInfo },
    { shape: self.shape.slice(0, -1), dtype: dtypes.int32 },
    { shape: batchOf(self), dtype: dtypes.int32 },
  ],
  solve: ({ a, matrix, outputs: [factors, pivots, info], n, attrs: { hermitian } }) => {
    info[0] = factorLDL(a, hermitian, pivots)
    const lower = matrix(factors, n, n)
    for (let i = 0; i < n; i++) lower.block(i, 0, 1, i + 1).set(a.block(i, 0, 1, i + 1))
  },
})
/** linalgLdlSolve: of [LD, B, pivots], same batch dims. */
export const linalgLdlSolveOp = hostOp<LDLAttrs>({
  name: 'linalgLdlSolve',
  infer: ([, b]) => [{ shape: b.shape, dtype: b.dtypeInfo }],
  solve: ({ a, matrix, inputs: [, b, pivots], outputs: [x], n, right, attrs: { hermitian } }) => {
    x.set(b)
    solveLDL(a, hermitian, pivots, matrix(x, n, right))
  },
})

/** Options of ldlFactor and ldlSolve. */
export interface HermitianOption {
  /** A = L D Lᴴ is Hermitian instead of symmetric, A = L D Lᵀ. The same for real matrices. */
  hermitian?: boolean
}
/** LDLᵀ factors in LAPACK's form. */
export interface LDLFactor {
  /** [..., N, N]: L below the diagonal, the blocks of D on it. */
  LD: Tensor
  /** [..., N], int32; negative ones mark blocks of order 2. */
  pivots: Tensor
}

/**
 * As ldlFactor, with `info` instead of an error.
 *
 * @example
 * ldlFactorEx(tensor([[4, 2], [2, 5]])).info.item() // => 0
 * @see torch.linalg.ldl_factor_ex
 */
export function ldlFactorEx(
  self: Tensor,
  { out, hermitian = false, checkErrors = false }: HermitianOption & CheckErrorsOption & OutsOption = {},
): LDLFactor & { info: Tensor } {
  if (out !== undefined)
    return resultInto('linalg.ldlFactorEx', out, () => ldlFactorEx(self, { hermitian, checkErrors }))

  return factored('linalg.ldlFactorEx', self, hermitian, checkErrors)
}
/**
 * The factors of symmetric matrices A = L D Lᵀ, D of blocks of order 1 and 2. The lower triangle is read.
 *
 * @param self [..., N, N], float32, float64 or complex
 * @throws LinAlgError if D is singular
 * @example
 * ldlFactor(tensor([[4, 2], [2, 5]])).LD.tolist() // => [[4, 0], [0.5, 4]]
 * @see torch.linalg.ldl_factor
 */
export function ldlFactor(
  self: Tensor,
  { out, hermitian = false }: HermitianOption & OutsOption = {},
): LDLFactor {
  if (out !== undefined) return resultInto('linalg.ldlFactor', out, () => ldlFactor(self, { hermitian }))

  const { LD, pivots } = factored('linalg.ldlFactor', self, hermitian, true)
  return { LD, pivots }
}

function factored(
  op: string,
  self: Tensor,
  hermitian: boolean,
  checkErrors: boolean,
): LDLFactor & { info: Tensor } {
  checkSquareFloat(op, self)
  const [LD, pivots, info] = applyAll(linalgLdlFactorExOp, [self], { hermitian })
  const failure = checkErrors ? firstFailure(info) : null
  check(
    failure === null,
    () =>
      new LinAlgError(op, `D must be invertible, got a zero block at ${failure!.info - 1}${failure!.where}`),
  )
  return { LD, pivots, info }
}

/**
 * The solution of A X = B, given the factors of A.
 *
 * @param LD of ldlFactor, [..., N, N]
 * @param pivots of ldlFactor, [..., N]
 * @param B [..., N, K]
 * @example
 * const { LD, pivots } = ldlFactor(tensor([[4, 2], [2, 5]]))
 * ldlSolve(LD, pivots, tensor([[6], [7]])).tolist() // => [[1], [1]]
 * @see torch.linalg.ldl_solve
 */
export function ldlSolve(
  LD: Tensor,
  pivots: Tensor,
  B: Tensor,
  { out, hermitian = false }: HermitianOption & OutOption = {},
): Tensor {
  if (out !== undefined)
    return resultInto('linalg.ldlSolve', out, () => ldlSolve(LD, pivots, B, { hermitian }))

  const op = 'linalg.ldlSolve'
  const [a, b] = systemOf(op, LD, B, true)
  check(
    pivots.dtypeInfo.category === 'int',
    () => new DTypeError(op, `the pivots must be integers, as ldlFactor gives them, got ${pivots.dtype}`),
  )
  check(
    formatShape(pivots.shape) === formatShape(LD.shape.slice(0, -1)),
    () =>
      new ShapeError(
        op,
        `the pivots must have shape ${formatShape(LD.shape.slice(0, -1))}, got ${formatShape(pivots.shape)}`,
      ),
  )
  return apply(linalgLdlSolveOp, [a, b, expand(pivots, a.shape.slice(0, -1))], { hermitian })
}
