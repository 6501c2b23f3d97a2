// Memory of gradients that only a backward holds: it is given back as soon as no node waits for it, as counted references
// would do it. Garbage collectors come late: a training step would have twice the memory, and none of it in the caches.
import { storageLog } from '@tt/tensor'
import type { Storage, Tensor } from '@tt/tensor'
import { isClaimed } from '../graph/claimed.ts'

/** The memory of one backward. */
export class GradientMemory {
  /** How many of the gradients that wait at nodes are in a storage. */
  readonly #waiting = new Map<Storage, number>()
  /** Storages that were made here, and that nobody else has. */
  readonly #own = new Set<Storage>()
  readonly #made: Storage[] = []

  /** From here to `end` no user code runs: what is made there and does not wait at a node is of no use afterwards. */
  begin(): void {
    storageLog.current = this.#made
  }

  end(): void {
    storageLog.current = null
    for (const storage of this.#made) {
      if (this.#waiting.has(storage)) this.#own.add(storage)
      else storage.dispose()
    }
    this.#made.length = 0
  }

  /** A gradient waits at a node. */
  hold({ storage }: Tensor): void {
    this.#waiting.set(storage, (this.#waiting.get(storage) ?? 0) + 1)
  }

  /** It waits no longer. */
  drop(gradient: Tensor): void {
    const { storage } = gradient
    const count = this.#waiting.get(storage)
    if (count === undefined) return // a hook has put it there
    if (count > 1) this.#waiting.set(storage, count - 1)
    else {
      this.#waiting.delete(storage)
      if (this.#own.delete(storage) && !isClaimed(gradient)) storage.dispose()
    }
  }

  /** It is an answer of the backward. */
  keep({ storage }: Tensor): void {
    this.#own.delete(storage)
  }
}
