// Counts the blocks of memory that a backend handed out and that nothing has given back or dropped.
import type { Backend } from '../backend/backend.ts'
import type { BufferHandle } from '../backend/kernels.ts'

/** A backend whose blocks are counted. */
export interface BufferWatch {
  /** Register this one instead of the backend it wraps. */
  readonly backend: Backend
  /** Blocks that were allocated, not freed, and whose handles are still reachable. */
  alive(): number
}

/**
 * Wraps a backend so that its live blocks can be counted: what is alive after the tensors of a test went out
 * of scope and the garbage was collected has leaked.
 *
 * @example
 * const { backend, alive } = watchBuffers(createCpuBackend())
 * registerBackend(backend)
 * const before = alive()
 * // ... work, then collect garbage ...
 * alive() - before // => 0
 */
export function watchBuffers(inner: Backend): BufferWatch {
  const blocks = new Set<WeakRef<BufferHandle>>()
  const byHandle = new WeakMap<BufferHandle, WeakRef<BufferHandle>>()
  const backend: Backend = {
    device: inner.device,
    canBlock: inner.canBlock,
    kernels: inner.kernels,
    fused: inner.fused,
    supports: (dtype) => inner.supports(dtype),
    allocate(bytes, dtype) {
      const handle = inner.allocate(bytes, dtype)
      const reference = new WeakRef(handle)
      blocks.add(reference)
      byHandle.set(handle, reference)
      return handle
    },
    free(handle) {
      blocks.delete(byHandle.get(handle)!)
      inner.free(handle)
    },
    write: (handle, offset, bytes) => inner.write(handle, offset, bytes),
    read: (handle, offset, length) => inner.read(handle, offset, length),
    readAsync: (handle, offset, length) => inner.readAsync(handle, offset, length),
  }
  return {
    backend,
    alive() {
      for (const reference of blocks) if (reference.deref() === undefined) blocks.delete(reference)
      return blocks.size
    },
  }
}
