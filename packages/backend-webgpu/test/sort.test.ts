// Sorting and selection in all their forms (by counting, bitonic, radix; with and without barriers), against the reference.
import { describe, expect, jest, test } from '@jest/globals'
import { tensor } from '@tt/autograd'
import type { DType, Tensor } from '@tt/tensor'
import { backend, expectSame, filled } from './gpu.ts'
import type { Make } from './gpu.ts'

const devices = ['webgpu', 'webgpu:other']
jest.setTimeout(120_000) // lavapipe compiles a radix pass by workgroups for 10 seconds, if it has not before
const both = (x: { values: Tensor; indices: Tensor }): Tensor[] => [x.values, x.indices]
const upAndDown = (x: Tensor, dim: number): Tensor[] => [
  ...both(x.sort(dim)),
  ...both(x.sort(dim, { descending: true })),
]
const all: DType[] = ['bool', 'uint8', 'int8', 'int16', 'int32', 'int64', 'float16', 'bfloat16', 'float32']
/** Numbers over the dtype's range, or nearly; some of them equal. */
const spread = (make: Make, shape: number[], dtype: DType): Tensor => {
  const scale = { bool: 1, uint8: 255, int8: 127, int16: 32767, float16: 60000 }[dtype as string] ?? 2e9
  const x = filled(make, shape, { scale })
  if (dtype === 'bool') return x.gt(0)
  return dtype === 'uint8' ? x.abs().to(dtype) : x.to(dtype)
}
// subnormal ones too
const special = [NaN, 1, -Infinity, 0, -0, Infinity, -1, NaN, -0, 0, 1e-40, -1e-40, 3e-40, 3e38, -3e38]
const specials = (make: Make, n: number): Tensor =>
  make(Array.from({ length: n }, (_, i) => special[(i * 5 + (i >> 4)) % special.length]))

describe('sort', () => {
  // around the sizes at which another algorithm begins, and those of parts of a radix pass (1024, 2048)
  test.each([1, 2, 64, 65, 128, 1024, 1025, 2048, 2049, 5000])('of lines of %i', (n) =>
    expectSame((make) => upAndDown(filled(make, [2, n], { scale: 1e4 }), 1), { devices }),
  )
  test.each([
    [2, 1500],
    [30, 70],
    [100, 20],
  ])('%i lines of %i, most of them equal: stable', (lines, size) =>
    expectSame(
      (make) => upAndDown(filled(make, [lines, size], { dtype: 'int32', scale: 7 }).to('float32'), 1),
      {
        devices,
      },
    ),
  )
  test('one long line, many lines', () =>
    expectSame((make) => [
      ...upAndDown(filled(make, [70_000], { scale: 1e4 }).round(), 0),
      ...upAndDown(filled(make, [150, 300], { scale: 100 }).round(), 1),
      ...upAndDown(filled(make, [2000, 7]), 1),
    ]))
  // so many parts that a workgroup adds up the counts of a digit
  test('a long line by workgroups', () =>
    expectSame((make) => both(filled(make, [140_000], { dtype: 'int32', scale: 90 }).to('int8').sort(0)), {
      devices: ['webgpu:other'],
    }))
  test.each(all)('%s', (dtype) =>
    expectSame(
      (make) => [
        ...upAndDown(spread(make, [1, 2100], dtype), 1),
        ...upAndDown(spread(make, [3, 50], dtype), 1),
        ...upAndDown(spread(make, [2, 400], dtype), 1),
      ],
      { devices },
    ),
  )
  test.each([20, 500, 3000])('NaN last, zeros of both signs equal, infinities: lines of %i', (n) =>
    expectSame((make) => upAndDown(specials(make, n), 0), { devices }),
  )
  test('along other dims, of views, of a 0-dim tensor, of nothing', () =>
    expectSame(
      (make) => {
        const x = filled(make, [2, 1100, 2])
        return [
          ...upAndDown(x, 1),
          ...upAndDown(x.permute([2, 1, 0]).narrow(1, 30, 1050), 1),
          ...upAndDown(x.transpose(0, 1), 0),
          ...upAndDown(make(5), 0),
          ...upAndDown(x.narrow(1, 0, 0), 1),
          ...upAndDown(x.narrow(0, 0, 0), 1),
        ]
      },
      { devices },
    ))
  test('passes only over the digits that a dtype has', async () => {
    const dispatches = async (dtype: DType): Promise<number> => {
      const x = spread((data) => tensor(data, { device: 'webgpu' }), [3000], dtype)
      await x.toTypedArrayAsync()
      const before = backend.runtime.counts.dispatches
      x.sort()
      return backend.runtime.counts.dispatches - before
    }
    const [one, two, four] = [await dispatches('uint8'), await dispatches('int16'), await dispatches('int32')]
    expect([one, two, four]).toEqual([5, 8, 14]) // keys and elements, and three kernels for each digit
  })
  test('gives its memory back', async () => {
    const x = filled((data) => tensor(data, { device: 'webgpu' }), [100_000])
    const used = async (): Promise<number> => {
      for (const result of both(x.sort())) result.dispose()
      await x.at(0).toTypedArrayAsync()
      return backend.runtime.memory.stats.usedBytes
    }
    expect(await used()).toBe(await used())
  })
})

describe('topk', () => {
  const largestAndSmallest = (x: Tensor, k: number, dim = -1): Tensor[] => [
    ...both(x.topk(k, dim)),
    ...both(x.topk(k, dim, { largest: false })),
  ]
  test.each([1, 2, 64, 65, 127, 128, 200])('%i of lines of 1024 and 2050', (k) =>
    expectSame(
      (make) => [
        ...largestAndSmallest(filled(make, [2, 1024]), k),
        ...both(filled(make, [2, 2050], { scale: 50, dtype: 'int32' }).topk(k)),
      ],
      { devices },
    ),
  )
  test('of many equal ones the first, NaN the greatest', () =>
    expectSame(
      (make) => [
        ...largestAndSmallest(filled(make, [2, 3000], { scale: 3 }).round(), 20),
        ...largestAndSmallest(specials(make, 2000), 30),
        ...largestAndSmallest(make(Array.from({ length: 2000 }, () => NaN)), 4),
      ],
      { devices },
    ))
  test.each(all)('%s', (dtype) =>
    expectSame((make) => largestAndSmallest(spread(make, [2, 1100], dtype), 6), { devices }),
  )
  test('along other dims, of views, in any order', () =>
    expectSame(
      (make) => {
        const x = filled(make, [2, 1100, 2])
        return [
          ...both(x.topk(5, 1)),
          ...both(x.permute([2, 1, 0]).narrow(1, 30, 1050).topk(5, 1)),
          x.topk(5, 1, { sorted: false }).values.sort(1).values,
        ]
      },
      { devices },
    ))
  test('does not sort long lines', async () => {
    const x = filled((data) => tensor(data, { device: 'webgpu' }), [100_000])
    await x.at(0).toTypedArrayAsync()
    const bytes = backend.runtime.memory.stats.usedBytes
    const before = backend.runtime.counts.dispatches
    x.topk(10)
    // keys, the start, two for each of four digits, three to bring them together, their order, the elements
    expect(backend.runtime.counts.dispatches - before).toBe(15)
    await x.at(0).toTypedArrayAsync()
    expect(backend.runtime.memory.stats.usedBytes - bytes).toBeLessThan(100_000)
  })
})

describe('kthvalue and median', () => {
  test.each([
    [2, 1024],
    [3, 2050],
    [1, 5000],
  ])('of %i lines of %i', (lines, size) =>
    expectSame(
      (make) => {
        const [x, y] = [
          filled(make, [lines, size]),
          filled(make, [lines, size], { dtype: 'int32', scale: 20 }),
        ]
        return [1, 2, size >> 1, size].flatMap((k) => [...both(x.kthvalue(k)), ...both(y.kthvalue(k))])
      },
      { devices },
    ),
  )
  test('lines with NaN and without', () =>
    expectSame(
      (make) => {
        const x = filled(make, [3, 1100, 2])
        x.select(0, 1).narrow(0, 40, 9).fill_(NaN)
        x.select(0, 2).fill_(NaN)
        return [
          ...both(x.median(1)),
          ...both(x.median(1, { keepdim: true })),
          ...both(x.nanmedian(1)),
          x.median(),
          x.nanmedian(),
          x.select(0, 0).median(),
          ...both(specials(make, 1500).median(0)),
        ]
      },
      { devices },
    ))
  test.each(all.filter((dtype) => dtype !== 'bool'))('%s', (dtype) =>
    expectSame((make) => both(spread(make, [2, 1100], dtype).kthvalue(300)), { devices }),
  )
})
