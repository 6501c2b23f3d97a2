// Rounding to the float types and fused multiply-add, for samplers that repeat PyTorch's arithmetic step by step.
import type { DType } from '../dtype.ts'

/** The float dtypes. */
export type FloatDType = Extract<DType, `${string}float${string}`>

/** Rounds a number to the nearest value of a float dtype, ties to even. */
export type Rounder = (value: number) => number

/** Bits of the significand of each float dtype, the hidden one included. */
export const significandBits = {
  float16: 11,
  bfloat16: 8,
  float32: 24,
  float64: 53,
} as const satisfies Record<FloatDType, number>

/** How to round to each float dtype; the half types round from float32, as PyTorch's casts do. */
export const rounders: Readonly<Record<FloatDType, Rounder>> = {
  float16: toFloat16,
  bfloat16: toBfloat16,
  float32: Math.fround,
  float64: (value) => value,
}

const scratchFloat = new Float32Array(1)
const scratchBits = new Int32Array(scratchFloat.buffer)

/** Rounds away the low `drop` bits of a finite float32, ties to even. */
function roundBits(value: number, drop: number): number {
  scratchFloat[0] = value
  const bits = scratchBits[0]
  const odd = (bits >>> drop) & 1
  scratchBits[0] = (bits + (1 << (drop - 1)) - 1 + odd) & -(1 << drop)
  return scratchFloat[0]
}

function toBfloat16(value: number): number {
  return Number.isFinite(value) ? roundBits(value, 16) : value
}

function toFloat16(value: number): number {
  const single = Math.fround(value)
  if (!Number.isFinite(single) || single === 0) return single
  const size = Math.abs(single)
  if (size >= 65520) return single > 0 ? Infinity : -Infinity
  if (size >= 2 ** -14) return roundBits(single, 13)
  const magic = 1.5 * 2 ** 28 // the spacing of float64 there is 2^-24, that of subnormal halves
  const rounded = size + magic - magic
  return single < 0 ? -rounded : rounded
}

/** `a·b + c` with one rounding at the end, all but exactly (Dekker's product, Knuth's sum). */
export function fma(a: number, b: number, c: number): number {
  const product = a * b
  if (c === 0 || !(Math.abs(product) < 2 ** 990) || Math.abs(a) > 2 ** 990 || Math.abs(b) > 2 ** 990)
    return product + c
  const splitA = a * 134217729 // 2^27 + 1
  const highA = splitA - (splitA - a)
  const lowA = a - highA
  const splitB = b * 134217729
  const highB = splitB - (splitB - b)
  const lowB = b - highB
  const productError = highA * highB - product + highA * lowB + lowA * highB + lowA * lowB
  const sum = product + c
  const virtual = sum - product
  const sumError = product - (sum - virtual) + (c - virtual)
  return sum + (sumError + productError)
}
