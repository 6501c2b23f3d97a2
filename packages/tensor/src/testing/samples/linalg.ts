// Samples of linear algebra. Factors whose signs are free are compared through their product.
import { arange, eye } from '../../ops/creation.ts'
import { viewAsReal } from '../../ops/complex.ts'
import * as linalg from '../../ops/linalg/index.ts'
import { choleskyInverse, choleskySolve, geqrf, matmul, ormqr, tril } from '../../ops/index.ts'
import { luUnpack } from '../../ops/linalg/lu.ts'
import type { Tensor } from '../../tensor.ts'
import { fullFloats } from '../sample.ts'
import type { Family, InputSpec, Sample } from '../sample.ts'

const square: InputSpec = { shape: [2, 4, 4], values: 'unit' }
const tall: InputSpec = { shape: [2, 5, 3], values: 'unit' }
const right: InputSpec = { shape: [2, 4, 2], values: 'unit' }

const identity = (x: Tensor, scale: number): Tensor =>
  eye(x.shape.at(-1)!, null, { dtype: x.dtype, device: x.device }).mul(scale)
/** A well-conditioned matrix. */
const regular = (x: Tensor): Tensor => x.add(identity(x, 4))
/** A symmetric, positive definite one. */
const positive = (x: Tensor): Tensor => matmul(x, x.mT).add(identity(x, 2))

const sample = (name: string, inputs: readonly InputSpec[], run: Sample['run']): Sample => ({
  name,
  inputs,
  run,
  dtypes: fullFloats,
  layouts: ['contiguous', 'transposed'],
  slack: 60,
})

export const linalgFamily: Family = {
  name: 'linalg',
  samples: [
    sample('cholesky', [square, right], ([x, b]) => {
      const { L } = linalg.choleskyEx(positive(x))
      return [L, choleskySolve(b, L), choleskyInverse(L)]
    }),
    sample('solve and inv', [square, right], ([x, b]) => [
      linalg.solve(regular(x), b),
      linalg.inv(regular(x)),
      linalg.solveEx(regular(x), b).result,
      linalg.invEx(regular(x)).inverse,
    ]),
    sample('solveTriangular', [square, right], ([x, b]) =>
      linalg.solveTriangular(tril(regular(x)), b, { upper: false }),
    ),
    sample('lu', [square, right], ([x, b]) => {
      const { LU, pivots } = linalg.luFactor(regular(x))
      const { P, L, U } = luUnpack(LU, pivots)
      return [LU, pivots, linalg.luSolve(LU, pivots, b), P, L, U]
    }),
    sample('ldl', [square, right], ([x, b]) => {
      const { LD, pivots } = linalg.ldlFactor(positive(x))
      return [LD, linalg.ldlSolve(LD, pivots, b)]
    }),
    sample('det and slogdet', [square], ([x]) => [
      linalg.det(regular(x)),
      ...Object.values(linalg.slogdet(regular(x))),
    ]),
    sample('qr', [tall], ([x]) => {
      const { Q, R } = linalg.qr(x)
      return [matmul(Q, R), matmul(Q.mT, Q)]
    }),
    sample('geqrf, householderProduct, ormqr', [tall, { shape: [2, 5, 2], values: 'unit' }], ([x, b]) => {
      const { a, tau } = geqrf(x)
      return [linalg.householderProduct(a, tau).abs(), ormqr(a, tau, b).abs()]
    }),
    sample('svd', [tall], ([x]) => {
      const { U, S, Vh } = linalg.svd(x, { fullMatrices: false })
      return [S, linalg.svdvals(x), matmul(U.mul(S.unsqueeze(-2)), Vh), linalg.pinv(x)]
    }),
    sample('eigh', [square], ([x]) => {
      const { eigenvalues, eigenvectors } = linalg.eigh(positive(x))
      const rebuilt = matmul(eigenvectors.mul(eigenvalues.unsqueeze(-2)), eigenvectors.mT)
      return [eigenvalues, linalg.eigvalsh(positive(x)), rebuilt]
    }),
    sample('eig', [square], ([x]) => {
      const a = x.mul(0.2).add(identity(x, 1).mul(arange(1, 5, 1, { dtype: x.dtype, device: x.device }))) // eigenvalues apart
      const { eigenvalues, eigenvectors } = linalg.eig(a)
      const rebuilt = matmul(eigenvectors.mul(eigenvalues.unsqueeze(-2)), linalg.inv(eigenvectors))
      return [viewAsReal(rebuilt), viewAsReal(linalg.eigvals(a).sum([-1]))]
    }),
    sample('lstsq', [tall, { shape: [2, 5, 2], values: 'unit' }], ([x, b]) => linalg.lstsq(x, b).solution),
    sample('matrixExp', [square], ([x]) => linalg.matrixExp(x)),
    sample('norms', [square], ([x]) => [
      linalg.vectorNorm(x, 3),
      linalg.matrixNorm(x),
      linalg.norm(x, 'nuc', [1, 2]),
      x.norm(1, 1),
    ]),
  ],
}
