// Order along a dim: sort, argsort, topk, kthvalue, median, mode.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption, OutsOption } from '../dispatch/out.ts'
import type { Backend } from '../backend/backend.ts'
import { copyElements } from '../dispatch/elements.ts'
import { reducedShape } from '../dispatch/reduction.ts'
import { applyAll, structured } from '../dispatch/structured.ts'
import { dtypes } from '../dtype.ts'
import { ArgumentError, IndexError, check } from '../errors.ts'
import { formatShape, wrapDim } from '../shape/shape.ts'
import { newTensor, viewOf } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import { floorDivide, sub } from './arithmetic.ts'
import { where } from './choice.ts'
import { clampMin, isnan, ne } from './comparison.ts'
import { arange, full } from './creation.ts'
import { argmax } from './extremes.ts'
import type { DimAttrs, MaxMin } from './extremes.ts'
import { gather } from './indexing.ts'
import type { AlongDim } from './indexing.ts'
import { cat } from './join.ts'
import { onesLike } from './like.ts'
import { sum } from './reduce.ts'
import { cummax } from './scan.ts'
import { expand, narrow, reshape, view } from './views.ts'

const dimmed = (t: Tensor): Tensor => (t.ndim === 0 ? viewOf(t, [1], [1], t.offset) : t)

/** sort: values and positions. */
export const sortOp = structured<AlongDim & { readonly descending: boolean }>({
  name: 'sort',
  infer: ([self]) => [
    { shape: self.shape, dtype: self.dtypeInfo },
    { shape: self.shape, dtype: dtypes.int64 },
  ],
  run: (backend, [self], { dim, descending }, [values, indices]) => {
    if (values.elementCount > 0)
      backend.kernels.sort(dimmed(self), dim, descending, dimmed(values), dimmed(indices))
  },
})

/** Options of sort and argsort. */
export interface SortOptions {
  descending?: boolean
  /** Equal elements keep their order. They always do. */
  stable?: boolean
}
/**
 * The elements in order along `dim`, with their positions. Stable; NaN is the greatest.
 *
 * @returns values, and their positions (int64)
 * @example
 * tensor([3, 1, 2]).sort().values.tolist()  // => [1, 2, 3]
 * tensor([3, 1, 2]).sort().indices.tolist() // => [1, 2, 0]
 * @see torch.sort
 */
export function sort(
  self: Tensor,
  dim = -1,
  { out, descending = false }: SortOptions & OutsOption = {},
): MaxMin {
  if (out !== undefined) return resultInto('sort', out, () => sort(self, dim, { descending }))

  const [values, indices] = applyAll(sortOp, [self], { dim: wrapDim('sort', dim, self.ndim), descending })
  return { values, indices }
}
/**
 * The positions that sort the elements along `dim`.
 *
 * @example
 * argsort(tensor([3, 1, 2])).tolist() // => [1, 2, 0]
 * @see torch.argsort
 */
export const argsort = (self: Tensor, dim = -1, options: SortOptions = {}): Tensor =>
  sort(self, dim, options).indices
/**
 * The elements in order along the first dim.
 *
 * @example
 * msort(tensor([[3, 1], [2, 4]])).tolist() // => [[2, 1], [3, 4]]
 * @see torch.msort
 */
export const msort = (self: Tensor, { out }: OutOption = {}): Tensor =>
  out === undefined ? sort(self, 0).values : resultInto('msort', out, () => msort(self))

/** Attributes of topk. */
export interface TopkAttrs extends AlongDim {
  readonly k: number
  readonly largest: boolean
  readonly sorted: boolean
}
/** topk: values and positions. */
export const topkOp = structured<TopkAttrs>({
  name: 'topk',
  infer: ([self], { dim, k }) => {
    const shape = self.ndim === 0 ? [] : self.shape.with(dim, k)
    return [
      { shape, dtype: self.dtypeInfo },
      { shape, dtype: dtypes.int64 },
    ]
  },
  run: (backend, [self], { dim, k, largest, sorted }, [values, indices]) => {
    if (values.elementCount === 0) return
    const last = (t: Tensor): Tensor => windowWithLast(dimmed(t), dim)
    if (backend.fused.topk?.(last(self), k, largest, sorted, last(values), last(indices)) === true) return
    const all = sorting(backend, self.data, dim, largest)
    copyElements(backend, narrow(all.values, dim, 0, k), dimmed(values))
    copyElements(backend, narrow(all.indices, dim, 0, k), dimmed(indices))
  },
})
const windowWithLast = (t: Tensor, dim: number): Tensor => {
  const [shape, strides] = [[...t.shape], [...t.strides]]
  shape.push(...shape.splice(dim, 1))
  strides.push(...strides.splice(dim, 1))
  return viewOf(t, shape, strides, t.offset)
}
/** Sorted without autograd; a 0-dim tensor as one of 1 dim. */
function sorting(backend: Backend, self: Tensor, dim: number, descending: boolean): MaxMin {
  const source = dimmed(self)
  const values = newTensor(backend, self.dtypeInfo, source.shape)
  const indices = newTensor(backend, dtypes.int64, source.shape)
  if (values.elementCount > 0) backend.kernels.sort(source, dim, descending, values, indices)
  return { values, indices }
}

/** Options of topk. */
export interface TopkOptions {
  /** The largest (default) or the smallest. */
  largest?: boolean
  /** In order (default), or in any. */
  sorted?: boolean
}
/**
 * The `k` largest (or smallest) elements along `dim`, with their positions.
 *
 * @throws ArgumentError unless k is within the size of dim
 * @example
 * tensor([3, 1, 2]).topk(2).values.tolist() // => [3, 2]
 * @see torch.topk
 */
export function topk(
  self: Tensor,
  k: number,
  dim = -1,
  { out, largest = true, sorted = true }: TopkOptions & OutsOption = {},
): MaxMin {
  if (out !== undefined) return resultInto('topk', out, () => topk(self, k, dim, { largest, sorted }))

  const at = wrapDim('topk', dim, self.ndim)
  const size = self.shape[at] ?? 1
  check(
    Number.isInteger(k) && k >= 0 && k <= size,
    () => new ArgumentError('topk', `k must be from 0 to ${size}, the size of dim ${at}, got ${k}`),
  )
  const [values, indices] = applyAll(topkOp, [self], { dim: at, k, largest, sorted })
  return { values, indices }
}

// An op that picks one element of each line: shape and dtype of its results.
const inferOne =
  (name: string) =>
  ([self]: readonly Tensor[], { dim, keepdim }: DimAttrs) => {
    check(
      self.ndim === 0 || self.shape[dim] > 0,
      () => new IndexError(name, `dim ${dim} must not be empty, got shape ${formatShape(self.shape)}`),
    )
    const shape = self.ndim === 0 ? [] : reducedShape(self.shape, [dim], keepdim)
    return [
      { shape, dtype: self.dtypeInfo },
      { shape, dtype: dtypes.int64 },
    ]
  }
// Those that a sort along a dim puts at the places, of size 1 in dim; of values and positions that were sorted, or by selection.
function pickAt(
  backend: Backend,
  { values: from, indices: positions }: MaxMin,
  dim: number,
  at: Tensor,
  values: Tensor,
  indices: Tensor | null,
): void {
  copyElements(backend, view(gather(from, dim, at), values.shape), values)
  if (indices !== null) copyElements(backend, view(gather(positions, dim, at), indices.shape), indices)
}
function selectAt(
  backend: Backend,
  self: Tensor,
  dim: number,
  at: Tensor,
  values: Tensor,
  indices: Tensor | null,
): void {
  const one = (t: Tensor): Tensor => windowWithLast(view(t, at.shape), dim)
  const positions = indices ?? newTensor(backend, dtypes.int64, values.shape)
  const source = windowWithLast(self, dim)
  if (backend.fused.kthvalue?.(source, windowWithLast(at, dim), one(values), one(positions)) === true) return
  pickAt(backend, sorting(backend, self, dim, false), dim, at, values, indices)
}

// An op that picks the element at a place in order; `place` gives it, with size 1 in dim.
const selection = <Attrs extends DimAttrs>(name: string, place: (self: Tensor, attrs: Attrs) => Tensor) =>
  structured<Attrs>({
    name,
    infer: inferOne(name),
    run: (backend, [self], attrs, [values, indices]) => {
      if (values.elementCount === 0) return
      const source = dimmed(self.data)
      selectAt(backend, source, attrs.dim, place(source, attrs), values, indices)
    },
  })
const ofRow = (self: Tensor, dim: number, position: number): Tensor =>
  expand(full([], position, { dtype: 'int64', device: self.device }), self.shape.with(dim, 1))
const withPositions = <Attrs extends DimAttrs>(
  op: ReturnType<typeof structured<Attrs>>,
  self: Tensor,
  attrs: Attrs,
): MaxMin => {
  const [values, indices] = applyAll(op, [self], attrs)
  return { values, indices }
}

/** kthvalue: the k-th smallest, counted from 1. */
export const kthvalueOp = selection<DimAttrs & { readonly k: number }>('kthvalue', (self, { dim, k }) =>
  ofRow(self, dim, k - 1),
)
/**
 * The `k`-th smallest element along `dim`, counted from 1, and its position.
 *
 * @throws ArgumentError
 * @example
 * kthvalue(tensor([3, 1, 2]), 2).values.item() // => 2
 * @see torch.kthvalue
 */
export function kthvalue(
  self: Tensor,
  k: number,
  dim = -1,
  { out, keepdim = false }: { keepdim?: boolean } & OutsOption = {},
): MaxMin {
  if (out !== undefined) return resultInto('kthvalue', out, () => kthvalue(self, k, dim, { keepdim }))

  const at = wrapDim('kthvalue', dim, self.ndim)
  const size = self.shape[at] ?? 1
  check(
    Number.isInteger(k) && k >= 1 && k <= size,
    () => new ArgumentError('kthvalue', `k must be from 1 to ${size}, the size of dim ${at}, got ${k}`),
  )
  return withPositions(kthvalueOp, self, { dim: at, keepdim, k })
}

// NaNs are sorted to the end: the first of them is the median if there is one, or they do not count.
function medianPlace(self: Tensor, dim: number, ignoreNan: boolean): Tensor {
  const size = self.shape[dim]
  const middle = (size - 1) >> 1
  if (self.dtypeInfo.category !== 'float') return ofRow(self, dim, middle)
  const nans = sum(isnan(self), dim, { keepdim: true })
  const numbers = sub(full([], size, { dtype: 'int64', device: self.device }), nans)
  if (ignoreNan) return clampMin(floorDivide(sub(numbers, 1), 2), 0)
  return where(ne(nans, 0), numbers, middle)
}
/** median along a dim. */
export const medianDimOp = selection<DimAttrs>('median', (self, { dim }) => medianPlace(self, dim, false))
/** nanmedian along a dim. */
export const nanmedianDimOp = selection<DimAttrs>('nanmedian', (self, { dim }) =>
  medianPlace(self, dim, true),
)

const whole = (name: 'median' | 'nanmedian') =>
  structured<null>({
    name: `${name}All`,
    gradName: name === 'median' ? 'MedianBackward0' : 'NanmedianBackward0',
    infer: ([self]) => [{ shape: [], dtype: self.dtypeInfo }],
    run: (backend, [self], _attrs, [out]) => {
      const flat = reshape(self.data, [-1])
      if (flat.elementCount === 0)
        return copyElements(
          backend,
          full([], self.dtypeInfo.category === 'float' ? NaN : self.dtypeInfo.min, {
            dtype: self.dtype,
            device: self.device,
          }),
          out,
        )
      selectAt(backend, flat, 0, medianPlace(flat, 0, name === 'nanmedian'), out, null)
    },
  })
/** median of all elements; gradients are shared by equal elements. */
export const medianAllOp = whole('median')
/** nanmedian of all elements. */
export const nanmedianAllOp = whole('nanmedian')

/** With a dim: values and positions; without: the value. */
type ByDim<A> = A extends number ? MaxMin : Tensor
const median2 = (dimOp: typeof medianDimOp, allOp: typeof medianAllOp) => {
  const medianOf = <A extends number | undefined = undefined>(
    self: Tensor,
    dim?: A,
    { out, keepdim = false }: { keepdim?: boolean } & OutsOption = {},
  ): ByDim<A> => {
    if (out !== undefined) return resultInto(dimOp.name, out, () => medianOf(self, dim, { keepdim }))
    if (dim === undefined) return applyAll(allOp, [self], null)[0] as ByDim<A>
    return withPositions(dimOp, self, {
      dim: wrapDim(dimOp.name, dim as number, self.ndim),
      keepdim,
    }) as ByDim<A>
  }
  return medianOf
}
/**
 * The middle element in order (the lower of two), of all or along a dim with its position; NaN if there is one.
 *
 * @example
 * tensor([3, 1, 2, 4]).median().item() // => 2
 * @see torch.median
 */
export const median = median2(medianDimOp, medianAllOp)
/**
 * As median, without the NaNs.
 *
 * @example
 * nanmedian(tensor([3, NaN, 1, 2])).item() // => 2
 * @see torch.nanmedian
 */
export const nanmedian = median2(nanmedianDimOp, nanmedianAllOp)

// the longest run in order, the first of equally long ones: the place of its end
function longestRun(sorted: Tensor, dim: number): Tensor {
  const size = sorted.shape[dim]
  if (size === 1) return ofRow(sorted, dim, 0)
  const changes = ne(narrow(sorted, dim, 1, size - 1), narrow(sorted, dim, 0, size - 1))
  const starts = cat([onesLike(narrow(changes, dim, 0, 1)), changes], dim)
  const places = view(
    arange(0, size, 1, { device: sorted.device }),
    sorted.shape.map((n, d) => (d === dim ? n : 1)),
  )
  const runStart = cummax(where(starts, places, 0), dim).values
  return argmax(sub(places, runStart), dim, { keepdim: true })
}
/** mode along a dim. */
export const modeOp = structured<DimAttrs>({
  name: 'mode',
  infer: inferOne('mode'),
  run: (backend, [self], { dim }, [values, indices]) => {
    if (values.elementCount === 0) return
    const sorted = sorting(backend, self.data, dim, false)
    pickAt(backend, sorted, dim, longestRun(sorted.values, dim), values, indices)
  },
})
/**
 * The most frequent element along `dim` (the smallest of several) and a position of it.
 *
 * @example
 * mode(tensor([2, 7, 7, 2, 7])).values.item() // => 7
 * @see torch.mode
 */
export const mode = (
  self: Tensor,
  dim = -1,
  { out, keepdim = false }: { keepdim?: boolean } & OutsOption = {},
): MaxMin =>
  out === undefined
    ? withPositions(modeOp, self, { dim: wrapDim('mode', dim, self.ndim), keepdim })
    : resultInto('mode', out, () => mode(self, dim, { keepdim }))
