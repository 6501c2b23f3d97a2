// The reference backend: slow, plain TypeScript. It is the definition that other backends are compared with.
import type { Backend } from '../../backend/backend.ts'
import type { CoreKernels } from '../../backend/kernels.ts'
import { gather, indexGet, indexPut, scatter } from './indexing.ts'
import { map, reduce } from './map.ts'
import { convolution, convolutionInput, convolutionWeight, matmul } from './matmul.ts'
import { argReduce, scan, sort } from './scan.ts'
import { bytesOf } from './window.ts'
import type { ReferenceBuffer } from './window.ts'

const kernels: CoreKernels = {
  map,
  reduce,
  argReduce,
  scan,
  matmul,
  convolution,
  convolutionInput,
  convolutionWeight,
  gather,
  scatter,
  indexGet,
  indexPut,
  sort,
}

/**
 * A backend of device 'reference' with every dtype and no fused kernels, so that all decompositions run.
 *
 * @example
 * registerBackend(createReferenceBackend())
 * ones([2], { device: 'reference' }).tolist() // => [1, 1]
 */
export function createReferenceBackend(): Backend {
  return {
    device: 'reference',
    canBlock: true,
    supports: () => true,
    // Rounded up, so that an array of any dtype can be laid over it; filled, so that no one relies on zeros.
    allocate: (bytes): ReferenceBuffer => ({
      bytes: new Uint8Array(Math.ceil(bytes / 16) * 16).fill(0xa5).buffer,
    }),
    free: () => {},
    write: (buffer, byteOffset, bytes) => new Uint8Array(bytesOf(buffer)).set(bytes, byteOffset),
    read: (buffer, byteOffset, byteLength) =>
      new Uint8Array(bytesOf(buffer).slice(byteOffset, byteOffset + byteLength)),
    readAsync: (buffer, byteOffset, byteLength) =>
      Promise.resolve(new Uint8Array(bytesOf(buffer).slice(byteOffset, byteOffset + byteLength))),
    kernels,
    fused: {},
  }
}
