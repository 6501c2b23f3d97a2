// Losses of classes: nllLoss and crossEntropy.
import { withGradMode } from '../dispatch/hook.ts'
import { apply, applyAll, structured } from '../dispatch/structured.ts'
import { checkReduction } from '../dispatch/loss.ts'
import type { Reduction } from '../dispatch/loss.ts'
import { ArgumentError, DTypeError, IndexError, ShapeError, check } from '../errors.ts'
import { canRead } from '../host/reads.ts'
import { formatShape, sameShape } from '../shape/shape.ts'
import { newTensor } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import { add, div, mul, neg } from './arithmetic.ts'
import { eq, logicalNot } from './comparison.ts'
import { where } from './choice.ts'
import { copy_, fill_, to } from './copy.ts'
import { toTypedArray } from './reading.ts'
import { sum } from './reduce.ts'
import { logSoftmax } from './softmax.ts'
import { expand, squeeze, unsqueeze, view } from './views.ts'

/** Attributes of nllLoss. */
export interface NllLossAttrs {
  readonly reduction: Reduction
  readonly ignoreIndex: number
  /** Whether targets may be ignoreIndex. */
  readonly ignoring: boolean
}
/** Attributes of nllLossBackward: the shape of the log-probabilities too. */
export interface NllLossBackwardAttrs extends NllLossAttrs {
  readonly inputShape: readonly number[]
}

/** The class of each element, 0 where it is ignored, and where that is; ignored is null if nothing is. */
function classes(
  target: Tensor,
  { ignoreIndex, ignoring }: NllLossAttrs,
): { index: Tensor; ignored: Tensor | null } {
  if (!ignoring) return { index: target, ignored: null }
  const ignored = eq(target, ignoreIndex)
  return { index: where(ignored, 0, target), ignored }
}

/** Throws unless all targets are classes or ignored. @returns whether some are ignored; true where that cannot be known */
function checkTargets(op: string, target: Tensor, count: number, ignoreIndex: number): boolean {
  if (!canRead(target)) return true
  const { buffer, byteOffset, length } = toTypedArray(target)
  const words = new Int32Array(buffer, byteOffset, 2 * length) // low and high halves: faster than bigints
  let ignoring = false
  for (let i = 0; i < words.length; i += 2) {
    const [low, high] = [words[i], words[i + 1]]
    if (high === low >> 31 && low === ignoreIndex) ignoring = true
    else if (high !== 0 || low < 0 || low >= count) {
      const value = BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low >>> 0))
      throw new IndexError(
        op,
        `targets must be in the range of [0, ${count - 1}], got ${value}. Target ${value} is out of bounds`,
      )
    }
  }
  return ignoring
}

/** −1 (or −weight) for each element, 0 where it is ignored. */
function factors(index: Tensor, ignored: Tensor | null, weight: Tensor | null, like: Tensor): Tensor {
  const own = weight === null ? null : gatherWeights(weight, index)
  const base =
    own ??
    expand(
      view(
        fill_(newTensor(like.storage.backend, like.dtypeInfo, [1]), 1),
        index.shape.map(() => 1),
      ),
      index.shape,
    )
  return ignored === null ? base : where(ignored, 0, base)
}
function gatherWeights(weight: Tensor, index: Tensor): Tensor {
  const out = newTensor(weight.storage.backend, weight.dtypeInfo, index.shape)
  if (out.elementCount > 0) out.storage.backend.kernels.indexGet(weight, [index], 0, out)
  return out
}

/** nllLoss: input [N, C, ...], target [N, ...], weight [C] or none; outputs are the loss and the total weight. */
export const nllLossOp = structured<NllLossAttrs>({
  name: 'nllLoss',
  infer: ([input, target], { reduction }) => [
    { shape: reduction === 'none' ? target.shape : [], dtype: input.dtypeInfo },
    { shape: [], dtype: input.dtypeInfo },
  ],
  run: (backend, [input, target, weight], attrs, [out, total]) =>
    withGradMode(false, () => {
      const { reduction, ignoreIndex } = attrs
      const options = { ignoreIndex, mean: reduction === 'mean' }
      if (
        reduction !== 'none' &&
        input.ndim === 2 &&
        backend.fused.nllLoss?.(input, target, weight ?? null, options, out, total)
      )
        return
      const { index, ignored } = classes(target, attrs)
      const picked = newTensor(backend, input.dtypeInfo, target.shape)
      if (picked.elementCount > 0) backend.kernels.gather(input, 1, unsqueeze(index, 1), unsqueeze(picked, 1))
      const plain = ignored === null && weight === undefined
      const own = plain ? null : factors(index, ignored, weight ?? null, input)
      const losses = own === null ? neg(picked) : neg(mul(picked, own))
      // an ignored −inf must not become NaN
      const clean = ignored === null ? losses : where(ignored, 0, losses)
      if (reduction === 'none') {
        copy_(out, clean)
        fill_(total, 0)
        return
      }
      if (own === null) fill_(total, target.elementCount)
      else copy_(total, sum(own))
      copy_(out, reduction === 'mean' ? div(sum(clean), total) : sum(clean))
    }),
})

/** nllLossBackward: gradient of the loss, target, total weight, weight or none. */
export const nllLossBackwardOp = structured<NllLossBackwardAttrs>({
  name: 'nllLossBackward',
  infer: ([gradient], { inputShape }) => [{ shape: inputShape, dtype: gradient.dtypeInfo }],
  run: (backend, [gradient, target, total, weight], attrs, [out]) =>
    withGradMode(false, () => {
      const { ignoreIndex, reduction, inputShape } = attrs
      const options = { ignoreIndex, mean: reduction === 'mean' }
      if (
        reduction !== 'none' &&
        inputShape.length === 2 &&
        backend.fused.nllLossBackward?.(gradient, target, total, weight ?? null, options, out)
      )
        return
      fill_(out, 0)
      if (target.elementCount === 0) return
      const { index, ignored } = classes(target, attrs)
      const scale = neg(attrs.reduction === 'mean' ? div(gradient, total) : gradient)
      const share =
        ignored === null && weight === undefined
          ? expand(scale, target.shape)
          : mul(factors(index, ignored, weight ?? null, gradient), scale)
      const clean = ignored === null ? share : where(ignored, 0, share) // 0 · ∞ where all are ignored
      backend.kernels.scatter(out, 1, unsqueeze(index, 1), unsqueeze(clean, 1), 'set')
    }),
})
/** Gradient of nllLoss by its input. */
export const nllLossBackward = (
  gradient: Tensor,
  target: Tensor,
  total: Tensor,
  weight: Tensor | null,
  attrs: NllLossBackwardAttrs,
): Tensor =>
  apply(
    nllLossBackwardOp,
    weight === null ? [gradient, target, total] : [gradient, target, total, weight],
    attrs,
  )

/** Options of nllLoss. */
export interface NllLossOptions {
  /** Targets of this class do not count; default −100. */
  ignoreIndex?: number
  /** 'mean' (by the weights, the default), 'sum' or 'none'. */
  reduction?: Reduction
}

/**
 * The negative log-likelihood: `−weight[target] · input[target]`, its weighted mean by default.
 *
 * @param input log-probabilities [N, C], [N, C, d1, ...] or [C]
 * @param target int64 classes [N], [N, d1, ...] or []
 * @param weight [C], a factor for each class, or null
 * @returns a 0-dim tensor, or of the target's shape with reduction 'none'
 * @throws IndexError if a target is no class
 * @example
 * nllLoss(tensor([[-0.5, -1], [-2, -0.25]]), tensor([0n, 1n])).item() // => 0.375
 * @see torch.nn.functional.nll_loss
 */
export const nllLoss = (
  input: Tensor,
  target: Tensor,
  weight: Tensor | null = null,
  options: NllLossOptions = {},
): Tensor => pickedLoss('nllLoss', input, target, weight, options)

function pickedLoss(
  op: string,
  input: Tensor,
  target: Tensor,
  weight: Tensor | null,
  { ignoreIndex = -100, reduction = 'mean' }: NllLossOptions,
): Tensor {
  checkReduction(op, reduction)
  check(
    input.dtypeInfo.category === 'float',
    () => new DTypeError(op, `the input must be floating-point, got ${input.dtype}`),
  )
  check(
    target.dtype === 'int64' || target.dtype === 'uint8',
    () => new DTypeError(op, `targets must be classes of int64, got ${target.dtype}. Cast them: .long()`),
  )
  const single = input.ndim === 1
  check(
    input.ndim > 0 &&
      (single ? target.ndim === 0 : sameShape([input.shape[0], ...input.shape.slice(2)], target.shape)),
    () =>
      new ShapeError(
        op,
        `the target must have the shape of the input without its class dim, got input ${formatShape(input.shape)} ` +
          `and target ${formatShape(target.shape)}`,
      ),
  )
  const count = input.shape[single ? 0 : 1]
  checkClassWeight(op, weight, count, input)
  const x = single ? unsqueeze(input, 0) : input
  const y = single ? unsqueeze(target, 0) : target
  const index = y.dtype === 'int64' ? y : y.long()
  const ignoring = checkTargets(op, index, count, ignoreIndex)
  const [loss] = applyAll(nllLossOp, weight === null ? [x, index] : [x, index, weight], {
    reduction,
    ignoreIndex,
    ignoring,
  })
  return single && reduction === 'none' ? squeeze(loss, 0) : loss
}

function checkClassWeight(op: string, weight: Tensor | null, count: number, input: Tensor): void {
  if (weight === null) return
  check(
    weight.ndim === 1 && weight.shape[0] === count,
    () =>
      new ShapeError(
        op,
        `weight must have one element for each of the ${count} classes, got ${formatShape(weight.shape)}`,
      ),
  )
  check(
    weight.dtype === input.dtype,
    () => new DTypeError(op, `weight must be of the input's dtype ${input.dtype}, got ${weight.dtype}`),
  )
}

/** Options of crossEntropy. */
export interface CrossEntropyOptions extends NllLossOptions {
  /** Share of the target that goes to all classes alike, from 0 to 1; default 0. */
  labelSmoothing?: number
}
/**
 * The cross-entropy of `softmax(input)` and the target; for classes `−log softmax(input)[target]`.
 *
 * @param input scores [N, C], [N, C, d1, ...] or [C]
 * @param target int64 classes, of the input's shape without C; or probabilities, of the input's shape
 * @param weight [C], a factor for each class, or null
 * @returns a 0-dim tensor, or with reduction 'none' one value per target
 * @throws IndexError if a target is no class
 * @example
 * crossEntropy(zeros([1, 2]), tensor([0n])).item() // => 0.6931471824645996
 * @see torch.nn.functional.cross_entropy
 */
export function crossEntropy(
  input: Tensor,
  target: Tensor,
  weight: Tensor | null = null,
  options: CrossEntropyOptions = {},
): Tensor {
  const { ignoreIndex = -100, reduction = 'mean', labelSmoothing = 0 } = options
  const op = 'crossEntropy'
  checkReduction(op, reduction)
  check(
    labelSmoothing >= 0 && labelSmoothing <= 1,
    () => new ArgumentError(op, `labelSmoothing must be from 0 to 1, got ${labelSmoothing}`),
  )
  check(
    input.ndim > 0 && input.dtypeInfo.category === 'float',
    () =>
      new DTypeError(
        op,
        `the input must be a floating-point tensor with a class dim, got ${input.dtype} of shape ${formatShape(input.shape)}`,
      ),
  )
  const dim = input.ndim === 1 ? 0 : 1
  checkClassWeight(op, weight, input.shape[dim], input)
  if (sameShape(input.shape, target.shape))
    return softTargets(input, target, weight, reduction, labelSmoothing, dim)
  const scores = logSoftmax(input, dim)
  const loss = pickedLoss(op, scores, target, weight, { ignoreIndex, reduction })
  return labelSmoothing === 0
    ? loss
    : smoothed(scores, target, loss, weight, ignoreIndex, reduction, labelSmoothing, dim)
}

const perClass = (weight: Tensor, rank: number, dim: number): Tensor =>
  view(
    weight,
    Array.from({ length: rank }, (_, i) => (i === dim ? weight.shape[0] : 1)),
  )

function softTargets(
  input: Tensor,
  target: Tensor,
  weight: Tensor | null,
  reduction: Reduction,
  smoothing: number,
  dim: number,
): Tensor {
  check(
    target.dtypeInfo.category === 'float',
    () =>
      new DTypeError(
        'crossEntropy',
        `targets of the input's shape are probabilities and must be floating-point, got ${target.dtype}`,
      ),
  )
  const count = input.shape[dim]
  const y = smoothing > 0 ? add(mul(target, 1 - smoothing), smoothing / count) : target
  const scores = logSoftmax(input, dim)
  const terms = mul(scores, weight === null ? y : mul(y, perClass(weight, input.ndim, dim)))
  if (reduction === 'none') return neg(sum(terms, dim))
  const total = neg(sum(terms))
  return reduction === 'sum' ? total : div(total, Math.max(input.elementCount / count, 0))
}

function smoothed(
  scores: Tensor,
  target: Tensor,
  loss: Tensor,
  weight: Tensor | null,
  ignoreIndex: number,
  reduction: Reduction,
  smoothing: number,
  dim: number,
): Tensor {
  const count = scores.shape[dim]
  const uniform = neg(sum(weight === null ? scores : mul(scores, perClass(weight, scores.ndim, dim)), dim))
  const ignored = eq(target, ignoreIndex)
  const kept = where(ignored, 0, uniform)
  let smooth = kept
  if (reduction === 'sum') smooth = sum(kept)
  else if (reduction === 'mean') {
    smooth = div(
      sum(kept),
      weight === null
        ? sum(to(logicalNot(ignored), { dtype: scores.dtype }))
        : weightSum(target, ignored, weight),
    )
  }
  return add(mul(loss, 1 - smoothing), mul(smooth, smoothing / count))
}

const weightSum = (target: Tensor, ignored: Tensor, weight: Tensor): Tensor =>
  withGradMode(false, () => sum(where(ignored, 0, gatherWeights(weight, where(ignored, 0, target)))))
