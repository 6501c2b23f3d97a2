// Linear algebra: what the factors are for every shape, what hard matrices give, errors. Some values from torch 1.13.1.
import { describe, expect, test } from '@jest/globals'
import {
  Complex,
  DTypeError,
  ShapeError,
  cdist,
  eye,
  full,
  linalg,
  manualSeed,
  ones,
  randn,
  registerBackend,
  setDefaultDevice,
  tensor,
  viewAsComplex,
  viewAsReal,
  zeros,
} from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'
import { near } from './near.ts'

registerBackend(createReferenceBackend())
setDefaultDevice('reference')
manualSeed(1)

const float64 = { dtype: 'float64' } as const
const matrix = (rows: readonly (readonly number[])[]): Tensor => tensor(rows, float64)
const sizeOf = (x: Tensor): number => (x.numel() === 0 ? 0 : x.abs().max().item())
/** Expects a difference of at most a few units in the last place of the largest element. */
function same(actual: Tensor, expected: Tensor, ulps = 200): void {
  expect(actual.shape).toEqual(expected.shape)
  expect(sizeOf(actual.sub(expected))).toBeLessThanOrEqual(
    ulps * 2 ** -52 * Math.max(sizeOf(expected), 1e-300),
  )
}
const orthonormal = (q: Tensor): void =>
  same(q.mT.matmul(q), eye(q.shape[q.ndim - 1], null, float64).expand(q.mT.matmul(q).shape))

const hilbert = matrix(
  Array.from({ length: 8 }, (_, i) => Array.from({ length: 8 }, (_, j) => 1 / (i + j + 1))),
)
const product = (m: number, k: number, n: number): Tensor =>
  randn([m, k], float64).matmul(randn([k, n], float64))
const graded = randn([6, 6], float64).mul(matrix([[1, 1e-3, 1e-6, 1e-9, 1e-12, 1e-15]]))
const cases: readonly (readonly [string, Tensor])[] = [
  ['square', randn([7, 7], float64)],
  ['tall', randn([7, 3], float64)],
  ['wide', randn([3, 7], float64)],
  ['row', randn([1, 4], float64)],
  ['column', randn([4, 1], float64)],
  ['batch', randn([2, 3, 4, 5], float64)],
  ['transposed', randn([5, 4], float64).t()],
  ['every second', randn([8, 8], float64).at('::2', '1::2')],
  ['repeated', randn([1, 3], float64).expand([4, 3])],
  ['rank 2, tall', product(9, 2, 5)],
  ['rank 2, wide', product(4, 2, 9)],
  ['zeros', zeros([3, 4], float64)],
  ['ones', ones([5, 3], float64)],
  ['unit', eye(4, null, float64)],
  ['ill-conditioned', hilbert],
  ['graded', graded],
  ['huge', randn([4, 4], float64).mul(1e200)],
  ['tiny', randn([4, 4], float64).mul(1e-200)],
  ['no rows', zeros([0, 3], float64)],
  ['no columns', zeros([3, 0], float64)],
  ['no matrices', zeros([0, 3, 3], float64)],
]

describe('factors give the matrix back', () => {
  test.each(cases)('%s', (_name, a) => {
    for (const fullMatrices of [true, false]) {
      const { U, S, Vh } = linalg.svd(a, { fullMatrices })
      const k = S.shape[S.ndim - 1]
      same(
        U.narrow(-1, 0, k)
          .mul(S.unsqueeze(-2))
          .matmul(Vh.narrow(-2, 0, k)),
        a,
      )
      orthonormal(U)
      orthonormal(Vh.mT)
      same(linalg.svdvals(a), S)
    }
    for (const mode of ['reduced', 'complete'] as const) {
      const { Q, R } = linalg.qr(a, { mode })
      same(Q.matmul(R), a)
      orthonormal(Q)
      same(R.triu(), R, 0)
    }
    for (const pivot of [true, false]) {
      const { P, L, U } = linalg.lu(a, { pivot })
      if (pivot) same(P.matmul(L).matmul(U), a)
      else expect(P.shape).toEqual([0])
    }
    const scaled = a.div(Math.max(sizeOf(a), 1e-300))
    const symmetric = scaled.matmul(scaled.mT)
    const { eigenvalues, eigenvectors } = linalg.eigh(symmetric)
    same(eigenvectors.mul(eigenvalues.unsqueeze(-2)).matmul(eigenvectors.mT), symmetric)
    orthonormal(eigenvectors)
    same(linalg.eigvalsh(symmetric), eigenvalues)
    const definite = symmetric.add(eye(a.shape[a.ndim - 2], null, float64))
    const factor = linalg.cholesky(definite)
    same(factor.matmul(factor.mT), definite)
    same(linalg.cholesky(definite, { upper: true }), factor.mT)
    const b = randn([...a.shape.slice(0, -1), 2], float64)
    const { LD, pivots } = linalg.ldlFactorEx(definite)
    const x = linalg.ldlSolve(LD, pivots, b)
    same(definite.matmul(x), b, 1e4)
    same(b.choleskySolve(factor), x, 1e4)
    same(linalg.solve(definite, b), x, 1e4)
    same(linalg.inv(definite).matmul(b), x, 1e4)
    same(linalg.solve(definite, b.mT, { left: false }).mT, x, 1e4)
    same(linalg.luSolve(...parts(definite), b), x, 1e4)
    same(linalg.luSolve(...parts(definite), b.mT, { left: false, adjoint: true }).mT, x, 1e4)
  })
})
const parts = (a: Tensor): [Tensor, Tensor] => {
  const { LU, pivots } = linalg.luFactor(a)
  return [LU, pivots]
}

describe('complex matrices', () => {
  const shapes = [
    [4, 4],
    [5, 3],
    [3, 5],
    [2, 3, 4],
    [0, 2],
    [2, 0],
    [0, 2, 2],
  ] as const
  const complex = { dtype: 'complex128' } as const
  const numbers = (shape: readonly number[]): Tensor => viewAsComplex(randn([...shape, 2], float64))
  test.each(shapes.map((shape) => [shape]))('factors of %j', (shape) => {
    const a = numbers(shape)
    const { U, S, Vh } = linalg.svd(a, { fullMatrices: false })
    same(U.mul(S.unsqueeze(-2)).matmul(Vh).abs(), a.abs())
    expect(S.dtype).toBe('float64')
    same(linalg.svdvals(a), S)
    const { Q, R } = linalg.qr(a)
    same(viewAsReal(Q.matmul(R)), viewAsReal(a))
    const { P, L, U: upper } = linalg.lu(a)
    same(viewAsReal(P.matmul(L).matmul(upper)), viewAsReal(a))
    const definite = a.matmul(a.mH).add(eye(shape.at(-2)!, null, complex))
    const factor = linalg.cholesky(definite)
    same(viewAsReal(factor.matmul(factor.mH)), viewAsReal(definite))
    const { eigenvalues, eigenvectors } = linalg.eigh(definite)
    expect(eigenvalues.dtype).toBe('float64')
    same(
      viewAsReal(eigenvectors.mul(eigenvalues.unsqueeze(-2)).matmul(eigenvectors.mH)),
      viewAsReal(definite),
    )
    const b = numbers([...shape.slice(0, -1), 2])
    for (const x of [linalg.solve(definite, b), b.choleskySolve(factor), linalg.inv(definite).matmul(b)])
      same(viewAsReal(definite.matmul(x)), viewAsReal(b), 1e4)
    for (const hermitian of [true, false]) {
      const matrix = hermitian ? definite : definite.add(definite.mT)
      const { LD, pivots } = linalg.ldlFactor(matrix, { hermitian })
      const x = linalg.ldlSolve(LD, pivots, b, { hermitian })
      same(viewAsReal(matrix.matmul(x)), viewAsReal(b), 1e4)
    }
    const turned = definite.mul(new Complex(1, 2))
    const general = linalg.eig(turned)
    same(
      viewAsReal(general.eigenvectors.mul(general.eigenvalues.unsqueeze(-2))),
      viewAsReal(turned.matmul(general.eigenvectors)),
      1e3,
    )
    same(linalg.det(definite).real(), eigenvalues.prod(-1), 1e4)
  })
  test('eigenvalues of real matrices are complex, in pairs', () => {
    const { eigenvalues, eigenvectors } = linalg.eig(
      tensor([
        [0, 1],
        [-1, 0],
      ]),
    )
    expect(eigenvalues.tolist()).toEqual([new Complex(0, 1), new Complex(0, -1)])
    expect(eigenvalues.dtype).toBe('complex64')
    const a = randn([2, 6, 6], float64)
    const general = linalg.eig(a)
    const image = general.eigenvectors.mul(general.eigenvalues.unsqueeze(-2))
    same(viewAsReal(a.to('complex128').matmul(general.eigenvectors)), viewAsReal(image), 1e3)
    same(viewAsReal(linalg.eigvals(a)), viewAsReal(general.eigenvalues))
    expect(eigenvectors.dtype).toBe('complex64')
    expect(linalg.eigvals(zeros([0, 3, 3])).shape).toEqual([0, 3])
    expect(linalg.eig(zeros([0, 0])).eigenvectors.shape).toEqual([0, 0])
  })
  test('sign and logarithm of the determinant', () => {
    const a = tensor([
      [new Complex(0, 2), 1],
      [0, 3],
    ])
    const { sign, logabsdet } = linalg.slogdet(a)
    expect([sign.item(), sign.dtype, logabsdet.dtype]).toEqual([new Complex(0, 1), 'complex64', 'float32'])
    expect(logabsdet.item()).toBeCloseTo(Math.log(6))
    expect(linalg.slogdet(zeros([2, 2], complex)).logabsdet.item()).toBe(-Infinity)
    expect(viewAsReal(a.logdet()).tolist()).toEqual([
      expect.closeTo(Math.log(6)),
      expect.closeTo(Math.PI / 2),
    ])
  })
})

describe('hard matrices', () => {
  test('LDL takes blocks of order 2', () => {
    const a = matrix([
      [0, 1, 2],
      [1, 0, 3],
      [2, 3, 0],
    ])
    const { LD, pivots } = linalg.ldlFactor(a)
    const b = matrix([[1], [2], [3]])
    expect((pivots.tolist<number>() as number[]).some((p) => p < 0)).toBe(true)
    same(linalg.ldlSolve(LD, pivots, b), linalg.solve(a, b))
  })
  test('small singular values of a graded matrix keep their digits', () => {
    const s = linalg.svdvals(
      matrix([
        [1, 0],
        [0, 1e-200],
      ]),
    )
    expect(s.tolist()).toEqual([1, 1e-200])
  })
  test('the exponential, scaled and squared', () => {
    same(
      linalg.matrixExp(
        matrix([
          [0, -20],
          [20, 0],
        ]),
      ),
      matrix([
        [Math.cos(20), -Math.sin(20)],
        [Math.sin(20), Math.cos(20)],
      ]),
      1000,
    )
    same(
      linalg.matrixExp(
        matrix([
          [-49, 24],
          [-64, 31],
        ]),
      ),
      matrix([
        [-0.735759, 0.551819],
        [-1.471518, 1.103638],
      ]),
      1e10,
    )
  })
  test('least squares of any rank', () => {
    const a = product(6, 2, 4)
    const b = randn([6, 3], float64)
    const { solution, rank, singularValues, residuals } = linalg.lstsq(a, b, { driver: 'gelsd' })
    same(solution, linalg.pinv(a, { rtol: 1e-12 }).matmul(b), 1e4)
    expect([rank.item(), singularValues.shape, residuals.shape]).toEqual([2, [4], [0]])
    const tall = randn([6, 3], float64)
    const byQR = linalg.lstsq(tall, b, { driver: 'gels' })
    expect(sizeOf(tall.mT.matmul(tall.matmul(byQR.solution).sub(b)))).toBeLessThan(1e-13)
    same(byQR.solution, linalg.lstsq(tall, b).solution, 1e4)
    same(byQR.residuals, tall.matmul(byQR.solution).sub(b).square().sum([0]), 1e4)
    same(
      linalg.lstsq(tall.mT, b.narrow(0, 0, 3), { driver: 'gels' }).solution,
      linalg.pinv(tall.mT).matmul(b.narrow(0, 0, 3)),
      1e4,
    )
  })
  test('rank, pseudo-inverse, condition', () => {
    expect(linalg.matrixRank(product(5, 3, 6)).item()).toBe(3)
    expect(linalg.matrixRank(zeros([2, 3, 3])).tolist()).toEqual([0, 0])
    expect(linalg.matrixRank(eye(3), { atol: 2 }).item()).toBe(0)
    near(linalg.pinv(zeros([2, 3])), [
      [0, 0],
      [0, 0],
      [0, 0],
    ])
    expect(linalg.cond(zeros([2, 2]), 1).item()).toBe(Infinity)
    expect(linalg.cond(zeros([0, 0])).item()).toBe(0)
    near(
      linalg.cond(
        matrix([
          [2, 0],
          [0, 4],
        ]),
      ),
      2,
    )
  })
  test('determinants of singular and of no rows', () => {
    expect(linalg.det(ones([2, 2])).item()).toBe(0)
    expect(linalg.det(zeros([0, 0])).item()).toBe(1)
    const { sign, logabsdet } = linalg.slogdet(zeros([2, 2]))
    expect([sign.item(), logabsdet.item()]).toEqual([0, -Infinity])
    expect(eye(3).neg().logdet().item()).toBe(NaN)
    near(linalg.slogdet(eye(400).mul(0.01)).logabsdet, 400 * Math.log(0.01))
  })
  test('NaN: eigenvalues of NaN, no singular values', () => {
    expect(linalg.eigvalsh(full([2, 2], NaN)).tolist()).toEqual([NaN, NaN])
    expect(() => linalg.svd(full([2, 2], NaN))).toThrow('linalg.svd: the elements must be finite')
  })
})

describe('norms', () => {
  const a = tensor([
    [1, 2],
    [3, 4],
  ])
  test('of matrices', () => {
    const ords = ['fro', 'nuc', 1, -1, 2, -2, Infinity, -Infinity] as const
    near(
      tensor(ords.map((ord) => linalg.matrixNorm(a, ord).item())),
      [5.4772, 5.831, 6, 4, 5.465, 0.366, 7, 3],
    )
    expect(linalg.matrixNorm(ones([2, 3, 4]), 'nuc', [0, 2], { keepdim: true }).shape).toEqual([1, 3, 1])
    near(ones([2, 3, 4]).norm('nuc', [0, 2]), [2.8284, 2.8284, 2.8284])
  })
  test('of vectors, and which of both', () => {
    near(linalg.norm(a), 5.4772)
    near(linalg.norm(a, 1), 6)
    near(linalg.norm(a, 1, 0), [4, 6])
    near(linalg.vectorNorm(a, 3, -1), [2.0801, 4.4979])
    expect(() => linalg.norm(ones([2, 2, 2]), 2)).toThrow(ShapeError)
    expect(() => linalg.matrixNorm(a, 3)).toThrow(
      "linalg.matrixNorm: ord must be 'fro', 'nuc', ±1, ±2 or ±Infinity, got 3.",
    )
  })
  test('distances and renorm', () => {
    near(
      cdist(
        tensor([
          [0, 0],
          [1, 1],
        ]),
        tensor([[3, 4]]),
      ),
      [[5], [3.6056]],
    )
    near(cdist(tensor([[0, 0]]), tensor([[3, 4]]), { p: 1 }), [[7]])
    near(tensor([3, 0]).dist(tensor([0, 4])), 5)
    near(
      tensor([
        [3, 4],
        [0.3, 0.4],
      ]).renorm(2, 0, 1),
      [
        [0.6, 0.8],
        [0.3, 0.4],
      ],
    )
  })
})

describe('products and powers', () => {
  test('cross, vecdot, vander', () => {
    near(
      linalg.cross(
        tensor([[1, 2, 3]]),
        tensor([
          [4, 5, 6],
          [1, 0, 0],
        ]),
      ),
      [
        [-3, 6, -3],
        [0, 3, -2],
      ],
    )
    near(
      ones([3, 2]).cross(
        tensor([
          [1, 2],
          [3, 4],
          [5, 6],
        ]),
      ),
      [
        [2, 2],
        [-4, -4],
        [2, 2],
      ],
    )
    near(
      linalg.vecdot(
        tensor([
          [1, 2],
          [3, 4],
        ]),
        tensor([1, 1]),
      ),
      [3, 7],
    )
    near(linalg.vander(tensor([2, 3]), { N: 3 }), [
      [1, 2, 4],
      [1, 3, 9],
    ])
  })
  test('matrixPower', () => {
    const a = tensor([
      [1, 1],
      [0, 1],
    ])
    near(a.matrixPower(10), [
      [1, 10],
      [0, 1],
    ])
    near(a.matrixPower(-3), [
      [1, -3],
      [0, 1],
    ])
    near(a.matrixPower(0), [
      [1, 0],
      [0, 1],
    ])
    expect(a.matrixPower(1).storage).not.toBe(a.storage)
  })
  test('reflectors', () => {
    const a = randn([5, 3], float64)
    const { a: factors, tau } = a.geqrf()
    const { Q } = linalg.qr(a)
    same(linalg.householderProduct(factors, tau), Q)
    const c = randn([5, 2], float64)
    const all = linalg.qr(a, { mode: 'complete' }).Q
    same(factors.ormqr(tau, c), all.matmul(c))
    same(factors.ormqr(tau, c, { transpose: true }), all.mT.matmul(c))
    same(factors.ormqr(tau, c.mT, { left: false }), c.mT.matmul(all))
  })
  test('tensorinv and tensorsolve', () => {
    const a = randn([2, 3, 6], float64)
    const b = randn([2, 3], float64)
    same(
      linalg
        .tensorinv(a)
        .reshape([6, 6])
        .matmul(b.reshape([6])),
      linalg.tensorsolve(a, b),
      1e4,
    )
  })
})

describe('errors', () => {
  test.each([
    [
      () => linalg.cholesky(eye(2).neg()),
      linalg.LinAlgError,
      'linalg.cholesky: the input must be positive-definite, got a leading minor of order 1 that is not.',
    ],
    [() => linalg.cholesky(eye(2).neg().expand([3, 2, 2])), linalg.LinAlgError, '(batch element 0)'],
    [
      () => linalg.inv(zeros([2, 2])),
      linalg.LinAlgError,
      'linalg.inv: the matrix must be invertible, got a singular one (pivot 0 is zero).',
    ],
    [
      () => linalg.solve(zeros([2, 2]), ones([2])),
      linalg.LinAlgError,
      'linalg.solve: the matrix must be invertible',
    ],
    [
      () => linalg.solve(eye(2), ones([3])),
      ShapeError,
      'must fit the equation A X = B, got [2, 2] and [3, 1]',
    ],
    [() => linalg.solve(eye(2), ones([2, 1], float64)), DTypeError, 'one dtype, got float32 and float64'],
    [
      () => linalg.luFactor(zeros([2, 2])),
      linalg.LinAlgError,
      'linalg.luFactor: the diagonal of U must have no zero',
    ],
    [
      () => linalg.det(ones([2, 3])),
      ShapeError,
      'linalg.det: the input must be a batch of square matrices, got shape [2, 3].',
    ],
    [
      () => linalg.svd(ones([2])),
      ShapeError,
      'linalg.svd: the input must have at least 2 dims, got shape [2].',
    ],
    [
      () => linalg.svd(ones([2, 2], { dtype: 'int64' })),
      DTypeError,
      'must be floating-point or complex, got int64',
    ],
    [
      () => linalg.qr(ones([2, 2], { dtype: 'float16' })),
      DTypeError,
      'must be float32, float64 or complex, got float16',
    ],
    [
      () => linalg.eig(full([2, 2], NaN)),
      linalg.LinAlgError,
      'linalg.eig: the elements must be finite, got a matrix with infinities or NaNs.',
    ],
    [
      () => linalg.eigvals(full([2, 2, 2], Infinity)),
      linalg.LinAlgError,
      'with infinities or NaNs (batch element 0).',
    ],
    [
      () => linalg.solve(eye(2, null, { dtype: 'complex64' }), ones([2])),
      DTypeError,
      'one dtype, got complex64 and float32',
    ],
    [() => linalg.cross(ones([2]), ones([2])), ShapeError, 'must have size 3, got 2 and 2'],
    [
      () =>
        eye(2)
          .choleskyInverse()
          .dist(zeros([3])),
      ShapeError,
      '[2, 2] and [3]',
    ],
  ])('%#', (run, kind, message) => {
    expect(run).toThrow(kind)
    expect(run).toThrow(message)
  })
  test('info instead of errors', () => {
    expect(linalg.choleskyEx(eye(2).neg()).info.item()).toBe(1)
    expect(linalg.invEx(zeros([2, 2])).info.item()).toBe(1)
    expect(
      linalg
        .luFactorEx(
          matrix([
            [1, 1],
            [1, 1],
          ]),
        )
        .info.item(),
    ).toBe(2)
    expect(linalg.solveEx(eye(2), ones([2])).info.item()).toBe(0)
  })
})

test('shapes without data', () => {
  const a = ones([4, 3, 5], { device: 'meta' })
  expect(linalg.svd(a).U.shape).toEqual([4, 3, 3])
  expect(linalg.qr(a).R.shape).toEqual([4, 3, 5])
  expect(linalg.inv(a.matmul(a.mT)).shape).toEqual([4, 3, 3])
  expect(linalg.cholesky(a.matmul(a.mT)).device).toBe('meta')
})

test('float32 is computed in float64 and rounded', () => {
  const a = randn([20, 20])
  const exact = linalg.inv(a.to('float64'))
  expect(sizeOf(linalg.inv(a).to('float64').sub(exact))).toBeLessThan(1e-6 * sizeOf(exact))
  expect(linalg.svd(a).U.dtype).toBe('float32')
})

test('a device that cannot be read at once says how to go on', () => {
  registerBackend({ ...createReferenceBackend(), device: 'distant', canBlock: false })
  expect(() => linalg.inv(eye(2, null, { device: 'distant' }))).toThrow(
    "linalgInvEx: the matrices (linear algebra runs on the host) must be read, and device 'distant' cannot be read synchronously. Use: await awaitReads(() => linalgInvEx(...)).",
  )
})
