// Pooling. Expected values from torch 1.13.1.
import { describe, expect, test } from '@jest/globals'
import {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  avgPool1d,
  avgPool2d,
  avgPool3d,
  full,
  lpPool1d,
  maxPool1d,
  maxPool2d,
  maxUnpool2d,
  ones,
} from '@tt/tensor'
import { arange, registerBackend, setDefaultDevice, tensor } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'
import { near } from './near.ts'

registerBackend(createReferenceBackend())
setDefaultDevice('reference')
/** 1, 2, 3, ... in a shape. */
const counting = (...shape: number[]): Tensor =>
  arange(1, 1 + shape.reduce((a, b) => a * b, 1), 1, { dtype: 'float32' }).view(shape)

const both = (
  [values, indices]: readonly [Tensor, Tensor],
  value: Parameters<typeof near>[1],
  index: Parameters<typeof near>[1],
): void => {
  near(values, value)
  near(indices, index)
}

describe('max pooling', () => {
  test('with stride, padding and indices', () => {
    both(
      maxPool2d(counting(1, 1, 4, 5), [2, 3], { stride: [2, 1], padding: [1, 1], returnIndices: true }),
      [
        [
          [
            [2, 3, 4, 5, 5],
            [12, 13, 14, 15, 15],
            [17, 18, 19, 20, 20],
          ],
        ],
      ],
      [
        [
          [
            [1, 2, 3, 4, 4],
            [11, 12, 13, 14, 14],
            [16, 17, 18, 19, 19],
          ],
        ],
      ],
    )
  })
  test('with ceilMode and dilation', () => {
    both(
      maxPool2d(counting(1, 1, 4, 5), 2, { ceilMode: true, returnIndices: true }),
      [
        [
          [
            [7, 9, 10],
            [17, 19, 20],
          ],
        ],
      ],
      [
        [
          [
            [6, 8, 9],
            [16, 18, 19],
          ],
        ],
      ],
    )
    both(
      maxPool1d(counting(1, 6), 2, { dilation: 3, stride: 1, returnIndices: true }),
      [[4, 5, 6]],
      [[3, 4, 5]],
    )
  })
  test('NaN wins, and a window of −∞ has an index of its own', () => {
    both(maxPool1d(tensor([[1, NaN, 3, 2]]), 2, { returnIndices: true }), [[NaN, 3]], [[1, 2]])
    both(
      maxPool1d(full([1, 3], -Infinity), 2, { stride: 1, padding: 1, returnIndices: true }),
      [[-Infinity, -Infinity, -Infinity, -Infinity]],
      [[0, 0, 1, 2]],
    )
  })
  test('adaptive, and undone', () => {
    both(
      adaptiveMaxPool2d(counting(1, 3, 4), [2, 3], { returnIndices: true }),
      [
        [
          [6, 7, 8],
          [10, 11, 12],
        ],
      ],
      [
        [
          [5, 6, 7],
          [9, 10, 11],
        ],
      ],
    )
    near(maxUnpool2d(tensor([[[4]]]), tensor([[[2n]]]), 2), [
      [
        [0, 0],
        [4, 0],
      ],
    ])
  })
  test('refuses what does not fit', () => {
    expect(() => maxPool2d(ones([1, 1, 4, 4]), 2, { padding: 2 })).toThrow(
      'maxPool2d: padding must be at most half the window, got 2 for a window of 2 in spatial dim 0.',
    )
    expect(() => maxPool2d(ones([2, 2, 2]), 3)).toThrow(
      'maxPool2d: the window must fit into the padded input, got a result of [0, 0] for [2, 2]. Pad more.',
    )
    expect(() => maxPool2d(ones([2, 1, 10, 0]), 1)).toThrow(
      'maxPool2d: the input must have 3 (unbatched) or 4 (batched) dims, none of them 0 but the batch, got [2, 1, 10, 0].',
    )
    expect(() => maxPool1d(ones([3, 3, 3]), 1, { stride: 0 })).toThrow(
      'maxPool1d: stride must be an integer of at least 1',
    )
  })
})

describe('average pooling', () => {
  test('counts the padding or not, and what reaches out', () => {
    near(avgPool2d(counting(1, 3, 3), 2, { stride: 1, padding: 1 }), [
      [
        [0.25, 0.75, 1.25, 0.75],
        [1.25, 3, 4, 2.25],
        [2.75, 6, 7, 3.75],
        [1.75, 3.75, 4.25, 2.25],
      ],
    ])
    near(avgPool2d(counting(1, 3, 3), 2, { padding: 1, ceilMode: true, countIncludePad: false }), [
      [
        [1, 2.5],
        [5.5, 7],
      ],
    ])
    near(avgPool2d(counting(1, 2, 2), 2, { divisorOverride: 1 }), [[[10]]])
    near(avgPool1d(counting(1, 5), 2, { ceilMode: true }), [[1.5, 3.5, 5]])
    near(avgPool3d(counting(1, 2, 2, 2), 2), [[[[4.5]]]])
  })
  test('adaptive, and by a norm', () => {
    near(adaptiveAvgPool1d(counting(1, 5), 3), [[1.5, 3, 4.5]])
    near(adaptiveAvgPool2d(counting(1, 2, 4), [1, null]), [[[3, 4, 5, 6]]])
    near(lpPool1d(counting(1, 4), 2, 2), [[2.23607, 5]])
    expect(() => avgPool2d(ones([1, 2, 2]), 2, { divisorOverride: 0 })).toThrow(
      'avgPool2d: divisorOverride must not be 0, got 0.',
    )
  })
})
