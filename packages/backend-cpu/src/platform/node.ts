// Node: a synchronous collection, so that dropped tensors can be found in the middle of a synchronous loop.
import { createRequire } from 'node:module'
import type { Platform } from './platform.ts'

/** The platform of Node. */
export const platform: Platform = { collector: createCollector() }

// Clears the kept objects of the current job (WeakRef targets are kept alive until then), then collects.
function createCollector(): Platform['collector'] {
  if (typeof process === 'undefined' || process.versions.bun !== undefined || process.versions.deno !== undefined) return null
  const require = createRequire(import.meta.url)
  const vm = require('node:vm') as typeof import('node:vm')
  const v8 = require('node:v8') as typeof import('node:v8')
  let gc: (() => void) | null = null
  let context: object | null = null
  const script = new vm.Script('0')
  const start = (): void => {
    v8.setFlagsFromString('--expose-gc')
    gc = vm.runInNewContext('gc') as () => void
    context = vm.createContext({}, { microtaskMode: 'afterEvaluate' })
  }
  const releaseKept = (): void => {
    if (context === null) start()
    script.runInContext(context!)
  }
  return {
    releaseKept,
    collect() {
      releaseKept()
      gc!()
    },
  }
}
