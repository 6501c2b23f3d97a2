// The CPU backend: one WebAssembly memory, kernels generated from expressions, algorithms in AssemblyScript.
import { ArgumentError } from '@tt/tensor'
import type { Backend } from '@tt/tensor'
import { platform } from '#platform'
import { compileAssembly, instantiateAssembly, supportsRelaxedSimd } from './assembly/index.ts'
import { ConstantPool } from './codegen/constants.ts'
import { createArgReduce } from './kernels/arg-reduce.ts'
import { createConvolution } from './kernels/convolution.ts'
import { createIndexing } from './kernels/indexing.ts'
import { createFusedLines, createLines } from './kernels/lines.ts'
import { createMap } from './kernels/map.ts'
import { createMatmul } from './kernels/matmul.ts'
import { createPools } from './kernels/pool.ts'
import { createReduce } from './kernels/reduce.ts'
import { Runtime } from './kernels/runtime.ts'
import { Temporaries } from './kernels/temporaries.ts'
import { Buffers } from './memory/buffers.ts'
import type { CpuBuffer, MemoryStats } from './memory/buffers.ts'
import { Heap } from './memory/heap.ts'

export type { MemoryStats } from './memory/buffers.ts'

/** Options of a CPU backend. */
export interface CpuBackendOptions {
  /** Most bytes that the memory may grow to; 4 GiB by default, which is also the most that WebAssembly has. */
  maxBytes?: number
  /** Instruction set: relaxed SIMD has fused multiply-add, 'auto' takes it where the engine has it. */
  simd?: 'simd' | 'relaxed-simd' | 'auto'
  /** Bytes of new tensors after which dropped ones are looked for, where that can be forced (Node); 128 MiB by default. */
  reclaimBudget?: number
}

/** The backend of device 'cpu'. */
export interface CpuBackend extends Backend {
  /** Bytes in use and in reserve. */
  memoryStats(): MemoryStats
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
  const { maxBytes = 2 ** 32, simd = 'auto', reclaimBudget = 128 * 2 ** 20 } = options
  checkOptions(maxBytes, simd, reclaimBudget)
  const heap = new Heap(maxBytes)
  const buffers = new Buffers(heap, 4096, platform.collector, reclaimBudget)
  const build = simd === 'simd' || !supportsRelaxedSimd() ? 'simd' : 'relaxed-simd'
  const constants = new ConstantPool(
    (bytes) => buffers.permanent(bytes),
    (address, bytes) => heap.u8.set(bytes, address),
  )
  const runtime = new Runtime(heap, buffers, {
    constants,
    relaxed: build === 'relaxed-simd',
    shared: heap.shared,
  })
  const assembly = instantiateAssembly(heap.memory, compileAssembly(heap.shared, build))
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
    supports: () => true,
    allocate: (bytes) => buffers.allocate(bytes),
    free: (buffer) => buffers.free(buffer as CpuBuffer),
    write: (buffer, byteOffset, bytes) => heap.u8.set(bytes, (buffer as CpuBuffer).ptr + byteOffset),
    read,
    readAsync: (...args) => Promise.resolve(read(...args)),
    memoryStats: () => buffers.stats,
    reclaim: () => buffers.reclaim(),
    kernels: {
      map,
      reduce: createReduce(runtime, map),
      ...held({
        argReduce: createArgReduce(temporaries),
        matmul: createMatmul(assembly, temporaries),
        ...createConvolution(assembly, map, temporaries),
        ...createIndexing(assembly, temporaries),
        ...createLines(assembly, temporaries),
      }),
    },
    fused: held({ ...createFusedLines(assembly, temporaries), ...createPools(assembly, temporaries) }),
  }
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
