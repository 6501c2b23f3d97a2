// Kernels at sizes and layouts that the conformance kit does not reach, in all their forms, against the reference.
import { describe, expect, test } from '@jest/globals'
import {
  avgPool2d,
  conv1d,
  conv2d,
  conv3d,
  convTranspose2d,
  grad,
  maxPool2d,
  noGrad,
  tensor,
  where,
} from '@tt/autograd'
import type { DType, Tensor } from '@tt/tensor'
import { backend, expectSame, filled, other } from './gpu.ts'
import type { Make } from './gpu.ts'

const devices = ['webgpu', 'webgpu:other']

describe('map', () => {
  test.each([[1], [3], [4], [5], [1000]])('%i elements, dense', (n) =>
    expectSame((make) =>
      filled(make, [n])
        .mul(filled(make, [n], { seed: 5 }))
        .add(3),
    ),
  )
  test('dense windows at offsets that are no multiple of four', () =>
    expectSame((make) =>
      filled(make, [20])
        .narrow(0, 1, 8)
        .add(filled(make, [20]).narrow(0, 2, 8)),
    ))
  test('writes through a view leave the rest as it was', () =>
    expectSame((make) => {
      const x = filled(make, [6, 7])
      x.narrow(1, 2, 3).add_(10)
      x.t().narrow(0, 0, 1).mul_(2)
      return x
    }))
  test('in place, with itself as an operand', () =>
    expectSame((make) => {
      const x = filled(make, [9])
      x.add_(x).mul_(x)
      return x
    }))
  test('eight dims that do not merge', () =>
    expectSame((make) =>
      filled(make, [2, 3, 2, 2, 2, 2, 2, 2])
        .permute([7, 0, 6, 1, 5, 2, 4, 3])
        .add(filled(make, [1, 2, 1, 3, 1, 2, 1, 1])),
    ))
  // rows of a multiple of four: four neighbours at once, where every operand allows it
  test.each(['float32', 'float16', 'int64', 'bool'] as const)('rows of fours by strides, %s', (dtype) =>
    expectSame((make) => {
      const of = (shape: number[], seed = 1): Tensor => filled(make, shape, { dtype, scale: 3, seed })
      const [x, wide] = [of([6, 8]), of([6, 20], 2)]
      const into = of([6, 16], 5)
      into.narrow(1, 4, 8).copy_(of([8], 3))
      into.narrow(1, 1, 4).copy_(of([6, 1], 4)) // results that begin within a four
      const long = of([3, 1, 5, 12])
      return [
        x.add(of([8], 3)),
        x.add(of([6, 1], 3)),
        x.add(wide.narrow(1, 4, 8)),
        x.add(wide.narrow(1, 3, 8)),
        x.add(of([8, 6], 4).t()),
        x.add(of([1, 1], 3)).add(wide.at(':', '::2').narrow(1, 0, 8)),
        of([4, 8, 3], 7).permute([2, 0, 1]).contiguous(),
        long.add(of([1, 2, 1, 12], 9)).add(of([3, 1, 5, 1], 8)),
        into,
      ]
    }),
  )
  // by tiles on GPUs: neighbours of an operand that are far apart in the result
  test.each(['float32', 'float16', 'bool'] as const)('transposed operands of many elements, %s', (dtype) =>
    expectSame(
      (make) => {
        const of = (shape: number[], seed = 1): Tensor => filled(make, shape, { dtype, scale: 3, seed })
        const [x, y] = [of([70, 66]), of([66, 70], 2)]
        const into = of([66, 80], 5)
        into.narrow(1, 3, 70).copy_(x.t())
        return [
          x.t().contiguous(),
          x.add(y.t()),
          x
            .t()
            .add(y)
            .add(of([70, 66], 3).t()),
          x.t().add(of([70], 4)),
          of([3, 40, 2, 33], 6).permute([2, 3, 0, 1]).contiguous(),
          of([16, 5, 17, 4], 7)
            .permute([3, 2, 1, 0])
            .mul(of([4, 17, 5, 16], 8)),
          into,
        ]
      },
      { devices },
    ),
  )
  test('by tiles on GPUs, and by strides on CPU drivers', () => {
    for (const { runtime } of [backend, other]) {
      runtime.sources = []
      const x = filled((data) => tensor(data, { device: runtime.name }), [70, 66])
      x.t().mul(2).sub(x.t().cos())
      const tiled = runtime.sources.some(({ source }) => /var<workgroup> tile0/.test(source))
      expect(tiled).toBe(!runtime.barrierFree)
      runtime.sources = null
    }
  })
  test('more elements than workgroups in one dim', async () => {
    const n = 4_300_000 // 65535 groups of 64 threads are 4,194,240
    const x = tensor([1, 2], { device: 'webgpu' })
    const picked = x.gather(0, tensor([1n], { device: 'webgpu' }).expand([n]))
    expect(await picked.narrow(0, n - 1, 1).itemAsync()).toBe(2)
    expect(await picked.eq(2).sum().itemAsync()).toBe(n)
  })
})

describe('reduce', () => {
  test.each([
    [[2, 9000], [1]],
    [[20000], [0]],
    [[300, 50], [0]],
    [[2, 3000, 3], [1]],
    [
      [4, 5, 6, 7],
      [0, 2],
    ],
    [
      [2, 2, 900],
      [0, 2],
    ],
  ])('sum of %j over %j', (shape, dims) =>
    expectSame((make) => filled(make, shape).sum(dims), { rtol: 1e-5, atol: 1e-3, devices }),
  )
  test.each(['max', 'prod', 'mean'] as const)('%s of many', (name) =>
    expectSame((make) => filled(make, [5000])[name === 'max' ? 'amax' : name]([0]), { rtol: 1e-5, devices }),
  )
  test('integers are exact', () =>
    expectSame((make) => filled(make, [5000], { dtype: 'int32', scale: 1000 }).sum(), { devices }))
  test('of a transposed and sliced view', () =>
    expectSame((make) => filled(make, [40, 90]).t().narrow(0, 3, 70).sum([0]), {
      rtol: 1e-5,
      atol: 1e-5,
      devices,
    }))
})

describe('matmul', () => {
  test.each([
    [1, 1, 1],
    [4, 4, 4],
    [5, 7, 3],
    [64, 32, 48],
    [65, 33, 130],
    [1, 100, 1],
    [33, 1, 70],
  ])('%i × %i × %i', (m, k, n) =>
    expectSame(
      (make) => {
        const [a, b] = [filled(make, [m, k]), filled(make, [k, n], { seed: 7 })]
        const [at, bt] = [filled(make, [k, m]).t(), filled(make, [n, k], { seed: 7 }).t()]
        return [a.matmul(b), at.matmul(b), a.matmul(bt), at.matmul(bt)]
      },
      { rtol: 1e-5, atol: 1e-5, devices },
    ),
  )
  test('batched, broadcast, with bias', () =>
    expectSame(
      (make) => [
        filled(make, [3, 20, 17]).matmul(filled(make, [3, 17, 24])),
        filled(make, [2, 3, 20, 17]).matmul(filled(make, [17, 24])),
        filled(make, [24]).addmm(filled(make, [20, 17]), filled(make, [17, 24])),
      ],
      { rtol: 1e-5, atol: 1e-5, devices },
    ))
  test.each(['int32', 'float16', 'bfloat16'] as const)('%s', (dtype) =>
    expectSame(
      (make) =>
        filled(make, [20, 30], { dtype, scale: 4 }).matmul(filled(make, [30, 24], { dtype, scale: 4 })),
      { rtol: dtype === 'int32' ? 0 : 0.02, atol: dtype === 'int32' ? 0 : 0.02, devices },
    ),
  )
})

// (the device whose convolutions of few channels are no products)
const direct = backend.runtime.barrierFree ? 'webgpu' : 'webgpu:other'
describe('convolution, its gradients and its transpose', () => {
  test.each([
    [1, 0, 1, 1],
    [2, 1, 1, 1],
    [1, 2, 2, 1],
    [2, 1, 1, 2],
  ])('2-d: stride %i, padding %i, dilation %i, groups %i', (stride, padding, dilation, groups) =>
    expectSame(
      (make) => {
        const x = filled(make, [3, 4, 9, 8]).requiresGrad_()
        const w = filled(make, [6, 4 / groups, 3, 2]).requiresGrad_()
        const b = filled(make, [6]).requiresGrad_()
        const y = conv2d(x, w, b, { stride, padding, dilation, groups })
        y.mul(filled(make, y.shape, { seed: 3 }))
          .sum()
          .backward()
        return noGrad(() => [y.detach(), x.grad!, w.grad!, b.grad!])
      },
      { rtol: 1e-5, atol: 1e-5, devices: [direct] },
    ),
  )
  test('a channel a group', () =>
    expectSame(
      (make) => {
        const [x, w] = [
          filled(make, [3, 5, 9, 8]).requiresGrad_(),
          filled(make, [5, 1, 3, 2]).requiresGrad_(),
        ]
        conv2d(x, w, null, { stride: 2, padding: 1, groups: 5 }).square().sum().backward()
        return [x.grad!, w.grad!]
      },
      { rtol: 1e-5, atol: 1e-5, devices },
    ))
  test('1-d and 3-d', () =>
    expectSame(
      (make) => [
        conv1d(filled(make, [2, 3, 20]), filled(make, [5, 3, 4])),
        conv3d(filled(make, [1, 2, 5, 6, 4]), filled(make, [3, 2, 2, 3, 2])),
      ],
      { rtol: 1e-5, atol: 1e-5 },
    ))
  test('transposed', () =>
    expectSame(
      (make) =>
        convTranspose2d(filled(make, [2, 4, 5, 5]), filled(make, [4, 3, 3, 3]), filled(make, [3]), {
          stride: 2,
        }),
      { rtol: 1e-5, atol: 1e-5 },
    ))
})

describe('fused kernels', () => {
  test.each([[[5]], [[3, 7]], [[2, 3, 100]], [[70, 33]]])(
    'softmax and logSoftmax of %j, with gradients',
    (shape) =>
      expectSame(
        (make) =>
          [false, true].flatMap((log) => {
            const x = filled(make, shape, { scale: 5 }).requiresGrad_()
            const y = log ? x.logSoftmax(-1) : x.softmax(-1)
            y.mul(filled(make, shape, { seed: 4 }))
              .sum()
              .backward()
            return [y.detach(), x.grad!]
          }),
        { rtol: 1e-5, atol: 2e-6, devices },
      ),
  )
  test('softmax of infinities and NaN', () =>
    expectSame(
      (make) =>
        make([
          [-Infinity, 0, 1],
          [-Infinity, -Infinity, -Infinity],
          [NaN, 0, 1],
          [1000, 999, -1000],
        ]).softmax(1),
      { devices },
    ))
  test.each([
    [2, 2, 0, 1],
    [3, 2, 1, 1],
    [3, 1, 1, 2],
  ])('maxPool2d: kernel %i, stride %i, padding %i, dilation %i', (kernel, stride, padding, dilation) =>
    expectSame(
      (make) => {
        const x = filled(make, [2, 3, 9, 8]).requiresGrad_()
        const y = maxPool2d(x, kernel, { stride, padding, dilation })
        y.mul(filled(make, y.shape, { seed: 2 }))
          .sum()
          .backward()
        return [
          y.detach(),
          x.grad!,
          maxPool2d(
            make([
              [
                [
                  [-Infinity, NaN],
                  [1, NaN],
                ],
              ],
            ]),
            2,
          ),
        ]
      },
      { devices },
    ),
  )
})

describe('along a dim', () => {
  test('scans', () =>
    expectSame(
      (make) => {
        const x = filled(make, [4, 33, 3])
        return [
          x.cumsum(1),
          x.cumsum(0),
          x.cumprod(2),
          x.cummax(1).values,
          x.cummax(1).indices,
          x.cummin(1).indices,
        ]
      },
      { rtol: 1e-5, atol: 1e-5 },
    ))
  test.each([[5], [64], [300]])('sort of lines of %i', (n) =>
    expectSame((make) => {
      const x = filled(make, [3, n], { scale: 20 }).round()
      const [up, down] = [x.sort(1, { descending: false }), x.sort(1, { descending: true })]
      return [up.values, up.indices, down.values, down.indices, x.t().sort(0).indices]
    }),
  )
  test('sort puts NaN last, zeros of both signs are equal', () =>
    expectSame((make) => [
      make([NaN, 1, -Infinity, 0, -0, Infinity, -1]).sort(0).indices,
      make([NaN, 1, NaN]).sort(0, { descending: true }).indices,
    ]))
  test('argmax finds the first, and NaN', () =>
    expectSame((make) => [
      make([
        [1, 5, 5],
        [NaN, 9, NaN],
      ]).argmax(1),
      make([
        [1, 5, 5],
        [2, 1, 1],
      ]).argmin(1),
      filled(make, [3, 500]).argmax(1),
    ]))
})

describe('dtypes', () => {
  const all: DType[] = ['bool', 'uint8', 'int8', 'int16', 'int32', 'int64', 'float16', 'bfloat16', 'float32']
  test.each(all)('%s goes there and back', (dtype) =>
    expectSame((make) => make([0, 1, 2, 100, 127], dtype).add(0)),
  )
  test.each(all)('%s wraps and rounds on store', (dtype) =>
    expectSame((make) =>
      make(
        [0, 1, 3, 100, 127, -1].map((x) => (dtype === 'bool' || dtype === 'uint8' ? Math.abs(x) : x)),
        dtype,
      ).mul(make([3, 100, 7, 3, 2, 1], dtype)),
    ),
  )
  test('every bit pattern of the half types survives', async () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, i) => i)
    for (const dtype of ['float16', 'bfloat16'] as const) {
      const x = tensor(
        Array.from({ length: 4 }, () => 0),
        { dtype, device: 'webgpu' },
      )
      const { storage } = x.expand([4]).contiguous()
      expect(storage.byteLength).toBe(8)
      const y = tensor(
        Array.from({ length: 65536 }, () => 0),
        { dtype, device: 'webgpu' },
      )
      y.storage.backend.write(y.storage.buffer, 0, new Uint8Array(bits.buffer))
      const back = (await y.clone().toTypedArrayAsync()) as Uint16Array
      const isNaN = (b: number): boolean =>
        dtype === 'float16' ? (b & 0x7fff) > 0x7c00 : (b & 0x7fff) > 0x7f80
      const differing = bits.filter((b, i) => back[i] !== b && !(isNaN(b) && isNaN(back[i])))
      // what is subnormal as float32 may be flushed
      expect(differing.filter((b) => !(dtype === 'bfloat16' && (b & 0x7f80) === 0))).toEqual(
        new Uint16Array(0),
      )
    }
  })
  test('float16 rounds to nearest even, overflows to infinity', () =>
    expectSame((make) =>
      make([1.0009765625 / 2, 2049, 2051, 65519, 65520, 1e-7, 6e-8, -3e-8, NaN, -70000]).to('float16'),
    ))
  test('int64 beyond 32 bits is refused when it is uploaded', () => {
    expect(() => tensor([5_000_000_000n], { device: 'webgpu' })).toThrow(
      'int64 is held in 32 bits on the GPU: values must be in −2³¹ to 2³¹ − 1, got 5000000000',
    )
    expect(() => tensor([1n], { device: 'webgpu' }).add(2 ** 40)).toThrow(
      'int64 is held in 32 bits on the GPU: numbers must be in',
    )
  })
  test('float64 is refused, and the message says what to do', () => {
    expect(() => tensor([1], { dtype: 'float64', device: 'webgpu' })).toThrow(/float64.*float32/)
  })
})

describe('sort', () => {
  // lines shorter and longer than what a workgroup sorts in its memory, and a number of lines that fills none
  test.each([
    [7, 5],
    [3, 300],
    [5, 512],
    [2, 1500],
  ])('%i lines of %i, stable, both ways', (lines, size) =>
    expectSame(
      (make) => {
        const x = filled(make, [lines, size], { scale: 40, dtype: 'int32' })
        const up = x.sort(1, { stable: true })
        const down = filled(make, [lines, size]).sort(1, { descending: true })
        return [up.values, up.indices, down.values, down.indices]
      },
      { devices },
    ),
  )
})

describe('average pooling', () => {
  const cases: [string, Parameters<typeof avgPool2d>[1], Parameters<typeof avgPool2d>[2]][] = [
    ['plain', 2, {}],
    ['overlapping, with padding', 3, { stride: 2, padding: 1 }],
    ['padding not counted', 3, { stride: 1, padding: 1, countIncludePad: false }],
    ['a divisor', [2, 3], { stride: [1, 2], divisorOverride: 5 }],
    ['windows over the edge', 3, { stride: 2, ceilMode: true }],
    ['gaps between windows', 2, { stride: 3 }],
  ]
  test.each(cases)('%s, and its gradient', (_, kernelSize, options) =>
    expectSame((make) => {
      const x = filled(make, [2, 3, 8, 9]).requiresGrad_()
      const y = avgPool2d(x, kernelSize, options)
      return [y.detach(), ...grad(y, x, { gradOutputs: filled(make, y.shape, { seed: 3 }) })]
    }),
  )
  test('runs in one kernel', () => {
    const x = filled((data) => tensor(data, { device: 'webgpu' }), [1, 1, 4, 4])
    avgPool2d(x, 2)
    const before = backend.runtime.counts.dispatches
    avgPool2d(x, 2)
    expect(backend.runtime.counts.dispatches - before).toBe(1)
  })
})

describe('long lines', () => {
  const shapes = [[20000], [3, 3000, 2]]
  const withTies = (make: Make, shape: number[], dtype: DType): Tensor => {
    const x = filled(make, shape, { scale: 30, dtype: 'int32' }).to(dtype)
    return dtype === 'float32' ? where(x.eq(7), NaN, x) : x
  }
  test.each(shapes)('argmax and argmin, the first of equal ones: %j', (...shape) =>
    expectSame(
      (make) =>
        (['int32', 'float32'] as const).flatMap((dtype) => {
          const x = withTies(make, shape, dtype)
          const plain = filled(make, shape)
          const along = shape.length > 1 ? 1 : 0
          const { values, indices } = x.min(along)
          return [x.argmax(), x.argmin(), plain.argmax(along), x.argmax(0), values, indices]
        }),
      { devices },
    ),
  )
  test.each(shapes)('cumsum, cumprod, cummax and cummin: %j', (...shape) =>
    expectSame(
      (make) => {
        const along = shape.length > 1 ? 1 : 0
        const [whole, ties] = [withTies(make, shape, 'int32'), withTies(make, shape, 'float32')]
        const extremes = [ties.cummax(along), whole.cummin(along), whole.cummax(0)]
        return [
          filled(make, shape).cumsum(along),
          whole.cumsum(along),
          whole.transpose(0, -1).cumsum(0),
          filled(make, shape, { scale: 0.02 }).add(1).cumprod(along),
          ...extremes.flatMap(({ values, indices }) => [values, indices]),
        ]
      },
      { devices, rtol: 2e-5, atol: 2e-4 },
    ),
  )
})
