// Plain numbers among tensors: their place in type promotion.
import { Complex } from '../complex-number.ts'
import type { DTypeCategory } from '../dtype.ts'
import { DTypeError } from '../errors.ts'

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
export type Scalar = number | bigint | boolean | FloatScalar | Complex

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
  if (typeof value === 'boolean') return 'bool'
  return value instanceof Complex ? 'complex' : 'float'
}

/**
 * Whether the scalar is this number.
 *
 * @example
 * isNumber(float(1), 1) // => true
 */
export const isNumber = (value: Scalar, number: number): boolean =>
  !(value instanceof Complex) && Number(scalarValue(value)) === number

/**
 * The scalar as a kernel's run-time number.
 *
 * @throws DTypeError for a complex number, which is two
 * @example
 * scalarValue(float(2)) // => 2
 * scalarValue(true) // => 1
 */
export function scalarValue(value: Scalar): number | bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  if (typeof value === 'boolean') return Number(value)
  if (value instanceof Complex)
    throw new DTypeError('scalar', `a real number is needed here, got ${String(value)}. Take its re or im`)
  return value.value
}
