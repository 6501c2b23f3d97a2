// @tt/tensor: tensors, ops, dtypes, random numbers, and the interface that backends implement.
import { installMethods } from './methods.ts'
import * as free from './ops/free.ts'
import * as ops from './ops/index.ts'
import { inspectKeys } from '#platform'
import { Tensor } from './tensor.ts'

export { Tensor, newTensor, viewOf } from './tensor.ts'
export type { TensorParts } from './tensor.ts'
export * from './ops/index.ts'
export * from './ops/free.ts'
export type { MemoryFormat, MemoryFormatOption } from './ops/memory-format.ts'
export * as fft from './ops/fft/index.ts'
export * as linalg from './ops/linalg/index.ts'
export * as masked from './ops/masked.ts'
export * as special from './ops/special.ts'
export { Complex } from './complex-number.ts'
export * from './dtype.ts'
export * from './errors.ts'
export * from './storage.ts'
export * from './shape/shape.ts'
export * from './backend/backend.ts'
export * from './backend/kernels.ts'
export {
  devices,
  getBackend,
  getDefaultDevice,
  registerBackend,
  setDefaultDevice,
} from './backend/registry.ts'
export { awaitReads, isReplayed } from './host/reads.ts'
export * from './random/index.ts'
export * from './expr/complex.ts'
export * from './expr/expr.ts'
export * as modifiedBessel from './expr/modified-bessel.ts'
export { primitives } from './expr/primitives.ts'
export type { ExprKind, ScalarPrimitive } from './expr/primitives.ts'
export { combinationOf, meaningOf } from './expr/meaning.ts'
export type { Combination, ScalarMeaning, ScalarResult } from './expr/meaning.ts'
export { decodeElement, encodeElement, toCompute, wideType } from './host/element-value.ts'
export type { ElementValue } from './host/element-value.ts'
export { supportsDtype } from './dispatch/complex.ts'
export * from './dispatch/define.ts'
export { derivedKernels } from './dispatch/derived-kernels.ts'
export type { DerivedKernels } from './dispatch/derived-kernels.ts'
export * from './dispatch/elements.ts'
export * from './dispatch/hook.ts'
export { unsafeViewOp } from './dispatch/matmul.ts'
export { resultInto } from './dispatch/out.ts'
export type { OutOption, OutsOption } from './dispatch/out.ts'
export type { DeviceSource } from './dispatch/device-source.ts'
export type { Draw, Sampler } from './dispatch/sample.ts'
export * from './dispatch/pointwise.ts'
export { checkSameDevice } from './dispatch/pointwise-call.ts'
export * from './dispatch/pointwise-record.ts'
export * from './dispatch/promotion.ts'
export * from './dispatch/record.ts'
export * from './dispatch/reduction.ts'
export * from './dispatch/scalar.ts'
export { float } from './dispatch/scalar.ts' // the marker of a number; the method float() is a cast
export * from './dispatch/structured.ts'
export * from './dispatch/update.ts'
export { getPrintOptions, pyLiteral, pyRepr, pyTuple, setPrintOptions } from './format/index.ts'
export type { PrintOptions, PrintProfile, PyValue } from './format/index.ts'
export type { Methods, OverloadedMethods } from './methods.ts'

installMethods(Tensor.prototype, ops)
installMethods(Tensor.prototype, {
  polygamma: (self: Tensor, n: number) => free.polygamma(n, self),
  polygamma_: (self: Tensor, n: number) => free.polygamma_(n, self),
  where: (self: Tensor, condition: Tensor, other: Parameters<typeof free.where>[2]) =>
    free.where(condition, self, other),
})
for (const key of inspectKeys) {
  Object.defineProperty(Tensor.prototype, key, {
    value(this: Tensor) {
      return ops.toString(this)
    },
  })
}
