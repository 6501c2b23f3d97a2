// How elements lie in GPU memory: one 32-bit word each, whatever the dtype, with one exception: float16 takes 16 bits
// where the device has shader-f16. bfloat16, and float16 elsewhere, are float32 words rounded to the half type on store;
// bool and the small integers int32 words; int64 is held in 32 bits. Kernels compute in 32 bits in any case.
import type { ComputeType, DTypeInfo } from '@tt/tensor'

/** The WGSL type of an element in memory. */
export type Element = 'u32' | 'f16'

/** How the elements of a dtype lie in the memory of a device; `halves`: whether it has shader-f16. */
export const elementOf = (dtype: DTypeInfo, halves: boolean): Element =>
  halves && dtype.name === 'float16' ? 'f16' : 'u32'

/** Bytes of an element in the memory of a device. */
export const elementBytes = (dtype: DTypeInfo, halves: boolean): 2 | 4 =>
  elementOf(dtype, halves) === 'f16' ? 2 : 4

/** The WGSL type in which a kernel computes. */
export type Scalar = 'f32' | 'i32'

/** The WGSL type of a compute type; float64 is refused before it gets here. */
export const scalarOf = (compute: ComputeType): Scalar =>
  compute === 'f32' || compute === 'f64' ? 'f32' : 'i32'

/** The WGSL type of what an element holds, once it is loaded. */
export const wordType = (dtype: DTypeInfo): Scalar => (dtype.category === 'float' ? 'f32' : 'i32')

/** What tells the stores of two dtypes apart; loads differ by the word type and the binding. Part of keys of programs. */
export const storeKind = (dtype: DTypeInfo): string => (dtype.name === 'int64' ? 'int32' : dtype.name)

/** The value in another number type. */
export function convert(value: string, from: Scalar, to: Scalar): string {
  if (from === to) return value
  return to === 'f32' ? `f32(${value})` : `tt_f2i(${value})`
}

/** The value of an element as it lies in memory, as a number of the compute type. */
export const decodeWord = (word: string, dtype: DTypeInfo, to: Scalar): string =>
  convert(
    dtype.name === 'float16' ? `tt_load_half(${word})` : `bitcast<${wordType(dtype)}>(${word})`,
    wordType(dtype),
    to,
  )

/** The same for a vector of four elements. */
export const decodeFour = (words: string, dtype: DTypeInfo): string =>
  dtype.name === 'float16' ? `tt_load_halves(${words})` : `bitcast<vec4<${wordType(dtype)}>>(${words})`

/** The element that holds a value: rounded, truncated or wrapped as the dtype does. */
export function encodeWord(value: string, from: Scalar, dtype: DTypeInfo): string {
  switch (dtype.name) {
    case 'float32':
      return `bitcast<u32>(${convert(value, from, 'f32')})`
    case 'float16':
      return `tt_store_half(${convert(value, from, 'f32')})`
    case 'bfloat16':
      return `bitcast<u32>(tt_bfloat(${convert(value, from, 'f32')}))`
    case 'bool':
      return from === 'f32' ? `select(0u, 1u, tt_truth(${value}))` : `select(0u, 1u, ${value} != 0)`
    case 'uint8':
      return `(bitcast<u32>(${convert(value, from, 'i32')}) & 0xffu)`
    case 'int8':
      return `bitcast<u32>((${convert(value, from, 'i32')} << 24u) >> 24u)`
    case 'int16':
      return `bitcast<u32>((${convert(value, from, 'i32')} << 16u) >> 16u)`
    case 'int32':
    case 'int64':
      return `bitcast<u32>(${convert(value, from, 'i32')})`
    default:
      throw new Error(`backend-webgpu: ${dtype.name} is not stored on the device`)
  }
}
