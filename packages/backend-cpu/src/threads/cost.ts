// Rough costs of kernels in nanoseconds, as far as the decision whether to divide them needs it.
import { postOrder } from '@tt/tensor'
import type { DTypeInfo, Expr } from '@tt/tensor'
import { isCheap } from '../codegen/lower.ts'

/** Multiplications and additions per microsecond and thread. */
export const multiplyAddsPerMicrosecond = 25_000

/** Nanoseconds for one element of an elementwise expression, f32: vectors of four at about 3 GHz. */
export function elementCost(roots: readonly Expr[], storage: readonly DTypeInfo[], wide: boolean): number {
  let operations = 0
  for (const node of postOrder(roots)) if (node.args.length > 0) operations += isCheap([node]) ? 0.04 : 0.4
  let bytes = 0
  for (const dtype of storage) bytes += dtype.itemSize
  return (wide ? 2 : 1) * operations + bytes * 0.012
}
