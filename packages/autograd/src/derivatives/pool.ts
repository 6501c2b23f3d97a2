// Gradients of pooling.
import { apply, avgPool2dOp, avgPool3dOp, avgPoolBackward, maxPoolBackward } from '@tt/tensor'
import type { AvgPoolAttrs, Tensor } from '@tt/tensor'
import { decomposed, linear } from './formula.ts'
import type { Context } from './formula.ts'
import type { Family } from './table.ts'

const maxPool = {
  results: [1],
  backward: [
    (_g: Tensor, s: Context<unknown>) =>
      s.gradients[0] === null ? null : maxPoolBackward(s.gradients[0], s.result(1), s.inputs[0].shape),
  ],
}
const avgPool = linear((g: Tensor, s: Context<AvgPoolAttrs>) => avgPoolBackward(g, s.attrs))

/** Pools. */
export const pool = {
  maxPool2d: maxPool,
  maxPool3d: maxPool,
  adaptiveMaxPool2d: maxPool,
  adaptiveMaxPool3d: maxPool,
  adaptiveAvgPool2d: decomposed,
  adaptiveAvgPool3d: decomposed,
  maxPoolBackward: {
    uses: [[1]],
    backward: [(g, s) => g.flatten(2).gather(2, s.input(1).flatten(2)).reshape(s.inputs[0].shape)],
  },
  avgPool2d: avgPool,
  avgPool3d: avgPool,
  avgPool2dBackward: linear((g, s) => apply(avgPool2dOp, [g], s.attrs)),
  avgPool3dBackward: linear((g, s) => apply(avgPool3dOp, [g], s.attrs)),
} satisfies Family
