// How masked functions see their input: masked-out elements replaced by what does not count.
import { dtypeInfoOf } from '../dispatch/elements.ts'
import type { DType } from '../dtype.ts'
import { ShapeError, check } from '../errors.ts'
import { formatShape, wrapDims } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { where } from './choice.ts'
import { to } from './copy.ts'
import type { Dims } from './reduce.ts'
import { broadcastTo } from './views.ts'

/** Options of every masked function. */
export interface MaskedOptions {
  /** Of the result; default that of the input. */
  dtype?: DType | null
  /** true where an element counts; broadcasts to the input. All count if left out. */
  mask?: Tensor | null
}
/** Options of a masked reduction. */
export interface MaskedReductionOptions extends MaskedOptions {
  keepdim?: boolean
}

/** The mask as bool in the shape of the input. @throws ShapeError if it does not broadcast to it */
export function maskFor(op: string, input: Tensor, mask: Tensor): Tensor {
  check(
    mask.ndim <= input.ndim,
    () =>
      new ShapeError(
        op,
        `the mask must broadcast to the input, got ${formatShape(mask.shape)} for ${formatShape(input.shape)}`,
      ),
  )
  return to(broadcastTo(mask, input.shape), { dtype: 'bool' })
}
/** The input with `value` where the mask is false. */
export const filled = (
  op: string,
  input: Tensor,
  mask: Tensor | null | undefined,
  value: number | bigint,
): Tensor => (mask ? where(maskFor(op, input, mask), input, value) : input)

/** The largest or smallest number of the input's dtype: infinite for floats. */
export const extremeOf = (input: Tensor, side: 'min' | 'max'): number | bigint =>
  input.dtypeInfo.category === 'float' ? (side === 'min' ? -Infinity : Infinity) : input.dtypeInfo[side]

/** The dims, wrapped; none given means all. */
export const dimsOf = (op: string, input: Tensor, dim: Dims): number[] => wrapDims(op, dim, input.ndim)

/** The option of a cast, if one is asked for. */
export const casting = (dtype: DType | null | undefined): { dtype?: DType } => (dtype ? { dtype } : {})

/** The result as the dtype asked for. */
export const as = (op: string, result: Tensor, dtype: DType | null | undefined, input: Tensor): Tensor =>
  to(result, { dtype: dtypeInfoOf(op, dtype ?? input.dtype).name })
