// The conformance kit of @tt/tensor/testing on the GPU: what is skipped and why, and its families in parts, so that
// jest runs them side by side.
import { test } from '@jest/globals'
import { init } from '@tt/backend-webgpu'
import type { WebGpuOptions } from '@tt/backend-webgpu'
import { conformance } from '@tt/tensor/testing'

const laterErrors = 'kernels check indices, the next read throws: tested in indexing.test.ts'
const noFloat64 = 'no float64 on the device: tested in dtypes.test.ts'
const narrow = 'int64 is held in 32 bits: tested in dtypes.test.ts'
const skip = {
  'copy/to float64': noFloat64,
  'copy/casts that do not fit': narrow,
  'copy/NaN and infinities as integers': `${narrow}; also converts by float64`,
  'indexing/masks': 'masks need a read: nonzeroAsync',
  'indexing/gather/error': laterErrors,
  'indexing/index/error': laterErrors,
  'indexing/indexPut/error': laterErrors,
  'indexing/indexSelect/error': laterErrors,
  'scatter/scatterAdd/error': laterErrors,
  'loss/nllLoss and crossEntropy': 'label smoothing with a mean reads one element synchronously (@tt/tensor)',
}

/** Declares the tests whose family `include` takes. */
export function conformanceTests(options: WebGpuOptions, include: (family: string) => boolean): void {
  for (const { name, run } of conformance({ create: () => init(options), skip })) {
    if (include(name.split('/')[0])) test(name, run)
  }
}
