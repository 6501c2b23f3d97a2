// Undoing a broadcast: summing to a smaller shape.
import { ShapeError, check } from '../errors.ts'
import { formatShape, sameShape } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { sum } from './reduce.ts'
import { view } from './views.ts'

/**
 * The sum over the dims that broadcasting `size` to the shape of self would repeat; self if there are none (but [] sums, so that integers become int64, as in PyTorch).
 *
 * @throws ShapeError if `size` does not broadcast to the shape of self
 * @example
 * ones([2, 3]).sumToSize([1, 3]).tolist() // => [[2, 2, 2]]
 * @see torch.Tensor.sum_to_size
 */
export function sumToSize(self: Tensor, size: readonly number[]): Tensor {
  const { shape } = self
  if (size.length === 0) return sum(self)
  if (sameShape(shape, size)) return self
  const lead = shape.length - size.length
  check(
    lead >= 0 && size.every((n, i) => n === 1 || n === shape[i + lead]),
    () =>
      new ShapeError(
        'sumToSize',
        `size must be expandable to the shape of self, got ${formatShape(size)} for ${formatShape(shape)}`,
      ),
  )
  const dims = shape.map((_, d) => d).filter((d) => d < lead || (size[d - lead] === 1 && shape[d] !== 1))
  const total = sum(self, dims, { keepdim: true })
  return lead === 0 ? total : view(total, size)
}
