// Host bytes of a dtype to the 32-bit words of the device, and back. Halves, where the device has them, go two to a word.
import { DTypeError } from '@tt/tensor'
import type { DTypeInfo } from '@tt/tensor'
import { elementBytes } from '../wgsl/storage-format.ts'
import { wholeWords } from './sizes.ts'

/** Refuses what the device does not store. @throws DTypeError */
export function requireStored(dtype: DTypeInfo, device: string): void {
  if (dtype.name !== 'float64') return
  throw new DTypeError('webgpu', `device '${device}' has no float64. Cast first: .to('float32')`)
}

const single = new Float32Array(1)
const singleBits = new Uint32Array(single.buffer)

/**
 * The words of the elements: a view of the bytes where they are such words already. Bytes in shared memory are copied,
 * which Dawn's binding does not take. @throws DTypeError
 */
export function encodeBytes(bytes: Uint8Array, dtype: DTypeInfo, halves: boolean): Uint32Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes
  const asTheyAre = dtype.itemSize === elementBytes(dtype, halves)
  if (asTheyAre && buffer instanceof ArrayBuffer && byteOffset % 4 === 0 && byteLength % 4 === 0)
    return new Uint32Array(buffer, byteOffset, byteLength / 4)
  const copy = new ArrayBuffer(Math.ceil(bytes.byteLength / 8) * 8)
  new Uint8Array(copy).set(bytes)
  const count = Math.floor(bytes.byteLength / dtype.itemSize)
  if (asTheyAre) return new Uint32Array(copy, 0, Math.ceil(byteLength / 4))
  const words = new Uint32Array(count)
  if (dtype.name === 'int64') {
    const halves = new Int32Array(copy)
    for (let i = 0; i < count; i++) {
      const low = halves[2 * i]
      if (halves[2 * i + 1] !== low >> 31) {
        throw new DTypeError(
          'webgpu',
          'int64 is held in 32 bits on the GPU: values must be in −2³¹ to 2³¹ − 1, got ' +
            `${new BigInt64Array(copy)[i]}. Keep it on the cpu, or use float32`,
        )
      }
      words[i] = low
    }
    return words
  }
  const source = new dtype.array(copy, 0, count) as Uint8Array | Int8Array | Int16Array | Uint16Array
  if (dtype.name === 'bfloat16') for (let i = 0; i < count; i++) words[i] = source[i] << 16
  else if (dtype.name === 'float16') for (let i = 0; i < count; i++) words[i] = halfToWord(source[i])
  else for (let i = 0; i < count; i++) words[i] = source[i]
  return words
}

/** The host bytes of elements that the words hold. */
export function decodeWords(words: Uint32Array<ArrayBuffer>, dtype: DTypeInfo, halves: boolean): Uint8Array {
  if (dtype.itemSize === elementBytes(dtype, halves))
    return new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
  const count = words.length
  if (dtype.name === 'int64') {
    const halves = new Int32Array(2 * count)
    for (let i = 0; i < count; i++) {
      halves[2 * i] = words[i]
      halves[2 * i + 1] = (words[i] | 0) >> 31
    }
    return new Uint8Array(halves.buffer)
  }
  const target = new dtype.array(new ArrayBuffer(count * dtype.itemSize)) as
    | Uint8Array
    | Int8Array
    | Int16Array
    | Uint16Array
  if (dtype.name === 'bfloat16') for (let i = 0; i < count; i++) target[i] = words[i] >>> 16
  else if (dtype.name === 'float16') for (let i = 0; i < count; i++) target[i] = wordToHalf(words[i])
  else for (let i = 0; i < count; i++) target[i] = words[i]
  return new Uint8Array(target.buffer as ArrayBuffer)
}

/** Where the words lie that hold some elements, in bytes, and the bytes before the elements in the first of them. */
export function wordsAround(
  byteOffset: number,
  byteLength: number,
  dtype: DTypeInfo,
  halves: boolean,
): { from: number; size: number; skipped: number } {
  const each = elementBytes(dtype, halves)
  const first = (byteOffset / dtype.itemSize) * each
  const skipped = first % 4
  return { from: first - skipped, size: wholeWords(skipped + (byteLength / dtype.itemSize) * each), skipped }
}

function halfToWord(half: number): number {
  const sign = (half & 0x8000) << 16
  const exponent = (half >> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13)
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13)
  single[0] = fraction * 2 ** -24
  return sign | singleBits[0]
}

// The word was rounded to a half when it was stored: nothing is left to round.
function wordToHalf(word: number): number {
  const sign = (word >>> 16) & 0x8000
  const magnitude = word & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  if (magnitude >= 0x47800000) return sign | 0x7c00
  if (magnitude >= 0x38800000) return sign | ((magnitude - 0x38000000) >>> 13)
  singleBits[0] = magnitude
  return sign | Math.round(single[0] * 2 ** 24)
}
