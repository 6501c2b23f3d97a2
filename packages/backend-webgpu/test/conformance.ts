// The conformance kit of @tt/tensor/testing on the GPU: what is skipped and why, and its families in parts, so that
// jest runs them side by side.
import { test } from '@jest/globals'
import { init } from '@tt/backend-webgpu'
import type { WebGpuOptions } from '@tt/backend-webgpu'
import { conformance } from '@tt/tensor/testing'

const noFloat64 = 'no float64 on the device: tested in kernels.test.ts'
const narrow = 'int64 is held in 32 bits: tested in kernels.test.ts'
const skip = {
  'copy/to float64': noFloat64,
  'copy/casts that do not fit': narrow,
  'copy/NaN and infinities as integers': `${narrow}; also converts by float64`,
  'indexing/indexPut/error': 'good indices of the call are written, as in CUDA: tested in indexing.test.ts',
}

/** Declares the tests whose family `include` takes. */
export function conformanceTests(options: WebGpuOptions, include: (family: string) => boolean): void {
  for (const { name, run } of conformance({ create: () => init(options), skip })) {
    if (include(name.split('/')[0])) test(name, run)
  }
}
