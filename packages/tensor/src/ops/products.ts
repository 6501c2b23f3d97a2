// Products made of others: outer, inner, kron.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { ShapeError, check } from '../errors.ts'
import { formatShape } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { mul } from './arithmetic.ts'
import { tensordot } from './tensordot.ts'
import { reshape, unsqueeze } from './views.ts'

/**
 * All products of an element of one vector and one of another.
 *
 * @param self [M]
 * @param vec2 [N]
 * @returns [M, N]
 * @example
 * outer(tensor([1, 2]), tensor([3, 4, 5])).tolist() // => [[3, 4, 5], [6, 8, 10]]
 * @see torch.outer
 */
export function outer(self: Tensor, vec2: Tensor, { out }: OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('outer', out, () => outer(self, vec2))

  check(
    self.ndim === 1 && vec2.ndim === 1,
    () =>
      new ShapeError(
        'outer',
        `both tensors must have 1 dim, got ${formatShape(self.shape)} and ${formatShape(vec2.shape)}`,
      ),
  )
  return mul(unsqueeze(self, 1), vec2)
}
/** As outer. @example ger(tensor([1, 2]), tensor([3, 4])).tolist() // => [[3, 4], [6, 8]] @see torch.ger */
export const ger = outer

/**
 * Sums of products over the last dims of both; with a 0-dim tensor the product.
 *
 * @example
 * inner(tensor([1, 2]), tensor([3, 4])).item() // => 11
 * @see torch.inner
 */
export function inner(self: Tensor, other: Tensor, { out }: OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('inner', out, () => inner(self, other))

  if (self.ndim === 0 || other.ndim === 0) return mul(self, other)
  check(
    self.shape.at(-1) === other.shape.at(-1),
    () =>
      new ShapeError(
        'inner',
        `the last dims must be equal, got ${formatShape(self.shape)} and ${formatShape(other.shape)}`,
      ),
  )
  return tensordot(self, other, [[-1], [-1]])
}

/**
 * The Kronecker product: each element of self times all of other.
 *
 * @example
 * tensor([[1, 2]]).kron(tensor([[1], [3]])).tolist() // => [[1, 2], [3, 6]]
 * @see torch.kron
 */
export function kron(self: Tensor, other: Tensor, { out }: OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('kron', out, () => kron(self, other))

  const rank = Math.max(self.ndim, other.ndim)
  const padded = (x: Tensor): number[] => [...new Array<number>(rank - x.ndim).fill(1), ...x.shape]
  const [a, b] = [padded(self), padded(other)]
  const product = mul(
    reshape(
      self,
      a.flatMap((n) => [n, 1]),
    ),
    reshape(
      other,
      b.flatMap((n) => [1, n]),
    ),
  )
  return reshape(
    product,
    a.map((n, i) => n * b[i]),
  )
}
