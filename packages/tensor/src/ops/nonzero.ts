// Positions of the elements that are not 0, as ops.
import { resultInto } from '../dispatch/out.ts'
import type { OutsOption } from '../dispatch/out.ts'
import { readPositions, readPositionsAsync } from '../host/positions.ts'
import type { Tensor } from '../tensor.ts'
import { reshape, transpose, unbind } from './views.ts'

/**
 * The positions of the elements that are not 0, row-major: int64, a row for each.
 *
 * @param options `asTuple`: a tensor for each dim instead, as index takes them
 * @throws DeviceError on a device that cannot block: use nonzeroAsync
 * @example
 * tensor([[0, 1], [2, 0]]).nonzero().tolist() // => [[0, 1], [1, 0]]
 * @see torch.nonzero
 */
export function nonzero<A extends boolean = false>(
  self: Tensor,
  { out, asTuple }: { asTuple?: A } & OutsOption = {},
): A extends true ? readonly Tensor[] : Tensor {
  if (out !== undefined) return resultInto('nonzero', out, () => nonzero(self, { asTuple }))

  const source = asTuple === true && self.ndim === 0 ? reshape(self, [1]) : self
  const rows = readPositions('nonzero', source)
  return (asTuple === true ? unbind(rows, 0) : transpose(rows, 0, 1)) as A extends true
    ? readonly Tensor[]
    : Tensor
}
/** As nonzero, on every device. @example (await nonzeroAsync(tensor([0, 3, 5]))).tolist() // => [[1], [2]] */
export const nonzeroAsync = async (self: Tensor): Promise<Tensor> =>
  transpose(await readPositionsAsync(self), 0, 1)
/** As nonzero. @example argwhere(tensor([0, 3, 5])).tolist() // => [[1], [2]] @see torch.argwhere */
export const argwhere = (self: Tensor): Tensor => nonzero(self)
