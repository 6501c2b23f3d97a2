// Type promotion among operands of different priority: tensors with dims, 0-dim tensors, numbers.
import { categoryRank, complexOf, defaultFloatInfo, dtypes, promoteInfos } from '../dtype.ts'
import type { DTypeCategory, DTypeInfo } from '../dtype.ts'

/**
 * The dtype of a number by its category.
 *
 * @example
 * wrappedDtype('int').name // => 'int64'
 */
export const wrappedDtype = (category: DTypeCategory): DTypeInfo =>
  category === 'float'
    ? defaultFloatInfo()
    : category === 'int'
      ? dtypes.int64
      : category === 'complex'
        ? complexOf(defaultFloatInfo())
        : dtypes.bool

/**
 * Promotion of dtypes of different priority: the lower one counts only if its category is higher, and then not for its
 * precision if the higher one is floating-point.
 *
 * @example
 * combineDtypes(dtypes.float32, dtypes.complex128).name // => 'complex64'
 */
export function combineDtypes(higher: DTypeInfo | null, lower: DTypeInfo | null): DTypeInfo | null {
  if (higher === null || lower === null) return higher ?? lower
  if (categoryRank[lower.category] <= categoryRank[higher.category]) return higher
  return lower.component !== null && higher.category === 'float'
    ? complexOf(higher)
    : promoteInfos(higher, lower)
}
