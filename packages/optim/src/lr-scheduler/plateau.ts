// The scheduler that watches a metric.
import { ArgumentError, Tensor, check } from '@tt/autograd'
import { checkIsOptimizer } from './scheduler.ts'
import type { AnyOptimizer } from './scheduler.ts'

/** Options of {@link ReduceLROnPlateau}. */
export interface PlateauOptions {
  /** Whether the metric should fall or rise (default 'min'). */
  mode?: 'min' | 'max'
  /** By which the rate is multiplied, below 1 (default 0.1). */
  factor?: number
  /** Epochs without improvement that are accepted (default 10). */
  patience?: number
  /** What counts as an improvement (default 1e-4). */
  threshold?: number
  /** Whether the threshold is relative to the best metric (default 'rel'). */
  thresholdMode?: 'rel' | 'abs'
  /** Epochs after a reduction in which nothing is counted (default 0). */
  cooldown?: number
  /** The smallest rate, for all groups or for each (default 0). */
  minLr?: number | readonly number[]
  /** Smaller changes of the rate are left out (default 1e-8). */
  eps?: number
}

/**
 * `lr · factor` when a metric has not improved for `patience` epochs; `step` takes the metric.
 *
 * @throws ArgumentError for options out of range
 * @example
 * const scheduler = new ReduceLROnPlateau(optimizer, { patience: 3 })
 * scheduler.step(validationLoss)
 * @see torch.optim.lr_scheduler.ReduceLROnPlateau
 */
export class ReduceLROnPlateau {
  readonly optimizer: AnyOptimizer
  readonly mode: 'min' | 'max'
  readonly factor: number
  readonly patience: number
  readonly threshold: number
  readonly thresholdMode: 'rel' | 'abs'
  readonly cooldown: number
  readonly minLrs: readonly number[]
  readonly eps: number
  /** The best metric so far. */
  best: number
  /** Epochs since it was reached. */
  numBadEpochs = 0
  cooldownCounter = 0
  lastEpoch = 0

  constructor(optimizer: AnyOptimizer, options: PlateauOptions = {}) {
    const {
      mode = 'min',
      factor = 0.1,
      patience = 10,
      threshold = 1e-4,
      thresholdMode = 'rel',
      cooldown = 0,
      minLr = 0,
      eps = 1e-8,
    } = options
    checkIsOptimizer('ReduceLROnPlateau', optimizer)
    const groups = optimizer.paramGroups.length
    check(factor < 1, () => new ArgumentError('ReduceLROnPlateau', `factor must be below 1, got ${factor}`))
    check(
      typeof minLr === 'number' || minLr.length === groups,
      () =>
        new ArgumentError(
          'ReduceLROnPlateau',
          `minLr must be a number or one for each of the ${groups} groups, got ${JSON.stringify(minLr)}`,
        ),
    )
    this.optimizer = optimizer
    this.mode = mode
    this.factor = factor
    this.patience = patience
    this.threshold = threshold
    this.thresholdMode = thresholdMode
    this.cooldown = cooldown
    this.minLrs = typeof minLr === 'number' ? new Array<number>(groups).fill(minLr) : minLr
    this.eps = eps
    this.best = mode === 'min' ? Infinity : -Infinity
  }

  /** Takes the metric of an epoch. @param metric a number or a tensor of one element */
  step(metric: number | Tensor): void {
    const value = metric instanceof Tensor ? metric.item() : metric
    this.lastEpoch++
    if (this.#isBetter(value)) {
      this.best = value
      this.numBadEpochs = 0
    } else this.numBadEpochs++
    if (this.cooldownCounter > 0) {
      this.cooldownCounter--
      this.numBadEpochs = 0
    }
    if (this.numBadEpochs <= this.patience) return
    this.#reduce()
    this.cooldownCounter = this.cooldown
    this.numBadEpochs = 0
  }

  #reduce(): void {
    this.optimizer.paramGroups.forEach((group, i) => {
      const lr = Math.max(group.lr * this.factor, this.minLrs[i])
      if (group.lr - lr > this.eps) group.lr = lr
    })
  }

  #isBetter(value: number): boolean {
    const { best, threshold } = this
    if (this.mode === 'min')
      return value < (this.thresholdMode === 'rel' ? best * (1 - threshold) : best - threshold)
    return value > (this.thresholdMode === 'rel' ? best * (1 + threshold) : best + threshold)
  }

  /** The learning rates now. */
  getLastLr(): number[] {
    return this.optimizer.paramGroups.map((group) => group.lr)
  }
  /** What must be saved to go on later. */
  stateDict(): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this).filter(([key]) => key !== 'optimizer'))
  }
  /** Takes over what stateDict answered. */
  loadStateDict(stateDict: Readonly<Record<string, unknown>>): void {
    Object.assign(this, stateDict)
  }
}
