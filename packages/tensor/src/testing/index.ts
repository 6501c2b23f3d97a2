// @tt/tensor/testing: the reference backend, and the conformance suite that compares another backend with it.
export { createReferenceBackend } from './reference/index.ts'
export { conformance } from './conformance.ts'
export { conformanceSuite } from './suite.ts'
export type { Backends, ConformanceOptions, ConformanceTest, DeviceTest } from './suite.ts'
export { families } from './samples/index.ts'
export type { ErrorSample, Family, InputSpec, Layout, Sample, Values } from './sample.ts'
export { watchBuffers } from './watch-buffers.ts'
export type { BufferWatch } from './watch-buffers.ts'
