// Kernels of one program that follow each other and do not touch each other's results run as one dispatch: the
// updates of many small parameters, say. Each is a slice in z with uniform words of its own.
import type { Block } from './block.ts'
import { mostSlices, mostVectors } from './programs.ts'
import type { Sliced } from './programs.ts'

/** Bytes that the uniform buffer has beyond the words of a batch, so that the last binding fits. */
export const slackBytes = mostVectors * 16

/** A dispatch that may still grow. */
export class Pending {
  readonly sliced: Sliced
  readonly blocks: readonly Block[]
  /** Position of the first slice's words. */
  readonly at: number
  readonly #id: number
  slices = 0
  /** Workgroups of the largest slice. */
  groups = 0

  static #ids = 0

  constructor(sliced: Sliced, blocks: readonly Block[], at: number) {
    this.sliced = sliced
    this.blocks = blocks
    this.at = at
    this.#id = ++Pending.#ids
  }

  /** Whether a kernel with these buffers and operands may be one more slice. */
  takes(
    sliced: Sliced,
    blocks: readonly Block[],
    reads: readonly Block[],
    writes: readonly Block[],
  ): boolean {
    return (
      sliced === this.sliced &&
      this.slices < mostSlices(sliced.single.uniformBytes / 16) &&
      blocks.length === this.blocks.length &&
      blocks.every(({ buffer }, i) => buffer === this.blocks[i].buffer) &&
      reads.every((block) => block.writtenIn !== this.#id) &&
      writes.every((block) => block.writtenIn !== this.#id && block.readIn !== this.#id)
    )
  }

  add(groups: number, reads: readonly Block[], writes: readonly Block[]): void {
    this.slices++
    this.groups = Math.max(this.groups, groups)
    for (const block of reads) block.readIn = this.#id
    for (const block of writes) block.writtenIn = this.#id
  }
}
