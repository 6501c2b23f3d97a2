// The p-norm of the elements.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { applyComposite, composite } from '../dispatch/structured.ts'
import { dtypeInfoOf } from '../dispatch/elements.ts'
import { reduceKernels, reducedShape, runReduce } from '../dispatch/reduction.ts'
import type { DType } from '../dtype.ts'
import { DTypeError, ShapeError, check } from '../errors.ts'
import { formatShape, wrapDims } from '../shape/shape.ts'
import { newTensor } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import { abs, mul, pow } from './arithmetic.ts'
import { eq, ne } from './comparison.ts'
import { isComplex } from './complex-parts.ts'
import { where } from './choice.ts'
import { to } from './copy.ts'
import { nuclearNorm } from './linalg/norms.ts'
import { sqrt } from './math.ts'
import { amax, amin, sum } from './reduce.ts'
import type { Dims } from './reduce.ts'

/** Attributes of norm. */
export interface NormAttrs {
  readonly p: number
  readonly dims: readonly number[]
  readonly keepdim: boolean
}

const kernels = {
  0: reduceKernels('norm0', { combine: 'sum', map: (x) => x.ne(0).select(1, 0) }),
  1: reduceKernels('norm1', { combine: 'sum', map: (x) => x.abs() }),
  2: reduceKernels('norm2', { combine: 'sum', map: (x) => x.square(), finish: (total) => total.sqrt() }),
  max: reduceKernels('normMax', { combine: 'max', map: (x) => x.abs() }),
  min: reduceKernels('normMin', { combine: 'min', map: (x) => x.abs() }),
  any: reduceKernels('normP', {
    combine: 'sum',
    map: (x, [p]) => x.abs().pow(p),
    finish: (total, [, inverse]) => total.pow(inverse),
    paramCount: 2,
  }),
}
const kernelOf = (p: number) =>
  p === 0 || p === 1 || p === 2
    ? kernels[p]
    : p === Infinity
      ? kernels.max
      : p === -Infinity
        ? kernels.min
        : kernels.any

/** norm over dims: `(Σ |x|ᵖ)^(1/p)`. */
export const normOp = composite<NormAttrs>({
  name: 'norm',
  gradName: 'NormBackward1',
  decompose: ([self], { p, dims, keepdim }) => {
    const all = dims.length === 0 ? [] : dims
    if (p === Infinity) return [amax(abs(self), all, { keepdim })]
    if (p === -Infinity) return [amin(abs(self), all, { keepdim })]
    if (p === 0) return [sum(to(ne(self, 0), { dtype: self.dtype }), all, { keepdim })]
    if (p === 1) return [sum(abs(self), all, { keepdim })]
    const total = sum(p === 2 ? mul(self, self) : pow(abs(self), p), all, { keepdim })
    const zero = eq(total, 0) // the derivative of the root is infinite there; the norm's is taken as 0
    const safe = where(zero, 1, total)
    return [where(zero, p > 0 ? 0 : total, p === 2 ? sqrt(safe) : pow(safe, 1 / p))]
  },
  fuse: (backend, [self], { p, dims, keepdim }) => {
    if (self.elementCount === 0) return null
    const out = newTensor(backend, self.dtypeInfo, reducedShape(self.shape, dims, keepdim), 'norm')
    runReduce(
      backend,
      kernelOf(p)(self.dtypeInfo, self.dtypeInfo),
      self,
      dims,
      kernelOf(p) === kernels.any ? [p, 1 / p] : [],
      out,
    )
    return [out]
  },
})

/** Options of norm. */
export interface NormOptions {
  keepdim?: boolean
  /** Cast to it first. */
  dtype?: DType
}
/**
 * The p-norm of the elements, of all or along dims: `(Σ |x|ᵖ)^(1/p)`; the largest for p = ∞, the count of others than 0 for p = 0.
 *
 * @param p a number, 'fro' for 2, or 'nuc' for the sum of the singular values of a matrix
 * @throws DTypeError for integers without `dtype`
 * @example
 * tensor([3, 4]).norm().item() // => 5
 * @see torch.norm
 */
export function norm(
  self: Tensor,
  p: number | 'fro' | 'nuc' = 'fro',
  dim: Dims = null,
  { out, keepdim = false, dtype }: NormOptions & OutOption = {},
): Tensor {
  if (out !== undefined) return resultInto('norm', out, () => norm(self, p, dim, { keepdim, dtype }))

  if (p === 'nuc') return nuclearNorm('norm', self, dim, { keepdim, dtype })
  const cast = dtype === undefined ? self : to(self, { dtype: dtypeInfoOf('norm', dtype).name })
  const source = isComplex(cast) ? abs(cast) : cast
  check(
    source.dtypeInfo.category === 'float',
    () =>
      new DTypeError(
        'norm',
        `the input must be floating-point or complex, got ${self.dtype}. Give a dtype: { dtype: 'float32' }`,
      ),
  )
  const dims = wrapDims('norm', dim, self.ndim)
  const order = p === 'fro' ? 2 : Number(p)
  check(
    (order > 0 && order < Infinity) || order === 0 || dims.every((d) => self.shape[d] > 0),
    () =>
      new ShapeError(
        'norm',
        `the reduced dims must not be empty for p = ${order}, got ${formatShape(self.shape)}`,
      ),
  )
  return applyComposite(normOp, [source], { p: order, dims, keepdim })[0]
}
