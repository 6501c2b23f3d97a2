// How much may be taken between two forced collections. A collection takes as long as the program has objects, and
// all that is known of the GPU's memory is that it refused once.

/** Bytes that are taken before the first collection. */
export const leastBudget = 256 * 2 ** 20

/** The bytes, as the collections before have shown them to be right. */
export class Budget {
  /** Bytes that may be taken and not given back. */
  bytes = leastBudget
  /** Most bytes of the slack; there is none up to the first budget. */
  readonly #most: number
  /** Bytes that are allowed for the sake of time. */
  #slack = leastBudget
  /** Most bytes that were in use after a collection, slowly forgotten. */
  #live = 0
  /** Bytes that the driver has been seen to have no memory for. */
  #refused = Infinity

  constructor(most: number) {
    this.#most = most
  }

  /**
   * After a collection of `cost` milliseconds, `since` of them after the one before, which left `used` bytes: as many as
   * were in use at most (in the middle of a training step, where nothing is garbage: the collection there is in vain), and
   * more as long as collections take more than a sixteenth of the time.
   */
  collected(cost: number, since: number, used: number): void {
    if (this.#most <= leastBudget) return
    if (cost > since / 16) this.#slack = Math.min(this.#most, 2 * this.#slack)
    else if (cost < since / 64) this.#slack = Math.max(leastBudget, this.#slack / 2)
    this.#live = Math.max(used, 0.98 * this.#live)
    const room = 0.9 * this.#refused - used
    this.bytes = Math.max(leastBudget, Math.min(room, Math.max(this.#slack, this.#live)))
  }

  /** The driver had no memory for `total` bytes in all. */
  refused(total: number): void {
    this.#refused = Math.min(this.#refused, total)
    this.bytes = leastBudget
  }
}
