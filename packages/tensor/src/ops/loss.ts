// Losses of two tensors: regression, probabilities, distributions.
import { ternary } from '../dispatch/define.ts'
import { checkReduction, elementwiseLoss, warnSizes } from '../dispatch/loss.ts'
import type { Reduction } from '../dispatch/loss.ts'
import { applyComposite, composite } from '../dispatch/structured.ts'
import { ArgumentError, DTypeError, ShapeError, check } from '../errors.ts'
import { constant } from '../expr/expr.ts'
import type { Expr } from '../expr/expr.ts'
import { canRead } from '../host/reads.ts'
import { broadcastPair, formatShape, sameShape } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { abs, add, div, mul, sub } from './arithmetic.ts'
import { clampMin, le, lt } from './comparison.ts'
import { isComplex } from './complex-parts.ts'
import { where } from './choice.ts'
import { exp, log } from './math.ts'
import { amax, amin, any, mean, sum } from './reduce.ts'
import { xlogy } from './logarithm.ts'
import { detach, unsqueeze } from './views.ts'

/** Option of all losses. */
export interface LossOptions {
  /** 'mean' (the default), 'sum', or 'none' for one loss per element. */
  reduction?: Reduction
}

/** The losses of the elements as `reduction` says. */
const reduced = (losses: Tensor, reduction: Reduction): Tensor =>
  reduction === 'mean' ? mean(losses) : reduction === 'sum' ? sum(losses) : losses
const parts = { mul, reduce: reduced }

const mse = elementwiseLoss('mseLoss', {}, (x, y) => x.sub(y).square(), parts)
/** mseLoss: input, target; attrs: reduction. */
export const mseLossOp = mse.record
/**
 * The squared error `(x − y)²`, its mean by default.
 *
 * @throws ArgumentError for an unknown reduction
 * @example
 * mseLoss(tensor([1, 2]), tensor([1, 4])).item() // => 2
 * @see torch.nn.functional.mse_loss
 */
export function mseLoss(input: Tensor, target: Tensor, { reduction = 'mean' }: LossOptions = {}): Tensor {
  checkReduction('mseLoss', reduction)
  warnSizes('mseLoss', input, target)
  return mse.call(input, target, null, { reduction })
}

const l1 = elementwiseLoss('l1Loss', {}, (x, y) => x.sub(y).abs(), parts)
/** l1Loss: input, target; attrs: reduction. */
export const l1LossOp = l1.record
/**
 * The absolute error `|x − y|`, of complex numbers too.
 *
 * @example
 * l1Loss(tensor([1, 2]), tensor([3, 2])).item() // => 1
 * @see torch.nn.functional.l1_loss
 */
export function l1Loss(input: Tensor, target: Tensor, { reduction = 'mean' }: LossOptions = {}): Tensor {
  checkReduction('l1Loss', reduction)
  warnSizes('l1Loss', input, target)
  if (isComplex(input) || isComplex(target)) return reduced(abs(sub(input, target)), reduction)
  return l1.call(input, target, null, { reduction })
}

const smoothL1 = elementwiseLoss(
  'smoothL1Loss',
  { beta: 1 },
  (x, y, { beta }) => {
    const z = x.sub(y).abs()
    return z.lt(beta).select(z.square().mul(0.5).div(beta), z.sub(beta.mul(0.5)))
  },
  parts,
)
/** smoothL1Loss: input, target; attrs: reduction, beta. */
export const smoothL1LossOp = smoothL1.record
/**
 * `½ z² / beta` where z = |x − y| is below beta, `z − ½ beta` elsewhere.
 *
 * @example
 * smoothL1Loss(tensor([1, 2]), tensor([3, 2.5]), { reduction: 'none' }).tolist() // => [1.5, 0.125]
 * @see torch.nn.functional.smooth_l1_loss
 */
export function smoothL1Loss(
  input: Tensor,
  target: Tensor,
  { reduction = 'mean', beta = 1 }: LossOptions & { beta?: number } = {},
): Tensor {
  checkReduction('smoothL1Loss', reduction)
  check(beta >= 0, () => new ArgumentError('smoothL1Loss', `beta must be at least 0, got ${beta}`))
  warnSizes('smoothL1Loss', input, target)
  return beta === 0
    ? l1.call(input, target, null, { reduction })
    : smoothL1.call(input, target, null, { reduction, beta })
}

const huber = elementwiseLoss(
  'huberLoss',
  { delta: 1 },
  (x, y, { delta }) => {
    const z = x.sub(y).abs()
    return z.le(delta).select(z.square().mul(0.5), delta.mul(z.sub(delta.mul(0.5))))
  },
  parts,
)
/** huberLoss: input, target; attrs: reduction, delta. */
export const huberLossOp = huber.record
/**
 * `½ z²` where z = |x − y| is at most delta, `delta (z − ½ delta)` elsewhere.
 *
 * @example
 * huberLoss(tensor([1, 2]), tensor([4, 2.5]), { delta: 2, reduction: 'none' }).tolist() // => [4, 0.125]
 * @see torch.nn.functional.huber_loss
 */
export function huberLoss(
  input: Tensor,
  target: Tensor,
  { reduction = 'mean', delta = 1 }: LossOptions & { delta?: number } = {},
): Tensor {
  checkReduction('huberLoss', reduction)
  check(delta > 0, () => new ArgumentError('huberLoss', `delta must be above 0, got ${delta}`))
  warnSizes('huberLoss', input, target)
  return huber.call(input, target, null, { reduction, delta })
}

// The logarithms are cut at −100, so that the loss stays finite.
const bce = elementwiseLoss(
  'binaryCrossEntropy',
  {},
  (x, y) => {
    const one = constant(1)
    return y
      .sub(one)
      .mul(x.neg().log1p().max(-100))
      .sub(y.mul(x.log().max(-100)))
  },
  parts,
)
/** binaryCrossEntropy: input, target, weight (if there is one); attrs: reduction. */
export const binaryCrossEntropyOp = bce.record
/**
 * `−w (y log x + (1 − y) log(1 − x))`, the logarithms at least −100.
 *
 * @param input probabilities in [0, 1]
 * @param target of the input's shape and dtype, in [0, 1]
 * @param weight a factor that broadcasts to the target, or null
 * @throws ArgumentError if an input is no probability
 * @example
 * binaryCrossEntropy(tensor([0.9, 0.2]), tensor([1, 0])).item() // => 0.164252
 * @see torch.nn.functional.binary_cross_entropy
 */
export function binaryCrossEntropy(
  input: Tensor,
  target: Tensor,
  weight: Tensor | null = null,
  { reduction = 'mean' }: LossOptions = {},
): Tensor {
  const op = 'binaryCrossEntropy'
  checkReduction(op, reduction)
  check(
    sameShape(input.shape, target.shape),
    () =>
      new ShapeError(
        op,
        `input and target must have the same shape, got ${formatShape(input.shape)} and ${formatShape(target.shape)}`,
      ),
  )
  check(
    input.dtypeInfo.category === 'float' && input.dtype === target.dtype,
    () =>
      new DTypeError(
        op,
        `input and target must be of one floating-point dtype, got ${input.dtype} and ${target.dtype}. Cast the target: .to('${input.dtype}')`,
      ),
  )
  if (input.elementCount > 0 && canRead(input)) {
    const [least, most] = [amin(detach(input)).item(), amax(detach(input)).item()]
    check(
      !(least < 0 || most > 1),
      () =>
        new ArgumentError(
          op,
          `all elements of input must be between 0 and 1, got ${least < 0 ? least : most}. Use binaryCrossEntropyWithLogits for scores`,
        ),
    )
  }
  if (weight !== null) checkBroadcasts(op, 'weight', weight, target)
  return bce.call(input, target, weight, { reduction })
}
function checkBroadcasts(op: string, name: string, factor: Tensor, target: Tensor): void {
  check(
    sameShape(broadcastPair(op, factor.shape, target.shape), target.shape),
    () =>
      new ShapeError(
        op,
        `${name} must broadcast to the target, got ${formatShape(factor.shape)} for ${formatShape(target.shape)}`,
      ),
  )
}

const negLogSigmoid = (x: Expr): Expr => x.neg().max(0).add(x.abs().neg().exp().log1p())
const logits = elementwiseLoss(
  'binaryCrossEntropyWithLogits',
  {},
  (x, y) => constant(1).sub(y).mul(x).add(negLogSigmoid(x)),
  parts,
)
const weightedLogits = ternary(
  'binaryCrossEntropyWithLogits',
  (x, y, w) =>
    constant(1)
      .sub(y)
      .mul(x)
      .add(w.sub(1).mul(y).add(1).mul(negLogSigmoid(x))),
  { refuses: ['int', 'bool'] },
)
/** binaryCrossEntropyWithLogits: input, target, weight (if there is one); attrs: reduction. */
export const binaryCrossEntropyWithLogitsOp = logits.record
/** The same with a weight of the positive class: input, target, posWeight, weight (if there is one); attrs: reduction. */
export const binaryCrossEntropyWithPosWeightOp = composite<{ reduction: Reduction }>({
  name: 'binaryCrossEntropyWithPosWeight',
  gradName: 'BinaryCrossEntropyWithLogitsBackward0',
  decompose: ([x, y, positive, weight], { reduction }) => {
    const losses = weightedLogits(x, y, positive)
    return [reduced(weight === undefined ? losses : mul(losses, weight), reduction)]
  },
})
/**
 * binaryCrossEntropy of `sigmoid(input)`, without overflow: `(1 − y) x + (1 + (p − 1) y) log(1 + e^−x)`.
 *
 * @param input scores
 * @param target of the input's shape
 * @param weight a factor that broadcasts to the target, or null
 * @param posWeight p, a factor of the positive class that broadcasts to the target, or null
 * @example
 * binaryCrossEntropyWithLogits(tensor([2, -1]), tensor([1, 0])).item() // => 0.220095
 * @see torch.nn.functional.binary_cross_entropy_with_logits
 */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  weight: Tensor | null = null,
  posWeight: Tensor | null = null,
  { reduction = 'mean' }: LossOptions = {},
): Tensor {
  const op = 'binaryCrossEntropyWithLogits'
  checkReduction(op, reduction)
  check(
    sameShape(input.shape, target.shape),
    () =>
      new ShapeError(
        op,
        `input and target must have the same shape, got ${formatShape(input.shape)} and ${formatShape(target.shape)}`,
      ),
  )
  check(
    input.dtypeInfo.category === 'float',
    () => new DTypeError(op, `the input must be floating-point, got ${input.dtype}`),
  )
  if (weight !== null) checkBroadcasts(op, 'weight', weight, target)
  if (posWeight === null) return logits.call(input, target, weight, { reduction })
  checkBroadcasts(op, 'posWeight', posWeight, target)
  const tensors = weight === null ? [input, target, posWeight] : [input, target, posWeight, weight]
  return applyComposite(binaryCrossEntropyWithPosWeightOp, tensors, { reduction })[0]
}

/** Options of klDiv. */
export interface KlDivOptions {
  /** 'batchmean' divides the sum by the size of dim 0: the divergence per sample. */
  reduction?: Reduction | 'batchmean'
  /** The target holds logarithms of probabilities; default false. */
  logTarget?: boolean
}
/**
 * The Kullback-Leibler divergence `y (log y − x)`, the input being log-probabilities.
 *
 * @example
 * klDiv(tensor([[0.5, 0.5]]).log(), tensor([[0.9, 0.1]]), { reduction: 'batchmean' }).item() // => 0.368064
 * @see torch.nn.functional.kl_div
 */
export function klDiv(
  input: Tensor,
  target: Tensor,
  { reduction = 'mean', logTarget = false }: KlDivOptions = {},
): Tensor {
  if (reduction !== 'batchmean') checkReduction('klDiv', reduction)
  if (reduction === 'mean') {
    console.warn(
      "klDiv: reduction 'mean' divides by the number of elements; 'batchmean' by the batch, as the definition has it.",
    )
  }
  const losses = logTarget
    ? mul(exp(target), sub(target, input))
    : sub(xlogy(target, target), mul(target, input))
  if (reduction !== 'batchmean') return reduced(losses, reduction)
  return input.ndim === 0 ? sum(losses) : div(sum(losses), input.shape[0])
}

/** Options of poissonNllLoss. */
export interface PoissonNllOptions extends LossOptions {
  /** The input is the logarithm of the rate; default true. */
  logInput?: boolean
  /** Add Stirling's approximation of log(y!); default false. */
  full?: boolean
  eps?: number
}
/**
 * `eˣ − y x`, or `x − y log(x + eps)`: Poisson-distributed targets.
 *
 * @example
 * poissonNllLoss(tensor([0, 1]), tensor([2, 3])).item() // => 0.359141
 * @see torch.nn.functional.poisson_nll_loss
 */
export function poissonNllLoss(
  input: Tensor,
  target: Tensor,
  { logInput = true, full = false, eps = 1e-8, reduction = 'mean' }: PoissonNllOptions = {},
): Tensor {
  checkReduction('poissonNllLoss', reduction)
  const losses = logInput
    ? sub(exp(input), mul(target, input))
    : sub(input, mul(target, log(add(input, eps))))
  if (!full) return reduced(losses, reduction)
  const stirling = add(sub(mul(target, log(target)), target), mul(log(mul(target, 2 * Math.PI)), 0.5))
  return reduced(add(losses, where(le(target, 1), 0, stirling)), reduction)
}

/**
 * `½ (log v + (x − y)² / v)`: normally distributed targets of variance v.
 *
 * @param variance of the input's shape, without its last dim, or with size 1 there
 * @throws ArgumentError if a variance is negative
 * @example
 * gaussianNllLoss(tensor([1, 2]), tensor([1, 4]), tensor([1, 2])).item() // => 0.673287
 * @see torch.nn.functional.gaussian_nll_loss
 */
export function gaussianNllLoss(
  input: Tensor,
  target: Tensor,
  variance: Tensor,
  { full = false, eps = 1e-6, reduction = 'mean' }: LossOptions & { full?: boolean; eps?: number } = {},
): Tensor {
  const op = 'gaussianNllLoss'
  checkReduction(op, reduction)
  const lead = input.shape.slice(0, -1)
  const short = !sameShape(variance.shape, input.shape) && sameShape(variance.shape, lead)
  check(
    short ||
      sameShape(variance.shape, input.shape) ||
      (sameShape(variance.shape.slice(0, -1), lead) && variance.shape.at(-1) === 1),
    () =>
      new ShapeError(
        op,
        `the variance must fit the input, got ${formatShape(variance.shape)} for ${formatShape(input.shape)}`,
      ),
  )
  check(
    !canRead(variance) || !any(lt(detach(variance), 0)).item<boolean>(),
    () => new ArgumentError(op, 'every variance must be at least 0, got a negative one'),
  )
  const given = short ? unsqueeze(variance, -1) : variance
  const fixed = detach(given)
  const v = add(given, sub(clampMin(fixed, eps), fixed)) // at least eps; gradients flow as if it were not raised
  const difference = sub(input, target)
  const losses = mul(add(log(v), div(mul(difference, difference), v)), 0.5)
  return reduced(full ? add(losses, 0.5 * Math.log(2 * Math.PI)) : losses, reduction)
}
