// Tensors over the app's own GPUBuffers, and the GPUBuffer of a tensor: no copy.
import {
  ArgumentError,
  DTypeError,
  DeviceError,
  ShapeError,
  Storage,
  Tensor,
  check,
  contiguousStrides,
  dtypes,
  getBackend,
  numelOf,
} from '@tt/tensor'
import type { DType, Device } from '@tt/tensor'
import type { WebGpuBackend } from './backend.ts'
import { handleOf } from './kernels/program.ts'
import { elementBytes } from './wgsl/storage-format.ts'

const STORAGE = 0x80
const COPY_SRC = 0x04

/** Where the elements of a tensor lie. */
export interface TensorBuffer {
  readonly buffer: GPUBuffer
  /** Of the first element in the buffer, in bytes; a multiple of 256 where the tensor begins its storage. */
  readonly offset: number
  /** In bytes; an element takes 4, whatever its dtype, but one of float16 2 where the device has shader-f16. */
  readonly size: number
}

function webgpu(op: string, device: Device): WebGpuBackend {
  const backend = getBackend(device, op)
  check(
    'runtime' in backend,
    () => new DeviceError(op, `the device must be one of @tt/backend-webgpu, got '${device}'`),
  )
  return backend as WebGpuBackend
}

/**
 * A tensor over an existing GPUBuffer of the same GPUDevice; what one writes the other sees. The buffer stays the
 * app's: it is never destroyed here.
 *
 * @param device name of the device, usually 'webgpu'
 * @param buffer with the usages STORAGE and COPY_SRC, its size a multiple of 4
 * @param shape of the elements, which start at the beginning of the buffer, 4 bytes each
 * @param dtype float32 and int32 are as WGSL has them; smaller integers and bool lie in 32-bit words. float16 is WGSL's
 *   f16 of 2 bytes where the device has shader-f16, else a float32 word
 * @throws ShapeError if the buffer is too small
 * @example
 * const positions = fromBuffer('webgpu', vertexBuffer, [2, 2])
 * positions.mul_(2) // the app's next draw call sees it
 */
export function fromBuffer(
  device: Device,
  buffer: GPUBuffer,
  shape: readonly number[],
  dtype: DType = 'float32',
): Tensor {
  const backend = webgpu('fromBuffer', device)
  const dtypeInfo = dtypes[dtype]
  check(
    backend.supports(dtypeInfo),
    () => new DTypeError('fromBuffer', `device '${device}' does not store ${dtype}. Use float32`),
  )
  check(
    (buffer.usage & STORAGE) !== 0 && (buffer.usage & COPY_SRC) !== 0,
    () =>
      new ArgumentError(
        'fromBuffer',
        `the buffer must have the usages STORAGE and COPY_SRC, got ${buffer.usage}`,
      ),
  )
  check(
    buffer.size % 4 === 0,
    () =>
      new ArgumentError('fromBuffer', `the size of the buffer must be a multiple of 4, got ${buffer.size}`),
  )
  const each = elementBytes(dtypeInfo, backend.runtime.halves)
  check(
    numelOf(shape) * each <= buffer.size,
    () =>
      new ShapeError(
        'fromBuffer',
        `the buffer must hold ${numelOf(shape)} elements of ${each} bytes, got ${buffer.size} bytes`,
      ),
  )
  const storage = new Storage(
    backend,
    numelOf(shape) * dtypeInfo.itemSize,
    backend.runtime.memory.adopt(buffer, dtypeInfo),
  )
  return new Tensor({
    storage,
    dtypeInfo,
    shape,
    strides: contiguousStrides(shape),
    offset: 0,
    base: null,
    counter: storage,
  })
}

/**
 * The GPUBuffer in which a contiguous tensor lies: others may lie in it too, so mind the offset. Everything recorded for it has been submitted, so commands that
 * the app submits next see its values. It is valid as long as the tensor lives.
 *
 * @throws ShapeError if the tensor is not contiguous
 * @example
 * const x = ones([2, 3], { device: 'webgpu' })
 * tensorToBuffer(x.at(1)).offset - tensorToBuffer(x).offset // => 12
 */
export function tensorToBuffer(tensor: Tensor): TensorBuffer {
  const { runtime } = webgpu('tensorToBuffer', tensor.device)
  check(
    tensor.isContiguous(),
    () =>
      new ShapeError(
        'tensorToBuffer',
        `the tensor must be contiguous, got strides [${tensor.strides.join(', ')}]. Use: tensor.contiguous()`,
      ),
  )
  runtime.check('tensorToBuffer')
  const block = runtime.memory.blockOf(handleOf(tensor.storage.buffer), tensor.dtypeInfo)
  runtime.flush()
  const each = elementBytes(tensor.dtypeInfo, runtime.halves)
  return {
    buffer: block.buffer.gpu,
    offset: block.base + tensor.offset * each,
    size: tensor.elementCount * each,
  }
}

/**
 * Resolves when everything recorded for the device so far has run: the back-pressure of a loop that reads nothing.
 *
 * @throws DeviceLostError, IndexError, ... what went wrong on the device since the last read
 * @example
 * const x = zeros([4], { device: 'webgpu' })
 * for (let i = 0; i < 1000; i++) {
 *   x.add_(1)
 *   if (i % 100 === 0) await synchronize()
 * }
 * @see torch.cuda.synchronize
 */
export const synchronize = (device: Device = 'webgpu'): Promise<void> =>
  webgpu('synchronize', device).runtime.synchronize()
