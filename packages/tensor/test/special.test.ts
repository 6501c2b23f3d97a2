// Special functions: values from torch 1.13.1, identities where there are some.
import { describe, expect, test } from '@jest/globals'
import {
  ArgumentError,
  DTypeError,
  frexp,
  gcd,
  i0,
  igamma,
  igammac,
  lcm,
  mvlgamma,
  nextafter,
  polygamma,
  registerBackend,
  setDefaultDevice,
  special,
  tensor,
} from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'
import { near } from './near.ts'

registerBackend(createReferenceBackend())
setDefaultDevice('reference')
const double = (data: number[]) => tensor(data, { dtype: 'float64' })

describe('special functions', () => {
  test('the gamma family', () => {
    near(polygamma(2, double([1, -0.5])), [-2.4041138, -0.8287966])
    near(polygamma(1, double([0.3, 4.5])), [12.2453645, 0.2487251])
    near(mvlgamma(double([2.5, 4]), 3), [1.8809955, 5.4029751])
    near(igamma(double([0.5, 4, 30]), double([1, 3, 29])), [0.8427008, 0.3527681, 0.4508291])
    const [a, x] = [double([0.1, 3, 100, 1e4]), double([0.2, 9, 90, 1.01e4])]
    near(igamma(a, x).add(igammac(a, x)), [1, 1, 1, 1])
    near(special.zeta(double([2, 3, 1]), double([1, -0.5, 2])), [1.6449341, 0.4143983, Infinity])
  })

  test('Bessel and Airy functions', () => {
    near(i0(double([0, 1, -10])), [1, 1.2660659, 2815.7166])
    near(special.besselJ0(double([0, 2.5, 30])), [1, -0.0483838, -0.086368])
    near(special.besselJ1(double([-2.5, 30])), [-0.4970941, -0.1187511])
    near(special.besselY0(double([0, -1, 2.5])), [-Infinity, NaN, 0.4980704])
    near(special.modifiedBesselK1(double([0.5, 3])), [1.6564411, 0.0401564])
    near(special.airyAi(double([-5, 0, 1, 9, Infinity])), [0.350761, 0.3550281, 0.1352924, 0, NaN])
    near(special.sphericalBesselJ0(double([0, 1, Infinity])), [1, 0.841471, 0])
  })

  test('the normal distribution', () => {
    near(special.ndtri(special.ndtr(double([-8, -1.5, 0, 2]))), [-8, -1.5, 0, 2])
    near(special.logNdtr(double([-40, 0])), [-804.60844, -0.6931472])
    near(special.erfcx(double([-1, 0, 4.99, 5.01, 1e8])), [5.0089801, 1, 0.1109184, 0.1104917, 0])
  })

  test('orthogonal polynomials take orders as a number or as a tensor', () => {
    const x = double([-0.5, 0, 0.5])
    near(special.legendrePolynomialP(x, 3), [0.4375, 0, -0.4375])
    near(special.legendrePolynomialP(x, double([0, 1, 3])), [1, 0, -0.4375])
    near(special.chebyshevPolynomialT(2, double([-1, 0, 1, 5])), [0, 1, 2, 362])
    near(
      special.hermitePolynomialH(x, 40),
      special.hermitePolynomialH(x, double([40, 40, 40])).tolist() as number[],
    )
    near(special.laguerrePolynomialL(x, -1), [0, 0, 0])
  })

  test('numbers taken apart', () => {
    const { mantissa, exponent } = frexp(tensor([8, -0.3, 0, Infinity, 1e-45]))
    expect([mantissa.tolist(), exponent.tolist(), exponent.dtype]).toEqual([
      [0.5, Math.fround(-0.3) * 2, 0, Infinity, 0.5],
      [4, -1, 0, 0, -148],
      'int32',
    ])
    const next = nextafter(double([1, 0, Infinity, 5e-324, 3]), double([2, -1, 0, 0, 3]))
    expect(next.tolist()).toEqual([1 + 2 ** -52, -5e-324, Number.MAX_VALUE, 0, 3])
    expect(gcd(tensor([12n, -9n, 0n]), tensor([18n, 6n, 5n])).tolist()).toEqual([6, 3, 5])
    expect(lcm(tensor([4n, -9n, 0n]), tensor([6n, 6n, 5n])).tolist()).toEqual([12, 18, 0])
  })

  test('errors', () => {
    expect(() => polygamma(-1, tensor([1]))).toThrow(ArgumentError)
    expect(() => mvlgamma(tensor([1]), 0)).toThrow(ArgumentError)
    expect(() => gcd(tensor([1]), tensor([1]))).toThrow(DTypeError)
    expect(() => nextafter(tensor([1]), double([1]))).toThrow(DTypeError)
  })
})
