// How matrix products reach the kernel: windows of three dims, checks of dtypes, reshaping without a view.
import type { Backend } from '../backend/backend.ts'
import type { Operand } from '../backend/kernels.ts'
import { DTypeError, check } from '../errors.ts'
import { numelOf } from '../shape/shape.ts'
import { Tensor } from '../tensor.ts'
import { isComplexOperand } from './complex.ts'
import { complexMatmul } from './complex-matmul.ts'
import { fillElements } from './elements.ts'
import { autograd, needsGrad } from './hook.ts'
import { structured } from './structured.ts'

/** A window on the memory of a tensor with another shape and strides; the kernel's view of it, no Tensor. */
export const windowOf = (self: Tensor, shape: readonly number[], strides: readonly number[]): Operand => ({
  storage: self.storage,
  dtypeInfo: self.dtypeInfo,
  shape,
  strides,
  offset: self.offset,
})

/** Throws unless all operands have one dtype, and that is a number type. */
export function checkFactors(op: string, tensors: readonly Tensor[]): void {
  const { dtypeInfo } = tensors[0]
  check(
    dtypeInfo.category !== 'bool',
    () => new DTypeError(op, 'bool tensors are not supported, got bool. Cast them first'),
  )
  for (let i = 1; i < tensors.length; i++) {
    if (tensors[i].dtypeInfo !== dtypeInfo) {
      throw new DTypeError(
        op,
        `all tensors must have one dtype, got ${dtypeInfo.name} and ${tensors[i].dtype}. ` +
          `Cast one of them: .to('${dtypeInfo.name}')`,
      )
    }
  }
}

/** `out = a · b (+ bias)` for operands of 3 dims; an inner size of 0 gives zeros (or the bias). */
export function runMatmul(
  backend: Backend,
  a: Operand,
  b: Operand,
  bias: Operand | null,
  out: Tensor,
  shape: readonly number[],
  strides: readonly number[],
): void {
  if (out.elementCount === 0) return
  if (a.shape[2] === 0 && bias === null) fillElements(out, 0)
  else if (isComplexOperand(a)) complexMatmul(backend, a, b, bias, windowOf(out, shape, strides))
  else backend.kernels.matmul(a, b, bias, windowOf(out, shape, strides))
}

/** unsafeView: the result of a matrix product in its final shape; no view to the user, since nobody else has the memory. */
export const unsafeViewOp = structured<{ shape: readonly number[] }>({
  name: 'unsafeView',
  complex: 'whole',
  infer: ([self], { shape }) => [{ shape, dtype: self.dtypeInfo }],
  run: () => {},
})
/** The contiguous tensor in another shape, as a tensor that is no view; `self` must not be used any more. */
export function unsafeView(self: Tensor, shape: readonly number[]): Tensor {
  const strides = new Array<number>(shape.length)
  for (let i = shape.length - 1, step = 1; i >= 0; i--) {
    strides[i] = step
    step *= Math.max(shape[i], 1)
  }
  const { storage, dtypeInfo, offset } = self
  const result = new Tensor(
    { storage, dtypeInfo, shape, strides, offset, base: null, counter: storage },
    true,
  )
  if (needsGrad([self])) autograd('unsafeView').record(unsafeViewOp, [self], { shape }, [result])
  return result
}

/** Product of all sizes but the last `keep`. */
export const leading = (shape: readonly number[], keep: number): number =>
  numelOf(shape.slice(0, shape.length - keep))
