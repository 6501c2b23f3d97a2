// Node: the npm package `webgpu` (Dawn), and a synchronous collection as in @tt/backend-cpu.
import { Buffer } from 'node:buffer'
import { createRequire } from 'node:module'
import type * as Vm from 'node:vm'
import type * as V8 from 'node:v8'
import type * as Dawn from 'webgpu'
import type { Collector, Platform } from './platform.ts'

type Binding = typeof Dawn
const key = Symbol.for('@tt/backend-webgpu')

/** The platform of Node. */
export const platform: Platform = {
  collector: createCollector(),
  memory: (bytes) => new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer),
  adapterHint:
    'Install a Vulkan driver (apt-get install libvulkan1 and that of your GPU), ' +
    'or a software one and name it in VK_ICD_FILENAMES (its .json)',
  async gpu() {
    // Deno and Bun, which also take this entry, and programs that set one up by themselves
    const given = (globalThis.navigator as { gpu?: GPU } | undefined)?.gpu
    if (given !== undefined) return given
    const { create, globals } = await importBinding()
    // The object that create() answers must live as long as the process: devices made by it use it after it is freed.
    // It hangs on a class of the native module, of which there is one per process, whatever loads this file.
    const holder = (globals as unknown as Record<string, object>)['GPU'] as { [key]?: GPU }
    return (holder[key] ??= create(['enable-dawn-features=vulkan_enable_f16_on_nvidia,allow_unsafe_apis']))
  },
}

async function importBinding(): Promise<Binding> {
  try {
    return await import('webgpu')
  } catch (cause) {
    throw new Error(
      'the npm package webgpu must be installed, got none that loads. Install it: npm install webgpu@0.6.2',
      { cause },
    )
  }
}

// Clears the kept objects of the current job (WeakRef targets are kept alive until then), then collects.
function createCollector(): Collector | null {
  if (
    typeof process === 'undefined' ||
    process.versions.bun !== undefined ||
    process.versions.deno !== undefined
  )
    return null
  const require = createRequire(import.meta.url)
  const vm = require('node:vm') as typeof Vm
  const v8 = require('node:v8') as typeof V8
  let gc: (() => void) | null = null
  let context: object | null = null
  const script = new vm.Script('0')
  return {
    collect() {
      if (context === null) {
        v8.setFlagsFromString('--expose-gc')
        gc = vm.runInNewContext('gc') as () => void
        context = vm.createContext({}, { microtaskMode: 'afterEvaluate' })
      }
      script.runInContext(context)
      gc!()
    },
  }
}
