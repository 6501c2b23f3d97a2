// Losses. Expected values from torch 1.13.1.
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  crossEntropy,
  huberLoss,
  klDiv,
  l1Loss,
  mseLoss,
  nllLoss,
  ones,
  registerBackend,
  setDefaultDevice,
  smoothL1Loss,
  tensor,
  zeros,
} from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'
import { near } from './near.ts'

registerBackend(createReferenceBackend())
setDefaultDevice('reference')
afterEach(() => {
  jest.restoreAllMocks()
})

const scores = tensor([
  [1, 2, 3],
  [1, 0, 0],
])
const target = tensor([2n, 0n])
const weight = tensor([1, 2, 4])
const shares = tensor([
  [0, 0.5, 0.5],
  [1, 0, 0],
])

describe('nllLoss', () => {
  const input = scores.logSoftmax(1)
  test('by class, weighted, and with ignored targets', () => {
    near(nllLoss(input, target), 0.479525)
    near(nllLoss(input, target, weight), 0.436374)
    near(nllLoss(input, target, null, { reduction: 'none' }), [0.40761, 0.55144])
    near(nllLoss(input, target, null, { ignoreIndex: 2 }), 0.551445)
    near(nllLoss(input, tensor([-100n, 0n]), weight), 0.551445)
    near(nllLoss(input, tensor([-100n, -100n])), NaN)
    near(nllLoss(input.at(0), tensor(2n, { dtype: 'int64' })), 0.40761)
  })
  test('refuses what is no class', () => {
    expect(() => nllLoss(input, tensor([3n, 0n]))).toThrow(
      'nllLoss: targets must be in the range of [0, 2], got 3. Target 3 is out of bounds.',
    )
    expect(() => nllLoss(input, tensor([-1n, 0n]))).toThrow('got -1. Target -1 is out of bounds.')
    expect(() => nllLoss(input, tensor([1, 0]))).toThrow(
      'nllLoss: targets must be classes of int64, got float32. Cast them: .long().',
    )
    expect(() => nllLoss(input, tensor([1n]))).toThrow(
      'nllLoss: the target must have the shape of the input without its class dim, got input [2, 3] and target [1].',
    )
    expect(() => nllLoss(input, target, ones([2]))).toThrow(
      'nllLoss: weight must have one element for each of the 3 classes, got [2].',
    )
    expect(() => nllLoss(input, target, null, { reduction: 'abc' as never })).toThrow(
      "nllLoss: reduction must be 'none', 'mean' or 'sum', got 'abc'.",
    )
  })
})

describe('crossEntropy', () => {
  test('of classes', () => {
    near(crossEntropy(scores, target), 0.479525)
    near(crossEntropy(scores, target, null, { labelSmoothing: 0.1 }), 0.562859)
    near(crossEntropy(scores, target, weight, { labelSmoothing: 0.1 }), 0.504159)
    near(crossEntropy(scores, tensor([2n, -100n]), null, { labelSmoothing: 0.1 }), 0.507606)
    near(
      crossEntropy(
        tensor([
          [
            [1, 2],
            [3, 4],
          ],
        ]),
        tensor([[0n, 1n]]),
        null,
        { reduction: 'none' },
      ),
      [[2.12693, 0.12693]],
    )
  })
  test('of probabilities', () => {
    near(crossEntropy(scores, shares), 0.729525)
    near(crossEntropy(scores, shares, weight, { labelSmoothing: 0.2 }), 1.666817)
    expect(() => crossEntropy(scores, target, null, { labelSmoothing: 2 })).toThrow(
      'crossEntropy: labelSmoothing must be from 0 to 1, got 2.',
    )
    expect(() => crossEntropy(scores, tensor([3n, 0n]))).toThrow(
      'crossEntropy: targets must be in the range of [0, 2], got 3.',
    )
  })
})

describe('losses of numbers', () => {
  const x = tensor([1, 2, 4])
  const y = tensor([1.5, 2, 1])
  test.each([
    ['mseLoss', mseLoss, 3.083333, 9.25, [0.25, 0, 9]],
    ['l1Loss', l1Loss, 1.166667, 3.5, [0.5, 0, 3]],
    ['smoothL1Loss', smoothL1Loss, 0.875, 2.625, [0.125, 0, 2.5]],
    ['huberLoss', huberLoss, 0.875, 2.625, [0.125, 0, 2.5]],
  ] as const)('%s', (_name, loss, mean, sum, none) => {
    near(loss(x, y), mean)
    near(loss(x, y, { reduction: 'sum' }), sum)
    near(loss(x, y, { reduction: 'none' }), none)
    expect(() => loss(x, y, { reduction: 'abc' as never })).toThrow(
      "reduction must be 'none', 'mean' or 'sum', got 'abc'.",
    )
  })
  test('their numbers', () => {
    near(smoothL1Loss(x, y, { beta: 5 }), 0.308333)
    near(huberLoss(x, y, { delta: 2 }), 1.375)
    expect(() => huberLoss(x, y, { delta: 0 })).toThrow('huberLoss: delta must be above 0, got 0.')
    expect(() => smoothL1Loss(x, y, { beta: -1 })).toThrow('smoothL1Loss: beta must be at least 0, got -1.')
  })
  test('different sizes are warned of', () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {})
    near(mseLoss(ones([2, 1]), zeros([2])), 1)
    expect(warn).toHaveBeenCalledWith(
      'mseLoss: input and target should have the same shape, got [2, 1] and [2]. ' +
        'They are broadcast, which is likely to give a wrong loss.',
    )
    expect(() => mseLoss(ones([2]), zeros([3]))).toThrow(
      'mseLoss: sizes must be equal or 1 in each dim, got [2] and [3]',
    )
    expect(warn).toHaveBeenCalledTimes(1)
  })
})

describe('losses of probabilities', () => {
  const y = tensor([0, 1, 0])
  test('binaryCrossEntropy stays finite', () => {
    near(binaryCrossEntropy(tensor([0, 0.5, 1]), y, null, { reduction: 'none' }), [0, 0.69315, 100])
    near(binaryCrossEntropy(tensor([0, 0.5, 1]), y, weight.sub(tensor([0, 0, 1]))), 100.4621)
    expect(() => binaryCrossEntropy(tensor([1.5, 0, 0]), y)).toThrow(
      'binaryCrossEntropy: all elements of input must be between 0 and 1, got 1.5. Use binaryCrossEntropyWithLogits for scores.',
    )
    expect(() => binaryCrossEntropy(tensor([0.5, 0]), y)).toThrow(
      'binaryCrossEntropy: input and target must have the same shape, got [2] and [3].',
    )
    expect(() => binaryCrossEntropy(tensor([0.5]), tensor([1n]))).toThrow(
      "binaryCrossEntropy: input and target must be of one floating-point dtype, got float32 and int64. Cast the target: .to('float32').",
    )
  })
  test('of scores', () => {
    near(
      binaryCrossEntropyWithLogits(tensor([-100, 0, 100]), y, null, null, { reduction: 'none' }),
      [0, 0.69315, 100],
    )
    near(binaryCrossEntropyWithLogits(tensor([1, -1, 2]), y, tensor([1, 2, 3]), tensor([3])), 5.191206)
    expect(() => binaryCrossEntropyWithLogits(ones([3]), y, ones([2]))).toThrow(
      'binaryCrossEntropyWithLogits: sizes must be equal or 1',
    )
  })
  test('klDiv', () => {
    near(klDiv(scores.logSoftmax(1), shares, { reduction: 'batchmean' }), 0.382952)
  })
})
