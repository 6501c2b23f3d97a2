// Norms of vectors and matrices, and what is made of them: condition numbers, distances.
import { resultInto } from '../../dispatch/out.ts'
import type { OutOption } from '../../dispatch/out.ts'
import type { DType } from '../../dtype.ts'
import { ArgumentError, ShapeError, check } from '../../errors.ts'
import { dtypeInfoOf } from '../../dispatch/elements.ts'
import { formatShape, wrapDim } from '../../shape/shape.ts'
import type { Tensor } from '../../tensor.ts'
import { abs, div, mul } from '../arithmetic.ts'
import { where } from '../choice.ts'
import { gt, isnan } from '../comparison.ts'
import { to } from '../copy.ts'
import { zeros } from '../creation.ts'
import { amax, amin, sum } from '../reduce.ts'
import type { Dims } from '../reduce.ts'
import { norm as elementNorm } from '../vector-norm.ts'
import { movedim, narrow, squeeze, unsqueeze } from '../views.ts'
import { batchOf, checkMatrix, checkFloat, checkSquare } from './host.ts'
import { invEx } from './solve.ts'
import { svdvals } from './svd.ts'

/** Which norm of a matrix. */
export type MatrixOrd = 'fro' | 'nuc' | number
/** Options of the norms. */
export interface NormOptions {
  /** The reduced dims stay with size 1. */
  keepdim?: boolean
  /** Cast to it first. */
  dtype?: DType | null
}

/**
 * The norm of vectors: `(Σ |x|ᵖ)^(1/p)`; of all elements or along dims.
 *
 * @param ord p: any number; ∞ the largest, −∞ the smallest, 0 the count of others than 0
 * @throws ShapeError where nothing is reduced and p has no identity
 * @example
 * linalg.vectorNorm(tensor([3, 4])).item() // => 5
 * @see torch.linalg.vector_norm
 */
export const vectorNorm = (
  self: Tensor,
  ord = 2,
  dim: Dims = null,
  { out, keepdim = false, dtype = null }: NormOptions & OutOption = {},
): Tensor =>
  out === undefined
    ? elementNorm(self, ord, dim, { keepdim, ...(dtype !== null && { dtype }) })
    : resultInto('linalg.vectorNorm', out, () => vectorNorm(self, ord, dim, { keepdim, dtype }))

/**
 * The norm of matrices.
 *
 * @param ord 'fro': of all elements; 'nuc': the sum of singular values; 2, −2: the largest, the smallest of them;
 *   1, −1: the largest, the smallest column sum; ∞, −∞: of the rows
 * @param dim the two dims of the matrices
 * @example
 * linalg.matrixNorm(tensor([[1, 2], [3, 4]]), 1).item() // => 6
 * @see torch.linalg.matrix_norm
 */
export function matrixNorm(
  self: Tensor,
  ord: MatrixOrd = 'fro',
  dim: readonly number[] = [-2, -1],
  { out, keepdim = false, dtype = null }: NormOptions & OutOption = {},
): Tensor {
  if (out !== undefined)
    return resultInto('linalg.matrixNorm', out, () => matrixNorm(self, ord, dim, { keepdim, dtype }))

  const op = 'linalg.matrixNorm'
  checkMatrix(op, self)
  check(
    Array.isArray(dim) && dim.length === 2,
    () =>
      new ShapeError(
        op,
        `dim must be a list of 2, got ${Array.isArray(dim) ? formatShape(dim) : String(dim)}`,
      ),
  )
  check(
    ord === 'fro' || ord === 'nuc' || (typeof ord === 'number' && [1, 2, Infinity].includes(Math.abs(ord))),
    () => new ArgumentError(op, `ord must be 'fro', 'nuc', ±1, ±2 or ±Infinity, got ${String(ord)}`),
  )
  const dims = dim.map((d) => wrapDim(op, d, self.ndim))
  check(dims[0] !== dims[1], () => new ShapeError(op, `both dims must differ, got ${formatShape(dim)}`))
  if (ord === 'fro') return vectorNorm(self, 2, dims, { keepdim, dtype })
  const source = dtype === null ? self : to(self, { dtype: dtypeInfoOf(op, dtype).name })
  checkFloating(op, source)
  if (ord === 'nuc' || Math.abs(ord) === 2) return spectral(source, ord, dims, keepdim)
  const [summed, kept] = Math.abs(ord) === 1 ? dims : [dims[1], dims[0]]
  const extreme = ord > 0 ? amax : amin
  const result = extreme(sum(abs(source), summed, { keepdim: true }), kept, { keepdim: true })
  return keepdim ? result : squeeze(result, dims)
}

function spectral(self: Tensor, ord: 'nuc' | number, dims: readonly number[], keepdim: boolean): Tensor {
  const values = svdvals(movedim(self, dims, [-2, -1]))
  const result = ord === 'nuc' ? sum(values, -1) : ord > 0 ? amax(values, -1) : amin(values, -1)
  if (!keepdim) return result
  const [first, second] = [Math.min(...dims), Math.max(...dims)]
  return unsqueeze(unsqueeze(result, first), second)
}

function checkFloating(op: string, self: Tensor): void {
  if (self.dtypeInfo.category !== 'float') checkFloat(op, self)
}

/**
 * The norm of vectors or matrices: of matrices if there are two dims, or `self` has 2 and `ord` is given; the
 * 2-norm of all elements if neither `ord` nor `dim` is.
 *
 * @param ord of linalg.vectorNorm or linalg.matrixNorm
 * @param dim one or two dims
 * @example
 * norm(tensor([[3, 0], [0, 4]])).item() // => 5
 * norm(tensor([[3, 0], [0, 4]]), 'nuc').item() // => 7
 * @see torch.linalg.norm
 */
export function norm(
  self: Tensor,
  ord: MatrixOrd | null = null,
  dim: Dims = null,
  { out, keepdim = false, dtype = null }: NormOptions & OutOption = {},
): Tensor {
  if (out !== undefined) return resultInto('linalg.norm', out, () => norm(self, ord, dim, { keepdim, dtype }))

  const op = 'linalg.norm'
  if (ord === null) return vectorNorm(self, 2, dim, { keepdim, dtype })
  const dims = dim === null ? self.shape.map((_, i) => i) : typeof dim === 'number' ? [dim] : dim
  check(
    dims.length === 1 || dims.length === 2,
    () =>
      new ShapeError(
        op,
        dim === null
          ? `the input must have 1 or 2 dims if ord is given without dim, got shape ${formatShape(self.shape)}. Give a dim`
          : `dim must name 1 or 2 dims if ord is given, got ${formatShape(dims)}`,
      ),
  )
  if (dims.length === 2) return matrixNorm(self, ord, dims, { keepdim, dtype })
  check(
    typeof ord === 'number',
    () => new ArgumentError(op, `ord must be a number for one dim, got '${String(ord)}'`),
  )
  return vectorNorm(self, ord, dims, { keepdim, dtype })
}

/** The sum of the singular values, of a matrix or over two dims; torch.norm with p = 'nuc'. */
export function nuclearNorm(
  op: string,
  self: Tensor,
  dim: Dims,
  options: { keepdim?: boolean; dtype?: DType } & OutOption = {},
): Tensor {
  if (options.out !== undefined)
    return resultInto('linalg.nuclearNorm', options.out, () =>
      nuclearNorm(op, self, dim, { ...options, out: undefined }),
    )

  const dims = dim === null ? [0, 1] : typeof dim === 'number' ? [dim] : dim
  check(
    dims.length === 2 && (dim !== null || self.ndim === 2),
    () =>
      new ShapeError(
        op,
        `the nuclear norm is of 2 dims, got ${dim === null ? `shape ${formatShape(self.shape)}` : `dim ${formatShape(dims)}`}`,
      ),
  )
  return matrixNorm(self, 'nuc', dims, options)
}

/**
 * The condition number of matrices by a norm: `‖A‖ ‖A⁻¹‖`; of singular matrices ∞.
 *
 * @param p as `ord` of linalg.matrixNorm; null, 2 and −2: the ratio of the extreme singular values, of any matrix
 * @example
 * cond(tensor([[2, 0], [0, 4]])).item() // => 2
 * @see torch.linalg.cond
 */
export function cond(self: Tensor, p: MatrixOrd | null = null, { out }: OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('linalg.cond', out, () => cond(self, p))

  const op = 'linalg.cond'
  checkMatrix(op, self)
  checkFloat(op, self)
  if (p === null || p === 2 || p === -2) {
    if (self.elementCount === 0) return zeros(batchOf(self), { dtype: self.dtype, device: self.device })
    const values = svdvals(self)
    const [largest, smallest] = [narrow(values, -1, 0, 1), narrow(values, -1, -1, 1)]
    return squeeze(p === -2 ? div(smallest, largest) : div(largest, smallest), -1)
  }
  checkSquare(op, self)
  if (self.elementCount === 0) return zeros(batchOf(self), { dtype: self.dtype, device: self.device })
  const { inverse, info } = invEx(self)
  const singular = unsqueeze(unsqueeze(gt(info, 0), -1), -1)
  const result = mul(matrixNorm(self, p), matrixNorm(where(singular, Infinity, inverse), p))
  return where(isnan(result), Infinity, result)
}
