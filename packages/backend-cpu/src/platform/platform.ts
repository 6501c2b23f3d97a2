// What differs between Node and other places.

/** Finds dead objects in the middle of a job. */
export interface Collector {
  /** Lets go of the objects that WeakRefs of the current job keep alive. Cheap. */
  releaseKept(): void
  /** The same, then a full garbage collection: WeakRefs of unreachable objects are empty afterwards. */
  collect(): void
}

/** Starts workers and waits for them. */
export interface WorkerPlatform {
  /** Threads that are used if nothing is said: 1 where workers cannot share memory. */
  readonly threads: number
  /**
   * Starts a worker that runs `source`, an expression of a function, on `data`, and does not keep the program alive.
   * @param failed called when it cannot start, or dies; it may also be said by an exception
   */
  start(source: string, data: object, failed: () => void): void
  /** Blocks until `words[index]` is `value`: looks at it `spins` times, then sleeps where the thread may. */
  wait(words: Int32Array, index: number, value: number, spins: number): void
}

/** See node.ts and web.ts. */
export interface Platform extends WorkerPlatform {
  /** Null where a collection cannot be forced: memory comes back through a FinalizationRegistry. */
  readonly collector: Collector | null
}
