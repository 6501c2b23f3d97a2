// Ops that only move shape, strides and offset: their results share the memory of self.
import { applyMultiView, applyView, multiViewRecord, viewRecord } from '../dispatch/structured.ts'
import type { DType } from '../dtype.ts'
import { dtypeInfoOf } from '../dispatch/elements.ts'
import { ArgumentError, DTypeError, IndexError, ShapeError, check } from '../errors.ts'
import { formatShape, inferSize, numelOf, viewStrides, wrapDim } from '../shape/shape.ts'
import { Tensor } from '../tensor.ts'
import { squeezeAttrs } from '../shape/squeeze.ts'
import { contiguous } from './copy.ts'

const without = <T>(list: readonly T[], at: number): T[] => [...list.slice(0, at), ...list.slice(at + 1)]
const inserted = <T>(list: readonly T[], at: number, item: T): T[] => [
  ...list.slice(0, at),
  item,
  ...list.slice(at),
]

/** view: attrs are the final shape and its strides. */
export const viewOp = viewRecord<{ shape: readonly number[]; strides: readonly number[] }>({
  name: 'view',
  view: (self, { shape, strides }) => ({ shape, strides, offset: self.offset }),
})

/**
 * The same elements in another shape, without copying. One size may be −1. With a dtype of the same element size, the
 * same bits read as that dtype (outside the graph of gradients).
 *
 * @throws ShapeError if the number of elements differs, or if the strides do not allow it: then use reshape
 * @throws DTypeError for a dtype of another size
 * @example
 * arange(6).view([2, -1]).shape             // => [2, 3]
 * tensor([1]).view('int32').item() // => 1065353216
 * @see torch.Tensor.view
 */
export function view(self: Tensor, shapeOrDtype: readonly number[] | DType): Tensor {
  return typeof shapeOrDtype === 'string' ? viewBits(self, shapeOrDtype) : viewShape(self, shapeOrDtype)
}
function viewBits(self: Tensor, dtype: DType): Tensor {
  const dtypeInfo = dtypeInfoOf('view', dtype)
  check(
    dtypeInfo.itemSize === self.dtypeInfo.itemSize,
    () =>
      new DTypeError(
        'view',
        `the dtype must have elements of ${self.dtypeInfo.itemSize} bytes, got ${dtype} of ${dtypeInfo.itemSize}. Use to for a cast`,
      ),
  )
  const { storage, shape, strides, offset, counter } = self
  return new Tensor({ storage, dtypeInfo, shape, strides, offset, counter, base: self.base ?? self })
}
function viewShape(self: Tensor, shape: readonly number[]): Tensor {
  const sizes = inferSize('view', shape, self.numel())
  const strides = viewStrides(self.shape, self.strides, sizes)
  check(
    strides !== null,
    () =>
      new ShapeError(
        'view',
        `the shape must be compatible with the strides of self, got ` +
          `${formatShape(sizes)} for shape ${formatShape(self.shape)} and strides ${formatShape(self.strides)}. Use reshape`,
      ),
  )
  return applyView(viewOp, self, { shape: sizes, strides })
}

/**
 * The same elements in another shape: a view where the strides allow it, else a copy. One size may be −1.
 *
 * @throws ShapeError if the number of elements differs
 * @example
 * reshape(tensor([[1, 2], [3, 4]]), [-1]).tolist() // => [1, 2, 3, 4]
 * @see torch.reshape
 */
export function reshape(self: Tensor, shape: readonly number[]): Tensor {
  const sizes = inferSize('reshape', shape, self.numel())
  const strides = viewStrides(self.shape, self.strides, sizes)
  return strides === null ? view(contiguous(self), sizes) : applyView(viewOp, self, { shape: sizes, strides })
}

/**
 * The elements in the shape of `other`, without copying.
 *
 * @example
 * viewAs(tensor([1, 2, 3, 4]), ones([2, 2])).tolist() // => [[1, 2], [3, 4]]
 * @see torch.Tensor.view_as
 */
export const viewAs = (self: Tensor, other: Tensor): Tensor => view(self, other.shape)
/**
 * The elements in the shape of `other`.
 *
 * @example
 * reshapeAs(tensor([1, 2, 3, 4]), ones([2, 2])).tolist() // => [[1, 2], [3, 4]]
 * @see torch.Tensor.reshape_as
 */
export const reshapeAs = (self: Tensor, other: Tensor): Tensor => reshape(self, other.shape)

/**
 * Dims `startDim` to `endDim` as one.
 *
 * @throws ShapeError if startDim comes after endDim
 * @example
 * zeros([2, 3, 4]).flatten(1).shape // => [2, 12]
 * @see torch.flatten
 */
export function flatten(self: Tensor, startDim = 0, endDim = -1): Tensor {
  const [start, end] = [wrapDim('flatten', startDim, self.ndim), wrapDim('flatten', endDim, self.ndim)]
  check(
    start <= end,
    () => new ShapeError('flatten', `startDim must not come after endDim, got ${startDim} and ${endDim}`),
  )
  if (self.ndim === 0) return reshape(self, [1])
  if (start === end) return self
  const middle = numelOf(self.shape.slice(start, end + 1))
  return reshape(self, [...self.shape.slice(0, start), middle, ...self.shape.slice(end + 1)])
}
/** All elements as one dim. @example ravel(tensor([[1, 2], [3, 4]])).tolist() // => [1, 2, 3, 4] @see torch.ravel */
export const ravel = (self: Tensor): Tensor => reshape(contiguous(self), [-1])

/**
 * One dim as several; one size may be −1.
 *
 * @example
 * unflatten(tensor([1, 2, 3, 4]), 0, [2, -1]).tolist() // => [[1, 2], [3, 4]]
 * @see torch.Tensor.unflatten
 */
export function unflatten(self: Tensor, dim: number, sizes: readonly number[]): Tensor {
  const at = wrapDim('unflatten', dim, self.ndim)
  check(sizes.length > 0, () => new ShapeError('unflatten', 'sizes must not be empty, got []'))
  const inner = inferSize('unflatten', sizes, self.shape[at])
  return view(self, [...self.shape.slice(0, at), ...inner, ...self.shape.slice(at + 1)])
}

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

/** select: one position of a dim. */
export const selectOp = viewRecord<{ dim: number; index: number }>({
  name: 'select',
  view: (self, { dim, index }) => ({
    shape: without(self.shape, dim),
    strides: without(self.strides, dim),
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
    shape: inserted(self.shape, dim, 1),
    offset: self.offset,
    strides: inserted(self.strides, dim, dim < self.ndim ? self.shape[dim] * self.strides[dim] : 1),
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
      shape: without(self.shape, dim),
      strides: without(self.strides, dim),
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

/**
 * The same memory outside the graph of gradients; changes are seen by both.
 *
 * @example
 * detach(tensor([1], { requiresGrad: true })).requiresGrad // => false
 * @see torch.Tensor.detach
 */
export function detach(self: Tensor): Tensor {
  const { storage, dtypeInfo, shape, strides, offset, counter } = self
  return new Tensor({ storage, dtypeInfo, shape, strides, offset, counter, base: null }, self.isContiguous())
}

/** A view of the same geometry, in the graph. @see torch.Tensor.view_as */
export const aliasOp = viewRecord<null>({
  name: 'alias',
  view: (self) => ({ shape: self.shape, strides: self.strides, offset: self.offset }),
})
/**
 * A view of the same geometry.
 *
 * @example
 * const x = tensor([1, 2])
 * alias(x).fill_(7)
 * x.tolist() // => [7, 7]
 */
export const alias = (self: Tensor): Tensor => applyView(aliasOp, self, null)

/**
 * Whether both tensors are windows of the same storage.
 *
 * @example
 * const x = tensor([1, 2])
 * sharesStorage(x, x.view([2, 1])) // => true
 * sharesStorage(x, x.clone()) // => false
 */
export const sharesStorage = (self: Tensor, other: Tensor): boolean => self.storage === other.storage
