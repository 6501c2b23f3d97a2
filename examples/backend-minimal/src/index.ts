// A complete backend in plain TypeScript: importing it registers the device 'minimal'.
import { OutOfMemoryError, derivedKernels, registerBackend } from '@tt/tensor'
import type { Backend } from '@tt/tensor'
import { map, reduce } from './elementwise.ts'
import { gather, indexGet, indexPut, scatter } from './indexing.ts'
import { argReduce, scan, sort } from './lines.ts'
import { matmul } from './products.ts'
import { bytesOf } from './walk.ts'

/** A backend of device 'minimal': slow, with every dtype and all core kernels. */
export function createMinimalBackend(): Backend {
  const memory = {
    allocate(bytes: number) {
      try {
        return { bytes: new Uint8Array(Math.ceil(bytes / 8) * 8) }
      } catch {
        throw new OutOfMemoryError('allocate', `an ArrayBuffer must hold the tensor, got ${bytes} bytes`)
      }
    },
    free: () => {}, // dropping it is enough
  } satisfies Partial<Backend>
  const read: Backend['read'] = (buffer, start, length) => bytesOf(buffer).slice(start, start + length)
  return {
    device: 'minimal',
    canBlock: true,
    supports: () => true,
    ...memory,
    write: (buffer, start, bytes) => bytesOf(buffer).set(bytes, start),
    read,
    readAsync: async (...range) => read(...range),
    kernels: {
      ...derivedKernels({ ...memory, kernels: { map, reduce } }), // convolutions
      ...{ map, reduce, argReduce, scan, sort, matmul, gather, scatter, indexGet, indexPut },
    },
    fused: {}, // optional: without one, an op is computed by its decomposition
  }
}

registerBackend(createMinimalBackend())
