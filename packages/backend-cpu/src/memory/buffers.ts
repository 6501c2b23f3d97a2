// Buffer handles, and how their memory comes back when they are dropped.
import { OutOfMemoryError } from '@tt/tensor'
import type { Collector } from '../platform/platform.ts'
import { Allocator } from './allocator.ts'
import type { Heap } from './heap.ts'

/** Handles of small blocks are watched in groups: a WeakRef costs more than the rest of an allocation. */
const groupLimit = 256
const groupSize = 8

/** A range of memory that is watched as one; its handles keep it alive. */
class Block {
  readonly address: number
  readonly bytes: number
  /** Handles that were not freed. */
  live: number
  watch: Watch | null = null

  constructor(address: number, bytes: number, live: number) {
    this.address = address
    this.bytes = bytes
    this.live = live
  }
}

/** What kernels see of a piece of memory. */
export interface Addressed {
  readonly ptr: number
}

/** A piece of memory. Not freed by hand, it is found by a collection after its last reference is gone. */
export class CpuBuffer implements Addressed {
  readonly ptr: number
  readonly bytes: number
  readonly block: Block

  constructor(ptr: number, bytes: number, block: Block) {
    this.ptr = ptr
    this.bytes = bytes
    this.block = block
  }
}

// What stays of a block when the block is gone.
interface Watch {
  readonly ref: WeakRef<Block> | null
  readonly address: number
  readonly bytes: number
  /** Position in the list of watches. */
  index: number
}

/** Bytes and counts of the memory. */
export interface MemoryStats {
  /** Bytes held by tensors that were neither freed nor collected, rounded up to blocks. */
  readonly allocatedBytes: number
  /** Bytes free for the next tensors. */
  readonly pooledBytes: number
  /** Size of the WebAssembly memory, which never shrinks. */
  readonly heapBytes: number
  /** Collections forced or asked for so far, and the milliseconds that the forced ones took. */
  readonly reclaims: number
  readonly reclaimMs: number
}

/** Allocates, frees, and reclaims what was dropped. */
export class Buffers {
  readonly #heap: Heap
  readonly #allocator: Allocator
  readonly #collector: Collector | null
  readonly #registry: FinalizationRegistry<Watch> | null
  readonly #watches: Watch[] = []
  readonly #groups: (Block | null)[] = [null, null, null, null, null]
  readonly #groupNext = new Int32Array(5)
  readonly #floor: number
  #budget: number
  #sinceReclaim = 0
  #sinceRelease = 0
  #lastReclaim = 0
  /** Milliseconds of the last collection. */
  #lastCost = 0
  #reclaims = 0
  #reclaimMs = 0
  #awaitsFinalizers = false

  constructor(heap: Heap, start: number, collector: Collector | null, budget: number) {
    this.#heap = heap
    this.#allocator = new Allocator(heap, start)
    this.#collector = collector
    this.#floor = budget
    this.#budget = budget
    this.#registry = collector === null ? new FinalizationRegistry((watch) => this.#release(watch)) : null
  }

  get stats(): MemoryStats {
    const { used } = this.#allocator
    return {
      allocatedBytes: used,
      pooledBytes: this.#heap.size - used,
      heapBytes: this.#heap.size,
      reclaims: this.#reclaims,
      reclaimMs: this.#reclaimMs,
    }
  }

  /** A block that is never given back; for constants. Taken in the middle of kernels, so nothing is reclaimed for it. */
  permanent(bytes: number): number {
    const address = this.#allocator.allocate(bytes)
    if (address < 0) this.#fail(bytes)
    return address
  }

  /** The address of a block that nothing watches: `release` must give it back. */
  take(bytes: number): number {
    return this.#addressOf(bytes)
  }

  /** Gives back what `take` gave for as many bytes. */
  release(address: number, bytes: number): void {
    this.#allocator.free(address, bytes)
  }

  allocate(bytes: number): CpuBuffer {
    if (bytes <= groupLimit) return this.#allocateSmall(bytes)
    this.#spend(bytes + 256)
    const block = new Block(this.#addressOf(bytes), bytes, 1)
    this.#watch(block)
    return new CpuBuffer(block.address, bytes, block)
  }

  free(buffer: CpuBuffer): void {
    const { block } = buffer
    if (--block.live > 0) return
    this.#sinceReclaim = Math.max(0, this.#sinceReclaim - block.bytes) // nothing of it is left to be found
    if (this.#registry !== null) this.#registry.unregister(block)
    else this.#forget(block.watch!.index)
    this.#allocator.free(block.address, block.bytes)
  }

  /** Looks for dropped blocks now. False where that cannot be forced. */
  reclaim(): boolean {
    if (this.#collector === null) return false
    this.#reclaim()
    return true
  }

  /** Where a collection cannot be forced and the budget was spent: gives finalizers a turn. Part of every async read. */
  async relieve(): Promise<void> {
    if (!this.#awaitsFinalizers) return
    this.#awaitsFinalizers = false
    await new Promise((resolve) => setTimeout(resolve))
  }

  #allocateSmall(bytes: number): CpuBuffer {
    const size = bytes <= 64 ? 1 : (bytes + 63) >> 6 // in units of 64 bytes
    let block = this.#groups[size]
    if (block === null) {
      this.#spend((size * 64 + 256) * groupSize)
      block = new Block(this.#addressOf(size * 64 * groupSize), size * 64 * groupSize, groupSize)
      this.#watch(block)
      this.#groups[size] = block
      this.#groupNext[size] = 0
    }
    const slot = this.#groupNext[size]++
    if (slot === groupSize - 1) this.#groups[size] = null
    return new CpuBuffer(block.address + slot * size * 64, bytes, block)
  }

  #addressOf(bytes: number): number {
    let address = this.#allocator.allocate(bytes)
    if (address < 0 && this.#collector !== null) {
      this.#reclaim()
      address = this.#allocator.allocate(bytes)
    }
    if (address < 0) this.#fail(bytes)
    return address
  }

  #fail(bytes: number): never {
    const mb = (n: number): string => `${(n / 1048576).toFixed(1)} MB`
    const { used } = this.#allocator
    throw new OutOfMemoryError(
      'allocate',
      `the memory of device 'cpu' must hold ${mb(bytes)} more, got ${mb(used)} in use of ` +
        `${mb(this.#heap.limit)}. Drop references to tensors or call dispose(); smaller batches need less` +
        (this.#collector === null ? '; or await between steps, so that dropped tensors are collected' : ''),
    )
  }

  #watch(block: Block): void {
    const { address, bytes } = block
    if (this.#registry !== null) {
      this.#registry.register(block, { ref: null, address, bytes, index: -1 }, block)
      return
    }
    block.watch = { ref: new WeakRef(block), address, bytes, index: this.#watches.length }
    this.#watches.push(block.watch)
    if (++this.#sinceRelease >= 4096) {
      this.#sinceRelease = 0
      this.#collector!.releaseKept()
    }
  }

  // The last watch takes the place of the forgotten one.
  #forget(index: number): void {
    const last = this.#watches.pop()!
    if (index === this.#watches.length) return
    this.#watches[index] = last
    last.index = index
  }

  #release(watch: Watch): void {
    this.#allocator.free(watch.address, watch.bytes)
  }

  #spend(bytes: number): void {
    this.#sinceReclaim += bytes
    if (this.#sinceReclaim <= this.#budget) return
    if (this.#collector !== null) this.#reclaim()
    else this.#inviteCollection()
  }

  // Engines do not see the bytes in this memory, so nothing makes them collect. They do count an ArrayBuffer, and one
  // that is never touched costs them nothing else. Finalizers run in the next task, if the program lets it come.
  #inviteCollection(): void {
    this.#sinceReclaim = 0
    this.#awaitsFinalizers = true
    try {
      if (new ArrayBuffer(4 * this.#floor).byteLength > 0) this.#reclaims++ // it is looked at, so no bundler drops it
    } catch {
      // no room for it: then the engine has collected all the same
    }
  }

  // The budget grows while collections take more than a tenth of the time, and shrinks again when they are cheap.
  #reclaim(): void {
    const start = performance.now()
    this.#collector!.collect()
    const watches = this.#watches
    let kept = 0
    for (let i = 0; i < watches.length; i++) {
      const watch = watches[i]
      if (watch.ref!.deref() === undefined) this.#release(watch)
      else {
        watch.index = kept
        watches[kept++] = watch
      }
    }
    watches.length = kept
    this.#collector!.releaseKept()
    const end = performance.now()
    const share = (end - start) / Math.max(end - this.#lastReclaim, 1e-3)
    // Half as much again at most, unless collections are slow by themselves (a large JavaScript heap): the faster of
    // the last two counts, as a busy machine makes any one of them slow.
    const cost = Math.min(end - start, this.#lastCost)
    this.#lastCost = end - start
    const most = Math.max(
      this.#floor,
      Math.min(2 ** 30, this.#heap.limit / 4, this.#floor * Math.max(1.5, cost / 40)),
    )
    this.#budget = Math.min(this.#budget, most)
    if (share > 0.1) this.#budget = Math.min(most, this.#budget * 2)
    else if (share < 0.025) this.#budget = Math.max(this.#floor, this.#budget / 2)
    this.#lastReclaim = end
    this.#sinceReclaim = 0
    this.#reclaims++
    this.#reclaimMs += end - start
  }
}
