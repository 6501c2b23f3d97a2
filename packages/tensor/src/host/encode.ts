// Host data to element bytes, and back.
import { Complex } from '../complex-number.ts'
import { complexOf, defaultFloatInfo, dtypes, realOf } from '../dtype.ts'
import type { DTypeInfo, HostArray, RealDType } from '../dtype.ts'
import { FloatScalar, scalarValue } from '../dispatch/scalar.ts'
import type { Scalar } from '../dispatch/scalar.ts'
import { ArgumentError, check } from '../errors.ts'
import { doubleToBfloat16, doubleToFloat16, bfloat16ToDouble, float16ToDouble } from './half.ts'

/** Typed arrays that tensor() takes; each has a dtype of its own. */
export type HostData =
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array
/** Numbers, or arrays of arrays of numbers of equal lengths. */
export type NestedData = Scalar | HostData | readonly NestedData[]

const arrayDtypes = new Map<unknown, DTypeInfo>([
  [Uint8Array, dtypes.uint8],
  [Uint8ClampedArray, dtypes.uint8],
  [Int8Array, dtypes.int8],
  [Int16Array, dtypes.int16],
  [Int32Array, dtypes.int32],
  [BigInt64Array, dtypes.int64],
  [Float32Array, dtypes.float32],
  [Float64Array, dtypes.float64],
])
const isHostArray = (data: NestedData): data is HostData => ArrayBuffer.isView(data)
const isArray = (data: NestedData): data is readonly NestedData[] => Array.isArray(data)

/** The shape of nested arrays. @throws ArgumentError if they are ragged */
export function nestedShape(op: string, data: NestedData): number[] {
  if (isHostArray(data)) return [data.length]
  if (!isArray(data)) return []
  const first = data.length > 0 ? nestedShape(op, data[0]) : []
  for (let i = 1; i < data.length; i++) {
    const shape = nestedShape(op, data[i])
    check(
      shape.length === first.length && shape.every((n, k) => n === first[k]),
      () =>
        new ArgumentError(
          op,
          `nested arrays must have equal lengths, got [${first.join(', ')}] at 0 and [${shape.join(', ')}] at ${i}`,
        ),
    )
  }
  return [data.length, ...first]
}

/** The elements as little-endian bytes of `dtype`, or of the dtype that the data implies if it is null. */
export function encodeElements(
  op: string,
  data: NestedData,
  count: number,
  dtype: DTypeInfo | null,
): { dtype: DTypeInfo; bytes: Uint8Array } {
  if (isHostArray(data)) {
    const own = arrayDtypes.get(data.constructor)
    check(
      own !== undefined,
      () => new ArgumentError(op, `typed arrays must be of a dtype, got ${data.constructor.name}`),
    )
    if (dtype === null || dtype === own) {
      return { dtype: own, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) }
    }
  }
  const flat: Scalar[] = []
  flatten(op, data, flat)
  const target = dtype ?? impliedDtype(flat)
  const array = new target.array(new ArrayBuffer(count * target.itemSize))
  const encode = encoders[realOf(target).name as RealDType]
  if (target.component === null) for (let i = 0; i < count; i++) array[i] = encode(flat[i]) as never
  else for (let i = 0; i < count; i++) [array[2 * i], array[2 * i + 1]] = partsOfScalar(flat[i])
  return { dtype: target, bytes: new Uint8Array(array.buffer) }
}

function flatten(op: string, data: NestedData, into: Scalar[]): void {
  if (isHostArray(data)) for (let i = 0; i < data.length; i++) into.push(data[i])
  else if (isArray(data)) for (const item of data) flatten(op, item, into)
  else if (data instanceof FloatScalar) into.push(data.value)
  else {
    const type = typeof data
    check(
      type === 'number' || type === 'bigint' || type === 'boolean' || data instanceof Complex,
      () =>
        new ArgumentError(
          op,
          `data must be numbers, booleans, bigints or Complex, got ${data === null ? 'null' : type}`,
        ),
    )
    into.push(data)
  }
}

// Numbers count as floating-point here, whole or not; a mix takes the highest kind.
function impliedDtype(flat: readonly Scalar[]): DTypeInfo {
  let result: DTypeInfo | null = null
  for (const value of flat) {
    if (value instanceof Complex) return complexOf(defaultFloatInfo())
    if (typeof value === 'number') result = defaultFloatInfo()
    else if (typeof value === 'bigint')
      result = result === null || result === dtypes.bool ? dtypes.int64 : result
    else result ??= dtypes.bool
  }
  return result ?? defaultFloatInfo()
}

const partsOfScalar = (x: Scalar): [re: number, im: number] =>
  x instanceof Complex ? [x.re, x.im] : [Number(x), 0]
const asNumber = (x: Scalar): number => Number(scalarValue(x))
const asInteger =
  (bits: number) =>
  (x: Scalar): number => {
    const value = asNumber(x)
    return bits === 32 ? value | 0 : value
  }
const asBigInt = (x: Scalar): bigint =>
  typeof x === 'bigint' ? x : Number.isFinite(asNumber(x)) ? BigInt(Math.trunc(asNumber(x))) : -(2n ** 63n)
/** One element as what its host array holds. */
export const encoders: Readonly<Record<RealDType, (x: Scalar) => number | bigint>> = {
  bool: (x) => (asNumber(x) !== 0 ? 1 : 0), // NaN is true
  uint8: asInteger(8),
  int8: asInteger(8),
  int16: asInteger(16),
  int32: asInteger(32),
  int64: asBigInt,
  float16: (x) => doubleToFloat16(asNumber(x)),
  bfloat16: (x) => doubleToBfloat16(asNumber(x)),
  float32: asNumber,
  float64: asNumber,
}

/** What an element of the host array means; int64 as a number where that is exact. */
export const decoders: Readonly<Record<RealDType, (x: never) => number | bigint | boolean>> = {
  bool: (x: number) => x !== 0,
  uint8: (x: number) => x,
  int8: (x: number) => x,
  int16: (x: number) => x,
  int32: (x: number) => x,
  int64: (x: bigint) =>
    x >= BigInt(Number.MIN_SAFE_INTEGER) && x <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(x) : x,
  float16: float16ToDouble,
  bfloat16: bfloat16ToDouble,
  float32: (x: number) => x,
  float64: (x: number) => x,
}

/** Reads the elements of a host array by position; complex numbers take two entries. */
export function elementReader(
  { name, component }: DTypeInfo,
  array: HostArray,
): (i: number) => number | bigint | boolean | Complex {
  if (component !== null) return (i) => new Complex(array[2 * i] as number, array[2 * i + 1] as number)
  const decode = decoders[name as RealDType]
  return (i) => decode(array[i] as never)
}
