// Functions of square matrices: powers, exponential.
import { resultInto } from '../../dispatch/out.ts'
import type { OutOption } from '../../dispatch/out.ts'
import { apply } from '../../dispatch/structured.ts'
import { ArgumentError, check } from '../../errors.ts'
import { exponential } from '../../linalg/matrix-exp.ts'
import type { Tensor } from '../../tensor.ts'
import { clone, copy_ } from '../copy.ts'
import { eye } from '../creation.ts'
import { matmul } from '../matmul.ts'
import { batchOf, checkSquare, checkSquareFloat, hostOp, withBatch } from './host.ts'
import { inv } from './solve.ts'

/** linalgMatrixExp of square matrices. */
export const linalgMatrixExpOp = hostOp<null>({
  name: 'linalgMatrixExp',
  infer: ([self]) => [{ shape: self.shape, dtype: self.dtypeInfo }],
  solve: ({ a, outputs: [result] }) => result.set(exponential(a).data),
})
/**
 * The exponential of square matrices: `Σ Aᵏ / k!`.
 *
 * @param self [..., N, N], float32, float64 or complex
 * @example
 * linalg.matrixExp(tensor([[0, 1], [0, 0]])).tolist() // => [[1, 1], [0, 1]]
 * @see torch.linalg.matrix_exp
 */
export function matrixExp(self: Tensor): Tensor {
  checkSquareFloat('linalg.matrixExp', self)
  return apply(linalgMatrixExpOp, [self], null)
}

/**
 * The n-th power of square matrices, by repeated squaring; of the inverse for negative n.
 *
 * @param self [..., N, N]
 * @throws LinAlgError for a negative n if a matrix is singular
 * @example
 * linalg.matrixPower(tensor([[1, 1], [0, 1]]), 5).tolist() // => [[1, 5], [0, 1]]
 * @see torch.linalg.matrix_power
 */
export function matrixPower(self: Tensor, n: number, { out }: OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('linalg.matrixPower', out, () => matrixPower(self, n))

  const op = 'linalg.matrixPower'
  checkSquare(op, self)
  check(Number.isInteger(n), () => new ArgumentError(op, `n must be an integer, got ${String(n)}`))
  if (n === 0) {
    const unit = eye(self.shape[self.ndim - 1], null, { dtype: self.dtype, device: self.device })
    return copy_(clone(self), withBatch(unit, batchOf(self))) // of self, so that it has a gradient: zeros
  }
  let square = n < 0 ? inv(self) : self
  let result: Tensor | null = null
  for (let rest = Math.abs(n); ; square = matmul(square, square)) {
    if (rest % 2 === 1) result = result === null ? square : matmul(result, square)
    rest = Math.floor(rest / 2)
    if (rest === 0) return result === self ? clone(result) : result!
  }
}
