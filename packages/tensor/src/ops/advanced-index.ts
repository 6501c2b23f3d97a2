// Advanced indexing by lists of tensors, one for each dim: index and indexPut. at() and put_() are the notation for it.
import type { Operand } from '../backend/kernels.ts'
import { copyElements } from '../dispatch/elements.ts'
import { checkOverlap } from '../dispatch/overlap.ts'
import { apply, applyInPlace, structured } from '../dispatch/structured.ts'
import { DTypeError, IndexError, ShapeError, check } from '../errors.ts'
import { positionsByDim } from '../host/positions.ts'
import { broadcastPair, formatShape, numelOf, sameShape, viewStrides } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { to } from './copy.ts'
import { expand, reshape, view } from './views.ts'

/** An index for each of the leading dims; null keeps the dim. */
export type IndexList = readonly (Tensor | null)[]

/**
 * Attributes: `dims` that are indexed (one index tensor for each, int64, all of one shape) and `where` in the result
 * the dims of that shape stand.
 */
export interface IndexAttrs {
  readonly dims: readonly number[]
  readonly where: number
}

const operands = (rank: number, dims: readonly number[], indices: readonly Tensor[]): (Operand | null)[] =>
  Array.from({ length: rank }, (_, d) => (dims.includes(d) ? indices[dims.indexOf(d)] : null))

/** The shape of the result: the indexed dims are replaced by those of the indices. */
function indexedShape(self: Tensor, { dims, where }: IndexAttrs, indices: readonly Tensor[]): number[] {
  const at = indices[0].shape
  dims.forEach((d) =>
    check(
      self.shape[d] > 0 || numelOf(at) === 0,
      () => new IndexError('index', `index is out of bounds for dim ${d} with size 0`),
    ),
  )
  return self.shape.filter((_, d) => !dims.includes(d)).toSpliced(where, 0, ...at)
}

/** index: tensors are self and an index for each of `dims`. */
export const indexOp = structured<IndexAttrs>({
  name: 'index',
  complex: 'parts',
  infer: ([self, ...indices], attrs) => [
    { shape: indexedShape(self, attrs, indices), dtype: self.dtypeInfo },
  ],
  run: (backend, [self, ...indices], { dims, where }, [out]) => {
    if (out.elementCount > 0) backend.kernels.indexGet(self, operands(self.ndim, dims, indices), where, out)
  },
})

/** indexPut: tensors are self, the values (of the shape that index gives) and an index for each of `dims`. */
export const indexPutOp = structured<IndexAttrs & { readonly accumulate: boolean }>({
  name: 'indexPut',
  overlap: { distinct: true },
  complex: 'parts',
  infer: ([self]) => [{ shape: self.shape, dtype: self.dtypeInfo }],
  run: (backend, [self, values, ...indices], { dims, where, accumulate }, [out]) => {
    if (out !== self) copyElements(backend, self, out)
    if (values.elementCount === 0 || out.elementCount === 0) return
    backend.kernels.indexPut(out, operands(self.ndim, dims, indices), where, values, accumulate)
  },
})

/** Masks become positions, integers int64, and all are broadcast to one shape. */
function normalise(
  op: string,
  self: Tensor,
  indices: IndexList,
): { attrs: IndexAttrs; tensors: readonly Tensor[] } {
  const dims: number[] = []
  const given: Tensor[] = []
  let dim = 0
  indices.forEach((index, position) => {
    if (index === null) dim++
    else if (index.dtype === 'bool' || index.dtype === 'uint8') {
      const covered = self.shape.slice(dim, dim + index.ndim)
      check(
        sameShape(covered, index.shape),
        () =>
          new IndexError(
            op,
            `the shape of the mask ${formatShape(index.shape)} ` +
              `at index ${position} must match the shape of the indexed tensor ${formatShape(self.shape)} from dim ${dim}`,
          ),
      )
      for (const part of positionsByDim(op, index)) {
        dims.push(dim++)
        given.push(part)
      }
    } else {
      check(
        index.dtypeInfo.category === 'int',
        () =>
          new IndexError(
            op,
            `indices must be integer or bool tensors, got ${index.dtype}. ` +
              "Make them with { dtype: 'int64' }, or cast: .to('int64')",
          ),
      )
      dims.push(dim++)
      given.push(index.dtype === 'int64' ? index : to(index, 'int64'))
    }
  })
  check(
    dim <= self.ndim,
    () => new IndexError(op, `too many indices for a tensor of ${self.ndim} dims, got ${dim}`),
  )
  check(given.length > 0, () => new IndexError(op, 'at least one index must be a tensor, got none'))
  const shape = given.reduce((all, t) => broadcastIndices(op, all, t.shape, given), given[0].shape)
  const adjacent = dims.every((d, i) => d === dims[0] + i)
  return {
    attrs: { dims, where: adjacent ? dims[0] : 0 },
    tensors: given.map((t) => (sameShape(t.shape, shape) ? t : expand(t, shape))),
  }
}

function broadcastIndices(
  op: string,
  a: readonly number[],
  b: readonly number[],
  given: readonly Tensor[],
): readonly number[] {
  try {
    return broadcastPair(op, a, b)
  } catch {
    throw new IndexError(
      op,
      `indices must broadcast together, got the shapes ${given.map((t) => formatShape(t.shape)).join(' and ')}`,
    )
  }
}

/**
 * The elements at the positions that the index tensors give together, one tensor for each of the leading dims.
 * `at` writes the same more shortly.
 *
 * @param indices int64 tensors, which broadcast together; bool masks; null keeps a dim
 * @returns a copy; the indexed dims are replaced by those of the indices: in their place if they are adjacent, else in front
 * @throws IndexError if an index is out of range, or the indices do not broadcast
 * @example
 * tensor([[1, 2], [3, 4]]).index([tensor([0n, 1n]), tensor([1n, 0n])]).tolist() // => [2, 3]
 * @see https://pytorch.org/cppdocs/notes/tensor_indexing.html
 */
export function index(self: Tensor, indices: IndexList): Tensor {
  const [source, list] = flattened(self, indices)
  const { attrs, tensors } = normalise('index', source, list)
  return apply(indexOp, [source, ...tensors], attrs)
}

// A mask of several dims that is the only index: those dims as one (a view, where there is one), so that there is one
// index instead of several.
function flattened(self: Tensor, indices: IndexList): readonly [Tensor, IndexList] {
  const before = indices.length - 1
  const mask = indices[before]
  if (
    mask === undefined ||
    mask === null ||
    mask.ndim < 2 ||
    mask.dtype !== 'bool' ||
    indices.some((entry, i) => entry !== null && i < before)
  )
    return [self, indices]
  const covered = self.shape.slice(before, before + mask.ndim)
  const shape = self.shape.toSpliced(before, mask.ndim, numelOf(covered))
  if (!sameShape(covered, mask.shape) || viewStrides(self.shape, self.strides, shape) === null)
    return [self, indices]
  return [view(self, shape), [...indices.slice(0, before), reshape(mask, [-1])]]
}

/** Options of indexPut. */
export interface IndexPutOptions {
  /** Add to what is there (every one of several equal positions), instead of overwriting. */
  accumulate?: boolean
}

function prepare(op: string, self: Tensor, indices: IndexList, values: Tensor, accumulate: boolean) {
  check(
    values.dtype === self.dtype,
    () =>
      new DTypeError(
        op,
        `values must have the dtype of self, got ${values.dtype} for ${self.dtype}. Cast them: .to('${self.dtype}')`,
      ),
  )
  const { attrs, tensors } = normalise(op, self, indices)
  const shape = indexedShape(self, attrs, tensors)
  const surplus = values.ndim - shape.length
  const trimmed =
    surplus > 0 && values.shape.slice(0, surplus).every((n) => n === 1)
      ? values.shape.slice(surplus)
      : values.shape
  check(
    trimmed.length <= shape.length &&
      trimmed.every((n, i) => n === 1 || n === shape[i + shape.length - trimmed.length]),
    () =>
      new ShapeError(
        op,
        `values must broadcast to the indexed elements, got ${formatShape(values.shape)} for ${formatShape(shape)}`,
      ),
  )
  const source = trimmed === values.shape ? values : reshape(values, trimmed)
  return { tensors: [self, expand(source, shape), ...tensors], attrs: { ...attrs, accumulate } }
}

/**
 * A copy of self with `values` at the indexed positions. With several equal positions, the last wins, or all add up.
 *
 * @param indices as for index
 * @param values of the dtype of self, broadcast to the indexed elements
 * @throws IndexError if an index is out of range; then nothing is written
 * @example
 * indexPut(zeros([3]), [tensor([0n, 2n])], tensor([5, 6])).tolist() // => [5, 0, 6]
 * @see torch.index_put
 */
export function indexPut(
  self: Tensor,
  indices: IndexList,
  values: Tensor,
  { accumulate = false }: IndexPutOptions = {},
): Tensor {
  const [source, list] = flattened(self, indices)
  const call = prepare('indexPut', source, list, values, accumulate)
  const result = apply(indexPutOp, call.tensors, call.attrs)
  return source === self ? result : view(result, self.shape)
}
/** In-place indexPut. @see torch.Tensor.index_put_ */
export function indexPut_(
  self: Tensor,
  indices: IndexList,
  values: Tensor,
  { accumulate = false }: IndexPutOptions = {},
): Tensor {
  const [target, list] = flattened(self, indices)
  const call = prepare('indexPut_', target, list, values, accumulate)
  checkOverlap('indexPut_', target, [target, values], { distinct: true }) // before it is expanded
  applyInPlace(indexPutOp, call.tensors, call.attrs)
  return self
}
