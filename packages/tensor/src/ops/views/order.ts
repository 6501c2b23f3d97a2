// Views with the dims in another order.
import { applyView, viewRecord } from '../../dispatch/structured.ts'
import { ShapeError, check } from '../../errors.ts'
import { formatShape, wrapDim } from '../../shape/shape.ts'
import type { Tensor } from '../../tensor.ts'

const swapped = <T>(list: readonly T[], a: number, b: number): T[] => {
  const copy = [...list]
  if (copy.length > 0) [copy[a], copy[b]] = [copy[b], copy[a]]
  return copy
}
/** transpose: attrs are the two dims, wrapped. */
export const transposeOp = viewRecord<{ dim0: number; dim1: number }>({
  name: 'transpose',
  view: (self, { dim0, dim1 }) => ({
    shape: swapped(self.shape, dim0, dim1),
    strides: swapped(self.strides, dim0, dim1),
    offset: self.offset,
  }),
})

/**
 * Two dims swapped.
 *
 * @throws IndexError if a dim is out of range
 * @example
 * transpose(ones([2, 3, 4]), 0, 2).shape // => [4, 3, 2]
 * @see torch.transpose
 */
export const transpose = (self: Tensor, dim0: number, dim1: number): Tensor =>
  applyView(transposeOp, self, {
    dim0: wrapDim('transpose', dim0, self.ndim),
    dim1: wrapDim('transpose', dim1, self.ndim),
  })
/** Two dims swapped. @example swapaxes(ones([2, 3, 4]), 0, 2).shape // => [4, 3, 2] @see torch.swapaxes */
export const swapaxes = transpose
/** Two dims swapped. @example swapdims(ones([2, 3, 4]), 0, 2).shape // => [4, 3, 2] @see torch.swapdims */
export const swapdims = transpose

/** t: a transpose of its own name. */
export const tOp = viewRecord<null>({
  name: 't',
  view: (self) => ({
    shape: [...self.shape].reverse(),
    strides: [...self.strides].reverse(),
    offset: self.offset,
  }),
})
/**
 * The transposed matrix; tensors of fewer dims as they are.
 *
 * @throws ShapeError for more than 2 dims
 * @example
 * t(tensor([[1, 2], [3, 4]])).tolist() // => [[1, 3], [2, 4]]
 * @see torch.t
 */
export function t(self: Tensor): Tensor {
  check(
    self.ndim <= 2,
    () => new ShapeError('t', `self must have at most 2 dims, got ${self.ndim}. Use transpose or mT`),
  )
  return applyView(tOp, self, null)
}

/** permute: attrs are the dims, wrapped. */
export const permuteOp = viewRecord<{ dims: readonly number[] }>({
  name: 'permute',
  view: (self, { dims }) => ({
    shape: dims.map((d) => self.shape[d]),
    strides: dims.map((d) => self.strides[d]),
    offset: self.offset,
  }),
})
/**
 * The dims in another order.
 *
 * @throws ShapeError unless `dims` names each dim once
 * @example
 * zeros([2, 3, 4]).permute([2, 0, 1]).shape // => [4, 2, 3]
 * @see torch.permute
 */
export function permute(self: Tensor, dims: readonly number[]): Tensor {
  check(
    dims.length === self.ndim,
    () =>
      new ShapeError(
        'permute',
        `dims must name each of the ${self.ndim} dims once, got ${formatShape(dims)}`,
      ),
  )
  const wrapped = dims.map((dim) => wrapDim('permute', dim, self.ndim))
  check(
    new Set(wrapped).size === wrapped.length,
    () =>
      new ShapeError(
        'permute',
        `dims must name each of the ${self.ndim} dims once, got ${formatShape(dims)}`,
      ),
  )
  return applyView(permuteOp, self, { dims: wrapped })
}

/**
 * Dims moved to new places, the others in their order.
 *
 * @example
 * movedim(ones([2, 3, 4]), 0, -1).shape // => [3, 4, 2]
 * @see torch.movedim
 */
export function movedim(
  self: Tensor,
  source: number | readonly number[],
  destination: number | readonly number[],
): Tensor {
  const from = [source].flat().map((dim) => wrapDim('movedim', dim as number, self.ndim))
  const to = [destination].flat().map((dim) => wrapDim('movedim', dim as number, self.ndim))
  check(
    from.length === to.length && new Set(from).size === from.length && new Set(to).size === to.length,
    () =>
      new ShapeError(
        'movedim',
        `source and destination must name as many dims, each once, got ${formatShape(from)} and ${formatShape(to)}`,
      ),
  )
  const rest = self.shape.map((_, i) => i).filter((i) => !from.includes(i))
  return permute(
    self,
    self.shape.map((_, i) => (to.includes(i) ? from[to.indexOf(i)] : rest.shift()!)),
  )
}
/** Dims moved to new places. @example moveaxis(ones([2, 3, 4]), 0, -1).shape // => [3, 4, 2] @see torch.moveaxis */
export const moveaxis = movedim
