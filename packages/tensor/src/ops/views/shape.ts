// Views of another shape: the same elements in other dims.
import type { ViewSpec } from '../../dispatch/record.ts'
import { applyView, viewRecord } from '../../dispatch/structured.ts'
import type { DType, DTypeInfo } from '../../dtype.ts'
import { dtypeInfoOf } from '../../dispatch/elements.ts'
import { ShapeError, check } from '../../errors.ts'
import { formatShape, inferSize, numelOf, viewStrides, wrapDim } from '../../shape/shape.ts'
import { Tensor } from '../../tensor.ts'
import { contiguous } from '../copy.ts'

/** view: attrs are the final shape and its strides. */
export const viewOp = viewRecord<{ shape: readonly number[]; strides: readonly number[] }>({
  name: 'view',
  view: (self, { shape, strides }) => ({ shape, strides, offset: self.offset }),
})

/**
 * The same elements in another shape, without copying. One size may be −1. With a dtype, the same bits read as that dtype,
 * outside the graph of gradients: where its elements have another size, the last dim has more or fewer of them.
 *
 * @throws ShapeError if the number of elements differs, or if the strides do not allow it: then use reshape
 * @throws ShapeError for a dtype of another element size, if the last dim is not contiguous or not of whole elements
 * @example
 * arange(6).view([2, -1]).shape             // => [2, 3]
 * tensor([1]).view('int32').item() // => 1065353216
 * tensor([1, 2]).view('int16').tolist() // => [0, 16256, 0, 16384]
 * @see torch.Tensor.view
 */
export function view(self: Tensor, shapeOrDtype: readonly number[] | DType): Tensor {
  return typeof shapeOrDtype === 'string' ? viewBits(self, shapeOrDtype) : viewShape(self, shapeOrDtype)
}
function viewBits(self: Tensor, dtype: DType): Tensor {
  const dtypeInfo = dtypeInfoOf('view', dtype)
  const { storage, counter } = self
  const window = windowOfSize(self, dtypeInfo)
  return new Tensor({ storage, dtypeInfo, ...window, counter, base: self.base ?? self })
}

// Positions in elements of another size: the last dim is counted anew, the others step as far as before.
function windowOfSize({ shape, strides, offset, dtypeInfo }: Tensor, to: DTypeInfo): ViewSpec {
  const [from, size] = [dtypeInfo.itemSize, to.itemSize]
  if (from === size) return { shape, strides, offset }
  const between = `to view ${dtypeInfo.name} as ${to.name}`
  const last = shape.length - 1
  check(
    last >= 0,
    () => new ShapeError('view', `self must have a dim ${between}, got none. Use unsqueeze(0)`),
  )
  check(
    strides[last] === 1,
    () =>
      new ShapeError(
        'view',
        `the last dim must have stride 1 ${between}, got ${strides[last]}. Use contiguous()`,
      ),
  )
  const rescale = (n: number, what: string): number => {
    check(
      (n * from) % size === 0,
      () =>
        new ShapeError(
          'view',
          `${what} must be divisible by ${size / from} ${between}, got ${n}. Use a part of it that is, or to for a cast`,
        ),
    )
    return (n * from) / size
  }
  return {
    shape: [...shape.slice(0, last), rescale(shape[last], 'the size of the last dim')],
    strides: strides.map((stride, d) => (d === last ? 1 : rescale(stride, `the stride of dim ${d}`))),
    offset: rescale(offset, 'the offset'),
  }
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
