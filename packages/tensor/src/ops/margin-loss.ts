// Losses with a margin: hinge, ranking, triplets, cosine, several classes.
import { checkReduction, elementwiseLoss } from '../dispatch/loss.ts'
import type { Reduction } from '../dispatch/loss.ts'
import { float } from '../dispatch/scalar.ts'
import { ArgumentError, DTypeError, IndexError, ShapeError, check } from '../errors.ts'
import { canRead } from '../host/reads.ts'
import { broadcastPair, formatShape, sameShape } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { add, div, minimum, mul, neg, rsub, sub } from './arithmetic.ts'
import { logsigmoid } from './activation.ts'
import { clampMin, eq, ge, logicalAnd, logicalNot, ne } from './comparison.ts'
import { where } from './choice.ts'
import { to } from './copy.ts'
import { arange } from './creation.ts'
import { gather } from './indexing.ts'
import type { LossOptions } from './loss.ts'
import { sqrt } from './math.ts'
import { pairwiseDistance } from './similarity.ts'
import { amax, amin, any, mean, sum } from './reduce.ts'
import { cumprod } from './scan.ts'
import { reshape, squeeze, unsqueeze } from './views.ts'

const reduced = (losses: Tensor, reduction: Reduction): Tensor =>
  reduction === 'mean' ? mean(losses) : reduction === 'sum' ? sum(losses) : losses
const formatShapes = (tensors: readonly Tensor[]): string =>
  tensors.map((x) => formatShape(x.shape)).join(', ')

/**
 * `x` for targets of 1, `max(0, margin − x)` for those of −1.
 *
 * @example
 * hingeEmbeddingLoss(tensor([0.5, 0.2]), tensor([1, -1]), { reduction: 'none' }).tolist() // => [0.5, 0.8]
 * @see torch.nn.functional.hinge_embedding_loss
 */
export function hingeEmbeddingLoss(
  input: Tensor,
  target: Tensor,
  { margin = 1, reduction = 'mean' }: LossOptions & { margin?: number } = {},
): Tensor {
  checkReduction('hingeEmbeddingLoss', reduction)
  const apart = where(ne(target, 1), clampMin(rsub(input, margin), 0), 0)
  return reduced(add(apart, where(ne(target, -1), input, 0)), reduction)
}
/**
 * `max(0, −y (x₁ − x₂) + margin)`.
 *
 * @example
 * marginRankingLoss(tensor([1, 2]), tensor([2, 1]), tensor([1, 1])).item() // => 0.5
 * @see torch.nn.functional.margin_ranking_loss
 */
export function marginRankingLoss(
  input1: Tensor,
  input2: Tensor,
  target: Tensor,
  { margin = 0, reduction = 'mean' }: LossOptions & { margin?: number } = {},
): Tensor {
  checkReduction('marginRankingLoss', reduction)
  check(
    input1.ndim === input2.ndim && input1.ndim === target.ndim,
    () =>
      new ShapeError(
        'marginRankingLoss',
        `all tensors must have the same number of dims, got ${formatShapes([input1, input2, target])}`,
      ),
  )
  return reduced(clampMin(add(mul(neg(target), sub(input1, input2)), float(margin)), 0), reduction)
}

const soft = elementwiseLoss('softMarginLoss', {}, (x, y) => x.mul(y).neg().exp().log1p(), {
  mul,
  reduce: reduced,
})
/** softMarginLoss: input, target; attrs: reduction. */
export const softMarginLossOp = soft.record
/**
 * `log(1 + e^(−y x))`.
 *
 * @example
 * softMarginLoss(tensor([2, -1]), tensor([1, -1])).item() // => 0.220095
 * @see torch.nn.functional.soft_margin_loss
 */
export function softMarginLoss(
  input: Tensor,
  target: Tensor,
  { reduction = 'mean' }: LossOptions = {},
): Tensor {
  checkReduction('softMarginLoss', reduction)
  broadcastPair('softMarginLoss', input.shape, target.shape)
  return soft.call(input, target, null, { reduction })
}

/** Options of tripletMarginLoss. */
export interface TripletOptions extends LossOptions {
  margin?: number
  p?: number
  eps?: number
  /** Use the distance of positive and negative where it is smaller than that of anchor and negative; default false. */
  swap?: boolean
}
/**
 * `max(0, ‖a − p‖ − ‖a − n‖ + margin)`.
 *
 * @example
 * tripletMarginLoss(tensor([[0, 0]]), tensor([[0, 1]]), tensor([[0, 1.5]])).item() // => 0.5
 * @see torch.nn.functional.triplet_margin_loss
 */
export function tripletMarginLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  { margin = 1, p = 2, eps = 1e-6, swap = false, reduction = 'mean' }: TripletOptions = {},
): Tensor {
  return tripletMarginWithDistanceLoss(anchor, positive, negative, {
    distanceFunction: (x, y) => pairwiseDistance(x, y, { p, eps }),
    margin,
    swap,
    reduction,
  })
}
/**
 * tripletMarginLoss with any distance.
 *
 * @example
 * const distanceFunction = (a, b) => a.sub(b).abs().sum(-1)
 * tripletMarginWithDistanceLoss(tensor([[0]]), tensor([[1]]), tensor([[1.5]]), { distanceFunction }).item() // => 0.5
 * @see torch.nn.functional.triplet_margin_with_distance_loss
 */
export function tripletMarginWithDistanceLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  {
    distanceFunction = pairwiseDistance,
    margin = 1,
    swap = false,
    reduction = 'mean',
  }: LossOptions & {
    distanceFunction?: (x: Tensor, y: Tensor) => Tensor
    margin?: number
    swap?: boolean
  } = {},
): Tensor {
  checkReduction('tripletMarginLoss', reduction)
  check(
    anchor.ndim === positive.ndim && anchor.ndim === negative.ndim,
    () =>
      new ShapeError(
        'tripletMarginLoss',
        `anchor, positive and negative must have the same number of dims, got ${formatShapes([anchor, positive, negative])}`,
      ),
  )
  const near = distanceFunction(anchor, positive)
  const far = distanceFunction(anchor, negative)
  const least = swap ? minimum(far, distanceFunction(positive, negative)) : far
  return reduced(clampMin(add(sub(near, least), float(margin)), 0), reduction)
}

/**
 * `1 − cos(x₁, x₂)` for targets of 1, `max(0, cos − margin)` for those of −1.
 *
 * @example
 * cosineEmbeddingLoss(tensor([[1, 0]]), tensor([[0, 1]]), tensor([1])).item() // => 1
 * @see torch.nn.functional.cosine_embedding_loss
 */
export function cosineEmbeddingLoss(
  input1: Tensor,
  input2: Tensor,
  target: Tensor,
  { margin = 0, reduction = 'mean' }: LossOptions & { margin?: number } = {},
): Tensor {
  const op = 'cosineEmbeddingLoss'
  checkReduction(op, reduction)
  check(
    target.ndim <= 1 && input1.ndim === target.ndim + 1 && input2.ndim === target.ndim + 1,
    () =>
      new ShapeError(
        op,
        `a target of n ≤ 1 dims needs inputs of n + 1, got ${formatShapes([input1, input2, target])}`,
      ),
  )
  const dim = target.ndim
  const square = (x: Tensor): Tensor => add(sum(mul(x, x), dim), float(1e-12))
  const cosine = div(sum(mul(input1, input2), dim), sqrt(mul(square(input1), square(input2))))
  const apart = where(eq(target, -1), clampMin(sub(cosine, float(margin)), 0), 0)
  return reduced(add(where(eq(target, 1), rsub(cosine, 1), 0), apart), reduction)
}

/** Options of multiMarginLoss. */
export interface MultiMarginOptions extends LossOptions {
  /** 1 or 2. */
  p?: number
  margin?: number
}
/**
 * `Σⱼ w max(0, margin − x[y] + x[j])ᵖ / C` over the other classes.
 *
 * @example
 * multiMarginLoss(tensor([[0.5, 1, 0]]), tensor([1n])).item() // => 0.166667
 * @see torch.nn.functional.multi_margin_loss
 */
export function multiMarginLoss(
  input: Tensor,
  target: Tensor,
  weight: Tensor | null = null,
  { p = 1, margin = 1, reduction = 'mean' }: MultiMarginOptions = {},
): Tensor {
  const op = 'multiMarginLoss'
  checkReduction(op, reduction)
  check(p === 1 || p === 2, () => new ArgumentError(op, `p must be 1 or 2, got ${p}`))
  check(
    target.dtype === 'int64',
    () => new DTypeError(op, `targets must be classes of int64, got ${target.dtype}. Cast them: .long()`),
  )
  const x = reshape(input, input.ndim === 2 ? input.shape : [1, -1])
  const [rows, classes] = x.shape
  check(
    input.ndim <= 2 && target.ndim <= 1 && target.numel() === rows && classes > 0,
    () =>
      new ShapeError(op, `the target must have one class for each row, got ${formatShapes([input, target])}`),
  )
  check(
    weight === null || (weight.ndim === 1 && weight.shape[0] === classes),
    () =>
      new ShapeError(
        op,
        `weight must have one element for each of the ${classes} classes, got ${formatShape(weight!.shape)}`,
      ),
  )
  const y = reshape(target, [rows, 1])
  checkClasses(op, y, 0, classes)
  const hinge = clampMin(add(sub(x, gather(x, 1, y)), margin), 0)
  const powered = p === 1 ? hinge : mul(hinge, hinge)
  const weighted =
    weight === null ? powered : mul(powered, gather(reshape(weight, [1, -1]).expand([rows, classes]), 1, y))
  const own = eq(arange(classes, null, 1, { device: x.device }), y)
  const losses = div(sum(where(own, 0, weighted), 1), classes)
  return reduced(reduction === 'none' && target.ndim === 0 ? squeeze(losses, 0) : losses, reduction)
}
function checkClasses(op: string, target: Tensor, least: number, count: number): void {
  if (!canRead(target) || target.elementCount === 0) return
  const [low, high] = [amin(target).item(), amax(target).item()]
  check(
    low >= least && high < count,
    () =>
      new IndexError(
        op,
        `targets must be in the range of [${least}, ${count - 1}], got ${low < least ? low : high}`,
      ),
  )
}

/**
 * `Σ max(0, 1 − (x[t] − x[j])) / C` over targets t (up to the first −1) and others j.
 *
 * @example
 * multilabelMarginLoss(tensor([[0.1, 0.2, 0.4, 0.8]]), tensor([[3n, 0n, -1n, 1n]])).item() // => 0.85
 * @see torch.nn.functional.multilabel_margin_loss
 */
export function multilabelMarginLoss(
  input: Tensor,
  target: Tensor,
  { reduction = 'mean' }: LossOptions = {},
): Tensor {
  const op = 'multilabelMarginLoss'
  checkReduction(op, reduction)
  check(
    input.ndim <= 2 && sameShape(input.shape, target.shape),
    () =>
      new ShapeError(
        op,
        `input and target must have one shape of at most 2 dims, got ${formatShapes([input, target])}`,
      ),
  )
  check(
    target.dtype === 'int64',
    () => new DTypeError(op, `targets must be classes of int64, got ${target.dtype}. Cast them: .long()`),
  )
  const x = reshape(input, input.ndim === 2 ? input.shape : [1, -1]) // [N, C]
  const given = reshape(target, x.shape)
  const classes = x.shape[1]
  checkClasses(op, given, -1, classes)
  const valid = to(cumprod(to(ge(given, 0), { dtype: 'int64' }), 1), { dtype: 'bool' })
  const labels = clampMin(given, 0)
  // [N, target, class]: the class is one of the targets
  const hits = logicalAnd(
    eq(unsqueeze(labels, 2), arange(classes, null, 1, { device: x.device })),
    unsqueeze(valid, 2),
  )
  const isTarget = any(hits, 1)
  const hinge = clampMin(add(sub(unsqueeze(x, 1), unsqueeze(gather(x, 1, labels), 2)), 1), 0)
  const counted = logicalAnd(unsqueeze(valid, 2), unsqueeze(logicalNot(isTarget), 1))
  const losses = div(sum(where(counted, hinge, 0), [1, 2]), Math.max(classes, 1))
  return reduced(reduction === 'none' && input.ndim < 2 ? squeeze(losses, 0) : losses, reduction)
}
/**
 * The mean over classes of the binary cross-entropies of scores.
 *
 * @example
 * multilabelSoftMarginLoss(tensor([[2, -1]]), tensor([[1, 0]])).item() // => 0.220095
 * @see torch.nn.functional.multilabel_soft_margin_loss
 */
export function multilabelSoftMarginLoss(
  input: Tensor,
  target: Tensor,
  weight: Tensor | null = null,
  { reduction = 'mean' }: LossOptions = {},
): Tensor {
  checkReduction('multilabelSoftMarginLoss', reduction)
  const losses = neg(add(mul(target, logsigmoid(input)), mul(rsub(target, 1), logsigmoid(neg(input)))))
  const weighted = weight === null ? losses : mul(losses, weight)
  return reduced(div(sum(weighted, -1), input.shape[input.ndim - 1]), reduction)
}
