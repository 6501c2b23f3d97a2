// The memory of one or more tensors.
import { TtError } from './errors.ts'
import type { Backend } from './backend/backend.ts'
import type { BufferHandle } from './backend/kernels.ts'

/** Counts the in-place changes of the memory it stands for. */
export interface VersionCounter {
  version: number
}

/**
 * Takes down every storage that is made while it has a list, for whoever gives temporary memory back; null for nobody.
 *
 * @example
 * const made = []
 * storageLog.current = made
 * const x = ones([4]).add(1)
 * storageLog.current = null
 * made.map((storage) => storage === x.storage) // => [false, true]
 */
export const storageLog: { current: Storage[] | null } = { current: null }

/**
 * A backend's buffer, its length and its version. Views share one; the buffer goes when the last of them goes.
 *
 * @example
 * const { storage } = ones([4])
 * storage.byteLength // => 16
 */
export class Storage implements VersionCounter {
  readonly backend: Backend
  #byteLength: number
  version = 0
  /** Name of the last op that changed the memory, for the error of a stale saved tensor. */
  lastMutation = ''
  #buffer: BufferHandle | null

  constructor(backend: Backend, byteLength: number, buffer: BufferHandle = backend.allocate(byteLength)) {
    this.backend = backend
    this.#byteLength = byteLength
    this.#buffer = buffer
    if (storageLog.current !== null) storageLog.current.push(this)
  }

  get byteLength(): number {
    return this.#byteLength
  }

  /** The backend's handle. @throws TtError after dispose() */
  get buffer(): BufferHandle {
    if (this.#buffer === null)
      throw new TtError('storage', 'the tensor must be alive, got one that was disposed')
    return this.#buffer
  }

  /** Takes over the memory of `other`, a longer copy, which must not be used any more: for all tensors that share this. */
  replaceBy(other: Storage): void {
    const { buffer } = other
    if (this.#buffer !== null) this.backend.free(this.#buffer)
    this.#buffer = buffer
    this.#byteLength = other.#byteLength
    other.#buffer = null
  }

  get disposed(): boolean {
    return this.#buffer === null
  }

  /** Gives the memory back now, for all tensors that share it. Twice is once. */
  dispose(): void {
    if (this.#buffer === null) return
    this.backend.free(this.#buffer)
    this.#buffer = null
  }
}
