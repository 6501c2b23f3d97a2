// Gradients of special functions, against finite differences; of many of them PyTorch has none.
import { describe, expect, test } from '@jest/globals'
import {
  NotImplementedError,
  gradcheck,
  gradgradcheck,
  igamma,
  polygamma,
  special,
  tensor,
} from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import './setup.ts'

const double = (data: number[]): Tensor => tensor(data, { dtype: 'float64', requiresGrad: true })
const anywhere = [-7.3, -3, -1.2, -0.4, 0.3, 1.7, 4.1, 9.6]
const positive = [0.3, 0.9, 1.7, 2.6, 4.1, 9.6]
const functions: readonly (readonly [string, (x: Tensor) => Tensor, number[]])[] = [
  ['besselJ0', special.besselJ0, anywhere],
  ['besselJ1', special.besselJ1, anywhere],
  ['besselY0', special.besselY0, positive],
  ['besselY1', special.besselY1, positive],
  ['modifiedBesselI1', special.modifiedBesselI1, anywhere],
  ['modifiedBesselK0', special.modifiedBesselK0, positive],
  ['scaledModifiedBesselK1', special.scaledModifiedBesselK1, positive],
  ['sphericalBesselJ0', special.sphericalBesselJ0, anywhere],
  ['airyAi', special.airyAi, anywhere],
  ['i0e', special.i0e, anywhere],
  ['i1', special.i1, [...anywhere, 0]],
  ['ndtri', special.ndtri, [0.001, 0.2, 0.5, 0.95]],
  ['logNdtr', special.logNdtr, anywhere],
  ['erfcx', special.erfcx, [-1.2, 0.3, 4.1, 9.6]],
  ['polygamma of order 3', (x) => polygamma(3, x), [-1.3, 0.4, 2, 7]],
  ['legendrePolynomialP', (x) => special.legendrePolynomialP(x, 5), anywhere],
  ['hermitePolynomialHe', (x) => special.hermitePolynomialHe(x, tensor([0, 1, 4])), [-1, 0.5, 2]],
  ['zeta by its second argument', (x) => special.zeta(tensor(3, { dtype: 'float64' }), x), [0.4, 2, 7]],
  ['igamma by x', (x) => igamma(tensor([0.5, 2, 3], { dtype: 'float64' }), x), [0.4, 2, 7]],
]

describe('gradients of special functions', () => {
  test.each(functions)('%s', (_name, fn, values) => {
    expect(gradcheck(fn, [double(values)])).toBe(true)
    expect(gradgradcheck(fn, [double(values)])).toBe(true)
  })

  test('where there is none, backward says so', () => {
    const order = double([1, 2])
    const value = igamma(order, double([1, 1]))
    expect(() => value.sum().backward()).toThrow(NotImplementedError)
  })
})
