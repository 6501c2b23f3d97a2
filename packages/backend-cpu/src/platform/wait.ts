// Waiting for a word of shared memory.

/** Blocks until `words[index]` is `value`: looks at it `spins` times, then sleeps if it may, until it is notified. */
export function waitFor(
  words: Int32Array,
  index: number,
  value: number,
  spins: number,
  maySleep: boolean,
): void {
  for (;;) {
    const found = Atomics.load(words, index)
    if (found === value) return
    if (spins > 0) spins--
    else if (maySleep) Atomics.wait(words, index, found, 1000)
  }
}
