// Vandermonde matrices with falling powers; linalg.vander has rising ones.
import type { Tensor } from '../tensor.ts'
import { vander as rising } from './linalg/products.ts'
import { flip } from './repetition.ts'

/**
 * The matrix of the powers of `x`, [x.length, N], falling from N − 1 to 0.
 *
 * @param options `N`: number of columns, default that of the elements; `increasing`: rising powers instead
 * @example
 * vander(tensor([1, 2, 3])).tolist() // => [[1, 1, 1], [4, 2, 1], [9, 3, 1]]
 * @see torch.vander
 */
export function vander(
  x: Tensor,
  { N = null, increasing = false }: { N?: number | null; increasing?: boolean } = {},
): Tensor {
  const matrix = rising(x, { N })
  return increasing ? matrix : flip(matrix, -1)
}
