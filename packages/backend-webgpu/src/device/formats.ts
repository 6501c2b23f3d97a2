// Host bytes of a dtype to the 32-bit words of the device, and back.
import { DTypeError } from '@tt/tensor'
import type { DTypeInfo } from '@tt/tensor'

const single = new Float32Array(1)
const singleBits = new Uint32Array(single.buffer)

/**
 * The words of the elements: a view of the bytes where they are such words already. Bytes in shared memory are copied,
 * which Dawn's binding does not take. @throws DTypeError
 */
export function encodeBytes(bytes: Uint8Array, dtype: DTypeInfo): Uint32Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes
  if (dtype.itemSize === 4 && buffer instanceof ArrayBuffer && byteOffset % 4 === 0)
    return new Uint32Array(buffer, byteOffset, byteLength >> 2)
  const copy = new ArrayBuffer(Math.ceil(bytes.byteLength / 8) * 8)
  new Uint8Array(copy).set(bytes)
  const count = Math.floor(bytes.byteLength / dtype.itemSize)
  if (dtype.itemSize === 4) return new Uint32Array(copy, 0, count)
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
export function decodeWords(words: Uint32Array<ArrayBuffer>, dtype: DTypeInfo): Uint8Array {
  if (dtype.itemSize === 4) return new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
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
