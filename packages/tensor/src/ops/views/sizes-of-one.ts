// Views with dims of size 1: repeated, dropped, added.
import { applyView, viewRecord } from '../../dispatch/structured.ts'
import { ShapeError, check } from '../../errors.ts'
import { formatShape, wrapDim } from '../../shape/shape.ts'
import type { Tensor } from '../../tensor.ts'
import { squeezeAttrs } from '../../shape/squeeze.ts'

/** expand: attrs are the final shape. */
export const expandOp = viewRecord<{ shape: readonly number[] }>({
  name: 'expand',
  view: (self, { shape }) => {
    const lead = shape.length - self.ndim
    return {
      shape,
      offset: self.offset,
      strides: shape.map((size, i) =>
        i < lead || (self.shape[i - lead] === 1 && size !== 1) ? 0 : self.strides[i - lead],
      ),
    }
  },
})
/**
 * Dims of size 1 repeated to the sizes of `shape`, without copying; −1 keeps a size; new dims come in front.
 *
 * @throws ShapeError if another size would change
 * @example
 * expand(tensor([[1], [2]]), [2, 3]).tolist() // => [[1, 1, 1], [2, 2, 2]]
 * @see torch.Tensor.expand
 */
export function expand(self: Tensor, shape: readonly number[]): Tensor {
  const lead = shape.length - self.ndim
  const fail = () =>
    new ShapeError(
      'expand',
      `only dims of size 1 can be expanded, got ${formatShape(self.shape)} to ${formatShape(shape)}`,
    )
  check(lead >= 0, fail)
  const sizes = shape.map((size, i) => {
    const own = i < lead ? null : self.shape[i - lead]
    if (size === -1) {
      check(own !== null, fail)
      return own
    }
    check(Number.isInteger(size) && size >= 0 && (own === null || own === size || own === 1), fail)
    return size
  })
  return applyView(expandOp, self, { shape: sizes })
}
/**
 * Expanded to the shape of `other`.
 *
 * @example
 * expandAs(tensor([1, 2]), ones([2, 2])).tolist() // => [[1, 2], [1, 2]]
 * @see torch.Tensor.expand_as
 */
export const expandAs = (self: Tensor, other: Tensor): Tensor => expand(self, other.shape)
/** Expanded to `shape`. @example broadcastTo(tensor([1, 2]), [2, 2]).tolist() // => [[1, 2], [1, 2]] @see torch.broadcast_to */
export const broadcastTo = (self: Tensor, shape: readonly number[]): Tensor => expand(self, shape)

/** squeeze: the dims, wrapped, that go. */
export const squeezeOp = viewRecord<{ dims: readonly number[] }>({
  name: 'squeeze',
  view: (self, { dims }) => ({
    shape: self.shape.filter((_, i) => !dims.includes(i)),
    strides: self.strides.filter((_, i) => !dims.includes(i)),
    offset: self.offset,
  }),
})
/**
 * Without its dims of size 1, or without `dim` if that has size 1.
 *
 * @example
 * squeeze(ones([1, 2, 1])).shape // => [2]
 * @see torch.squeeze
 */
export const squeeze = (self: Tensor, dim: number | readonly number[] | null = null): Tensor =>
  applyView(squeezeOp, self, squeezeAttrs(self, dim))

/** unsqueeze: position of the new dim. */
export const unsqueezeOp = viewRecord<{ dim: number }>({
  name: 'unsqueeze',
  view: (self, { dim }) => ({
    shape: self.shape.toSpliced(dim, 0, 1),
    offset: self.offset,
    strides: self.strides.toSpliced(dim, 0, dim < self.ndim ? self.shape[dim] * self.strides[dim] : 1),
  }),
})
/**
 * With a new dim of size 1 at `dim`.
 *
 * @throws IndexError if dim is out of range
 * @example
 * unsqueeze(ones([2, 3]), 1).shape // => [2, 1, 3]
 * @see torch.unsqueeze
 */
export const unsqueeze = (self: Tensor, dim: number): Tensor =>
  applyView(unsqueezeOp, self, { dim: wrapDim('unsqueeze', dim, self.ndim + 1) })
