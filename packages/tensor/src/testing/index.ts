// @tt/tensor/testing: the reference backend, and the conformance suite that compares another backend with it.
export { createReferenceBackend } from './reference/index.ts'
