// Runs structured, view and composite records: check, allocate, compute, tell autograd.
import { canCast } from '../dtype.ts'
import { DTypeError, ShapeError, check } from '../errors.ts'
import { formatShape, sameShape } from '../shape/shape.ts'
import { isComplexOperand } from './complex.ts'
import { Tensor, newTensor, setWindow, viewOf } from '../tensor.ts'
import { autograd, gradState, needsGrad, withGradMode } from './hook.ts'
import { checkTakesComplex, runStructured } from './complex-run.ts'
import { checkSameDevice } from './pointwise-call.ts'
import { writeInPlace } from './pointwise.ts'
import type { CompositeRecord, MultiViewRecord, OpRecord, StructuredRecord, ViewRecord } from './record.ts'

/**
 * A structured op's record, with its attributes' type inferred.
 *
 * @example
 * const doubleOp = structured({
 *   name: 'double',
 *   infer: ([self]) => [{ shape: self.shape, dtype: self.dtypeInfo }],
 *   run: (_backend, [self], _attrs, [out]) => { out.copy_(self.mul(2)) },
 * })
 * apply(doubleOp, [tensor([1, 2])], null).tolist() // => [2, 4]
 */
export const structured = <Attrs>(
  record: Omit<StructuredRecord<Attrs>, 'kind'>,
): StructuredRecord<Attrs> => ({ kind: 'structured', ...record })
/**
 * A view op's record.
 *
 * @example
 * const firstOp = viewRecord({
 *   name: 'first',
 *   view: (self, { count }) => ({ shape: [count], strides: self.strides, offset: self.offset }),
 * })
 * applyView(firstOp, tensor([1, 2, 3]), { count: 2 }).tolist() // => [1, 2]
 */
export const viewRecord = <Attrs>(record: Omit<ViewRecord<Attrs>, 'kind'>): ViewRecord<Attrs> => ({
  kind: 'view',
  ...record,
})
/**
 * The record of an op that gives several views.
 *
 * @example
 * const halvesOp = multiViewRecord({
 *   name: 'halves',
 *   views: ({ shape: [n], strides, offset }) => [0, n / 2].map((start) => ({ shape: [n / 2], strides, offset: offset + start })),
 * })
 * applyMultiView(halvesOp, tensor([1, 2, 3, 4]), null).map((half) => half.tolist()) // => [[1, 2], [3, 4]]
 */
export const multiViewRecord = <Attrs>(
  record: Omit<MultiViewRecord<Attrs>, 'kind'>,
): MultiViewRecord<Attrs> => ({ kind: 'multiView', ...record })
/**
 * A composite op's record.
 *
 * @example
 * const meanSquareOp = composite({ name: 'meanSquare', decompose: ([self]) => [self.square().mean()] })
 * applyComposite(meanSquareOp, [tensor([3, 4])], null)[0].item() // => 12.5
 */
export const composite = <Attrs>(record: Omit<CompositeRecord<Attrs>, 'kind'>): CompositeRecord<Attrs> => ({
  kind: 'composite',
  ...record,
})

/**
 * Runs a structured op. All tensors must be of one device.
 *
 * @example
 * applyAll(maxDimOp, [tensor([3, 1, 2])], { dim: 0, keepdim: false }).map((x) => x.item()) // => [3, 0]
 */
export function applyAll<Attrs>(
  record: StructuredRecord<Attrs>,
  tensors: readonly Tensor[],
  attrs: Attrs,
): readonly Tensor[] {
  if (tensors.length > 1) checkSameDevice(record.name, tensors)
  checkTakesComplex(record, tensors)
  const backend = tensors[0].storage.backend
  const outputs = record
    .infer(tensors, attrs)
    .map(({ dtype, shape }) => newTensor(backend, dtype, shape, record.name))
  if (!needsGrad(tensors)) {
    runStructured(record, backend, tensors, attrs, outputs)
    return outputs
  }
  // What the kernel does by other ops is no part of the graph: the node of this op stands for it.
  withGradMode(false, () => runStructured(record, backend, tensors, attrs, outputs))
  autograd(record.name).record(record, tensors, attrs, outputs)
  return outputs
}

/**
 * Runs a structured op of one output.
 *
 * @example
 * apply(amaxOp, [tensor([[3, 1], [2, 4]])], { dims: [1], keepdim: false }).tolist() // => [3, 4]
 */
export const apply = <Attrs>(
  record: StructuredRecord<Attrs>,
  tensors: readonly Tensor[],
  attrs: Attrs,
): Tensor => applyAll(record, tensors, attrs)[0]

/**
 * Runs a structured op whose kernel writes into `tensors[0]`, which is returned: `run` gets it as its only output.
 * `infer` checks the arguments; what it answers must be the shape of self.
 */
export function applyInPlace<Attrs>(
  record: StructuredRecord<Attrs>,
  tensors: readonly Tensor[],
  attrs: Attrs,
): Tensor {
  const name = `${record.name}_`
  const self = tensors[0]
  if (tensors.length > 1) checkSameDevice(name, tensors)
  checkTakesComplex(record, tensors)
  const [spec] = record.infer(tensors, attrs)
  check(
    sameShape(spec.shape, self.shape),
    () =>
      new ShapeError(
        name,
        `the result must have the shape of self, got ${formatShape(spec.shape)} for self of ${formatShape(self.shape)}`,
      ),
  )
  check(
    canCast(spec.dtype.name, self.dtype),
    () =>
      new DTypeError(
        name,
        `the result type ${spec.dtype.name} must be castable to that of self, got ${self.dtype}`,
      ),
  )
  writeInPlace(name, record as StructuredRecord, self, tensors, () =>
    withGradMode(false, () => runStructured(record, self.storage.backend, tensors, attrs, [self])),
  )
  if (needsGrad(tensors)) autograd(name).recordInPlace(record, tensors, attrs, self)
  return self
}

/** Runs a view op. @example applyView(transposeOp, ones([2, 3]), { dim0: 0, dim1: 1 }).shape // => [3, 2] */
export function applyView<Attrs>(record: ViewRecord<Attrs>, self: Tensor, attrs: Attrs): Tensor {
  const { shape, strides, offset, dtype } = record.view(self, attrs)
  const result = viewOf(self, shape, strides, offset, dtype)
  const tensors = [self]
  if (needsGrad(tensors)) autograd(record.name).record(record, tensors, attrs, [result])
  return result
}

/** Runs a view op that gives self another window on its memory, in place. */
export function applyViewInPlace<Attrs>(record: ViewRecord<Attrs>, self: Tensor, attrs: Attrs): Tensor {
  const name = `${record.name}_`
  const window = record.view(self, attrs)
  if (gradState.hook !== null && (self.autograd !== null || self.base !== null))
    gradState.hook.beforeInPlace(name, self)
  const before = new Tensor(self)
  before.autograd = self.autograd
  setWindow(self, window)
  self.bumpVersion(name)
  const tensors = [before]
  if (needsGrad(tensors)) autograd(name).recordInPlace(record as OpRecord, tensors, attrs, self)
  return self
}

/**
 * Runs an op that gives several views.
 *
 * @example
 * applyMultiView(unbindOp, tensor([[1, 2], [3, 4]]), { dim: 0 }).map((row) => row.tolist()) // => [[1, 2], [3, 4]]
 */
export function applyMultiView<Attrs>(
  record: MultiViewRecord<Attrs>,
  self: Tensor,
  attrs: Attrs,
): readonly Tensor[] {
  const results = record
    .views(self, attrs)
    .map(({ shape, strides, offset }) => viewOf(self, shape, strides, offset))
  const tensors = [self]
  if (needsGrad(tensors)) autograd(record.name).record(record, tensors, attrs, results)
  return results
}

/**
 * Runs a composite op. Where gradients are needed and autograd has no formula for it, the decomposition is
 * differentiated through; otherwise the backend's fused kernel runs if there is one, and it is one graph node.
 *
 * @example
 * applyComposite(stdOp, [tensor([1, 2, 3, 4])], { dims: [0], keepdim: false, correction: 1 })[0].item() // => 1.29099
 */
export function applyComposite<Attrs>(
  record: CompositeRecord<Attrs>,
  tensors: readonly Tensor[],
  attrs: Attrs,
): readonly Tensor[] {
  if (tensors.length > 1) checkSameDevice(record.name, tensors)
  const recorded = needsGrad(tensors)
  if (recorded && !autograd(record.name).hasFormula(record)) return record.decompose(tensors, attrs)
  const outputs = withGradMode(
    false,
    () =>
      (tensors.some(isComplexOperand) ? null : record.fuse?.(tensors[0].storage.backend, tensors, attrs)) ??
      record.decompose(tensors, attrs),
  )
  if (recorded) autograd(record.name).record(record, tensors, attrs, outputs)
  return outputs
}
