// Random tensors and dropout: PyTorch's own numbers after manualSeed(0).
import { beforeEach, describe, expect, jest, test } from '@jest/globals'
import {
  Generator,
  alphaDropout,
  arange,
  dropout,
  dropout1d,
  dropout2d,
  empty,
  forkRng,
  full,
  getRngState,
  initialSeed,
  manualSeed,
  normal,
  ones,
  rand,
  randLike,
  randint,
  randn,
  randperm,
  registerBackend,
  setDefaultDevice,
  setRngState,
  tensor,
  zeros,
} from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'
import { near } from './near.ts'

registerBackend(createReferenceBackend())
setDefaultDevice('reference')
beforeEach(() => {
  manualSeed(0)
})

describe('functions', () => {
  test('rand', () =>
    near(rand([2, 2]), [
      [0.49626, 0.76822],
      [0.08848, 0.13203],
    ]))
  test('rand of float64', () => near(rand([2], { dtype: 'float64' }), [0.97005, 0.70782]))
  test('rand of a generator', () =>
    near(rand([2], { generator: new Generator().manualSeed(10) }), [0.45808, 0.48286]))
  test('randn, one by one', () => near(randn([3]), [1.541, -0.29343, -2.17879]))
  test('randn, in blocks', () => near(randn([17]).slice(0, 14), [0.9463, -0.84368, 0.93183]))
  test('randint up to a bound', () => near(randint(10, [5]), [4, 9, 3, 0, 3]))
  test('randint between bounds', () => near(randint(5, 8, [5]), [7, 5, 7, 5, 6]))
  test('randperm', () => near(randperm(6), [2, 5, 3, 0, 1, 4]))
  test('normal of numbers', () => near(normal(2, 3, [2]), [6.62299, 1.11971]))
  test('normal of tensors', () =>
    near(normal(tensor([0, 1, 2]), tensor([1, 2, 3])), [1.541, 0.41314, -4.53637]))
  test('bernoulli', () => near(full([5], 0.5).bernoulli(), [1, 0, 1, 1, 1]))
  test('multinomial', () => near(tensor([1, 2, 3]).multinomial(2), [2, 1]))
  test('multinomial with replacement', () =>
    near(tensor([1, 2, 3]).multinomial(4, { replacement: true }), [2, 2, 1, 2]))
  test('dtypes and gradients', () => {
    expect([
      rand([1]).dtype,
      randint(2, [1]).dtype,
      randperm(1).dtype,
      randn([1], { dtype: 'float16' }).dtype,
    ]).toEqual(['float32', 'int64', 'int64', 'float16'])
    expect(() => rand([1], { dtype: 'int64' })).toThrow('rand: the tensor must be floating-point, got int64.')
    expect(() => rand([-1])).toThrow('rand: sizes must be integers of at least 0, got [-1].')
    expect(() => randint(3, 3, [1])).toThrow('randint: low must be less than high, got low=3 and high=3.')
    expect(() => normal(0, -1, [1])).toThrow('normal: std must be at least 0, got -1.')
    expect(() => normal(0, 1)).toThrow('normal: size must be given where mean and std are numbers, got none.')
  })
})

describe('in place', () => {
  test('uniform_', () => near(empty([3]).uniform_(-1, 1), [-0.00749, 0.53644, -0.82305]))
  test('bernoulli_', () => near(zeros([5]).bernoulli_(0.5), [0, 0, 1, 0, 0]))
  test('exponential_', () => near(empty([2]).exponential_(2), [1.75416, 0.61519]))
  test('cauchy_', () => near(empty([2]).cauchy_(), [10.59773, 0.76477]))
  test('logNormal_', () => near(empty([2]).logNormal_(), [59.26342, 1.51156]))
  test('geometric_', () => near(empty([3]).geometric_(0.3), [1, 1, 3]))
  test('random_ up to a bound', () => near(empty([3]).random_(10), [4, 9, 3]))
  test('random_ over a dtype', () =>
    near(empty([3], { dtype: 'int32' }).random_(), [209652396, 398764591, 924231285]))
  test('fills in the order of memory', () =>
    near(empty([3, 2]).t().uniform_(), [
      [0.49626, 0.08848, 0.30742],
      [0.76822, 0.13203, 0.63408],
    ]))
  test('takes the serial path where there are gaps', () => {
    const memory = zeros([4, 10])
    near(memory.slice(1, 0, null, 2).normal_().at(0), [1.541, -0.29343, -2.17879, 0.56843, -1.08452])
    expect(memory.at(0, 1).item()).toBe(0)
  })
  test('like another tensor, in its order of dims', () =>
    near(randLike(zeros([3, 2]).t()), [
      [0.49626, 0.08848, 0.30742],
      [0.76822, 0.13203, 0.63408],
    ]))
  test('counts as a change', () => {
    const x = zeros([2])
    const before = x.version
    x.normal_()
    expect(x.version).toBe(before + 1)
  })
  test('refuses what cannot be', () => {
    expect(() => arange(3).uniform_()).toThrow('uniform_: the tensor must be floating-point, got int64.')
    expect(() => zeros([1]).bernoulli_(2)).toThrow('bernoulli_: p must be in [0, 1], got 2.')
    expect(() => zeros([1]).normal_(0, -1)).toThrow('normal_: std must be at least 0, got -1.')
    expect(() => zeros([1]).expand([3]).uniform_()).toThrow(
      'uniform_: each element of self must have memory of its own',
    )
    expect(() => tensor([1, 2]).multinomial(3)).toThrow(
      'multinomial: numSamples must be at most the number of categories without replacement, got 3 of 2.',
    )
  })
})

describe('dropout', () => {
  test('of elements', () => near(dropout(ones([6])), [0, 0, 2, 0, 0, 0]))
  test('of a transposed tensor', () =>
    near(dropout(ones([2, 3]).t()), [
      [0, 0],
      [2, 0],
      [0, 0],
    ]))
  test('of channels', () =>
    near(dropout2d(ones([2, 3, 1, 1])).view([2, 3]), [
      [0, 0, 2],
      [0, 0, 0],
    ]))
  test('of channels without a batch', () =>
    near(dropout1d(ones([3, 2])), [
      [0, 0],
      [0, 0],
      [2, 2],
    ]))
  test('alpha', () =>
    near(
      alphaDropout(ones([5]), { p: 0.3, training: true }),
      [-1.05955, -1.05955, 1.31504, -1.05955, 1.31504],
    ))
  test('does nothing when there is nothing to do', () => {
    const x = ones([3])
    expect(dropout(x, { training: false })).toBe(x)
    expect(dropout(x, { p: 0 })).toBe(x)
    near(dropout(x, { p: 1 }), [0, 0, 0])
    expect(dropout(x, { inplace: true })).toBe(x)
    near(x, [0, 0, 2])
    expect(() => dropout(x, { p: 1.5 })).toThrow('dropout: p must be from 0 to 1, got 1.5.')
  })
  test('an unusual rank is warned of', () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {})
    dropout2d(ones([2, 3, 1]))
    expect(warn).toHaveBeenCalledWith(
      'dropout2d: an input of 3 dims is taken for [N, C, L]. Use dropout1d for it',
    )
    warn.mockRestore()
  })
})

describe('the default generator', () => {
  test('its state can be saved, set and forked', () => {
    const state = getRngState()
    const first = rand([3]).tolist()
    setRngState(state)
    expect(forkRng(() => rand([3]).tolist())).toEqual(first)
    expect(rand([3]).tolist()).toEqual(first)
    manualSeed(7)
    expect(initialSeed()).toBe(7)
  })
})
