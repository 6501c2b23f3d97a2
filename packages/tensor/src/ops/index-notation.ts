// x.at(0, ':', '1:3', null, '...', tensor) reads, x.put_([...], value) writes: PyTorch's indexing brackets.
import { inPlaceForm } from '../dispatch/define.ts'
import type { Operandish } from '../dispatch/pointwise-record.ts'
import { scalarValue } from '../dispatch/scalar.ts'
import { IndexError, ShapeError, check } from '../errors.ts'
import { asIndex } from '../host/index-bounds.ts'
import { canRead } from '../host/reads.ts'
import type { NestedData } from '../host/encode.ts'
import { parseSlice } from '../shape/index-string.ts'
import { sameShape } from '../shape/shape.ts'
import { Tensor } from '../tensor.ts'
import { index, indexPut_ } from './advanced-index.ts'
import type { IndexList, IndexPutOptions } from './advanced-index.ts'
import { add } from './arithmetic.ts'
import { maskedFill_ } from './comparison.ts'
import { copy_, fill_ } from './copy.ts'
import { full, tensor, zeros } from './creation.ts'
import { put } from './flat-indexing.ts'
import { item } from './reading.ts'
import { alias, reshape, select, slice, unsqueeze, view } from './views.ts'

/** Nested arrays of positions, or of booleans: an index tensor written out. */
export type IndexArray = readonly (number | bigint | boolean | IndexArray)[]
/**
 * One entry of an index: a position; `'start:end:step'`; `'...'` for all dims not named; null for a new dim;
 * an int64 tensor or array of positions; a bool mask; true (a new dim of size 1) or false (of size 0).
 */
export type Index = number | bigint | boolean | null | string | Tensor | IndexArray

/**
 * Elements by index, as PyTorch's `x[...]`. Numbers, slices, null and '...' give a view; tensors, arrays and booleans
 * a copy. Several index tensors go together: their dims are replaced by one set of dims, in place if they are
 * adjacent, else in front.
 *
 * Unlike PyTorch 1.13, slices may follow a mask of several dims.
 *
 * @param indices one entry for each dim from the left; see {@link Index}
 * @throws IndexError if a position is out of range, there are too many indices, or a string is no slice
 * @example
 * const x = arange(12).reshape([3, 4])
 * x.at(0, '1:3').tolist()        // => [1, 2]
 * x.at('...', -1).tolist()       // => [3, 7, 11]
 * x.at([2, 0], ':2').tolist()    // => [[8, 9], [0, 1]]
 * x.at(x.gt(9)).tolist()         // => [10, 11]
 * @see https://pytorch.org/cppdocs/notes/tensor_indexing.html
 */
export function at(self: Tensor, ...indices: Index[]): Tensor {
  if (indices.length === 1 && typeof indices[0] === 'number' && self.ndim > 0)
    return select(self, 0, indices[0])
  const { base, list } = resolve('at', self, indices)
  if (list.length > 0) return index(base, list)
  return base === self ? alias(self) : base
}

/**
 * Writes at an index, as PyTorch's `x[...] = value`, and returns self. Gradients flow to self and to the value.
 *
 * With a tensor as index it is PyTorch's method `put_`: that tensor holds flat positions, and `value` their elements.
 *
 * @param indices as at takes them, in an array; or an int64 tensor of flat positions
 * @param options `accumulate`: add to what is there
 * @param value a number, or a tensor that broadcasts to the indexed elements; the last of several equal positions wins
 * @throws IndexError as at; ShapeError if the value does not fit; then nothing is written
 * @example
 * zeros([2, 3]).put_([1, '1:'], 5).tolist() // => [[0, 0, 0], [0, 5, 5]]
 * @see torch.Tensor.__setitem__, torch.Tensor.put_
 */
export function put_(
  self: Tensor,
  indices: readonly Index[] | Tensor,
  value: Operandish,
  { accumulate = false }: IndexPutOptions = {},
): Tensor {
  if (indices instanceof Tensor) return putFlat(self, indices, value, accumulate)
  check(
    Array.isArray(indices),
    () =>
      new IndexError(
        'put_',
        `indices must be in an array, got ${typeof indices}. Write put_([0, ':'], value)`,
      ),
  )
  const { base, list } = resolve('put_', self, indices)
  if (list.length === 0) {
    if (accumulate) add[inPlaceForm](base, value)
    else if (value instanceof Tensor) copy_(base, withoutLeadingOnes(value, base.ndim))
    else fill_(base, value)
    return self
  }
  const like = { dtype: base.dtype, device: base.device }
  const single = !(value instanceof Tensor) || value.ndim === 0
  const mask = single && !accumulate ? maskOf(base, list) : null
  if (mask !== null) {
    // needs no positions, so no wait for the device
    maskedFill_(
      base,
      mask,
      value instanceof Tensor ? value.to(base.dtype) : full([], scalarValue(value), like),
    )
    return self
  }
  const values = value instanceof Tensor ? value : full([], scalarValue(value), like)
  indexPut_(base, list, values.ndim === 0 && values.dtype !== base.dtype ? values.to(base.dtype) : values, {
    accumulate,
  })
  return self
}

function putFlat(self: Tensor, positions: Tensor, value: Operandish, accumulate: boolean): Tensor {
  const source =
    value instanceof Tensor
      ? value
      : full(positions.shape, scalarValue(value), { dtype: self.dtype, device: self.device })
  if (!self.isContiguous()) return copy_(self, put(self, positions, source, { accumulate }))
  const index = asIndex('put_', positions)
  check(
    index.numel() === source.numel(),
    () =>
      new ShapeError(
        'put_',
        `value must have as many elements as the index, got ${source.numel()} for ${index.numel()}. To index with brackets: put_([index], value)`,
      ),
  )
  indexPut_(view(self, [-1]), [view(index.contiguous(), [-1])], reshape(source, [-1]), { accumulate })
  return self
}

interface Resolved {
  /** self after the basic indices. */
  base: Tensor
  /** Index tensors by dim of base; empty if there are none. */
  list: (Tensor | null)[]
}

// Applies the basic indices from left to right; what remains are index tensors by dim of the result.
function resolve(op: string, self: Tensor, indices: readonly Index[]): Resolved {
  const entries = indices.map((entry) =>
    Array.isArray(entry) ? fromArray(op, self, entry as IndexArray) : (entry as Exclude<Index, IndexArray>),
  )
  const named = entries.reduce<number>((sum, entry) => sum + dimsOf(entry), 0)
  check(
    named <= self.ndim,
    () =>
      new IndexError(
        op,
        self.ndim === 0 && named > 0
          ? 'a 0-dim tensor has no dim to index, got an index. Use item()'
          : `too many indices for a tensor of ${self.ndim} dims, got ${named}`,
      ),
  )
  let base = self
  let dim = 0
  const found: { tensor: Tensor; dim: number }[] = []
  let ellipsis = false
  for (const entry of entries) {
    if (entry === null) base = unsqueeze(base, dim++)
    else if (typeof entry === 'number' || typeof entry === 'bigint') base = select(base, dim, Number(entry))
    else if (entry === '...') {
      check(
        !ellipsis,
        () => new IndexError(op, "only one '...' may stand for the dims not named, got a second"),
      )
      ellipsis = true
      dim += self.ndim - named
    } else if (typeof entry === 'string') {
      const { start, end, step } = parseSlice(op, entry)
      if (start !== null || end !== null || step !== 1) base = slice(base, dim, start, end, step)
      dim++
    } else if (entry instanceof Tensor && entry.ndim === 0 && isInteger(entry) && canRead(entry)) {
      base = select(base, dim, item(entry))
    } else {
      const truth =
        typeof entry === 'boolean' ? entry : entry.ndim === 0 && !isInteger(entry) ? truthOf(op, entry) : null
      if (truth !== null) base = unsqueeze(base, dim)
      const tensor = truth === null ? (entry as Tensor) : truthIndex(self, truth)
      found.push({ tensor, dim })
      dim += truth === null ? dimsOf(tensor) : 1
    }
  }
  return { base, list: spread(found) }
}

const isInteger = (index: Tensor): boolean => index.dtypeInfo.category === 'int' && index.dtype !== 'uint8'
const isMask = (index: Tensor): boolean => index.dtype === 'bool' || index.dtype === 'uint8'

/** How many dims of self an entry stands for. */
function dimsOf(entry: Exclude<Index, IndexArray>): number {
  if (entry instanceof Tensor) return isMask(entry) ? entry.ndim : 1
  return entry === null || entry === '...' || typeof entry === 'boolean' ? 0 : 1
}

function spread(found: readonly { tensor: Tensor; dim: number }[]): (Tensor | null)[] {
  const list: (Tensor | null)[] = []
  let covered = 0
  for (const { tensor, dim } of found) {
    for (; covered < dim; covered++) list.push(null)
    list.push(tensor)
    covered += isMask(tensor) ? tensor.ndim : 1
  }
  return list
}

function truthOf(op: string, mask: Tensor): boolean {
  check(
    isMask(mask),
    () =>
      new IndexError(op, `indices must be integer or bool tensors, got ${mask.dtype}. Cast it: .to('int64')`),
  )
  return Boolean(item(mask))
}
/** true selects the only position of a dim of size 1, false none. */
const truthIndex = (self: Tensor, truth: boolean): Tensor =>
  zeros([truth ? 1 : 0], { dtype: 'int64', device: self.device })

function fromArray(op: string, self: Tensor, array: IndexArray): Tensor {
  let first: unknown = array
  while (Array.isArray(first)) first = first[0]
  check(
    first === undefined || typeof first === 'boolean' || Number.isInteger(first) || typeof first === 'bigint',
    () =>
      new IndexError(
        op,
        `an array as index must hold integers or booleans, got ${first === null ? 'null' : typeof first === 'number' ? first : typeof first}`,
      ),
  )
  return tensor(array as NestedData, {
    dtype: typeof first === 'boolean' ? 'bool' : 'int64',
    device: self.device,
  })
}

// The shape of the value without leading ones that self has no room for: x[0] = [[1, 2]] is allowed.
function withoutLeadingOnes(value: Tensor, ndim: number): Tensor {
  const surplus = value.ndim - ndim
  return surplus > 0 && value.shape.slice(0, surplus).every((n) => n === 1)
    ? view(value, value.shape.slice(surplus))
    : value
}

/** The only index, if it is a mask, with ones for the dims behind it: it broadcasts against base. */
function maskOf(base: Tensor, list: IndexList): Tensor | null {
  const mask = list[list.length - 1]
  if (mask === null || !isMask(mask) || list.some((entry, i) => entry !== null && i < list.length - 1))
    return null
  const before = list.length - 1
  if (!sameShape(mask.shape, base.shape.slice(before, before + mask.ndim))) return null
  return view(mask.contiguous(), [
    ...mask.shape,
    ...new Array<number>(base.ndim - before - mask.ndim).fill(1),
  ])
}
