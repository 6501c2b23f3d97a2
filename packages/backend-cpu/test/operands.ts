// Operands on the CPU backend and on the reference backend with the same elements, and their comparison.
import { dtypes } from '@tt/tensor'
import type { Backend, DType, HostArray, Operand } from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'
import { createCpuBackend } from '../src/cpu-backend.ts'

/** Backends of both instruction sets, where the engine has them. */
export const cpu = createCpuBackend()
export const plainSimd = createCpuBackend({ simd: 'simd' })
export const reference = createReferenceBackend()

/** How an operand lies in memory. */
export type Layout = 'dense' | 'transposed' | 'sliced'
export const layouts: readonly Layout[] = ['dense', 'transposed', 'sliced']

/** The same elements on several backends. */
export interface Twin {
  readonly on: readonly Operand[]
  readonly elements: number
}

let state = 1
/** A deterministic number in [0, 1). */
export function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2 ** 32
}
/** A deterministic whole number in [0, n). */
export const below = (n: number): number => Math.floor(random() * n)

const halves = [0, 0x3c00, 0xbc00, 0x4000, 0x3800, 0x4248, 0x8000, 0x0001, 0x7bff, 0xfc00, 0x7e00]
const bfloats = [0, 0x3f80, 0xbf80, 0x4000, 0x3f00, 0x4049, 0x8000, 0x0001, 0x7f7f, 0xff80, 0x7fc0]

/** Elements of a dtype's host array that are easy to add and multiply. */
export function smallValue(dtype: DType): number | bigint {
  if (dtype === 'int64') return BigInt(below(9) - 4)
  if (dtype === 'bool') return below(2)
  if (dtype === 'float16') return halves[below(5)]
  if (dtype === 'bfloat16') return bfloats[below(5)]
  if (dtype === 'uint8') return below(9)
  return dtypes[dtype].category === 'int' ? below(9) - 4 : Math.round((random() * 2 - 1) * 64) / 16
}

/** Elements with the special ones of the dtype among them. */
export function anyValue(dtype: DType): number | bigint {
  const pick = <T>(of: readonly T[]): T => of[below(of.length)]
  if (dtype === 'float16') return random() < 0.4 ? pick(halves) : below(65536)
  if (dtype === 'bfloat16') return random() < 0.4 ? pick(bfloats) : below(65536)
  if (dtype === 'int64')
    return random() < 0.3
      ? pick([-(2n ** 63n), 2n ** 63n - 1n, 2n ** 40n, -1n, 0n])
      : BigInt(below(2000) - 1000)
  if (dtypes[dtype].category === 'float') {
    if (random() < 0.3)
      return pick([
        0,
        -0,
        1,
        -1,
        0.5,
        -0.5,
        NaN,
        Infinity,
        -Infinity,
        1e-40,
        -1e-40,
        3e38,
        88.5,
        -103.5,
        2.5,
        3.5,
      ])
    return (random() * 2 - 1) * pick([1e-3, 1, 10, 1000])
  }
  if (dtype === 'int32') return random() < 0.3 ? pick([-(2 ** 31), 2 ** 31 - 1, -1, 0]) : below(2000) - 1000
  return dtype === 'bool' ? below(2) : below(256)
}

/** An operand of random elements on each backend. */
export function operand(
  backends: readonly Backend[],
  dtype: DType,
  shape: readonly number[],
  layout: Layout = 'dense',
  value: (dtype: DType, i: number) => number | bigint = smallValue,
): Twin {
  const info = dtypes[dtype]
  const step = layout === 'sliced' ? 2 : 1
  const order = shape.map((_, d) => d)
  if (layout === 'transposed') order.reverse()
  const strides = shape.map(() => 0)
  let extent = 1
  for (const d of order.reverse()) {
    strides[d] = extent * step
    extent *= Math.max(1, shape[d]) * step
  }
  const offset = layout === 'sliced' ? 1 : 0
  const elements = extent + offset
  const host = new info.array(new ArrayBuffer(elements * info.itemSize + 8), 0, elements)
  for (let i = 0; i < elements; i++) host[i] = value(dtype, i) as never
  const bytes = new Uint8Array(host.buffer, 0, host.byteLength)
  const on = backends.map((backend): Operand => {
    const buffer = backend.allocate(bytes.length)
    backend.write(buffer, 0, bytes)
    return { storage: { buffer }, dtypeInfo: info, shape, strides, offset }
  })
  return { on, elements }
}

/** All elements of the memory behind an operand, those outside its window too. */
export function memoryOf(backend: Backend, of: Operand, elements: number): HostArray {
  const bytes = backend.read(of.storage.buffer, 0, elements * of.dtypeInfo.itemSize)
  return new of.dtypeInfo.array(bytes.buffer, 0, elements)
}

/** An element as a number: the half types from their bits. */
export function toNumber(entry: number | bigint, dtype: DType): number {
  if (dtype === 'bfloat16') return new Float32Array(new Uint32Array([Number(entry) << 16]).buffer)[0]
  if (dtype !== 'float16') return Number(entry)
  const bits = Number(entry)
  const [sign, exponent, mantissa] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023]
  if (exponent === 31) return mantissa ? NaN : sign * Infinity
  return sign * (exponent === 0 ? mantissa * 2 ** -24 : 2 ** (exponent - 15) * (1 + mantissa / 1024))
}

/** Where the memory of the twin's operands differs by more than the tolerance; null if nowhere. */
export function difference(backends: readonly Backend[], twin: Twin, tolerance: number): string | null {
  const dtype = twin.on[0].dtypeInfo.name
  const [actual, expected] = backends.map((backend, i) => memoryOf(backend, twin.on[i], twin.elements))
  for (let i = 0; i < actual.length; i++) {
    if (actual[i] === expected[i]) continue
    const [x, y] = [toNumber(actual[i], dtype), toNumber(expected[i], dtype)]
    if (x === y || (Number.isNaN(x) && Number.isNaN(y))) continue
    if (!(Math.abs(x - y) <= tolerance * Math.max(Math.abs(y), 1e-37))) {
      return `${dtype} [${twin.on[0].shape.join(', ')}] at ${i}: got ${x}, expected ${y}`
    }
  }
  return null
}
