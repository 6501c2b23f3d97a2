// Gradients of linear algebra at their edges: singular determinants, names of nodes, what has none.
import { expect, test } from '@jest/globals'
import '@tt/backend-cpu'
import { eye, linalg, manualSeed, ones, randn, tensor, zeros } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'

manualSeed(3)
const float64 = { dtype: 'float64' } as const
const leaf = (...shape: number[]): Tensor => randn(shape, float64).requiresGrad_()
const definite = (x: Tensor): Tensor => x.matmul(x.mT).add(eye(x.shape[x.ndim - 2], null, float64))
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
