// Collections where none can be forced: browsers. For backends whose memory the engine does not count.

const most = 3 * 2 ** 30 // of 4 GB the largest heaps of V8 take no more notice

/**
 * Asks the JavaScript engine to collect garbage, so that finalizers of dropped handles run in a later task.
 *
 * Engines do not see the bytes that a backend has elsewhere, so nothing makes them collect. They do count an ArrayBuffer, and
 * one that is never touched costs them nothing else. V8 takes the less notice of it the larger its own heap is: with 600 MB of
 * live objects none of 512 MB, however often. A request that was not answered is therefore repeated with twice the bytes.
 *
 * @example
 * const requests = new CollectionRequest(512 * 2 ** 20)
 * requests.make() // => true
 */
export class CollectionRequest {
  readonly #least: number
  #bytes: number
  #asked = 0
  /** Garbage since the last request. */
  #dropped: WeakRef<object> | null = null
  /** Whether the task of the last request is over: within it nothing can answer. */
  #over = true

  /** @param bytes of the first request, and of those after an answer */
  constructor(bytes: number) {
    this.#least = bytes
    this.#bytes = bytes
  }

  /** Bytes of the last request; 0 before the first, and if there was no room: then the engine has collected all the same. */
  get bytes(): number {
    return this.#asked
  }

  /** @returns whether a collection answered the request before; make the next one sooner if not */
  make(): boolean {
    const answered = this.#dropped?.deref() === undefined
    if (answered) this.#bytes = this.#least
    else if (this.#over) this.#bytes = Math.min(2 * this.#bytes, most)
    this.#dropped = new WeakRef({})
    this.#over = false
    setTimeout(() => (this.#over = true))
    try {
      this.#asked = new ArrayBuffer(this.#bytes).byteLength
    } catch {
      this.#asked = 0
    }
    return answered
  }
}
