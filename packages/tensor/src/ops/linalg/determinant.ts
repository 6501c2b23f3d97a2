// Determinants, by LU factors.
import { resultInto } from '../../dispatch/out.ts'
import type { OutOption, OutsOption } from '../../dispatch/out.ts'
import { realOf } from '../../dtype.ts'
import { apply, applyAll } from '../../dispatch/structured.ts'
import { factorLU } from '../../linalg/lu.ts'
import type { Matrix } from '../../linalg/matrix.ts'
import { times } from '../../linalg/scalar.ts'
import type { Scalar } from '../../linalg/scalar.ts'
import type { Tensor } from '../../tensor.ts'
import { where } from '../choice.ts'
import { add } from '../arithmetic.ts'
import { eq } from '../comparison.ts'
import { isComplex } from '../complex-parts.ts'
import { log } from '../math.ts'
import { batchOf, checkSquareFloat, hostOp } from './host.ts'

/** The diagonal of U, and the sign of the permutation. */
function pivoted(a: Matrix): { diagonal: readonly Scalar[]; sign: number } {
  const n = a.rows
  const pivots = new Float64Array(n)
  factorLU(a, pivots)
  const swaps = pivots.filter((pivot, i) => pivot !== i + 1).length
  return {
    diagonal: Array.from({ length: n }, (_, i) => a.get(i, i)),
    sign: swaps % 2 === 0 ? 1 : -1,
  }
}
function store(output: Float64Array, { re, im }: Scalar): void {
  output[0] = re
  if (output.length === 2) output[1] = im
}

/** linalgDet of square matrices. */
export const linalgDetOp = hostOp<null>({
  name: 'linalgDet',
  infer: ([self]) => [{ shape: batchOf(self), dtype: self.dtypeInfo }],
  solve: ({ a, outputs: [det] }) => {
    const { diagonal, sign } = pivoted(a)
    store(det, diagonal.reduce(times, { re: sign, im: 0 }))
  },
})

/** linalgSlogdet: the sign of the determinant, and the logarithm of its size. */
export const linalgSlogdetOp = hostOp<null>({
  name: 'linalgSlogdet',
  infer: ([self]) => [
    { shape: batchOf(self), dtype: self.dtypeInfo },
    { shape: batchOf(self), dtype: realOf(self.dtypeInfo) },
  ],
  solve: ({ a, outputs: [signs, logs] }) => {
    const { diagonal, sign } = pivoted(a)
    const size = ({ re, im }: Scalar): number => (im === 0 ? Math.abs(re) : Math.hypot(re, im))
    const unit = (x: Scalar): Scalar => (size(x) === 0 ? x : { re: x.re / size(x), im: x.im / size(x) })
    store(signs, diagonal.map(unit).reduce(times, { re: sign, im: 0 }))
    logs[0] = diagonal.reduce((sum, x) => sum + Math.log(size(x)), 0)
  },
})

/**
 * The determinants of square matrices.
 *
 * @param A [..., N, N], float32, float64 or complex
 * @returns [...]
 * @example
 * linalg.det(tensor([[1, 2], [3, 4]])).item() // => -2
 * @see torch.linalg.det
 */
export function det(A: Tensor, { out }: OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('linalg.det', out, () => det(A))

  checkSquareFloat('linalg.det', A)
  return apply(linalgDetOp, [A], null)
}

/**
 * The sign of the determinant (0 if it is 0; of complex ones a number of absolute value 1) and the logarithm of its absolute value, which neither overflows nor
 * vanishes.
 *
 * @param A [..., N, N], float32, float64 or complex
 * @returns sign and logabsdet, both [...]
 * @example
 * slogdet(tensor([[0, 2], [3, 0]])).sign.item() // => -1
 * @see torch.linalg.slogdet
 */
export function slogdet(A: Tensor, { out }: OutsOption = {}): { sign: Tensor; logabsdet: Tensor } {
  if (out !== undefined) return resultInto('linalg.slogdet', out, () => slogdet(A))

  checkSquareFloat('linalg.slogdet', A)
  const [sign, logabsdet] = applyAll(linalgSlogdetOp, [A], null)
  return { sign, logabsdet }
}

/**
 * The logarithm of the determinant: NaN if it is negative, complex if the matrix is.
 *
 * @example
 * logdet(tensor([[2, 0], [0, 3]])).item() // => 1.79176
 * @see torch.logdet
 */
export function logdet(self: Tensor): Tensor {
  checkSquareFloat('logdet', self)
  const [sign, logabsdet] = applyAll(linalgSlogdetOp, [self], null)
  return isComplex(self) ? add(log(sign), logabsdet) : where(eq(sign, -1), NaN, logabsdet)
}
