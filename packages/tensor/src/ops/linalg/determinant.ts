// Determinants, by LU factors.
import { apply, applyAll } from '../../dispatch/structured.ts'
import { factorLU } from '../../linalg/lu.ts'
import type { Matrix } from '../../linalg/matrix.ts'
import type { Tensor } from '../../tensor.ts'
import { where } from '../choice.ts'
import { eq } from '../comparison.ts'
import { batchOf, checkSquareReal, hostOp } from './host.ts'

/** The diagonal of U, and the sign of the permutation. */
function pivoted(a: Matrix): { diagonal: Float64Array; sign: number } {
  const n = a.rows
  const pivots = new Float64Array(n)
  factorLU(a, pivots)
  const swaps = pivots.filter((pivot, i) => pivot !== i + 1).length
  return {
    diagonal: Float64Array.from({ length: n }, (_, i) => a.data[a.place(i, i)]),
    sign: swaps % 2 === 0 ? 1 : -1,
  }
}

/** linalgDet of square matrices. */
export const linalgDetOp = hostOp<null>({
  name: 'linalgDet',
  infer: ([self]) => [{ shape: batchOf(self), dtype: self.dtypeInfo }],
  solve: ({ a, outputs: [det] }) => {
    const { diagonal, sign } = pivoted(a)
    det[0] = diagonal.reduce((product, x) => product * x, sign)
  },
})

/** linalgSlogdet: the sign of the determinant, and the logarithm of its size. */
export const linalgSlogdetOp = hostOp<null>({
  name: 'linalgSlogdet',
  infer: ([self]) => {
    const spec = { shape: batchOf(self), dtype: self.dtypeInfo }
    return [spec, spec]
  },
  solve: ({ a, outputs: [signs, logs] }) => {
    const { diagonal, sign } = pivoted(a)
    signs[0] = diagonal.reduce((product, x) => product * Math.sign(x), sign)
    logs[0] = diagonal.reduce((sum, x) => sum + Math.log(Math.abs(x)), 0)
  },
})

/**
 * The determinants of square matrices.
 *
 * @param A [..., N, N], float32 or float64
 * @returns [...]
 * @example
 * linalg.det(tensor([[1, 2], [3, 4]])).item() // => -2
 * @see torch.linalg.det
 */
export function det(A: Tensor): Tensor {
  checkSquareReal('linalg.det', A)
  return apply(linalgDetOp, [A], null)
}

/**
 * The sign of the determinant (0 if it is 0) and the logarithm of its absolute value, which neither overflows nor
 * vanishes.
 *
 * @param A [..., N, N], float32 or float64
 * @returns sign and logabsdet, both [...]
 * @example
 * slogdet(tensor([[0, 2], [3, 0]])).sign.item() // => -1
 * @see torch.linalg.slogdet
 */
export function slogdet(A: Tensor): { sign: Tensor; logabsdet: Tensor } {
  checkSquareReal('linalg.slogdet', A)
  const [sign, logabsdet] = applyAll(linalgSlogdetOp, [A], null)
  return { sign, logabsdet }
}

/**
 * The logarithm of the determinant: NaN if it is negative.
 *
 * @example
 * logdet(tensor([[2, 0], [0, 3]])).item() // => 1.79176
 * @see torch.logdet
 */
export function logdet(self: Tensor): Tensor {
  checkSquareReal('logdet', self)
  const [sign, logabsdet] = applyAll(linalgSlogdetOp, [self], null)
  return where(eq(sign, -1), NaN, logabsdet)
}
