// Runs structured, view and composite records: check, allocate, compute, tell autograd.
import { canCast } from '../dtype.ts'
import { DTypeError, ShapeError, check } from '../errors.ts'
import { formatShape, sameShape } from '../shape/shape.ts'
import { newTensor, viewOf } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import { autograd, needsGrad, withGradMode } from './hook.ts'
import { checkSameDevice, writeInPlace } from './pointwise.ts'
import type { CompositeRecord, MultiViewRecord, OpRecord, StructuredRecord, ViewRecord } from './record.ts'

/** A structured op's record, with its attributes' type inferred. */
export const structured = <Attrs>(record: Omit<StructuredRecord<Attrs>, 'kind'>): StructuredRecord<Attrs> =>
  ({ kind: 'structured', ...record })
/** A view op's record. */
export const viewRecord = <Attrs>(record: Omit<ViewRecord<Attrs>, 'kind'>): ViewRecord<Attrs> =>
  ({ kind: 'view', ...record })
/** The record of an op that gives several views. */
export const multiViewRecord = <Attrs>(record: Omit<MultiViewRecord<Attrs>, 'kind'>): MultiViewRecord<Attrs> =>
  ({ kind: 'multiView', ...record })
/** A composite op's record. */
export const composite = <Attrs>(record: Omit<CompositeRecord<Attrs>, 'kind'>): CompositeRecord<Attrs> =>
  ({ kind: 'composite', ...record })

/** Runs a structured op. All tensors must be of one device. */
export function applyAll<Attrs>(record: StructuredRecord<Attrs>, tensors: readonly Tensor[], attrs: Attrs): readonly Tensor[] {
  if (tensors.length > 1) checkSameDevice(record.name, tensors)
  const backend = tensors[0].storage.backend
  const outputs = record.infer(tensors, attrs).map(({ dtype, shape }) => newTensor(backend, dtype, shape, record.name))
  record.run(backend, tensors, attrs, outputs)
  if (needsGrad(tensors)) autograd(record.name).record(record, tensors, attrs, outputs)
  return outputs
}

/** Runs a structured op of one output. */
export const apply = <Attrs>(record: StructuredRecord<Attrs>, tensors: readonly Tensor[], attrs: Attrs): Tensor =>
  applyAll(record, tensors, attrs)[0]

/**
 * Runs a structured op whose kernel writes into `tensors[0]`, which is returned: `run` gets it as its only output.
 * `infer` checks the arguments; what it answers must be the shape of self.
 */
export function applyInPlace<Attrs>(record: StructuredRecord<Attrs>, tensors: readonly Tensor[], attrs: Attrs): Tensor {
  const name = `${record.name}_`
  const self = tensors[0]
  if (tensors.length > 1) checkSameDevice(name, tensors)
  const [spec] = record.infer(tensors, attrs)
  check(sameShape(spec.shape, self.shape), () => new ShapeError(name,
    `the result must have the shape of self, got ${formatShape(spec.shape)} for self of ${formatShape(self.shape)}`))
  check(canCast(spec.dtype.name, self.dtype), () => new DTypeError(name,
    `the result type ${spec.dtype.name} must be castable to that of self, got ${self.dtype}`))
  writeInPlace(name, record as OpRecord, self, tensors, () => record.run(self.storage.backend, tensors, attrs, [self]))
  if (needsGrad(tensors)) autograd(name).recordInPlace(record, tensors, attrs, self)
  return self
}

/** Runs a view op. */
export function applyView<Attrs>(record: ViewRecord<Attrs>, self: Tensor, attrs: Attrs): Tensor {
  const { shape, strides, offset } = record.view(self, attrs)
  const result = viewOf(self, shape, strides, offset)
  const tensors = [self]
  if (needsGrad(tensors)) autograd(record.name).record(record, tensors, attrs, [result])
  return result
}

/** Runs an op that gives several views. */
export function applyMultiView<Attrs>(record: MultiViewRecord<Attrs>, self: Tensor, attrs: Attrs): readonly Tensor[] {
  const results = record.views(self, attrs).map(({ shape, strides, offset }) => viewOf(self, shape, strides, offset))
  const tensors = [self]
  if (needsGrad(tensors)) autograd(record.name).record(record, tensors, attrs, results)
  return results
}

/**
 * Runs a composite op. Where gradients are needed and autograd has no formula for it, the decomposition is
 * differentiated through; otherwise the backend's fused kernel runs if there is one, and it is one graph node.
 */
export function applyComposite<Attrs>(
  record: CompositeRecord<Attrs>, tensors: readonly Tensor[], attrs: Attrs,
): readonly Tensor[] {
  if (tensors.length > 1) checkSameDevice(record.name, tensors)
  const recorded = needsGrad(tensors)
  if (recorded && !autograd(record.name).hasFormula(record)) return record.decompose(tensors, attrs)
  const outputs = withGradMode(false, () =>
    record.fuse?.(tensors[0].storage.backend, tensors, attrs) ?? record.decompose(tensors, attrs))
  if (recorded) autograd(record.name).record(record, tensors, attrs, outputs)
  return outputs
}
