// Runs elementwise ops: out of place, in place, and the shared path of everything that writes into a tensor.
import { canCast } from '../dtype.ts'
import { DTypeError, ShapeError, check } from '../errors.ts'
import { broadcastPair, formatShape, sameShape } from '../shape/shape.ts'
import { newTensor } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import { autograd, gradState, needsGrad } from './hook.ts'
import { checkOverlap } from './overlap.ts'
import { prepare } from './pointwise-call.ts'
import type { Operandish, PointwiseRecord, PointwiseVariant } from './pointwise-record.ts'
import type { StructuredRecord } from './record.ts'
import type { Scalar } from './scalar.ts'

/** Runs the op out of place. `inputs` has one entry per input of the record. */
export function applyPointwise(
  record: PointwiseRecord,
  inputs: readonly Operandish[],
  options: Readonly<Record<string, Scalar | undefined>> | undefined,
): Tensor {
  const call = prepare(record, inputs, options, null)
  const { tensors, variant, params, common, output } = call
  let shape = tensors[0].shape
  for (let i = 1; i < tensors.length; i++) shape = broadcastPair(record.name, shape, tensors[i].shape)
  const result = newTensor(tensors[0].storage.backend, output, shape, record.name)
  if (result.elementCount > 0) variant.run(tensors, params, common, result)
  if (gradState.enabled && output.differentiable && needsGrad(tensors)) {
    autograd(record.name).record(variant, tensors, params, [result])
  }
  return result
}

/** Runs the op into its first input, which it returns. */
export function applyPointwiseInPlace(
  record: PointwiseRecord,
  inputs: readonly Operandish[],
  options: Readonly<Record<string, Scalar | undefined>> | undefined,
): Tensor {
  const name = `${record.name}_`
  const self = inputs[0] as Tensor
  const { tensors, variant, params, common, output } = prepare(record, inputs, options, name)
  let shape = self.shape
  for (let i = 1; i < tensors.length; i++) shape = broadcastPair(name, shape, tensors[i].shape)
  check(
    sameShape(shape, self.shape),
    () =>
      new ShapeError(
        name,
        `the result must have the shape of self, got ${formatShape(shape)} for self of ${formatShape(self.shape)}`,
      ),
  )
  check(
    canCast(output.name, self.dtype),
    () =>
      new DTypeError(
        name,
        `the result type ${output.name} must be castable to that of self, got ${self.dtype}. Use ${record.name} instead`,
      ),
  )
  check(
    record.result === 'bool' || output.component !== null || self.dtypeInfo.component === null,
    () =>
      new DTypeError(
        name,
        `the result of complex numbers is real, got ${self.dtype}. Use ${record.name} instead`,
      ),
  )
  writeInPlace(name, variant, self, tensors, () => variant.run(tensors, params, common, self))
  if (needsGrad(tensors)) autograd(name).recordInPlace(variant, tensors, params, self)
  return self
}

/**
 * The shared path of everything that changes `self`: checks with autograd and for overlap, runs `write`, bumps the
 * version. Inputs that share memory with `self` but are another window are what `write` must not see: they are
 * refused, as PyTorch does.
 */
export function writeInPlace(
  name: string,
  op: PointwiseVariant | StructuredRecord,
  self: Tensor,
  inputs: readonly Tensor[],
  write: () => void,
): void {
  if (gradState.hook !== null && (self.autograd !== null || self.base !== null || needsGrad(inputs))) {
    gradState.hook.beforeInPlace(name, self, op, inputs)
  }
  checkOverlap(name, self, inputs, op.kind === 'pointwise' ? op.record.overlap : op.overlap)
  if (self.elementCount > 0) write()
  self.bumpVersion(name)
}
