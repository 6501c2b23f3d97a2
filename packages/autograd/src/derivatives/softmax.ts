// Gradients of the softmax family.
import { applyComposite, softmaxBackwardOp } from '@tt/tensor'
import { decomposed, ofResult } from './formula.ts'
import { restored } from './reduce.ts'
import type { Family } from './table.ts'

/** Softmax and relatives. */
export const softmax = {
  softmax: ofResult(
    (g, s) => applyComposite(softmaxBackwardOp, [g, s.result()], { dim: s.attrs.dim, log: false })[0],
  ),
  logSoftmax: ofResult(
    (g, s) => applyComposite(softmaxBackwardOp, [g, s.result()], { dim: s.attrs.dim, log: true })[0],
  ),
  softmaxBackward: decomposed,
  logsumexp: {
    // d = softmax(x)
    uses: [[0]],
    results: [0],
    backward: [
      (g, s) => {
        const { shape } = s.inputs[0]
        return restored(g, s.attrs, shape).mul(
          s
            .input(0)
            .sub(restored(s.result(), s.attrs, shape))
            .exp(),
        )
      },
    ],
  },
} satisfies Family
