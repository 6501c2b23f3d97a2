// Ops that join tensors: cat, stack and their relatives, meshgrid, products of lists.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { promoteInfos } from '../dtype.ts'
import type { DTypeInfo } from '../dtype.ts'
import { copyElements } from '../dispatch/elements.ts'
import { apply, structured } from '../dispatch/structured.ts'
import { ArgumentError, ShapeError, check } from '../errors.ts'
import { broadcastPair, formatShape, sameShape, wrapDim } from '../shape/shape.ts'
import { Tensor, viewOf } from '../tensor.ts'
import { to } from './copy.ts'
import { zeros } from './creation.ts'
import { expand, reshape, unsqueeze } from './views.ts'

/** In `sizes`, marks an input of shape [0], which cat leaves out whatever the shape of the others. */
const legacyEmpty = -1

/** cat: `sizes` of the inputs along `dim`; −1 for one of shape [0] that was left out, as PyTorch does. */
export const catOp = structured<{ dim: number; sizes: readonly number[] }>({
  name: 'cat',
  complex: 'whole',
  infer: (tensors, { dim, sizes }) => {
    const first = tensors[sizes.findIndex((size) => size !== legacyEmpty)] ?? tensors[0]
    if (sizes.every((size) => size === legacyEmpty)) return [{ shape: [0], dtype: first.dtypeInfo }]
    const total = sizes.reduce((sum, size) => sum + Math.max(size, 0), 0)
    return [{ shape: first.shape.with(dim, total), dtype: first.dtypeInfo }]
  },
  run: (backend, tensors, { dim, sizes }, [out]) => {
    let offset = out.offset
    for (let i = 0; i < tensors.length; i++) {
      if (sizes[i] === legacyEmpty) continue
      copyElements(backend, tensors[i], viewOf(out, tensors[i].shape, out.strides, offset))
      offset += sizes[i] * out.strides[dim]
    }
  },
})

/**
 * The tensors one after the other along `dim`. Dtypes are promoted; tensors of shape [0] are left out.
 *
 * @param tensors of equal shapes, but for `dim`
 * @throws ShapeError if the list is empty, a tensor has no dims, or the shapes differ in another dim
 * @example
 * cat([ones([2]), zeros([1])]).tolist() // => [1, 1, 0]
 * @see torch.cat
 */
export function cat(tensors: readonly Tensor[], dim = 0, { out }: OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('cat', out, () => cat(tensors, dim))

  checkList('cat', tensors)
  tensors.forEach((t, i) =>
    check(
      t.ndim > 0,
      () =>
        new ShapeError('cat', `each tensor must have a dim, got a 0-dim tensor at position ${i}. Use stack`),
    ),
  )
  const isLegacy = (t: Tensor) => t.ndim === 1 && t.shape[0] === 0
  const first = tensors.find((t) => !isLegacy(t)) ?? tensors[0]
  const at = wrapDim('cat', dim, first.ndim)
  const same = promoted(tensors)
  const sizes = same.map((t, i) => {
    if (isLegacy(t)) return legacyEmpty
    check(
      t.ndim === first.ndim,
      () =>
        new ShapeError(
          'cat',
          `all tensors must have the same number of dims, got ${formatShape(first.shape)} and ${formatShape(t.shape)} at position ${i}`,
        ),
    )
    check(
      t.shape.every((size, d) => d === at || size === first.shape[d]),
      () =>
        new ShapeError(
          'cat',
          `sizes must be equal except in dim ${at}, got ${formatShape(first.shape)} and ${formatShape(t.shape)} at position ${i}`,
        ),
    )
    return t.shape[at]
  })
  return apply(catOp, same, { dim: at, sizes })
}
/** As cat. @example concat([tensor([1]), tensor([2, 3])]).tolist() // => [1, 2, 3] @see torch.concat */
export const concat = cat
/** As cat. @example concatenate([tensor([1]), tensor([2, 3])]).tolist() // => [1, 2, 3] @see torch.concatenate */
export const concatenate = cat

/** stack: the new dim. */
export const stackOp = structured<{ dim: number }>({
  name: 'stack',
  complex: 'whole',
  infer: (tensors, { dim }) => [
    { shape: tensors[0].shape.toSpliced(dim, 0, tensors.length), dtype: tensors[0].dtypeInfo },
  ],
  run: (backend, tensors, { dim }, [out]) => {
    const strides = out.strides.toSpliced(dim, 1)
    tensors.forEach((t, i) =>
      copyElements(backend, t, viewOf(out, t.shape, strides, out.offset + i * out.strides[dim])),
    )
  },
})

/**
 * The tensors along a new dim. Dtypes are promoted.
 *
 * @param tensors of one shape
 * @throws ShapeError if the list is empty or the shapes differ
 * @example
 * stack([zeros([2]), ones([2])]).tolist() // => [[0, 0], [1, 1]]
 * @see torch.stack
 */
export function stack(tensors: readonly Tensor[], dim = 0, { out }: OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('stack', out, () => stack(tensors, dim))

  checkList('stack', tensors)
  const { shape } = tensors[0]
  tensors.forEach((t, i) =>
    check(
      sameShape(t.shape, shape),
      () =>
        new ShapeError(
          'stack',
          `all tensors must have one shape, got ${formatShape(shape)} at position 0 and ${formatShape(t.shape)} at position ${i}`,
        ),
    ),
  )
  return apply(stackOp, promoted(tensors), { dim: wrapDim('stack', dim, shape.length + 1) })
}

function checkList(op: string, tensors: readonly Tensor[]): void {
  check(tensors.length > 0, () => new ShapeError(op, 'the list of tensors must not be empty, got []'))
  tensors.forEach((t, i) =>
    check(
      t instanceof Tensor,
      () =>
        new ArgumentError(
          op,
          `the list must hold tensors, got ${t === null ? 'null' : typeof t} at position ${i}`,
        ),
    ),
  )
}

// The tensors in the dtype to which all promote. Those of shape [0] count too, as in PyTorch; 0-dim ones less.
function promoted(tensors: readonly Tensor[]): readonly Tensor[] {
  let dtype: DTypeInfo = tensors[0].dtypeInfo
  for (const t of tensors) if (t.dtypeInfo !== dtype) dtype = promoteInfos(dtype, t.dtypeInfo)
  return tensors.every((t) => t.dtypeInfo === dtype)
    ? tensors
    : tensors.map((t) => to(t, { dtype: dtype.name }))
}

const to1d = (self: Tensor): Tensor => (self.ndim === 0 ? reshape(self, [1]) : self)
const to2d = (self: Tensor): Tensor => (self.ndim >= 2 ? self : unsqueeze(to1d(self), 0))
const to3d = (self: Tensor): Tensor => (self.ndim >= 3 ? self : unsqueeze(to2d(self), -1))
const eachOrOne =
  (form: (self: Tensor) => Tensor) =>
  <T extends Tensor | readonly Tensor[]>(self: T): T =>
    (self instanceof Tensor ? form(self) : self.map(form)) as T
/**
 * A tensor, or each of a list, with at least 1 dim: a 0-dim tensor as [1].
 *
 * @example
 * atleast1d(tensor(5)).shape // => [1]
 * @see torch.atleast_1d
 */
export const atleast1d = eachOrOne(to1d)
/**
 * A tensor, or each of a list, with at least 2 dims, new ones in front.
 *
 * @example
 * atleast2d(tensor([1, 2])).shape // => [1, 2]
 * @see torch.atleast_2d
 */
export const atleast2d = eachOrOne(to2d)
/**
 * A tensor, or each of a list, with at least 3 dims: [n] as [1, n, 1], [m, n] as [m, n, 1].
 *
 * @example
 * atleast3d(tensor([1, 2])).shape // => [1, 2, 1]
 * @see torch.atleast_3d
 */
export const atleast3d = eachOrOne(to3d)

/**
 * Side by side: along dim 1, 1-dim tensors along dim 0.
 *
 * @example
 * hstack([tensor([[1], [2]]), tensor([[3], [4]])]).tolist() // => [[1, 3], [2, 4]]
 * @see torch.hstack
 */
export function hstack(tensors: readonly Tensor[], { out }: OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('hstack', out, () => hstack(tensors))

  checkList('hstack', tensors)
  const parts = tensors.map(to1d)
  return cat(parts, parts[0].ndim === 1 ? 0 : 1)
}
/**
 * One below the other: along dim 0, each as at least a row.
 *
 * @example
 * vstack([tensor([1, 2]), tensor([3, 4])]).tolist() // => [[1, 2], [3, 4]]
 * @see torch.vstack
 */
export function vstack(tensors: readonly Tensor[], { out }: OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('vstack', out, () => vstack(tensors))

  checkList('vstack', tensors)
  return cat(tensors.map(to2d), 0)
}
/** As vstack. @example rowStack([tensor([1, 2]), tensor([3, 4])]).tolist() // => [[1, 2], [3, 4]] @see torch.row_stack */
export const rowStack = vstack
/**
 * Along dim 2, each with at least 3 dims.
 *
 * @example
 * dstack([tensor([1, 2]), tensor([3, 4])]).tolist() // => [[[1, 3], [2, 4]]]
 * @see torch.dstack
 */
export function dstack(tensors: readonly Tensor[], { out }: OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('dstack', out, () => dstack(tensors))

  checkList('dstack', tensors)
  return cat(tensors.map(to3d), 2)
}
/**
 * Side by side, 0- and 1-dim tensors as columns.
 *
 * @example
 * columnStack([tensor([1, 2]), tensor([3, 4])]).tolist() // => [[1, 3], [2, 4]]
 * @see torch.column_stack
 */
export function columnStack(tensors: readonly Tensor[], { out }: OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('columnStack', out, () => columnStack(tensors))

  checkList('columnStack', tensors)
  return hstack(tensors.map((t) => (t.ndim <= 1 ? reshape(t, [t.numel(), 1]) : t)))
}

/**
 * The tensors expanded to the shape to which all broadcast; views.
 *
 * @throws ShapeError if they do not broadcast
 * @example
 * broadcastTensors([ones([2, 1]), ones([3])]).map((x) => x.shape) // => [[2, 3], [2, 3]]
 * @see torch.broadcast_tensors
 */
export function broadcastTensors(tensors: readonly Tensor[]): readonly Tensor[] {
  checkList('broadcastTensors', tensors)
  const shape = tensors.reduce((all, t) => broadcastPair('broadcastTensors', all, t.shape), tensors[0].shape)
  return tensors.map((t) => expand(t, shape))
}

/**
 * Grids of coordinates: result i has the values of tensor i along dim i, repeated along the others; views.
 *
 * @param tensors of 0 or 1 dims, of one dtype
 * @param options `indexing`: 'ij' (default), or 'xy', which swaps the first two dims
 * @example
 * meshgrid([arange(2), arange(3)])[0].tolist() // => [[0, 0, 0], [1, 1, 1]]
 * @see torch.meshgrid
 */
export function meshgrid(
  tensors: readonly Tensor[],
  { indexing = 'ij' }: { indexing?: 'ij' | 'xy' } = {},
): readonly Tensor[] {
  checkList('meshgrid', tensors)
  check(
    indexing === 'ij' || indexing === 'xy',
    () => new ArgumentError('meshgrid', `indexing must be 'ij' or 'xy', got '${String(indexing)}'`),
  )
  tensors.forEach((t, i) => {
    check(
      t.ndim <= 1,
      () =>
        new ShapeError(
          'meshgrid',
          `each tensor must have at most 1 dim, got ${formatShape(t.shape)} at position ${i}`,
        ),
    )
    check(
      t.dtype === tensors[0].dtype,
      () =>
        new ArgumentError(
          'meshgrid',
          `all tensors must have one dtype, got ${tensors[0].dtype} and ${t.dtype}`,
        ),
    )
  })
  const swap = indexing === 'xy' && tensors.length >= 2
  const parts = swap ? [tensors[1], tensors[0], ...tensors.slice(2)] : tensors
  const shape = parts.map((t) => t.numel())
  const grids = parts.map((t, i) =>
    expand(
      reshape(
        t,
        shape.map((size, d) => (d === i ? size : 1)),
      ),
      shape,
    ),
  )
  return swap ? [grids[1], grids[0], ...grids.slice(2)] : grids
}

/**
 * The matrices on the diagonal of a larger one, zeros elsewhere; 1-dim tensors count as rows.
 *
 * @throws ShapeError for a tensor of more than 2 dims
 * @example
 * blockDiag([tensor([[1, 2]]), tensor([[3]])]).tolist() // => [[1, 2, 0], [0, 0, 3]]
 * @see torch.block_diag
 */
export function blockDiag(tensors: readonly Tensor[]): Tensor {
  checkList('blockDiag', tensors)
  tensors.forEach((t, i) =>
    check(
      t.ndim <= 2,
      () =>
        new ShapeError(
          'blockDiag',
          `each tensor must have at most 2 dims, got ${formatShape(t.shape)} at position ${i}`,
        ),
    ),
  )
  const blocks = promoted(tensors).map(to2d)
  const columns = blocks.reduce((sum, t) => sum + t.shape[1], 0)
  const { dtype, device } = blocks[0]
  let before = 0
  return cat(
    blocks.map((block) => {
      const [m, n] = block.shape
      const row = cat(
        [zeros([m, before], { dtype, device }), block, zeros([m, columns - before - n], { dtype, device })],
        1,
      )
      before += n
      return row
    }),
    0,
  )
}

/**
 * All tuples with one element of each tensor, as rows; one tensor gives itself.
 *
 * @example
 * cartesianProd([tensor([1, 2]), tensor([3, 4])]).tolist() // => [[1, 3], [1, 4], [2, 3], [2, 4]]
 * @see torch.cartesian_prod
 */
export function cartesianProd(tensors: readonly Tensor[]): Tensor {
  checkList('cartesianProd', tensors)
  tensors.forEach((t, i) =>
    check(
      t.ndim === 1,
      () =>
        new ShapeError(
          'cartesianProd',
          `each tensor must have 1 dim, got ${formatShape(t.shape)} at position ${i}`,
        ),
    ),
  )
  if (tensors.length === 1) return tensors[0]
  return stack(
    meshgrid(tensors).map((grid) => reshape(grid, [-1])),
    1,
  )
}
