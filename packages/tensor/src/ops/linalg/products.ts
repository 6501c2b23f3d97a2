// Products of vectors: cross, vecdot; powers of a vector.
import { resultInto } from '../../dispatch/out.ts'
import type { OutOption } from '../../dispatch/out.ts'
import { ArgumentError, DTypeError, ShapeError, check } from '../../errors.ts'
import { broadcastPair, formatShape, wrapDim } from '../../shape/shape.ts'
import { dtypes } from '../../dtype.ts'
import type { Tensor } from '../../tensor.ts'
import { mul, sub } from '../arithmetic.ts'
import { to } from '../copy.ts'
import { conj } from '../complex-parts.ts'
import { ones } from '../creation.ts'
import { cat } from '../join.ts'
import { sum } from '../reduce.ts'
import { roll } from '../repetition.ts'
import { cumprod } from '../scan.ts'
import { diagonal as diagonalOf, expand, unsqueeze } from '../views.ts'
import { checkSameDType } from './host.ts'

/**
 * The cross product of vectors of 3 elements along a dim; the other dims broadcast.
 *
 * @example
 * linalg.cross(tensor([1, 0, 0]), tensor([0, 1, 0])).tolist() // => [0, 0, 1]
 * @see torch.linalg.cross
 */
export function cross(self: Tensor, other: Tensor, dim = -1, { out }: OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('linalg.cross', out, () => cross(self, other, dim))

  const op = 'linalg.cross'
  check(
    self.ndim === other.ndim,
    () =>
      new ShapeError(
        op,
        `both tensors must have as many dims, got ${formatShape(self.shape)} and ${formatShape(other.shape)}`,
      ),
  )
  const at = wrapDim(op, dim, self.ndim)
  check(
    self.shape[at] === 3 && other.shape[at] === 3,
    () =>
      new ShapeError(
        op,
        `dim ${dim} of both tensors must have size 3, got ${String(self.shape[at])} and ${String(other.shape[at])}`,
      ),
  )
  check(
    self.dtypeInfo !== dtypes.bool,
    () => new DTypeError(op, 'bool tensors are not supported, got bool. Cast them first'),
  )
  const shape = broadcastPair(op, self.shape, other.shape)
  const [a, b] = [expand(self, shape), expand(other, shape)]
  // c₀ = a₁ b₂ − a₂ b₁ and so on around
  return sub(mul(roll(a, -1, [at]), roll(b, -2, [at])), mul(roll(a, -2, [at]), roll(b, -1, [at])))
}

/**
 * Sums of products along a dim, of complex numbers with the conjugate of the first one; the other dims broadcast.
 *
 * @example
 * vecdot(tensor([[1, 2], [3, 4]]), tensor([1, 10])).tolist() // => [21, 43]
 * @see torch.linalg.vecdot
 */
export function vecdot(x: Tensor, y: Tensor, dim = -1, { out }: OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('linalg.vecdot', out, () => vecdot(x, y, dim))

  const op = 'linalg.vecdot'
  check(
    x.dtypeInfo.differentiable && y.dtypeInfo.differentiable,
    () =>
      new DTypeError(
        op,
        `both tensors must be floating-point or complex, got ${x.dtype} and ${y.dtype}. Cast them first`,
      ),
  )
  checkSameDType(op, x, y)
  check(
    x.ndim === 0 || y.ndim === 0 || x.shape.at(dim) === y.shape.at(dim),
    () =>
      new ShapeError(
        op,
        `dim ${dim} must have one size, got ${formatShape(x.shape)} and ${formatShape(y.shape)}`,
      ),
  )
  return sum(mul(conj(x), y), dim)
}

/**
 * The powers 0 to N − 1 of the elements, in a new last dim.
 *
 * @param x [..., M]; a 0-dim tensor counts as one of 1 element
 * @param options `N`: number of powers; default M
 * @returns [..., M, N]; integers give int64
 * @example
 * linalg.vander(tensor([1, 2, 3])).tolist() // => [[1, 1, 1], [1, 2, 4], [1, 3, 9]]
 * @see torch.linalg.vander
 */
export function vander(x: Tensor, { N = null }: { N?: number | null } = {}): Tensor {
  const op = 'linalg.vander'
  check(
    x.dtypeInfo !== dtypes.bool,
    () => new DTypeError(op, 'bool tensors are not supported, got bool. Cast them first'),
  )
  const row = x.ndim === 0 ? unsqueeze(x, 0) : x
  const count = N ?? row.shape[row.ndim - 1]
  check(
    Number.isInteger(count) && count > 1,
    () => new ArgumentError(op, `N must be greater than 1, got ${String(count)}`),
  )
  const source = row.dtypeInfo.category === 'int' ? to(row, { dtype: 'int64' }) : row
  const powers = cumprod(expand(unsqueeze(source, -1), [...row.shape, count - 1]), -1)
  return cat([ones([...row.shape, 1], { dtype: powers.dtype, device: x.device }), powers], -1)
}

/**
 * The diagonals of the matrices of the last two dims: a view.
 *
 * @example
 * diagonal(tensor([[1, 2], [3, 4]])).tolist() // => [1, 4]
 * @see torch.linalg.diagonal
 */
export const diagonal = (
  A: Tensor,
  { offset = 0, dim1 = -2, dim2 = -1 }: { offset?: number; dim1?: number; dim2?: number } = {},
): Tensor => diagonalOf(A, { offset, dim1, dim2 })
