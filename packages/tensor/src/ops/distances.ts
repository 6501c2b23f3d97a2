// Distances of all pairs of rows.
import { ArgumentError, DTypeError, ShapeError, check } from '../errors.ts'
import { broadcastPair, formatShape } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { sub } from './arithmetic.ts'
import { zeros } from './creation.ts'
import { triuIndices } from './embedding.ts'
import { indexSelect } from './indexing.ts'
import { sum } from './reduce.ts'
import { norm } from './vector-norm.ts'
import { unsqueeze } from './views.ts'

/** Options of cdist. */
export interface CdistOptions {
  /** Of the norm, at least 0. */
  p?: number
  /** PyTorch's choice of a matrix product for p = 2; the distances are always computed directly here. */
  computeMode?: string
}
/**
 * The p-norm distances of each row of one batch of matrices to each of another.
 *
 * Unlike PyTorch, p = 2 never uses a matrix product, which loses digits of small distances.
 *
 * @param x1 [..., P, M]
 * @param x2 [..., R, M]; batch dims broadcast
 * @returns [..., P, R]
 * @example
 * cdist(tensor([[0, 0]]), tensor([[3, 4], [0, 1]])).tolist() // => [[5, 1]]
 * @see torch.cdist
 */
export function cdist(x1: Tensor, x2: Tensor, { p = 2, computeMode }: CdistOptions = {}): Tensor {
  void computeMode
  check(
    x1.dtypeInfo.category === 'float' && x1.dtypeInfo === x2.dtypeInfo,
    () =>
      new DTypeError(
        'cdist',
        `both tensors must have one floating-point dtype, got ${x1.dtype} and ${x2.dtype}`,
      ),
  )
  check(p >= 0, () => new ArgumentError('cdist', `p must be at least 0, got ${p}`))
  check(
    x1.ndim >= 2 && x2.ndim >= 2 && x1.shape.at(-1) === x2.shape.at(-1),
    () =>
      new ShapeError(
        'cdist',
        `both tensors must have at least 2 dims and rows of one size, got ${formatShape(x1.shape)} and ${formatShape(x2.shape)}`,
      ),
  )
  const batch = broadcastPair('cdist', x1.shape.slice(0, -2), x2.shape.slice(0, -2))
  const shape = [...batch, x1.shape[x1.ndim - 2], x2.shape[x2.ndim - 2]]
  const difference = sub(unsqueeze(x1, -2), unsqueeze(x2, -3))
  if (x1.shape.at(-1) === 0) return zeros(shape, { dtype: x1.dtype, device: x1.device })
  return norm(difference, p, -1)
}

/**
 * The p-norm distances of each two rows of a matrix: those of `cdist(x, x)` above its diagonal, row by row.
 *
 * @param self [N, M]
 * @returns [N (N − 1) / 2]
 * @example
 * pdist(tensor([[0, 0], [3, 4], [0, 1]])).tolist() // => [5, 1, 4.24264]
 * @see torch.nn.functional.pdist
 */
export function pdist(self: Tensor, { p = 2 }: { p?: number } = {}): Tensor {
  check(
    self.ndim === 2,
    () => new ShapeError('pdist', `the input must have 2 dims, got ${formatShape(self.shape)}`),
  )
  check(
    self.dtypeInfo.category === 'float',
    () => new DTypeError('pdist', `the input must be floating-point, got ${self.dtype}`),
  )
  check(p >= 0, () => new ArgumentError('pdist', `p must be at least 0, got ${p}`))
  const [rows, columns] = triuIndices(self.shape[0], self.shape[0], {
    offset: 1,
    device: self.device,
  }).unbind(0)
  const difference = sub(indexSelect(self, 0, rows), indexSelect(self, 0, columns))
  return self.shape[1] === 0 ? sum(difference, 1) : norm(difference, p, 1)
}
