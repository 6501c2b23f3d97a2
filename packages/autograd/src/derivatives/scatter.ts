// Gradients of scatter and its reductions.
import { NotImplementedError, constantPadNd } from '@tt/tensor'
import type { ScatterReduceAttrs, Tensor } from '@tt/tensor'
import type { Context } from './formula.ts'
import type { Family } from './table.ts'

// The source may be larger than the index: what was not used gets zeros.
const cornerOf = (x: Tensor, shape: readonly number[]): Tensor => {
  const amounts = shape.map((size, d) => size - x.shape[d])
  return amounts.every((n) => n === 0) ? x : constantPadNd(x, amounts.flatMap((n) => [n, 0]).reverse())
}
const taken = (g: Tensor, s: Context<{ readonly dim: number }>): Tensor =>
  cornerOf(g.gather(s.attrs.dim, s.input(1)), s.inputs[2].shape)
const multiply = (): never => {
  throw new NotImplementedError(
    'scatter',
    "reduce: 'multiply' has no derivative, as in PyTorch. Use scatterReduce with 'prod'",
  )
}

/** Scatters. */
export const scatter = {
  scatter: {
    uses: [[1], [], [1]],
    backward: [
      (g, s) =>
        s.attrs.reduce === null
          ? g.scatter(s.attrs.dim, s.input(1), 0)
          : s.attrs.reduce === 'add'
            ? g
            : multiply(),
      null,
      (g, s) => (s.attrs.reduce === 'multiply' ? multiply() : taken(g, s)),
    ],
    name: () => 'ScatterBackward0',
  },
  scatterAdd: { uses: [[], [], [1]], backward: [(g) => g, null, taken] },
  scatterReduce: {
    uses: [[0, 1, 2], [], [0, 1, 2]],
    results: [0],
    backward: (g, s) => {
      const [ofSelf, ofSource] = reduceGradients(g, s)
      const {
        attrs: { dim, includeSelf },
      } = s
      return [
        includeSelf ? ofSelf : ofSelf.scatter(dim, s.input(1), 0),
        null,
        cornerOf(ofSource, s.inputs[2].shape),
      ]
    },
  },
} satisfies Family

// As torch's scatter_reduce_backward.
function reduceGradients(g: Tensor, s: Context<ScatterReduceAttrs>): [ofSelf: Tensor, ofSource: Tensor] {
  const { dim, reduce, includeSelf } = s.attrs
  const [self, index, result] = [s.input(0), s.input(1), s.result()]
  const source = index.shape.reduce((x, size, d) => x.narrow(d, 0, size), s.input(2)) // what was used
  const at = (x: Tensor): Tensor => x.gather(dim, index)
  if (reduce === 'sum') return [g, at(g)]
  if (reduce === 'mean') {
    const counts = (includeSelf ? g.onesLike() : g.zerosLike())
      .scatterAdd(dim, index, source.detach().onesLike())
      .clampMin(1)
    const share = g.div(counts)
    return [share, at(share)]
  }
  if (reduce === 'prod') {
    const ownZero = self.eq(0)
    const ofSelf = g
      .mul(self.maskedFill(ownZero, 1).scatterReduce(dim, index, source, 'prod', { includeSelf }))
      .div(self.maskedFill(ownZero, 1))
    const zero = source.eq(0)
    const zeros = at(
      self
        .detach()
        .zerosLike()
        .scatterAdd(dim, index, zero.to({ dtype: self.dtype })),
    )
    const single = zero.logicalAnd(zeros.eq(1))
    const others = self.scatterReduce(dim, index, source.maskedFill(single, 1), 'prod', { includeSelf })
    const ofSource = at(g.mul(result)).div(source.maskedFill(zero, 1))
    return [ofSelf, ofSource.where(single.logicalNot(), at(g.mul(others)))]
  }
  const value = at(result)
  const [own, others] = [self.eq(result).to({ dtype: g.dtype }), source.eq(value).to({ dtype: g.dtype })]
  const share = g.div(own.scatterAdd(dim, index, others))
  return [share.mul(own), at(share).mul(others)]
}
