// What is held between collections: the pool of free blocks, and how much may be taken before the next collection.
import { describe, expect, test } from '@jest/globals'
import { OutOfMemoryError, dtypes } from '@tt/tensor'
import { Block, BoundBuffer } from '../src/device/block.ts'
import { Budget, leastBudget } from '../src/device/budget.ts'
import { WebGpuBuffer } from '../src/device/handle.ts'
import { Memory } from '../src/device/memory.ts'
import { Pool } from '../src/device/pool.ts'
import { sizeClass, sizeWithin } from '../src/device/sizes.ts'
import { backend } from './gpu.ts'

const MB = 2 ** 20
const block = (id: number, bytes: number): Block =>
  new Block(new BoundBuffer(id, {} as GPUBuffer), 0, bytes, 'pool')

describe('the pool', () => {
  test('gives of a size what was made first, in whatever order it came back', () => {
    const pool = new Pool()
    for (const id of [3, 1, 4, 2]) pool.put(block(id, 512))
    pool.put(block(0, 1024))
    expect(pool.bytes).toBe(4 * 512 + 1024)
    expect([1, 2, 3, 4].map(() => pool.take(512)!.buffer.id)).toEqual([1, 2, 3, 4])
    expect(pool.take(512)).toBeUndefined()
    expect(pool.bytes).toBe(1024)
  })
  test('gives a larger block only up to the size that is asked for', () => {
    const pool = new Pool()
    pool.put(block(0, 6 * MB))
    expect(pool.take(4 * MB, 5 * MB)).toBeUndefined()
    expect(pool.take(5 * MB, 6.25 * MB)!.bytes).toBe(6 * MB)
    expect(pool.bytes).toBe(0)
  })
  test('lets go first of what was unused for longest', () => {
    const pool = new Pool()
    const blocks = [5, 3, 9].map((released, id) => Object.assign(block(id, MB), { released }))
    for (const b of blocks) pool.put(b)
    expect(pool.drain(MB + 1)).toEqual([blocks[1], blocks[0]])
    expect(pool.bytes).toBe(MB)
    expect(pool.drain()).toEqual([blocks[2]])
    expect(pool.take(MB)).toBeUndefined()
  })
})

describe('the buffer of small tensors', () => {
  const small = (memory: Memory, bytes: number): Block => {
    const handle = new WebGpuBuffer(bytes, true)
    return memory.blockOf(handle, dtypes.float32)
  }
  test('has room for the smallest after the largest have filled it', () => {
    const { memory } = counted()
    const filling = Array.from({ length: 256 }, () => {
      const handle = new WebGpuBuffer(256 * 1024, true)
      memory.blockOf(handle, dtypes.float32)
      return handle
    })
    const { buffers } = memory.stats
    const [first] = filling.map(({ block }) => block!)
    Object.assign(first, { released: 3, readIn: 4, writtenIn: 5 })
    memory.free(filling.shift()!)
    const parts = [1000, 100, 5000, 70_000, 256, 1300].map((bytes) => small(memory, bytes))
    expect(memory.stats.buffers).toBe(buffers)
    const places = parts.map(({ base, bytes }) => [base, base + bytes]).sort((a, b) => a[0] - b[0])
    places.forEach(([begin, end], i) => {
      expect(begin).toBeGreaterThanOrEqual(i === 0 ? first.base : places[i - 1][1])
      expect(end).toBeLessThanOrEqual(first.base + first.bytes)
    })
    // what was recorded with the whole counts for each part
    for (const { readIn, writtenIn } of parts) expect([readIn, writtenIn]).toEqual([4, 5])
    expect(filling.length).toBe(255)
  })
  test.each([256, 512, 768, 1280, 4096, 5000, 5120, 65_536, 70_000])('sizes within %i bytes', (bytes) => {
    const size = sizeWithin(bytes)
    expect(size).toBeLessThanOrEqual(bytes)
    expect(sizeClass(size)).toBe(size)
    expect(sizeClass(size + 1)).toBeGreaterThan(bytes)
  })
})

describe('the budget', () => {
  test('grows while collections take much of the time, and shrinks when they do not', () => {
    const budget = new Budget(2048 * MB)
    for (const wanted of [512, 1024, 2048, 2048]) {
      budget.collected(15, 20, 0)
      expect(budget.bytes).toBe(wanted * MB)
    }
    budget.collected(15, 500, 0)
    expect(budget.bytes).toBe(2048 * MB)
    for (let i = 0; i < 5; i++) budget.collected(15, 5000, 0)
    expect(budget.bytes).toBe(leastBudget)
  })
  test('is what was in use at most, where that is more, for a while', () => {
    const budget = new Budget(2048 * MB)
    budget.collected(1, 1000, 3000 * MB)
    expect(budget.bytes).toBe(3000 * MB)
    budget.collected(1, 1000, 1000 * MB)
    expect(budget.bytes).toBe(0.98 * 3000 * MB)
    for (let i = 0; i < 100; i++) budget.collected(1, 1000, 1000 * MB)
    expect(budget.bytes).toBe(1000 * MB)
  })
  test('stays below what the driver refused', () => {
    const budget = new Budget(2048 * MB)
    budget.refused(4000 * MB)
    expect(budget.bytes).toBe(leastBudget)
    budget.collected(1, 1000, 3000 * MB)
    expect(budget.bytes).toBe(600 * MB)
    budget.collected(1, 1000, 3900 * MB)
    expect(budget.bytes).toBe(leastBudget)
  })
  test('is fixed on drivers that take the memory of the program', () => {
    const budget = new Budget(0)
    budget.collected(15, 20, 3000 * MB)
    expect(budget.bytes).toBe(leastBudget)
  })
})

/** Memory of a device that only counts, and refuses what goes beyond `capacity` bytes. */
function counted({ capacity = Infinity, poolLimit = Infinity, mostGarbage = 1024 * MB } = {}): {
  memory: Memory
  held: () => number
} {
  let held = 0
  let refusal: Error | null = null
  const device = {
    createBuffer({ size }: { size: number }) {
      const refused = held + size > capacity
      if (refused) refusal = new OutOfMemoryError('allocate', 'the test refuses')
      else held += size
      return { size, destroy: () => void (held -= refused ? 0 : size) }
    },
    queue: { submit() {} },
  } as unknown as GPUDevice
  const { collector, name } = backend.runtime
  const sizes = {
    halves: false,
    largest: 1024 * MB,
    limit: Infinity,
    poolLimit,
    mostGarbage,
    mostWritten: Infinity,
  }
  const memory = new Memory({
    ...{ device, name, collector, ...sizes, batch: 0 },
    flush() {},
    takeOutOfMemory() {
      const error = refusal
      refusal = null
      return error
    },
  })
  return { memory, held: () => held }
}
const make = (memory: Memory, megabytes: number): WebGpuBuffer => {
  const handle = new WebGpuBuffer(megabytes * MB)
  memory.blockOf(handle, dtypes.float32)
  return handle
}

describe('a program', () => {
  test('that drops its results holds a bounded number of buffers, and collects more rarely in time', () => {
    const { memory, held } = counted()
    const drop = (): number => {
      const { reclaims } = memory.stats
      for (let i = 0; i < 1000; i++) make(memory, 8)
      return memory.stats.reclaims - reclaims
    }
    drop()
    const { buffers } = memory.stats
    expect(held()).toBeLessThan(1100 * MB)
    expect(drop()).toBeLessThan(10) // 8000 MB; 31 with the first budget
    expect(memory.stats.buffers).toBe(buffers)
  })
  test('that disposes its results never collects', () => {
    const { memory, held } = counted()
    for (let i = 0; i < 1000; i++) memory.free(make(memory, 8))
    expect(memory.stats.reclaims).toBe(0)
    expect(held()).toBe(8 * MB)
  })
  test('of many sizes in turn holds little more than was in use at once', () => {
    const { memory, held } = counted()
    for (let i = 0; i < 400; i++) {
      const handle = make(memory, 64 + (i % 100))
      expect(handle.block!.bytes).toBeLessThanOrEqual(1.25 * 1.25 * handle.bytes)
      memory.free(handle)
    }
    expect(held()).toBeLessThan(1.25 * 176 * MB + 256 * MB)
  })
  test('keeps a pool of the size that was asked for', () => {
    const { memory, held } = counted({ poolLimit: 16 * MB })
    const handles = [8, 8, 8, 8].map((size) => make(memory, size))
    for (const handle of handles) memory.free(handle)
    expect([held(), memory.stats.pooledBytes]).toEqual([16 * MB, 16 * MB])
  })
  test('goes on with its garbage where the driver has no more memory, and fails where there is none', () => {
    const { memory, held } = counted({ capacity: 500 * MB, mostGarbage: 4096 * MB })
    const kept = [make(memory, 64), make(memory, 64)]
    for (let i = 0; i < 100; i++) make(memory, 32)
    expect(held()).toBeLessThanOrEqual(500 * MB)
    for (let i = 0; i < 5; i++) kept.push(make(memory, 64)) // what is free must go for them
    expect(() => kept.push(make(memory, 64))).toThrow(OutOfMemoryError)
    memory.free(kept.pop()!)
    expect(make(memory, 64).block!.bytes).toBe(64 * MB)
    expect(kept.map(({ block }) => block!.trusted)).toEqual(kept.map(() => true))
  })
})
