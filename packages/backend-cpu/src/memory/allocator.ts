// Address-space allocator: segregated fit with immediate coalescing of neighbours, and slabs for small blocks.
import type { Heap } from './heap.ts'

/** Granule of large blocks; small ones are cut from slabs of one size class. */
const granule = 4096
const slabBytes = 65536
/** Largest block that comes from a slab. */
const smallLimit = 8192
const binCount = 128

// Classes of small blocks: multiples of 64 up to 512, then four per doubling.
const classSizes: number[] = []
for (let size = 64; size <= 512; size += 64) classSizes.push(size)
for (let size = 512; size < smallLimit; size *= 2)
  for (let k = 5; k <= 8; k++) classSizes.push((size * k) / 4)
const classOf = new Uint8Array(smallLimit / 64 + 1)
for (let units = 1, at = 0; units < classOf.length; units++) {
  if (units * 64 > classSizes[at]) at++
  classOf[units] = at
}

interface Slab {
  readonly address: number
  readonly sizeClass: number
  /** Stack of free blocks. */
  readonly free: number[]
  readonly capacity: number
  /** Whether it is in the list of slabs of its class with free blocks. */
  listed: boolean
}

/**
 * Hands out 64-byte-aligned ranges of the heap. Freed large ranges melt into free neighbours at once, and a slab
 * without a used block goes back to the large ones, so the pool never holds memory that another size could not use.
 */
export class Allocator {
  readonly #heap: Heap
  // Free ranges, by granule number: length at both ends (0: not the end of a free one), links of the bin's list.
  #length: Int32Array
  #next: Int32Array
  #previous: Int32Array
  readonly #bins = new Int32Array(binCount).fill(-1)
  readonly #binMask = new Int32Array(binCount / 32)
  readonly #slabs: Slab[][] = classSizes.map(() => [])
  #slabAt: (Slab | undefined)[] = []
  #end: number
  /** Bytes handed out, rounded to the blocks that serve them. */
  used = 0

  constructor(heap: Heap, start: number) {
    this.#heap = heap
    const granules = Math.floor(heap.size / granule)
    this.#length = new Int32Array(granules + 1)
    this.#next = new Int32Array(granules + 1)
    this.#previous = new Int32Array(granules + 1)
    const first = Math.ceil(start / granule)
    this.#end = granules
    this.#insert(first, granules - first)
  }

  /** Bytes that a request of `bytes` takes. */
  rounded(bytes: number): number {
    if (bytes <= smallLimit) return classSizes[classOf[Math.max(1, (bytes + 63) >> 6)]]
    return Math.ceil(bytes / granule) * granule
  }

  /** An address, or −1 if the heap cannot grow far enough. */
  allocate(bytes: number): number {
    if (bytes > smallLimit) {
      const granules = Math.ceil(bytes / granule)
      const at = this.#take(granules)
      if (at < 0) return -1
      this.used += granules * granule
      return at * granule
    }
    const sizeClass = classOf[bytes <= 64 ? 1 : (bytes + 63) >> 6]
    const list = this.#slabs[sizeClass]
    const slab = list.length > 0 ? list[list.length - 1] : this.#newSlab(sizeClass)
    if (slab === null) return -1
    const address = slab.free.pop()!
    if (slab.free.length === 0) {
      list.pop()
      slab.listed = false
    }
    this.used += classSizes[sizeClass]
    return address
  }

  /** Takes back what `allocate` gave for as many bytes. */
  free(address: number, bytes: number): void {
    if (bytes > smallLimit) {
      const granules = Math.ceil(bytes / granule)
      this.used -= granules * granule
      this.#insert(address / granule, granules)
      return
    }
    const slab = this.#slabAt[Math.floor(address / slabBytes)]!
    this.used -= classSizes[slab.sizeClass]
    slab.free.push(address)
    const list = this.#slabs[slab.sizeClass]
    if (!slab.listed) {
      slab.listed = true
      list.push(slab)
    } else if (slab.free.length === slab.capacity && list.length > 1) {
      list.splice(list.indexOf(slab), 1)
      this.#slabAt[Math.floor(address / slabBytes)] = undefined
      this.#insert(slab.address / granule, slabBytes / granule)
    }
  }

  #newSlab(sizeClass: number): Slab | null {
    const granules = slabBytes / granule
    // slabs are aligned to their size, so that an address tells its slab
    let at = this.#take(2 * granules - 1)
    if (at < 0) return null
    const aligned = Math.ceil(at / granules) * granules
    if (aligned > at) this.#insert(at, aligned - at)
    const behind = at + 2 * granules - 1 - (aligned + granules)
    if (behind > 0) this.#insert(aligned + granules, behind)
    at = aligned
    const address = at * granule
    const size = classSizes[sizeClass]
    const capacity = Math.floor(slabBytes / size)
    const free = Array.from({ length: capacity }, (_, i) => address + (capacity - 1 - i) * size)
    const slab: Slab = { address, sizeClass, free, capacity, listed: true }
    this.#slabs[sizeClass].push(slab)
    this.#slabAt[address / slabBytes] = slab
    return slab
  }

  // The first free range of the smallest bin whose ranges all suffice; else a look into the bin below; else growth.
  #take(granules: number): number {
    for (;;) {
      const at = this.#find(granules)
      if (at >= 0) {
        const length = this.#length[at]
        this.#unlink(at, length)
        if (length > granules) this.#insertAlone(at + granules, length - granules)
        return at
      }
      const before = this.#end
      // a free range at the end of the heap needs only the rest
      const last = this.#length[before - 1]
      if (!this.#heap.grow((granules - last) * granule)) return -1
      this.#extend(Math.floor(this.#heap.size / granule))
      this.#insert(before, this.#end - before)
    }
  }

  #find(granules: number): number {
    const exact = binOf(granules)
    for (let at = this.#bins[exact], tries = 0; at >= 0 && tries < 32; at = this.#next[at], tries++) {
      if (this.#length[at] >= granules) return at
    }
    let word = (exact + 1) >> 5
    let mask = this.#binMask[word] & (-1 << ((exact + 1) & 31))
    while (mask === 0) {
      if (++word >= this.#binMask.length) return this.#lookThrough(exact, granules)
      mask = this.#binMask[word]
    }
    return this.#bins[word * 32 + (31 - Math.clz32(mask & -mask))]
  }

  // Before the heap grows: the whole bin.
  #lookThrough(bin: number, granules: number): number {
    for (let at = this.#bins[bin]; at >= 0; at = this.#next[at]) if (this.#length[at] >= granules) return at
    return -1
  }

  // Frees a range and joins it with free neighbours.
  #insert(at: number, granules: number): void {
    if (at + granules < this.#end) {
      const after = this.#length[at + granules]
      if (after > 0) {
        this.#unlink(at + granules, after)
        granules += after
      }
    }
    const before = at > 0 ? this.#length[at - 1] : 0
    if (before > 0) {
      at -= before
      this.#unlink(at, before)
      granules += before
    }
    this.#insertAlone(at, granules)
  }

  #insertAlone(at: number, granules: number): void {
    const bin = binOf(granules)
    const head = this.#bins[bin]
    this.#length[at] = granules
    this.#length[at + granules - 1] = granules
    this.#next[at] = head
    this.#previous[at] = -1
    if (head >= 0) this.#previous[head] = at
    this.#bins[bin] = at
    this.#binMask[bin >> 5] |= 1 << (bin & 31)
  }

  #unlink(at: number, granules: number): void {
    const bin = binOf(granules)
    const next = this.#next[at]
    const previous = this.#previous[at]
    if (next >= 0) this.#previous[next] = previous
    if (previous >= 0) this.#next[previous] = next
    else {
      this.#bins[bin] = next
      if (next < 0) this.#binMask[bin >> 5] &= ~(1 << (bin & 31))
    }
    this.#length[at] = 0
    this.#length[at + granules - 1] = 0
  }

  #extend(granules: number): void {
    const bigger = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const fresh = new Int32Array(granules + 1)
      fresh.set(old)
      return fresh
    }
    this.#length = bigger(this.#length)
    this.#next = bigger(this.#next)
    this.#previous = bigger(this.#previous)
    this.#end = granules
  }
}

// Bins: four per doubling of the length.
function binOf(granules: number): number {
  if (granules < 4) return granules
  const log = 31 - Math.clz32(granules)
  return log * 4 + ((granules >> (log - 2)) & 3) - 4
}
