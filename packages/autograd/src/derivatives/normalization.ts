// Gradients of the normalisations: one op for input, weight and bias together.
import { normalizationBackward } from '@tt/tensor'
import type { NormalizationAttrs, Tensor } from '@tt/tensor'
import { decomposed } from './formula.ts'
import type { Context } from './formula.ts'
import type { Family } from './table.ts'

// Inputs: x, then weight and bias if there are, then fixed moments, which get nothing. Results: y, mean, 1/σ, variance.
const normalized = {
  uses: [
    [0, 1],
    [0, 1],
    [0, 1],
  ],
  results: [1, 2],
  differentiable: [0],
  backward: (g: Tensor, s: Context<NormalizationAttrs>) => {
    const { hasWeight, hasBias } = s.attrs
    const weight = hasWeight ? s.input(1) : null
    const [ofInput, ofWeight, ofBias] = normalizationBackward(
      g,
      s.input(0),
      s.result(1),
      s.result(2),
      weight,
      s.attrs,
    )
    const affine: Tensor[] = []
    if (hasWeight) affine.push(ofWeight.reshape(s.inputs[1].shape))
    if (hasBias) affine.push(ofBias.reshape(s.inputs[hasWeight ? 2 : 1].shape))
    return [ofInput, ...affine]
  },
}

/** Normalisations. */
export const normalization = {
  batchNorm: normalized,
  layerNorm: normalized,
  groupNorm: normalized,
  normalizationBackward: decomposed,
} satisfies Family
