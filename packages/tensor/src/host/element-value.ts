// Element values: numbers for floating dtypes, bigints for integers and bool; what casts and stores make of them.
import { dtypes } from '../dtype.ts'
import type { ComputeType, DTypeInfo } from '../dtype.ts'
import { bfloat16ToDouble, doubleToBfloat16, doubleToFloat16, float16ToDouble } from './half.ts'

/** One element: a number for floating dtypes, a bigint for integers and bool. */
export type ElementValue = number | bigint

const [int64Min, int32Min] = [-(2n ** 63n), -(2n ** 31n)]

/** Truncates; what does not fit gives x86's "integer indefinite", the smallest integer of the width. */
function truncate(x: number, bits: 32 | 64): bigint {
  const limit = bits === 64 ? 2 ** 63 : 2 ** 31
  const whole = Math.trunc(x)
  return whole >= -limit && whole < limit ? BigInt(whole) : bits === 64 ? int64Min : int32Min
}

/**
 * The value in the compute type of a kernel: rounded, truncated towards 0, wrapped around.
 *
 * @example
 * toCompute(0.1, 'f32') // => 0.10000000149011612
 * toCompute(-2.7, 'i64') // => -2n
 * toCompute(2n ** 31n, 'i32') // => -2147483648n
 */
export function toCompute(x: ElementValue, compute: ComputeType): ElementValue {
  if (compute === 'f64') return Number(x)
  if (compute === 'f32') return Math.fround(Number(x))
  const bits = compute === 'i64' ? 64 : 32
  return typeof x === 'bigint' ? BigInt.asIntN(bits, x) : truncate(x, bits)
}

/**
 * What the dtype's host array holds for the value: rounded, truncated, wrapped; anything but 0 is true.
 *
 * @example
 * encodeElement(1, dtypes.float16) // => 15360
 * encodeElement(3n, dtypes.bool) // => 1
 */
export function encodeElement(x: ElementValue, dtype: DTypeInfo): number | bigint {
  if (dtype === dtypes.bool) return Number(x) !== 0 ? 1 : 0
  if (dtype.category === 'float') {
    if (dtype === dtypes.float16) return doubleToFloat16(Number(x))
    return dtype === dtypes.bfloat16 ? doubleToBfloat16(Number(x)) : Number(x)
  }
  if (dtype === dtypes.int64) return typeof x === 'bigint' ? x : truncate(x, 64)
  return Number(typeof x === 'bigint' ? BigInt.asIntN(32, x) : truncate(x, 32)) // the array wraps
}

/**
 * The value of an entry of the dtype's host array: a number, or a bigint for integers and bool.
 *
 * @example
 * decodeElement(15360, dtypes.float16) // => 1
 * decodeElement(7, dtypes.uint8) // => 7n
 */
export function decodeElement(entry: number | bigint, dtype: DTypeInfo): ElementValue {
  if (typeof entry === 'bigint') return entry
  if (dtype === dtypes.float16) return float16ToDouble(entry)
  if (dtype === dtypes.bfloat16) return bfloat16ToDouble(entry)
  return dtype.category === 'float' ? entry : BigInt(entry)
}

/**
 * The compute type in which sums of another are kept: 'f64' of floats, 'i64' of integers.
 *
 * @example
 * wideType(dtypes.int8.compute) // => 'i64'
 */
export const wideType = (compute: ComputeType): ComputeType =>
  compute === 'f32' || compute === 'f64' ? 'f64' : 'i64'

/** 0 or 1 of the dtype's kind. */
export const literal = (x: number, dtype: DTypeInfo): ElementValue =>
  dtype.category === 'float' ? x : BigInt(x)
/** Sum of two values of one kind. */
export const plus = (x: ElementValue, y: ElementValue): ElementValue =>
  ((x as number) + (y as number)) as ElementValue
/** Product of two values of one kind. */
export const times = (x: ElementValue, y: ElementValue): ElementValue =>
  ((x as number) * (y as number)) as ElementValue
/** Whether it is NaN. */
export const isNaNValue = (x: ElementValue): boolean => typeof x === 'number' && Number.isNaN(x)
