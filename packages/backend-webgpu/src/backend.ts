// The backend of a GPUDevice: memory and kernels behind the interface of @tt/tensor.
import { DeviceError } from '@tt/tensor'
import type { Backend, BufferHandle, Operand } from '@tt/tensor'
import { requireStored } from './device/formats.ts'
import { WebGpuBuffer } from './device/handle.ts'
import type { Runtime } from './device/runtime.ts'
import { createArgReduce } from './kernels/arg-reduce.ts'
import { createAvgPool } from './kernels/avg-pool.ts'
import { createConvolutions } from './kernels/convolution/convolution.ts'
import { writePart } from './kernels/copy.ts'
import { createIndexing } from './kernels/indexing.ts'
import { createMap } from './kernels/map.ts'
import { createMatmul } from './kernels/product/matmul.ts'
import { handleOf } from './kernels/program.ts'
import { createPool } from './kernels/pool.ts'
import { createNormalize } from './kernels/normalize.ts'
import { createNllLoss } from './kernels/nll-loss.ts'
import { createRandom } from './kernels/random.ts'
import { createReduce } from './kernels/reduce.ts'
import { createScan } from './kernels/scan.ts'
import { createSelect } from './kernels/sort/select.ts'
import { createSoftmax } from './kernels/softmax.ts'
import { createSort } from './kernels/sort/sort.ts'
import { elementBytes } from './wgsl/storage-format.ts'

/** A backend whose runtime can be reached: for interop, statistics and tests. */
export interface WebGpuBackend extends Backend {
  readonly runtime: Runtime
}

/**
 * The backend of a runtime.
 *
 * @example
 * const { runtime } = await init()
 * createBackend(runtime).device // => 'webgpu'
 */
export function createBackend(runtime: Runtime): WebGpuBackend {
  const map = createMap(runtime)
  const reduce = createReduce(runtime)
  const kernels = placed(runtime, {
    map,
    reduce,
    argReduce: createArgReduce(runtime),
    scan: createScan(runtime),
    matmul: createMatmul(runtime, reduce),
    ...createConvolutions(runtime, reduce),
    ...createIndexing(runtime, map),
    sort: createSort(runtime),
  })
  return {
    device: runtime.name,
    canBlock: false,
    runtime,
    supports: (dtype) => dtype.name !== 'float64',

    allocate(bytes, dtype) {
      runtime.check('allocate')
      return new WebGpuBuffer(bytes, true, dtype)
    },
    free: (buffer) => runtime.memory.free(handleOf(buffer)),

    write(buffer: BufferHandle, byteOffset: number, bytes: Uint8Array) {
      runtime.check('write')
      const handle = handleOf(buffer)
      if (handle.block !== null && handle.dtype !== null) {
        writePart(runtime, kernels.map, handle, byteOffset, bytes)
        return
      }
      if (bytes.byteLength < handle.bytes)
        (handle.staged ??= new Uint8Array(handle.bytes)).set(bytes, byteOffset)
      else if (handle.intended === undefined) handle.staged = new Uint8Array(bytes)
      else runtime.memory.fill(handle, handle.intended, bytes)
    },

    read() {
      throw new DeviceError(
        'read',
        `device '${runtime.name}' cannot be read synchronously. Use: await tensor.toTypedArrayAsync()`,
      )
    },
    readAsync: (buffer, byteOffset, byteLength) => runtime.read(handleOf(buffer), byteOffset, byteLength),

    kernels,
    fused: placed(runtime, {
      ...createSoftmax(runtime),
      ...createNormalize(runtime),
      ...createPool(runtime),
      ...createAvgPool(runtime),
      ...createRandom(runtime),
      ...createNllLoss(runtime),
      ...createSelect(runtime),
    }),
  }
}

type Kernel = (...args: never[]) => unknown

/** The same kernels, given operands whose offsets count from the start of the GPUBuffer that is bound. */
function placed<T extends object>(runtime: Runtime, kernels: T): T {
  const place = (operand: Operand): Operand => {
    const { storage, dtypeInfo, shape, strides, offset } = operand
    const handle = handleOf(storage.buffer)
    if (handle.bytes === 0) return operand
    requireStored(dtypeInfo, runtime.name)
    const { base } = runtime.memory.blockOf(handle, dtypeInfo)
    if (base === 0) return operand
    const first = base / elementBytes(dtypeInfo, runtime.halves)
    return { storage, dtypeInfo, shape, strides, offset: offset + first }
  }
  const placeAny = (argument: unknown): unknown => {
    if (Array.isArray(argument)) return argument.some(isOperand) ? argument.map(placeAny) : argument
    return isOperand(argument) ? place(argument) : argument
  }
  const wrap =
    (kernel: Kernel): Kernel =>
    (...args) =>
      kernel(...(args.map(placeAny) as never[]))
  return Object.fromEntries(Object.entries(kernels).map(([name, kernel]) => [name, wrap(kernel)])) as T
}

const isOperand = (value: unknown): value is Operand =>
  typeof value === 'object' && value !== null && 'storage' in value
