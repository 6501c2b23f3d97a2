// Gradients of views: the same elements seen the other way.
import { arange, cat, stack, viewAsComplex, viewAsReal } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { windowGradient } from '../graph/as-strided.ts'
import { linear } from './formula.ts'
import type { Context } from './formula.ts'
import type { Family } from './table.ts'

const reshaped = linear((g: Tensor, s: Context<unknown>) => g.reshape(s.inputs[0].shape))
const zerosOf = (g: Tensor, s: Context<unknown>): Tensor => g.newZeros(s.inputs[0].shape)

// Windows overlap: each adds to the positions that it showed.
function unfoldGradient(
  g: Tensor,
  shape: readonly number[],
  dim: number,
  size: number,
  step: number,
): Tensor {
  if (shape.length === 0) return g.reshape(shape)
  const count = g.shape[dim]
  const { device } = g
  const positions = arange(count, null, 1, { device })
    .mul(step)
    .unsqueeze(1)
    .add(arange(size, null, 1, { device })) // [count, size]
  const windows = g.movedim(-1, dim + 1).reshape(shape.with(dim, count * size))
  return g.newZeros(shape).indexAdd(dim, positions.reshape([-1]), windows)
}

/** Views. */
export const views = {
  view: reshaped,
  unsafeView: reshaped,
  squeeze: reshaped,
  unsqueeze: reshaped,
  alias: linear((g) => g),
  viewAsReal: linear((g) => viewAsComplex(g.contiguous())),
  viewAsComplex: linear((g) => viewAsReal(g.contiguous())),
  transpose: linear((g, { attrs: { dim0, dim1 } }) => g.transpose(dim0, dim1)),
  t: linear((g) => g.t()),
  permute: linear((g, { attrs: { dims } }) => g.permute(dims.map((_, i) => dims.indexOf(i)))),
  select: linear((g, s) => zerosOf(g, s).selectScatter(g, s.attrs.dim, s.attrs.index)),
  slice: linear((g, s) => zerosOf(g, s).sliceScatter(g, s.attrs.dim, s.attrs)),
  diagonal: linear((g, s) => zerosOf(g, s).diagonalScatter(g, s.attrs)),
  expand: linear((g, s) => g.sumToSize(s.inputs[0].shape)),
  unfold: linear((g, { attrs: { dimension, size, step }, inputs }) =>
    unfoldGradient(g, inputs[0].shape, dimension, size, step),
  ),
  asStrided: linear((g, { attrs: { size, stride, storageOffset }, inputs }) =>
    windowGradient(g, { shape: size, strides: stride, offset: storageOffset }, inputs[0]),
  ),
  split: linear((g, { attrs: { sizes, dim }, inputs, gradients }) =>
    cat(
      gradients.map((part, i) => part ?? g.newZeros(inputs[0].shape.with(dim, sizes[i]))),
      dim,
    ),
  ),
  unbind: linear((g, { attrs: { dim }, gradients }) =>
    stack(
      gradients.map((part) => part ?? g.newZeros(g.shape)),
      dim,
    ),
  ),
} satisfies Family
