// Losses as modules. A weight may come first, as the optional tensors of functions do, or among the options.
import { Tensor } from '@tt/autograd'
import * as F from '../functional.ts'
import { Module } from '../module/module.ts'

/** How the losses of the elements become one: their mean, their sum, or not at all. */
export type Reduction = 'mean' | 'sum' | 'none'

/** Options of every loss. */
export interface LossOptions {
  /** Default 'mean'. */
  reduction?: Reduction
}

/** What the losses of an input and a target share. */
export abstract class Loss extends Module {
  readonly reduction: Reduction
  constructor({ reduction = 'mean' }: LossOptions = {}) {
    super()
    this.reduction = reduction
  }
  abstract override forward(input: Tensor, target: Tensor): Tensor
}

/** What the losses with a weight for each class or element share. */
export abstract class WeightedLoss extends Loss {
  weight: Tensor | null
  constructor(weight: Tensor | null, options: LossOptions) {
    super(options)
    this.weight = this.registerBuffer('weight', weight)
  }
}

/** Options with the weight among them. */
export type Weighted<O> = O & { weight?: Tensor | null }

/** Splits `(weight, options)` or `({ weight, ...options })`. */
export function weightAndOptions<O extends object>(
  first: Tensor | null | Weighted<O>,
  options: O,
): { weight: Tensor | null; options: O } {
  if (first === null || first instanceof Tensor) return { weight: first, options }
  const { weight = null, ...rest } = first
  return { weight, options: rest as unknown as O }
}

/**
 * `(x − y)²`.
 *
 * @example
 * new MSELoss().forward(tensor([1, 2]), tensor([3, 2])).item() // => 2
 * @see torch.nn.MSELoss
 */
export class MSELoss extends Loss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.mseLoss(input, target, { reduction: this.reduction })
  }
}
/**
 * `|x − y|`.
 *
 * @example
 * new L1Loss().forward(tensor([1, 2]), tensor([3, 2])).item() // => 1
 * @see torch.nn.L1Loss
 */
export class L1Loss extends Loss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.l1Loss(input, target, { reduction: this.reduction })
  }
}
/**
 * Quadratic where `|x − y| < beta`, else linear.
 *
 * @example
 * new SmoothL1Loss().forward(tensor([1]), tensor([1.5])).item() // => 0.125
 * @see torch.nn.SmoothL1Loss
 */
export class SmoothL1Loss extends Loss {
  readonly beta: number
  constructor({ beta = 1, ...options }: LossOptions & { beta?: number } = {}) {
    super(options)
    this.beta = beta
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.smoothL1Loss(input, target, { reduction: this.reduction, beta: this.beta })
  }
}
/**
 * Quadratic where `|x − y| < delta`, else `delta` times linear.
 *
 * @example
 * new HuberLoss({ delta: 2 }).forward(tensor([1]), tensor([4])).item() // => 4
 * @see torch.nn.HuberLoss
 */
export class HuberLoss extends Loss {
  readonly delta: number
  constructor({ delta = 1, ...options }: LossOptions & { delta?: number } = {}) {
    super(options)
    this.delta = delta
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.huberLoss(input, target, { reduction: this.reduction, delta: this.delta })
  }
}

/** Options of {@link CrossEntropyLoss}. */
export interface CrossEntropyOptions extends LossOptions {
  /** The class that does not count (default -100). */
  ignoreIndex?: number
  /** How much of the target is spread over all classes, in [0, 1] (default 0). */
  labelSmoothing?: number
}
/**
 * `−ln softmax(x)[target]`: the loss of a classifier's raw scores.
 *
 * @param weight of each class
 * @example
 * new CrossEntropyLoss().call(zeros([1, 4]), tensor([2n])).item() // => 1.3862943649291992
 * @see torch.nn.CrossEntropyLoss
 */
export class CrossEntropyLoss extends WeightedLoss {
  readonly ignoreIndex: number
  readonly labelSmoothing: number
  constructor(
    weight: Tensor | null | Weighted<CrossEntropyOptions> = null,
    options: CrossEntropyOptions = {},
  ) {
    const split = weightAndOptions(weight, options)
    const { ignoreIndex = -100, labelSmoothing = 0, ...rest } = split.options
    super(split.weight, rest)
    this.ignoreIndex = ignoreIndex
    this.labelSmoothing = labelSmoothing
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    // [N, C, ...], [N, ...] or [N, C, ...]
    const { reduction, ignoreIndex, labelSmoothing } = this
    return F.crossEntropy(input, target, this.weight, { reduction, ignoreIndex, labelSmoothing })
  }
}

/** Options of {@link NLLLoss}. */
export interface NLLOptions extends LossOptions {
  /** The class that does not count (default -100). */
  ignoreIndex?: number
}
/**
 * `−x[target]` for log-probabilities x.
 *
 * @param weight of each class
 * @example
 * new NLLLoss().forward(tensor([[-0.5, -1]]), tensor([1n])).item() // => 1
 * @see torch.nn.NLLLoss
 */
export class NLLLoss extends WeightedLoss {
  readonly ignoreIndex: number
  constructor(weight: Tensor | null | Weighted<NLLOptions> = null, options: NLLOptions = {}) {
    const split = weightAndOptions(weight, options)
    const { ignoreIndex = -100, ...rest } = split.options
    super(split.weight, rest)
    this.ignoreIndex = ignoreIndex
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.nllLoss(input, target, this.weight, { reduction: this.reduction, ignoreIndex: this.ignoreIndex })
  }
}

/**
 * `−(y ln x + (1 − y) ln(1 − x))` for probabilities x.
 *
 * @param weight of each element
 * @example
 * new BCELoss().forward(tensor([0.9, 0.2]), tensor([1, 0])).item() // => 0.164252
 * @see torch.nn.BCELoss
 */
export class BCELoss extends WeightedLoss {
  constructor(weight: Tensor | null | Weighted<LossOptions> = null, options: LossOptions = {}) {
    const split = weightAndOptions(weight, options)
    super(split.weight, split.options)
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.binaryCrossEntropy(input, target, this.weight, { reduction: this.reduction })
  }
}

/** Options of {@link BCEWithLogitsLoss}. */
export interface BCEWithLogitsOptions extends LossOptions {
  /** Weight of positive targets, for each class. */
  posWeight?: Tensor | null
}
/**
 * BCELoss of `σ(x)`, computed without overflow.
 *
 * @param weight of each element
 * @example
 * new BCEWithLogitsLoss().forward(tensor([2, -1]), tensor([1, 0])).item() // => 0.220095
 * @see torch.nn.BCEWithLogitsLoss
 */
export class BCEWithLogitsLoss extends WeightedLoss {
  posWeight: Tensor | null
  constructor(
    weight: Tensor | null | Weighted<BCEWithLogitsOptions> = null,
    options: BCEWithLogitsOptions = {},
  ) {
    const split = weightAndOptions(weight, options)
    const { posWeight = null, ...rest } = split.options
    super(split.weight, rest)
    this.posWeight = this.registerBuffer('posWeight', posWeight)
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.binaryCrossEntropyWithLogits(input, target, this.weight, this.posWeight, {
      reduction: this.reduction,
    })
  }
}

/**
 * `y (ln y − x)` for log-probabilities x; 'batchmean' divides the sum by the batch.
 *
 * @example
 * new KLDivLoss({ reduction: 'sum' }).forward(tensor([0.5, 0.5]).log(), tensor([0.9, 0.1])).item() // => 0.368064
 * @see torch.nn.KLDivLoss
 */
export class KLDivLoss extends Module {
  readonly reduction: Reduction | 'batchmean'
  readonly logTarget: boolean
  constructor({
    reduction = 'mean',
    logTarget = false,
  }: { reduction?: Reduction | 'batchmean'; logTarget?: boolean } = {}) {
    super()
    this.reduction = reduction
    this.logTarget = logTarget
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.klDiv(input, target, { reduction: this.reduction, logTarget: this.logTarget })
  }
}
