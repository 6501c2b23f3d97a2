// Extremes with their positions: max, min, argmax, argmin, aminmax.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption, OutsOption } from '../dispatch/out.ts'
import { dtypes } from '../dtype.ts'
import { apply, applyAll, structured } from '../dispatch/structured.ts'
import { reduceKernels, reducedShape, runReduce } from '../dispatch/reduction.ts'
import { IndexError, check } from '../errors.ts'
import { formatShape, wrapDim } from '../shape/shape.ts'
import { Tensor, viewOf } from '../tensor.ts'
import { maximum, minimum } from './arithmetic.ts'
import { amax, amin } from './reduce.ts'
import type { Dims } from './reduce.ts'
import { contiguous } from './copy.ts'
import { view } from './views.ts'

/** Values along a dim and their positions (int64). */
export interface MaxMin {
  readonly values: Tensor
  readonly indices: Tensor
}
/** Attributes: the dim, wrapped. */
export interface DimAttrs {
  readonly dim: number
  readonly keepdim: boolean
}

/** A window on `out` that has `dim` with size 1. */
const kept = (out: Tensor, dim: number, rank: number): Tensor =>
  out.ndim === rank
    ? out
    : viewOf(out, out.shape.toSpliced(dim, 0, 1), out.strides.toSpliced(dim, 0, 0), out.offset)

function checkDim(op: string, self: Tensor, dim: number): void {
  check(
    self.ndim === 0 || self.shape[dim] > 0,
    () => new IndexError(op, `dim ${dim} must not be empty, got shape ${formatShape(self.shape)}`),
  )
}

const withPositions = (name: 'max' | 'min') =>
  structured<DimAttrs>({
    name,
    infer: ([self], { dim, keepdim }) => {
      checkDim(name, self, dim)
      const shape = self.ndim === 0 ? [] : reducedShape(self.shape, [dim], keepdim)
      return [
        { shape, dtype: self.dtypeInfo },
        { shape, dtype: dtypes.int64 },
      ]
    },
    run: (backend, [self], { dim }, [values, indices]) => {
      if (values.elementCount === 0) return
      const source = self.ndim === 0 ? view(self, [1]) : self
      backend.kernels.argReduce(
        name,
        source,
        dim,
        kept(values, dim, source.ndim),
        kept(indices, dim, source.ndim),
      )
    },
  })
/** max along a dim, with positions. */
export const maxDimOp = withPositions('max')
/** min along a dim, with positions. */
export const minDimOp = withPositions('min')

const whole = (name: 'max' | 'min') => {
  const kernelFor = reduceKernels(name, { combine: name })
  return structured<null>({
    name: `${name}All`,
    gradName: name === 'max' ? 'MaxBackward1' : 'MinBackward1',
    infer: ([self]) => {
      check(
        self.elementCount > 0,
        () =>
          new IndexError(
            name,
            `the tensor must not be empty, got shape ${formatShape(self.shape)}. Give a dim`,
          ),
      )
      return [{ shape: [], dtype: self.dtypeInfo }]
    },
    run: (backend, [self], _attrs, [out]) =>
      runReduce(
        backend,
        kernelFor(self.dtypeInfo, self.dtypeInfo),
        self,
        self.shape.map((_, i) => i),
        [],
        out,
      ),
  })
}
/** max of all elements. */
export const maxAllOp = whole('max')
/** min of all elements. */
export const minAllOp = whole('min')

type ByArgument<A> = A extends number ? MaxMin : Tensor
const overloaded = (dimOp: typeof maxDimOp, allOp: typeof maxAllOp, pairwise: typeof maximum) => {
  const extremeOf = <A extends number | Tensor | undefined = undefined>(
    self: Tensor,
    dimOrOther?: A,
    { out, keepdim = false }: { keepdim?: boolean; out?: Tensor | readonly Tensor[] | undefined } = {},
  ): ByArgument<A> => {
    if (out !== undefined) return resultInto(dimOp.name, out, () => extremeOf(self, dimOrOther, { keepdim }))
    if (dimOrOther === undefined) return apply(allOp, [self], null) as ByArgument<A>
    if (dimOrOther instanceof Tensor) return pairwise(self, dimOrOther) as ByArgument<A>
    const [values, indices] = applyAll(dimOp, [self], {
      dim: wrapDim(dimOp.name, dimOrOther as number, self.ndim),
      keepdim,
    })
    return { values, indices } as unknown as ByArgument<A>
  }
  return extremeOf
}
/**
 * The largest element; with a dim, the largest along it and their first positions; with a tensor, elementwise.
 *
 * @throws IndexError if there is no element
 * @example
 * tensor([3, 1, 2]).max().item()            // => 3
 * tensor([3, 1, 2]).max(0).indices.item()   // => 0
 * @see torch.max
 */
export const max = overloaded(maxDimOp, maxAllOp, maximum)
/**
 * The smallest element; with a dim, along it with first positions; with a tensor, elementwise.
 *
 * @example
 * tensor([3, 1, 2]).min().item() // => 1
 * tensor([3, 1, 2]).min(0).indices.item() // => 1
 * @see torch.min
 */
export const min = overloaded(minDimOp, minAllOp, minimum)

const positions = (name: 'argmax' | 'argmin', mode: 'max' | 'min') =>
  structured<DimAttrs>({
    name,
    infer: ([self], { dim, keepdim }) => {
      checkDim(name, self, dim)
      return [{ shape: self.ndim === 0 ? [] : reducedShape(self.shape, [dim], keepdim), dtype: dtypes.int64 }]
    },
    run: (backend, [self], { dim }, [out]) => {
      if (out.elementCount === 0) return
      const source = self.ndim === 0 ? view(self, [1]) : self
      backend.kernels.argReduce(mode, source, dim, null, kept(out, dim, source.ndim))
    },
  })
/** Positions of the largest. */
export const argmaxOp = positions('argmax', 'max')
/** Positions of the smallest. */
export const argminOp = positions('argmin', 'min')

function argOf(op: typeof argmaxOp, self: Tensor, dim: number | null, keepdim: boolean): Tensor {
  if (dim !== null) return apply(op, [self], { dim: wrapDim(op.name, dim, self.ndim), keepdim })
  check(
    self.elementCount > 0,
    () =>
      new IndexError(
        op.name,
        `the tensor must not be empty, got shape ${formatShape(self.shape)}. Give a dim`,
      ),
  )
  const position = apply(op, [view(contiguous(self), [-1])], { dim: 0, keepdim: false })
  return keepdim ? view(position, new Array<number>(self.ndim).fill(1)) : position
}
/**
 * The first position (int64) of the largest element, along a dim, or in the flattened tensor.
 *
 * @throws IndexError if there is no element
 * @example
 * tensor([[1, 9], [8, 2]]).argmax(1).tolist() // => [1, 0]
 * @see torch.argmax
 */
export const argmax = (
  self: Tensor,
  dim: number | null = null,
  { out, keepdim = false }: { keepdim?: boolean } & OutOption = {},
): Tensor =>
  out === undefined
    ? argOf(argmaxOp, self, dim, keepdim)
    : resultInto('argmax', out, () => argmax(self, dim, { keepdim }))
/**
 * The first position of the smallest element.
 *
 * @example
 * tensor([[1, 9], [8, 2]]).argmin(1).tolist() // => [0, 1]
 * @see torch.argmin
 */
export const argmin = (
  self: Tensor,
  dim: number | null = null,
  { out, keepdim = false }: { keepdim?: boolean } & OutOption = {},
): Tensor =>
  out === undefined
    ? argOf(argminOp, self, dim, keepdim)
    : resultInto('argmin', out, () => argmin(self, dim, { keepdim }))

/**
 * Smallest and largest elements.
 *
 * @example
 * aminmax(tensor([3, 1, 2])).max.item() // => 3
 * @see torch.aminmax
 */
export function aminmax(
  self: Tensor,
  { out, dim = null, keepdim = false }: { dim?: Dims; keepdim?: boolean } & OutsOption = {},
): { min: Tensor; max: Tensor } {
  if (out !== undefined) return resultInto('aminmax', out, () => aminmax(self, { dim, keepdim }))

  const source = self.ndim === 0 && dim !== null && keepdim ? view(self, [1]) : self // as PyTorch
  return { min: amin(source, dim, { keepdim }), max: amax(source, dim, { keepdim }) }
}
