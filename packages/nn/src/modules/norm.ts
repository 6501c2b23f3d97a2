// Normalisation layers.
import { ArgumentError, ShapeError, check, formatShape, ones, zeros } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import * as F from '../functional.ts'
import { ones_, zeros_ } from '../init.ts'
import { Module } from '../module/module.ts'
import { Parameter } from '../parameter.ts'
import type { LayerFactory } from './linear.ts'
import { pyBool, pyFloat, pySizes } from './python.ts'

/** Options of the batch norms and the instance norms. */
export interface BatchNormOptions extends LayerFactory {
  /** Added to the variance (default 1e-5). */
  eps?: number
  /** Weight of the new batch in the running statistics (default 0.1); null: their plain average. */
  momentum?: number | null
  /** Whether there are a learned weight and bias for each channel. */
  affine?: boolean
  /** Whether running statistics are kept for evaluation mode. */
  trackRunningStats?: boolean
}

/** What the norms with running statistics share. */
abstract class RunningNorm extends Module {
  readonly numFeatures: number
  readonly eps: number
  readonly momentum: number | null
  readonly affine: boolean
  readonly trackRunningStats: boolean
  readonly weight: Parameter | null // [numFeatures]
  readonly bias: Parameter | null // [numFeatures]
  runningMean: Tensor | null
  runningVar: Tensor | null
  numBatchesTracked: Tensor | null // int64, 0-dim

  constructor(
    numFeatures: number,
    options: BatchNormOptions,
    defaults: { affine: boolean; trackRunningStats: boolean },
  ) {
    super()
    const {
      eps = 1e-5,
      momentum = 0.1,
      affine = defaults.affine,
      trackRunningStats = defaults.trackRunningStats,
      ...factory
    } = options
    this.numFeatures = numFeatures
    this.eps = eps
    this.momentum = momentum
    this.affine = affine
    this.trackRunningStats = trackRunningStats
    this.weight = affine ? new Parameter(ones([numFeatures], factory)) : null
    this.bias = affine ? new Parameter(zeros([numFeatures], factory)) : null
    const tracked = <T>(make: () => T): T | null => (trackRunningStats ? make() : null)
    this.runningMean = this.registerBuffer(
      'runningMean',
      tracked(() => zeros([numFeatures], factory)),
    )
    this.runningVar = this.registerBuffer(
      'runningVar',
      tracked(() => ones([numFeatures], factory)),
    )
    this.numBatchesTracked = this.registerBuffer(
      'numBatchesTracked',
      tracked(() => zeros([], { dtype: 'int64', device: factory.device })),
    )
  }

  /** Forgets the running statistics. */
  resetRunningStats(): void {
    this.runningMean?.zero_()
    this.runningVar?.fill_(1)
    this.numBatchesTracked?.zero_()
  }
  /** Resets weight to 1, bias to 0, and the running statistics. */
  resetParameters(): void {
    this.resetRunningStats()
    if (this.weight !== null) ones_(this.weight)
    if (this.bias !== null) zeros_(this.bias)
  }

  override extraRepr(): string {
    const { numFeatures, eps, momentum, affine, trackRunningStats } = this
    return (
      `${numFeatures}, eps=${pyFloat(eps)}, momentum=${momentum === null ? 'None' : pyFloat(momentum)}, ` +
      `affine=${pyBool(affine)}, track_running_stats=${pyBool(trackRunningStats)}`
    )
  }
}

/** What the batch norms share. */
abstract class BatchNorm extends RunningNorm {
  constructor(numFeatures: number, options: BatchNormOptions = {}) {
    super(numFeatures, options, { affine: true, trackRunningStats: true })
  }

  /** Numbers of dims that the input may have. */
  protected abstract readonly allowedDims: readonly number[]

  override forward(input: Tensor): Tensor {
    // [N, C, ...] → the same
    check(
      this.allowedDims.includes(input.ndim),
      () =>
        new ShapeError(
          this.reprName(),
          `the input must have ${this.allowedDims.join(' or ')} dims, got ${formatShape(input.shape)}`,
        ),
    )
    const update = this.training && this.numBatchesTracked !== null
    const momentum = this.momentum ?? (update ? 1 / (this.numBatchesTracked!.item() + 1) : 0)
    const useStats = !this.training || this.trackRunningStats
    const output = F.batchNorm(
      input,
      useStats ? this.runningMean : null,
      useStats ? this.runningVar : null,
      this.weight,
      this.bias,
      {
        training: this.training || this.runningMean === null,
        momentum,
        eps: this.eps,
      },
    )
    if (update) this.numBatchesTracked!.add_(1)
    return output
  }
}

/**
 * Normalises each channel of [N, C] or [N, C, L] over the batch (Ioffe & Szegedy 2015).
 *
 * @example
 * new BatchNorm1d(2).forward(tensor([[1, 10], [3, 30]])).tolist() // => [[-0.999995, -1], [0.999995, 1]]
 * @see torch.nn.BatchNorm1d
 */
export class BatchNorm1d extends BatchNorm {
  protected override get allowedDims(): readonly number[] {
    return [2, 3]
  }
}
/**
 * Normalises each channel of [N, C, H, W] over the batch (Ioffe & Szegedy 2015): by the batch's mean and variance in
 * training mode, by the running ones in evaluation mode.
 *
 * @example
 * new BatchNorm2d(3).forward(ones([2, 3, 4, 4])).shape // => [2, 3, 4, 4]
 * @see torch.nn.BatchNorm2d
 */
export class BatchNorm2d extends BatchNorm {
  protected override get allowedDims(): readonly number[] {
    return [4]
  }
}
/**
 * Normalises each channel of [N, C, D, H, W] over the batch.
 *
 * @example
 * new BatchNorm3d(3).forward(ones([2, 3, 2, 2, 2])).shape // => [2, 3, 2, 2, 2]
 * @see torch.nn.BatchNorm3d
 */
export class BatchNorm3d extends BatchNorm {
  protected override get allowedDims(): readonly number[] {
    return [5]
  }
}

/** What the instance norms share: each channel of each sample is normalised by itself. */
abstract class InstanceNorm extends RunningNorm {
  constructor(numFeatures: number, options: BatchNormOptions = {}) {
    super(numFeatures, options, { affine: false, trackRunningStats: false })
  }

  /** Number of dims of a batch; one less is a single sample. */
  protected abstract readonly batchDims: number

  override forward(input: Tensor): Tensor {
    // [N, C, ...] or [C, ...] → the same
    const { batchDims } = this
    check(
      input.ndim === batchDims || input.ndim === batchDims - 1,
      () =>
        new ShapeError(
          this.reprName(),
          `the input must have ${batchDims - 1} or ${batchDims} dims, got ${formatShape(input.shape)}`,
        ),
    )
    const batch = input.ndim === batchDims ? input : input.unsqueeze(0)
    const output = F.instanceNorm(batch, this.runningMean, this.runningVar, this.weight, this.bias, {
      useInputStats: this.training || !this.trackRunningStats,
      momentum: this.momentum ?? 0,
      eps: this.eps,
    })
    return input.ndim === batchDims ? output : output.squeeze(0)
  }
}

/**
 * Normalises each channel of each sample of [N, C, L].
 *
 * @example
 * new InstanceNorm1d(1).forward(tensor([[[1, 3]]])).tolist() // => [[[-0.999995, 0.999995]]]
 * @see torch.nn.InstanceNorm1d
 */
export class InstanceNorm1d extends InstanceNorm {
  protected override get batchDims(): number {
    return 3
  }
}
/**
 * Normalises each channel of each sample of [N, C, H, W].
 *
 * @example
 * new InstanceNorm2d(3).forward(ones([2, 3, 4, 4])).shape // => [2, 3, 4, 4]
 * @see torch.nn.InstanceNorm2d
 */
export class InstanceNorm2d extends InstanceNorm {
  protected override get batchDims(): number {
    return 4
  }
}
/**
 * Normalises each channel of each sample of [N, C, D, H, W].
 *
 * @example
 * new InstanceNorm3d(3).forward(ones([2, 3, 2, 2, 2])).shape // => [2, 3, 2, 2, 2]
 * @see torch.nn.InstanceNorm3d
 */
export class InstanceNorm3d extends InstanceNorm {
  protected override get batchDims(): number {
    return 5
  }
}

/** Options of {@link LayerNorm}. */
export interface LayerNormOptions extends LayerFactory {
  /** Added to the variance (default 1e-5). */
  eps?: number
  /** Whether there are a learned weight and bias for each element (default true). */
  elementwiseAffine?: boolean
  /** Whether there is a bias beside the weight (default true). */
  bias?: boolean
}

/**
 * Normalises over the last dims: `(x − mean) / √(var + eps) · weight + bias` (Ba, Kiros & Hinton 2016).
 *
 * @param normalizedShape sizes of those dims, or of the last one
 * @example
 * new LayerNorm(2).forward(tensor([[1, 3], [10, 30]])).tolist() // => [[-0.999995, 0.999995], [-1, 1]]
 * @see torch.nn.LayerNorm
 */
export class LayerNorm extends Module {
  readonly normalizedShape: readonly number[]
  readonly eps: number
  readonly elementwiseAffine: boolean
  readonly weight: Parameter | null // normalizedShape
  readonly bias: Parameter | null // normalizedShape

  constructor(normalizedShape: number | readonly number[], options: LayerNormOptions = {}) {
    super()
    const { eps = 1e-5, elementwiseAffine = true, bias = true, ...factory } = options
    this.normalizedShape = typeof normalizedShape === 'number' ? [normalizedShape] : [...normalizedShape]
    this.eps = eps
    this.elementwiseAffine = elementwiseAffine
    this.weight = elementwiseAffine ? new Parameter(ones(this.normalizedShape, factory)) : null
    this.bias = elementwiseAffine && bias ? new Parameter(zeros(this.normalizedShape, factory)) : null
  }

  /** Resets weight to 1 and bias to 0. */
  resetParameters(): void {
    if (this.weight !== null) ones_(this.weight)
    if (this.bias !== null) zeros_(this.bias)
  }

  override forward(input: Tensor): Tensor {
    return F.layerNorm(input, this.normalizedShape, this.weight, this.bias, { eps: this.eps })
  }

  override extraRepr(): string {
    return `${pySizes(this.normalizedShape)}, eps=${pyFloat(this.eps)}, elementwise_affine=${pyBool(this.elementwiseAffine)}`
  }
}

/** Options of {@link GroupNorm}. */
export interface GroupNormOptions extends LayerFactory {
  /** Added to the variance (default 1e-5). */
  eps?: number
  /** Whether there are a learned weight and bias for each channel (default true). */
  affine?: boolean
}

/**
 * Normalises groups of channels of each sample of [N, C, ...] (Wu & He 2018).
 *
 * @example
 * new GroupNorm(2, 4).forward(tensor([[1, 3, 10, 30]])).tolist() // => [[-0.999995, 0.999995, -1, 1]]
 * @see torch.nn.GroupNorm
 */
export class GroupNorm extends Module {
  readonly numGroups: number
  readonly numChannels: number
  readonly eps: number
  readonly affine: boolean
  readonly weight: Parameter | null // [numChannels]
  readonly bias: Parameter | null // [numChannels]

  constructor(
    numGroups: number,
    numChannels: number,
    { eps = 1e-5, affine = true, ...factory }: GroupNormOptions = {},
  ) {
    super()
    check(
      numChannels % numGroups === 0,
      () =>
        new ArgumentError(
          'GroupNorm',
          `numChannels must be divisible by numGroups, got ${numChannels} and ${numGroups}`,
        ),
    )
    this.numGroups = numGroups
    this.numChannels = numChannels
    this.eps = eps
    this.affine = affine
    this.weight = affine ? new Parameter(ones([numChannels], factory)) : null
    this.bias = affine ? new Parameter(zeros([numChannels], factory)) : null
  }

  /** Resets weight to 1 and bias to 0. */
  resetParameters(): void {
    if (this.weight !== null) ones_(this.weight)
    if (this.bias !== null) zeros_(this.bias)
  }

  override forward(input: Tensor): Tensor {
    return F.groupNorm(input, this.numGroups, this.weight, this.bias, { eps: this.eps })
  }

  override extraRepr(): string {
    return `${this.numGroups}, ${this.numChannels}, eps=${pyFloat(this.eps)}, affine=${pyBool(this.affine)}`
  }
}

/** Options of {@link LocalResponseNorm}. */
export interface LocalResponseNormOptions {
  /** α (default 1e-4). */
  alpha?: number
  /** β (default 0.75). */
  beta?: number
  /** k (default 1). */
  k?: number
}

/**
 * `x / (k + α · mean of x² over neighbouring channels)^β` (Krizhevsky et al. 2012).
 *
 * @example
 * new LocalResponseNorm(2, { alpha: 1 }).forward(tensor([[[1], [2]]])).tolist() // => [[[0.737788], [0.78159]]]
 * @see torch.nn.LocalResponseNorm
 */
export class LocalResponseNorm extends Module {
  readonly size: number
  readonly alpha: number
  readonly beta: number
  readonly k: number

  constructor(size: number, { alpha = 1e-4, beta = 0.75, k = 1 }: LocalResponseNormOptions = {}) {
    super()
    this.size = size
    this.alpha = alpha
    this.beta = beta
    this.k = k
  }

  override forward(input: Tensor): Tensor {
    return F.localResponseNorm(input, this.size, { alpha: this.alpha, beta: this.beta, k: this.k })
  }

  override extraRepr(): string {
    return `${this.size}, alpha=${pyFloat(this.alpha)}, beta=${pyFloat(this.beta)}, k=${pyFloat(this.k)}`
  }
}
