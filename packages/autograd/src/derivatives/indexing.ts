// Gradients of reading and writing by index.
import { tensor } from '@tt/tensor'
import type { IndexAttrs, Tensor } from '@tt/tensor'
import type { Context } from './formula.ts'
import type { Family } from './table.ts'

const all = Array.from({ length: 16 }, (_, i) => i)
/** One index for each dim up to the last indexed one; they begin at input `first`. */
const listOf = (
  { attrs: { dims }, ...s }: IndexAttrsContext,
  first: number,
  input: (i: number) => Tensor,
): (Tensor | null)[] =>
  Array.from({ length: Math.max(...dims) + 1 }, (_, d) =>
    dims.includes(d) ? input(first + dims.indexOf(d)) : null,
  ).slice(0, s.inputs[0].shape.length)
type IndexAttrsContext = Pick<Context<IndexAttrs>, 'attrs' | 'inputs'>
const indices = (s: Context<IndexAttrs>, first: number): (Tensor | null)[] =>
  listOf(s, first, (i) => s.input(i))

/** The slices of `x` that an index along a dim names, in the shape of `like`. */
const slices = (x: Tensor, dim: number, index: Tensor, like: readonly number[]): Tensor =>
  (x.ndim === 0 ? x : x.index([...new Array<null>(dim).fill(null), index.reshape([-1])])).reshape(like)

/** Indexing. */
export const indexing = {
  index: {
    uses: [all.slice(1)],
    backward: [(g, s) => g.newZeros(s.inputs[0].shape).indexPut(indices(s, 1), g, { accumulate: true })],
  },
  indexPut: {
    uses: [all.slice(2), all.slice(2)],
    backward: [
      (g, s) => (s.attrs.accumulate ? g : g.indexPut(indices(s, 2), g.newZeros([]))),
      (g, s) => g.index(indices(s, 2)),
    ],
  },
  gather: {
    uses: [[1]],
    backward: [(g, s) => g.newZeros(s.inputs[0].shape).scatterAdd(s.attrs.dim, s.input(1), g)],
  },
  indexSelect: {
    uses: [[1]],
    backward: [(g, s) => g.newZeros(s.inputs[0].shape).indexAdd(s.attrs.dim, s.input(1), g)],
  },
  indexAdd: {
    uses: [[], [], [1]],
    backward: [(g) => g, null, (g, s) => slices(g, s.attrs.dim, s.input(1), s.inputs[2].shape)],
  },
  indexCopy: {
    uses: [[1], [], [1]],
    backward: [
      (g, s) => g.indexFill(s.attrs.dim, s.input(1), 0),
      null,
      (g, s) => slices(g, s.attrs.dim, s.input(1), s.inputs[2].shape),
    ],
  },
  indexFill: {
    uses: [[1], [], [1]],
    backward: [
      (g, s) => g.indexFill(s.attrs.dim, s.input(1), 0),
      null,
      (g, s) => slices(g, s.attrs.dim, s.input(1), s.inputs[2].shape),
    ],
  },
  embedding: {
    uses: [[1]],
    backward: [
      (g, s) => {
        const { paddingIdx, scaleGradByFreq } = s.attrs
        const { shape } = s.inputs[0] // [V, D]
        const index = s.input(1).reshape([-1])
        let rows = g.reshape([-1, shape[1]])
        if (scaleGradByFreq) {
          const counts = g.newZeros([shape[0]]).indexAdd(0, index, g.newOnes([index.numel()]))
          rows = rows.div(counts.indexSelect(0, index).unsqueeze(1))
        }
        const total = g.newZeros(shape).indexAdd(0, index, rows)
        return paddingIdx < 0
          ? total
          : total.indexFill(0, tensor([paddingIdx], { dtype: 'int64', device: g.device }), 0)
      },
    ],
  },
} satisfies Family
