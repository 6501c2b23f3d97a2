// gather, scatter and advanced indexing on the GPU; bad indices are found by the next read.
import { describe, expect, test } from '@jest/globals'
import { IndexError, tensor, zeros } from '@tt/tensor'
import { expectSame, filled } from './gpu.ts'
import type { Make } from './gpu.ts'

const index = (make: Make): ReturnType<Make> => make([2n, 0n, 1n, 2n, 2n, 0n]).reshape([2, 3])

test('gather and take along a dim', () =>
  expectSame((make) => [
    filled(make, [3, 3]).gather(0, index(make)),
    filled(make, [2, 4]).gather(1, index(make)),
    filled(make, [3, 4]).t().gather(0, index(make)),
  ]))

test.each(['sum', 'prod', 'amax', 'amin'] as const)('scatter by %s, with duplicates', (reduce) =>
  expectSame(
    (make) =>
      filled(make, [3, 3], { scale: 3 }).scatterReduce(
        0,
        index(make),
        filled(make, [2, 3], { seed: 9 }),
        reduce,
      ),
    { rtol: 1e-5 },
  ),
)

test('many additions to one element', () =>
  expectSame(
    (make) =>
      make([0, 0]).indexAdd(
        0,
        make(Array.from({ length: 2000 }, (_, i) => BigInt(i % 2))),
        filled(make, [2000]),
      ),
    { rtol: 1e-4, atol: 1e-3 },
  ))

test('advanced indexing, negative indices and writing', () =>
  expectSame((make) => {
    const x = filled(make, [4, 5, 3])
    const picked = x.at(make([-1n, 0n, 2n]), ':', make([0n, 2n, -3n]))
    x.put_([make([1n, -4n])], x.narrow(0, 2, 2).clone())
    return [
      picked,
      x.at(
        ':',
        make([
          [0n, 4n],
          [1n, 1n],
        ]),
      ),
    ]
  }))

describe('indices out of bounds', () => {
  const x = tensor(
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    { device: 'webgpu' },
  )
  const bad = tensor([[7n, 0n, 0n]], { device: 'webgpu' })
  const cases = {
    gather: () => x.gather(0, bad),
    scatter: () => x.clone().scatterAdd_(0, bad, x),
    index: () => x.at(bad),
  }
  test.each(Object.entries(cases))('%s: the read rejects, once', async (name, run) => {
    await expect(run().toTypedArrayAsync()).rejects.toThrow(
      `${name}: index 7 is out of bounds for dim 0 with size 2`,
    )
    await expect(run().toTypedArrayAsync()).rejects.toThrow(IndexError)
    expect(Array.from((await x.toTypedArrayAsync()) as Float32Array)).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('a write: the elements with a good index are written, nothing else', async () => {
    const y = zeros([4], { device: 'webgpu' })
    y.put_([tensor([0n, 4n, -1n], { device: 'webgpu' })], tensor([1, 2, 3], { device: 'webgpu' }))
    await expect(y.toTypedArrayAsync()).rejects.toThrow('index 4 is out of bounds for dim 0 with size 4')
    expect(await y.tolistAsync()).toEqual([1, 0, 0, 3])
  })
})
