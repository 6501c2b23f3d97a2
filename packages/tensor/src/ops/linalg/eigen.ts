// Eigenvalues and eigenvectors.
import { apply, applyAll } from '../../dispatch/structured.ts'
import { ArgumentError, NotImplementedError, check } from '../../errors.ts'
import { hermitianEigen } from '../../linalg/eigh.ts'
import { isFiniteMatrix } from '../../linalg/field.ts'
import { completeHermitian } from '../../linalg/matrix.ts'
import type { Tensor } from '../../tensor.ts'
import { LinAlgError, checkSquareReal, hostOp } from './host.ts'
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
    { shape: self.shape.slice(0, -1), dtype: self.dtypeInfo },
    { shape: self.shape, dtype: self.dtypeInfo },
  ],
  solve: (problem) => solveSymmetric('linalg.eigh', problem),
})
/** linalgEigvalsh: eigenvalues. */
export const linalgEigvalshOp = hostOp<EighAttrs>({
  name: 'linalgEigvalsh',
  gradName: 'LinalgEighBackward0',
  infer: ([self]) => [{ shape: self.shape.slice(0, -1), dtype: self.dtypeInfo }],
  solve: (problem) => solveSymmetric('linalg.eigvalsh', problem),
})

/** Eigenvalues with their eigenvectors. */
export interface Eigen {
  /** [..., N], rising. */
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
  checkSquareReal(op, self)
  const side = String(UPLO).toUpperCase()
  check(side === 'L' || side === 'U', () => new ArgumentError(op, `UPLO must be 'L' or 'U', got '${UPLO}'`))
  return { upper: side === 'U' }
}

/**
 * The eigenvalues and eigenvectors of symmetric matrices: A = V diag(λ) Vᵀ.
 *
 * @param self [..., N, N], float32 or float64; only one triangle is read
 * @example
 * linalg.eigh(tensor([[2, 0], [0, 1]])).eigenvalues.tolist() // => [1, 2]
 * @see torch.linalg.eigh
 */
export function eigh(self: Tensor, { UPLO = 'L' }: EighOptions = {}): Eigen {
  const [eigenvalues, eigenvectors] = applyAll(linalgEighOp, [self], attrsOf('linalg.eigh', self, UPLO))
  return { eigenvalues, eigenvectors }
}
/**
 * The eigenvalues of symmetric matrices, rising.
 *
 * @example
 * eigvalsh(tensor([[2, 1], [1, 2]])).tolist() // => [1, 3]
 * @see torch.linalg.eigvalsh
 */
export const eigvalsh = (self: Tensor, { UPLO = 'L' }: EighOptions = {}): Tensor =>
  apply(linalgEigvalshOp, [self], attrsOf('linalg.eigvalsh', self, UPLO))

function noComplex(op: string): never {
  throw new NotImplementedError(
    op,
    'the eigenvalues of a general matrix are complex, and there are no complex dtypes yet. Use linalg.eigh for symmetric matrices',
  )
}
/** Not there yet: needs complex numbers. @throws NotImplementedError @see torch.linalg.eig */
export function eig(self: Tensor): Eigen {
  checkSquareReal('linalg.eig', self)
  return noComplex('linalg.eig')
}
/** Not there yet: needs complex numbers. @throws NotImplementedError @see torch.linalg.eigvals */
export function eigvals(self: Tensor): Tensor {
  checkSquareReal('linalg.eigvals', self)
  return noComplex('linalg.eigvals')
}
