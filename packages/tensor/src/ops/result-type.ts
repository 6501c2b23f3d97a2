// The dtype of the result of an elementwise op.
import { categoryRank, defaultFloatInfo, dtypes, promoteInfos } from '../dtype.ts'
import type { DType, DTypeInfo } from '../dtype.ts'
import type { Operandish } from '../dispatch/pointwise.ts'
import { scalarCategory } from '../dispatch/scalar.ts'
import { Tensor } from '../tensor.ts'

// Tensors with dims come before 0-dim tensors, those before numbers.
const priority = (value: Operandish): number => (value instanceof Tensor ? (value.ndim > 0 ? 2 : 1) : 0)
const ofScalar = {
  float: () => defaultFloatInfo(),
  int: () => dtypes.int64,
  bool: () => dtypes.bool,
} as const
const dtypeOf = (value: Operandish): DTypeInfo =>
  value instanceof Tensor ? value.dtypeInfo : ofScalar[scalarCategory(value)]()

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
  return categoryRank[lower.category] > categoryRank[higher.category]
    ? promoteInfos(higher, lower).name
    : higher.name
}
