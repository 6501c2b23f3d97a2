// Splits into parts by count or at positions; views.
import { ArgumentError, IndexError, ShapeError, check } from '../errors.ts'
import { wrapDim } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { tolist } from './reading.ts'
import { slice } from './views.ts'

/**
 * Views of parts of `dim`: `indicesOrSections` parts whose sizes differ by at most 1, or parts that begin at the
 * positions given.
 *
 * @param indicesOrSections a count, positions, or an int64 tensor of either
 * @throws ArgumentError if the count is not positive
 * @example
 * arange(5).tensorSplit(2).map((part) => part.tolist())      // => [[0, 1, 2], [3, 4]]
 * arange(5).tensorSplit([1, 3]).map((part) => part.tolist()) // => [[0], [1, 2], [3, 4]]
 * @see torch.tensor_split
 */
export function tensorSplit(
  self: Tensor,
  indicesOrSections: number | readonly number[] | Tensor,
  dim = 0,
): readonly Tensor[] {
  check(
    self.ndim > 0,
    () => new ShapeError('tensorSplit', 'self must have a dim to split, got a 0-dim tensor'),
  )
  const at = wrapDim('tensorSplit', dim, self.ndim)
  const given =
    typeof indicesOrSections === 'number' || isList(indicesOrSections)
      ? indicesOrSections
      : positions(indicesOrSections)
  if (typeof given !== 'number') {
    return [0, ...given].map((start, i) => slice(self, at, start, i < given.length ? given[i] : null))
  }
  check(
    Number.isInteger(given) && given > 0,
    () => new ArgumentError('tensorSplit', `the number of parts must be a positive integer, got ${given}`),
  )
  const [quotient, larger] = [Math.floor(self.shape[at] / given), self.shape[at] % given]
  return Array.from({ length: given }, (_, i) => {
    const start = i * quotient + Math.min(i, larger)
    return slice(self, at, start, start + quotient + (i < larger ? 1 : 0))
  })
}

const isList = (value: readonly number[] | Tensor): value is readonly number[] => Array.isArray(value)
function positions(tensor: Tensor): number | readonly number[] {
  check(
    tensor.ndim <= 1 && tensor.dtype === 'int64',
    () =>
      new ArgumentError(
        'tensorSplit',
        `positions must be an int64 tensor of at most 1 dim, got ${tensor.dtype} of ${tensor.ndim} dims`,
      ),
  )
  return tolist(tensor) as number | number[]
}

function splitAlong(
  op: string,
  self: Tensor,
  indicesOrSections: number | readonly number[],
  minimum: number,
  dim: number,
): readonly Tensor[] {
  check(
    self.ndim >= minimum,
    () => new ShapeError(op, `self must have at least ${minimum} dims, got ${self.ndim}`),
  )
  if (typeof indicesOrSections === 'number') {
    check(
      indicesOrSections > 0 && self.shape[dim] % indicesOrSections === 0,
      () =>
        new IndexError(
          op,
          `the number of parts must divide the size ${self.shape[dim]} of dim ${dim}, got ${indicesOrSections}. Use tensorSplit`,
        ),
    )
  }
  return tensorSplit(self, indicesOrSections, dim)
}
/**
 * Parts side by side: of dim 1, or of the only dim.
 *
 * @example
 * hsplit(tensor([[1, 2], [3, 4]]), 2).map((part) => part.tolist()) // => [[[1], [3]], [[2], [4]]]
 * @see torch.hsplit
 */
export const hsplit = (self: Tensor, indicesOrSections: number | readonly number[]): readonly Tensor[] =>
  splitAlong('hsplit', self, indicesOrSections, 1, self.ndim === 1 ? 0 : 1)
/**
 * Parts of dim 0 of a tensor of at least 2 dims.
 *
 * @example
 * vsplit(tensor([[1, 2], [3, 4]]), 2).map((part) => part.tolist()) // => [[[1, 2]], [[3, 4]]]
 * @see torch.vsplit
 */
export const vsplit = (self: Tensor, indicesOrSections: number | readonly number[]): readonly Tensor[] =>
  splitAlong('vsplit', self, indicesOrSections, 2, 0)
/**
 * Parts of dim 2 of a tensor of at least 3 dims.
 *
 * @example
 * dsplit(ones([1, 2, 4]), [1]).map((part) => part.shape) // => [[1, 2, 1], [1, 2, 3]]
 * @see torch.dsplit
 */
export const dsplit = (self: Tensor, indicesOrSections: number | readonly number[]): readonly Tensor[] =>
  splitAlong('dsplit', self, indicesOrSections, 3, 2)
