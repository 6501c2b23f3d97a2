// Reading and writing along one dim by index tensors: gather, indexSelect, indexAdd, ...
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { copyElements } from '../dispatch/elements.ts'
import type { Operandish } from '../dispatch/pointwise-record.ts'
import { scalarValue } from '../dispatch/scalar.ts'
import type { Scalar } from '../dispatch/scalar.ts'
import { apply, applyInPlace, structured } from '../dispatch/structured.ts'
import { DTypeError, IndexError, ShapeError, check } from '../errors.ts'
import { asIndex, checkBounds } from '../host/index-bounds.ts'
import { broadcastPair, formatShape, sameShape, wrapDim } from '../shape/shape.ts'
import { Tensor, viewOf } from '../tensor.ts'
import { mul } from './arithmetic.ts'
import { clone, to } from './copy.ts'
import { full } from './creation.ts'
import { expand, reshape } from './views.ts'

/** Attributes: the dim, wrapped. */
export interface AlongDim {
  readonly dim: number
}

// Kernels want at least one dim.
const dimmed = (t: Tensor): Tensor => (t.ndim === 0 ? viewOf(t, [1], [1], t.offset) : t)

/** gather: tensors are self and the index, of as many dims. */
export const gatherOp = structured<AlongDim>({
  name: 'gather',
  complex: 'parts',
  infer: ([self, index]) => [{ shape: index.shape, dtype: self.dtypeInfo }],
  run: (backend, [self, index], { dim }, [out]) => {
    if (out.elementCount > 0) backend.kernels.gather(dimmed(self), dim, dimmed(index), dimmed(out))
  },
})

/**
 * Elements picked along `dim`: for dim 0, `out[i][j] = self[index[i][j]][j]`.
 *
 * @param index int64, of as many dims as self, and no larger except in `dim`
 * @returns the shape of the index
 * @throws ShapeError if the index does not fit; IndexError if a position is out of range
 * @example
 * tensor([[1, 2], [3, 4]]).gather(1, tensor([[0n], [1n]])).tolist() // => [[1], [4]]
 * @see torch.gather
 */
export function gather(self: Tensor, dim: number, index: Tensor, { out }: OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('gather', out, () => gather(self, dim, index))

  const at = wrapDim('gather', dim, self.ndim)
  const positions = asIndex('gather', index)
  if (index.elementCount > 0) {
    check(
      Math.max(index.ndim, 1) === Math.max(self.ndim, 1),
      () =>
        new ShapeError(
          'gather',
          `the index must have as many dims as self, got ${formatShape(index.shape)} for ${formatShape(self.shape)}`,
        ),
    )
    check(
      index.shape.every((size, d) => d === at || size <= (self.shape[d] ?? 1)),
      () =>
        new ShapeError(
          'gather',
          `the index must be no larger than self except in dim ${at}, got ${formatShape(index.shape)} for ${formatShape(self.shape)}`,
        ),
    )
    const size = self.shape[at] ?? 1
    check(size > 0, () => new IndexError('gather', `index is out of bounds for dim ${at} with size 0`))
  }
  return apply(gatherOp, [self, positions], { dim: at })
}

/**
 * Elements picked along `dim`, where the index broadcasts with self in the other dims; without a dim, by flat positions.
 *
 * @example
 * const x = tensor([[3, 1, 2]])
 * x.takeAlongDim(x.argsort(1), 1).tolist() // => [[1, 2, 3]]
 * @see torch.take_along_dim
 */
export function takeAlongDim(
  self: Tensor,
  indices: Tensor,
  dim: number | null = null,
  { out }: OutOption = {},
): Tensor {
  if (out !== undefined) return resultInto('takeAlongDim', out, () => takeAlongDim(self, indices, dim))

  if (dim === null) return gather(reshape(self, [-1]), 0, reshape(indices, [-1]))
  check(
    self.ndim === indices.ndim,
    () =>
      new ShapeError(
        'takeAlongDim',
        `the index must have as many dims as self, got ${indices.ndim} for ${self.ndim}`,
      ),
  )
  const at = wrapDim('takeAlongDim', dim, self.ndim)
  const common = broadcastPair('takeAlongDim', self.shape.with(at, 1), indices.shape.with(at, 1))
  return gather(
    expand(self, common.with(at, self.shape[at])),
    at,
    expand(indices, common.with(at, indices.shape[at])),
  )
}

/** indexSelect: tensors are self and the index, of 1 dim. */
export const indexSelectOp = structured<AlongDim>({
  name: 'indexSelect',
  complex: 'parts',
  infer: ([self, index], { dim }) => [
    { shape: self.ndim === 0 ? [] : self.shape.with(dim, index.elementCount), dtype: self.dtypeInfo },
  ],
  run: (backend, [self, index], { dim }, [out]) => {
    const source = dimmed(self)
    if (out.elementCount > 0)
      backend.kernels.indexGet(
        source,
        source.shape.map((_, d) => (d === dim ? dimmed(index) : null)),
        dim,
        dimmed(out),
      )
  },
})

/** Checks what every op along one dim by a 1-dim index asks for; gives the dim and the index as int64. */
function alongDim(op: string, self: Tensor, dim: number, index: Tensor): { at: number; positions: Tensor } {
  const at = wrapDim(op, dim, self.ndim)
  check(
    index.ndim <= 1,
    () => new ShapeError(op, `the index must have at most 1 dim, got ${formatShape(index.shape)}`),
  )
  return { at, positions: asIndex(op, index, true) }
}

/**
 * The slices of `dim` at the positions of `index`.
 *
 * @param index int64 of 1 dim
 * @throws IndexError if a position is negative or out of range
 * @example
 * tensor([[1, 2], [3, 4]]).indexSelect(0, tensor([1n, 1n])).tolist() // => [[3, 4], [3, 4]]
 * @see torch.index_select
 */
export function indexSelect(self: Tensor, dim: number, index: Tensor, { out }: OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('indexSelect', out, () => indexSelect(self, dim, index))

  const { at, positions } = alongDim('indexSelect', self, dim, index)
  check(
    self.ndim > 0 || index.elementCount === 1,
    () =>
      new ShapeError(
        'indexSelect',
        `the index of a 0-dim tensor must have 1 element, got ${index.elementCount}`,
      ),
  )
  checkBounds('indexSelect', positions, at, self.shape[at] ?? 1)
  return apply(indexSelectOp, [self, positions], { dim: at })
}

const writeAlong = (name: string, accumulate: boolean) =>
  structured<AlongDim>({
    name,
    overlap: { distinct: true },
    complex: 'parts',
    infer: ([self]) => [{ shape: self.shape, dtype: self.dtypeInfo }],
    run: (backend, [self, index, source], { dim }, [out]) => {
      if (out !== self) copyElements(backend, self, out)
      if (source.elementCount === 0) return
      const target = dimmed(out)
      backend.kernels.indexPut(
        target,
        target.shape.map((_, d) => (d === dim ? dimmed(index) : null)),
        dim,
        dimmed(source),
        accumulate,
      )
    },
  })
/** indexAdd: tensors are self, the index and the source. */
export const indexAddOp = writeAlong('indexAdd', true)
/** indexCopy: tensors are self, the index and the source. */
export const indexCopyOp = writeAlong('indexCopy', false)
/** indexFill: tensors are self, the index and the value, expanded to the slices that it fills. */
export const indexFillOp = writeAlong('indexFill', false)

function prepareWrite(
  op: string,
  self: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
): { tensors: readonly Tensor[]; attrs: AlongDim } {
  const { at, positions } = alongDim(op, self, dim, index)
  check(
    source.dtype === self.dtype,
    () =>
      new DTypeError(
        op,
        `source must have the dtype of self, got ${source.dtype} for ${self.dtype}. Cast it: .to('${self.dtype}')`,
      ),
  )
  const count = index.elementCount
  const fits =
    self.ndim === 0
      ? source.numel() === count && source.ndim <= 1 && count === 1
      : sameShape(source.ndim === 0 ? [1] : source.shape, self.shape.with(at, count))
  check(
    fits,
    () =>
      new ShapeError(
        op,
        `source must have the shape of self with ${count} positions in dim ${at}, got ` +
          `${formatShape(source.shape)} for self of ${formatShape(self.shape)}`,
      ),
  )
  checkBounds(op, positions, at, self.shape[at] ?? 1)
  return {
    tensors: [self, positions, source],
    attrs: { dim: at },
  }
}

const scaled = (source: Tensor, alpha: Scalar): Tensor =>
  alpha === 1 ? source : to(mul(source, alpha), source.dtype)
/**
 * A copy of self with `alpha · source` added to the slices of `dim` at `index`; equal positions add up.
 *
 * @param source of the shape and dtype of self, with as many positions in `dim` as the index has
 * @throws IndexError if a position is out of range; then nothing is written
 * @example
 * zeros([3]).indexAdd(0, tensor([0n, 0n]), ones([2])).tolist() // => [2, 0, 0]
 * @see torch.index_add
 */
export function indexAdd(
  self: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  { out, alpha = 1 }: { alpha?: Scalar } & OutOption = {},
): Tensor {
  if (out !== undefined)
    return resultInto('indexAdd', out, () => indexAdd(self, dim, index, source, { alpha }))

  const { tensors, attrs } = prepareWrite('indexAdd', self, dim, index, scaled(source, alpha))
  return apply(indexAddOp, tensors, attrs)
}
/** In-place indexAdd. @see torch.Tensor.index_add_ */
export function indexAdd_(
  self: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  { alpha = 1 }: { alpha?: Scalar } = {},
): Tensor {
  const { tensors, attrs } = prepareWrite('indexAdd_', self, dim, index, scaled(source, alpha))
  return applyInPlace(indexAddOp, tensors, attrs)
}
/**
 * A copy of self with `source` in the slices of `dim` at `index`.
 *
 * @throws IndexError
 * @example
 * indexCopy(zeros([3]), 0, tensor([2n, 0n]), tensor([5, 6])).tolist() // => [6, 0, 5]
 * @see torch.index_copy
 */
export function indexCopy(
  self: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  { out }: OutOption = {},
): Tensor {
  if (out !== undefined) return resultInto('indexCopy', out, () => indexCopy(self, dim, index, source))

  const { tensors, attrs } = prepareWrite('indexCopy', self, dim, index, source)
  return apply(indexCopyOp, tensors, attrs)
}
/** In-place indexCopy. @see torch.Tensor.index_copy_ */
export function indexCopy_(self: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  const { tensors, attrs } = prepareWrite('indexCopy_', self, dim, index, source)
  return applyInPlace(indexCopyOp, tensors, attrs)
}

function prepareFill(
  op: string,
  self: Tensor,
  dim: number,
  index: Tensor,
  value: Operandish,
): { tensors: readonly Tensor[]; attrs: AlongDim } {
  const { at, positions } = alongDim(op, self, dim, index)
  const filler =
    value instanceof Tensor ? value : full([], scalarValue(value), { dtype: self.dtype, device: self.device })
  check(
    filler.ndim === 0,
    () =>
      new ShapeError(op, `value must be a number or a 0-dim tensor, got shape ${formatShape(filler.shape)}`),
  )
  const own = filler.storage === self.storage ? clone(filler) : filler // read as one number
  const shape = self.ndim === 0 ? [1] : self.shape.with(at, index.elementCount)
  return { tensors: [self, positions, expand(to(own, self.dtype), shape)], attrs: { dim: at } }
}
/**
 * A copy of self with `value` in the slices of `dim` at `index`; negative positions count from the end.
 *
 * @param value a number or a 0-dim tensor
 * @throws IndexError if a position is out of range; then nothing is written
 * @example
 * indexFill(zeros([3]), 0, tensor([0n, -1n]), 9).tolist() // => [9, 0, 9]
 * @see torch.index_fill
 */
export function indexFill(self: Tensor, dim: number, index: Tensor, value: Operandish): Tensor {
  const { tensors, attrs } = prepareFill('indexFill', self, dim, index, value)
  return apply(indexFillOp, tensors, attrs)
}
/** In-place indexFill. @see torch.Tensor.index_fill_ */
export function indexFill_(self: Tensor, dim: number, index: Tensor, value: Operandish): Tensor {
  const { tensors, attrs } = prepareFill('indexFill_', self, dim, index, value)
  return applyInPlace(indexFillOp, tensors, attrs)
}
