// The device itself: reads, batches, memory, errors, loss, interop.
import { describe, expect, test } from '@jest/globals'
import { DeviceLostError, Runtime, fromBuffer, init, synchronize, tensorToBuffer } from '@tt/backend-webgpu'
import { DeviceError, OutOfMemoryError, dtypes, empty, ones, tensor, zeros } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { WebGpuBuffer } from '../src/device/handle.ts'
import { backend, other } from './gpu.ts'

const gpu = { device: 'webgpu' }
const values = async (x: { toTypedArrayAsync(): Promise<ArrayLike<number | bigint>> }): Promise<number[]> =>
  Array.from(await x.toTypedArrayAsync(), Number)

describe('reads', () => {
  test('synchronous ones name the async one', () => {
    expect(() => ones([2], gpu).tolist()).toThrow(
      "device 'webgpu' cannot be read synchronously. Use: await tensor.toTypedArrayAsync()",
    )
  })
  test('see all that was recorded before, and nothing after', async () => {
    const x = zeros([100], gpu)
    for (let i = 0; i < 50; i++) x.add_(1)
    const reading = values(x)
    x.add_(1)
    expect((await reading)[99]).toBe(50)
    expect((await values(x))[0]).toBe(51)
  })
  test('a host array may change after it was given', async () => {
    const data = new Float32Array([1, 2, 3])
    const x = tensor(data, gpu)
    data[0] = 9
    expect(await values(x)).toEqual([1, 2, 3])
  })
  test('of shared memory', async () => {
    const data = new Float32Array(new SharedArrayBuffer(16))
    data.set([1, 2, 3, 4])
    expect(await values(tensor(data, gpu).add(1))).toEqual([2, 3, 4, 5])
  })
  test('of nothing', async () => {
    expect(await values(empty([0, 3], gpu).add(1))).toEqual([])
    expect(await values(empty([0, 3], gpu).sum([0]))).toEqual([0, 0, 0])
  })
})

describe('batches', () => {
  test('many kernels make few submissions', async () => {
    await synchronize()
    const { submits } = backend.runtime.counts
    const x = zeros([4], gpu)
    for (let i = 0; i < 500; i++) x.add_(1)
    await synchronize()
    const most = backend.runtime.barrierFree ? 2 : 500 / 16 + 2 // GPUs begin early
    expect(backend.runtime.counts.submits - submits).toBeLessThanOrEqual(most)
    expect((await values(x))[0]).toBe(500)
  })
  test('more than a batch holds', async () => {
    const x = zeros([4], gpu)
    for (let i = 0; i < 3000; i++) x.add_(1)
    expect((await values(x))[3]).toBe(3000)
  })
  test('are submitted at the end of the macrotask', async () => {
    const { submits } = backend.runtime.counts
    ones([4], gpu).add(1)
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(backend.runtime.counts.submits).toBe(submits + 1)
  })
  test('a reused block does not disturb commands that were recorded before', async () => {
    const results = []
    for (let i = 0; i < 20; i++) {
      const x = tensor([i, i, i, i], gpu)
      results.push(x.mul(2))
      x.dispose()
    }
    for (let i = 0; i < 20; i++) expect((await values(results[i]))[0]).toBe(2 * i)
  })
})

describe('on GPUs', () => {
  const options = { device: other.runtime.barrierFree ? 'webgpu' : 'webgpu:other' }
  const { runtime } = other.runtime.barrierFree ? backend : other

  test('kernels are submitted while others are recorded', async () => {
    await synchronize(options.device)
    const { submits } = runtime.counts
    const x = zeros([4], options)
    const began = performance.now()
    for (let i = 0; i < 10000 && (i < 100 || performance.now() - began < 5); i++) x.add_(1)
    expect(runtime.counts.submits).toBeGreaterThan(submits)
    const y = zeros([4], options)
    for (let i = 0; i < 3000; i++) y.add_(1)
    expect((await values(y))[3]).toBe(3000)
  })
  test('what is written arrives, however much it is', async () => {
    const data = Float32Array.from({ length: 2 ** 18 * 2 + 5 }, (_, i) => i)
    const x = tensor(data, options)
    expect(await x.toTypedArrayAsync()).toEqual(data)
    x.narrow(0, 3, 2 ** 18 + 1).copy_(tensor(data.subarray(0, 2 ** 18 + 1), options))
    expect((await values(x)).slice(2 ** 18, 2 ** 18 + 6)).toEqual(
      [-3, -2, -1, 0, 4, 5].map((d) => 2 ** 18 + d),
    )
  })
})

describe('merged dispatches', () => {
  const dispatchesOf = async (work: () => void): Promise<number> => {
    await synchronize()
    const { dispatches } = backend.runtime.counts
    work()
    await synchronize()
    return backend.runtime.counts.dispatches - dispatches
  }
  test('small kernels of one kind that are independent of each other are one', async () => {
    const xs = [1, 5, 300, 2].map((n) => ones([n], gpu))
    expect(await dispatchesOf(() => xs.forEach((x, i) => x.mul_(i + 1)))).toBe(1)
    for (const [i, x] of xs.entries())
      expect(await values(x)).toEqual(Array.from({ length: x.numel() }, () => i + 1))
  })
  test('more than one dispatch takes', async () => {
    const xs = Array.from({ length: 150 }, (_, i) => tensor([i, -i], gpu))
    let ys: Tensor[] = []
    expect(await dispatchesOf(() => (ys = xs.map((x) => x.mul(2))))).toBeLessThan(5)
    for (const [i, y] of ys.entries()) expect(await values(y)).toEqual([2 * i, -2 * i])
  })
  test('what reads or overwrites a result comes after it', async () => {
    const [a, b] = [ones([3], gpu), ones([3], gpu)]
    const steps = (): void => {
      for (let i = 0; i < 4; i++) {
        a.add_(b) // reads what the next one writes
        b.add_(a)
      }
    }
    expect(await dispatchesOf(steps)).toBe(8)
    expect([(await values(a))[0], (await values(b))[2]]).toEqual([34, 55])
  })
})

describe('memory', () => {
  test('small tensors lie beside each other in one buffer, large ones in their own', () => {
    const [a, b, large] = [[3], [4], [2 ** 20]].map((shape) => tensorToBuffer(ones(shape, gpu)))
    expect(a.buffer).toBe(b.buffer)
    expect(Math.abs(a.offset - b.offset)).toBeGreaterThanOrEqual(256)
    expect(large.buffer).not.toBe(a.buffer)
  })
  test('an update that accumulates reads its operands out of the same buffer', async () => {
    const x = zeros([4], gpu)
    x.indexAdd_(0, tensor([0n, 2n, 2n], gpu), tensor([1, 2, 3], gpu))
    expect(await values(x)).toEqual([1, 0, 5, 0])
  })
  test('dispose gives blocks back, and they are used again', async () => {
    const { memory } = backend.runtime
    const loop = (): void => {
      for (let i = 0; i < 200; i++) {
        const x = ones([1000], gpu)
        x.add(1).dispose()
        x.dispose()
      }
    }
    loop()
    const before = memory.stats.buffers
    loop()
    await synchronize()
    expect(memory.stats.buffers).toBe(before)
  })
  test('a loop that drops its tensors stays within the budget', async () => {
    const { memory } = backend.runtime
    const x = ones([256 * 1024], gpu) // 1 MiB
    for (let i = 0; i < 450; i++) x.add(1)
    await synchronize()
    expect(memory.stats.usedBytes).toBeLessThan(400 * 2 ** 20)
  }, 60_000)
  test('where no collection can be forced, dropped blocks come back while something is awaited', async () => {
    const { device, barrierFree } = backend.runtime
    const limits = { memoryLimit: Infinity, poolLimit: 2 ** 30, subgroupNumbers: false, matrixShapes: [] }
    const { memory } = new Runtime(device, { name: 'webgpu:web', collector: null, barrierFree, ...limits })
    for (let i = 0; i < 24; i++) {
      memory.blockOf(new WebGpuBuffer(2 ** 25), dtypes.float32) // 768 MiB in all
      await new Promise((resolve) => setTimeout(resolve))
    }
    // the engine takes its time (seconds, beside a large heap of its own), and is asked again as the program goes on
    for (let wait = 0; wait < 200 && memory.stats.usedBytes > 600 * 2 ** 20; wait++) {
      memory.blockOf(new WebGpuBuffer(2 ** 25), dtypes.float32)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(memory.stats.usedBytes).toBeLessThan(600 * 2 ** 20)
    memory.flushPool()
  }, 60_000)
  test('a limit is an error after the pool was flushed, and work goes on', async () => {
    const small = await init({ name: 'webgpu:small', memoryLimit: 2 ** 20 })
    const options = { device: 'webgpu:small' }
    const a = ones([100_000], options)
    ones([50_000], options).dispose()
    const b = ones([120_000], options) // fits only without the pooled block
    expect(small.runtime.memory.stats.pooledBytes).toBe(0)
    expect(() => a.add(1)).toThrow(OutOfMemoryError)
    expect(await values(b.narrow(0, 0, 2))).toEqual([1, 1])
  })
  // SwiftShader refuses 1 GiB at once; other drivers give memory that they may not have.
  test('a refusal of the driver is an error at the op, after the pool was flushed, and work goes on', async () => {
    if (backend.runtime.device.adapterInfo.architecture !== 'swiftshader') return
    expect(() => ones([2 ** 28], gpu)).toThrow(OutOfMemoryError)
    expect(backend.runtime.memory.stats.pooledBytes).toBe(0)
    expect(await values(ones([3], gpu).add(1))).toEqual([2, 2, 2])
  })
  test('what no buffer can hold is refused by size', () => {
    expect(() => empty([2 ** 30, 4], gpu).fill_(1)).toThrow(/must fit one buffer of/)
  })
})

describe('errors', () => {
  test('tensors of two devices: both are named', () => {
    expect(() => ones([2], gpu).add(ones([2], { device: 'webgpu:other' }))).toThrow(
      'all tensors must be on one device, got webgpu and webgpu:other',
    )
  })
  test('a refused command surfaces at the next op', async () => {
    backend.runtime.device.createBuffer({ size: 16, usage: 1 | 2 })
    await Promise.resolve()
    expect(() => ones([2], gpu)).toThrow(DeviceError)
    expect(await values(ones([2], gpu))).toEqual([1, 1])
  })
})

describe('loss', () => {
  test('ops and pending reads throw, and a new device works', async () => {
    const lost = await init({ name: 'webgpu:lost' })
    const options = { device: 'webgpu:lost' }
    const x = ones([1000], options)
    const pending = x.add(1).toTypedArrayAsync()
    lost.runtime.device.destroy()
    await expect(pending).rejects.toThrow(DeviceLostError)
    expect(() => x.add(1)).toThrow(DeviceLostError)
    expect(() => ones([2], options)).toThrow(
      "device 'webgpu:lost' must be alive, got one that was lost (destroyed",
    )
    await expect(x.toTypedArrayAsync()).rejects.toThrow(DeviceLostError)
    await init({ name: 'webgpu:lost' })
    expect(await values(ones([2], options))).toEqual([1, 1])
    expect(() => x.add(1)).toThrow(DeviceLostError)
  })
})

describe('interop', () => {
  test('a tensor over a GPUBuffer, both ways', async () => {
    const { device } = backend.runtime
    const buffer = device.createBuffer({ size: 64, usage: 0x80 | 0x04 | 0x08 })
    device.queue.writeBuffer(buffer, 0, new Float32Array([1, 2, 3, 4, 5, 6]))
    const x = fromBuffer('webgpu', buffer, [2, 3])
    expect(await values(x.t().contiguous())).toEqual([1, 4, 2, 5, 3, 6])
    x.mul_(10)
    expect(await values(fromBuffer('webgpu', buffer, [2]))).toEqual([10, 20])
    expect(tensorToBuffer(x.at(1))).toEqual({ buffer, offset: 12, size: 12 })
  })
  test('what does not fit is refused', () => {
    const buffer = backend.runtime.device.createBuffer({ size: 64, usage: 0x80 | 0x04 })
    expect(() => fromBuffer('webgpu', buffer, [17])).toThrow(
      'the buffer must hold 17 elements of 4 bytes, got 64 bytes',
    )
    expect(() => fromBuffer('webgpu', buffer, [1], 'float64')).toThrow(
      "device 'webgpu' does not store float64",
    )
    expect(() => tensorToBuffer(ones([2, 3], gpu).t())).toThrow('the tensor must be contiguous')
  })
  test("the app's own device", async () => {
    const own = await init({ device: backend.runtime.device, name: 'webgpu:own' })
    expect(own.runtime.device).toBe(backend.runtime.device)
    expect(await values(ones([3], { device: 'webgpu:own' }).add(1))).toEqual([2, 2, 2])
  })
})
