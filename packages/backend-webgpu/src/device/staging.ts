// Buffers that reads are copied into and mapped from.

/** GPUMapMode.READ and GPUBufferUsage.MAP_READ: the constants are no globals in Node. */
export const MAP_READ = 0x01
const COPY_DST = 0x08
const mostKept = 128 * 2 ** 20 // bytes

/** The buffer of the last read serves the next one: memory of a new one is slow when it is first touched. */
export class StagingBuffers {
  readonly #device: GPUDevice
  #kept: GPUBuffer | null = null

  constructor(device: GPUDevice) {
    this.#device = device
  }

  /** A buffer of at least `total` bytes. */
  take(total: number): GPUBuffer {
    const kept = this.#kept
    if (kept !== null && kept.size >= total) {
      this.#kept = null
      return kept
    }
    return this.#device.createBuffer({ label: 'read', size: total, usage: MAP_READ | COPY_DST })
  }

  /** Gives an unmapped buffer back: the larger one of it and the one that is kept stays. */
  keep(staging: GPUBuffer): void {
    const kept = this.#kept
    const better = staging.size <= mostKept && (kept === null || kept.size < staging.size)
    if (better) this.#kept = staging
    const other = better ? kept : staging
    other?.destroy()
  }
}

const page = 4096

/** Makes the system give memory its pages, which takes longer than to fill them: else the first write to each waits. */
export function touch(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += page) bytes[at] = 0
}
