// Reductions of the elements that a mask lets count.
import { ArgumentError, check } from '../errors.ts'
import { dtypeInfoOf } from '../dispatch/elements.ts'
import type { DType } from '../dtype.ts'
import type { Tensor } from '../tensor.ts'
import * as arithmetic from './arithmetic.ts'
import { isnan } from './comparison.ts'
import { conj } from './complex-parts.ts'
import { to } from './copy.ts'
import * as extremes from './extremes.ts'
import { onesLike } from './like.ts'
import { as, casting, dimsOf, extremeOf, filled, maskFor } from './masked-input.ts'
import type { MaskedOptions, MaskedReductionOptions } from './masked-input.ts'
import { sqrt } from './math.ts'
import { item } from './reading.ts'
import * as plain from './reduce.ts'
import type { Dims } from './reduce.ts'
import * as scans from './scan.ts'
import { logsumexp as plainLogsumexp } from './softmax.ts'
import { nanmedian } from './sort.ts'
import { norm as plainNorm } from './vector-norm.ts'
import { reshape } from './views.ts'

const accumulated = (input: Tensor, dtype: DType | null | undefined): DType =>
  dtype ?? (input.dtypeInfo.differentiable ? input.dtype : 'int64')

/**
 * The sum of the elements that count; 0 if none does.
 *
 * @example
 * masked.sum(tensor([1, 2, 4]), 0, { mask: tensor([true, false, true]) }).item() // => 5
 * @see torch.masked.sum
 */
export const sum = (
  input: Tensor,
  dim: Dims = null,
  { keepdim = false, dtype, mask }: MaskedReductionOptions = {},
): Tensor =>
  plain.sum(filled('sum', input, mask, 0), dimsOf('sum', input, dim), {
    keepdim,
    dtype: accumulated(input, dtype),
  })
/**
 * The product of the elements that count; 1 if none does.
 *
 * @example
 * prod(tensor([2, 3, 4]), null, { mask: tensor([true, true, false]) }).item() // => 6
 * @see torch.masked.prod
 */
export function prod(
  input: Tensor,
  dim: Dims = null,
  { keepdim = false, dtype, mask }: MaskedReductionOptions = {},
): Tensor {
  const source = filled('prod', input, mask, 1)
  const dims = dimsOf('prod', input, dim)
  return dims.length === 0
    ? to(source, { dtype: accumulated(input, dtype) }) // with nothing to reduce, the input itself
    : plain.prod(source, dims, { keepdim, dtype: accumulated(input, dtype) })
}
/**
 * The largest element that counts; −∞ (for integers the least number) if none does.
 *
 * @example
 * amax(tensor([2, 3, 4]), null, { mask: tensor([true, true, false]) }).item() // => 3
 * @see torch.masked.amax
 */
export const amax = (
  input: Tensor,
  dim: Dims = null,
  { keepdim = false, dtype, mask }: MaskedReductionOptions = {},
): Tensor =>
  as(
    'amax',
    plain.amax(filled('amax', input, mask, extremeOf(input, 'min')), dimsOf('amax', input, dim), { keepdim }),
    dtype,
    input,
  )
/**
 * The smallest element that counts; ∞ (for integers the largest number) if none does.
 *
 * @example
 * amin(tensor([2, 3, 4]), null, { mask: tensor([false, true, true]) }).item() // => 3
 * @see torch.masked.amin
 */
export const amin = (
  input: Tensor,
  dim: Dims = null,
  { keepdim = false, dtype, mask }: MaskedReductionOptions = {},
): Tensor =>
  as(
    'amin',
    plain.amin(filled('amin', input, mask, extremeOf(input, 'max')), dimsOf('amin', input, dim), { keepdim }),
    dtype,
    input,
  )
/**
 * The position of the largest element that counts; unlike torch.argmax in the dtype of the input.
 *
 * @example
 * argmax(tensor([2, 3, 4]), null, { mask: tensor([true, true, false]) }).item() // => 1
 * @see torch.masked.argmax
 */
export const argmax = (
  input: Tensor,
  dim: number | null = null,
  { keepdim = false, dtype, mask }: MaskedReductionOptions = {},
): Tensor =>
  as(
    'argmax',
    extremes.argmax(filled('argmax', input, mask, extremeOf(input, 'min')), dim, { keepdim }),
    dtype,
    input,
  )
/**
 * The position of the smallest element that counts; unlike torch.argmin in the dtype of the input.
 *
 * @example
 * argmin(tensor([2, 3, 4]), null, { mask: tensor([false, true, true]) }).item() // => 1
 * @see torch.masked.argmin
 */
export const argmin = (
  input: Tensor,
  dim: number | null = null,
  { keepdim = false, dtype, mask }: MaskedReductionOptions = {},
): Tensor =>
  as(
    'argmin',
    extremes.argmin(filled('argmin', input, mask, extremeOf(input, 'max')), dim, { keepdim }),
    dtype,
    input,
  )

// How many elements count, in int64.
const countOf = (
  op: string,
  input: Tensor,
  dim: Dims,
  keepdim: boolean,
  mask: Tensor | null | undefined,
): Tensor =>
  plain.sum(
    mask ? to(maskFor(op, input, mask), { dtype: 'int64' }) : onesLike(input, { dtype: 'int64' }),
    dimsOf(op, input, dim),
    { keepdim },
  )

/**
 * The mean of the elements that count; NaN if none does.
 *
 * @example
 * mean(tensor([2, 3, 4]), null, { mask: tensor([true, true, false]) }).item() // => 2.5
 * @see torch.masked.mean
 */
export const mean = (
  input: Tensor,
  dim: Dims = null,
  { keepdim = false, dtype, mask }: MaskedReductionOptions = {},
): Tensor =>
  arithmetic.div(
    sum(input, dim, { keepdim, dtype: dtype ?? input.dtype, mask }),
    countOf('mean', input, dim, keepdim, mask),
  )
/**
 * The median of the elements that count; NaN if none does.
 *
 * @throws ArgumentError for that with integers
 * @example
 * median(tensor([2, 3, 9]), 0, { mask: tensor([true, false, true]) }).item() // => 2
 * @see torch.masked.median
 */
export function median(
  input: Tensor,
  dim = -1,
  { keepdim = false, dtype, mask }: MaskedReductionOptions = {},
): Tensor {
  const isFloat = input.dtypeInfo.category === 'float'
  const source = isFloat ? input : to(input, { dtype: 'float32' })
  const { values } = nanmedian(filled('median', source, mask, NaN), dim, { keepdim })
  if (isFloat) return values
  check(
    !item<boolean>(plain.any(isnan(values))),
    () =>
      new ArgumentError(
        'median',
        'an integer input must have an element that counts in every row, got one that is masked out wholly',
      ),
  )
  return as('median', values, dtype, input)
}
/**
 * ln Σ eˣ of the elements that count.
 *
 * @example
 * logsumexp(tensor([0, 0, 4]), 0, { mask: tensor([true, true, false]) }).item() // => 0.693147
 * @see torch.masked.logsumexp
 */
export const logsumexp = (
  input: Tensor,
  dim: Dims = null,
  { keepdim = false, dtype, mask }: MaskedReductionOptions = {},
): Tensor =>
  as(
    'logsumexp',
    plainLogsumexp(
      filled('logsumexp', input, mask, extremeOf(input, 'min')),
      dimsOf('logsumexp', input, dim),
      { keepdim },
    ),
    dtype,
    input,
  )
/**
 * The norm of order `ord` of the elements that count.
 *
 * @example
 * norm(tensor([3, 4, 5]), 2, null, { mask: tensor([true, true, false]) }).item() // => 5
 * @see torch.masked.norm
 */
export const norm = (
  input: Tensor,
  ord = 2,
  dim: Dims = null,
  { keepdim = false, dtype, mask }: MaskedReductionOptions = {},
): Tensor =>
  plainNorm(filled('norm', input, mask, ord === -Infinity ? Infinity : 0), ord, dimsOf('norm', input, dim), {
    keepdim,
    ...casting(dtype),
  })

/** Options of var and std. */
export interface MaskedVarOptions extends MaskedReductionOptions {
  /** Divide by n − 1 instead of n. */
  unbiased?: boolean
}
function variance(
  input: Tensor,
  dim: Dims = null,
  { unbiased = false, keepdim = false, dtype = null, mask }: MaskedVarOptions = {},
): Tensor {
  const wanted = dtype ?? (input.dtypeInfo.differentiable ? input.dtype : 'float32')
  const compute = dtypeInfoOf('var', wanted).differentiable ? wanted : 'float32'
  const count = countOf('var', input, dim, true, mask)
  const center = arithmetic.div(sum(input, dim, { keepdim: true, dtype: wanted, mask }), count)
  const distance = arithmetic.sub(input, center)
  const total = sum(arithmetic.mul(distance, conj(distance)), dim, { keepdim, dtype: compute, mask })
  const shaped = keepdim ? count : reshape(count, total.shape)
  const divisor = unbiased ? arithmetic.maximum(arithmetic.sub(shaped, 1), onesLike(shaped).zero_()) : shaped
  return to(arithmetic.div(total, divisor), { dtype: wanted })
}
/**
 * The variance of the elements that count; biased unless `unbiased` is true. That of complex numbers is complex, with
 * an imaginary part of 0, as in PyTorch.
 *
 * @example
 * masked.var(tensor([1, 3, 9]), null, { mask: tensor([true, true, false]) }).item() // => 1
 * @see torch.masked.var
 */
export { variance as var }
/**
 * The standard deviation of the elements that count.
 *
 * @example
 * std(tensor([1, 3, 9]), null, { mask: tensor([true, true, false]) }).item() // => 1
 * @see torch.masked.std
 */
export const std = (input: Tensor, dim: Dims = null, options: MaskedVarOptions = {}): Tensor =>
  sqrt(variance(input, dim, options))

/**
 * Running sums in which masked-out elements count 0.
 *
 * @example
 * cumsum(tensor([1, 2, 3]), 0, { mask: tensor([true, false, true]) }).tolist() // => [1, 1, 4]
 * @see torch.masked.cumsum
 */
export const cumsum = (input: Tensor, dim: number, { dtype, mask }: MaskedOptions = {}): Tensor =>
  as('cumsum', scans.cumsum(filled('cumsum', input, mask, 0), dim, casting(dtype)), dtype, input)
/**
 * Running products in which masked-out elements count 1.
 *
 * @example
 * cumprod(tensor([1, 2, 3]), 0, { mask: tensor([true, false, true]) }).tolist() // => [1, 1, 3]
 * @see torch.masked.cumprod
 */
export const cumprod = (input: Tensor, dim: number, { dtype, mask }: MaskedOptions = {}): Tensor =>
  as('cumprod', scans.cumprod(filled('cumprod', input, mask, 1), dim, casting(dtype)), dtype, input)
