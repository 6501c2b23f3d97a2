// Several views at once, which divide a dim.
import { applyMultiView, multiViewRecord } from '../../dispatch/structured.ts'
import { ArgumentError, IndexError, ShapeError, check } from '../../errors.ts'
import { formatShape, wrapDim } from '../../shape/shape.ts'
import type { Tensor } from '../../tensor.ts'

/** split: sizes of the parts along a dim. */
export const splitOp = multiViewRecord<{ sizes: readonly number[]; dim: number }>({
  name: 'split',
  views: (self, { sizes, dim }) => {
    let start = 0
    return sizes.map((size) => {
      const offset = self.offset + start * self.strides[dim]
      start += size
      return { shape: self.shape.with(dim, size), strides: self.strides, offset }
    })
  },
})
/**
 * Views of consecutive parts of `dim`: of `splitSize` positions each (the last may be smaller), or of the sizes given.
 *
 * @throws ShapeError if the sizes do not add up to that of dim
 * @example
 * arange(5).split(2).map((part) => part.tolist()) // => [[0, 1], [2, 3], [4]]
 * @see torch.split
 */
export function split(self: Tensor, splitSize: number | readonly number[], dim = 0): readonly Tensor[] {
  check(self.ndim > 0, () => new ShapeError('split', 'self must have a dim to split, got a 0-dim tensor'))
  const at = wrapDim('split', dim, self.ndim)
  const length = self.shape[at]
  return applyMultiView(splitOp, self, { sizes: splitSizes(splitSize, length), dim: at })
}
function splitSizes(splitSize: number | readonly number[], length: number): readonly number[] {
  if (typeof splitSize !== 'number') {
    check(
      splitSize.every((n) => n >= 0) && splitSize.reduce((a, b) => a + b, 0) === length,
      () =>
        new ShapeError(
          'split',
          `the sizes must add up to ${length}, that of the dim, got ${formatShape(splitSize)}`,
        ),
    )
    return splitSize
  }
  check(
    Number.isInteger(splitSize) && (splitSize > 0 || (splitSize === 0 && length === 0)),
    () => new ShapeError('split', `the size of a part must be a positive integer, got ${splitSize}`),
  )
  const count = Math.max(1, Math.ceil(length / (splitSize || 1)))
  return Array.from({ length: count }, (_, i) => Math.min(splitSize, length - i * splitSize))
}
/**
 * Views of parts of the given sizes.
 *
 * @example
 * splitWithSizes(tensor([1, 2, 3]), [1, 2]).map((part) => part.tolist()) // => [[1], [2, 3]]
 * @see torch.split_with_sizes
 */
export const splitWithSizes = (self: Tensor, splitSizes: readonly number[], dim = 0): readonly Tensor[] =>
  split(self, splitSizes, dim)
/**
 * At most `chunks` views of equal parts of `dim`; the last may be smaller.
 *
 * @example
 * chunk(tensor([1, 2, 3, 4, 5]), 2).map((part) => part.tolist()) // => [[1, 2, 3], [4, 5]]
 * @see torch.chunk
 */
export function chunk(self: Tensor, chunks: number, dim = 0): readonly Tensor[] {
  check(
    Number.isInteger(chunks) && chunks > 0,
    () => new ArgumentError('chunk', `chunks must be a positive integer, got ${chunks}`),
  )
  check(self.ndim > 0, () => new ShapeError('chunk', 'self must have a dim to split, got a 0-dim tensor'))
  const length = self.shape[wrapDim('chunk', dim, self.ndim)]
  const size = Math.ceil(length / chunks)
  return size === 0 ? split(self, new Array<number>(chunks).fill(0), dim) : split(self, size, dim)
}

/** unbind: the dim that goes. */
export const unbindOp = multiViewRecord<{ dim: number }>({
  name: 'unbind',
  views: (self, { dim }) =>
    Array.from({ length: self.shape[dim] }, (_, i) => ({
      shape: self.shape.toSpliced(dim, 1),
      strides: self.strides.toSpliced(dim, 1),
      offset: self.offset + i * self.strides[dim],
    })),
})
/**
 * A view of each position of `dim`.
 *
 * @throws IndexError for a 0-dim tensor
 * @example
 * unbind(tensor([[1, 2], [3, 4]])).map((row) => row.tolist()) // => [[1, 2], [3, 4]]
 * @see torch.unbind
 */
export function unbind(self: Tensor, dim = 0): readonly Tensor[] {
  check(self.ndim > 0, () => new IndexError('unbind', 'self must have a dim to unbind, got a 0-dim tensor'))
  return applyMultiView(unbindOp, self, { dim: wrapDim('unbind', dim, self.ndim) })
}
