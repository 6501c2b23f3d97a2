// The interface that a backend implements: memory, reads, core kernels, optional fused ones.
import type { DTypeInfo } from '../dtype.ts'
import type { BufferHandle, CoreKernels, FusedKernels } from './kernels.ts'

/** Name of a device: 'cpu', 'webgpu', 'meta', or whatever a third party registers. */
export type Device = 'cpu' | 'webgpu' | 'meta' | (string & {})

/**
 * A device's memory and kernels. Tensors, shapes, dtypes, broadcasting rules, views, autograd, modules and
 * optimizers are shared code above it.
 */
export interface Backend {
  /** The device name under which it is registered. */
  readonly device: Device
  /** Whether `read` works: the calling thread can wait for the device. */
  readonly canBlock: boolean

  /** Answers whether the backend stores this dtype; ops on others throw DTypeError. */
  supports(dtype: DTypeInfo): boolean

  /**
   * A block of at least `bytes` bytes, uninitialised. The handle is held by nothing but its storage: when the
   * handle can be collected, so can the memory.
   *
   * @param dtype that of the elements to come, where it is known (of complex ones, that of their parts): for a backend
   *   whose memory depends on it
   * @throws OutOfMemoryError
   */
  allocate(bytes: number, dtype?: DTypeInfo): BufferHandle
  /** Gives the block back at once. Called at most once for a handle, which is never used afterwards. */
  free(buffer: BufferHandle): void
  /** Copies host bytes into the block. */
  write(buffer: BufferHandle, byteOffset: number, bytes: Uint8Array): void
  /** Copies bytes out, after all earlier kernels. @throws DeviceError if the backend cannot block */
  read(buffer: BufferHandle, byteOffset: number, byteLength: number): Uint8Array
  /** Copies bytes out, after all earlier kernels. */
  readAsync(buffer: BufferHandle, byteOffset: number, byteLength: number): Promise<Uint8Array>

  readonly kernels: CoreKernels
  readonly fused: Partial<FusedKernels>
}
