// When a GPU gets what is recorded so far: it begins while the rest is recorded.

const every = 16 // kernels, after which the clock is looked at
const least = 0.3 // milliseconds between two submissions

/** Decides it for one device. */
export class Pace {
  readonly #early: boolean
  #submitted = 0

  /** `early`: not only when a batch is full. */
  constructor(early: boolean) {
    this.#early = early
  }

  /** Whether to submit now, after so many kernels. */
  due(recorded: number): boolean {
    return (
      this.#early &&
      recorded >= every &&
      recorded % every === 0 &&
      performance.now() - this.#submitted > least
    )
  }

  submitted(): void {
    if (this.#early) this.#submitted = performance.now()
  }
}
