// Schedulers that follow a cosine (Loshchilov & Hutter 2017).
import { ArgumentError, check } from '@tt/autograd'
import { LRScheduler } from './scheduler.ts'
import type { AnyOptimizer, SchedulerOptions } from './scheduler.ts'

/** Options of {@link CosineAnnealingLR}. */
export interface CosineOptions extends SchedulerOptions {
  /** The smallest rate (default 0). */
  etaMin?: number
}

/**
 * From lr down to etaMin in half a cosine over `tMax` epochs: `etaMin + (lr − etaMin)(1 + cos(π·epoch/tMax))/2`.
 *
 * @example
 * const scheduler = new CosineAnnealingLR(optimizer, 2)
 * optimizer.step()
 * scheduler.step()
 * scheduler.getLastLr() // => [0.05]
 * @see torch.optim.lr_scheduler.CosineAnnealingLR
 */
export class CosineAnnealingLR extends LRScheduler {
  readonly tMax: number
  readonly etaMin: number
  constructor(optimizer: AnyOptimizer, tMax: number, { etaMin = 0, ...options }: CosineOptions = {}) {
    super(optimizer, options)
    this.tMax = tMax
    this.etaMin = etaMin
    this.start()
  }
  protected override rates(): number[] {
    const { lastEpoch: t, tMax: T, etaMin } = this
    const rates = this.currentRates()
    if (t === 0) return rates
    if ((t - 1 - T) % (2 * T) === 0)
      return rates.map((lr, i) => lr + ((this.baseLrs[i] - etaMin) * (1 - Math.cos(Math.PI / T))) / 2)
    const ratio = (1 + Math.cos((Math.PI * t) / T)) / (1 + Math.cos((Math.PI * (t - 1)) / T))
    return rates.map((lr) => ratio * (lr - etaMin) + etaMin)
  }
  protected override closedForm(): number[] {
    const half = (1 + Math.cos((Math.PI * this.lastEpoch) / this.tMax)) / 2
    return this.baseLrs.map((lr) => this.etaMin + (lr - this.etaMin) * half)
  }
}

/** Options of {@link CosineAnnealingWarmRestarts}. */
export interface WarmRestartsOptions extends CosineOptions {
  /** The factor by which each period is longer than the one before (default 1). */
  tMult?: number
}

/**
 * Half cosines from lr to etaMin, again and again; the first takes `t0` epochs.
 *
 * @example
 * const scheduler = new CosineAnnealingWarmRestarts(optimizer, 4)
 * optimizer.step()
 * scheduler.step()
 * scheduler.getLastLr() // => [0.0853553]
 * @see torch.optim.lr_scheduler.CosineAnnealingWarmRestarts
 */
export class CosineAnnealingWarmRestarts extends LRScheduler {
  readonly t0: number
  readonly tMult: number
  readonly etaMin: number
  constructor(
    optimizer: AnyOptimizer,
    t0: number,
    { tMult = 1, etaMin = 0, ...options }: WarmRestartsOptions = {},
  ) {
    super(optimizer, options)
    check(
      Number.isInteger(t0) && t0 > 0,
      () => new ArgumentError('CosineAnnealingWarmRestarts', `t0 must be a positive integer, got ${t0}`),
    )
    check(
      Number.isInteger(tMult) && tMult >= 1,
      () =>
        new ArgumentError(
          'CosineAnnealingWarmRestarts',
          `tMult must be an integer of at least 1, got ${tMult}`,
        ),
    )
    this.t0 = t0
    this.tMult = tMult
    this.etaMin = etaMin
    this.start()
  }
  protected override rates(): number[] {
    let current = this.lastEpoch // within its period
    let period = this.t0
    while (current >= period) {
      current -= period
      period *= this.tMult
    }
    const half = (1 + Math.cos((Math.PI * current) / period)) / 2
    return this.baseLrs.map((lr) => this.etaMin + (lr - this.etaMin) * half)
  }
}
