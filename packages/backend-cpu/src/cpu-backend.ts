// The CPU backend: one WebAssembly memory, kernels generated from expressions, algorithms in AssemblyScript.
import { ArgumentError } from '@tt/tensor'
import type { Backend, Operand } from '@tt/tensor'
import { platform } from '#platform'
import { compileAssembly, instantiateAssembly, supportsRelaxedSimd } from './assembly/index.ts'
import { ConstantPool } from './codegen/constants.ts'
import { createArgReduce } from './kernels/arg-reduce.ts'
import { createConvolution } from './kernels/convolution.ts'
import { createHostKernels } from './kernels/host-kernels.ts'
import { createFourier } from './kernels/fourier.ts'
import { createIndexing } from './kernels/indexing.ts'
import { createFusedLines, createLines } from './kernels/lines.ts'
import { createMap } from './kernels/map.ts'
import { createMatmul } from './kernels/matmul.ts'
import { createPools } from './kernels/pool.ts'
import { createReduce } from './kernels/reduce.ts'
import { Runtime, addressOf } from './kernels/runtime.ts'
import { Temporaries } from './kernels/temporaries.ts'
import { Buffers } from './memory/buffers.ts'
import type { CpuBuffer, MemoryStats } from './memory/buffers.ts'
import { Heap } from './memory/heap.ts'
import { maxThreads } from './threads/control.ts'
import { Threads } from './threads/threads.ts'
import type { ThreadStats } from './threads/threads.ts'

export type { MemoryStats } from './memory/buffers.ts'
export type { ThreadStats } from './threads/threads.ts'

/** Options of a CPU backend. */
export interface CpuBackendOptions {
  /** Most bytes that the memory may grow to; 4 GiB by default, which is also the most that WebAssembly has. */
  maxBytes?: number
  /** Instruction set: relaxed SIMD has fused multiply-add, 'auto' takes it where the engine has it. */
  simd?: 'simd' | 'relaxed-simd' | 'auto'
  /**
   * Bytes of new tensors after which dropped ones are looked for; 128 MiB by default. In Node that is done at once;
   * elsewhere the engine is made to collect, and the memory is back after the next task, for which async reads wait.
   */
  reclaimBudget?: number
  /**
   * Threads that large kernels are divided between, the calling one included: 1 to 32. By default as many as the machine
   * has cores, up to 8; 1 where memory cannot be shared, and there more than 1 throws.
   */
  threads?: number
  /** Least work of one thread, in microseconds as estimated; 20 by default. 0 divides all that can be (for tests). */
  grain?: number
}

/** The backend of device 'cpu'. */
export interface CpuBackend extends Backend {
  /** How many threads there are, and what they have done. */
  threadStats(): ThreadStats
  /** Bytes in use and in reserve. */
  memoryStats(): MemoryStats
  /**
   * The memory in which all tensors of this backend lie, for kernels of your own. It grows, and its `buffer` is then
   * another object: make views of it anew for each call.
   */
  readonly memory: WebAssembly.Memory
  /**
   * The byte address in `memory` of the first element of an operand. It does not change while something holds on to the
   * operand; an allocation may take back what nothing holds, so a kernel asks for addresses after its last one.
   */
  addressOf(operand: Operand): number
  /** Looks for dropped tensors now and takes their memory back; false where that cannot be forced. */
  reclaim(): boolean
}

/**
 * A CPU backend with a memory of its own. Importing the package registers one with the default options.
 *
 * @param options limits and instruction set
 * @throws ArgumentError if an option is out of range, or the engine lacks the instruction set
 * @example
 * registerBackend(createCpuBackend({ maxBytes: 2 ** 30 }))
 */
export function createCpuBackend(options: CpuBackendOptions = {}): CpuBackend {
  const { maxBytes = 2 ** 32, simd = 'auto', reclaimBudget = 128 * 2 ** 20, grain = defaultGrain } = options
  checkOptions(maxBytes, simd, reclaimBudget)
  const heap = new Heap(maxBytes)
  const threadCount = options.threads ?? (heap.shared ? platform.threads : 1)
  checkThreads(threadCount, grain, heap.shared)
  const buffers = new Buffers(heap, 4096, platform.collector, reclaimBudget)
  const build = simd === 'simd' || !supportsRelaxedSimd() ? 'simd' : 'relaxed-simd'
  const constants = new ConstantPool(
    (bytes) => buffers.permanent(bytes),
    (address, bytes) => heap.u8.set(bytes, address),
  )
  const modules = compileAssembly(heap.shared, build)
  const assembly = instantiateAssembly(heap.memory, modules)
  const threads = new Threads(heap, buffers, modules, assembly.exports, platform, {
    count: threadCount,
    grain,
  })
  const target = { constants, relaxed: build === 'relaxed-simd', shared: heap.shared }
  const runtime = new Runtime(heap, buffers, target, threads)
  const map = createMap(runtime)
  const temporaries = (): Temporaries => new Temporaries(runtime, map)

  const held = <Kernels extends object>(kernels: Kernels): Kernels =>
    Object.fromEntries(
      Object.entries(kernels).map(([name, kernel]) => [name, runtime.holding(kernel)]),
    ) as Kernels

  const read = (buffer: object, byteOffset: number, byteLength: number): Uint8Array => {
    const start = (buffer as CpuBuffer).ptr + byteOffset
    return new Uint8Array(heap.u8.subarray(start, start + byteLength)) // a copy, never shared
  }

  return {
    device: 'cpu',
    canBlock: true,
    threadStats: () => threads.stats,
    supports: () => true,
    allocate: (bytes) => buffers.allocate(bytes),
    free: (buffer) => buffers.free(buffer as CpuBuffer),
    write: (buffer, byteOffset, bytes) => heap.u8.set(bytes, (buffer as CpuBuffer).ptr + byteOffset),
    read,
    async readAsync(...args) {
      const bytes = read(...args)
      await buffers.relieve()
      return bytes
    },
    memoryStats: () => buffers.stats,
    memory: heap.memory,
    addressOf,
    reclaim: () => buffers.reclaim(),
    kernels: {
      map,
      reduce: createReduce(runtime, map),
      ...held({
        argReduce: createArgReduce(temporaries),
        matmul: createMatmul(assembly, threads, temporaries),
        ...createConvolution(assembly, threads, map, temporaries),
        ...createIndexing(assembly, temporaries),
        ...createLines(assembly, threads, temporaries),
      }),
    },
    fused: held({
      ...createFourier(assembly, threads, temporaries),
      ...createFusedLines(assembly, threads, temporaries),
      ...createPools(assembly, threads, temporaries),
      ...createHostKernels(assembly, temporaries),
    }),
  }
}

/** Microseconds: twice to four times what it takes to wake a thread. */
const defaultGrain = 20

function checkThreads(threads: number, grain: number, shared: boolean): void {
  if (!(Number.isInteger(threads) && threads >= 1 && threads <= maxThreads)) {
    throw new ArgumentError(
      'createCpuBackend',
      `threads must be a whole number from 1 to ${maxThreads}, got ${threads}`,
    )
  }
  if (threads > 1 && !shared) {
    throw new ArgumentError(
      'createCpuBackend',
      `threads must be 1 where memory cannot be shared, got ${threads}. Serve the page with the headers ` +
        'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, or leave it out',
    )
  }
  if (!(grain >= 0)) throw new ArgumentError('createCpuBackend', `grain must be 0 or more, got ${grain}`)
}

function checkOptions(maxBytes: number, simd: string, reclaimBudget: number): void {
  if (!(maxBytes >= 2 ** 20 && maxBytes <= 2 ** 32)) {
    throw new ArgumentError('createCpuBackend', `maxBytes must be from 1 MiB to 4 GiB, got ${maxBytes}`)
  }
  if (!['simd', 'relaxed-simd', 'auto'].includes(simd)) {
    throw new ArgumentError(
      'createCpuBackend',
      `simd must be 'simd', 'relaxed-simd' or 'auto', got '${simd}'`,
    )
  }
  if (simd === 'relaxed-simd' && !supportsRelaxedSimd()) {
    throw new ArgumentError(
      'createCpuBackend',
      "simd must be one that the engine has, got 'relaxed-simd'. Use 'auto'",
    )
  }
  if (!(reclaimBudget >= 2 ** 16)) {
    throw new ArgumentError('createCpuBackend', `reclaimBudget must be at least 64 KiB, got ${reclaimBudget}`)
  }
}
