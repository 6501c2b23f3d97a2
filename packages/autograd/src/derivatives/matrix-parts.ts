// Gradients of triangles, diagonals, and copies with a window replaced.
import { linear } from './formula.ts'
import type { Family } from './table.ts'

/** Parts of matrices. */
export const matrixParts = {
  tril: linear((g, { attrs }) => g.tril(attrs)),
  triu: linear((g, { attrs }) => g.triu(attrs)),
  diagEmbed: linear((g, { attrs }) => g.diagonal(attrs)),
  selectScatter: {
    backward: [
      (g, { inputs, attrs: { dim, index } }) => g.selectScatter(g.newZeros(inputs[1].shape), dim, index),
      (g, { attrs: { dim, index } }) => g.select(dim, index),
    ],
  },
  sliceScatter: {
    backward: [
      (g, { inputs, attrs }) => g.sliceScatter(g.newZeros(inputs[1].shape), attrs.dim, attrs),
      (g, { attrs: { dim, start, end, step } }) => g.slice(dim, start, end, step),
    ],
  },
  diagonalScatter: {
    backward: [
      (g, { inputs, attrs }) => g.diagonalScatter(g.newZeros(inputs[1].shape), attrs),
      (g, { attrs }) => g.diagonal(attrs),
    ],
  },
} satisfies Family
