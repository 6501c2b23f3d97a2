// The dtype of the result of an elementwise op.
import { promoteInfos } from '../dtype.ts'
import type { DType, DTypeInfo } from '../dtype.ts'
import { combineDtypes, wrappedDtype } from '../dispatch/promotion.ts'
import type { Operandish } from '../dispatch/pointwise-record.ts'
import { scalarCategory } from '../dispatch/scalar.ts'
import { Tensor } from '../tensor.ts'

// Tensors with dims come before 0-dim tensors, those before numbers.
const priority = (value: Operandish): number => (value instanceof Tensor ? (value.ndim > 0 ? 2 : 1) : 0)
const dtypeOf = (value: Operandish): DTypeInfo =>
  value instanceof Tensor ? value.dtypeInfo : wrappedDtype(scalarCategory(value))

/**
 * The dtype to which two operands of an elementwise op are promoted.
 *
 * @example
 * resultType(tensor([1n]), 1.5) // => 'float32'
 * @see torch.result_type
 */
export function resultType(a: Operandish, b: Operandish): DType {
  const [first, second] = priority(a) >= priority(b) ? [a, b] : [b, a]
  const [higher, lower] = [dtypeOf(first), dtypeOf(second)]
  if (priority(first) === priority(second)) return promoteInfos(higher, lower).name
  return combineDtypes(higher, lower)!.name
}
