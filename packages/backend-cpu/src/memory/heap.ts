// The one WebAssembly.Memory, its views, and its growth.

const pageBytes = 65536
const maximumBytes = 65536 * pageBytes

/** Linear memory with typed views that follow its growth. */
export class Heap {
  readonly memory: WebAssembly.Memory
  readonly shared: boolean
  /** Largest size it may grow to. */
  readonly limit: number
  u8!: Uint8Array
  i8!: Int8Array
  u16!: Uint16Array
  i16!: Int16Array
  i32!: Int32Array
  f32!: Float32Array
  f64!: Float64Array
  i64!: BigInt64Array
  /** Bytes of the memory now. */
  size = 0

  constructor(limit: number = maximumBytes, initial: number = 16 << 20) {
    this.limit = Math.min(maximumBytes, Math.ceil(limit / pageBytes) * pageBytes)
    const start = Math.min(initial, this.limit) / pageBytes
    this.shared = canShare()
    this.memory = this.shared
      ? new WebAssembly.Memory({ initial: start, maximum: 65536, shared: true })
      : new WebAssembly.Memory({ initial: start })
    this.refresh()
  }

  /** Makes new views; called after the memory has grown. */
  refresh(): void {
    const { buffer } = this.memory
    this.size = buffer.byteLength
    this.u8 = new Uint8Array(buffer)
    this.i8 = new Int8Array(buffer)
    this.u16 = new Uint16Array(buffer)
    this.i16 = new Int16Array(buffer)
    this.i32 = new Int32Array(buffer)
    this.f32 = new Float32Array(buffer)
    this.f64 = new Float64Array(buffer)
    this.i64 = new BigInt64Array(buffer)
  }

  /** Adds at least `bytes`, more if the limit allows, as growing often is slow. False if it cannot. */
  grow(bytes: number): boolean {
    const room = this.limit - this.size
    if (bytes > room) return false
    const wished = Math.min(room, Math.max(bytes, Math.floor(this.size / 8), 16 << 20))
    for (const amount of [wished, bytes]) {
      try {
        this.memory.grow(Math.ceil(amount / pageBytes))
        this.refresh()
        return true
      } catch {
        continue
      }
    }
    return false
  }
}

// A shared memory needs SharedArrayBuffer; browsers have it only on isolated pages.
function canShare(): boolean {
  if (typeof SharedArrayBuffer === 'undefined') return false
  const isolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated
  if (isolated === false) return false
  try {
    return (
      new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer instanceof SharedArrayBuffer
    )
  } catch {
    return false
  }
}
