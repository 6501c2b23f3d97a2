// Combinations of the elements of a list.
import { ArgumentError, ShapeError, check } from '../errors.ts'
import { indexTensor } from '../host/positions.ts'
import { formatShape } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { zeros } from './creation.ts'
import { indexSelect } from './indexing.ts'
import { reshape } from './views.ts'

/**
 * All combinations of `r` elements, in order, as rows.
 *
 * @param self 1-dim
 * @param options `withReplacement`: an element may be taken again
 * @example
 * combinations(tensor([1, 2, 3])).tolist() // => [[1, 2], [1, 3], [2, 3]]
 * @see torch.combinations
 */
export function combinations(
  self: Tensor,
  { r = 2, withReplacement = false }: { r?: number; withReplacement?: boolean } = {},
): Tensor {
  check(
    self.ndim === 1,
    () => new ShapeError('combinations', `self must have 1 dim, got shape ${formatShape(self.shape)}`),
  )
  check(
    Number.isInteger(r) && r >= 0,
    () => new ArgumentError('combinations', `r must be an integer of at least 0, got ${r}`),
  )
  const { dtype, device } = self
  if (r === 0) return zeros([0], { dtype, device })
  let rows: number[][] = [[]]
  for (let i = 0; i < r; i++) {
    rows = rows.flatMap((row) => {
      const from = row.length === 0 ? 0 : row[row.length - 1] + (withReplacement ? 0 : 1)
      return Array.from({ length: Math.max(0, self.shape[0] - from) }, (_, k) => [...row, from + k])
    })
  }
  const positions = indexTensor(self.storage.backend, rows.flat())
  return reshape(indexSelect(self, 0, positions), [rows.length, r])
}
