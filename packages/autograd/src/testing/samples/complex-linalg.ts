// Linear algebra of complex matrices. Vectors that are known up to their phase are compared as v vᴴ.
import { eye, linalg, real } from '../../index.ts'
import type { Tensor } from '../../index.ts'
import { ofComplex } from './complex.ts'
import type { Sample } from './sample.ts'

const hermitian = (z: Tensor): Tensor => z.add(z.mH)
const definite = (z: Tensor): Tensor =>
  z.matmul(z.mH).add(eye(z.shape[z.ndim - 2], null, { dtype: real(z).dtype }))
const spans = (v: Tensor): Tensor => v.unsqueeze(-2).mul(v.conj().unsqueeze(-3))
const svdParts = (z: Tensor, fullMatrices: boolean): Tensor[] => {
  const { U, S, Vh } = linalg.svd(z, { fullMatrices })
  return [spans(U), S, spans(Vh.mH), U.narrow(-1, 0, 2).matmul(Vh.narrow(-2, 0, 2))]
}

export const complexLinearAlgebra: readonly Sample[] = [
  ofComplex('complex cholesky', [[2, 2]], (z) => [
    linalg.cholesky(definite(z)),
    linalg.cholesky(definite(z), { upper: true }),
  ]),
  ofComplex(
    'complex choleskySolve, choleskyInverse',
    [
      [2, 1],
      [2, 2],
    ],
    (b, z) => {
      const factor = linalg.cholesky(definite(z))
      return [b.choleskySolve(factor), factor.choleskyInverse()]
    },
  ),
  ofComplex('complex det, logdet', [[2, 2, 2]], (z) => [linalg.det(z), z.logdet()]),
  ofComplex(
    'complex det of rank n − 1',
    [
      [3, 2],
      [2, 3],
    ],
    (a, b) => linalg.det(a.matmul(b)),
  ),
  ofComplex('complex slogdet', [[3, 3]], (z) => {
    const { sign, logabsdet } = linalg.slogdet(z)
    return [sign, logabsdet]
  }),
  ofComplex(
    'complex inv, solve',
    [
      [2, 2],
      [2, 1],
    ],
    (a, b) => [linalg.inv(a), linalg.solve(a, b), linalg.solve(a, b.mT, { left: false })],
  ),
  ofComplex(
    'complex solveTriangular',
    [
      [2, 2],
      [2, 1],
    ],
    (a, b) => [
      linalg.solveTriangular(a, b, { upper: true }),
      linalg.solveTriangular(a, b.mT, { upper: false, left: false, unitriangular: true }),
    ],
  ),
  ofComplex('complex lu', [[2, 2]], (z) => [linalg.lu(z).L, linalg.lu(z).U]),
  ofComplex('complex lu, tall', [[3, 2]], (z) => linalg.luFactor(z).LU),
  ofComplex('complex lu, wide', [[2, 3]], (z) => linalg.luFactor(z).LU),
  ofComplex(
    'complex luSolve',
    [
      [2, 2],
      [2, 1],
    ],
    (a, b) => {
      const { LU, pivots } = linalg.luFactor(a)
      return [
        linalg.luSolve(LU, pivots, b),
        linalg.luSolve(LU, pivots, b, { adjoint: true }),
        linalg.luSolve(LU, pivots, b.mT, { left: false }),
      ]
    },
  ),
  ofComplex('complex qr', [[2, 2]], (z) => [linalg.qr(z).Q, linalg.qr(z).R]),
  ofComplex('complex qr, tall', [[3, 2]], (z) => [linalg.qr(z).Q, linalg.qr(z).R]),
  ofComplex('complex qr, wide', [[2, 3]], (z) => [linalg.qr(z).Q, linalg.qr(z).R]),
  ofComplex('complex eigh', [[2, 2]], (z) => {
    const { eigenvalues, eigenvectors } = linalg.eigh(hermitian(z))
    return [eigenvalues, spans(eigenvectors), linalg.eigvalsh(hermitian(z))]
  }),
  ofComplex('eig of complex matrices', [[2, 2]], (z) => {
    const { eigenvalues, eigenvectors } = linalg.eig(z)
    return [eigenvalues, spans(eigenvectors), linalg.eigvals(z)]
  }),
  ofComplex('eig of real matrices', [[3, 3]], (z) => {
    const { eigenvalues, eigenvectors } = linalg.eig(real(z))
    return [eigenvalues, spans(eigenvectors), linalg.eigvals(real(z))]
  }),
  ofComplex('complex svd', [[2, 2]], (z) => [...svdParts(z, true), linalg.svdvals(z)]),
  ofComplex('complex svd, tall', [[3, 2]], (z) => svdParts(z, false)),
  ofComplex('complex svd, wide', [[2, 3]], (z) => svdParts(z, false)),
  ofComplex('complex pinv', [[3, 2]], (z) => [linalg.pinv(z), linalg.pinv(z.mT)]),
  ofComplex(
    'complex lstsq',
    [
      [3, 2],
      [3, 1],
    ],
    (a, b) => linalg.lstsq(a, b).solution,
  ),
  ofComplex('complex matrixExp, matrixPower', [[2, 2]], (z) => [
    linalg.matrixExp(z.mul(0.5)),
    z.matrixPower(3),
    z.matrixPower(-1),
  ]),
  ofComplex('complex householderProduct', [[3, 2], [2]], (a, tau) => linalg.householderProduct(a, tau)),
  ofComplex('complex ormqr', [[3, 2], [2], [3, 2]], (a, tau, c) => [
    a.ormqr(tau, c),
    a.ormqr(tau, c, { transpose: true }),
    a.ormqr(tau, c.mT, { left: false }),
  ]),
  ofComplex('complex matrix norms', [[3, 2]], (z) =>
    (['fro', 'nuc', 1, 2, -2, Infinity] as const).map((p) => linalg.matrixNorm(z, p)),
  ),
  ofComplex('complex cond, vecdot', [[2, 2]], (z) => [
    linalg.cond(z),
    linalg.cond(z, 'fro'),
    linalg.vecdot(z, z.mT),
  ]),
]
