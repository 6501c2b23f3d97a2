// Views of a part of the elements: positions, slices, diagonals, windows.
import { applyView, viewRecord } from '../../dispatch/structured.ts'
import { ArgumentError, IndexError, ShapeError, check } from '../../errors.ts'
import { formatShape, wrapDim } from '../../shape/shape.ts'
import type { Tensor } from '../../tensor.ts'

/** select: one position of a dim. */
export const selectOp = viewRecord<{ dim: number; index: number }>({
  name: 'select',
  view: (self, { dim, index }) => ({
    shape: self.shape.toSpliced(dim, 1),
    strides: self.strides.toSpliced(dim, 1),
    offset: self.offset + index * self.strides[dim],
  }),
})
/**
 * Position `index` of `dim`, without that dim. Negative positions count from the end.
 *
 * @throws IndexError if the position is out of range, or self has no dims
 * @example
 * select(tensor([[1, 2], [3, 4]]), 0, -1).tolist() // => [3, 4]
 * @see torch.select
 */
export function select(self: Tensor, dim: number, index: number): Tensor {
  check(
    self.ndim > 0,
    () => new IndexError('select', 'self must have a dim to select from, got a 0-dim tensor'),
  )
  const at = wrapDim('select', dim, self.ndim)
  const size = self.shape[at]
  check(
    Number.isInteger(index) && index >= -size && index < size,
    () =>
      new IndexError(
        'select',
        `index must be in the range of [${-size}, ${size - 1}] for dim ${at} of size ${size}, got ${index}`,
      ),
  )
  return applyView(selectOp, self, { dim: at, index: index < 0 ? index + size : index })
}

/** slice: from `start` to before `end` by `step`. */
export const sliceOp = viewRecord<{ dim: number; start: number; end: number; step: number }>({
  name: 'slice',
  view: (self, { dim, start, end, step }) => ({
    shape: self.shape.with(dim, Math.max(0, Math.ceil((end - start) / step))),
    strides: self.strides.with(dim, self.strides[dim] * step),
    offset: self.offset + start * self.strides[dim],
  }),
})
/**
 * Positions `start` to before `end` of `dim`, every `step`-th. Out of range is cut, negative counts from the end.
 *
 * @throws ArgumentError if step is not a positive integer
 * @example
 * slice(tensor([0, 1, 2, 3, 4]), 0, 1, null, 2).tolist() // => [1, 3]
 * @see https://pytorch.org/docs/stable/tensor_view.html
 */
export function slice(
  self: Tensor,
  dim = 0,
  start: number | null = null,
  end: number | null = null,
  step = 1,
): Tensor {
  check(self.ndim > 0, () => new IndexError('slice', 'self must have a dim to slice, got a 0-dim tensor'))
  check(
    Number.isInteger(step) && step > 0,
    () => new ArgumentError('slice', `step must be a positive integer, got ${step}`),
  )
  const at = wrapDim('slice', dim, self.ndim)
  const size = self.shape[at]
  const bound = (value: number): number => Math.min(Math.max(value < 0 ? value + size : value, 0), size)
  const from = bound(start ?? 0)
  return applyView(sliceOp, self, { dim: at, start: from, end: Math.max(from, bound(end ?? size)), step })
}
/**
 * `length` positions of `dim` from `startAt`, a number or an integer tensor of one element.
 *
 * @throws IndexError if they are not all there
 * @example
 * narrow(tensor([1, 2, 3, 4]), 0, 1, 2).tolist() // => [2, 3]
 * @see torch.narrow
 */
export function narrow(self: Tensor, dim: number, startAt: number | Tensor, length: number): Tensor {
  const start = typeof startAt === 'number' ? startAt : startAt.item()
  check(self.ndim > 0, () => new IndexError('narrow', 'self must have a dim to narrow, got a 0-dim tensor'))
  const at = wrapDim('narrow', dim, self.ndim)
  const size = self.shape[at]
  const from = start < 0 ? start + size : start
  check(
    Number.isInteger(start) && Number.isInteger(length) && from >= 0 && length >= 0 && from + length <= size,
    () =>
      new IndexError(
        'narrow',
        `start and length must stay within dim ${at} of size ${size}, got ${start} and ${length}`,
      ),
  )
  return applyView(sliceOp, self, { dim: at, start: from, end: from + length, step: 1 })
}

/** diagonal: attrs wrapped. */
export const diagonalOp = viewRecord<{ offset: number; dim1: number; dim2: number }>({
  name: 'diagonal',
  view: (self, { offset, dim1, dim2 }) => {
    const length = Math.max(
      0,
      offset >= 0
        ? Math.min(self.shape[dim1], self.shape[dim2] - offset)
        : Math.min(self.shape[dim1] + offset, self.shape[dim2]),
    )
    const skip = length === 0 ? 0 : offset >= 0 ? offset * self.strides[dim2] : -offset * self.strides[dim1]
    const keep = (_: number, i: number) => i !== dim1 && i !== dim2
    return {
      shape: [...self.shape.filter(keep), length],
      strides: [...self.strides.filter(keep), self.strides[dim1] + self.strides[dim2]],
      offset: self.offset + skip,
    }
  },
})
/**
 * The diagonal of the planes of two dims, as the last dim.
 *
 * @example
 * diagonal(tensor([[1, 2], [3, 4]])).tolist() // => [1, 4]
 * @see torch.diagonal
 */
export function diagonal(
  self: Tensor,
  { offset = 0, dim1 = 0, dim2 = 1 }: { offset?: number; dim1?: number; dim2?: number } = {},
): Tensor {
  const [a, b] = [wrapDim('diagonal', dim1, self.ndim), wrapDim('diagonal', dim2, self.ndim)]
  check(a !== b, () => new ShapeError('diagonal', `dim1 and dim2 must differ, got ${dim1} and ${dim2}`))
  return applyView(diagonalOp, self, { offset, dim1: a, dim2: b })
}

/** unfold: windows of a dim, as a new last dim. */
export const unfoldOp = viewRecord<{ dimension: number; size: number; step: number }>({
  name: 'unfold',
  view: (self, { dimension, size, step }) =>
    self.ndim === 0
      ? { shape: [size], strides: [1], offset: self.offset }
      : {
          shape: [...self.shape.with(dimension, Math.floor((self.shape[dimension] - size) / step) + 1), size],
          strides: [...self.strides.with(dimension, self.strides[dimension] * step), self.strides[dimension]],
          offset: self.offset,
        },
})
/**
 * Windows of `size` positions of a dim, every `step`, as a new last dim.
 *
 * @example
 * unfold(tensor([1, 2, 3, 4]), 0, 2, 1).tolist() // => [[1, 2], [2, 3], [3, 4]]
 * @see torch.Tensor.unfold
 */
export function unfold(self: Tensor, dimension: number, size: number, step: number): Tensor {
  const at = wrapDim('unfold', dimension, self.ndim)
  const length = self.ndim === 0 ? 1 : self.shape[at]
  check(
    Number.isInteger(size) && size >= 0 && size <= length,
    () => new ShapeError('unfold', `size must be from 0 to ${length}, that of dim ${at}, got ${size}`),
  )
  check(
    Number.isInteger(step) && step > 0,
    () => new ArgumentError('unfold', `step must be a positive integer, got ${step}`),
  )
  return applyView(unfoldOp, self, { dimension: at, size, step })
}

/** asStrided: any window on the storage. */
export const asStridedOp = viewRecord<{
  size: readonly number[]
  stride: readonly number[]
  storageOffset: number
}>({
  name: 'asStrided',
  view: (_self, { size, stride, storageOffset }) => ({ shape: size, strides: stride, offset: storageOffset }),
})
/**
 * A window on the storage of self with any shape and strides; elements may overlap.
 *
 * @param options `storageOffset`: of the first element; default that of self
 * @throws ShapeError if size and stride differ in length, are negative, or reach out of the storage
 * @example
 * asStrided(tensor([1, 2, 3]), [2, 2], [1, 1]).tolist() // => [[1, 2], [2, 3]]
 * @see torch.as_strided
 */
export function asStrided(
  self: Tensor,
  size: readonly number[],
  stride: readonly number[],
  { storageOffset = null }: { storageOffset?: number | null } = {},
): Tensor {
  const offset = storageOffset ?? self.offset
  check(
    size.length === stride.length,
    () =>
      new ShapeError(
        'asStrided',
        `size and stride must have the same length, got ${formatShape(size)} and ${formatShape(stride)}`,
      ),
  )
  check(
    [...size, ...stride, offset].every((n) => Number.isInteger(n) && n >= 0),
    () =>
      new ShapeError(
        'asStrided',
        `sizes, strides and offset must be integers of at least 0, got ${formatShape(size)}, ${formatShape(stride)} and ${offset}`,
      ),
  )
  const last = size.reduce((sum, n, i) => sum + (n - 1) * stride[i], offset)
  const room = self.storage.byteLength / self.dtypeInfo.itemSize
  check(
    size.includes(0) || last < room,
    () =>
      new ShapeError(
        'asStrided',
        `the window must lie within the storage of ${room} elements, got a last element at ${last}`,
      ),
  )
  return applyView(asStridedOp, self, { size, stride, storageOffset: offset })
}
