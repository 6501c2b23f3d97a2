// Bad indices that kernels come upon: they write them to a few words, which come along with the next read.
import { IndexError, dtypes } from '@tt/tensor'
import type { Block } from './block.ts'
import type { Memory } from './memory.ts'

/** Words of a fault: flag, number of the op, index, dim, size. */
export const faultWords = 8

/** The fault words of a device. */
export class Faults {
  readonly buffer: GPUBuffer
  readonly block: Block
  readonly #device: GPUDevice
  readonly #name: string
  readonly #ops: string[] = []

  constructor(device: GPUDevice, name: string, memory: Memory) {
    this.#device = device
    this.#name = name
    this.buffer = device.createBuffer({ label: 'fault', size: faultWords * 4, usage: 0x80 | 0x04 | 0x08 })
    this.block = memory.adopt(this.buffer, dtypes.int32).block!
  }

  /** The number under which kernels of `op` report. */
  codeOf(op: string): number {
    const index = this.#ops.indexOf(op)
    return index < 0 ? this.#ops.push(op) - 1 : index
  }

  /** Throws what the words tell, once. @throws IndexError */
  check(words: Uint32Array): void {
    if (words[0] === 0) return
    this.#device.queue.writeBuffer(this.buffer, 0, new Uint32Array(faultWords))
    throw new IndexError(
      this.#ops[words[1]],
      `index ${words[2] | 0} is out of bounds for dim ${words[3]} with size ${words[4]} ` +
        `(noticed by a read: kernels on '${this.#name}' run later than the op)`,
    )
  }
}
