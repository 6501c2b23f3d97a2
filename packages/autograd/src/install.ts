// Fills the autograd slot of @tt/tensor. Importing this file is its effect.
import {
  AutogradError,
  DTypeError,
  ShapeError,
  DeviceError,
  Tensor,
  check,
  formatShape,
  installAutograd,
} from '@tt/tensor'
import type { TensorHook } from '@tt/tensor'
import { backward } from './api/backward.ts'
import { formulaOf } from './derivatives/index.ts'
import { addHook } from './graph/hooks.ts'
import { accumulatorOf, ensureMeta, gradFnOf, metaOf, onGradient, requiresGradOf } from './graph/meta.ts'
import { beforeInPlace, record, recordInPlace } from './graph/record.ts'

const isLeaf = (self: Tensor): boolean => !requiresGradOf(self) || gradFnOf(self) === null

function setRequiresGrad(self: Tensor, value: boolean): void {
  check(
    !value || self.dtypeInfo.differentiable,
    () =>
      new DTypeError(
        'requiresGrad',
        `only floating point and complex dtypes can require gradients, got ${self.dtype}. Cast it: .to('float32')`,
      ),
  )
  if (requiresGradOf(self) === value) return
  check(
    isLeaf(self),
    () =>
      new AutogradError(
        'requiresGrad',
        'you can only change requiresGrad flags of leaf variables, got the result of a recorded op. Use detach() for a tensor outside the graph',
      ),
  )
  ensureMeta(self).requiresGrad = value
}

function setGrad(self: Tensor, value: Tensor | null): void {
  if (value === null || value === undefined) {
    const meta = metaOf(self)
    if (meta !== null) meta.grad = null
    return
  }
  check(
    value instanceof Tensor,
    () => new AutogradError('grad', `the assigned grad must be a Tensor or null, got ${typeof value}`),
  )
  check(value !== self, () => new AutogradError('grad', 'a tensor must not be its own grad, got itself'))
  check(
    value.shape.length === self.shape.length && value.shape.every((n, i) => n === self.shape[i]),
    () =>
      new ShapeError(
        'grad',
        `the assigned grad must have the shape of the tensor, got ${formatShape(value.shape)} for ${formatShape(self.shape)}`,
      ),
  )
  check(
    value.dtype === self.dtype,
    () =>
      new DTypeError(
        'grad',
        `the assigned grad must have the dtype of the tensor, got ${value.dtype} for ${self.dtype}`,
      ),
  )
  check(
    value.device === self.device,
    () =>
      new DeviceError(
        'grad',
        `the assigned grad must be on the device of the tensor, got ${value.device} for ${self.device}`,
      ),
  )
  ensureMeta(self).grad = value
}

function detach_(self: Tensor): void {
  check(
    self.base === null,
    () => new AutogradError('detach_', 'views cannot be detached in place, got a view. Use detach()'),
  )
  const meta = metaOf(self)
  if (meta === null) return
  meta.gradFn = null
  meta.output = 0
  meta.requiresGrad = false
}

function retainGrad(self: Tensor): void {
  check(
    requiresGradOf(self),
    () =>
      new AutogradError(
        'retainGrad',
        "can't retain the grad of a tensor that has requiresGrad = false, got one",
      ),
  )
  const fn = gradFnOf(self)
  if (fn === null) return // leaves keep it anyway
  const meta = ensureMeta(self)
  meta.retains = true
  ;(fn.retained ??= [])[meta.output] = self
}

function registerHook(self: Tensor, hook: TensorHook): () => void {
  check(
    requiresGradOf(self),
    () =>
      new AutogradError(
        'registerHook',
        "cannot register a hook on a tensor that doesn't require gradient, got one",
      ),
  )
  return onGradient(self, (gradient) => (gradient === null ? undefined : hook(gradient)))
}

function registerPostAccumulateGradHook(self: Tensor, hook: (self: Tensor) => void): () => void {
  const op = 'registerPostAccumulateGradHook'
  check(
    requiresGradOf(self),
    () => new AutogradError(op, "cannot register a hook on a tensor that doesn't require gradient, got one"),
  )
  check(
    isLeaf(self),
    () =>
      new AutogradError(
        op,
        'post accumulate grad hooks cannot be registered on non-leaf tensors, got one. Use registerHook',
      ),
  )
  return addHook((accumulatorOf(self).afterwards ??= new Set()), hook)
}

installAutograd({
  record,
  beforeInPlace,
  recordInPlace,
  hasFormula: (op) => {
    const entry = op.kind === 'pointwise' ? null : formulaOf(op)
    return op.kind === 'pointwise' || (entry !== null && !('decomposed' in entry))
  },
  requiresGrad: requiresGradOf,
  setRequiresGrad,
  isLeaf,
  grad: (self) => metaOf(self)?.grad ?? null,
  setGrad,
  gradFn: gradFnOf,
  backward,
  detach_,
  retainGrad,
  retainsGrad: (self) => metaOf(self)?.retains ?? false,
  registerHook,
  registerPostAccumulateGradHook,
})
