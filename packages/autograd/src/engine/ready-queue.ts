// Nodes that may run, the youngest first: a binary heap by sequence.
import type { Node } from '../graph/node.ts'

/** A queue of nodes, by descending sequence. */
export class ReadyQueue {
  readonly #heap: Node[] = []

  push(node: Node): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(node)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (heap[parent].sequence >= node.sequence) break
      heap[at] = heap[parent]
      at = parent
    }
    heap[at] = node
  }

  /** The youngest node, or null if there is none. */
  pop(): Node | null {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined) return null
    if (heap.length === 0) return last
    const top = heap[0]
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && heap[child + 1].sequence > heap[child].sequence) child++
      if (heap[child].sequence <= last.sequence) break
      heap[at] = heap[child]
      at = child
    }
    heap[at] = last
    return top
  }
}
