// Contractions: tensordot, and products of a chain of matrices in the cheapest order.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { checkFactors } from '../dispatch/matmul.ts'
import { ArgumentError, ShapeError, check } from '../errors.ts'
import { formatShape, numelOf, wrapDim } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { clone } from './copy.ts'
import { mm } from './matmul.ts'
import { permute, reshape, squeeze, unsqueeze } from './views.ts'

/**
 * Sums of products over pairs of dims.
 *
 * @param dims the number of last dims of `a` and first ones of `b`, or two lists of dims
 * @throws ShapeError if the sizes of a pair differ
 * @example
 * tensordot(ones([2, 3, 4]), ones([3, 4, 5])).shape // => [2, 5]
 * @see torch.tensordot
 */
export function tensordot(
  a: Tensor,
  b: Tensor,
  dims: number | readonly [readonly number[], readonly number[]] = 2,
  { out }: OutOption = {},
): Tensor {
  if (out !== undefined) return resultInto('tensordot', out, () => tensordot(a, b, dims))

  const op = 'tensordot'
  checkFactors(op, [a, b])
  check(
    typeof dims !== 'number' || (Number.isInteger(dims) && dims >= 0 && dims <= a.ndim && dims <= b.ndim),
    () => new ArgumentError(op, `dims must be from 0 to ${Math.min(a.ndim, b.ndim)}, got ${String(dims)}`),
  )
  const range = (start: number, count: number): number[] => Array.from({ length: count }, (_, i) => start + i)
  const [left, right] =
    typeof dims === 'number'
      ? [range(a.ndim - dims, dims), range(0, dims)]
      : [dims[0].map((d) => wrapDim(op, d, a.ndim)), dims[1].map((d) => wrapDim(op, d, b.ndim))]
  check(
    left.length === right.length &&
      new Set(left).size === left.length &&
      new Set(right).size === right.length,
    () =>
      new ArgumentError(
        op,
        `both lists of dims must be of one length without repetition, got ${formatShape(left)} and ${formatShape(right)}`,
      ),
  )
  left.forEach((d, i) =>
    check(
      a.shape[d] === b.shape[right[i]],
      () =>
        new ShapeError(
          op,
          `paired dims must have one size, got ${a.shape[d]} in dim ${d} and ${b.shape[right[i]]} in dim ${right[i]}`,
        ),
    ),
  )
  const freeA = range(0, a.ndim).filter((d) => !left.includes(d))
  const freeB = range(0, b.ndim).filter((d) => !right.includes(d))
  const sizes = (x: Tensor, list: readonly number[]): number[] => list.map((d) => x.shape[d])
  const inner = numelOf(sizes(a, left))
  const rows = reshape(permute(a, [...freeA, ...left]), [numelOf(sizes(a, freeA)), inner])
  const columns = reshape(permute(b, [...right, ...freeB]), [inner, numelOf(sizes(b, freeB))])
  return reshape(mm(rows, columns), [...sizes(a, freeA), ...sizes(b, freeB)])
}

/**
 * The product of matrices, in the order that costs least.
 *
 * @example
 * chainMatmul(ones([2, 3]), ones([3, 4]), ones([4, 1])).tolist() // => [[12], [12]]
 * @see torch.chain_matmul
 */
export function chainMatmul(...matrices: readonly Tensor[]): Tensor {
  check(matrices.length > 0, () => new ArgumentError('chainMatmul', 'there must be a matrix, got none'))
  matrices.forEach((x, i) =>
    check(
      x.ndim === 2,
      () =>
        new ShapeError(
          'chainMatmul',
          `each tensor must have 2 dims, got ${formatShape(x.shape)} at position ${i}`,
        ),
    ),
  )
  return multiply('chainMatmul', matrices)
}
/**
 * The product of at least two matrices, in the order that costs least; the first may be a row, the last a column vector.
 *
 * @example
 * multiDot([tensor([1, 2]), tensor([[1, 0], [0, 10]]), tensor([3, 4])]).item() // => 83
 * @see torch.linalg.multi_dot
 */
export function multiDot(tensors: readonly Tensor[], { out }: OutOption = {}): Tensor {
  if (out !== undefined) return resultInto('linalg.multiDot', out, () => multiDot(tensors))
  const op = 'multiDot'
  check(
    tensors.length >= 2,
    () => new ArgumentError(op, `there must be at least 2 tensors, got ${tensors.length}`),
  )
  const last = tensors.length - 1
  tensors.forEach((x, i) =>
    check(
      x.ndim === 2 || (x.ndim === 1 && (i === 0 || i === last)),
      () =>
        new ShapeError(
          op,
          `each tensor must have 2 dims, the first and the last may have 1, got ${formatShape(x.shape)} at position ${i}`,
        ),
    ),
  )
  const [row, column] = [tensors[0].ndim === 1, tensors[last].ndim === 1]
  const matrices = tensors.map((x, i) => (x.ndim === 2 ? x : unsqueeze(x, i === 0 ? 0 : 1)))
  const product = multiply(op, matrices)
  const flat = row ? squeeze(product, 0) : product
  return column ? squeeze(flat, -1) : flat
}

function multiply(op: string, matrices: readonly Tensor[]): Tensor {
  checkFactors(op, matrices)
  for (let i = 1; i < matrices.length; i++) {
    check(
      matrices[i - 1].shape[1] === matrices[i].shape[0],
      () =>
        new ShapeError(
          op,
          `neighbours must fit, got ${formatShape(matrices[i - 1].shape)} and ${formatShape(matrices[i].shape)} at position ${i}`,
        ),
    )
  }
  if (matrices.length === 1) return clone(matrices[0])
  const sizes = [matrices[0].shape[0], ...matrices.map((x) => x.shape[1])]
  const { split } = cheapestOrder(sizes)
  const product = (first: number, last: number): Tensor =>
    first === last
      ? matrices[first]
      : mm(product(first, split[first][last]), product(split[first][last] + 1, last))
  return product(0, matrices.length - 1)
}

/** Dynamic programming over the chain: split[i][j] is where the product of i to j is cut. */
function cheapestOrder(sizes: readonly number[]): { split: number[][] } {
  const n = sizes.length - 1
  const grid = (): number[][] => Array.from({ length: n }, () => new Array<number>(n).fill(0))
  const [cost, split] = [grid(), grid()]
  for (let length = 1; length < n; length++) {
    for (let i = 0; i + length < n; i++) {
      const j = i + length
      cost[i][j] = Infinity
      for (let k = i; k < j; k++) {
        const total = cost[i][k] + cost[k + 1][j] + sizes[i] * sizes[k + 1] * sizes[j + 1]
        if (total < cost[i][j]) [cost[i][j], split[i][j]] = [total, k]
      }
    }
  }
  return { split }
}
