// Reading and writing at flat positions: take, put.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { ShapeError, check } from '../errors.ts'
import { asIndex } from '../host/index-bounds.ts'
import type { Tensor } from '../tensor.ts'
import { index, indexPut } from './advanced-index.ts'
import type { IndexPutOptions } from './advanced-index.ts'
import { reshape, view } from './views.ts'

/**
 * The elements at flat (row-major) positions; negative ones count from the end.
 *
 * @returns the shape of the index
 * @throws IndexError if a position is out of range
 * @example
 * tensor([[1, 2], [3, 4]]).take(tensor([0n, 3n])).tolist() // => [1, 4]
 * @see torch.take
 */
export const take = (self: Tensor, positions: Tensor, { out }: OutOption = {}): Tensor =>
  out === undefined
    ? index(reshape(self, [-1]), [asIndex('take', positions)])
    : resultInto('take', out, () => take(self, positions))

/**
 * A copy of self with the elements of `source` at flat positions. @param source as many elements as the index, of the
 * dtype of self @see torch.put
 *
 * @example
 * put(zeros([2, 2]), tensor([0n, 3n]), tensor([5, 6])).tolist() // => [[5, 0], [0, 6]]
 */
export const put = (self: Tensor, positions: Tensor, source: Tensor, options: IndexPutOptions = {}): Tensor =>
  view(
    indexPut(reshape(self, [-1]), [flatIndex('put', positions, source)], reshape(source, [-1]), options),
    self.shape,
  )
function flatIndex(op: string, positions: Tensor, source: Tensor): Tensor {
  check(
    positions.numel() === source.numel(),
    () =>
      new ShapeError(
        op,
        `source must have as many elements as the index, got ${source.numel()} for ${positions.numel()}`,
      ),
  )
  return reshape(asIndex(op, positions), [-1])
}
