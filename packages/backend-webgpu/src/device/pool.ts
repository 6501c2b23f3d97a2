// Free blocks by size class.
import type { Block } from './block.ts'
import { sizeClass } from './sizes.ts'

/**
 * Of the free blocks of a size it gives the one whose buffer was made first. So a program that does the same again gets
 * the same buffers for the same results, and finds its bind groups made.
 */
export class Pool {
  /** Bytes of all blocks in it. */
  bytes = 0
  /** By size, the buffer that was made first last. */
  readonly #free = new Map<number, Block[]>()

  put(block: Block): void {
    this.bytes += block.bytes
    const list = this.#free.get(block.bytes)
    if (list === undefined) {
      this.#free.set(block.bytes, [block])
      return
    }
    let [low, high] = [0, list.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (list[middle].buffer.id > block.buffer.id) low = middle + 1
      else high = middle
    }
    list.splice(low, 0, block)
  }

  /** A block of `size` bytes, a size class, or of the next larger class up to `most`; undefined if there is none. */
  take(size: number, most = size): Block | undefined {
    for (let bytes = size; bytes <= most; bytes = sizeClass(bytes + 1)) {
      const block = this.#free.get(bytes)?.pop()
      if (block === undefined) continue
      this.bytes -= block.bytes
      return block
    }
    return undefined
  }

  /** Takes at least `bytes` bytes out, what was unused for longest first; all if there are no more. */
  drain(bytes = Infinity): Block[] {
    const all = [...this.#free.values()].flat().sort((a, b) => a.released - b.released)
    const drained: Block[] = []
    for (let left = bytes; left > 0 && drained.length < all.length; left -= drained.at(-1)!.bytes)
      drained.push(all[drained.length])
    for (const block of drained) {
      const list = this.#free.get(block.bytes)!
      list.splice(list.indexOf(block), 1)
      this.bytes -= block.bytes
    }
    return drained
  }
}
