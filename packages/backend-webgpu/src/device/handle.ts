// What a storage has of its memory on the device.
import type { DTypeInfo } from '@tt/tensor'
import type { Block } from './block.ts'

/**
 * A storage's handle. Its element type is known only when the first kernel uses it, and the layout on the device
 * depends on it: until then the bytes wait on the host.
 */
export class WebGpuBuffer {
  /** As the storage counts: in the dtype's own item size. */
  readonly bytes: number
  dtype: DTypeInfo | null = null
  block: Block | null = null
  staged: Uint8Array<ArrayBuffer> | null = null
  watch: Watch | null = null
  /** Whether its block may be a part of a larger buffer. */
  readonly shared: boolean
  /** The dtype of the tensor that it was made for: what is written to all of it goes to the device at once. */
  readonly intended: DTypeInfo | undefined

  constructor(bytes: number, shared = false, intended?: DTypeInfo) {
    this.bytes = bytes
    this.shared = shared
    this.intended = intended
  }
}

/** How it is found that nobody has a handle any more. */
export interface Watch {
  readonly ref: WeakRef<WebGpuBuffer> | null
  readonly block: Block
  index: number
}
