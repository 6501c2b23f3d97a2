// Gradients of orders: values go back to where they came from.
import type { Tensor } from '@tt/tensor'
import type { Context } from './formula.ts'
import { picked, wholeExtreme } from './reduce.ts'
import type { Family } from './table.ts'

const ordered = {
  results: [1],
  backward: [
    (_g: Tensor, s: Context<{ readonly dim: number }>) => {
      const [g] = s.gradients
      if (g === null || g.ndim === 0) return g
      return g.newZeros(s.inputs[0].shape).scatter(s.attrs.dim, s.result(1), g)
    },
  ],
}

/** Sorts and selections. */
export const sort = {
  sort: ordered,
  topk: ordered,
  kthvalue: picked,
  medianDim: { ...picked, name: () => 'MedianBackward1' },
  nanmedianDim: { ...picked, name: () => 'NanmedianBackward1' },
  mode: picked,
  medianAll: wholeExtreme,
  nanmedianAll: wholeExtreme,
} satisfies Family
