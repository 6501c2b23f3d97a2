// Random numbers of the device: the words of Philox 4x32-10, the same for the same seed, and the distributions.
import { beforeEach, describe, expect, test } from '@jest/globals'
import {
  Generator,
  dtypes,
  empty,
  forkRng,
  getRngState,
  manualSeed,
  multinomial,
  newTensor,
  normal,
  rand,
  randint,
  randn,
  randperm,
  setRngState,
  tensor,
  zeros,
} from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { functional } from '@tt/nn'
import { backend } from './gpu.ts'

const gpu = { device: 'webgpu' }
beforeEach(() => {
  manualSeed(0)
})
const numbers = async (x: Tensor): Promise<number[]> =>
  Array.from((await x.to('float32').toTypedArrayAsync()) as Float32Array)

describe('words', () => {
  const words = async (seed: bigint, first: bigint, count: number): Promise<string[]> => {
    const out = newTensor(backend, dtypes.int32, [count])
    backend.fused.random!(seed, first, out)
    return Array.from((await out.toTypedArrayAsync()) as Int32Array, (w) => (w >>> 0).toString(16))
  }
  // Oracle: the algorithm in integers of JavaScript, checked below with the vectors of Random123.
  const philox = (counter: readonly bigint[], seed: readonly bigint[]): bigint[] => {
    const low = (x: bigint): bigint => BigInt.asUintN(32, x)
    let [c, k] = [[...counter], [...seed]]
    for (let round = 0; round < 10; round++) {
      const [a, b] = [0xd2511f53n * c[0], 0xcd9e8d57n * c[2]]
      c = [(b >> 32n) ^ c[1] ^ k[0], low(b), (a >> 32n) ^ c[3] ^ k[1], low(a)]
      k = [low(k[0] + 0x9e3779b9n), low(k[1] + 0xbb67ae85n)]
    }
    return c
  }
  test('of the published vectors', async () => {
    const ones = 0xffffffffn
    const vector = philox([ones, ones, ones, ones], [ones, ones])
    expect(vector.map((w) => w.toString(16))).toEqual(['408f276d', '41c83b0e', 'a20bc7c6', '6d5451fd'])
    expect(await words(0n, 0n, 4)).toEqual(['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8'])
  })
  test('of counters and keys beyond 32 bits, and of a part of a block', async () => {
    const [seed, first] = [0x123456789abcdef0n, 0xfffffffen]
    const blocks = [first, first + 1n, first + 2n].map((n) =>
      philox([BigInt.asUintN(32, n), n >> 32n, 0n, 0n], [0x9abcdef0n, 0x12345678n]),
    )
    const wanted = blocks.flat().map((w) => w.toString(16))
    expect(await words(seed, first, 10)).toEqual(wanted.slice(0, 10))
  })
})

describe('streams', () => {
  test('the same seed gives the same numbers, whatever is drawn on the host between', async () => {
    const draw = async (): Promise<number[][]> => [
      await numbers(rand([5], gpu)),
      await numbers(randn([3, 3], gpu)),
      await numbers(randint(0, 100, [7], gpu)),
    ]
    const first = await draw()
    manualSeed(0)
    rand([4], { device: 'reference' })
    expect(await draw()).toEqual(first)
    expect(await draw()).not.toEqual(first)
    expect(first[0][0]).toBeCloseTo(Number(0x6627e8d5 >>> 8) * 2 ** -24, 7)
  })
  test('a generator of its own, states and forkRng', async () => {
    const generator = new Generator().manualSeed(5)
    const first = await numbers(rand([6], { ...gpu, generator }))
    expect(await numbers(rand([6], { ...gpu, generator: generator.manualSeed(5) }))).toEqual(first)
    await numbers(rand([6], gpu))
    const state = getRngState()
    const next = await numbers(rand([6], gpu))
    setRngState(state)
    expect(await numbers(forkRng(() => rand([6], gpu)))).toEqual(next)
    expect(await numbers(rand([6], gpu))).toEqual(next)
  })
})

// Means and variances of n draws lie within five standard errors of the true ones; one seed, so nothing is left to chance.
const n = 40_000
const moments = (x: readonly number[]): [number, number] => {
  const mean = x.reduce((a, b) => a + b, 0) / x.length
  return [mean, x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length]
}
const expectMoments = async (x: Tensor, mean: number, variance: number): Promise<void> => {
  const [m, v] = moments(await numbers(x))
  expect(Math.abs(m - mean)).toBeLessThan(5 * Math.sqrt(variance / x.numel()))
  expect(Math.abs(v / variance - 1)).toBeLessThan(0.15)
}
// Largest distance of the empirical distribution function from the true one (Kolmogorov and Smirnov; 1.95/√n is p = 0.001).
const expectDistribution = async (x: Tensor, cdf: (x: number) => number): Promise<void> => {
  const sorted = (await numbers(x)).sort((a, b) => a - b)
  let most = 0
  sorted.forEach((value, i) => {
    most = Math.max(
      most,
      Math.abs(cdf(value) - i / sorted.length),
      Math.abs(cdf(value) - (i + 1) / sorted.length),
    )
  })
  expect(most).toBeLessThan(1.95 / Math.sqrt(sorted.length))
}
const normalCdf = (z: number): number => {
  // Abramowitz and Stegun 26.2.17, 7.5e-8
  const t = 1 / (1 + 0.2316419 * Math.abs(z))
  const tail =
    (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return z > 0 ? 1 - tail : tail
}

describe('distributions', () => {
  test('uniform', async () => {
    await expectDistribution(rand([n], gpu), (x) => x)
    await expectDistribution(empty([n], gpu).uniform_(-1, 3), (x) => (x + 1) / 4)
    const halves = await numbers(rand([n], { ...gpu, dtype: 'float16' }))
    expect(Math.max(...halves)).toBeLessThan(1)
  })
  test('normal', async () => {
    await expectDistribution(randn([n], gpu), normalCdf)
    await expectDistribution(empty([n], gpu).normal_(3, 0.5), (x) => normalCdf((x - 3) / 0.5))
    const pair = normal(tensor([0, 100], gpu).expand([n / 2, 2]), tensor([1, 2], gpu))
    await expectMoments(pair.select(1, 0), 0, 1)
    await expectMoments(pair.select(1, 1), 100, 4)
  })
  test('exponential, cauchy, log-normal', async () => {
    await expectDistribution(empty([n], gpu).exponential_(2), (x) => 1 - Math.exp(-2 * x))
    await expectDistribution(empty([n], gpu).cauchy_(1, 2), (x) => 0.5 + Math.atan((x - 1) / 2) / Math.PI)
    await expectDistribution(empty([n], gpu).logNormal_(0, 1), (x) => normalCdf(Math.log(x)))
  })
  test('bernoulli, by a number and by a tensor; geometric', async () => {
    await expectMoments(empty([n], gpu).bernoulli_(0.3), 0.3, 0.21)
    const p = tensor([0, 0.8, 1], gpu).expand([n / 4, 3])
    const drawn = p.bernoulli()
    await expectMoments(drawn.select(1, 1), 0.8, 0.16)
    expect(moments(await numbers(drawn.select(1, 0)))).toEqual([0, 0])
    expect(moments(await numbers(drawn.select(1, 2)))).toEqual([1, 0])
    await expectMoments(empty([n], gpu).geometric_(0.25), 4, 12)
  })
  test('integers', async () => {
    const drawn = await numbers(randint(-2, 3, [n], gpu))
    const counts = [-2, -1, 0, 1, 2].map((k) => drawn.filter((x) => x === k).length)
    expect(counts.reduce((a, b) => a + b, 0)).toBe(n)
    for (const count of counts) expect(Math.abs(count - n / 5)).toBeLessThan(5 * Math.sqrt(n * 0.16))
    const bytes = await numbers(empty([n], { ...gpu, dtype: 'uint8' }).random_())
    expect([Math.min(...bytes), Math.max(...bytes)]).toEqual([0, 255])
  })
  test('permutations', async () => {
    const order = await numbers(randperm(1000, gpu))
    expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i))
    expect(order.filter((x, i) => x === i).length).toBeLessThan(10)
  })
  test('multinomial', async () => {
    const weights = tensor([1, 0, 3, 4], gpu)
    const drawn = await numbers(multinomial(weights, n, { replacement: true }))
    const shares = [0, 1, 2, 3].map((k) => drawn.filter((x) => x === k).length / n)
    ;[0.125, 0, 0.375, 0.5].forEach((share, k) => expect(Math.abs(shares[k] - share)).toBeLessThan(0.015))
    const distinct = multinomial(weights.expand([500, 4]), 3)
    expect(distinct.shape).toEqual([500, 3])
    for (const row of (await distinct.tolistAsync()) as number[][]) expect(row.toSorted()).toEqual([0, 2, 3])
    expect(() => multinomial(weights, 5)).toThrow('numSamples must be at most the number of categories')
  })
  test('into a window of a larger tensor', async () => {
    const whole = zeros([4, 6], gpu)
    whole.narrow(1, 2, 3).t().uniform_(1, 2)
    const rows = (await whole.tolistAsync()) as number[][]
    for (const row of rows) expect(row.map((x) => x >= 1)).toEqual([false, false, true, true, true, false])
    expect(new Set(rows.flat()).size).toBe(13)
  })
  test('dropout and rrelu', async () => {
    await expectMoments(functional.dropout(zeros([n], gpu).add(1), { p: 0.25 }), 1, 1 / 3)
    await expectDistribution(
      functional.rrelu(zeros([n], gpu).sub(1), { training: true }),
      (x) => (x + 1 / 3) / (1 / 3 - 1 / 8),
    )
  })
})
