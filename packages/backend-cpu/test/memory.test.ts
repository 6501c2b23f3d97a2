// The memory of the CPU backend: blocks, reuse, growth, and the return of what was dropped.
import { describe, expect, test } from '@jest/globals'
import { OutOfMemoryError, dtypes, input, mapKernel } from '@tt/tensor'
import { createCpuBackend } from '../src/cpu-backend.ts'
import { Allocator } from '../src/memory/allocator.ts'
import { Buffers } from '../src/memory/buffers.ts'
import type { CpuBuffer } from '../src/memory/buffers.ts'
import { Heap } from '../src/memory/heap.ts'
import { platform } from '../src/platform/node.ts'
import { below, difference, memoryOf, operand, reference } from './operands.ts'

const mib = 2 ** 20

describe('the allocator', () => {
  test('blocks are aligned, disjoint and reused', () => {
    const heap = new Heap(256 * mib, mib)
    const allocator = new Allocator(heap, 5000)
    const live = new Map<number, number>()
    let requested = 0
    for (let i = 0; i < 1500; i++) {
      if (live.size > 150 || (live.size > 0 && below(3) === 0)) {
        const [address, bytes] = [...live][below(live.size)]
        allocator.free(address, bytes)
        live.delete(address)
        continue
      }
      const bytes = 1 + below([100, 1000, 9000, 100_000, 600_000][below(5)])
      const address = allocator.allocate(bytes)
      requested += bytes
      expect(address % 64).toBe(0)
      expect(address).toBeGreaterThanOrEqual(5000)
      expect(address + bytes).toBeLessThanOrEqual(heap.size)
      const overlaps = [...live].some(([other, size]) => address < other + size && other < address + bytes)
      expect(overlaps).toBe(false)
      live.set(address, bytes)
    }
    expect(heap.size).toBeLessThan(requested)
    for (const [address, bytes] of live) allocator.free(address, bytes)
    expect(allocator.used).toBe(0)
    // everything has melted together again, but for a slab of each small size that was used
    const most = heap.size - 4 * mib
    expect(allocator.allocate(most)).toBeGreaterThan(0)
  })

  test('small blocks do not keep the memory of others', () => {
    const heap = new Heap(64 * mib, mib)
    const allocator = new Allocator(heap, 4096)
    const fill = (bytes: number): void => {
      const addresses = Array.from({ length: Math.floor((32 * mib) / bytes) }, () =>
        allocator.allocate(bytes),
      )
      for (const address of addresses) allocator.free(address, bytes)
    }
    for (const bytes of [64, 300, 4096, 8192, 70_000, mib, 64]) fill(bytes)
    expect(heap.size).toBeLessThan(52 * mib)
  })
})

describe('buffers', () => {
  test('written bytes are read back as a copy', () => {
    const cpu = createCpuBackend()
    const buffer = cpu.allocate(100)
    cpu.write(buffer, 3, new Uint8Array([1, 2, 3]))
    const bytes = cpu.read(buffer, 3, 3)
    cpu.write(buffer, 3, new Uint8Array([9]))
    expect([...bytes]).toEqual([1, 2, 3])
    expect(bytes.buffer).toBeInstanceOf(ArrayBuffer)
    expect(bytes.byteLength).toBe(bytes.buffer.byteLength)
  })

  test('freed blocks are counted off and used again', () => {
    const cpu = createCpuBackend()
    const before = cpu.memoryStats().allocatedBytes
    for (const bytes of [4, 300, 5000, mib]) {
      const buffers = Array.from({ length: 64 }, () => cpu.allocate(bytes))
      expect(cpu.memoryStats().allocatedBytes).toBeGreaterThanOrEqual(before + 64 * bytes)
      buffers.forEach((buffer) => cpu.free(buffer))
      expect(cpu.memoryStats().allocatedBytes).toBe(before)
    }
    expect(cpu.memoryStats().heapBytes).toBeLessThan(200 * mib)
  })

  test('dropped buffers are reclaimed in the middle of a synchronous loop', () => {
    const cpu = createCpuBackend({ reclaimBudget: 16 * mib, maxBytes: 256 * mib })
    const kept: CpuBuffer[] = []
    for (let i = 0; i < 600; i++) {
      const buffer = cpu.allocate(mib) as CpuBuffer
      cpu.write(buffer, 0, new Uint8Array([i & 255]))
      if (i % 100 === 0) kept.push(buffer)
    }
    for (let i = 0; i < 50_000; i++) cpu.allocate(4)
    // how often depends on how long collections take: the budget is at most a quarter of the whole
    expect(cpu.memoryStats().reclaims).toBeGreaterThan(5)
    expect(kept.map((buffer) => cpu.read(buffer, 0, 1)[0])).toEqual([0, 100, 200, 44, 144, 244])
  })

  test('small buffers die in groups, and each keeps its own bytes', () => {
    const cpu = createCpuBackend({ reclaimBudget: mib })
    const before = cpu.memoryStats().allocatedBytes
    const kept = Array.from({ length: 40 }, (_, i) => {
      const buffers = Array.from({ length: 25 }, () => cpu.allocate(8))
      cpu.write(buffers[0], 0, new Uint8Array([i]))
      return buffers[0]
    })
    cpu.reclaim()
    expect(cpu.memoryStats().allocatedBytes - before).toBeLessThan(41 * 512)
    expect(kept.map((buffer) => cpu.read(buffer, 0, 1)[0])).toEqual(Array.from({ length: 40 }, (_, i) => i))
  })

  test('memory that cannot be got is an error that says what to do', () => {
    const cpu = createCpuBackend({ maxBytes: 32 * mib })
    const held = cpu.allocate(20 * mib)
    expect(() => cpu.allocate(20 * mib)).toThrow(OutOfMemoryError)
    expect(() => cpu.allocate(20 * mib)).toThrow(/must hold 20\.0 MB more, got 2\d\.\d MB in use of 32\.0 MB/)
    cpu.free(held)
    expect(cpu.allocate(20 * mib)).toBeDefined()
  })

  test('options out of range are refused', () => {
    expect(() => createCpuBackend({ maxBytes: 5 })).toThrow('maxBytes must be from 1 MiB to 4 GiB, got 5')
    expect(() => createCpuBackend({ simd: 'avx' as never })).toThrow(
      "simd must be 'simd', 'relaxed-simd' or 'auto', got 'avx'",
    )
    expect(() => createCpuBackend({ reclaimBudget: 0 })).toThrow(
      'reclaimBudget must be at least 64 KiB, got 0',
    )
  })
})

describe('without shared memory and forced collections, as in browsers', () => {
  /** A backend made as on a page that is not isolated. */
  function unshared(): ReturnType<typeof createCpuBackend> {
    const world = globalThis as { crossOriginIsolated?: boolean }
    const before = world.crossOriginIsolated
    world.crossOriginIsolated = false
    try {
      return createCpuBackend()
    } finally {
      if (before === undefined) delete world.crossOriginIsolated
      else world.crossOriginIsolated = before
    }
  }

  test('kernels keep working while the memory grows and moves', () => {
    const backends = [unshared(), reference]
    const kernel = mapKernel('test', [dtypes.float32], 0, 'f32', [
      { expr: input(0).exp().mul(2), dtype: dtypes.float32 },
    ])
    for (const shape of [[7], [300, 1000], [5, 9], [3000, 1000]]) {
      const x = operand(backends.slice(0, 1), 'float32', shape, 'dense', (_, i) => (i % 64) / 64)
      const y = operand(backends.slice(0, 1), 'float32', shape, 'transposed', () => 0)
      backends[0].kernels.map(kernel, x.on, [], y.on)
      const values = memoryOf(backends[0], y.on[0], y.elements)
      const stride = y.on[0].strides[0]
      expect(values[stride * (shape.length === 1 ? 3 : 0)]).toBeCloseTo(
        2 * Math.exp(shape.length === 1 ? 3 / 64 : 0),
        5,
      )
    }
    const product = operand(backends, 'float32', [1, 3, 3])
    const factors = [
      operand(backends, 'float32', [1, 3, 5], 'transposed'),
      operand(backends, 'float32', [1, 5, 3]),
    ]
    backends.forEach((backend, i) =>
      backend.kernels.matmul(factors[0].on[i], factors[1].on[i], null, product.on[i]),
    )
    expect(difference(backends, product, 1e-5)).toBeNull()
  })

  test('dropped buffers come back after a task', async () => {
    const buffers = new Buffers(new Heap(64 * mib, mib), 4096, null, 16 * mib)
    const held = buffers.allocate(mib)
    for (let i = 0; i < 20; i++) buffers.allocate(mib)
    buffers.free(buffers.allocate(2 * mib))
    expect(buffers.reclaim()).toBe(false)
    for (let i = 0; i < 50 && buffers.stats.allocatedBytes > 2 * mib; i++) {
      platform.collector!.collect()
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    expect(buffers.stats.allocatedBytes).toBe(mib)
    buffers.free(held)
    expect(buffers.stats.allocatedBytes).toBe(0)
  })

  test('where no collection can be forced, waiting as reads do is enough', async () => {
    const buffers = new Buffers(new Heap(4096 * mib, mib), 4096, null, 32 * mib)
    let most = 0
    for (let i = 0; i < 4096; i++) {
      buffers.allocate(mib)
      most = Math.max(most, buffers.stats.allocatedBytes)
      if (i % 8 === 0) await buffers.relieve()
    }
    expect(most).toBeLessThan(2048 * mib)
    // and it waits only when there is a reason
    await buffers.relieve()
    let waited = false
    setTimeout(() => (waited = true))
    await buffers.relieve()
    expect(waited).toBe(false)
  })
})
