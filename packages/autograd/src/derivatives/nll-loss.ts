// Gradients of the negative log-likelihood.
import { applyAll, nllLossBackward, nllLossOp } from '@tt/tensor'
import type { Family } from './table.ts'

/** Losses of classes. */
export const nllLoss = {
  nllLoss: {
    uses: [[1, 2]],
    results: [1],
    differentiable: [0],
    backward: [
      (_g, s) => {
        const [g] = s.gradients
        const weight = s.inputs.length > 2 ? s.input(2) : null
        return (
          g &&
          nllLossBackward(g, s.input(1), s.result(1), weight, { ...s.attrs, inputShape: s.inputs[0].shape })
        )
      },
    ],
  },
  nllLossBackward: {
    uses: [[1, 3]],
    backward: [
      (g, s) => {
        const { reduction, ignoreIndex, ignoring } = s.attrs
        return applyAll(nllLossOp, s.inputs.length > 3 ? [g, s.input(1), s.input(3)] : [g, s.input(1)], {
          reduction,
          ignoreIndex,
          ignoring,
        })[0]
      },
    ],
  },
} satisfies Family
