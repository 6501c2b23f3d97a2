// softmax, logSoftmax, logsumexp. Expected values from torch 1.13.1.
import { describe, expect, test } from '@jest/globals'
import { registerBackend, setDefaultDevice, tensor, zeros } from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'
import { near } from './near.ts'

registerBackend(createReferenceBackend())
setDefaultDevice('reference')

describe('softmax', () => {
  test('along the last dim and another one', () => {
    near(
      tensor([
        [1, 2, 3],
        [1000, 1000, -1000],
      ]).softmax(1),
      [
        [0.09003, 0.24473, 0.66524],
        [0.5, 0.5, 0],
      ],
    )
    near(
      tensor([
        [1, 2],
        [3, 2],
      ]).softmax(0),
      [
        [0.1192, 0.5],
        [0.8808, 0.5],
      ],
    )
    near(tensor([1, 2]).softmin(0), [0.73106, 0.26894])
    near(tensor(3).softmax(0), 1)
    expect(zeros([2, 0]).softmax(1).shape).toEqual([2, 0])
  })
  test('of integers, with a dtype', () => {
    expect(tensor([0n, 0n]).softmax(0, { dtype: 'float64' }).dtype).toBe('float64')
    expect(() => tensor([1n]).softmax(0)).toThrow(
      "softmax: the input must be floating-point, got int64. Give a dtype: { dtype: 'float32' }.",
    )
    expect(() => tensor([1]).softmax(2)).toThrow('softmax: dim must be in the range of [-1, 0], got 2.')
  })
  test('logSoftmax and logsumexp do not overflow', () => {
    near(tensor([1, 2, 300]).logSoftmax(0), [-299, -298, 0])
    near(
      tensor([
        [1, 2],
        [-Infinity, -Infinity],
        [1000, 1000],
      ]).logsumexp(1),
      [2.31326, -Infinity, 1000.69318],
    )
    near(
      tensor([
        [0, 0],
        [0, 0],
      ]).logsumexp([0, 1], { keepdim: true }),
      [[1.38629]],
    )
  })
})
