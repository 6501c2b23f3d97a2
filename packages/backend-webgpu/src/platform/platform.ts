// What differs between Node and other places.

/** Finds dead objects in the middle of a job. */
export interface Collector {
  /** A full garbage collection: WeakRefs of unreachable objects are empty afterwards. */
  collect(): void
}

/** See node.ts and web.ts. */
export interface Platform {
  /** The WebGPU entry point. @throws Error that says what to install */
  gpu(): Promise<GPU>
  /** Null where a collection cannot be forced: memory comes back through a FinalizationRegistry. */
  readonly collector: Collector | null
  /** New memory for bytes that are all written. What it holds until then is not said. */
  memory(bytes: number): Uint8Array<ArrayBuffer>
  /** What to do when there is no adapter. */
  readonly adapterHint: string
}
