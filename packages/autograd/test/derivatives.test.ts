// Gradcheck and gradgradcheck, in float64, of the samples of every differentiable op.
import { describe, expect, test } from '@jest/globals'
import { grad, gradcheck, gradgradcheck, manualSeed, randn } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import { families } from '../src/testing/samples/index.ts'
import { tensorsOf } from '../src/testing/samples/sample.ts'
import type { Sample } from '../src/testing/samples/sample.ts'
import './setup.ts'

for (const [family, samples] of Object.entries(families)) {
  describe(family, () => {
    for (const [name, leaves, fn] of samples) {
      test(name, () => {
        manualSeed(0)
        const inputs = tensorsOf(leaves)
        for (const result of [fn(...inputs)].flat() as Tensor[]) {
          expect(result.isfinite().all().item()).toBe(true) // gradcheck takes NaN for the derivative of NaN
        }
        expect(gradcheck(fn, inputs)).toBe(true)
        expect(gradgradcheck(fn, inputs)).toBe(true)
        if (inputs.length > 1) expectSameAlone(fn, inputs)
      })
    }
  })
}

/** The gradient by each input is the same where it is the only one that is asked for. */
function expectSameAlone(fn: Sample[2], inputs: readonly Tensor[]): void {
  const together = gradients(fn, inputs)
  inputs.forEach((x, i) => {
    const alone = gradients(
      fn,
      inputs.map((other) => (other === x ? x : other.detach())),
    )
    expect(alone[i].sub(together[i]).abs().max().item()).toBeLessThan(1e-9)
  })
}

// Gradients of a weighted sum of all results; zeros where there is none.
function gradients(fn: Sample[2], inputs: readonly Tensor[]): Tensor[] {
  manualSeed(0)
  const results = [fn(...inputs)].flat() as Tensor[]
  manualSeed(0)
  const weights = results.map((result) => randn(result.shape, { dtype: 'float64' }))
  const recorded = results.map((result, i) => [result, weights[i]]).filter(([result]) => result.requiresGrad)
  const wanted = inputs.filter((x) => x.requiresGrad)
  const found =
    recorded.length === 0
      ? []
      : grad(
          recorded.map(([result]) => result),
          wanted,
          { gradOutputs: recorded.map(([, weight]) => weight), allowUnused: true },
        )
  return inputs.map((x) => found[wanted.indexOf(x)] ?? x.detach().zerosLike())
}
