// Element values of the reference backend: numbers for floating dtypes, bigints for integers and bool.
import { dtypes } from '../../dtype.ts'
import type { ComputeType, DTypeInfo, HostArray } from '../../dtype.ts'
import { bfloat16ToDouble, doubleToBfloat16, doubleToFloat16, float16ToDouble } from '../../host/half.ts'

/** One element. */
export type Value = number | bigint

const [int64Min, int32Min] = [-(2n ** 63n), -(2n ** 31n)]

/** Truncates; what does not fit gives x86's "integer indefinite", the smallest integer of the width. */
function truncate(x: number, bits: 32 | 64): bigint {
  const limit = bits === 64 ? 2 ** 63 : 2 ** 31
  const whole = Math.trunc(x)
  return whole >= -limit && whole < limit ? BigInt(whole) : bits === 64 ? int64Min : int32Min
}

/** The value in the number type of a kernel. */
export function toCompute(x: Value, compute: ComputeType): Value {
  if (compute === 'f64') return Number(x)
  if (compute === 'f32') return Math.fround(Number(x))
  const bits = compute === 'i64' ? 64 : 32
  return typeof x === 'bigint' ? BigInt.asIntN(bits, x) : truncate(x, bits)
}

/** What the dtype's host array holds for the value: rounded, truncated, wrapped; anything but 0 is true. */
export function encode(x: Value, dtype: DTypeInfo): number | bigint {
  if (dtype === dtypes.bool) return Number(x) !== 0 ? 1 : 0
  if (dtype.category === 'float') {
    if (dtype === dtypes.float16) return doubleToFloat16(Number(x))
    return dtype === dtypes.bfloat16 ? doubleToBfloat16(Number(x)) : Number(x)
  }
  if (dtype === dtypes.int64) return typeof x === 'bigint' ? x : truncate(x, 64)
  return Number(typeof x === 'bigint' ? BigInt.asIntN(32, x) : truncate(x, 32)) // the array wraps
}

/** The value of an entry of the dtype's host array. */
export function decode(entry: number | bigint, dtype: DTypeInfo): Value {
  if (typeof entry === 'bigint') return entry
  if (dtype === dtypes.float16) return float16ToDouble(entry)
  if (dtype === dtypes.bfloat16) return bfloat16ToDouble(entry)
  return dtype.category === 'float' ? entry : BigInt(entry)
}

/** The value as the dtype holds it. */
export function rounded(x: Value, dtype: DTypeInfo): Value {
  const one: HostArray = new dtype.array(new ArrayBuffer(8), 0, 1)
  one[0] = encode(x, dtype) as never
  return decode(one[0], dtype)
}

/** 0 or 1 of the dtype's kind. */
export const literal = (x: number, dtype: DTypeInfo): Value => (dtype.category === 'float' ? x : BigInt(x))
/** Sum of two values of one kind. */
export const plus = (x: Value, y: Value): Value => ((x as number) + (y as number)) as Value
/** Product of two values of one kind. */
export const times = (x: Value, y: Value): Value => ((x as number) * (y as number)) as Value
/** Whether it is NaN. */
export const isNaNValue = (x: Value): boolean => typeof x === 'number' && Number.isNaN(x)
/** The larger; NaN if one is. */
export const larger = (x: Value, y: Value): Value => (isNaNValue(x) || (!isNaNValue(y) && x >= y) ? x : y)
/** The smaller; NaN if one is. */
export const smaller = (x: Value, y: Value): Value => (isNaNValue(x) || (!isNaNValue(y) && x <= y) ? x : y)
