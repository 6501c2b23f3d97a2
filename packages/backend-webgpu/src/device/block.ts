// Where a tensor lies on the device: a GPUBuffer, or a part of one.
import type { Arena } from './arena.ts'

/** A GPUBuffer as kernels bind it. */
export class BoundBuffer {
  readonly id: number
  readonly gpu: GPUBuffer
  /** Number of the last batch of commands that uses it. */
  batch = -1
  /** Bind groups whose first buffer this is, by the rest of their key. */
  readonly groups = new Map<string, GPUBindGroup>()

  constructor(id: number, gpu: GPUBuffer) {
    this.id = id
    this.gpu = gpu
  }
}

/** Memory of one tensor: a buffer, or a part of one. */
export class Block {
  readonly buffer: BoundBuffer
  /** Where it begins in the buffer, in bytes. */
  readonly base: number
  readonly bytes: number
  /** Whose it is: the arena's; the pool's; the user's own buffers have no owner. */
  readonly owner: Arena | 'pool' | null
  /** Number of the batch of commands in which it was given back last. */
  released = -1
  /** Numbers of the last merged dispatches that read and write it: see merging.ts. */
  readIn = 0
  writtenIn = 0
  /** False if the driver may not have given it memory: it is not used again. */
  trusted = true

  constructor(buffer: BoundBuffer, base: number, bytes: number, owner: Block['owner']) {
    this.buffer = buffer
    this.base = base
    this.bytes = bytes
    this.owner = owner
  }
}
