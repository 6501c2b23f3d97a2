// Node: a synchronous collection, so that dropped tensors can be found in the middle of a synchronous loop.
import os from 'node:os'
import v8 from 'node:v8'
import vm from 'node:vm'
import { Worker } from 'node:worker_threads'
import { waitFor } from './wait.ts'
import type { Collector, Platform } from './platform.ts'

/** The platform of Node. Bun and Deno take the same entry and have other collectors. */
export const platform: Platform = {
  collector: isNode() ? createCollector() : null,
  threads: isNode() ? Math.min(8, os.availableParallelism()) : 1,
  start(source, data, failed) {
    // execArgv: flags of this process (a loader, --input-type) are not meant for it
    const worker = new Worker(`(${source})(require('node:worker_threads').workerData)`, {
      eval: true,
      workerData: data,
      execArgv: [],
    })
    worker.on('error', failed)
    worker.unref()
  },
  wait: (words, index, value, spins) => waitFor(words, index, value, spins, true),
}

function isNode(): boolean {
  const { versions } = process
  return versions['bun'] === undefined && versions['deno'] === undefined
}

// WeakRef targets are kept alive until the end of the job in which they were made or read. A script run in a context
// with microtasks of its own ends a job as far as V8 is concerned, and lets go of them.
function createCollector(): Collector {
  const script = new vm.Script('0')
  let context: object | null = null
  let gc: (() => void) | null = null
  const releaseKept = (): void => {
    context ??= vm.createContext({}, { microtaskMode: 'afterEvaluate' })
    script.runInContext(context)
  }
  return {
    releaseKept,
    collect() {
      releaseKept()
      if (gc === null) {
        v8.setFlagsFromString('--expose-gc')
        gc = vm.runInNewContext('gc') as () => void
      }
      gc()
    },
  }
}
