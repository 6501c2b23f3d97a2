// Schedulers that lower the rate by factors.
import { ArgumentError, check } from '@tt/autograd'
import { LRScheduler } from './scheduler.ts'
import type { AnyOptimizer, SchedulerOptions } from './scheduler.ts'

/** Options of schedulers with a factor. */
export interface GammaOptions extends SchedulerOptions {
  /** The factor (default 0.1). */
  gamma?: number
}

/**
 * `lr · gamma` every `stepSize` epochs.
 *
 * @example
 * const scheduler = new StepLR(optimizer, 30, { gamma: 0.1 })
 * @see torch.optim.lr_scheduler.StepLR
 */
export class StepLR extends LRScheduler {
  readonly stepSize: number
  readonly gamma: number
  constructor(optimizer: AnyOptimizer, stepSize: number, { gamma = 0.1, ...options }: GammaOptions = {}) {
    super(optimizer, options)
    this.stepSize = stepSize
    this.gamma = gamma
    this.start()
  }
  protected override rates(): number[] {
    const factor = this.lastEpoch > 0 && this.lastEpoch % this.stepSize === 0 ? this.gamma : 1
    return this.currentRates().map((lr) => lr * factor)
  }
  protected override closedForm(): number[] {
    return this.baseLrs.map((lr) => lr * this.gamma ** Math.floor(this.lastEpoch / this.stepSize))
  }
}

/**
 * `lr · gamma` at each of the epochs given; one that is there twice counts twice.
 *
 * @example
 * const scheduler = new MultiStepLR(optimizer, [1, 3])
 * optimizer.step()
 * scheduler.step()
 * scheduler.getLastLr() // => [0.01]
 * @see torch.optim.lr_scheduler.MultiStepLR
 */
export class MultiStepLR extends LRScheduler {
  readonly milestones: readonly number[]
  readonly gamma: number
  constructor(
    optimizer: AnyOptimizer,
    milestones: readonly number[],
    { gamma = 0.1, ...options }: GammaOptions = {},
  ) {
    super(optimizer, options)
    this.milestones = [...milestones]
    this.gamma = gamma
    this.start()
  }
  protected override rates(): number[] {
    const factor = this.gamma ** this.milestones.filter((epoch) => epoch === this.lastEpoch).length
    return this.currentRates().map((lr) => lr * factor)
  }
  protected override closedForm(): number[] {
    return this.baseLrs.map(
      (lr) => lr * this.gamma ** this.milestones.filter((epoch) => epoch <= this.lastEpoch).length,
    )
  }
}

/**
 * `lr · gamma` every epoch.
 *
 * @example
 * const scheduler = new ExponentialLR(optimizer, 0.9)
 * optimizer.step()
 * scheduler.step()
 * scheduler.getLastLr() // => [0.09]
 * @see torch.optim.lr_scheduler.ExponentialLR
 */
export class ExponentialLR extends LRScheduler {
  readonly gamma: number
  constructor(optimizer: AnyOptimizer, gamma: number, options: SchedulerOptions = {}) {
    super(optimizer, options)
    this.gamma = gamma
    this.start()
  }
  protected override rates(): number[] {
    const factor = this.lastEpoch === 0 ? 1 : this.gamma
    return this.currentRates().map((lr) => lr * factor)
  }
  protected override closedForm(): number[] {
    return this.baseLrs.map((lr) => lr * this.gamma ** this.lastEpoch)
  }
}

/** Options of {@link PolynomialLR}. */
export interface PolynomialOptions extends SchedulerOptions {
  /** Epochs until the rate is 0 (default 5). */
  totalIters?: number
  /** The power (default 1). */
  power?: number
}
/**
 * `lr · (1 − epoch/totalIters)^power`.
 *
 * @example
 * const scheduler = new PolynomialLR(optimizer, { totalIters: 4 })
 * optimizer.step()
 * scheduler.step()
 * scheduler.getLastLr() // => [0.075]
 * @see torch.optim.lr_scheduler.PolynomialLR
 */
export class PolynomialLR extends LRScheduler {
  readonly totalIters: number
  readonly power: number
  constructor(optimizer: AnyOptimizer, { totalIters = 5, power = 1, ...options }: PolynomialOptions = {}) {
    super(optimizer, options)
    this.totalIters = totalIters
    this.power = power
    this.start()
  }
  protected override rates(): number[] {
    const { lastEpoch: t, totalIters: T } = this
    if (t === 0 || t > T) return this.currentRates()
    const factor = ((1 - t / T) / (1 - (t - 1) / T)) ** this.power
    return this.currentRates().map((lr) => lr * factor)
  }
  protected override closedForm(): number[] {
    const { lastEpoch, totalIters } = this
    return this.baseLrs.map((lr) => lr * (1 - Math.min(totalIters, lastEpoch) / totalIters) ** this.power)
  }
}

/** A factor for an epoch. */
export type Lambda = (epoch: number) => number

function lambdasOf(
  name: string,
  optimizer: AnyOptimizer,
  lrLambda: Lambda | readonly Lambda[],
): readonly Lambda[] {
  const { length } = optimizer.paramGroups
  const lambdas = typeof lrLambda === 'function' ? new Array<Lambda>(length).fill(lrLambda) : lrLambda
  check(
    lambdas.length === length,
    () =>
      new ArgumentError(
        name,
        `there must be a function for each of the ${length} groups, got ${lambdas.length}`,
      ),
  )
  return lambdas
}

/**
 * The first rate times a function of the epoch.
 *
 * @param lrLambda one for all groups, or one for each
 * @example
 * const scheduler = new LambdaLR(optimizer, (epoch) => 1 / (1 + epoch))
 * optimizer.step()
 * scheduler.step()
 * scheduler.getLastLr() // => [0.05]
 * @see torch.optim.lr_scheduler.LambdaLR
 */
export class LambdaLR extends LRScheduler {
  readonly #lambdas: readonly Lambda[]
  constructor(optimizer: AnyOptimizer, lrLambda: Lambda | readonly Lambda[], options: SchedulerOptions = {}) {
    super(optimizer, options)
    this.#lambdas = lambdasOf('LambdaLR', optimizer, lrLambda)
    this.start()
  }
  protected override rates(): number[] {
    return this.baseLrs.map((lr, i) => lr * this.#lambdas[i](this.lastEpoch))
  }
}
/**
 * The last rate times a function of the epoch.
 *
 * @param lrLambda one for all groups, or one for each
 * @example
 * const scheduler = new MultiplicativeLR(optimizer, () => 0.9)
 * optimizer.step()
 * scheduler.step()
 * scheduler.getLastLr() // => [0.09]
 * @see torch.optim.lr_scheduler.MultiplicativeLR
 */
export class MultiplicativeLR extends LRScheduler {
  readonly #lambdas: readonly Lambda[]
  constructor(optimizer: AnyOptimizer, lrLambda: Lambda | readonly Lambda[], options: SchedulerOptions = {}) {
    super(optimizer, options)
    this.#lambdas = lambdasOf('MultiplicativeLR', optimizer, lrLambda)
    this.start()
  }
  protected override rates(): number[] {
    return this.currentRates().map((lr, i) =>
      this.lastEpoch > 0 ? lr * this.#lambdas[i](this.lastEpoch) : lr,
    )
  }
}
