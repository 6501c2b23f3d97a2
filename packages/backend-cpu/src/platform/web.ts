// Browsers: no collection can be forced, and the main thread may not sleep.
import { waitFor } from './wait.ts'
import type { Platform } from './platform.ts'

const scope = globalThis as {
  crossOriginIsolated?: boolean
  navigator?: { hardwareConcurrency?: number }
  Worker?: typeof Worker
}

/** The platform of everything that is not Node. */
export const platform: Platform = {
  collector: null,
  threads:
    scope.crossOriginIsolated === true && scope.Worker !== undefined
      ? Math.min(8, scope.navigator?.hardwareConcurrency ?? 1)
      : 1,
  start(source, data, failed) {
    const url = URL.createObjectURL(
      new Blob([`onmessage = (event) => { postMessage(0); (${source})(event.data); close() }`], {
        type: 'text/javascript',
      }),
    )
    try {
      const worker = new Worker(url)
      worker.addEventListener('error', failed)
      worker.addEventListener('message', () => URL.revokeObjectURL(url))
      worker.postMessage(data)
    } catch (error) {
      URL.revokeObjectURL(url)
      throw error
    }
  },
  wait: (words, index, value, spins) => waitFor(words, index, value, spins, maySleep()),
}

// Workers may sleep, the main thread of a page throws; tried once.
let sleeps: boolean | undefined
function maySleep(): boolean {
  if (sleeps === undefined) {
    try {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0)
      sleeps = true
    } catch {
      sleeps = false
    }
  }
  return sleeps
}
