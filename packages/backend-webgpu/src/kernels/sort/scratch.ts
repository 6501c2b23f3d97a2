// Memory that a kernel needs while it is recorded.
import type { Block } from '../../device/block.ts'
import type { Runtime } from '../../device/runtime.ts'

/** A block of so many words. */
export type Take = (words: number) => Block

/** What `use` takes is given back when it ends, also by an error: kernels that are recorded later may have it. */
export function withScratch(runtime: Runtime, use: (take: Take) => void): void {
  const blocks: Block[] = []
  try {
    use((words) => {
      const block = runtime.memory.take(words * 4)
      blocks.push(block)
      return block
    })
  } finally {
    for (const block of blocks) runtime.memory.release(block)
  }
}
