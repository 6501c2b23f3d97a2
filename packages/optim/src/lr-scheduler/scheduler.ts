// LRScheduler: the base class of the learning rate schedulers.
import { ArgumentError, check } from '@tt/autograd'
import { Optimizer } from '../optimizer.ts'

/** An optimizer of any kind. */
export type AnyOptimizer = Pick<Optimizer, 'stepCount'> & {
  readonly paramGroups: { lr: number; initialLr?: number }[]
}

/** Throws unless the value is an optimizer. */
export function checkIsOptimizer(name: string, optimizer: unknown): void {
  check(
    optimizer instanceof Optimizer,
    () =>
      new ArgumentError(
        name,
        `the optimizer must be one, got ${optimizer === null ? 'null' : typeof optimizer}`,
      ),
  )
}

/** Options of every scheduler. */
export interface SchedulerOptions {
  /** The epoch from which training goes on; -1 starts anew (default). */
  lastEpoch?: number
}

/**
 * Base of the schedulers: after each epoch (or batch), after `optimizer.step()`, call `step()`.
 *
 * Rates are computed from the rates of the epoch before, so that several schedulers can act on one optimizer.
 *
 * @example
 * const scheduler = new optim.lrScheduler.StepLR(optimizer, 1)
 * optimizer.step()
 * scheduler.step()
 * scheduler.getLastLr() // => [0.01]
 * @see torch.optim.lr_scheduler.LRScheduler
 */
export abstract class LRScheduler {
  readonly optimizer: AnyOptimizer
  /** The learning rates at the start, one for each group. */
  baseLrs: number[]
  /** The number of the current epoch. */
  lastEpoch: number
  #lastLr: number[] = []
  #warned = false

  constructor(optimizer: AnyOptimizer, { lastEpoch = -1 }: SchedulerOptions = {}) {
    checkIsOptimizer(this.constructor.name, optimizer)
    this.optimizer = optimizer
    optimizer.paramGroups.forEach((group, i) => {
      if (lastEpoch === -1) group.initialLr ??= group.lr
      check(
        group.initialLr !== undefined,
        () =>
          new ArgumentError(
            this.constructor.name,
            `groups must have an initialLr when training goes on from an epoch, got none in group ${i}. Load the optimizer's state first`,
          ),
      )
    })
    this.baseLrs = optimizer.paramGroups.map((group) => group.initialLr!)
    this.lastEpoch = lastEpoch
  }

  /** Sets the rates of the first epoch; the last thing that a constructor does. */
  protected start(): void {
    this.advance(this.lastEpoch + 1, this.rates.bind(this))
  }

  /** The rate of each group at `lastEpoch`, given those of the epoch before. */
  protected abstract rates(): number[]
  /** The rate of each group at `lastEpoch`, from the first rates alone; null if there is no such formula. */
  protected closedForm(): number[] | null {
    return null
  }

  /**
   * Goes on to the next epoch, or to a given one.
   *
   * @see torch.optim.lr_scheduler.LRScheduler.step
   */
  step(epoch?: number): void {
    if (this.lastEpoch === 0 && this.optimizer.stepCount === 0 && !this.#warned) {
      this.#warned = true
      console.warn(
        `${this.constructor.name}: optimizer.step() should be called before scheduler.step(): the first learning rate is skipped.`,
      )
    }
    if (epoch === undefined) this.advance(this.lastEpoch + 1, () => this.rates())
    else this.advance(epoch, () => this.closedForm() ?? this.rates())
  }

  /** Makes `epoch` the current one and sets the rates that `rates` answers then. */
  protected advance(epoch: number, rates: () => number[]): void {
    this.lastEpoch = epoch
    rates().forEach((lr, i) => {
      this.optimizer.paramGroups[i].lr = lr
    })
    this.rememberRates()
  }

  /** Notes the optimizer's rates as the last ones. */
  protected rememberRates(): void {
    this.#lastLr = this.optimizer.paramGroups.map((group) => group.lr)
  }

  /** The learning rates that were set last. @see torch.optim.lr_scheduler.LRScheduler.get_last_lr */
  getLastLr(): number[] {
    return [...this.#lastLr]
  }

  /** Undoes the counting of the first epoch, and sets the first rates: for schedulers made of others. */
  restart(epoch: number, setRates: boolean): void {
    this.lastEpoch = epoch
    if (setRates) this.start()
  }

  /** The rates of the groups now. */
  protected currentRates(): number[] {
    return this.optimizer.paramGroups.map((group) => group.lr)
  }

  /** What must be saved to go on later. @see torch.optim.lr_scheduler.LRScheduler.state_dict */
  stateDict(): Record<string, unknown> {
    return {
      ...Object.fromEntries(Object.entries(this).filter(([key]) => key !== 'optimizer')),
      lastLr: this.getLastLr(),
    }
  }
  /** Takes over what stateDict answered. @see torch.optim.lr_scheduler.LRScheduler.load_state_dict */
  loadStateDict(stateDict: Readonly<Record<string, unknown>>): void {
    const { lastLr, ...fields } = stateDict
    Object.assign(this, fields)
    this.#lastLr = [...(lastLr as number[])]
  }
}
