// What the conformance kit skips on this backend, and why.

const noFloat64 = 'no float64 on the device: tested in kernels.test.ts'
const narrow = 'int64 is held in 32 bits: tested in kernels.test.ts'

/** Reasons by name of a test, or of a group of them. */
export const skip = {
  'copy/to float64': noFloat64,
  'copy/casts that do not fit': narrow,
  'copy/NaN and infinities as integers': `${narrow}; also converts by float64`,
  'indexing/indexPut/error': 'good indices of the call are written, as in CUDA: tested in indexing.test.ts',
}
