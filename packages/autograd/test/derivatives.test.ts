// Gradcheck and gradgradcheck, in float64, of the samples of every differentiable op.
import { describe, expect, test } from '@jest/globals'
import { gradcheck, gradgradcheck, manualSeed } from '@tt/autograd'
import { families } from './samples/index.ts'
import { tensorsOf } from './samples/sample.ts'
import './setup.ts'

for (const [family, samples] of Object.entries(families)) {
  describe(family, () => {
    for (const [name, leaves, fn, onlyOnce] of samples) {
      test(name, () => {
        manualSeed(0)
        const inputs = tensorsOf(leaves)
        expect(gradcheck(fn, inputs)).toBe(true)
        if (onlyOnce === undefined) expect(gradgradcheck(fn, inputs)).toBe(true)
      })
    }
  })
}
