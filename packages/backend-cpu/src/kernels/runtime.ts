// What kernels work on: the heap, buffers, the descriptor of the calling thread, access to operands.
import type { ComputeType, KernelScalar, Operand } from '@tt/tensor'
import type { Target } from '../codegen/map-program.ts'
import { descriptor } from '../codegen/descriptor.ts'
import { toInt32, toInt64 } from '../codegen/lanes.ts'
import type { Addressed, Buffers } from '../memory/buffers.ts'
import type { Heap } from '../memory/heap.ts'
import type { Threads } from '../threads/threads.ts'

/** Most bytes of partial results of a divided reduction. */
const partialBytes = 65536

/** Shared by all kernels of a backend. */
export class Runtime {
  readonly heap: Heap
  readonly buffers: Buffers
  readonly target: Target
  readonly threads: Threads
  /** Address of the main thread's descriptor. */
  readonly descriptor: number
  readonly #held: (readonly unknown[])[] = []
  #partDescriptors = 0
  #partials = 0

  constructor(heap: Heap, buffers: Buffers, target: Target, threads: Threads) {
    this.heap = heap
    this.buffers = buffers
    this.target = target
    this.threads = threads
    this.descriptor = buffers.permanent(descriptor.bytes)
  }

  /**
   * The function, with its arguments kept alive while it runs: it allocates, an allocation may reclaim, and an operand
   * whose address was taken would otherwise count as dropped.
   */
  holding<Args extends readonly unknown[], R>(fn: (...args: Args) => R): (...args: Args) => R {
    const held = this.#held
    return (...args) => {
      held.push(args)
      try {
        return fn(...args)
      } finally {
        held.pop()
      }
    }
  }

  /** Address of a descriptor for a part of a kernel. */
  partDescriptor(part: number): number {
    if (this.#partDescriptors === 0)
      this.#partDescriptors = this.buffers.permanent(this.threads.count * descriptor.bytes)
    return this.#partDescriptors + part * descriptor.bytes
  }

  /** Address of room for so many bytes of partial results, or 0 if they are too many. */
  partials(bytes: number): number {
    if (bytes > partialBytes) return 0
    if (this.#partials === 0) this.#partials = this.buffers.permanent(partialBytes)
    return this.#partials
  }

  /** Writes run-time scalars as the compute type takes them. */
  writeParams(params: readonly KernelScalar[], compute: ComputeType): void {
    const { heap } = this
    const at = this.descriptor + descriptor.param(0)
    for (let i = 0; i < params.length; i++) {
      if (compute === 'f32') heap.f32[(at + i * 8) >> 2] = Number(params[i])
      else if (compute === 'f64') heap.f64[(at + i * 8) >> 3] = Number(params[i])
      else if (compute === 'i32') heap.i32[(at + i * 8) >> 2] = toInt32(params[i])
      else heap.i64[(at + i * 8) >> 3] = toInt64(params[i])
    }
  }
}

/** Address of the first element. */
export const addressOf = (operand: Operand): number =>
  (operand.storage.buffer as Addressed).ptr + operand.offset * operand.dtypeInfo.itemSize
