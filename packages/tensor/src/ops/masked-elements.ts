// Reading and writing where a mask is true: maskedSelect, maskedScatter.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { checkOverlap } from '../dispatch/overlap.ts'
import { DTypeError, ShapeError, check } from '../errors.ts'
import { broadcastPair } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { index, indexPut, indexPut_ } from './advanced-index.ts'
import { clone, copy_ } from './copy.ts'
import { readPositions } from '../host/positions.ts'
import { expand, narrow, reshape, select } from './views.ts'

function checkMask(op: string, mask: Tensor): void {
  check(
    mask.dtype === 'bool' || mask.dtype === 'uint8',
    () => new DTypeError(op, `mask must be bool, got ${mask.dtype}. Compare it first: .ne(0)`),
  )
}
/**
 * The elements where `mask` is true, in one dim; self and mask broadcast.
 *
 * @throws DTypeError unless the mask is bool; DeviceError on a device that cannot be read synchronously
 * @example
 * const x = tensor([1, 2, 3])
 * x.maskedSelect(x.gt(1)).tolist() // => [2, 3]
 * @see torch.masked_select
 */
export function maskedSelect(self: Tensor, mask: Tensor, { out }: OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('maskedSelect', out, () => maskedSelect(self, mask))

  checkMask('maskedSelect', mask)
  const shape = broadcastPair('maskedSelect', self.shape, mask.shape)
  return index(reshape(expand(self, shape), [-1]), [reshape(expand(mask, shape), [-1])])
}

function scatterMasked(
  op: string,
  self: Tensor,
  mask: Tensor,
  source: Tensor,
  write: typeof indexPut,
): Tensor {
  checkMask(op, mask)
  const positions = readPositions(op, mask)
  const count = positions.shape[1]
  check(
    source.dtype === self.dtype,
    () => new DTypeError(op, `source must have the dtype of self, got ${source.dtype} for ${self.dtype}`),
  )
  check(
    source.numel() >= count,
    () =>
      new ShapeError(
        op,
        `source must have an element for each true of the mask, got ${source.numel()} for ${count}`,
      ),
  )
  const values = narrow(reshape(source, [-1]), 0, 0, count)
  if (self.ndim === 0) return count === 0 ? clone(self) : reshape(values, [])
  return write(
    self,
    mask.shape.map((_, d) => select(positions, 0, d)),
    values,
  )
}
/**
 * A copy of self where the true elements of `mask` are replaced by the first elements of `source`, in order.
 *
 * @throws ShapeError if source has too few elements
 * @example
 * maskedScatter(zeros([3]), tensor([true, false, true]), tensor([5, 6])).tolist() // => [5, 0, 6]
 * @see torch.Tensor.masked_scatter
 */
export function maskedScatter(self: Tensor, mask: Tensor, source: Tensor): Tensor {
  const shape = broadcastPair('maskedScatter', self.shape, mask.shape)
  return scatterMasked('maskedScatter', expand(self, shape), expand(mask, shape), source, indexPut)
}
/** In-place maskedScatter; the mask broadcasts to self. @see torch.Tensor.masked_scatter_ */
export function maskedScatter_(self: Tensor, mask: Tensor, source: Tensor): Tensor {
  if (self.ndim === 0) return copy_(self, maskedScatter(self, mask, source))
  checkOverlap('maskedScatter_', self, [self, source])
  const own = source.storage === self.storage ? clone(source) : source // elements move: none is read after it is written
  return scatterMasked('maskedScatter_', self, expand(mask, self.shape), own, indexPut_)
}
