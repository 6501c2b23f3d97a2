// Browsers and Deno: navigator.gpu.
import type { Platform } from './platform.ts'

/** The platform of everything that is not Node. */
export const platform: Platform = {
  collector: null,
  memory: (bytes) => new Uint8Array(bytes),
  adapterHint:
    'Use a browser with WebGPU and a GPU that it accepts (chrome://gpu tells), over https or on localhost',
  gpu() {
    const gpu = (globalThis.navigator as { gpu?: GPU } | undefined)?.gpu
    if (gpu === undefined) {
      return Promise.reject(
        new Error(
          'navigator.gpu must exist, got none. Use a browser with WebGPU, over https or on localhost',
        ),
      )
    }
    return Promise.resolve(gpu)
  },
}
