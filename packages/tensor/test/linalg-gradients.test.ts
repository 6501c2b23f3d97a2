// Gradients of linear algebra against differences, first and second, in float64.
import { describe, expect, test } from '@jest/globals'
import '@tt/backend-cpu'
import {
  cdist,
  eye,
  gradcheck,
  gradgradcheck,
  linalg,
  luUnpack,
  manualSeed,
  ones,
  randn,
  tensor,
  zeros,
} from '@tt/autograd'
import type { Tensor } from '@tt/autograd'

manualSeed(3)
const float64 = { dtype: 'float64' } as const
const leaf = (...shape: number[]): Tensor => randn(shape, float64).requiresGrad_()
const symmetric = (x: Tensor): Tensor => x.add(x.mT)
const definite = (x: Tensor): Tensor => x.matmul(x.mT).add(eye(x.shape[x.ndim - 2], null, float64))
/** Vectors without their signs: v vᵀ. */
const spans = (v: Tensor): Tensor => v.unsqueeze(-2).mul(v.unsqueeze(-3))

type Sample = readonly [string, readonly Tensor[], (...inputs: Tensor[]) => Tensor | readonly Tensor[]]
const samples: readonly Sample[] = [
  ['cholesky', [leaf(2, 3, 3)], (x) => linalg.cholesky(definite(x))],
  ['cholesky, upper', [leaf(3, 3)], (x) => linalg.cholesky(definite(x), { upper: true })],
  ['choleskySolve', [leaf(3, 2), leaf(3, 3)], (b, x) => b.choleskySolve(linalg.cholesky(definite(x)))],
  ['choleskyInverse', [leaf(3, 3)], (x) => linalg.cholesky(definite(x)).choleskyInverse()],
  ['det', [leaf(2, 3, 3)], (x) => linalg.det(x)],
  ['det of rank n − 1', [leaf(3, 2), leaf(2, 3)], (a, b) => linalg.det(a.matmul(b))],
  ['slogdet', [leaf(3, 3)], (x) => linalg.slogdet(x).logabsdet],
  ['logdet', [leaf(3, 3)], (x) => definite(x).logdet()],
  ['inv', [leaf(2, 3, 3)], (x) => linalg.inv(x)],
  ['solve', [leaf(3, 3), leaf(2, 3, 2)], (a, b) => linalg.solve(a, b)],
  ['solve, vector', [leaf(3, 3), leaf(3)], (a, b) => linalg.solve(a, b)],
  ['solve, right', [leaf(3, 3), leaf(2, 3)], (a, b) => linalg.solve(a, b, { left: false })],
  ['solveTriangular', [leaf(3, 3), leaf(3, 2)], (a, b) => linalg.solveTriangular(a, b, { upper: true })],
  [
    'solveTriangular, unit, right',
    [leaf(3, 3), leaf(2, 3)],
    (a, b) => linalg.solveTriangular(a, b, { upper: false, left: false, unitriangular: true }),
  ],
  ['lu', [leaf(3, 3)], (x) => [linalg.lu(x).L, linalg.lu(x).U]],
  ['lu, tall', [leaf(2, 4, 2)], (x) => [linalg.lu(x).L, linalg.lu(x).U]],
  ['lu, wide', [leaf(2, 4)], (x) => linalg.luFactor(x).LU],
  ['luUnpack', [leaf(3, 3)], (x) => luUnpack(x, tensor([3, 3, 3]).to('int32')).U],
  [
    'luSolve',
    [leaf(3, 3), leaf(3, 2)],
    (a, b) => {
      const { LU, pivots } = linalg.luFactor(a)
      return [linalg.luSolve(LU, pivots, b), linalg.luSolve(LU, pivots, b, { adjoint: true })]
    },
  ],
  ['qr', [leaf(3, 3)], (x) => [linalg.qr(x).Q, linalg.qr(x).R]],
  ['qr, tall', [leaf(2, 4, 2)], (x) => [linalg.qr(x).Q, linalg.qr(x).R]],
  ['qr, wide', [leaf(2, 4)], (x) => [linalg.qr(x).Q, linalg.qr(x).R]],
  ['qr, complete', [leaf(2, 3)], (x) => linalg.qr(x, { mode: 'complete' }).Q],
  [
    'eigh',
    [leaf(3, 3)],
    (x) => [linalg.eigh(symmetric(x)).eigenvalues, spans(linalg.eigh(symmetric(x)).eigenvectors)],
  ],
  ['eigvalsh', [leaf(2, 3, 3)], (x) => linalg.eigvalsh(symmetric(x))],
  ['svd, square', [leaf(3, 3)], (x) => svdParts(x, true)],
  ['svd, tall', [leaf(4, 2)], (x) => svdParts(x, false)],
  ['svd, wide', [leaf(2, 4)], (x) => svdParts(x, false)],
  ['svdvals', [leaf(2, 3, 4)], (x) => linalg.svdvals(x)],
  ['pinv, wide', [leaf(2, 4)], (x) => linalg.pinv(x)],
  ['pinv, tall', [leaf(4, 2)], (x) => linalg.pinv(x)],
  ['pinv, hermitian', [leaf(3, 3)], (x) => linalg.pinv(symmetric(x), { hermitian: true })],
  ['pinv, rank 1', [leaf(3, 1), leaf(1, 2)], (a, b) => linalg.pinv(a.matmul(b), { rtol: 1e-9 })],
  ['lstsq, tall', [leaf(4, 2), leaf(4, 2)], (a, b) => linalg.lstsq(a, b).solution],
  [
    'lstsq, gels, residuals',
    [leaf(4, 2), leaf(4)],
    (a, b) => [...Object.values(linalg.lstsq(a, b, { driver: 'gels' }))],
  ],
  ['matrixExp', [leaf(2, 3, 3)], (x) => linalg.matrixExp(x)],
  ['matrixPower', [leaf(2, 2)], (x) => [x.matrixPower(3), x.matrixPower(-2)]],
  ['householderProduct', [leaf(4, 3), leaf(2)], (a, tau) => linalg.householderProduct(a, tau)],
  ['ormqr', [leaf(3, 2), leaf(2), leaf(3, 2)], (a, tau, c) => a.ormqr(tau, c)],
  [
    'ormqr, right',
    [leaf(3, 2), leaf(2), leaf(2, 3)],
    (a, tau, c) => a.ormqr(tau, c, { left: false, transpose: true }),
  ],
  [
    'matrix norms',
    [leaf(3, 2)],
    (x) => (['fro', 'nuc', 1, -1, 2, -2, Infinity] as const).map((p) => linalg.matrixNorm(x, p)),
  ],
  ['cond', [leaf(3, 3)], (x) => [linalg.cond(x), linalg.cond(x, 1), linalg.cond(x, 'fro')]],
  ['cross', [leaf(2, 3), leaf(1, 3)], (a, b) => linalg.cross(a, b)],
  ['vander', [leaf(3)], (x) => linalg.vander(x, { N: 4 })],
  ['cdist', [leaf(3, 2), leaf(2, 2)], (a, b) => [cdist(a, b), cdist(a, b, { p: 3 })]],
  ['renorm', [leaf(3, 2)], (x) => x.renorm(2, 0, 0.5)],
  ['tensorinv', [leaf(2, 3, 6)], (x) => linalg.tensorinv(x)],
]
function svdParts(x: Tensor, fullMatrices: boolean): readonly Tensor[] {
  const { U, S, Vh } = linalg.svd(x, { fullMatrices })
  return [spans(U), S, spans(Vh.mT)]
}

describe('gradients of linear algebra', () => {
  test.each(samples)('%s', (_name, inputs, fn) => {
    const flat = (...args: Tensor[]): readonly Tensor[] =>
      [fn(...args)].flat().filter((x) => (x as Tensor).requiresGrad) as Tensor[]
    expect(gradcheck(flat, inputs)).toBe(true)
    expect(gradgradcheck(flat, inputs, null, { atol: 1e-4 })).toBe(true)
  })
})

test('a singular determinant has the adjugate as its gradient', () => {
  const a = ones([2, 2], float64).requiresGrad_()
  linalg.det(a).backward()
  expect(a.grad!.round({ decimals: 9 }).tolist()).toEqual([
    [1, -1],
    [-1, 1],
  ])
  const mixed = tensor(
    [
      [
        [1, 1],
        [1, 1],
      ],
      [
        [2, 0],
        [0, 3],
      ],
    ],
    { ...float64, requiresGrad: true },
  )
  linalg.det(mixed).sum().backward()
  expect(mixed.grad!.round({ decimals: 9 }).add(0).tolist()).toEqual([
    [
      [1, -1],
      [-1, 1],
    ],
    [
      [3, 0],
      [0, 2],
    ],
  ])
})

test('names of the nodes, as in PyTorch', () => {
  const a = definite(leaf(3, 3))
  const names = [
    linalg.cholesky(a),
    linalg.inv(a),
    linalg.det(a),
    linalg.svdvals(a),
    linalg.eigvalsh(a),
    linalg.pinv(a),
  ]
  expect(names.map((x) => x.gradFn!.name)).toEqual([
    'LinalgCholeskyExBackward0',
    'LinalgInvExBackward0',
    'LinalgDetBackward0',
    'LinalgSvdBackward0',
    'LinalgEighBackward0',
    'LinalgPinvBackward0',
  ])
})

test('what has no gradient says so', () => {
  const x = leaf(3, 2)
  expect(() => linalg.qr(x, { mode: 'complete' }).Q.sum().backward()).toThrow(
    'has no gradient for more rows than columns',
  )
  expect(() => x.geqrf().a.sum().backward()).toThrow('geqrf: there is no gradient of it')
  expect(linalg.matrixRank(x).requiresGrad).toBe(false)
  const empty = zeros([0, 2, 2], { ...float64, requiresGrad: true })
  linalg.inv(empty).sum().backward()
  expect(empty.grad!.shape).toEqual([0, 2, 2])
})
