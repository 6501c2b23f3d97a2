// Gradients of resizing, of sliding blocks, and of the gated unit.
import { adjointOf, apply, cat, col2imOp, im2colOp, resample as runResample } from '@tt/tensor'
import type { ResampleAttrs, Tensor } from '@tt/tensor'
import { linear } from './formula.ts'
import type { Context } from './formula.ts'
import type { Family } from './table.ts'

/** Linear maps and their transposes; glu. */
export const resample = {
  resample: linear(
    (g: Tensor, s: Context<ResampleAttrs>) => runResample(g, adjointOf(s.attrs)),
    ({ node }) => node,
  ),
  im2col: linear((g, s) => apply(col2imOp, [g], s.attrs)),
  col2im: linear((g, s) => apply(im2colOp, [g], s.attrs)),
  glu: {
    uses: [[0]],
    backward: [
      (g, s) => {
        // y = a σ(b): da = g σ(b), db = g a σ(b) (1 − σ(b))
        const [a, b] = s.input(0).chunk(2, s.attrs.dim)
        const gate = b.sigmoid()
        const inner = g.mul(gate)
        return cat([inner, inner.mul(a).mul(gate.neg().add(1))], s.attrs.dim)
      },
    ],
  },
} satisfies Family
