// Sizes of what is allocated and copied.

/** Bytes of the whole 32-bit words that hold so many bytes: WebGPU copies no less. */
export const wholeWords = (bytes: number): number => Math.ceil(bytes / 4) * 4

/** Sizes of blocks: multiples of 256 bytes, then four to each power of two, so that blocks are found again. */
export function sizeClass(bytes: number): number {
  if (bytes <= 256) return 256
  const step = stepAt(bytes)
  return Math.ceil(bytes / step) * step
}

/** The largest of these sizes within so many bytes, of which there are at least 256. */
export function sizeWithin(bytes: number): number {
  const step = stepAt(bytes)
  return Math.floor(bytes / step) * step
}

const stepAt = (bytes: number): number => Math.max(256, 2 ** (Math.floor(Math.log2(bytes - 1)) - 2))
