// What differs between Node and other places.

/** Finds dead objects in the middle of a job. */
export interface Collector {
  /** Lets go of the objects that WeakRefs of the current job keep alive. Cheap. */
  releaseKept(): void
  /** The same, then a full garbage collection: WeakRefs of unreachable objects are empty afterwards. */
  collect(): void
}

/** See node.ts and web.ts. */
export interface Platform {
  /** Null where a collection cannot be forced: memory comes back through a FinalizationRegistry. */
  readonly collector: Collector | null
}
