// The progress of an epoch: a bar that is redrawn on a terminal, a line now and then elsewhere.

/** A bar, or lines. */
export class Progress {
  readonly #label: string
  readonly #total: number
  readonly #stream: NodeJS.WriteStream
  readonly #started = performance.now()
  #drawn = -Infinity

  /** @param total how many images there are */
  constructor(label: string, total: number, stream: NodeJS.WriteStream = process.stdout) {
    this.#label = label
    this.#total = total
    this.#stream = stream
  }

  /** @param done images so far @param text what to show besides, such as the loss */
  update(done: number, text: string): void {
    const now = performance.now()
    const pause = this.#stream.isTTY ? 100 : 5000
    if (now - this.#drawn < pause && done < this.#total) return
    if (this.#drawn === -Infinity && !this.#stream.isTTY && done < this.#total) {
      this.#drawn = this.#started
      return
    }
    this.#drawn = now
    this.#draw(done, text)
  }

  /** Leaves the last state standing, and goes to a new line. */
  end(): void {
    if (this.#stream.isTTY) this.#stream.write('\n')
  }

  #draw(done: number, text: string): void {
    const seconds = (performance.now() - this.#started) / 1000
    const speed = done / seconds
    const left = (this.#total - done) / speed
    const share = done / this.#total
    const time = done < this.#total ? `ETA ${clock(left)}` : `took ${clock(seconds)}`
    const tail = `${String(Math.floor(100 * share)).padStart(3)} %  ${text}  ${speed.toFixed(0).padStart(5)} images/s  ${time}`
    if (!this.#stream.isTTY) return void this.#stream.write(`${this.#label} ${tail}\n`)
    const room = Math.max(
      4,
      Math.min(30, (this.#stream.columns ?? 80) - this.#label.length - tail.length - 4),
    )
    const filled = Math.round(share * room)
    this.#stream.write(`\r\x1b[K${this.#label} ${'█'.repeat(filled)}${'░'.repeat(room - filled)} ${tail}`)
  }
}

const clock = (seconds: number): string => {
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
