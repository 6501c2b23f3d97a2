// Choice by a condition.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { ternary } from '../dispatch/define.ts'
import { ComplexExpr } from '../expr/complex.ts'
import type { Operandish } from '../dispatch/pointwise-record.ts'
import { DTypeError, check } from '../errors.ts'
import type { Tensor } from '../tensor.ts'

const whereElements = ternary('where', (c, x, y) => c.ne(0).select(x, y), {
  unpromoted: [0], // the condition is no part of promotion
  complex: ([c, x, y]) => ComplexExpr.select(c.re.ne(0), x, y),
})

/**
 * `self` where `condition` is true, `other` elsewhere; all three broadcast.
 *
 * @param condition bool (or uint8)
 * @example
 * where(tensor([true, false]), tensor([1, 2]), 0).tolist() // => [1, 0]
 * @see torch.where
 */
export function where(
  condition: Tensor,
  self: Operandish,
  other: Operandish,
  { out }: OutOption = {},
): Tensor {
  if (out !== undefined) return resultInto('where', out, () => where(condition, self, other))

  check(
    condition.dtype === 'bool' || condition.dtype === 'uint8',
    () => new DTypeError('where', `condition must be bool, got ${condition.dtype}. Compare it first: .ne(0)`),
  )
  return whereElements(condition, self, other)
}
