// Eigenvalues and eigenvectors.
import { resultInto } from '../../dispatch/out.ts'
import type { OutOption, OutsOption } from '../../dispatch/out.ts'
import { apply, applyAll } from '../../dispatch/structured.ts'
import { complexOf, realOf } from '../../dtype.ts'
import { ArgumentError, check } from '../../errors.ts'
import { complex as complexField } from '../../linalg/complex.ts'
import { generalEigen } from '../../linalg/eig.ts'
import { hermitianEigen } from '../../linalg/eigh.ts'
import { isFiniteMatrix } from '../../linalg/field.ts'
import { Matrix, completeHermitian } from '../../linalg/matrix.ts'
import type { Tensor } from '../../tensor.ts'
import { LinAlgError, checkSquareFloat, hostOp } from './host.ts'
import type { Problem } from './host.ts'

/** Which triangle is read. */
export interface EighAttrs {
  readonly upper: boolean
}

function solveSymmetric(
  op: string,
  { a, matrix, outputs: [values, vectors], n, attrs: { upper }, where }: Problem<EighAttrs>,
): void {
  if (!isFiniteMatrix(a.data)) {
    values.fill(NaN)
    vectors?.fill(NaN)
    return
  }
  completeHermitian(a, upper)
  check(
    hermitianEigen(a, values, vectors === undefined ? null : matrix(vectors, n, n)),
    () => new LinAlgError(op, `the eigenvalues must converge, got a matrix for which they do not${where}`),
  )
}

/** linalgEigh: eigenvalues and eigenvectors. */
export const linalgEighOp = hostOp<EighAttrs>({
  name: 'linalgEigh',
  infer: ([self]) => [
    { shape: self.shape.slice(0, -1), dtype: realOf(self.dtypeInfo) },
    { shape: self.shape, dtype: self.dtypeInfo },
  ],
  solve: (problem) => solveSymmetric('linalg.eigh', problem),
})
/** linalgEigvalsh: eigenvalues. */
export const linalgEigvalshOp = hostOp<EighAttrs>({
  name: 'linalgEigvalsh',
  gradName: 'LinalgEighBackward0',
  infer: ([self]) => [{ shape: self.shape.slice(0, -1), dtype: realOf(self.dtypeInfo) }],
  solve: (problem) => solveSymmetric('linalg.eigvalsh', problem),
})

/** Eigenvalues with their eigenvectors. */
export interface Eigen {
  /** [..., N]; of eigh rising. */
  eigenvalues: Tensor
  /** [..., N, N]: column k is that of eigenvalue k. */
  eigenvectors: Tensor
}
/** Options of eigh and eigvalsh. */
export interface EighOptions {
  /** The triangle that is read: 'L' (default) or 'U'. */
  UPLO?: 'L' | 'U'
}
function attrsOf(op: string, self: Tensor, UPLO: string): EighAttrs {
  checkSquareFloat(op, self)
  const side = String(UPLO).toUpperCase()
  check(side === 'L' || side === 'U', () => new ArgumentError(op, `UPLO must be 'L' or 'U', got '${UPLO}'`))
  return { upper: side === 'U' }
}

/**
 * The eigenvalues and eigenvectors of symmetric (complex: Hermitian) matrices: A = V diag(λ) Vᴴ.
 *
 * @param self [..., N, N], float32, float64 or complex; only one triangle is read
 * @example
 * linalg.eigh(tensor([[2, 0], [0, 1]])).eigenvalues.tolist() // => [1, 2]
 * @see torch.linalg.eigh
 */
export function eigh(self: Tensor, { out, UPLO = 'L' }: EighOptions & OutsOption = {}): Eigen {
  if (out !== undefined) return resultInto('linalg.eigh', out, () => eigh(self, { UPLO }))

  const [eigenvalues, eigenvectors] = applyAll(linalgEighOp, [self], attrsOf('linalg.eigh', self, UPLO))
  return { eigenvalues, eigenvectors }
}
/**
 * The eigenvalues of symmetric (complex: Hermitian) matrices, rising.
 *
 * @example
 * eigvalsh(tensor([[2, 1], [1, 2]])).tolist() // => [1, 3]
 * @see torch.linalg.eigvalsh
 */
export const eigvalsh = (self: Tensor, { out, UPLO = 'L' }: EighOptions & OutOption = {}): Tensor =>
  out === undefined
    ? apply(linalgEigvalshOp, [self], attrsOf('linalg.eigvalsh', self, UPLO))
    : resultInto('linalg.eigvalsh', out, () => eigvalsh(self, { UPLO }))

function solveGeneral(op: string, { a, outputs: [values, vectors], n, where }: Problem<null>): void {
  check(
    isFiniteMatrix(a.data),
    () => new LinAlgError(op, `the elements must be finite, got a matrix with infinities or NaNs${where}`),
  )
  check(
    generalEigen(a, values, vectors === undefined ? null : new Matrix(complexField, vectors, n, n)),
    () => new LinAlgError(op, `the eigenvalues must converge, got a matrix for which they do not${where}`),
  )
}

/** linalgEig: eigenvalues and eigenvectors, complex. */
export const linalgEigOp = hostOp<null>({
  name: 'linalgEig',
  infer: ([self]) => [
    { shape: self.shape.slice(0, -1), dtype: complexOf(self.dtypeInfo) },
    { shape: self.shape, dtype: complexOf(self.dtypeInfo) },
  ],
  solve: (problem) => solveGeneral('linalg.eig', problem),
})
/** linalgEigvals: eigenvalues, complex. */
export const linalgEigvalsOp = hostOp<null>({
  name: 'linalgEigvals',
  gradName: 'LinalgEigBackward0',
  infer: ([self]) => [{ shape: self.shape.slice(0, -1), dtype: complexOf(self.dtypeInfo) }],
  solve: (problem) => solveGeneral('linalg.eigvals', problem),
})

/**
 * The eigenvalues and eigenvectors of square matrices: A V = V diag(λ). They are complex, of real matrices in conjugate pairs,
 * and in no particular order; each eigenvector has norm 1 and a real largest number.
 *
 * @param self [..., N, N], float32, float64 or complex
 * @throws LinAlgError if an element is not finite
 * @example
 * linalg.eig(tensor([[0, 1], [-1, 0]])).eigenvalues.tolist() // => [new Complex(0, 1), new Complex(0, -1)]
 * @see torch.linalg.eig
 */
export function eig(self: Tensor, { out }: OutsOption = {}): Eigen {
  if (out !== undefined) return resultInto('linalg.eig', out, () => eig(self))

  checkSquareFloat('linalg.eig', self)
  const [eigenvalues, eigenvectors] = applyAll(linalgEigOp, [self], null)
  return { eigenvalues, eigenvectors }
}
/**
 * The eigenvalues of square matrices, complex.
 *
 * @param self [..., N, N], float32, float64 or complex
 * @throws LinAlgError if an element is not finite
 * @example
 * linalg.eigvals(tensor([[2, 1], [0, 3]])).tolist() // => [new Complex(2, 0), new Complex(3, 0)]
 * @see torch.linalg.eigvals
 */
export function eigvals(self: Tensor, { out }: OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('linalg.eigvals', out, () => eigvals(self))

  checkSquareFloat('linalg.eigvals', self)
  return apply(linalgEigvalsOp, [self], null)
}
