// Poisson numbers, Gumbel softmax and complex random numbers: those of PyTorch 1.13.1 for seed 0.
import { beforeEach, describe, expect, test } from '@jest/globals'
import '@tt/backend-cpu'
import {
  Generator,
  emptyLike,
  gumbelSoftmax,
  manualSeed,
  poisson,
  rand,
  randn,
  tensor,
  viewAsReal,
} from '@tt/tensor'
import { grad, tensor as leaf } from '@tt/autograd'
import { near } from './near.ts'

beforeEach(() => {
  manualSeed(0)
})

describe('poisson', () => {
  const rates = [0, 0.5, 3, 9.5, 12, 100, 1000]
  const drawn = [0, 2, 4, 9, 14, 91, 954]

  test('by products below 10, by rejection above', () => {
    expect(poisson(tensor(rates)).tolist()).toEqual(drawn)
    manualSeed(0)
    const doubles = poisson(tensor(rates, { dtype: 'float64' }))
    expect([doubles.dtype, doubles.tolist()]).toEqual(['float64', drawn])
    near(rand([1]), [0.2782524824142456]) // the stream goes on as PyTorch's
    const generator = new Generator().manualSeed(0)
    expect(poisson(tensor(rates), { generator }).tolist()).toEqual(drawn)
    const half = poisson(tensor([[3], [0]], { dtype: 'float16' }).t())
    expect([half.dtype, half.shape, half.at(0, 1).item()]).toEqual(['float16', [1, 2], 0])
  })

  test('its gradient is zero; bad rates are refused before anything is drawn', () => {
    const x = leaf([1, 2], { requiresGrad: true })
    expect(grad(poisson(x).sum(), x)[0].tolist()).toEqual([0, 0])
    manualSeed(0)
    expect(() => poisson(tensor([1, -1]))).toThrow(
      'poisson: invalid Poisson rate, expected rate to be non-negative, got -1.',
    )
    expect(() => poisson(tensor([1n]))).toThrow('poisson: the tensor must be floating-point, got int64.')
    near(rand([1]), [0.4962565898895264])
    expect(poisson(emptyLike(tensor([])))).toHaveProperty('shape', [0])
  })
})

describe('gumbelSoftmax', () => {
  const logits = [1, 2, 3]

  test('soft, and hard with the gradient of the soft one', () => {
    near(gumbelSoftmax(tensor(logits), { tau: 0.7 }), [0.0043647, 0.0813691, 0.9142662])
    const x = leaf(logits, { requiresGrad: true })
    const weight = tensor([1, 2, 4])
    manualSeed(0)
    const [soft] = grad(gumbelSoftmax(x, { tau: 0.7 }).mul(weight).sum(), x)
    manualSeed(0)
    const hard = gumbelSoftmax(x, { tau: 0.7, hard: true })
    expect(hard.tolist()).toEqual([0, 0, 1])
    expect(grad(hard.mul(weight).sum(), x)[0].equal(soft)).toBe(true)
    expect(() => gumbelSoftmax(x, { tau: 0 })).toThrow('gumbelSoftmax: tau must be above 0, got 0.')
  })
})

test('complex numbers draw both parts', () => {
  near(viewAsReal(randn([2], { dtype: 'complex64' })), [[1.08964884, -0.20748557], [-1.54063678, 0.4019416]]) // prettier-ignore
  manualSeed(0)
  near(viewAsReal(rand([2], { dtype: 'complex128' })), [[0.970053, 0.70781986], [0.45938294, 0.92074768]]) // prettier-ignore
})
