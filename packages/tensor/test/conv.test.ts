// Convolutions. Expected values from torch 1.13.1.
import { describe, expect, test } from '@jest/globals'
import { conv1d, conv2d, conv3d, convTranspose1d, convTranspose2d, ones } from '@tt/tensor'
import { arange, registerBackend, setDefaultDevice, tensor } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'
import { near } from './near.ts'

registerBackend(createReferenceBackend())
setDefaultDevice('reference')
/** 1, 2, 3, ... in a shape. */
const counting = (...shape: number[]): Tensor =>
  arange(1, 1 + shape.reduce((a, b) => a * b, 1), 1, { dtype: 'float32' }).view(shape)

describe('convolution', () => {
  test('over two dims, with bias', () => {
    near(conv2d(counting(1, 2, 3, 3), counting(2, 2, 2, 2), tensor([1, 2])), [
      [
        [
          [357, 393],
          [465, 501],
        ],
        [
          [838, 938],
          [1138, 1238],
        ],
      ],
    ])
  })
  test('with stride, padding, dilation and groups', () => {
    near(conv2d(counting(1, 1, 5, 5), counting(1, 1, 2, 2), null, { stride: 2, padding: 1, dilation: 2 }), [
      [
        [
          [28, 57, 27],
          [82, 152, 66],
          [34, 55, 19],
        ],
      ],
    ])
    near(conv1d(counting(1, 4, 3), counting(2, 2, 2), null, { groups: 2 }), [
      [
        [37, 47],
        [241, 267],
      ],
    ])
  })
  test("padding 'same', also with an even kernel, and unbatched inputs", () => {
    near(conv1d(counting(1, 1, 4), counting(1, 1, 2), null, { padding: 'same' }), [[[5, 8, 11, 4]]])
    near(conv1d(counting(1, 4), counting(1, 1, 3), null, { padding: 'same' }), [[8, 14, 20, 11]])
    near(conv1d(counting(1, 4), counting(1, 1, 3), null, { padding: 'valid' }), [[14, 20]])
  })
  test('over three dims, and empty batches', () => {
    near(conv3d(counting(1, 1, 2, 2, 2), counting(1, 1, 2, 2, 1)), [[[[[50, 60]]]]])
    expect(conv2d(ones([0, 3, 5, 5]), ones([2, 3, 3, 3])).shape).toEqual([0, 2, 3, 3])
  })
  test('transposed', () => {
    near(
      convTranspose2d(counting(1, 1, 2, 2), counting(1, 2, 2, 2), tensor([1, -1]), {
        stride: 2,
        outputPadding: 1,
      }),
      [
        [
          [
            [2, 3, 3, 5, 1],
            [4, 5, 7, 9, 1],
            [4, 7, 5, 9, 1],
            [10, 13, 13, 17, 1],
            [1, 1, 1, 1, 1],
          ],
          [
            [4, 5, 9, 11, -1],
            [6, 7, 13, 15, -1],
            [14, 17, 19, 23, -1],
            [20, 23, 27, 31, -1],
            [-1, -1, -1, -1, -1],
          ],
        ],
      ],
    )
    near(
      convTranspose1d(counting(1, 2, 2), counting(2, 1, 3), null, {
        groups: 2,
        stride: 2,
        padding: 1,
        dilation: 2,
      }),
      [
        [
          [0, 4, 0, 7, 0],
          [0, 31, 0, 38, 0],
        ],
      ],
    )
  })
  test('refuses what does not fit', () => {
    const weight = ones([4, 3, 3, 3])
    expect(() => conv2d(ones([1, 2, 8, 8]), weight)).toThrow(
      'conv2d: the input must have weight.shape[1] · groups = 3 channels, got 2: input [1, 2, 8, 8], weight [4, 3, 3, 3], groups 1.',
    )
    expect(() => conv2d(ones([1, 3, 2, 2]), weight)).toThrow(
      'conv2d: the kernel must not be larger than the padded input, got a reach of 3 over 2 in spatial dim 0. Pad more.',
    )
    expect(() => conv2d(ones([1, 3, 8, 8]), weight, ones([3]))).toThrow(
      'conv2d: the bias must have one dim of 4 elements, one per output channel, got [3].',
    )
    expect(() => conv2d(ones([1, 3, 8, 8], { dtype: 'int64' }), weight)).toThrow(
      'conv2d: all tensors must have one dtype, got int64 and float32.',
    )
    expect(() => conv2d(ones([1, 3, 8, 8]), weight, null, { stride: 0 })).toThrow(
      'conv2d: stride must be an integer of at least 1, or 2 of them, got 0.',
    )
    expect(() => conv2d(ones([1, 3, 8, 8]), weight, null, { padding: -1 })).toThrow(
      'conv2d: padding must be an integer of at least 0',
    )
    expect(() => conv2d(ones([1, 3, 8, 8]), weight, null, { padding: 'same', stride: 2 })).toThrow(
      "conv2d: padding 'same' needs a stride of 1",
    )
    expect(() => conv2d(ones([3]), weight)).toThrow(
      'conv2d: the input must have 3 (unbatched) or 4 (batched) dims, got [3].',
    )
    expect(() => conv2d(ones([1, 3, 8, 8]), weight, null, { groups: 3 })).toThrow(
      'conv2d: the first dim of the weight must be divisible by groups (3)',
    )
    expect(() => convTranspose2d(ones([1, 4, 8, 8]), weight, null, { outputPadding: 1 })).toThrow(
      'convTranspose2d: outputPadding must be smaller than stride or dilation, got 1',
    )
  })
})
