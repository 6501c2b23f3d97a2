// Normalisations and norms. Expected values from torch 1.13.1.
import { describe, expect, test } from '@jest/globals'
import {
  batchNorm,
  cosineSimilarity,
  groupNorm,
  instanceNorm,
  layerNorm,
  localResponseNorm,
  normalize,
  ones,
  zeros,
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

const x = tensor([
  [1, 2],
  [3, 6],
])

describe('normalisation', () => {
  test('batchNorm by the batch updates the running moments, which it uses afterwards', () => {
    const [mean, variance] = [zeros([2]), ones([2])]
    near(batchNorm(x, mean, variance, tensor([1, 2]), tensor([0, 1]), { training: true }), [
      [-0.99999, -1],
      [0.99999, 3],
    ])
    near(mean, [0.2, 0.4])
    near(variance, [1.1, 1.7])
    near(batchNorm(x, mean, variance), [
      [0.76277, 1.22714],
      [2.66968, 4.29499],
    ])
  })
  test('layerNorm, groupNorm, instanceNorm, localResponseNorm', () => {
    near(layerNorm(x, [2]), [
      [-0.99998, 0.99998],
      [-1, 1],
    ])
    near(groupNorm(counting(1, 4, 2), 2, counting(4), counting(4)), [
      [
        [-0.34164, 0.55279],
        [2.89442, 4.68327],
        [-1.02491, 1.65836],
        [5.78885, 9.36654],
      ],
    ])
    near(instanceNorm(counting(1, 2, 3)), [
      [
        [-1.22474, 0, 1.22474],
        [-1.22474, 0, 1.22474],
      ],
    ])
    near(localResponseNorm(counting(1, 3, 2), 2), [
      [
        [0.99996, 1.9997],
        [2.99888, 3.997],
        [4.99363, 5.98833],
      ],
    ])
  })
  test('half types keep their dtype', () => {
    expect(layerNorm(x.half(), [2]).dtype).toBe('float16')
    near(layerNorm(x.half(), [2]), [
      [-1, 1],
      [-1, 1],
    ])
  })
  test('refuses what does not fit', () => {
    expect(() => batchNorm(x, zeros([4]), ones([4]))).toThrow(
      'batchNorm: runningMean must have 2 elements, one per channel, got [4].',
    )
    expect(() => batchNorm(ones([1, 3]), null, null, null, null, { training: true })).toThrow(
      'batchNorm: each channel must have more than 1 value when training, got input [1, 3].',
    )
    expect(() => batchNorm(x, null, null)).toThrow(
      'batchNorm: runningMean and runningVar must be given when not training, got null.',
    )
    expect(() => layerNorm(x, [3])).toThrow(
      'layerNorm: the last dims of the input must be normalizedShape [3], got [2, 2].',
    )
    expect(() => groupNorm(ones([2, 5, 3]), 2)).toThrow(
      'groupNorm: the number of channels must be divisible by numGroups (2), got input [2, 5, 3].',
    )
    expect(() => instanceNorm(ones([1, 2, 1]))).toThrow(
      'instanceNorm: there must be more than 1 spatial element when training',
    )
  })
})

describe('norms', () => {
  test('norm of every order', () => {
    const orders = [0, 1, 2, 3, Infinity, -Infinity]
    const expected = [4, 12, 7.07107, 6.31636, 6, 1]
    orders.forEach((p, i) => near(x.norm(p), expected[i]))
    near(x.norm('fro', 1, { keepdim: true }), [[2.23607], [6.7082]])
    expect(() => tensor([1n]).norm()).toThrow(
      "norm: the input must be floating-point or complex, got int64. Give a dtype: { dtype: 'float32' }.",
    )
  })
  test('normalize and cosineSimilarity', () => {
    near(normalize(x), [
      [0.44721, 0.89443],
      [0.44721, 0.89443],
    ])
    near(normalize(zeros([1, 2])), [[0, 0]])
    near(
      cosineSimilarity(
        x,
        tensor([
          [3, 6],
          [0, 0],
        ]),
      ),
      [1, 0],
    )
  })
})
