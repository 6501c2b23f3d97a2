// Rows of a table by index: embedding; and the indices of triangles.
import { withGradMode } from '../dispatch/hook.ts'
import { apply, structured } from '../dispatch/structured.ts'
import { ArgumentError, NotImplementedError, ShapeError, check } from '../errors.ts'
import { asIndex, checkBounds } from '../host/index-bounds.ts'
import { formatShape } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { where } from './choice.ts'
import { tensor } from './creation.ts'
import type { FactoryOptions } from './creation.ts'
import { indexCopy_, indexSelect } from './indexing.ts'
import { reshape, view } from './views.ts'

/** embedding: tensors are the table [V, D] and the index. The row `paddingIdx` (or −1 for none) gets no gradient. */
export const embeddingOp = structured<{ readonly paddingIdx: number; readonly scaleGradByFreq: boolean }>({
  name: 'embedding',
  complex: 'parts',
  infer: ([weight, index]) => [{ shape: [...index.shape, weight.shape[1]], dtype: weight.dtypeInfo }],
  run: (backend, [weight, index], _attrs, [out]) => {
    if (out.elementCount === 0) return
    const flat = view(out, [index.elementCount, weight.shape[1]])
    backend.kernels.indexGet(weight, [index.ndim === 1 ? index : reshape(index, [-1]), null], 0, flat)
  },
})

/** Options of embedding. */
export interface EmbeddingOptions {
  /** A row that gets no gradient; negative counts from the end. */
  paddingIdx?: number | null
  /** Rows that are looked up are first scaled down to at most this norm, in place. */
  maxNorm?: number | null
  /** The p of that norm. */
  normType?: number
  /** Divide the gradient of a row by how often it was looked up. */
  scaleGradByFreq?: boolean
  /** Not there: gradients are dense. */
  sparse?: boolean
}

/**
 * The rows of `weight` at the positions of `input`.
 *
 * @param input int64 (or int32) of any shape
 * @param weight [numEmbeddings, embeddingDim]
 * @returns [...input.shape, embeddingDim]
 * @throws IndexError if a position is out of range
 * @example
 * embedding(tensor([1n]), tensor([[1, 2], [3, 4]])).tolist() // => [[3, 4]]
 * @see torch.nn.functional.embedding
 */
export function embedding(
  input: Tensor,
  weight: Tensor,
  {
    paddingIdx = null,
    maxNorm = null,
    normType = 2,
    scaleGradByFreq = false,
    sparse = false,
  }: EmbeddingOptions = {},
): Tensor {
  check(
    weight.ndim === 2,
    () => new ShapeError('embedding', `weight must have 2 dims, got ${formatShape(weight.shape)}`),
  )
  check(
    !sparse,
    () => new NotImplementedError('embedding', 'gradients are dense, got sparse: true. Leave it out'),
  )
  const [rows] = weight.shape
  check(
    paddingIdx === null || (Number.isInteger(paddingIdx) && paddingIdx >= -rows && paddingIdx < rows),
    () => new ArgumentError('embedding', `paddingIdx must be within the ${rows} rows, got ${paddingIdx}`),
  )
  const index = asIndex('embedding', input, true)
  checkBounds('embedding', index, 0, rows)
  if (maxNorm !== null) limitNorms(weight, index, maxNorm, normType)
  return apply(embeddingOp, [weight, index], {
    paddingIdx: paddingIdx === null ? -1 : paddingIdx < 0 ? paddingIdx + rows : paddingIdx,
    scaleGradByFreq,
  })
}

function limitNorms(weight: Tensor, index: Tensor, maxNorm: number, normType: number): void {
  withGradMode(false, () => {
    const flat = reshape(index, [-1])
    const rows = indexSelect(weight, 0, flat)
    const norms = rows
      .abs()
      .pow(normType)
      .sum(1, { keepdim: true })
      .pow(1 / normType)
    const scale = where(norms.gt(maxNorm), norms.add(1e-7).reciprocal().mul(maxNorm), 1)
    indexCopy_(weight, 0, flat, rows.mul(scale)) // equal positions get equal rows
  })
}

function triangle(
  op: string,
  row: number,
  col: number,
  keep: (i: number, j: number) => boolean,
  options: FactoryOptions,
): Tensor {
  for (const n of [row, col])
    check(
      Number.isInteger(n) && n >= 0,
      () => new ArgumentError(op, `row and col must be integers of at least 0, got ${row} and ${col}`),
    )
  const [rows, columns]: [number[], number[]] = [[], []]
  for (let i = 0; i < row; i++) {
    for (let j = 0; j < col; j++) {
      if (!keep(i, j)) continue
      rows.push(i)
      columns.push(j)
    }
  }
  return reshape(tensor([...rows, ...columns], { dtype: 'int64', ...options }), [2, rows.length])
}
/** Options of trilIndices and triuIndices. */
export interface TriangleOptions extends FactoryOptions {
  /** Of the diagonal: above the main one if positive. */
  offset?: number
}
/**
 * Row and column numbers of the lower triangle of a matrix, as two rows.
 *
 * @example
 * trilIndices(2, 2).tolist() // => [[0, 1, 1], [0, 0, 1]]
 * @see torch.tril_indices
 */
export const trilIndices = (
  row: number,
  col: number,
  { offset = 0, ...options }: TriangleOptions = {},
): Tensor => triangle('trilIndices', row, col, (i, j) => j - i <= offset, options)
/**
 * Row and column numbers of the upper triangle of a matrix, as two rows.
 *
 * @example
 * triuIndices(2, 2).tolist() // => [[0, 0, 1], [0, 1, 1]]
 * @see torch.triu_indices
 */
export const triuIndices = (
  row: number,
  col: number,
  { offset = 0, ...options }: TriangleOptions = {},
): Tensor => triangle('triuIndices', row, col, (i, j) => j - i >= offset, options)
