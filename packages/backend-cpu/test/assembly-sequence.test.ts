// sort, topk and kthvalue, softmax, scans and the Mersenne Twister against plain JavaScript.
import { describe, expect, test } from '@jest/globals'
import { bench, builds, randomSource, worst } from './assembly-setup.ts'

const special = [NaN, Infinity, -Infinity, -0, 0]

/** The elements in stable order, with their positions; NaN is the greatest. */
function sorted(row: ArrayLike<number | bigint>, descending: boolean) {
  const compare = (a: number | bigint, b: number | bigint) => {
    const [an, bn] = [a !== a, b !== b]
    return an || bn ? Number(an) - Number(bn) : a < b ? -1 : a > b ? 1 : 0
  }
  return Array.from(row, (value, index) => ({ value, index })).sort((a, b) =>
    descending ? compare(b.value, a.value) : compare(a.value, b.value),
  )
}

describe('sort and topk', () => {
  const dtypes = ['float32', 'float64', 'int8', 'uint8', 'int16', 'int32', 'int64'] as const
  test.each(dtypes)('%s', (dtype) => {
    const { kernels, alloc, put, scratch, checkGuards } = bench('simd')
    const random = randomSource(7)
    for (const n of [0, 1, 2, 10, 48, 49, 130, 1000]) {
      const rows = 3
      const draw = () => {
        const x = random()
        if (dtype.startsWith('float'))
          return x < 0.2 ? special[Math.floor(x * 25)] : Math.fround((random() - 0.5) * 10 ** (x * 10))
        if (dtype === 'uint8') return Math.floor(x * 256)
        return Math.floor((x - 0.5) * (dtype === 'int8' ? 256 : 60000))
      }
      // the last row in order, so that for the largest each displaces all others
      const drawn = Array.from({ length: rows * n }, draw)
      const input = put(dtype, [...drawn.slice(0, 2 * n), ...drawn.slice(2 * n).sort((a, b) => a - b)])
      if (dtype === 'int64' && n > 9)
        (input as BigInt64Array).set([2n ** 63n - 1n, -(2n ** 63n), 2n ** 40n, -(2n ** 40n)])
      const work = scratch(kernels.sortScratch(n, input.BYTES_PER_ELEMENT))
      for (const descending of [0, 1])
        for (const k of new Set([n, 1, 8, 15, 16, 64, 65, n >> 2, (n >> 2) + 1])) {
          if (k > n) continue
          const values = alloc(dtype, rows * k),
            indices = alloc('int64', rows * k)
          kernels.topk[dtype](
            rows,
            n,
            k,
            descending,
            input.byteOffset,
            values.byteOffset,
            indices.byteOffset,
            work,
          )
          for (let row = 0; row < rows; row++) {
            const cells = sorted(input.subarray(row * n, row * n + n), descending === 1)
            expect(Array.from(indices.subarray(row * k, row * k + k), Number)).toEqual(
              cells.slice(0, k).map((cell) => cell.index),
            )
            expect(Array.from(values.subarray(row * k, row * k + k) as ArrayLike<number | bigint>)).toEqual(
              cells.slice(0, k).map((cell) => cell.value),
            )
          }
        }
      checkGuards()
    }
  })
})

describe('kthvalue', () => {
  const dtypes = ['float32', 'float64', 'int8', 'uint8', 'int16', 'int32', 'int64'] as const
  test.each(dtypes)('%s', (dtype) => {
    const { kernels, alloc, put, scratch, checkGuards } = bench('simd')
    const random = randomSource(11)
    for (const n of [1, 2, 300, 1000]) {
      for (const spread of [3, 200, 2e9]) {
        const draw = (i: number): number => {
          if (dtype.startsWith('float'))
            return i % 9 === 4 ? special[(i >> 3) % 5] : Math.fround(random() * spread)
          const most = { int8: 127, uint8: 255, int16: 32767 }[dtype as string] ?? 2e9
          return Math.trunc((random() - (dtype === 'uint8' ? 0 : 0.5)) * Math.min(spread, most))
        }
        const wanted = [0, n >> 1, n - 1]
        const input = put(
          dtype,
          Array.from({ length: 3 * n }, (_, i) => draw(i)),
        )
        if (dtype === 'int64' && n > 9) (input as BigInt64Array).set([2n ** 62n, -(2n ** 62n), 2n ** 40n])
        const places = put('int64', wanted)
        const [values, indices] = [alloc(dtype, 3), alloc('int64', 3)]
        kernels.kthvalue[dtype](
          3,
          n,
          places.byteOffset,
          input.byteOffset,
          values.byteOffset,
          indices.byteOffset,
          scratch(kernels.sortScratch(n, input.BYTES_PER_ELEMENT)),
        )
        const rows = wanted.map((place, row) => sorted(input.subarray(row * n, row * n + n), false)[place])
        expect(Array.from(indices, Number)).toEqual(rows.map(({ index }) => index))
        expect(Array.from(values as ArrayLike<number | bigint>)).toEqual(rows.map(({ value }) => value))
        checkGuards()
      }
    }
  })
})

describe.each(builds)('softmax, %s', (build) => {
  test.each(['float32', 'float64'] as const)('%s', (dtype) => {
    const { kernels, alloc, put, checkGuards } = bench(build)
    const random = randomSource(3)
    const tolerance = dtype === 'float32' ? 3e-7 : 1e-15
    for (const n of [1, 2, 3, 4, 5, 7, 8, 10, 33, 1000]) {
      for (const scale of [1, 30, 3000]) {
        const rows = 3
        const x = put(
          dtype,
          Array.from({ length: rows * n }, () => (random() - 0.5) * scale),
        )
        const g = put(
          dtype,
          Array.from({ length: rows * n }, () => random() - 0.5),
        )
        const y = alloc(dtype, rows * n),
          logY = alloc(dtype, rows * n),
          gx = alloc(dtype, rows * n),
          gLog = alloc(dtype, rows * n)
        kernels.softmaxForward[dtype](rows, n, x.byteOffset, y.byteOffset)
        kernels.logSoftmaxForward[dtype](rows, n, x.byteOffset, logY.byteOffset)
        kernels.softmaxBackward[dtype](rows, n, y.byteOffset, g.byteOffset, gx.byteOffset)
        kernels.logSoftmaxBackward[dtype](rows, n, logY.byteOffset, g.byteOffset, gLog.byteOffset)
        for (let row = 0; row < rows; row++) {
          const part = (a: typeof x) => Array.from(a.subarray(row * n, row * n + n))
          const [xs, gs] = [part(x), part(g)]
          const top = Math.max(...xs)
          const sum = xs.reduce((s, v) => s + Math.exp(v - top), 0)
          const ys = xs.map((v) => Math.exp(v - top) / sum)
          const dot = ys.reduce((s, v, i) => s + v * gs[i], 0),
            total = gs.reduce((s, v) => s + v, 0)
          expect(worst(part(y), ys)).toBeLessThan(tolerance)
          expect(
            worst(
              part(logY),
              xs.map((v) => v - top - Math.log(sum)),
            ),
          ).toBeLessThan(tolerance)
          expect(
            worst(
              part(gx),
              ys.map((v, i) => v * (gs[i] - dot)),
            ),
          ).toBeLessThan(tolerance * 3)
          expect(
            worst(
              part(gLog),
              ys.map((v, i) => gs[i] - v * total),
            ),
          ).toBeLessThan(tolerance * 60)
        }
        checkGuards()
      }
    }
  })

  test('special values, as PyTorch', () => {
    const { kernels, put } = bench(build)
    const soft = (row: number[]) => {
      const x = put('float32', row)
      kernels.softmaxForward.float32(1, row.length, x.byteOffset, x.byteOffset)
      return Array.from(x)
    }
    expect(soft([0, -Infinity, 0, -Infinity, -Infinity])).toEqual([0.5, 0, 0.5, 0, 0])
    expect(soft([1, NaN, 2, 3, 4])).toEqual([NaN, NaN, NaN, NaN, NaN])
    expect(soft([-Infinity, -Infinity, -Infinity, -Infinity, -Infinity])).toEqual([NaN, NaN, NaN, NaN, NaN])
    expect(soft([1, Infinity])).toEqual([NaN, NaN])
  })
})

test('scans', () => {
  const { kernels, alloc, put, checkGuards } = bench('simd')
  const [outer, n, inner] = [2, 5, 3]
  const data = [3, 1, 4, 1, NaN, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6, 2, 6, 4, 3, 3, 8, 3, 2, 7]
  const x = put('float32', data)
  const run = (step: (best: number, value: number) => number) => {
    const out = Array.from(x)
    for (let i = 0; i < out.length; i++)
      if (Math.floor(i / inner) % n > 0) out[i] = step(out[i - inner], out[i])
    return out
  }
  const y = alloc('float32', data.length),
    indices = alloc('int64', data.length)
  kernels.cumsum.float32(outer, n, inner, x.byteOffset, y.byteOffset)
  expect(Array.from(y)).toEqual(run((a, b) => a + b))
  kernels.cumprod.float32(outer, n, inner, x.byteOffset, y.byteOffset)
  expect(Array.from(y)).toEqual(run((a, b) => a * b))
  kernels.cummax.float32(outer, n, inner, x.byteOffset, y.byteOffset, indices.byteOffset)
  expect(Array.from(y)).toEqual(run(Math.max))
  kernels.cummin.float32(outer, n, inner, x.byteOffset, y.byteOffset, indices.byteOffset)
  expect(Array.from(y)).toEqual(run(Math.min))
  const ties = put('int32', [2, 3, 3, 1, 3]),
    best = alloc('int32', 5)
  kernels.cummax.int32(1, 5, 1, ties.byteOffset, best.byteOffset, indices.byteOffset)
  expect(Array.from(best)).toEqual([2, 3, 3, 3, 3])
  expect(Array.from(indices.subarray(0, 5), Number)).toEqual([0, 1, 2, 2, 4])
  const long = put('int64', [5, 6, 7]),
    sums = alloc('int64', 3)
  kernels.cumsum.int64(1, 3, 1, long.byteOffset, sums.byteOffset)
  expect(Array.from(sums, Number)).toEqual([5, 11, 18])
  checkGuards()
})

test("Mersenne Twister: the reference words, and PyTorch's torch.manual_seed(0); torch.rand(3)", () => {
  const { kernels, alloc, scratch, checkGuards } = bench('simd')
  const state = scratch(2500)
  kernels.mtSeed(state, 5489)
  const words = alloc('int32', 10000)
  kernels.mtWords(state, words.byteOffset, 3)
  kernels.mtWords(state, words.byteOffset + 12, 9997)
  expect([words[0] >>> 0, words[1] >>> 0, words[9999] >>> 0]).toEqual([3499211612, 581869302, 4123659995])
  kernels.mtSeed(state, 0)
  const rand = alloc('float32', 3)
  kernels.mtUniform.float32(state, rand.byteOffset, 3, 0, 1)
  expect(Array.from(rand)).toEqual([0.49625658988952637, 0.7682217955589294, 0.08847743272781372])
  kernels.mtSeed(state, 0)
  const doubles = alloc('float64', 2)
  kernels.mtUniform.float64(state, doubles.byteOffset, 2, 0, 1)
  expect(Array.from(doubles)).toEqual([0.9700530018065531, 0.707819864399788])
  checkGuards()
})
