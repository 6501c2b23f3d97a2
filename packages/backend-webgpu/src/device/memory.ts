// GPU memory: blocks from a pool, handles that own them, and how blocks of dropped handles come back.
import { DTypeError, OutOfMemoryError } from '@tt/tensor'
import type { DTypeInfo } from '@tt/tensor'
import type { Collector } from '../platform/platform.ts'
import { elementBytes } from '../wgsl/storage-format.ts'
import { Arena, arenaBytes, largestShared } from './arena.ts'
import { Block, BoundBuffer } from './block.ts'
import { Budget, leastBudget } from './budget.ts'
import { encodeBytes } from './formats.ts'
import { WebGpuBuffer } from './handle.ts'
import type { Watch } from './handle.ts'
import { Pool } from './pool.ts'
import { sizeClass, wholeWords } from './sizes.ts'

/** Counts and bytes of the memory. */
export interface MemoryStats {
  /** Bytes of blocks that tensors hold. */
  readonly usedBytes: number
  /** Bytes of blocks that are free for reuse. */
  readonly pooledBytes: number
  /** Number of GPUBuffers, used and free. */
  readonly buffers: number
  /** Collections forced or asked for so far. */
  readonly reclaims: number
}

/** What the memory needs of the device. */
export interface MemoryHost {
  readonly device: GPUDevice
  readonly name: string
  readonly collector: Collector | null
  /** Whether float16 takes 2 bytes: see storage-format.ts. */
  readonly halves: boolean
  /** Largest buffer that can be bound. */
  readonly largest: number
  /** Most bytes, used and pooled together. */
  readonly limit: number
  /** Most bytes that wait in the pool. */
  readonly poolLimit: number
  /** Most bytes that may be garbage because looking for it takes time. */
  readonly mostGarbage: number
  /** Most bytes that are written at once. */
  readonly mostWritten: number
  /** Number of the batch of commands that is being recorded. */
  readonly batch: number
  /** Submits what is recorded. */
  flush(): void
  /** The out-of-memory error that came up since the last call, which will not be thrown elsewhere then. */
  takeOutOfMemory(): Error | null
}

const usage = 0x80 | 0x04 | 0x08 // STORAGE | COPY_SRC | COPY_DST: the constants are no globals in Node
const recentBlocks = 64
const mostBlocks = 4096 // between two collections
// What is held beyond what was in use at once: blocks of sizes that are not wanted at the same time.
const spareShare = 1.25
const spareBytes = 256 * 2 ** 20
const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`

/** Allocates, frees and reclaims. */
export class Memory {
  readonly #host: MemoryHost
  readonly #pool = new Pool()
  readonly #budget: Budget
  readonly #watches: Watch[] = []
  readonly #registry: FinalizationRegistry<Watch> | null
  readonly #recent: (Block | undefined)[] = []
  /** By bytes of an element, as a buffer has one type in a kernel: from the first small tensor on; null without room. */
  readonly #arenas = new Map<number, Arena | null>()
  #nextId = 0
  #used = 0
  /** Most bytes of #used so far. */
  #peak = 0
  #buffers = 0
  #reclaims = 0
  /** Taken and not given back since the last collection: bytes and number of blocks, and bytes of those in an arena. */
  #sinceReclaim = 0
  #countSinceReclaim = 0
  #sharedSinceReclaim = 0
  /** When the last collection ended. */
  #reclaimed = performance.now()
  #requesting = false

  constructor(host: MemoryHost) {
    this.#host = host
    this.#budget = new Budget(host.mostGarbage)
    this.#registry =
      host.collector === null ? new FinalizationRegistry((watch) => this.release(watch.block)) : null
  }

  get stats(): MemoryStats {
    return {
      usedBytes: this.#arenaList.reduce((total, { used }) => total + used, this.#used),
      pooledBytes: this.#pool.bytes,
      buffers: this.#buffers,
      reclaims: this.#reclaims,
    }
  }

  /** The block of an operand's handle, made and filled now if this is its first use. */
  blockOf(handle: WebGpuBuffer, dtype: DTypeInfo): Block {
    if (handle.block !== null && handle.dtype === dtype) return handle.block
    if (handle.dtype !== null && handle.dtype !== dtype) {
      throw new DTypeError(
        'webgpu',
        `memory on device '${this.#host.name}' keeps the dtype of its first use, got ${handle.dtype.name} ` +
          `used as ${dtype.name}. Copy it: .to('${dtype.name}')`,
      )
    }
    const { staged } = handle
    return this.#place(handle, dtype, staged === null ? null : encodeBytes(staged, dtype, this.#host.halves))
  }

  /** Makes the block of a handle that has none, with all of its elements. */
  fill(handle: WebGpuBuffer, dtype: DTypeInfo, bytes: Uint8Array): void {
    this.#place(handle, dtype, encodeBytes(bytes, dtype, this.#host.halves))
  }

  #place(handle: WebGpuBuffer, dtype: DTypeInfo, words: Uint32Array<ArrayBuffer> | null): Block {
    const each = elementBytes(dtype, this.#host.halves)
    const bytes = wholeWords(Math.ceil(handle.bytes / dtype.itemSize) * each)
    const block = (handle.shared ? this.#takeShared(bytes, each) : undefined) ?? this.take(bytes)
    handle.dtype = dtype
    handle.block = block
    handle.staged = null
    if (words !== null) {
      // commands that were recorded before it was given back may use it
      if (block.released === this.#host.batch) this.#host.flush()
      this.#write(block, 0, words)
    }
    this.#watch(handle, block)
    return block
  }

  /** Gives the block of a handle back at once. */
  free(handle: WebGpuBuffer): void {
    const { watch, block } = handle
    handle.block = null
    handle.staged = null
    if (block === null) return
    if (watch !== null) {
      if (this.#registry !== null) this.#registry.unregister(handle)
      else this.#forget(watch.index)
      handle.watch = null
    }
    this.release(block)
  }

  /** Writes host words. Commands that were recorded before and use the block see what was there before. */
  upload(block: Block, byteOffset: number, words: Uint32Array<ArrayBuffer>): void {
    if (block.buffer.batch === this.#host.batch) this.#host.flush()
    this.#write(block, byteOffset, words)
  }

  #write({ buffer, base }: Block, byteOffset: number, words: Uint32Array<ArrayBuffer>): void {
    const { device, mostWritten } = this.#host
    const step = mostWritten / 4
    for (let at = 0; at < words.length; at += step) {
      if (at > 0) device.queue.submit([]) // so that the memory on its way is free again soon
      const count = Math.min(step, words.length - at)
      device.queue.writeBuffer(buffer.gpu, base + byteOffset + at * 4, words, at, count)
    }
  }

  /** A free or new block of at least `bytes` bytes. @throws OutOfMemoryError */
  take(bytes: number): Block {
    const size = bytes > this.#host.largest ? bytes : Math.min(sizeClass(bytes), this.#host.largest)
    this.#sinceReclaim += size
    if (this.#sinceReclaim > this.#budget.bytes || ++this.#countSinceReclaim > mostBlocks) this.#collect()
    let block = this.#pool.take(size)
    if (block === undefined && size > this.#host.largest) {
      throw new OutOfMemoryError(
        'allocate',
        `a tensor on device '${this.#host.name}' must fit one buffer of ` +
          `${megabytes(this.#host.largest)}, got ${megabytes(bytes)} (an element takes 4 bytes${this.#host.halves ? ', of float16 2' : ', whatever its dtype'}). Split it`,
      )
    }
    if (block === undefined && this.#total + size > this.#host.limit) {
      if (this.#host.collector !== null) this.#reclaim()
      block = this.#pool.take(size)
      if (block === undefined) this.flushPool()
      if (block === undefined && this.#total + size > this.#host.limit) this.#fail(bytes)
    }
    this.#peak = Math.max(this.#peak, this.#used + size)
    block ??= this.#spare(size) ?? this.#create(size)
    this.#used += block.bytes
    return block
  }

  // Before a new block: what is held must not outgrow what was in use at once. A free block that is a little larger
  // serves as well; else those that were unused for longest go.
  #spare(size: number): Block | undefined {
    const excess = this.#used + this.#pool.bytes + size - (this.#peak * spareShare + spareBytes)
    if (excess <= 0) return undefined
    const block = this.#pool.take(size, size * spareShare)
    if (block === undefined) for (const free of this.#pool.drain(excess)) this.#destroy(free)
    return block
  }

  /** A part of the arena; undefined if it is too large for it, or the arena is full. */
  #takeShared(bytes: number, each: number): Block | undefined {
    if (bytes > largestShared) return undefined
    let arena = this.#arenas.get(each)
    if (arena === undefined) this.#arenas.set(each, (arena = this.#createArena()))
    if (arena === null) return undefined
    const size = sizeClass(bytes)
    this.#sharedSinceReclaim += size
    const block = arena.take(size)
    // full: worth a collection if much of it may be garbage
    if (block !== undefined || this.#sharedSinceReclaim < arenaBytes / 4) return block
    this.#collect()
    return arena.take(size)
  }

  #createArena(): Arena | null {
    const { largest, limit } = this.#host
    if (largest < arenaBytes || limit < 4 * arenaBytes * (this.#arenaList.length + 1)) return null
    return new Arena(this.#create(arenaBytes).buffer)
  }

  get #arenaList(): Arena[] {
    return [...this.#arenas.values()].filter((arena) => arena !== null)
  }

  /** Bytes that the driver was asked for. */
  get #total(): number {
    return this.#used + this.#pool.bytes + this.#arenaList.length * arenaBytes
  }

  /** Back to the arena, to the pool, or away if the pool is full. */
  release(block: Block): void {
    const { owner } = block
    if (owner === null) return
    block.released = this.#host.batch
    // what is given back is no garbage to look for
    if (owner !== 'pool') {
      this.#sharedSinceReclaim = Math.max(0, this.#sharedSinceReclaim - block.bytes)
      owner.release(block)
      return
    }
    this.#sinceReclaim = Math.max(0, this.#sinceReclaim - block.bytes)
    this.#countSinceReclaim = Math.max(0, this.#countSinceReclaim - 1)
    this.#used -= block.bytes
    if (!block.trusted || this.#pool.bytes + block.bytes > this.#host.poolLimit) {
      this.#destroy(block)
      return
    }
    this.#pool.put(block)
  }

  /** Destroys what is free. */
  flushPool(): void {
    for (const block of this.#pool.drain()) this.#destroy(block)
  }

  /** A buffer that is the user's own: used, never destroyed. */
  adopt(gpu: GPUBuffer, dtype: DTypeInfo): WebGpuBuffer {
    const elements = Math.floor(gpu.size / elementBytes(dtype, this.#host.halves))
    const handle = new WebGpuBuffer(elements * dtype.itemSize)
    handle.dtype = dtype
    handle.block = new Block(new BoundBuffer(this.#nextId++, gpu), 0, gpu.size, null)
    return handle
  }

  // In Node a driver's refusal is known at once: what is garbage and what is free is used or given back, and it is asked
  // once more. In browsers it is known later, see outOfMemory.
  #create(size: number): Block {
    let gpu = this.#request(size)
    if (gpu instanceof Error) {
      this.#budget.refused(this.#total + size)
      if (this.#host.collector !== null) this.#reclaim()
      const block = this.#pool.take(size, 2 * size)
      if (block !== undefined) return block
      this.flushPool()
      this.#host.device.queue.submit([]) // memory of destroyed buffers is released by a submission
      gpu = this.#request(size)
      if (gpu instanceof Error) throw gpu
    }
    this.#buffers++
    const block = new Block(new BoundBuffer(this.#nextId++, gpu), 0, size, 'pool')
    this.#recent[block.buffer.id % recentBlocks] = block
    return block
  }

  #request(size: number): GPUBuffer | Error {
    this.#requesting = true
    const gpu = this.#host.device.createBuffer({ size, usage })
    this.#requesting = false
    return this.#host.takeOutOfMemory() ?? gpu
  }

  /** The driver refused one of the last blocks, and does not say which: none of them is used again. */
  outOfMemory(): void {
    if (this.#requesting) return // it is the one that is being made
    for (const block of this.#recent) {
      if (block === undefined) continue
      block.trusted = false
      for (const arena of this.#arenaList) if (arena.buffer === block.buffer) arena.trusted = false
    }
    this.flushPool()
  }

  #destroy(block: Block): void {
    const { buffer } = block
    if (buffer.batch === this.#host.batch) this.#host.flush() // a destroyed buffer may not be submitted
    this.#buffers--
    buffer.groups.clear()
    buffer.gpu.destroy()
  }

  #fail(bytes: number): never {
    throw new OutOfMemoryError(
      'allocate',
      `the memory of device '${this.#host.name}' must hold ${megabytes(bytes)} more, got ` +
        `${megabytes(this.#used)} in use of ${megabytes(this.#host.limit)}. Drop references to tensors or call dispose(); ` +
        `smaller batches need less${this.#host.collector === null ? '; or await between steps, so that dropped tensors are collected' : ''}`,
    )
  }

  #watch(handle: WebGpuBuffer, block: Block): void {
    if (this.#registry !== null) {
      handle.watch = { ref: null, block, index: -1 } // it must not hold the handle
      this.#registry.register(handle, handle.watch, handle)
      return
    }
    handle.watch = { ref: new WeakRef(handle), block, index: this.#watches.length }
    this.#watches.push(handle.watch)
  }

  // The last watch takes the place of the forgotten one.
  #forget(index: number): void {
    const last = this.#watches.pop()!
    if (index === this.#watches.length) return
    this.#watches[index] = last
    last.index = index
  }

  /** While the program waits for the GPU: what would have to be done soon takes no time then. */
  idle(): void {
    if (this.#host.collector !== null && this.#sinceReclaim > this.#budget.bytes / 2) this.#reclaim()
  }

  #collect(): void {
    if (this.#host.collector !== null) this.#reclaim()
    else this.#inviteCollection()
  }

  // Engines do not see the bytes on the device, so nothing makes them collect. They do count an ArrayBuffer, and one
  // that is never touched costs them nothing else. Finalizers run in the next task: while a read is awaited, at the latest.
  #inviteCollection(): void {
    this.#sinceReclaim = 0
    this.#countSinceReclaim = 0
    this.#sharedSinceReclaim = 0
    try {
      if (new ArrayBuffer(2 * leastBudget).byteLength > 0) this.#reclaims++ // it is looked at, so no bundler drops it
    } catch {
      // no room for it: then the engine has collected all the same
    }
  }

  // Blocks of handles that are gone come back to the pool.
  #reclaim(): void {
    const began = performance.now()
    this.#host.collector!.collect()
    let kept = 0
    for (const watch of this.#watches) {
      if (watch.ref!.deref() === undefined) this.release(watch.block)
      else {
        watch.index = kept
        this.#watches[kept++] = watch
      }
    }
    this.#watches.length = kept
    this.#sinceReclaim = 0
    this.#countSinceReclaim = 0
    this.#sharedSinceReclaim = 0
    this.#reclaims++
    const ended = performance.now()
    this.#budget.collected(ended - began, began - this.#reclaimed, this.#used)
    this.#reclaimed = ended
  }
}
