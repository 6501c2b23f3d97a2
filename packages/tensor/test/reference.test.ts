// The reference backend against values from torch 1.13: it is what other backends are compared with.
import { beforeAll, describe, expect, test } from '@jest/globals'
import {
  IndexError,
  arange,
  conv2d,
  convTranspose2d,
  float,
  registerBackend,
  scatterReduce,
  setDefaultDevice,
  tensor,
  zeros,
} from '@tt/tensor'
import type { DType } from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'

beforeAll(() => {
  registerBackend(createReferenceBackend())
  setDefaultDevice('reference')
})

describe('casts', () => {
  const values = [3e9, -3e9, 1e20, NaN, Infinity, 300.7, -1.5, -200, 70000, 5e9]
  test.each<[DType, (number | bigint)[]]>([
    ['int64', [3e9, -3e9, -(2n ** 63n), -(2n ** 63n), -(2n ** 63n), 300, -1, -200, 70000, 5e9]],
    [
      'int32',
      [-2147483648, -2147483648, -2147483648, -2147483648, -2147483648, 300, -1, -200, 70000, -2147483648],
    ],
    ['int16', [0, 0, 0, 0, 0, 300, -1, -200, 4464, 0]],
    ['int8', [0, 0, 0, 0, 0, 44, -1, 56, 112, 0]],
    ['uint8', [0, 0, 0, 0, 0, 44, 255, 56, 112, 0]],
    ['bool', Array(10).fill(true) as never[]],
  ])('from float64 to %s', (dtype, expected) => {
    expect(tensor(values, { dtype: 'float64' }).to(dtype).tolist<number | bigint>()).toEqual(expected)
  })

  test('to float16: nearest, ties to even, overflow to infinity, denormals', () => {
    const halves = tensor([65519, 65520, 1e-8, 3e-8, 0.1, -0, 2049]).half().to('float32').tolist()
    expect(halves).toEqual([65504, Infinity, 0, 5.960464477539063e-8, 0.0999755859375, -0, 2048])
  })
  test('to bfloat16', () => {
    const values16 = tensor([1.00390625, 1.01171875, 3.4e38, 0.1, -0]).bfloat16().to('float32').tolist()
    expect(values16).toEqual([1, 1.015625, Infinity, 0.10009765625, -0])
  })
})

describe('arithmetic', () => {
  test('integers wrap', () => {
    expect(tensor([2147483647], { dtype: 'int32' }).add(1).tolist()).toEqual([-2147483648])
    expect(tensor([200], { dtype: 'uint8' }).add(100).tolist()).toEqual([44])
    expect(tensor([-128], { dtype: 'int8' }).abs().tolist()).toEqual([-128])
    expect(
      tensor([2n, 3n])
        .pow(tensor([100n, 90n]))
        .tolist<number | bigint>(),
    ).toEqual([0, BigInt.asIntN(64, 3n ** 90n)])
  })
  test('integer division and remainders', () => {
    const [a, b] = [tensor([-7n, 7n]), tensor([2n, -2n])]
    expect(a.div(b, { roundingMode: 'floor' }).tolist()).toEqual([-4, -4])
    expect(a.div(b, { roundingMode: 'trunc' }).tolist()).toEqual([-3, -3])
    expect([a.remainder(b).tolist(), a.fmod(b).tolist()]).toEqual([
      [1, -1],
      [-1, 1],
    ])
  })
  test('kinks and special values', () => {
    expect(tensor([NaN, -0, 3]).sign().tolist()).toEqual([0, 0, 1])
    expect(
      tensor([NaN, -1])
        .pow(tensor([0, Infinity]))
        .tolist(),
    ).toEqual([1, 1])
    expect(tensor([0.5, 1.5, -2.5]).round().tolist()).toEqual([0, 2, -2])
  })
  test('float32 is float32', () => {
    expect(tensor([0.1]).add(0.2).item()).toBe(Math.fround(Math.fround(0.1) + Math.fround(0.2)))
    expect(tensor([0.1]).eq(0.1).tolist()).toEqual([true])
    expect(tensor([16777216n]).add(float(1)).item()).toBe(16777216)
  })
})

describe('reductions', () => {
  test('nothing gives the identity', () => {
    const empty = zeros([0, 2])
    expect([empty.sum(0).tolist(), empty.prod(0).tolist(), empty.sum().item()]).toEqual([[0, 0], [1, 1], 0])
    expect([empty.any(0).tolist(), empty.all(0).tolist()]).toEqual([
      [false, false],
      [true, true],
    ])
  })
  test('NaN wins extremes, and is their first position', () => {
    expect([tensor([1, NaN, 3]).amax().item(), tensor([1, NaN, 3]).min(0).values.item()]).toEqual([NaN, NaN])
    expect([tensor([1, NaN, NaN, 5]).argmax().item(), tensor([2, 7, 7]).argmax().item()]).toEqual([1, 1])
  })
})

describe('along a dim', () => {
  test('cummax and cummin keep the last position of equals, and NaN', () => {
    const { values, indices } = tensor([1, 3, NaN, 2, NaN, 5]).cummax(0)
    expect([values.tolist(), indices.tolist()]).toEqual([
      [1, 3, NaN, NaN, NaN, NaN],
      [0, 1, 2, 2, 4, 4],
    ])
    expect(tensor([2n, 1n, 1n, 3n]).cummin(0).indices.tolist()).toEqual([0, 1, 2, 2])
  })
  test('sort is stable, NaN greatest', () => {
    const up = tensor([3, NaN, 1, Infinity, NaN, -Infinity]).sort()
    expect([up.values.tolist(), up.indices.tolist()]).toEqual([
      [-Infinity, 1, 3, Infinity, NaN, NaN],
      [5, 2, 0, 3, 1, 4],
    ])
    const down = tensor([3, NaN, 1, 3, NaN]).sort(0, { descending: true })
    expect([down.values.tolist(), down.indices.tolist()]).toEqual([
      [NaN, NaN, 3, 3, 1],
      [1, 4, 0, 3, 2],
    ])
  })
})

describe('convolution', () => {
  const inputs = () => [
    arange(12).to('float32').view([1, 1, 3, 4]),
    arange(4).to('float32').view([1, 1, 2, 2]),
  ]
  test('forward', () => {
    const [x, w] = inputs()
    expect(conv2d(x, w, tensor([1])).tolist()).toEqual([
      [
        [
          [25, 31, 37],
          [49, 55, 61],
        ],
      ],
    ])
    expect(conv2d(x, w, null, { stride: 2, padding: 1 }).tolist()).toEqual([
      [
        [
          [0, 8, 6],
          [28, 54, 22],
        ],
      ],
    ])
  })
  test('transposed', () => {
    const [x, w] = inputs()
    expect(convTranspose2d(x, w).tolist()).toEqual([
      [
        [
          [0, 0, 1, 2, 3],
          [0, 6, 12, 18, 16],
          [8, 30, 36, 42, 32],
          [16, 42, 47, 52, 33],
        ],
      ],
    ])
  })
})

describe('indices', () => {
  test('are checked before the first write', () => {
    const x = zeros([3])
    const index = tensor([0n, 1n, 3n])
    expect(() => x.scatterAdd_(0, index, tensor([1, 1, 1]))).toThrow(IndexError)
    expect(() => x.indexPut_([index], tensor([1, 1, 1]))).toThrow(
      'index 3 is out of bounds for dim 0 with size 3',
    )
    expect(x.tolist()).toEqual([0, 0, 0])
  })
  test('scatterReduce without self', () => {
    const product = scatterReduce(zeros([3]), 0, tensor([0n, 0n, 2n]), tensor([2, 3, 4]), 'prod', {
      includeSelf: false,
    })
    expect(product.tolist()).toEqual([6, 0, 4])
  })
})
