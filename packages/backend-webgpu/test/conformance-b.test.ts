// The second part of the conformance kit; and the kernels for the other kind of adapter, with barriers or without.
import { describe } from '@jest/globals'
import { conformanceTests } from './conformance.ts'

conformanceTests({}, (family) => ['math', 'logarithm', 'matmul', 'extremes', 'sort'].includes(family))

describe('kernels with barriers', () => {
  conformanceTests({ name: 'webgpu:barriers', barrierFree: false }, (family) =>
    ['extremes', 'matmul'].includes(family),
  )
})
