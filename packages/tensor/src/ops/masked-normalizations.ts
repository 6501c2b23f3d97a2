// Normalisations over the elements that a mask lets count.
import type { DType } from '../dtype.ts'
import type { Tensor } from '../tensor.ts'
import { div } from './arithmetic.ts'
import { clampMin } from './comparison.ts'
import * as logarithm from './logarithm.ts'
import { as, casting, extremeOf, filled } from './masked-input.ts'
import type { MaskedOptions } from './masked-input.ts'
import { norm } from './masked-reductions.ts'
import * as plain from './softmax.ts'

/**
 * The softmax of the elements that count; masked-out ones become 0, NaN if none counts.
 *
 * @example
 * softmax(tensor([1, 1, 5]), 0, { mask: tensor([true, true, false]) }).tolist() // => [0.5, 0.5, 0]
 * @see torch.masked.softmax
 */
export const softmax = (input: Tensor, dim: number, { dtype, mask }: MaskedOptions = {}): Tensor =>
  plain.softmax(filled('softmax', input, mask, extremeOf(input, 'min')), dim, casting(dtype))
/**
 * The logarithm of softmax; masked-out elements become −∞.
 *
 * @example
 * logSoftmax(tensor([1, 1, 5]), 0, { mask: tensor([true, true, false]) }).tolist() // => [-0.693147, -0.693147, -Infinity]
 * @see torch.masked.log_softmax
 */
export const logSoftmax = (input: Tensor, dim: number, { dtype, mask }: MaskedOptions = {}): Tensor =>
  plain.logSoftmax(filled('logSoftmax', input, mask, extremeOf(input, 'min')), dim, casting(dtype))
/**
 * The softmax of −input; masked-out elements become 0.
 *
 * @example
 * softmin(tensor([1, 1, 5]), 0, { mask: tensor([true, true, false]) }).tolist() // => [0.5, 0.5, 0]
 * @see torch.masked.softmin
 */
export const softmin = (input: Tensor, dim: number, { dtype, mask }: MaskedOptions = {}): Tensor =>
  plain.softmin(filled('softmin', input, mask, extremeOf(input, 'max')), dim, casting(dtype))
/**
 * The input divided by its norm of order `ord` along `dim`, at least `eps`; masked-out elements become 0.
 *
 * @example
 * normalize(tensor([3, 4, 5]), 2, 0, { mask: tensor([true, true, false]) }).tolist() // => [0.6, 0.8, 0]
 * @see torch.masked.normalize
 */
export const normalize = (
  input: Tensor,
  ord: number,
  dim: number,
  { eps = 1e-12, dtype, mask }: MaskedOptions & { eps?: number } = {},
): Tensor =>
  div(
    filled('normalize', input, mask, 0),
    clampMin(norm(input, ord, dim, { keepdim: true, dtype, mask }), eps),
  )
/**
 * logaddexp in which masked-out elements count −∞.
 *
 * @example
 * logaddexp(tensor([0, 1]), tensor([0, 5]), { otherMask: tensor([true, false]) }).tolist() // => [0.693147, 1]
 * @see torch.masked.logaddexp
 */
export const logaddexp = (
  input: Tensor,
  other: Tensor,
  {
    dtype,
    inputMask,
    otherMask,
  }: { dtype?: DType | null; inputMask?: Tensor | null; otherMask?: Tensor | null } = {},
): Tensor =>
  as(
    'logaddexp',
    logarithm.logaddexp(
      filled('logaddexp', input, inputMask, -Infinity),
      filled('logaddexp', other, otherMask, -Infinity),
    ),
    dtype,
    input,
  )
