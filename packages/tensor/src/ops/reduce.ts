// Reductions: sum, mean, products, extremes without positions, truth, moments, norms.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import type { Backend } from '../backend/backend.ts'
import type { Combine } from '../backend/kernels.ts'
import { dtypes } from '../dtype.ts'
import type { DType, DTypeInfo } from '../dtype.ts'
import { apply, applyComposite, composite, structured } from '../dispatch/structured.ts'
import { copyElements, dtypeInfoOf, fillElements } from '../dispatch/elements.ts'
import { reduceKernels, reducedShape, runReduce } from '../dispatch/reduction.ts'
import { DTypeError, ShapeError, check } from '../errors.ts'
import { formatShape, wrapDims } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { sqrt } from './math.ts'
import { narrow, reshape } from './views.ts'
import { add, mul, sub } from './arithmetic.ts'
import { ne } from './comparison.ts'
import { imag, isComplex, real } from './complex-parts.ts'
import { to } from './copy.ts'
import { cat } from './join.ts'

/** The dims of a reduction: one, several, or all if null (or []). */
export type Dims = number | readonly number[] | null
/** Attributes of every reduction: the dims, wrapped and sorted. */
export interface ReduceAttrs {
  readonly dims: readonly number[]
  readonly keepdim: boolean
}
interface DTypeOption {
  keepdim?: boolean
  /** Cast to it before reducing. */
  dtype?: DType
}

const attrsOf = (op: string, self: Tensor, dim: Dims | undefined, keepdim = false): ReduceAttrs => ({
  dims: wrapDims(op, dim, self.ndim),
  keepdim,
})
const countOf = (self: Tensor, dims: readonly number[]): number => dims.reduce((n, d) => n * self.shape[d], 1)

// sum and prod of integers and bool are int64
const accumulated = (dtype: DTypeInfo): DTypeInfo => (dtype.differentiable ? dtype : dtypes.int64)

interface AccumulateAttrs extends ReduceAttrs {
  readonly dtype: DTypeInfo
}
const accumulation = (name: string, combine: Combine, complex: 'parts' | 'whole') => {
  const kernelFor = reduceKernels(name, { combine })
  return structured<AccumulateAttrs>({
    name,
    complex,
    infer: ([self], { dims, keepdim, dtype }) => [{ shape: reducedShape(self.shape, dims, keepdim), dtype }],
    run: (backend, [self], { dims }, [out]) => {
      if (self.dtypeInfo.component !== null) complexProduct(backend, self, dims, out)
      else runReduce(backend, kernelFor(self.dtypeInfo, out.dtypeInfo), self, dims, [], out)
    },
  })
}
/** sum over dims; the graph node of sum(dim) is SumBackward1. */
export const sumOp = accumulation('sum', 'sum', 'parts')
/** prod over dims. */
export const prodOp = accumulation('prod', 'prod', 'whole')

// By halves: each product of two halves is elementwise.
function complexProduct(backend: Backend, self: Tensor, dims: readonly number[], out: Tensor): void {
  let rest = self
  for (const dim of dims) {
    if (rest.shape[dim] === 0) return fillElements(out, 1)
    while (rest.shape[dim] > 1) {
      const half = rest.shape[dim] >> 1
      const product = mul(narrow(rest, dim, 0, half), narrow(rest, dim, half, half))
      rest = rest.shape[dim] % 2 === 0 ? product : cat([product, narrow(rest, dim, 2 * half, 1)], dim)
    }
  }
  copyElements(backend, reshape(rest, out.shape), out)
}

function accumulate(
  op: typeof sumOp,
  self: Tensor,
  dim: Dims | undefined,
  { keepdim = false, dtype }: DTypeOption,
): Tensor {
  const target = dtype === undefined ? accumulated(self.dtypeInfo) : dtypeInfoOf(op.name, dtype)
  const source = target.differentiable && self.dtypeInfo !== target ? to(self, { dtype: target.name }) : self
  return apply(op, [source], { ...attrsOf(op.name, self, dim, keepdim), dtype: target })
}

/**
 * The sum of the elements, of all or along dims. Integers and bool are summed in int64.
 *
 * @param dim one, several, or null for all
 * @param options `keepdim`: reduced dims stay with size 1; `dtype`: cast before summing
 * @throws IndexError if a dim is out of range
 * @example
 * tensor([[1, 2], [3, 4]]).sum(0).tolist() // => [4, 6]
 * @see torch.sum
 */
export const sum = (self: Tensor, dim: Dims = null, options: DTypeOption & OutOption = {}): Tensor =>
  options.out === undefined
    ? accumulate(sumOp, self, dim, options)
    : resultInto('sum', options.out, () => sum(self, dim, { ...options, out: undefined }))
/**
 * The product of the elements, of all or along a dim.
 *
 * @example
 * prod(tensor([2, 3, 4])).item() // => 24
 * @see torch.prod
 */
export const prod = (self: Tensor, dim: Dims = null, options: DTypeOption & OutOption = {}): Tensor =>
  options.out === undefined
    ? accumulate(prodOp, self, dim, options)
    : resultInto('prod', options.out, () => prod(self, dim, { ...options, out: undefined }))

const meanKernels = reduceKernels('mean', {
  combine: 'sum',
  finish: (total, [inverse]) => total.mul(inverse),
  paramCount: 1,
})
/** mean over dims. */
export const meanOp = structured<ReduceAttrs>({
  name: 'mean',
  complex: 'parts',
  infer: ([self], { dims, keepdim }) => {
    check(
      self.dtypeInfo.differentiable,
      () =>
        new DTypeError(
          'mean',
          `the input must be floating-point or complex, got ${self.dtype}. Give a dtype: mean(null, { dtype: 'float32' })`,
        ),
    )
    return [{ shape: reducedShape(self.shape, dims, keepdim), dtype: self.dtypeInfo }]
  },
  run: (backend, [self], { dims }, [out]) =>
    runReduce(
      backend,
      meanKernels(self.dtypeInfo, self.dtypeInfo),
      self,
      dims,
      [1 / countOf(self, dims)],
      out,
    ),
})
/**
 * The mean of the elements, of all or along dims; NaN if there are none.
 *
 * @throws DTypeError for integers without `dtype`
 * @example
 * tensor([1, 2, 6]).mean().item() // => 3
 * @see torch.mean
 */
export const mean = (
  self: Tensor,
  dim: Dims = null,
  { out, keepdim = false, dtype }: DTypeOption & OutOption = {},
): Tensor =>
  out === undefined
    ? apply(meanOp, [dtype === undefined ? self : to(self, { dtype })], attrsOf('mean', self, dim, keepdim))
    : resultInto('mean', out, () => mean(self, dim, { keepdim, dtype }))

const extreme = (name: string, combine: 'max' | 'min') => {
  const kernelFor = reduceKernels(name, { combine })
  return structured<ReduceAttrs>({
    name,
    infer: ([self], { dims, keepdim }) => {
      check(
        countOf(self, dims) > 0,
        () =>
          new ShapeError(
            name,
            `the reduced dims must not be empty, got shape ${formatShape(self.shape)}. There is no ${combine} of nothing`,
          ),
      )
      return [{ shape: reducedShape(self.shape, dims, keepdim), dtype: self.dtypeInfo }]
    },
    run: (backend, [self], { dims }, [out]) =>
      runReduce(backend, kernelFor(self.dtypeInfo, self.dtypeInfo), self, dims, [], out),
  })
}
/** Largest along dims; gradients are shared by ties. */
export const amaxOp = extreme('amax', 'max')
/** Smallest along dims. */
export const aminOp = extreme('amin', 'min')
/**
 * The largest element along dims; NaN if one is.
 *
 * @throws ShapeError if there is none
 * @example
 * amax(tensor([[1, 9], [8, 2]]), 1).tolist() // => [9, 8]
 * @see torch.amax
 */
export const amax = (
  self: Tensor,
  dim: Dims = null,
  { out, keepdim = false }: { keepdim?: boolean } & OutOption = {},
): Tensor =>
  out === undefined
    ? apply(amaxOp, [self], attrsOf('amax', self, dim, keepdim))
    : resultInto('amax', out, () => amax(self, dim, { keepdim }))
/**
 * The smallest element along dims; NaN if one is.
 *
 * @throws ShapeError if there is none
 * @example
 * amin(tensor([[1, 9], [8, 2]]), 1).tolist() // => [1, 2]
 * @see torch.amin
 */
export const amin = (
  self: Tensor,
  dim: Dims = null,
  { out, keepdim = false }: { keepdim?: boolean } & OutOption = {},
): Tensor =>
  out === undefined
    ? apply(aminOp, [self], attrsOf('amin', self, dim, keepdim))
    : resultInto('amin', out, () => amin(self, dim, { keepdim }))

const truth = (name: string, combine: 'max' | 'min', identity: number) => {
  const kernelFor = reduceKernels(name, {
    combine,
    map: (x) => x.ne(0).select(1, 0),
    finish: (total) => total.ne(0),
  })
  return structured<ReduceAttrs>({
    name,
    infer: ([self], { dims, keepdim }) => [
      {
        shape: reducedShape(self.shape, dims, keepdim),
        dtype: self.dtype === 'uint8' ? dtypes.uint8 : dtypes.bool,
      },
    ],
    run: (backend, [self], { dims }, [out]) => {
      if (countOf(self, dims) === 0) fillElements(out, identity)
      else runReduce(backend, kernelFor(self.dtypeInfo, out.dtypeInfo), self, dims, [], out)
    },
  })
}
// What is asked of complex numbers is asked of their truth.
const truths = (self: Tensor): Tensor => (isComplex(self) ? ne(self, 0) : self)
/** any over dims. */
export const anyOp = truth('any', 'max', 0)
/** all over dims. */
export const allOp = truth('all', 'min', 1)
/** Whether some element is not 0. @example any(tensor([0, 0, 3])).item() // => true @see torch.any */
export const any = (
  self: Tensor,
  dim: Dims = null,
  { out, keepdim = false }: { keepdim?: boolean } & OutOption = {},
): Tensor =>
  out === undefined
    ? apply(anyOp, [truths(self)], attrsOf('any', self, dim, keepdim))
    : resultInto('any', out, () => any(self, dim, { keepdim }))
/**
 * Whether no element is 0; true for none.
 *
 * @example
 * all(tensor([[1, 0], [2, 3]]), 1).tolist() // => [false, true]
 * @see torch.all
 */
export const all = (
  self: Tensor,
  dim: Dims = null,
  { out, keepdim = false }: { keepdim?: boolean } & OutOption = {},
): Tensor =>
  out === undefined
    ? apply(allOp, [truths(self)], attrsOf('all', self, dim, keepdim))
    : resultInto('all', out, () => all(self, dim, { keepdim }))

const nonzeroCount = reduceKernels('countNonzero', {
  combine: 'sum',
  map: (x) => x.ne(0).select(1, 0),
  ownCompute: true,
})
/** countNonzero over dims. */
export const countNonzeroOp = structured<ReduceAttrs>({
  name: 'countNonzero',
  infer: ([self], { dims, keepdim }) => [
    { shape: reducedShape(self.shape, dims, keepdim), dtype: dtypes.int64 },
  ],
  run: (backend, [self], { dims }, [out]) =>
    runReduce(backend, nonzeroCount(self.dtypeInfo, dtypes.int64), self, dims, [], out),
})
/**
 * How many elements are not 0.
 *
 * @example
 * countNonzero(tensor([0, 3, 5])).item() // => 2
 * @see torch.count_nonzero
 */
export const countNonzero = (self: Tensor, dim: Dims = null): Tensor =>
  apply(countNonzeroOp, [truths(self)], attrsOf('countNonzero', self, dim))

/** Attributes of var and std: `correction` is what is taken from the count in the divisor. */
export interface VarAttrs extends ReduceAttrs {
  readonly correction: number
}
/** Options of var and std. */
export interface VarOptions {
  keepdim?: boolean
  /** Divide by n − 1 (true, the default) or by n. */
  unbiased?: boolean
  /** Divide by n − correction; overrides unbiased. */
  correction?: number
}
const moments = reduceKernels('var', {
  combine: 'sum',
  map: (x) => x.square(),
  finish: (total, [inverse]) => total.mul(inverse),
  paramCount: 1,
})
/** var over dims: two passes, so that a large mean does not cancel. */
export const varOp = structured<VarAttrs>({
  name: 'var',
  infer: ([self], { dims, keepdim }) => {
    check(
      self.dtypeInfo.category === 'float',
      () => new DTypeError('var', `the input must be floating-point, got ${self.dtype}. Cast it first`),
    )
    return [{ shape: reducedShape(self.shape, dims, keepdim), dtype: self.dtypeInfo }]
  },
  run: (backend, [self], { dims, correction }, [out]) => {
    const centered = sub(self, mean(self, dims.length === 0 ? [] : dims, { keepdim: true }))
    const divisor = Math.max(0, countOf(self, dims) - correction)
    runReduce(backend, moments(self.dtypeInfo, self.dtypeInfo), centered, dims, [1 / divisor], out)
  },
})
const varAttrs = (
  op: string,
  self: Tensor,
  dim: Dims | undefined,
  { keepdim, unbiased = true, correction }: VarOptions,
): VarAttrs => ({ ...attrsOf(op, self, dim, keepdim), correction: correction ?? (unbiased ? 1 : 0) })
/**
 * The variance of the elements, of all or along dims: Σ|x − mean|² / (n − correction); real, of complex numbers too.
 *
 * @example
 * tensor([1, 2, 3]).var().item() // => 1
 * @see torch.var
 */
const variance = (
  self: Tensor,
  dim: Dims = null,
  { out, ...options }: VarOptions & OutOption = {},
): Tensor => {
  if (out !== undefined) return resultInto('var', out, () => variance(self, dim, options))
  return isComplex(self)
    ? add(variance(real(self), dim, options), variance(imag(self), dim, options))
    : apply(varOp, [self], varAttrs('var', self, dim, options))
}
export { variance as var }
/** std: the root of var, one graph node. */
export const stdOp = composite<VarAttrs>({
  name: 'std',
  decompose: ([self], attrs) => [sqrt(apply(varOp, [self], attrs))],
})
/** The standard deviation, √var. @example std(tensor([1, 2, 3, 4])).item() // => 1.29099 @see torch.std */
export const std = (self: Tensor, dim: Dims = null, options: VarOptions & OutOption = {}): Tensor =>
  options.out === undefined
    ? isComplex(self)
      ? sqrt(variance(self, dim, options))
      : applyComposite(stdOp, [self], varAttrs('std', self, dim, options))[0]
    : resultInto('std', options.out, () => std(self, dim, { ...options, out: undefined }))
