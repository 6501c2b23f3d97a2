// Sums and means that leave NaN out.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { DTypeError, check } from '../errors.ts'
import type { DType } from '../dtype.ts'
import type { Tensor } from '../tensor.ts'
import { div } from './arithmetic.ts'
import { where } from './choice.ts'
import { isnan, logicalNot } from './comparison.ts'
import { sum } from './reduce.ts'
import type { Dims } from './reduce.ts'

/** Options of nansum and nanmean. */
export interface NanReductionOptions {
  keepdim?: boolean
  /** Cast to it before reducing. */
  dtype?: DType
}
/**
 * The sum of the elements that are not NaN, of all or along dims.
 *
 * @example
 * tensor([1, NaN, 2]).nansum().item() // => 3
 * @see torch.nansum
 */
export const nansum = (
  self: Tensor,
  dim: Dims = null,
  options: NanReductionOptions & OutOption = {},
): Tensor =>
  options.out === undefined
    ? sum(self.dtypeInfo.category === 'float' ? where(isnan(self), 0, self) : self, dim, options)
    : resultInto('nansum', options.out, () => nansum(self, dim, { ...options, out: undefined }))
/**
 * The mean of the elements that are not NaN; NaN if there are none.
 *
 * @throws DTypeError for integers
 * @example
 * nanmean(tensor([1, NaN, 3])).item() // => 2
 * @see torch.nanmean
 */
export function nanmean(
  self: Tensor,
  dim: Dims = null,
  { out, keepdim = false, dtype }: NanReductionOptions & OutOption = {},
): Tensor {
  if (out !== undefined) return resultInto('nanmean', out, () => nanmean(self, dim, { keepdim, dtype }))

  check(
    self.dtypeInfo.category === 'float',
    () => new DTypeError('nanmean', `the input must be floating-point, got ${self.dtype}. Cast it first`),
  )
  return div(nansum(self, dim, { keepdim, dtype }), sum(logicalNot(isnan(self.detach())), dim, { keepdim }))
}
