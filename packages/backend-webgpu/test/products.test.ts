// Matrix products in every form that their shapes choose, with and without barriers, against the reference.
import { describe, expect, test } from '@jest/globals'
import { init } from '@tt/backend-webgpu'
import { conv1d, conv2d, conv3d, convTranspose2d, grad, tensor } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import { backend, expectSame, filled } from './gpu.ts'
import type { Make } from './gpu.ts'

const devices = ['webgpu', 'webgpu:other']
const compiles = 120_000 // milliseconds: software adapters take seconds for a kernel with barriers
const close = { rtol: 1e-5, atol: 2e-5, devices }

/** The product of factors that lie in rows or in columns, and of windows at odd offsets. */
const layouts = (make: Make, m: number, k: number, n: number): Tensor[] => {
  const [a, b] = [filled(make, [m, k]), filled(make, [k, n], { seed: 7 })]
  const [at, bt] = [filled(make, [k, m]).t(), filled(make, [n, k], { seed: 7 }).t()]
  const window = filled(make, [k + 2, m + 3])
    .narrow(0, 1, k)
    .narrow(1, 2, m)
  return [a.matmul(b), at.matmul(b), a.matmul(bt), at.matmul(bt), window.t().matmul(b)]
}

describe('a form for each shape', () => {
  test.each([
    [1, 70, 40],
    [40, 70, 1],
    [2, 33, 9],
    [3, 5, 65],
    [66, 21, 4],
    [10, 64, 100],
    [100, 64, 10],
    [17, 19, 18],
    [70, 37, 130],
    [130, 5, 67],
  ])('%i × %i × %i', (m, k, n) => expectSame((make) => layouts(make, m, k, n), close), compiles)

  test('many batches of small matrices', () =>
    expectSame(
      (make) => [
        filled(make, [128, 17, 9]).matmul(filled(make, [9, 20])),
        filled(make, [64, 3, 20]).mT.matmul(filled(make, [3, 140])),
      ],
      close,
    ))
  // (small tensors share a buffer, whose elements are read one by one)
  test.each(['float32', 'float16'] as const)(
    'factors in buffers of their own, read four at a time: %s',
    (dtype) =>
      expectSame(
        (make) => {
          const [a, b] = [1, 7].map((seed) => filled(make, [520, 512], { dtype, seed }))
          const window = (x: Tensor, rows: number, columns: number): Tensor =>
            x.narrow(0, 4, rows).narrow(1, 8, columns)
          return [
            window(a, 20, 37).matmul(window(b, 37, 26)),
            window(a, 37, 20)
              .t()
              .matmul(window(b, 26, 37).t()),
            window(a, 3, 50).matmul(window(b, 50, 70)),
            window(a, 3, 50).matmul(window(b, 70, 50).t()),
            filled(make, [140], { dtype }).addmm(window(a, 150, 70), window(b, 140, 70).t()),
            window(a, 70, 150)
              .t()
              .matmul(window(b, 70, 140)),
          ]
        },
        dtype === 'float32' ? close : { rtol: 5e-3, atol: 5e-3, devices },
      ),
    compiles,
  )
  test('an empty inner dim gives the bias', () =>
    expectSame((make) => filled(make, [9]).addmm(filled(make, [20, 0]), filled(make, [0, 9])), close))
  test('infinite and NaN numbers beyond the edge of a window stay there', () =>
    expectSame((make) => {
      const rows = make([
        [1, 2, NaN],
        [3, 4, Infinity],
        [NaN, NaN, NaN],
      ])
      return rows
        .narrow(0, 0, 2)
        .narrow(1, 0, 2)
        .matmul(rows.narrow(0, 0, 2).narrow(1, 0, 2))
    }, close))
  test('more batches than workgroups in one dim', async () => {
    const x = tensor([[[2]]], { device: 'webgpu' }).expand([70_000, 1, 1])
    expect(await x.matmul(x).sum().itemAsync()).toBe(280_000)
  })
})

describe('a long inner dim', () => {
  test.each([
    [3, 5000, 4],
    [20, 2100, 20],
    [1, 9000, 8],
  ])(
    '%i × %i × %i in parts',
    (m, k, n) =>
      expectSame(
        (make) => {
          const [a, b] = [filled(make, [2, m, k]), filled(make, [k, n], { seed: 7 })]
          return [a.matmul(b), filled(make, [n]).addmm(a.select(0, 1), b)]
        },
        { rtol: 2e-5, atol: 1e-3, devices },
      ),
    compiles,
  )
  test('of integers is exact', () =>
    expectSame(
      (make) => {
        const whole = { dtype: 'int32', scale: 9 } as const
        return filled(make, [1, 5000], whole).matmul(filled(make, [5000, 3], { ...whole, seed: 3 }))
      },
      { rtol: 0, atol: 0, devices },
    ))
  test('is cut where outputs are few, and only there', () => {
    const count = (m: number, k: number, n: number): number => {
      const [a, b] = [filled(make, [m, k]), filled(make, [k, n])]
      const before = backend.runtime.counts.dispatches
      a.matmul(b)
      return backend.runtime.counts.dispatches - before
    }
    const make: Make = (data) => tensor(data, { device: 'webgpu' })
    expect([count(2, 9000, 3), count(2, 100, 3)]).toEqual([2, 1])
  })
  test('its temporary goes back to the pool', () => {
    const make: Make = (data) => tensor(data, { device: 'webgpu' })
    const [a, b] = [filled(make, [2, 9000]), filled(make, [9000, 3])]
    a.matmul(b).dispose()
    const before = backend.runtime.memory.stats
    for (let i = 0; i < 5; i++) a.matmul(b).dispose()
    expect(backend.runtime.memory.stats).toEqual(before)
  })
})

describe('convolution as a product, with its gradients', () => {
  const images = (make: Make, n: number, channels: number, ...size: number[]): Tensor =>
    filled(make, [n, channels, ...size]).requiresGrad_()
  const gradients = (make: Make, y: Tensor, of: Tensor[]): Tensor[] => [
    y.detach(),
    ...grad(y, of, { gradOutputs: filled(make, y.shape, { seed: 3 }) }),
  ]
  const cases: Record<string, (make: Make) => Tensor[]> = {
    '2-d': (make) => {
      const [x, w] = [images(make, 2, 18, 6, 5), images(make, 20, 18, 3, 2)]
      const b = filled(make, [20]).requiresGrad_()
      return gradients(make, conv2d(x, w, b, { padding: 1 }), [x, w, b])
    },
    'strided, dilated, in groups': (make) => {
      const [x, w] = [images(make, 2, 34, 9, 8), images(make, 36, 17, 3, 2)]
      return gradients(
        make,
        conv2d(x, w, null, { stride: [2, 1], padding: [1, 2], dilation: 2, groups: 2 }),
        [x, w],
      )
    },
    'strided: a product for each phase': (make) => {
      const [x, w] = [images(make, 2, 40, 9, 10), images(make, 34, 20, 4, 3)]
      return gradients(make, conv2d(x, w, null, { stride: [2, 3], padding: 1, groups: 2 }), [x, w])
    },
    '1-d over a window': (make) => {
      const [x, w] = [images(make, 3, 17, 14), images(make, 16, 17, 3)]
      return gradients(make, conv1d(x.narrow(2, 1, 12), w), [x, w])
    },
    '3-d': (make) => [conv3d(images(make, 1, 3, 4, 5, 4), images(make, 16, 3, 2, 3, 2)).detach()],
    transposed: (make) => [
      convTranspose2d(images(make, 2, 16, 4, 3), images(make, 16, 17, 3, 3), filled(make, [17]), {
        stride: 2,
      }).detach(),
    ],
  }
  test.each(Object.entries(cases))(
    '%s',
    (_, run) => expectSame(run, { rtol: 2e-5, atol: 2e-5, devices }),
    compiles,
  )
  test.each([
    [1, 40, 4],
    [1, 3, 4],
  ])(
    'a tile for %i groups of %i channels',
    (groups, channels, size) =>
      expectSame(
        (make) => {
          const [x, w] = [
            filled(make, [1, 16 * groups, 8, size]),
            filled(make, [channels * groups, 16, 1, 1]),
          ]
          return conv2d(x, w, null, { groups })
        },
        { rtol: 2e-5, atol: 2e-5, devices: ['webgpu:other'] },
      ),
    compiles,
  )
  test('where the channels fill a tile, on devices with barriers only', async () => {
    for (const barrierFree of [false, true]) {
      const { runtime } = await init({ name: 'webgpu:fresh', barrierFree })
      const make: Make = (data) => tensor(data, { device: runtime.name })
      const sources = (runtime.sources = [] as { name: string; source: string }[])
      for (const channels of [1, 16])
        conv2d(filled(make, [2, channels, 6, 6]), filled(make, [channels, channels, 3, 3]))
      const forms = sources.filter(({ name }) => name === 'convolution')
      const tiled = forms.map(({ source }) => source.includes('workgroupBarrier'))
      expect(barrierFree ? tiled.includes(true) : tiled).toEqual(barrierFree ? false : [false, true])
    }
  })
})
