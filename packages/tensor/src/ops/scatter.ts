// Writing along a dim where an index of self's rank points: scatter, scatterAdd, scatterReduce, indexReduce.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import type { ScatterMode } from '../backend/kernels.ts'
import type { Backend } from '../backend/backend.ts'
import { copyElements } from '../dispatch/elements.ts'
import type { Operandish } from '../dispatch/pointwise-record.ts'
import { scalarValue } from '../dispatch/scalar.ts'
import { apply, applyInPlace, structured } from '../dispatch/structured.ts'
import type { DTypeInfo } from '../dtype.ts'
import { ArgumentError, DTypeError, ShapeError, NotImplementedError, check } from '../errors.ts'
import { asIndex, checkBounds } from '../host/index-bounds.ts'
import { formatShape, wrapDim } from '../shape/shape.ts'
import { Tensor, viewOf } from '../tensor.ts'
import { div_ } from './arithmetic.ts'
import { clampMin } from './comparison.ts'
import { full } from './creation.ts'
import type { AlongDim } from './indexing.ts'
import { onesLike, zerosLike } from './like.ts'
import { expand, view } from './views.ts'

/** How scatter combines with what is there; null overwrites. */
export type ScatterReduce = 'add' | 'multiply'
/** How scatterReduce and indexReduce combine. */
export type ScatterReduction = 'sum' | 'prod' | 'mean' | 'amax' | 'amin'

const dimmed = (t: Tensor): Tensor => (t.ndim === 0 ? viewOf(t, [1], [1], t.offset) : t)
const runScatter = (
  backend: Backend,
  target: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  mode: ScatterMode,
): void => {
  if (index.elementCount > 0)
    backend.kernels.scatter(dimmed(target), dim, dimmed(index), dimmed(source), mode)
}

const modes: Readonly<Record<ScatterReduce, ScatterMode>> = { add: 'sum', multiply: 'prod' }
/** scatter: tensors are self, the index and the source. */
export const scatterOp = structured<AlongDim & { readonly reduce: ScatterReduce | null }>({
  name: 'scatter',
  complex: 'parts',
  overlap: { distinct: true },
  infer: ([self], { reduce }) => {
    check(
      reduce !== 'multiply' || self.dtypeInfo.component === null,
      () => new NotImplementedError('scatter', `reduce: 'multiply' takes real numbers, got ${self.dtype}`),
    )
    return [{ shape: self.shape, dtype: self.dtypeInfo }]
  },
  run: (backend, [self, index, source], { dim, reduce }, [out]) => {
    if (out !== self) copyElements(backend, self, out)
    runScatter(backend, out, dim, index, source, reduce === null ? 'set' : modes[reduce])
  },
})
/** scatterAdd: tensors are self, the index and the source. */
export const scatterAddOp = structured<AlongDim>({
  name: 'scatterAdd',
  overlap: { distinct: true },
  complex: 'parts',
  infer: ([self]) => [{ shape: self.shape, dtype: self.dtypeInfo }],
  run: (backend, [self, index, source], { dim }, [out]) => {
    if (out !== self) copyElements(backend, self, out)
    runScatter(backend, out, dim, index, source, 'sum')
  },
})

function prepare(
  op: string,
  self: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
): { at: number; tensors: readonly Tensor[] } {
  const at = wrapDim(op, dim, self.ndim)
  const positions = asIndex(op, index)
  check(
    source.dtype === self.dtype,
    () =>
      new DTypeError(
        op,
        `source must have the dtype of self, got ${source.dtype} for ${self.dtype}. Cast it: .to('${self.dtype}')`,
      ),
  )
  if (index.elementCount > 0) {
    const rank = Math.max(self.ndim, 1)
    check(
      Math.max(index.ndim, 1) === rank && Math.max(source.ndim, 1) === rank,
      () =>
        new ShapeError(
          op,
          `index and source must have as many dims as self, got ${formatShape(index.shape)} and ${formatShape(source.shape)} for ${formatShape(self.shape)}`,
        ),
    )
    check(
      index.shape.every((n, d) => n <= (source.shape[d] ?? 1) && (d === at || n <= (self.shape[d] ?? 1))),
      () =>
        new ShapeError(
          op,
          `the index must be no larger than self except in dim ${at}, and no larger than source, got ${formatShape(index.shape)} ` +
            `for self of ${formatShape(self.shape)} and source of ${formatShape(source.shape)}`,
        ),
    )
  }
  return { at, tensors: [self, positions, source] }
}
const sourceOf = (self: Tensor, index: Tensor, source: Operandish): Tensor =>
  source instanceof Tensor
    ? source
    : expand(full([], scalarValue(source), { dtype: self.dtype, device: self.device }), index.shape)
function checkReduce(op: string, reduce: ScatterReduce | null): void {
  check(
    reduce === null || Object.hasOwn(modes, reduce),
    () => new ArgumentError(op, `reduce must be null, 'add' or 'multiply', got '${String(reduce)}'`),
  )
}

/** Options of scatter. */
export interface ScatterOptions {
  /** Combine with what is there, instead of overwriting. */
  reduce?: ScatterReduce | null
}
/**
 * A copy of self with elements of `source` where the index points: for dim 0, `out[index[i][j]][j] = source[i][j]`.
 *
 * @param index int64, of as many dims as self
 * @param source a number, or a tensor of the dtype of self, no smaller than the index
 * @throws ShapeError if the index does not fit; IndexError if a position is out of range; then nothing is written
 * @example
 * zeros([3]).scatter(0, tensor([2n, 0n]), tensor([5, 6])).tolist() // => [6, 0, 5]
 * @see torch.scatter
 */
export function scatter(
  self: Tensor,
  dim: number,
  index: Tensor,
  source: Operandish,
  { out, reduce = null }: ScatterOptions & OutOption = {},
): Tensor {
  if (out !== undefined)
    return resultInto('scatter', out, () => scatter(self, dim, index, source, { reduce }))

  checkReduce('scatter', reduce)
  const { at, tensors } = prepare('scatter', self, dim, index, sourceOf(self, index, source))
  return apply(scatterOp, tensors, { dim: at, reduce })
}
/** In-place scatter. @see torch.Tensor.scatter_ */
export function scatter_(
  self: Tensor,
  dim: number,
  index: Tensor,
  source: Operandish,
  { reduce = null }: ScatterOptions = {},
): Tensor {
  checkReduce('scatter_', reduce)
  const { at, tensors } = prepare('scatter_', self, dim, index, sourceOf(self, index, source))
  return applyInPlace(scatterOp, tensors, { dim: at, reduce })
}
/**
 * A copy of self with elements of `source` added where the index points; equal positions add up.
 *
 * @example
 * zeros([2]).scatterAdd(0, tensor([1n, 1n]), ones([2])).tolist() // => [0, 2]
 * @see torch.scatter_add
 */
export function scatterAdd(
  self: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  { out }: OutOption = {},
): Tensor {
  if (out !== undefined) return resultInto('scatterAdd', out, () => scatterAdd(self, dim, index, source))

  const { at, tensors } = prepare('scatterAdd', self, dim, index, source)
  return apply(scatterAddOp, tensors, { dim: at })
}
/** In-place scatterAdd. @see torch.Tensor.scatter_add_ */
export function scatterAdd_(self: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  const { at, tensors } = prepare('scatterAdd_', self, dim, index, source)
  return applyInPlace(scatterAddOp, tensors, { dim: at })
}

const kernelModes: Readonly<Record<ScatterReduction, ScatterMode>> = {
  sum: 'sum',
  mean: 'sum',
  prod: 'prod',
  amax: 'amax',
  amin: 'amin',
}
/** What does not change a result: where self does not count, it is overwritten by this first. */
function identity(reduce: ScatterReduction, { category, min, max }: DTypeInfo): number | bigint {
  if (reduce === 'sum' || reduce === 'mean') return 0
  if (reduce === 'prod') return 1
  if (reduce === 'amax') return category === 'float' ? -Infinity : min
  return category === 'float' ? Infinity : max
}

/** Attributes of scatterReduce. */
export interface ScatterReduceAttrs extends AlongDim {
  readonly reduce: ScatterReduction
  readonly includeSelf: boolean
}
/** scatterReduce: tensors are self, the index and the source. */
export const scatterReduceOp = structured<ScatterReduceAttrs>({
  name: 'scatterReduce',
  overlap: { distinct: true },
  infer: ([self]) => [{ shape: self.shape, dtype: self.dtypeInfo }],
  run: (backend, [self, index, source], { dim, reduce, includeSelf }, [out]) => {
    if (out !== self) copyElements(backend, self, out)
    const target = out.data // the same memory, without autograd
    if (!includeSelf) {
      const neutral = full([], identity(reduce, self.dtypeInfo), { dtype: self.dtype, device: self.device })
      runScatter(backend, target, dim, index, expand(neutral, index.shape), 'set')
    }
    runScatter(backend, target, dim, index, source, kernelModes[reduce])
    if (reduce !== 'mean') return
    const counts = includeSelf ? onesLike(self) : zerosLike(self)
    runScatter(
      backend,
      counts,
      dim,
      index,
      expand(full([], 1, { dtype: self.dtype, device: self.device }), index.shape),
      'sum',
    )
    div_(target, clampMin(counts, 1), { roundingMode: self.dtypeInfo.category === 'float' ? null : 'floor' })
  },
})

/** Options of scatterReduce. */
export interface ScatterReduceOptions {
  /** Whether the elements of self count where the index points (default), or are replaced. */
  includeSelf?: boolean
}
function checkReduction(op: string, reduce: ScatterReduction): void {
  check(
    Object.hasOwn(kernelModes, reduce),
    () =>
      new ArgumentError(
        op,
        `reduce must be one of [${Object.keys(kernelModes).join(', ')}], got '${String(reduce)}'`,
      ),
  )
}
/**
 * A copy of self where the elements of `source` that the index sends to a place are combined with what is there.
 *
 * @param reduce 'sum', 'prod', 'mean', 'amax' or 'amin'
 * @throws IndexError if a position is out of range; then nothing is written
 * @example
 * zeros([2]).scatterReduce(0, tensor([0n, 0n]), tensor([3, 5]), 'amax').tolist() // => [5, 0]
 * @see torch.scatter_reduce
 */
export function scatterReduce(
  self: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  reduce: ScatterReduction,
  { includeSelf = true }: ScatterReduceOptions = {},
): Tensor {
  checkReduction('scatterReduce', reduce)
  const { at, tensors } = prepare('scatterReduce', self, dim, index, source)
  return apply(scatterReduceOp, tensors, { dim: at, reduce, includeSelf })
}
/** In-place scatterReduce. @see torch.Tensor.scatter_reduce_ */
export function scatterReduce_(
  self: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  reduce: ScatterReduction,
  { includeSelf = true }: ScatterReduceOptions = {},
): Tensor {
  checkReduction('scatterReduce_', reduce)
  const { at, tensors } = prepare('scatterReduce_', self, dim, index, source)
  return applyInPlace(scatterReduceOp, tensors, { dim: at, reduce, includeSelf })
}

/** The 1-dim index of a dim, repeated over the other dims of source. */
function spread(op: string, self: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  const at = wrapDim(op, dim, self.ndim)
  check(
    index.ndim <= 1,
    () => new ShapeError(op, `the index must have at most 1 dim, got ${formatShape(index.shape)}`),
  )
  check(
    Math.max(source.ndim, 1) === Math.max(self.ndim, 1) && (source.shape[at] ?? 1) === index.elementCount,
    () =>
      new ShapeError(
        op,
        `source must have the shape of self with ${index.elementCount} positions in dim ${at}, got ${formatShape(source.shape)}`,
      ),
  )
  const positions = asIndex(op, index)
  checkBounds(op, positions, at, self.shape[at] ?? 1)
  return expand(
    view(
      positions.contiguous(),
      source.shape.map((_, d) => (d === at ? index.elementCount : 1)),
    ),
    source.shape,
  )
}
/**
 * As indexAdd with any combination: 'prod', 'mean', 'amax' or 'amin'.
 *
 * @example
 * indexReduce(ones([2]), 0, tensor([0n, 0n, 1n]), tensor([2, 3, 4]), 'prod').tolist() // => [6, 4]
 * @see torch.index_reduce
 */
export const indexReduce = (
  self: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  reduce: ScatterReduction,
  options: ScatterReduceOptions & OutOption = {},
): Tensor =>
  options.out === undefined
    ? scatterReduce(self, dim, spread('indexReduce', self, dim, index, source), source, reduce, options)
    : resultInto('indexReduce', options.out, () =>
        indexReduce(self, dim, index, source, reduce, { ...options, out: undefined }),
      )
/** In-place indexReduce. @see torch.Tensor.index_reduce_ */
export const indexReduce_ = (
  self: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  reduce: ScatterReduction,
  options: ScatterReduceOptions = {},
): Tensor =>
  scatterReduce_(self, dim, spread('indexReduce_', self, dim, index, source), source, reduce, options)
