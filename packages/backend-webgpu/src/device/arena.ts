// One large GPUBuffer in which small tensors lie. Its bind groups are few, so that they are made once and not for
// every combination of buffers that comes up: making one costs more than all the rest of recording a kernel.
import { Block } from './block.ts'
import type { BoundBuffer } from './block.ts'
import { sizeWithin } from './sizes.ts'

/** Bytes of the arena. */
export const arenaBytes = 64 * 2 ** 20
/** Bytes of the largest block in it. */
export const largestShared = 256 * 2 ** 10

/** Hands out parts of a buffer by size class. */
export class Arena {
  readonly buffer: BoundBuffer
  /** False if the driver may not have given it memory: nothing new is put in it. */
  trusted = true
  /** Bytes of parts that are handed out. */
  used = 0
  readonly #free = new Map<number, Block[]>()
  #next = 0

  constructor(buffer: BoundBuffer) {
    this.buffer = buffer
  }

  /** A part of `size` bytes, a size class; undefined if there is none. */
  take(size: number): Block | undefined {
    if (!this.trusted) return undefined
    let block = this.#free.get(size)?.pop()
    if (block === undefined && this.#next + size <= arenaBytes) {
      block = new Block(this.buffer, this.#next, size, this)
      this.#next += size
    }
    block ??= this.#split(size)
    if (block !== undefined) this.used += size
    return block
  }

  // Of the smallest larger part that is free; what is left of it are parts of the largest sizes that fit.
  #split(size: number): Block | undefined {
    let bytes = Infinity
    for (const [larger, list] of this.#free)
      if (larger > size && larger < bytes && list.length > 0) bytes = larger
    const whole = this.#free.get(bytes)?.pop()
    if (whole === undefined) return undefined
    const cut = (from: number, length: number): Block => {
      const part = new Block(this.buffer, whole.base + from, length, this)
      // commands that are recorded may use it as they may use the whole
      part.released = whole.released
      part.readIn = whole.readIn
      part.writtenIn = whole.writtenIn
      return part
    }
    for (let from = size; from < bytes;) {
      const length = sizeWithin(bytes - from)
      this.#keep(cut(from, length))
      from += length
    }
    return cut(0, size)
  }

  release(block: Block): void {
    this.used -= block.bytes
    this.#keep(block)
  }

  #keep(block: Block): void {
    const list = this.#free.get(block.bytes)
    if (list === undefined) this.#free.set(block.bytes, [block])
    else list.push(block)
  }
}
