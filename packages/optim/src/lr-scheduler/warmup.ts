// Schedulers that begin with a smaller rate.
import { ArgumentError, check } from '@tt/autograd'
import { LRScheduler } from './scheduler.ts'
import type { AnyOptimizer, SchedulerOptions } from './scheduler.ts'

/** Options of {@link ConstantLR}. */
export interface ConstantOptions extends SchedulerOptions {
  /** The factor until totalIters (default 1/3). */
  factor?: number
  /** Epochs with the factor (default 5). */
  totalIters?: number
}
/**
 * `lr · factor` until epoch `totalIters`, then lr.
 *
 * @example
 * const scheduler = new ConstantLR(optimizer, { factor: 0.5 })
 * optimizer.step()
 * scheduler.step()
 * scheduler.getLastLr() // => [0.05]
 * @see torch.optim.lr_scheduler.ConstantLR
 */
export class ConstantLR extends LRScheduler {
  readonly factor: number
  readonly totalIters: number
  constructor(optimizer: AnyOptimizer, { factor = 1 / 3, totalIters = 5, ...options }: ConstantOptions = {}) {
    super(optimizer, options)
    check(
      factor >= 0 && factor <= 1,
      () => new ArgumentError('ConstantLR', `factor must be in [0, 1], got ${factor}`),
    )
    this.factor = factor
    this.totalIters = totalIters
    this.start()
  }
  protected override rates(): number[] {
    const scale =
      this.lastEpoch === 0 ? this.factor : this.lastEpoch === this.totalIters ? 1 / this.factor : 1
    return this.currentRates().map((lr) => lr * scale)
  }
  protected override closedForm(): number[] {
    return this.baseLrs.map((lr) => lr * (this.lastEpoch >= this.totalIters ? 1 : this.factor))
  }
}

/** Options of {@link LinearLR}. */
export interface LinearOptions extends SchedulerOptions {
  /** The factor at the start (default 1/3). */
  startFactor?: number
  /** The factor from totalIters on (default 1). */
  endFactor?: number
  /** Epochs from one to the other (default 5). */
  totalIters?: number
}
/**
 * lr times a factor that goes from `startFactor` to `endFactor` in even steps.
 *
 * @example
 * const scheduler = new LinearLR(optimizer, { startFactor: 0.5, totalIters: 5 })
 * optimizer.step()
 * scheduler.step()
 * scheduler.getLastLr() // => [0.06]
 * @see torch.optim.lr_scheduler.LinearLR
 */
export class LinearLR extends LRScheduler {
  readonly startFactor: number
  readonly endFactor: number
  readonly totalIters: number
  constructor(
    optimizer: AnyOptimizer,
    { startFactor = 1 / 3, endFactor = 1, totalIters = 5, ...options }: LinearOptions = {},
  ) {
    super(optimizer, options)
    check(
      startFactor > 0 && startFactor <= 1,
      () => new ArgumentError('LinearLR', `startFactor must be in (0, 1], got ${startFactor}`),
    )
    check(
      endFactor >= 0 && endFactor <= 1,
      () => new ArgumentError('LinearLR', `endFactor must be in [0, 1], got ${endFactor}`),
    )
    this.startFactor = startFactor
    this.endFactor = endFactor
    this.totalIters = totalIters
    this.start()
  }
  protected override rates(): number[] {
    const { lastEpoch: t, totalIters: T, startFactor, endFactor } = this
    if (t === 0) return this.currentRates().map((lr) => lr * startFactor)
    if (t > T) return this.currentRates()
    const factor = 1 + (endFactor - startFactor) / (T * startFactor + (t - 1) * (endFactor - startFactor))
    return this.currentRates().map((lr) => lr * factor)
  }
  protected override closedForm(): number[] {
    const { lastEpoch: t, totalIters: T, startFactor, endFactor } = this
    return this.baseLrs.map((lr) => lr * (startFactor + ((endFactor - startFactor) * Math.min(T, t)) / T))
  }
}
