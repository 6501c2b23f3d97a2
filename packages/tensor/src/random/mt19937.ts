// The Mersenne Twister MT19937 (Matsumoto & Nishimura 1998), word for word as PyTorch's CPU generator runs it.

const words = 624
const middle = 397

/** A stream of 32-bit words. A whole block of 624 words is tempered at once, so that `next` is one load. */
export class Mt19937 {
  /** Tempered words of the current block; `fill` loops may read them directly. */
  readonly block = new Int32Array(words)
  /** Index in `block` of the next word; 624 when the next draw makes a new block. */
  position = words
  /** Whether nothing was drawn since seeding (PyTorch's saved state tells that apart from a used-up block). */
  fresh = true
  readonly #state = new Int32Array(words)

  constructor(seed: number) {
    this.reseed(seed)
  }

  /** Restarts the stream from the low 32 bits of `seed`. */
  reseed(seed: number): void {
    const state = this.#state
    state[0] = seed | 0
    for (let i = 1; i < words; i++) {
      const previous = state[i - 1] ^ (state[i - 1] >>> 30)
      state[i] = Math.imul(1812433253, previous) + i
    }
    this.position = words
    this.fresh = true
  }

  /** The next word, as a signed 32-bit integer. */
  next(): number {
    if (this.position === words) this.refill()
    return this.block[this.position++]
  }

  /** Makes the next 624 words; `position` becomes 0. */
  refill(): void {
    const state = this.#state
    for (let i = 0; i < words - middle; i++) state[i] = state[i + middle] ^ twist(state[i], state[i + 1])
    for (let i = words - middle; i < words - 1; i++) {
      state[i] = state[i + middle - words] ^ twist(state[i], state[i + 1])
    }
    state[words - 1] = state[middle - 1] ^ twist(state[words - 1], state[0])
    this.#temper()
    this.position = 0
    this.fresh = false
  }

  /** A copy of the 624 state words. */
  getWords(): Int32Array {
    return this.#state.slice()
  }

  /** Continues from saved state words, at `position` of their block. */
  setWords(saved: Int32Array, position: number, fresh: boolean): void {
    this.#state.set(saved)
    this.#temper()
    this.position = position
    this.fresh = fresh
  }

  #temper(): void {
    const { block } = this
    const state = this.#state
    for (let i = 0; i < words; i++) {
      let y = state[i]
      y ^= y >>> 11
      y ^= (y << 7) & 0x9d2c5680
      y ^= (y << 15) & 0xefc60000
      block[i] = y ^ (y >>> 18)
    }
  }
}

function twist(high: number, low: number): number {
  const y = (high & 0x80000000) | (low & 0x7fffffff)
  return (y >>> 1) ^ (-(y & 1) & 0x9908b0df)
}
