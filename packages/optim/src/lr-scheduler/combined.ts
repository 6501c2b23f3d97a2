// Schedulers made of schedulers.
import { ArgumentError, check } from '@tt/autograd'
import { LRScheduler } from './scheduler.ts'
import type { AnyOptimizer, SchedulerOptions } from './scheduler.ts'

function checkOptimizer(name: string, optimizer: AnyOptimizer, schedulers: readonly LRScheduler[]): void {
  check(
    schedulers.length > 0 && schedulers.every((scheduler) => scheduler.optimizer === optimizer),
    () => new ArgumentError(name, 'all schedulers must be of one optimizer, got none or different ones'),
  )
}

/**
 * One scheduler after the other; the next begins at each milestone.
 *
 * @example
 * const { ConstantLR, ExponentialLR } = optim.lrScheduler
 * const parts = [new ConstantLR(optimizer, { factor: 0.5 }), new ExponentialLR(optimizer, 0.9)]
 * const scheduler = new SequentialLR(optimizer, parts, [2])
 * scheduler.getLastLr() // => [0.05]
 * @see torch.optim.lr_scheduler.SequentialLR
 */
export class SequentialLR extends LRScheduler {
  readonly #schedulers: readonly LRScheduler[]
  readonly milestones: readonly number[]

  constructor(
    optimizer: AnyOptimizer,
    schedulers: readonly LRScheduler[],
    milestones: readonly number[],
    options: SchedulerOptions = {},
  ) {
    checkOptimizer('SequentialLR', optimizer, schedulers)
    check(
      milestones.length === schedulers.length - 1,
      () =>
        new ArgumentError(
          'SequentialLR',
          `there must be one milestone less than schedulers, got ${milestones.length} and ${schedulers.length}`,
        ),
    )
    super(optimizer, options)
    this.#schedulers = schedulers
    this.milestones = milestones
    this.lastEpoch++
    for (const group of optimizer.paramGroups) group.lr = group.initialLr!
    schedulers.forEach((scheduler, i) => scheduler.restart(scheduler.lastEpoch - 1, i === 0))
    this.rememberRates()
  }

  protected override rates(): number[] {
    return this.currentRates()
  }

  override step(): void {
    this.lastEpoch++
    const position = this.milestones.filter((epoch) => epoch <= this.lastEpoch).length
    const begins = position > 0 && this.milestones[position - 1] === this.lastEpoch
    this.#schedulers[position].step(begins ? 0 : undefined)
    this.rememberRates()
  }

  override stateDict(): Record<string, unknown> {
    return { ...super.stateDict(), schedulers: this.#schedulers.map((scheduler) => scheduler.stateDict()) }
  }
  override loadStateDict({ schedulers, ...own }: Readonly<Record<string, unknown>>): void {
    super.loadStateDict(own)
    ;(schedulers as Record<string, unknown>[]).forEach((state, i) => this.#schedulers[i].loadStateDict(state))
  }
}

/**
 * Several schedulers at once: each acts on the rate that the one before has left.
 *
 * @example
 * const { ConstantLR, ExponentialLR } = optim.lrScheduler
 * const parts = [new ConstantLR(optimizer, { factor: 0.5 }), new ExponentialLR(optimizer, 0.9)]
 * const scheduler = new ChainedScheduler(parts)
 * optimizer.step()
 * scheduler.step()
 * scheduler.getLastLr() // => [0.045]
 * @see torch.optim.lr_scheduler.ChainedScheduler
 */
export class ChainedScheduler {
  readonly #schedulers: readonly LRScheduler[]

  constructor(schedulers: readonly LRScheduler[]) {
    checkOptimizer('ChainedScheduler', schedulers[0]?.optimizer, schedulers)
    this.#schedulers = schedulers
  }
  /** Goes on to the next epoch. */
  step(): void {
    for (const scheduler of this.#schedulers) scheduler.step()
  }
  /** The learning rates that were set last. */
  getLastLr(): number[] {
    return this.#schedulers.at(-1)!.getLastLr()
  }
  /** What must be saved to go on later. */
  stateDict(): Record<string, unknown> {
    return { schedulers: this.#schedulers.map((scheduler) => scheduler.stateDict()) }
  }
  /** Takes over what stateDict answered. */
  loadStateDict({ schedulers }: Readonly<Record<string, unknown>>): void {
    ;(schedulers as Record<string, unknown>[]).forEach((state, i) => this.#schedulers[i].loadStateDict(state))
  }
}
