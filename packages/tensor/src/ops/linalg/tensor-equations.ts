// Tensors as linear maps between tensors.
import { resultInto } from '../../dispatch/out.ts'
import type { OutOption } from '../../dispatch/out.ts'
import { ArgumentError, ShapeError, check } from '../../errors.ts'
import { formatShape, numelOf, wrapDim } from '../../shape/shape.ts'
import type { Tensor } from '../../tensor.ts'
import { flatten, movedim, reshape } from '../views.ts'
import { inv, solve } from './solve.ts'

/**
 * The inverse of a tensor as a map: of `tensordot(self, x, x.ndim)`.
 *
 * @param self the product of the first `ind` sizes equals that of the others
 * @returns of shape `self.shape[ind:] + self.shape[:ind]`
 * @example
 * tensorinv(eye(6).view([2, 3, 6])).shape // => [6, 2, 3]
 * @see torch.linalg.tensorinv
 */
export function tensorinv(self: Tensor, { out, ind = 2 }: { ind?: number } & OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('linalg.tensorinv', out, () => tensorinv(self, { ind }))

  const op = 'linalg.tensorinv'
  check(
    Number.isInteger(ind) && ind > 0,
    () => new ArgumentError(op, `ind must be a positive integer, got ${String(ind)}`),
  )
  const [first, last] = [self.shape.slice(0, ind), self.shape.slice(ind)]
  const [rows, columns] = [numelOf(first), numelOf(last)]
  check(
    rows === columns,
    () =>
      new ShapeError(
        op,
        `the sizes before and after dim ${ind} must have one product, got ${rows} and ${columns} of ${formatShape(self.shape)}`,
      ),
  )
  return reshape(inv(reshape(self, [rows, columns])), [...last, ...first])
}

/**
 * The x with `tensordot(self, x, x.ndim)` = other.
 *
 * @param options `dims`: moved to the end of self first
 * @example
 * tensorsolve(eye(6).view([2, 3, 6]), ones([2, 3])).tolist() // => [1, 1, 1, 1, 1, 1]
 * @see torch.linalg.tensorsolve
 */
export function tensorsolve(
  self: Tensor,
  other: Tensor,
  { out, dims = null }: { dims?: readonly number[] | null } & OutOption = {},
): Tensor {
  if (out !== undefined)
    return resultInto('linalg.tensorsolve', out, () => tensorsolve(self, other, { dims }))

  const op = 'linalg.tensorsolve'
  const wrapped = (dims ?? []).map((d) => wrapDim(op, d, self.ndim))
  const source =
    wrapped.length === 0
      ? self
      : movedim(
          self,
          wrapped,
          wrapped.map((_, i) => self.ndim - wrapped.length + i),
        )
  const shape = source.shape.slice(other.ndim)
  const [rows, columns] = [numelOf(source.shape.slice(0, other.ndim)), numelOf(shape)]
  check(
    rows === columns && rows === other.elementCount,
    () =>
      new ShapeError(
        op,
        `self must have ${other.elementCount} · ${other.elementCount} elements in dims that fit other, got ${formatShape(source.shape)} and ${formatShape(other.shape)}`,
      ),
  )
  return reshape(solve(reshape(source, [rows, columns]), flatten(other)), shape)
}
