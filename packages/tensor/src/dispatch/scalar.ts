// Plain numbers among tensors: their place in type promotion.
import type { DTypeCategory } from '../dtype.ts'

/**
 * A number that is floating-point whatever its value, as Python's 2.0 is.
 *
 * @example
 * tensor([1n]).add(new FloatScalar(2)).dtype // => 'float32'
 */
export class FloatScalar {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }

  /** In JavaScript's own arithmetic it is its number. */
  valueOf(): number {
    return this.value
  }
}

/** What may stand for a tensor in an elementwise op. Whole numbers count as integers in promotion. */
export type Scalar = number | bigint | boolean | FloatScalar

/**
 * A number that counts as floating-point in type promotion even if it is whole: JavaScript's 2 and 2.0 are one.
 *
 * @example
 * tensor([1n, 2n]).mul(2).dtype        // => 'int64'
 * tensor([1n, 2n]).mul(float(2)).dtype // => 'float32'
 */
export const float = (value: number): FloatScalar => new FloatScalar(value)

/**
 * Category of a scalar in type promotion.
 *
 * @example
 * scalarCategory(2) // => 'int'
 * scalarCategory(float(2)) // => 'float'
 */
export function scalarCategory(value: Scalar): DTypeCategory {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float'
  if (typeof value === 'bigint') return 'int'
  return typeof value === 'boolean' ? 'bool' : 'float'
}

/**
 * The scalar as a kernel's run-time number.
 *
 * @example
 * scalarValue(float(2)) // => 2
 * scalarValue(true) // => 1
 */
export const scalarValue = (value: Scalar): number | bigint =>
  typeof value === 'number' || typeof value === 'bigint'
    ? value
    : typeof value === 'boolean'
      ? Number(value)
      : value.value
