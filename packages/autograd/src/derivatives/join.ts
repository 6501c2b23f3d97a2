// Gradients of joins: each part gets its own.
import { constantPadNd } from '@tt/tensor'
import { linear } from './formula.ts'
import type { Family } from './table.ts'

/** Joins, and padding. */
export const join = {
  cat: {
    backward: (g, { attrs: { dim, sizes } }) => {
      let start = 0
      return sizes.map((size) => {
        if (size < 0) return g.newZeros([0]) // left out
        const part = g.narrow(dim, start, size)
        start += size
        return part
      })
    },
  },
  stack: { backward: (g, { attrs: { dim } }) => g.unbind(dim) },
  constantPadNd: linear((g, { attrs: { pad } }) =>
    constantPadNd(
      g,
      pad.map((n) => -n),
    ),
  ),
} satisfies Family
