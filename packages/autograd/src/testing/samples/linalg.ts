// Linear algebra. Vectors that are known up to their sign are compared as v vᵀ.
import { eye, linalg, luUnpack, tensor } from '../../index.ts'
import type { Tensor } from '../../index.ts'
import { real } from './sample.ts'
import type { Results, Sample } from './sample.ts'

const symmetric = (x: Tensor): Tensor => x.add(x.mT)
const definite = (x: Tensor): Tensor => x.matmul(x.mT).add(eye(x.shape[x.ndim - 2], null, { dtype: x.dtype }))
const spans = (v: Tensor): Tensor => v.unsqueeze(-2).mul(v.unsqueeze(-3))

export const linearAlgebra: readonly Sample[] = [
  [
    'cholesky',
    [real(2, 3, 3)],
    (x) => [linalg.cholesky(definite(x)), linalg.cholesky(definite(x), { upper: true })],
  ],
  ['choleskySolve', [real(3, 2), real(3, 3)], (b, x) => b.choleskySolve(linalg.cholesky(definite(x)))],
  ['choleskyInverse', [real(3, 3)], (x) => linalg.cholesky(definite(x)).choleskyInverse()],
  ['det', [real(2, 3, 3)], (x) => linalg.det(x)],
  ['det of rank n − 1', [real(3, 2), real(2, 3)], (a, b) => linalg.det(a.matmul(b))],
  ['slogdet, logdet', [real(3, 3)], (x) => [linalg.slogdet(x).logabsdet, definite(x).logdet()]],
  ['inv', [real(2, 3, 3)], (x) => linalg.inv(x)],
  ['solve', [real(3, 3), real(2, 3, 2)], (a, b) => linalg.solve(a, b)],
  [
    'solve, vector, right',
    [real(3, 3), real(3), real(2, 3)],
    (a, b, c) => [linalg.solve(a, b), linalg.solve(a, c, { left: false })],
  ],
  ['solveTriangular', [real(3, 3), real(3, 2)], (a, b) => linalg.solveTriangular(a, b, { upper: true })],
  [
    'solveTriangular, unit, right',
    [real(3, 3), real(2, 3)],
    (a, b) => linalg.solveTriangular(a, b, { upper: false, left: false, unitriangular: true }),
  ],
  ['lu', [real(3, 3)], (x) => [linalg.lu(x).L, linalg.lu(x).U]],
  ['lu, tall', [real(2, 4, 2)], (x) => [linalg.lu(x).L, linalg.lu(x).U]],
  ['lu, wide', [real(2, 4)], (x) => linalg.luFactor(x).LU],
  ['luUnpack', [real(3, 3)], (x) => luUnpack(x, tensor([3, 3, 3]).to('int32')).U],
  [
    'luSolve',
    [real(3, 3), real(3, 2)],
    (a, b) => {
      const { LU, pivots } = linalg.luFactor(a)
      return [linalg.luSolve(LU, pivots, b), linalg.luSolve(LU, pivots, b, { adjoint: true })]
    },
  ],
  ['qr', [real(3, 3)], (x) => [linalg.qr(x).Q, linalg.qr(x).R]],
  ['qr, tall', [real(2, 4, 2)], (x) => [linalg.qr(x).Q, linalg.qr(x).R]],
  ['qr, wide', [real(2, 4)], (x) => [linalg.qr(x).Q, linalg.qr(x).R]],
  [
    'eigh',
    [real(3, 3)],
    (x) => [linalg.eigh(symmetric(x)).eigenvalues, spans(linalg.eigh(symmetric(x)).eigenvectors)],
  ],
  ['eigvalsh', [real(2, 3, 3)], (x) => linalg.eigvalsh(symmetric(x))],
  ['svd, square', [real(3, 3)], (x) => svdParts(x, true)],
  ['svd, tall', [real(4, 2)], (x) => svdParts(x, false)],
  ['svd, wide', [real(2, 4)], (x) => svdParts(x, false)],
  ['svdvals', [real(2, 3, 4)], (x) => linalg.svdvals(x)],
  ['pinv, wide', [real(2, 4)], (x) => linalg.pinv(x)],
  ['pinv, tall', [real(4, 2)], (x) => linalg.pinv(x)],
  ['lstsq', [real(4, 2), real(4, 2)], (a, b) => linalg.lstsq(a, b).solution],
  ['matrixExp', [real(2, 3, 3)], (x) => linalg.matrixExp(x.mul(0.5))],
  ['matrixPower', [real(2, 2)], (x) => [x.matrixPower(3), x.matrixPower(-2)]],
  ['householderProduct', [real(4, 3), real(2)], (a, tau) => linalg.householderProduct(a, tau)],
  ['ormqr', [real(3, 2), real(2), real(3, 2)], (a, tau, c) => a.ormqr(tau, c)],
  [
    'matrix norms',
    [real(3, 2)],
    (x) => (['fro', 'nuc', 1, -1, 2, -2, Infinity] as const).map((p) => linalg.matrixNorm(x, p)),
  ],
  ['cond', [real(3, 3)], (x) => [linalg.cond(x), linalg.cond(x, 1), linalg.cond(x, 'fro')]],
  ['cross, vander', [real(2, 3), real(1, 3)], (a, b) => [linalg.cross(a, b), linalg.vander(b, { N: 4 })]],
  ['tensorinv', [real(2, 3, 6)], (x) => linalg.tensorinv(x)],
]

function svdParts(x: Tensor, fullMatrices: boolean): Results {
  const { U, S, Vh } = linalg.svd(x, { fullMatrices })
  return [spans(U), S, spans(Vh.mT)]
}
