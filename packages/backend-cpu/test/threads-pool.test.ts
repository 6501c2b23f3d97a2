// The worker pool: workers come, fail, leave, return and end as they should.
import { resolveObjectURL } from 'node:buffer'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Worker as NodeWorker } from 'node:worker_threads'
import { describe, expect, test } from '@jest/globals'
import { compileAssembly, instantiateAssembly } from '../src/assembly/index.ts'
import type { AssemblyKernels } from '../src/assembly/index.ts'
import { Buffers } from '../src/memory/buffers.ts'
import { Heap } from '../src/memory/heap.ts'
import { platform } from '../src/platform/node.ts'
import { platform as webPlatform } from '../src/platform/web.ts'
import { Threads } from '../src/threads/threads.ts'

describe('the pool', () => {
  interface Pool {
    readonly threads: Threads
    readonly heap: Heap
    readonly kernels: AssemblyKernels
    /** softmax of rows of 4096 at `address`, in as many parts as rows. */
    work(rows: number, address: number): void
  }

  function pool(options: { idleMs?: number; count?: number; grain?: number } = {}, workers = platform): Pool {
    const heap = new Heap(2 ** 26)
    const buffers = new Buffers(heap, 4096, null, 2 ** 30)
    const modules = compileAssembly(true)
    const kernels = instantiateAssembly(heap.memory, modules)
    const threads = new Threads(heap, buffers, modules, kernels.exports, workers, {
      count: 2,
      grain: 0,
      ...options,
    })
    const work = (rows: number, address: number): void => {
      const args = Array.from({ length: rows }, (_, row) => [
        1,
        4096,
        address + row * 16384,
        address + row * 16384,
      ])
      threads.run(kernels.softmaxForward.float32, 4, args.flat(), rows)
    }
    return { threads, heap, kernels, work }
  }

  const start = 2 ** 20
  const until = (done: () => boolean, step: () => void): void => {
    for (const end = Date.now() + 10_000; !done() && Date.now() < end;) step()
    expect(done()).toBe(true)
  }

  test('starts with the first divided kernel and stays', () => {
    const { threads, work } = pool({ count: 4 })
    expect(threads.stats).toEqual({ threads: 4, workers: 0, parts: 0, partsByWorkers: 0 })
    until(
      () => threads.stats.workers === 3,
      () => work(4, start),
    )
    const before = threads.stats.partsByWorkers
    until(
      () => threads.stats.partsByWorkers > before + 50,
      () => work(4, start),
    )
    expect(threads.stats.workers).toBe(3)
  })

  test('a trap in a worker is thrown by the call, and the pool goes on', () => {
    const { threads, kernels, heap, work } = pool()
    until(
      () => threads.stats.workers === 1,
      () => work(2, start),
    )
    const softmax = kernels.softmaxForward.float32
    const slow = [512, 4096, start, start] // for the calling thread, which takes the last part first
    const bad = [1, 4096, heap.limit, heap.limit]
    const before = threads.stats.partsByWorkers
    until(
      () => threads.stats.partsByWorkers > before,
      () => {
        expect(() => threads.run(softmax, 4, [bad, bad, bad, slow].flat(), 4)).toThrow(
          WebAssembly.RuntimeError,
        )
      },
    )
    expect(() => threads.run(softmax, 4, [bad, bad, bad, slow].flat(), 4)).toThrow(/out of bounds/)
    heap.f32.fill(3, start / 4, start / 4 + 8 * 4096)
    work(8, start)
    expect(heap.f32.slice(start / 4, start / 4 + 8 * 4096).every((x) => x === 1 / 4096)).toBe(true)
  })

  test('idle workers leave, and come back', async () => {
    const { threads, work } = pool({ idleMs: 30 })
    for (let round = 0; round < 2; round++) {
      until(
        () => threads.stats.workers === 1,
        () => work(2, start),
      )
      for (let i = 0; i < 100 && threads.stats.workers > 0; i++)
        await new Promise((resolve) => setTimeout(resolve, 20))
      expect(threads.stats.workers).toBe(0)
    }
  })

  test('workers that are of no help are left alone for a while', () => {
    let waits = 0
    const slow = {
      ...platform,
      wait: (...args: Parameters<typeof platform.wait>) => {
        waits++
        platform.wait(...args)
        for (const end = performance.now() + 5; performance.now() < end;);
      },
    }
    const { threads, work } = pool({ grain: 1 }, slow)
    until(
      () => threads.stats.workers === 1,
      () => work(2, start),
    )
    waits = 0
    for (const end = performance.now() + 300; performance.now() < end;) work(2, start)
    expect(waits).toBeGreaterThan(3)
    expect(waits).toBeLessThan(25) // 60 if they were asked each time
  })

  test('workers of the web: from a blob, up after a turn of the event loop', async () => {
    const world = globalThis as { Worker?: unknown }
    const shim = `const { parentPort } = require('node:worker_threads')
      globalThis.postMessage = (data) => parentPort.postMessage(data)
      globalThis.close = () => parentPort.close()
      parentPort.on('message', (data) => onmessage({ data }));`
    const started: NodeWorker[] = []
    // what a page has of Worker, on top of a worker thread
    world.Worker = class {
      readonly #worker: Promise<NodeWorker>

      constructor(url: string) {
        this.#worker = resolveObjectURL(url)!
          .text()
          .then((text) => {
            started.push(new NodeWorker(shim + text, { eval: true }))
            return started[started.length - 1]
          })
      }
      addEventListener(event: string, listener: (data: unknown) => void): void {
        void this.#worker.then((worker) => worker.on(event, listener))
      }
      postMessage(data: unknown): void {
        void this.#worker.then((worker) => worker.postMessage(data))
      }
    }
    try {
      const { threads, work, heap } = pool({ idleMs: 50 }, webPlatform)
      work(2, start)
      for (let i = 0; i < 500 && threads.stats.workers === 0; i++)
        await new Promise((resolve) => setTimeout(resolve, 10))
      until(
        () => threads.stats.partsByWorkers > 0,
        () => work(8, start),
      )
      expect(heap.f32.slice(start / 4, start / 4 + 4096).every((x) => x === 1 / 4096)).toBe(true)
      await Promise.all(started.map((worker) => new Promise((resolve) => worker.once('exit', resolve))))
      expect(threads.stats.workers).toBe(0)
    } finally {
      delete world.Worker
    }
  })

  test('without workers, the calling thread does everything', () => {
    const refuse = {
      ...platform,
      start: () => {
        throw new Error('no workers here')
      },
    }
    const fail = { ...platform, start: (_source: string, _data: object, failed: () => void) => failed() }
    for (const workers of [refuse, fail]) {
      const { threads, heap, work } = pool({}, workers)
      for (let repeat = 0; repeat < 3; repeat++) {
        heap.f32.fill(3, start / 4, start / 4 + 8 * 4096)
        work(8, start)
        expect(heap.f32.slice(start / 4, start / 4 + 8 * 4096).every((x) => x === 1 / 4096)).toBe(true)
      }
      expect(threads.stats.partsByWorkers).toBe(0)
    }
  })
})

test('a program with workers ends by itself', () => {
  const program = fileURLToPath(new URL('./threads-program.ts', import.meta.url))
  const { status, stdout, stderr, error } = spawnSync(process.execPath, ['--no-warnings', program], {
    encoding: 'utf8',
    timeout: 20_000,
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  expect({ status, stdout, stderr, error }).toEqual({
    status: 0,
    stdout: 'worker up\n',
    stderr: '',
    error: undefined,
  })
})
