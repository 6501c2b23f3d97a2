// Losses that keep a margin, distances, and the losses of counts and variances.
import type { Tensor } from '@tt/autograd'
import * as F from '../functional.ts'
import { Module } from '../module/module.ts'
import { Loss, WeightedLoss, weightAndOptions } from './loss.ts'
import type { LossOptions, Reduction, Weighted } from './loss.ts'

/** Options of losses with a margin. */
export interface MarginOptions extends LossOptions {
  /** How far apart is far enough. */
  margin?: number
}

/**
 * x where y = 1, `max(0, margin − x)` where y = −1.
 *
 * @example
 * new HingeEmbeddingLoss().forward(tensor([0.5, 0.2]), tensor([1, -1])).item() // => 0.65
 * @see torch.nn.HingeEmbeddingLoss
 */
export class HingeEmbeddingLoss extends Loss {
  readonly margin: number
  constructor({ margin = 1, ...options }: MarginOptions = {}) {
    super(options)
    this.margin = margin
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.hingeEmbeddingLoss(input, target, { margin: this.margin, reduction: this.reduction })
  }
}

/**
 * `ln(1 + e^(−yx))`.
 *
 * @example
 * new SoftMarginLoss().forward(tensor([2, -1]), tensor([1, -1])).item() // => 0.220095
 * @see torch.nn.SoftMarginLoss
 */
export class SoftMarginLoss extends Loss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.softMarginLoss(input, target, { reduction: this.reduction })
  }
}

/**
 * `max(0, 1 − (x[y] − x[i]))` over the labels y and the other classes i.
 *
 * @example
 * new MultiLabelMarginLoss().forward(tensor([[0.1, 0.2, 0.4, 0.8]]), tensor([[3n, 0n, -1n, 1n]])).item() // => 0.85
 * @see torch.nn.MultiLabelMarginLoss
 */
export class MultiLabelMarginLoss extends Loss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.multilabelMarginLoss(input, target, { reduction: this.reduction })
  }
}

/** Options of {@link MultiMarginLoss}. */
export interface MultiMarginOptions extends MarginOptions {
  /** The power, 1 or 2 (default 1). */
  p?: number
}
/**
 * `Σ max(0, margin − x[y] + x[i])ᵖ / C` over the other classes i.
 *
 * @param weight of each class
 * @example
 * new MultiMarginLoss().forward(tensor([[0.5, 1, 0]]), tensor([1n])).item() // => 0.166667
 * @see torch.nn.MultiMarginLoss
 */
export class MultiMarginLoss extends WeightedLoss {
  readonly p: number
  readonly margin: number
  constructor(weight: Tensor | null | Weighted<MultiMarginOptions> = null, options: MultiMarginOptions = {}) {
    const split = weightAndOptions(weight, options)
    const { p = 1, margin = 1, ...rest } = split.options
    super(split.weight, rest)
    this.p = p
    this.margin = margin
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.multiMarginLoss(input, target, this.weight, {
      p: this.p,
      margin: this.margin,
      reduction: this.reduction,
    })
  }
}

/**
 * Binary cross entropy of each class with its logit, averaged.
 *
 * @param weight of each class
 * @example
 * new MultiLabelSoftMarginLoss().forward(tensor([[2, -1]]), tensor([[1, 0]])).item() // => 0.220095
 * @see torch.nn.MultiLabelSoftMarginLoss
 */
export class MultiLabelSoftMarginLoss extends WeightedLoss {
  constructor(weight: Tensor | null | Weighted<LossOptions> = null, options: LossOptions = {}) {
    const split = weightAndOptions(weight, options)
    super(split.weight, split.options)
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.multilabelSoftMarginLoss(input, target, this.weight, { reduction: this.reduction })
  }
}

/** Options of {@link PoissonNLLLoss}. */
export interface PoissonNLLOptions extends LossOptions {
  /** Whether the input is the logarithm of the rate (default true). */
  logInput?: boolean
  /** Whether Stirling's approximation of ln y! is added (default false). */
  full?: boolean
  /** Added to the rate before its logarithm (default 1e-8). */
  eps?: number
}
/**
 * `eˣ − yx`: the loss of counts y with the rate eˣ.
 *
 * @example
 * new PoissonNLLLoss().forward(tensor([0, 1]), tensor([2, 3])).item() // => 0.359141
 * @see torch.nn.PoissonNLLLoss
 */
export class PoissonNLLLoss extends Loss {
  readonly logInput: boolean
  readonly full: boolean
  readonly eps: number
  constructor({ logInput = true, full = false, eps = 1e-8, ...options }: PoissonNLLOptions = {}) {
    super(options)
    this.logInput = logInput
    this.full = full
    this.eps = eps
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    const { logInput, full, eps, reduction } = this
    return F.poissonNllLoss(input, target, { logInput, full, eps, reduction })
  }
}

/** Options of {@link GaussianNLLLoss}. */
export interface GaussianNLLOptions extends LossOptions {
  /** Whether the constant ½ ln 2π is added (default false). */
  full?: boolean
  /** The smallest variance (default 1e-6). */
  eps?: number
}
/**
 * `½ (ln v + (x − y)² / v)`: the loss of a mean and a variance.
 *
 * @example
 * new GaussianNLLLoss().forward(tensor([1, 2]), tensor([1, 4]), tensor([1, 2])).item() // => 0.673287
 * @see torch.nn.GaussianNLLLoss
 */
export class GaussianNLLLoss extends Module {
  readonly full: boolean
  readonly eps: number
  readonly reduction: Reduction
  constructor({ full = false, eps = 1e-6, reduction = 'mean' }: GaussianNLLOptions = {}) {
    super()
    this.full = full
    this.eps = eps
    this.reduction = reduction
  }
  override forward(input: Tensor, target: Tensor, variance: Tensor): Tensor {
    return F.gaussianNllLoss(input, target, variance, {
      full: this.full,
      eps: this.eps,
      reduction: this.reduction,
    })
  }
}

/**
 * `max(0, −y(x₁ − x₂) + margin)`: which of two should be larger.
 *
 * @example
 * new MarginRankingLoss().forward(tensor([1, 2]), tensor([2, 1]), tensor([1, 1])).item() // => 0.5
 * @see torch.nn.MarginRankingLoss
 */
export class MarginRankingLoss extends Module {
  readonly margin: number
  readonly reduction: Reduction
  constructor({ margin = 0, reduction = 'mean' }: MarginOptions = {}) {
    super()
    this.margin = margin
    this.reduction = reduction
  }
  override forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return F.marginRankingLoss(input1, input2, target, { margin: this.margin, reduction: this.reduction })
  }
}

/**
 * `1 − cos(x₁, x₂)` where y = 1, `max(0, cos(x₁, x₂) − margin)` where y = −1.
 *
 * @example
 * new CosineEmbeddingLoss().forward(tensor([[1, 0]]), tensor([[0, 1]]), tensor([1])).item() // => 1
 * @see torch.nn.CosineEmbeddingLoss
 */
export class CosineEmbeddingLoss extends Module {
  readonly margin: number
  readonly reduction: Reduction
  constructor({ margin = 0, reduction = 'mean' }: MarginOptions = {}) {
    super()
    this.margin = margin
    this.reduction = reduction
  }
  override forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return F.cosineEmbeddingLoss(input1, input2, target, { margin: this.margin, reduction: this.reduction })
  }
}

/** Options of {@link TripletMarginLoss}. */
export interface TripletMarginOptions extends MarginOptions {
  /** The p of the norm (default 2). */
  p?: number
  /** Added to the differences (default 1e-6). */
  eps?: number
  /** Whether the positive takes the place of the anchor where it is nearer to the negative (default false). */
  swap?: boolean
}
/**
 * `max(0, d(anchor, positive) − d(anchor, negative) + margin)`.
 *
 * @example
 * new TripletMarginLoss().forward(tensor([[0, 0]]), tensor([[0, 1]]), tensor([[0, 1.5]])).item() // => 0.5
 * @see torch.nn.TripletMarginLoss
 */
export class TripletMarginLoss extends Module {
  readonly margin: number
  readonly p: number
  readonly eps: number
  readonly swap: boolean
  readonly reduction: Reduction
  constructor({
    margin = 1,
    p = 2,
    eps = 1e-6,
    swap = false,
    reduction = 'mean',
  }: TripletMarginOptions = {}) {
    super()
    this.margin = margin
    this.p = p
    this.eps = eps
    this.swap = swap
    this.reduction = reduction
  }
  override forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    const { margin, p, eps, swap, reduction } = this
    return F.tripletMarginLoss(anchor, positive, negative, { margin, p, eps, swap, reduction })
  }
}

/**
 * The cosine of the angle between vectors along dim.
 *
 * @example
 * new CosineSimilarity().forward(tensor([[1, 0]]), tensor([[1, 1]])).item() // => 0.707107
 * @see torch.nn.CosineSimilarity
 */
export class CosineSimilarity extends Module {
  readonly dim: number
  readonly eps: number
  constructor(dim = 1, { eps = 1e-8 }: { eps?: number } = {}) {
    super()
    this.dim = dim
    this.eps = eps
  }
  override forward(x1: Tensor, x2: Tensor): Tensor {
    return F.cosineSimilarity(x1, x2, this.dim, { eps: this.eps })
  }
}

/**
 * The p-norm of `x₁ − x₂ + eps` along the last dim.
 *
 * @example
 * new PairwiseDistance().forward(tensor([[0, 0]]), tensor([[3, 4]])).item() // => 5
 * @see torch.nn.PairwiseDistance
 */
export class PairwiseDistance extends Module {
  readonly norm: number
  readonly eps: number
  readonly keepdim: boolean
  constructor({ p = 2, eps = 1e-6, keepdim = false }: { p?: number; eps?: number; keepdim?: boolean } = {}) {
    super()
    this.norm = p
    this.eps = eps
    this.keepdim = keepdim
  }
  override forward(x1: Tensor, x2: Tensor): Tensor {
    return F.pairwiseDistance(x1, x2, { p: this.norm, eps: this.eps, keepdim: this.keepdim })
  }
}
