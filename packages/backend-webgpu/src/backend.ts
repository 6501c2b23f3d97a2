// The backend of a GPUDevice: memory and kernels behind the interface of @tt/tensor.
import { DeviceError } from '@tt/tensor'
import type { Backend, BufferHandle } from '@tt/tensor'
import { WebGpuBuffer } from './device/memory.ts'
import type { Runtime } from './device/runtime.ts'
import { encodeBytes } from './device/formats.ts'
import { createArgReduce } from './kernels/arg-reduce.ts'
import { createAvgPool } from './kernels/avg-pool.ts'
import { createConvolutions } from './kernels/convolution.ts'
import { createIndexing } from './kernels/indexing.ts'
import { createMap } from './kernels/map.ts'
import { createMatmul } from './kernels/matmul.ts'
import { handleOf } from './kernels/program.ts'
import { createPool } from './kernels/pool.ts'
import { createNormalize } from './kernels/normalize.ts'
import { createNllLoss } from './kernels/nll-loss.ts'
import { createRandom } from './kernels/random.ts'
import { createReduce } from './kernels/reduce.ts'
import { createScan } from './kernels/scan.ts'
import { createSoftmax } from './kernels/softmax.ts'
import { createSort } from './kernels/sort.ts'
import { wordBytes } from './wgsl/storage-format.ts'

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
  return {
    device: runtime.name,
    canBlock: false,
    runtime,
    supports: (dtype) => dtype.name !== 'float64',

    allocate(bytes) {
      runtime.check('allocate')
      return new WebGpuBuffer(bytes)
    },
    free: (buffer) => runtime.memory.free(handleOf(buffer)),

    write(buffer: BufferHandle, byteOffset: number, bytes: Uint8Array) {
      runtime.check('write')
      const handle = handleOf(buffer)
      if (handle.block !== null && handle.dtype !== null) {
        const at = (byteOffset / handle.dtype.itemSize) * wordBytes
        runtime.memory.upload(handle.block, at, encodeBytes(bytes, handle.dtype))
        return
      }
      handle.staged ??= new Uint8Array(handle.bytes)
      handle.staged.set(bytes, byteOffset)
    },

    read() {
      throw new DeviceError(
        'read',
        `device '${runtime.name}' cannot be read synchronously. Use: await tensor.toTypedArrayAsync()`,
      )
    },
    readAsync: (buffer, byteOffset, byteLength) => runtime.read(handleOf(buffer), byteOffset, byteLength),

    kernels: {
      map,
      reduce,
      argReduce: createArgReduce(runtime),
      scan: createScan(runtime),
      matmul: createMatmul(runtime),
      ...createConvolutions(runtime, reduce),
      ...createIndexing(runtime, map),
      sort: createSort(runtime),
    },
    fused: {
      ...createSoftmax(runtime),
      ...createNormalize(runtime),
      ...createPool(runtime),
      ...createAvgPool(runtime),
      ...createRandom(runtime),
      ...createNllLoss(runtime),
    },
  }
}
