// Random integers and permutations, into arrays of any dtype.
import type { DType } from '../dtype.ts'
import { dtypes } from '../dtype.ts'
import { ArgumentError, check } from '../errors.ts'
import type { Generator } from './generator.ts'
import type { FloatDType } from './precision.ts'
import { rounders, significandBits } from './precision.ts'

/** Where samplers write. bool is bytes; float16 and bfloat16 come as float32 numbers that those types can hold. */
export type SampleOut =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array

/** Fills one number at a time; `sample` gives integers that the array's type can hold, or floats for float arrays. */
export function fillWith(out: SampleOut, sample: () => number): void {
  if (out instanceof BigInt64Array) for (let i = 0; i < out.length; i++) out[i] = BigInt(sample())
  else for (let i = 0; i < out.length; i++) out[i] = sample()
}

/**
 * Fills with integers uniform in [low, high): `r mod (high - low) + low`, r of 32 bits, or of 64 if the range needs them.
 *
 * @param out written from first to last
 * @param low integer, in
 * @param high integer, out
 * @param dtype what `out` stands for
 * @throws ArgumentError if low ≥ high, or one of them does not fit the dtype
 * @example
 * const out = new Int32Array(4)
 * randint(out, new Generator().manualSeed(0), 0, 10)
 * [...out] // => [4, 9, 3, 0]
 * @see torch.randint
 */
export function randint(
  out: SampleOut,
  generator: Generator,
  low: number | bigint,
  high: number | bigint,
  dtype: DType = dtypeOf(out),
): void {
  let from = checkInteger('low', low)
  let to = checkInteger('high', high)
  check(
    from < to,
    () => new ArgumentError('randint', `low must be less than high, got low=${low} and high=${high}`),
  )
  if (isFloat(dtype)) {
    from = roundUpLow(from, dtype)
    to = roundDownHigh(to, dtype)
    check(
      from < to,
      () =>
        new ArgumentError(
          'randint',
          `low must be less than high in ${dtype}, got low=${low} and high=${high}, which it cannot tell apart`,
        ),
    )
  }
  checkFits(from, to - 1n, dtype)
  fillRange(out, generator, from, to - from, dtype)
}

/**
 * Fills with integers over what the dtype counts exactly: all of 0 to its maximum for integers, 0 to 2^digits for
 * floats, 0 and 1 for bool. With `from` alone the range starts there; with both it is `randint`.
 *
 * @param from first integer; the lowest int64 means all 64 bits
 * @param to end, out; null for the dtype's greatest
 * @throws ArgumentError as `randint`
 * @example
 * const out = new Int32Array(4)
 * random(out, new Generator().manualSeed(0), 0, 10)
 * [...out] // => [4, 9, 3, 0]
 * @see torch.Tensor.random_
 */
export function random(
  out: SampleOut,
  generator: Generator,
  from: number | bigint | null = null,
  to: number | bigint | null = null,
  dtype: DType = dtypeOf(out),
): void {
  if (from === null && to === null) return fillWhole(out, generator, dtype)
  if (to !== null) return randint(out, generator, from ?? 0, to, dtype)
  let low = checkInteger('from', from!)
  if (low === int64Min) return fill64(out, generator, () => BigInt.asIntN(64, generator.random64()), dtype)
  const last = isFloat(dtype) ? 1n << BigInt(significandBits[dtype]) : BigInt(dtypes[dtype].max)
  if (isFloat(dtype)) low = roundUpLow(low, dtype)
  check(
    low <= last,
    () => new ArgumentError('random_', `from must be at most ${last} for ${dtype}, got ${from}`),
  )
  checkFits(low, last, dtype)
  fillRange(out, generator, low, last - low + 1n, dtype)
}

/**
 * Fills with a random permutation of 0 to n - 1, n being the array's length (Fisher and Yates from the front).
 * Unlike PyTorch 1.13, bfloat16 is refused where numbers would repeat.
 *
 * @throws ArgumentError if the dtype is bool or cannot hold n - 1 exactly
 * @example
 * const out = new Int32Array(4)
 * randperm(out, new Generator().manualSeed(0))
 * [...out] // => [0, 1, 3, 2]
 * @see torch.randperm
 */
export function randperm(out: SampleOut, generator: Generator, dtype: DType = dtypeOf(out)): void {
  const n = out.length
  check(dtype !== 'bool', () => new ArgumentError('randperm', 'the dtype must be a number type, got bool'))
  const most = isFloat(dtype) ? 2 ** significandBits[dtype] + 1 : Number(dtypes[dtype].max) + 1
  check(n <= most, () => new ArgumentError('randperm', `n must be at most ${most} for ${dtype}, got ${n}`))
  const { engine } = generator
  const order = out instanceof Int32Array ? out : new Int32Array(n)
  for (let i = 0; i < n; i++) order[i] = i
  for (let i = 0; i < n - 1; i++) {
    const j = i + ((engine.next() >>> 0) % (n - i))
    const swapped = order[i]
    order[i] = order[j]
    order[j] = swapped
  }
  if (out instanceof BigInt64Array) {
    const halves = halvesOf(out)
    for (let i = 0; i < n; i++) {
      halves[2 * i] = order[i]
      halves[2 * i + 1] = 0
    }
  } else if (out !== order) out.set(order)
}

const int64Min = -(2n ** 63n)
const wordRange = 2 ** 32

/** The dtype that an array stands for when none is given. */
function dtypeOf(out: SampleOut): DType {
  if (out instanceof Float32Array) return 'float32'
  if (out instanceof Float64Array) return 'float64'
  if (out instanceof BigInt64Array) return 'int64'
  if (out instanceof Int32Array) return 'int32'
  if (out instanceof Int16Array) return 'int16'
  return out instanceof Int8Array ? 'int8' : 'uint8'
}

function isFloat(dtype: DType): dtype is FloatDType {
  return dtypes[dtype].category === 'float'
}

function fillWhole(out: SampleOut, generator: Generator, dtype: DType): void {
  if (out instanceof BigInt64Array) return fill63(out, generator)
  const count = isFloat(dtype) ? 2n ** BigInt(significandBits[dtype]) + 1n : BigInt(dtypes[dtype].max) + 1n
  if (dtype === 'float64') return fill64(out, generator, () => generator.random64() % count, dtype)
  fillRange(out, generator, 0n, count, dtype)
}

function fill63(out: BigInt64Array, { engine }: Generator): void {
  const halves = halvesOf(out)
  for (let i = 0; i < halves.length; i += 2) {
    halves[i + 1] = engine.next() & 0x7fffffff
    halves[i] = engine.next()
  }
}

function fillRange(out: SampleOut, generator: Generator, from: bigint, range: bigint, dtype: DType): void {
  if (range >= BigInt(wordRange) && dtype !== 'int32') {
    return fill64(out, generator, () => BigInt.asIntN(64, (generator.random64() % range) + from), dtype)
  }
  const { engine } = generator
  const count = Number(range)
  const exact = Number.isSafeInteger(Number(from))
  if (!exact) return fill64(out, generator, () => BigInt((engine.next() >>> 0) % count) + from, dtype)
  const low = Number(from)
  const n = out.length
  if (out instanceof BigInt64Array) {
    const halves = halvesOf(out)
    for (let i = 0; i < n; i++) {
      const value = ((engine.next() >>> 0) % count) + low
      halves[2 * i] = value
      halves[2 * i + 1] = Math.floor(value / wordRange)
    }
    return
  }
  const round = isFloat(dtype) ? rounders[dtype] : null
  if (round) for (let i = 0; i < n; i++) out[i] = round(((engine.next() >>> 0) % count) + low)
  else for (let i = 0; i < n; i++) out[i] = ((engine.next() >>> 0) % count) + low
}

function fill64(out: SampleOut, generator: Generator, sample: () => bigint, dtype: DType): void {
  if (out instanceof BigInt64Array) {
    for (let i = 0; i < out.length; i++) out[i] = sample()
    return
  }
  const round = isFloat(dtype) ? rounders[dtype] : (value: number) => value
  for (let i = 0; i < out.length; i++) {
    const value = sample()
    out[i] = isFloat(dtype) ? round(Number(value)) : Number(BigInt.asIntN(32, value))
  }
}

/** The low and high words of 64-bit integers, as (low, high) pairs; typed arrays are little-endian where we run. */
function halvesOf(out: BigInt64Array): Int32Array {
  return new Int32Array(out.buffer, out.byteOffset, 2 * out.length)
}

function checkInteger(name: string, value: number | bigint): bigint {
  check(
    typeof value === 'bigint' || Number.isInteger(value),
    () => new ArgumentError('randint', `${name} must be an integer, got ${value}`),
  )
  const wide = BigInt(value)
  check(
    BigInt.asIntN(64, wide) === wide,
    () => new ArgumentError('randint', `${name} must fit int64, got ${value}`),
  )
  return wide
}

function checkFits(first: bigint, last: bigint, dtype: DType): void {
  const { min, max } = dtypes[dtype]
  check(
    first >= min && last <= max,
    () =>
      new ArgumentError(
        'randint',
        `the values must fit ${dtype}, [${min}, ${max}], got low=${first} and high=${last + 1n}`,
      ),
  )
}

// A bound that the float dtype cannot tell from its neighbour moves to the next representable one, inwards.
function roundUpLow(from: bigint, dtype: FloatDType): bigint {
  const next = BigInt(finite(rounders[dtype](Number(from + 1n)), dtype, from))
  return next < from ? next + spacing(from + 1n, dtype) : from
}

function roundDownHigh(to: bigint, dtype: FloatDType): bigint {
  const previous = BigInt(finite(rounders[dtype](Number(to - 1n)), dtype, to))
  return previous >= to ? previous - spacing(to - 1n, dtype) : to
}

function spacing(value: bigint, dtype: FloatDType): bigint {
  const bits = (value < 0n ? -value : value).toString(2).length
  return 1n << BigInt(bits - significandBits[dtype])
}

function finite(value: number, dtype: FloatDType, bound: bigint): number {
  check(
    Number.isFinite(value),
    () => new ArgumentError('randint', `the bounds must fit ${dtype}, got ${bound}`),
  )
  return value
}
