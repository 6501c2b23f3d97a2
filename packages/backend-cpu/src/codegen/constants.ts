// 16-byte constants of the generated kernels, kept once in the heap for good.

/** Interns constants; `reserve` gives a permanent block. */
export class ConstantPool {
  readonly #addresses = new Map<string, number>()
  readonly #reserve: (bytes: number) => number
  readonly #write: (address: number, bytes: Uint8Array) => void
  #next = 0
  #end = 0

  constructor(reserve: (bytes: number) => number, write: (address: number, bytes: Uint8Array) => void) {
    this.#reserve = reserve
    this.#write = write
  }

  /** Where the constant lies. */
  address(bytes: Uint8Array): number {
    const key = String(bytes)
    let address = this.#addresses.get(key)
    if (address === undefined) {
      if (this.#next === this.#end) {
        this.#next = this.#reserve(4096)
        this.#end = this.#next + 4096
      }
      address = this.#next
      this.#next += 16
      this.#write(address, bytes)
      this.#addresses.set(key, address)
    }
    return address
  }
}
