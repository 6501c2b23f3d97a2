// Copies of elements as they are, and writes of host bytes to a part of a tensor.
import { input, mapKernel } from '@tt/tensor'
import type { CoreKernels, DTypeInfo, MapKernel, Operand } from '@tt/tensor'
import { WebGpuBuffer } from '../device/handle.ts'
import type { Runtime } from '../device/runtime.ts'
import { encodeBytes } from '../device/formats.ts'
import { elementBytes } from '../wgsl/storage-format.ts'

const kernels = new Map<DTypeInfo, MapKernel>()

/** The map kernel that copies elements of a dtype. */
export function copyKernel(dtype: DTypeInfo): MapKernel {
  let kernel = kernels.get(dtype)
  if (kernel === undefined) {
    kernel = mapKernel('copy', [dtype], 0, dtype.compute, [{ expr: input(0), dtype }])
    kernels.set(dtype, kernel)
  }
  return kernel
}

/**
 * Writes host bytes into memory that has its dtype. WebGPU writes whole 32-bit words, so halves that begin or end within
 * one are copied there by a kernel, which leaves the neighbour as it is.
 */
export function writePart(
  runtime: Runtime,
  map: CoreKernels['map'],
  handle: WebGpuBuffer,
  byteOffset: number,
  bytes: Uint8Array,
): void {
  const { memory, halves } = runtime
  const dtypeInfo = handle.dtype!
  const each = elementBytes(dtypeInfo, halves)
  const [first, count] = [byteOffset / dtypeInfo.itemSize, bytes.byteLength / dtypeInfo.itemSize]
  if ((first * each) % 4 === 0 && (count * each) % 4 === 0) {
    memory.upload(handle.block!, first * each, encodeBytes(bytes, dtypeInfo, halves))
    return
  }
  const window = (buffer: WebGpuBuffer, offset: number): Operand => ({
    storage: { buffer },
    dtypeInfo,
    shape: [count],
    strides: [1],
    offset,
  })
  const staging = new WebGpuBuffer(bytes.byteLength, true)
  memory.fill(staging, dtypeInfo, bytes)
  try {
    map(copyKernel(dtypeInfo), [window(staging, 0)], [], [window(handle, first)])
  } finally {
    memory.free(staging)
  }
}
