// Sums, means or maxima of bags of rows of a table.
import { withGradMode } from '../dispatch/hook.ts'
import { ArgumentError, NotImplementedError, ShapeError, check } from '../errors.ts'
import { asIndex, checkBounds } from '../host/index-bounds.ts'
import { formatShape, sameShape } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { where } from './choice.ts'
import { arange, ones, zeros } from './creation.ts'
import { embedding } from './embedding.ts'
import type { EmbeddingOptions } from './embedding.ts'
import { searchsorted } from './search.ts'

/** Options of embeddingBag. */
export interface EmbeddingBagOptions extends EmbeddingOptions {
  /** Default 'mean'. */
  mode?: 'sum' | 'mean' | 'max'
  /** The last offset is the end of the last bag; default false. */
  includeLastOffset?: boolean
}

/**
 * The sum, mean or maximum of the rows of each bag; zeros for an empty bag.
 *
 * @param input [B, n]: B bags of n positions; or [M] with offsets
 * @param weight [numEmbeddings, embeddingDim]
 * @param offsets [B]: where each bag begins in the input
 * @param perSampleWeights of the shape of the input: factors of the rows, for 'sum' only
 * @returns [B, embeddingDim]
 * @throws ShapeError or ArgumentError if the arguments do not fit
 * @example
 * embeddingBag(tensor([0n, 1n, 1n]), tensor([[1, 2], [3, 4]]), tensor([0n, 2n])).tolist() // => [[2, 3], [3, 4]]
 * @see torch.nn.functional.embedding_bag
 */
export function embeddingBag(
  input: Tensor,
  weight: Tensor,
  offsets: Tensor | null = null,
  perSampleWeights: Tensor | null = null,
  {
    maxNorm = null,
    normType = 2,
    scaleGradByFreq = false,
    mode = 'mean',
    sparse = false,
    includeLastOffset = false,
    paddingIdx = null,
  }: EmbeddingBagOptions = {},
): Tensor {
  const op = 'embeddingBag'
  check(
    ['sum', 'mean', 'max'].includes(mode),
    () => new ArgumentError(op, `mode must be 'sum', 'mean' or 'max', got '${String(mode)}'`),
  )
  check(!sparse, () => new NotImplementedError(op, 'gradients are dense, got sparse: true. Leave it out'))
  check(
    (input.ndim === 2 && offsets === null) || (input.ndim === 1 && offsets !== null && offsets.ndim === 1),
    () =>
      new ShapeError(
        op,
        `the input must be [B, n] without offsets, or [M] with offsets of 1 dim, got ${formatShape(input.shape)} ${offsets === null ? 'without offsets' : `and ${formatShape(offsets.shape)}`}`,
      ),
  )
  check(
    perSampleWeights === null || (mode === 'sum' && sameShape(perSampleWeights.shape, input.shape)),
    () =>
      new ArgumentError(
        op,
        `perSampleWeights must have the shape of the input, for mode 'sum', got ${formatShape(perSampleWeights!.shape)} and mode '${mode}'`,
      ),
  )
  check(
    !scaleGradByFreq || mode !== 'max',
    () => new ArgumentError(op, "scaleGradByFreq does not go with mode 'max'. Leave it out"),
  )
  check(
    weight.ndim === 2,
    () => new ShapeError(op, `weight must have 2 dims, got ${formatShape(weight.shape)}`),
  )
  const index = asIndex(op, input, true)
  checkBounds(op, index, 0, weight.shape[0])
  const [flat, bagOf, bags] =
    offsets === null ? rowBags(index) : offsetBags(op, index, offsets, includeLastOffset)
  const rows = embedding(flat, weight, { maxNorm, normType, scaleGradByFreq, paddingIdx }) // [M, D]
  const factors = perSampleWeights?.reshape([-1]) ?? null
  return pooled(rows, flat, bagOf, bags, weight, factors, mode, paddingIdx)
}

type Bags = readonly [flat: Tensor, bagOf: Tensor, bags: number]
function rowBags(index: Tensor): Bags {
  const [bags, n] = index.shape
  const bagOf = arange(bags, null, 1, { device: index.device }).unsqueeze(1).expand([bags, n]).reshape([-1])
  return [index.reshape([-1]), bagOf, bags]
}
function offsetBags(op: string, index: Tensor, offsets: Tensor, includeLastOffset: boolean): Bags {
  const starts = asIndex(op, offsets, true)
  const bags = starts.shape[0] - (includeLastOffset ? 1 : 0)
  check(
    bags >= 0 && (bags === 0 || starts.select(0, 0).item() === 0),
    () => new ArgumentError(op, 'the first offset must be 0, got another one'),
  )
  checkBounds(op, starts, 0, index.shape[0] + 1)
  const positions = arange(index.shape[0], null, 1, { device: index.device })
  const bagOf = searchsorted(starts.narrow(0, 0, bags), positions, null, { right: true }).sub(1)
  return [index, bagOf, bags]
}

function pooled(
  rows: Tensor,
  flat: Tensor,
  bagOf: Tensor,
  bags: number,
  weight: Tensor,
  factors: Tensor | null,
  mode: 'sum' | 'mean' | 'max',
  paddingIdx: number | null,
): Tensor {
  const factory = { dtype: rows.dtype, device: rows.device }
  const width = rows.shape[1]
  const kept =
    paddingIdx === null ? null : flat.ne(paddingIdx < 0 ? paddingIdx + weight.shape[0] : paddingIdx)
  const empty = zeros([bags, width], factory)
  if (mode === 'max') {
    const target = bagOf.unsqueeze(1).expand([bagOf.shape[0], width])
    if (kept === null) return empty.scatterReduce(0, target, rows, 'amax', { includeSelf: false })
    const counts = countOf(kept, bagOf, bags).unsqueeze(1)
    const lowest = where(kept.unsqueeze(1), rows, -Infinity)
    return where(counts.eq(0), 0, empty.scatterReduce(0, target, lowest, 'amax', { includeSelf: false }))
  }
  const scaled = factors === null ? rows : rows.mul(factors.unsqueeze(1))
  const counted = kept === null ? scaled : where(kept.unsqueeze(1), scaled, 0)
  const sums = empty.indexAdd(0, bagOf, counted)
  if (mode === 'sum') return sums
  const counts = countOf(kept ?? ones([flat.shape[0]], { dtype: 'bool', device: rows.device }), bagOf, bags)
  return sums.div(counts.clampMin(1).to({ dtype: rows.dtype }).unsqueeze(1))
}
const countOf = (kept: Tensor, bagOf: Tensor, bags: number): Tensor =>
  withGradMode(false, () =>
    zeros([bags], { dtype: 'int64', device: bagOf.device }).indexAdd(0, bagOf, kept.to({ dtype: 'int64' })),
  )
