// Complex tensors seen as what backends know: windows on their real and imaginary parts.
import type { Backend } from '../backend/backend.ts'
import type { Operand } from '../backend/kernels.ts'
import type { DTypeInfo } from '../dtype.ts'
import { Tensor } from '../tensor.ts'

/** Which part of a complex number: 0 the real, 1 the imaginary one. */
export type Part = 0 | 1

/** Whether the elements are complex. */
export const isComplexOperand = ({ dtypeInfo }: Pick<Operand, 'dtypeInfo'>): boolean =>
  dtypeInfo.component !== null

/**
 * The real or imaginary part of a complex tensor, on its memory; outside autograd.
 *
 * @example
 * partOf(tensor([new Complex(1, 2)]), 1).tolist() // => [2]
 */
export function partOf({ storage, dtypeInfo, shape, strides, offset, counter }: Tensor, part: Part): Tensor {
  return new Tensor({
    storage,
    dtypeInfo: dtypeInfo.component!,
    shape,
    strides: doubled(strides),
    offset: 2 * offset + part,
    base: null,
    counter,
  })
}
const doubled = (strides: readonly number[]): number[] => strides.map((stride) => 2 * stride)

/** The memory of a complex tensor as real numbers: a last dim of size 2 for the parts; outside autograd. */
export function realWindowOf({ storage, dtypeInfo, shape, strides, offset, counter }: Tensor): Tensor {
  return new Tensor({
    storage,
    dtypeInfo: dtypeInfo.component!,
    shape: [...shape, 2],
    strides: [...doubled(strides), 1],
    offset: 2 * offset,
    base: null,
    counter,
  })
}

/** The operands of a kernel: two for each complex tensor. */
export function partsOf(tensors: readonly Tensor[]): Tensor[] {
  const parts: Tensor[] = []
  for (const tensor of tensors) {
    if (isComplexOperand(tensor)) parts.push(partOf(tensor, 0), partOf(tensor, 1))
    else parts.push(tensor)
  }
  return parts
}

/**
 * Whether the backend stores the dtype; a complex one as the pairs that it is.
 *
 * @example
 * supportsDtype(getBackend('cpu'), dtypes.complex64) // => true
 */
export const supportsDtype = (backend: Backend, dtype: DTypeInfo): boolean =>
  backend.supports(dtype.component ?? dtype)
