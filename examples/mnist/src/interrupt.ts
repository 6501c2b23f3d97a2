// Ctrl-C: the first one asks the program to finish, a later one ends it at once.

/** One key press can arrive twice: from the terminal and from npm, which passes it on. */
const samePress = 1000

/** @returns a signal that Ctrl-C aborts */
export function watchInterrupt(): AbortSignal {
  const controller = new AbortController()
  let first = 0
  process.on('SIGINT', () => {
    if (!controller.signal.aborted) {
      first = performance.now()
      controller.abort()
    } else if (performance.now() - first > samePress) process.exit(130)
  })
  return controller.signal
}

/** Waits for the second of two signals of one press: it would kill a process that is already shutting down. */
export const awaitRepeat = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300))
