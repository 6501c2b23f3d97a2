// gemm against plain loops: every build, strides, edge tiles, biases, alpha and beta, ranges of rows.
import { describe, expect, test } from '@jest/globals'
import { instantiateAssembly } from '../src/assembly/index.ts'
import { bench, builds, randomSource, randoms, worst } from './assembly-setup.ts'

interface Case {
  m: number
  n: number
  k: number
  aT?: boolean
  bT?: boolean
  cT?: boolean
  alpha?: number
  beta?: number
  biasCol?: boolean
  biasRow?: boolean
  rows?: [number, number]
}

const shapes = [
  [1, 1, 1],
  [1, 1, 0],
  [5, 7, 0],
  [1, 33, 65],
  [33, 1, 65],
  [2, 2, 2],
  [6, 8, 3],
  [7, 9, 30],
  [13, 17, 31],
  [12, 16, 40],
  [64, 10, 128],
  [10, 64, 70],
  [31, 33, 257],
  [121, 40, 20],
  [4, 1030, 6],
  [25, 31, 600],
  [8, 4, 1000],
] as const

const variants: Partial<Case>[] = [
  {},
  { aT: true },
  { bT: true },
  { aT: true, bT: true },
  { cT: true },
  { bT: true, cT: true, biasRow: true },
  { alpha: 0.5, beta: 2 },
  { beta: 1, biasCol: true },
  { biasRow: true, biasCol: true, alpha: -1.5 },
  { cT: true, beta: 0.25, alpha: 2, biasCol: true },
]

function check(build: (typeof builds)[number], dtype: 'float32' | 'float64' | 'int32', one: Case): number {
  const { m, n, k, aT, bT, cT, alpha = 1, beta = 0, rows = [0, m] } = one
  const { kernels, put, scratch, checkGuards } = bench(build, 160)
  const random = randomSource(m * 10007 + n * 101 + k)
  const draw = (count: number) =>
    randoms(random, count).map((x) => (dtype === 'int32' ? Math.trunc(x * 50) : x))
  const a = put(dtype, draw(m * k)),
    b = put(dtype, draw(k * n))
  const c = put(dtype, beta === 0 ? new Array<number>(m * n).fill(dtype === 'int32' ? 9 : NaN) : draw(m * n))
  const biasCol = one.biasCol ? put(dtype, draw(n)) : null,
    biasRow = one.biasRow ? put(dtype, draw(m)) : null
  const [ras, cas] = aT ? [1, m] : [k, 1]
  const [rbs, cbs] = bT ? [1, k] : [n, 1]
  const [rcs, ccs] = cT ? [1, m] : [n, 1]
  const expected = Array.from(c)
  for (let i = rows[0]; i < rows[1]; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0
      for (let p = 0; p < k; p++) sum += a[i * ras + p * cas] * b[p * rbs + j * cbs]
      const at = i * rcs + j * ccs
      expected[at] = alpha * sum + (beta === 0 ? 0 : beta * c[at]) + (biasCol?.[j] ?? 0) + (biasRow?.[i] ?? 0)
    }
  }
  kernels.gemm[dtype](
    n,
    k,
    alpha,
    a.byteOffset,
    ras,
    cas,
    b.byteOffset,
    rbs,
    cbs,
    beta,
    c.byteOffset,
    rcs,
    ccs,
    biasCol?.byteOffset ?? 0,
    biasRow?.byteOffset ?? 0,
    rows[0],
    rows[1],
    scratch(kernels.gemmScratch(rows[1] - rows[0], n, k, a.BYTES_PER_ELEMENT)),
  )
  checkGuards()
  return worst(c, expected)
}

describe.each(builds)('gemm, %s', (build) => {
  test.each(shapes)('%i × %i × %i', (m, n, k) => {
    for (const variant of variants) {
      expect(check(build, 'float32', { m, n, k, ...variant })).toBeLessThan(1e-5)
      expect(check(build, 'float64', { m, n, k, ...variant })).toBeLessThan(1e-13)
    }
    for (const variant of variants.slice(0, 5)) expect(check(build, 'int32', { m, n, k, ...variant })).toBe(0)
  })

  test('a range of rows leaves the others alone', () => {
    for (const rows of [
      [0, 20],
      [20, 37],
      [5, 5],
      [36, 37],
    ] as [number, number][]) {
      expect(check(build, 'float32', { m: 37, n: 50, k: 40, beta: 1, biasRow: true, rows })).toBeLessThan(
        1e-5,
      )
    }
  })

  test('NaN and infinity go through', () => {
    const { kernels, put, alloc, scratch } = bench(build)
    const a = put('float32', new Array<number>(8 * 300).fill(1)),
      b = put('float32', new Array<number>(300 * 16).fill(1))
    a[5 * 300 + 7] = Infinity
    b[9 * 16 + 3] = NaN
    const c = alloc('float32', 8 * 16)
    const work = scratch(kernels.gemmScratch(8, 16, 300, 4))
    kernels.gemm.float32(
      16,
      300,
      1,
      a.byteOffset,
      300,
      1,
      b.byteOffset,
      16,
      1,
      0,
      c.byteOffset,
      16,
      1,
      0,
      0,
      0,
      8,
      work,
    )
    expect([c[0], c[3], c[5 * 16], c[5 * 16 + 3]]).toEqual([300, NaN, Infinity, NaN])
  })
})

test('int64 wraps as in PyTorch', () => {
  const { kernels, put, alloc } = bench('simd')
  const a = put('int64', [3, -4]),
    b = put('int64', [5, 7]),
    c = alloc('int64', 1)
  a[0] = 2n ** 62n
  kernels.gemm.int64(1, 2, 1n, a.byteOffset, 2, 1, b.byteOffset, 1, 1, 0n, c.byteOffset, 1, 1, 0, 0, 0, 1, 0)
  expect(c[0]).toBe(BigInt.asIntN(64, 2n ** 62n * 5n - 28n))
})

test.each([
  ['unshared', { initial: 4 }],
  ['unshared with a maximum', { initial: 4, maximum: 100 }],
  ['shared', { initial: 4, maximum: 100, shared: true }],
])('a memory that is %s', (_, descriptor) => {
  const memory = new WebAssembly.Memory(descriptor)
  const kernels = instantiateAssembly(memory)
  const data = new Float32Array(memory.buffer, 0, 16)
  data.set([1, 2, 3, 4, 5, 6, 7, 8])
  kernels.gemm.float32(2, 2, 1, 0, 2, 1, 16, 2, 1, 0, 32, 2, 1, 0, 0, 0, 2, 1024)
  expect(Array.from(data.subarray(8, 12))).toEqual([19, 22, 43, 50])
})
