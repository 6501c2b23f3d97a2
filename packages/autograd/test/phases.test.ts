// Complex vectors are determined up to their phases: what depends on these has no gradient.
import { expect, test } from '@jest/globals'
import { AutogradError, linalg, manualSeed, randn, viewAsComplex } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import './setup.ts'

const cases: readonly (readonly [string, (z: Tensor) => Tensor])[] = [
  ['linalg.eigh', (z) => linalg.eigh(z.add(z.mH)).eigenvectors],
  ['linalg.eig', (z) => linalg.eig(z).eigenvectors],
  ['linalg.svd', (z) => linalg.svd(z).U],
]
test.each(cases)('%s', (op, vectors) => {
  manualSeed(0)
  const z = viewAsComplex(randn([3, 3, 2], { dtype: 'float64' })).requiresGrad_()
  // the sum of squares turns with the phase, that of absolute squares does not
  const turning = (): void => vectors(z).square().sum().real().backward()
  expect(turning).toThrow(AutogradError)
  expect(turning).toThrow(`${op}: the result must not depend on the phases of the complex vectors`)
  vectors(z).abs().pow(4).sum().backward()
  expect(z.grad!.isfinite().all().item()).toBe(true)
})
