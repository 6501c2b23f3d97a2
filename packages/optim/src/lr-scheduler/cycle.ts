// Schedulers that raise and lower the rate, and the momentum against it.
import { ArgumentError, check } from '@tt/autograd'
import { LRScheduler, checkIsOptimizer } from './scheduler.ts'
import type { AnyOptimizer, SchedulerOptions } from './scheduler.ts'

/** A group with a momentum, of either kind. */
interface MomentumGroup {
  momentum?: number
  betas?: readonly [number, number]
}

/** One number for each group. */
function perGroup(
  name: string,
  option: string,
  optimizer: AnyOptimizer,
  value: number | readonly number[],
): readonly number[] {
  checkIsOptimizer(name, optimizer)
  const { length } = optimizer.paramGroups
  const values = typeof value === 'number' ? new Array<number>(length).fill(value) : value
  check(
    values.length === length,
    () =>
      new ArgumentError(
        name,
        `${option} must be a number or one for each of the ${length} groups, got ${values.length}`,
      ),
  )
  return values
}

const momentumGroups = (optimizer: AnyOptimizer) => optimizer.paramGroups as readonly MomentumGroup[]

function checkMomentum(name: string, optimizer: AnyOptimizer, betasToo: boolean): void {
  check(
    momentumGroups(optimizer).every(
      ({ momentum, betas }) => momentum !== undefined || (betasToo && betas !== undefined),
    ),
    () =>
      new ArgumentError(
        name,
        'the optimizer must have a momentum to cycle, got none. Pass { cycleMomentum: false }',
      ),
  )
}

function setMomentum(group: MomentumGroup, value: number): void {
  if (group.momentum !== undefined) group.momentum = value
  else group.betas = [value, group.betas![1]]
}

/** Options of {@link CyclicLR}. */
export interface CyclicOptions extends SchedulerOptions {
  /** Steps from the lower to the upper rate (default 2000). */
  stepSizeUp?: number
  /** Steps back (default: as many). */
  stepSizeDown?: number | null
  /** Whether the height stays, halves every cycle, or falls by gamma every step (default 'triangular'). */
  mode?: 'triangular' | 'triangular2' | 'exp_range'
  /** The factor of 'exp_range' (default 1). */
  gamma?: number
  /** A factor of the height, instead of the mode's. */
  scaleFn?: ((x: number) => number) | null
  /** Whether scaleFn gets the number of the cycle or of the step (default 'cycle'). */
  scaleMode?: 'cycle' | 'iterations'
  /** Whether the momentum goes the other way (default true). */
  cycleMomentum?: boolean
  /** The smallest momentum (default 0.8). */
  baseMomentum?: number | readonly number[]
  /** The largest momentum (default 0.9). */
  maxMomentum?: number | readonly number[]
}

/**
 * The rate goes up and down between two bounds (Smith 2017).
 *
 * @example
 * const scheduler = new CyclicLR(optimizer, 0.1, 0.5, { stepSizeUp: 4, cycleMomentum: false })
 * optimizer.step()
 * scheduler.step()
 * scheduler.getLastLr() // => [0.2]
 * @see torch.optim.lr_scheduler.CyclicLR
 */
export class CyclicLR extends LRScheduler {
  readonly maxLrs: readonly number[]
  readonly totalSize: number
  readonly stepRatio: number
  readonly cycleMomentum: boolean
  readonly baseMomentums: readonly number[]
  readonly maxMomentums: readonly number[]
  readonly scaleMode: 'cycle' | 'iterations'
  readonly #scale: (x: number) => number

  constructor(
    optimizer: AnyOptimizer,
    baseLr: number | readonly number[],
    maxLr: number | readonly number[],
    options: CyclicOptions = {},
  ) {
    const {
      stepSizeUp = 2000,
      stepSizeDown = null,
      mode = 'triangular',
      gamma = 1,
      scaleFn = null,
      scaleMode = 'cycle',
      cycleMomentum = true,
      baseMomentum = 0.8,
      maxMomentum = 0.9,
      lastEpoch = -1,
    } = options
    const baseLrs = perGroup('CyclicLR', 'baseLr', optimizer, baseLr)
    const maxLrs = perGroup('CyclicLR', 'maxLr', optimizer, maxLr)
    if (cycleMomentum) checkMomentum('CyclicLR', optimizer, false)
    if (lastEpoch === -1)
      optimizer.paramGroups.forEach((group, i) => {
        group.lr = baseLrs[i]
      })
    super(optimizer, { lastEpoch })
    this.baseLrs = [...baseLrs]
    this.maxLrs = maxLrs
    this.totalSize = stepSizeUp + (stepSizeDown ?? stepSizeUp)
    this.stepRatio = stepSizeUp / this.totalSize
    this.cycleMomentum = cycleMomentum
    this.baseMomentums = perGroup('CyclicLR', 'baseMomentum', optimizer, baseMomentum)
    this.maxMomentums = perGroup('CyclicLR', 'maxMomentum', optimizer, maxMomentum)
    this.scaleMode = scaleFn !== null ? scaleMode : mode === 'exp_range' ? 'iterations' : 'cycle'
    this.#scale =
      scaleFn ??
      { triangular: () => 1, triangular2: (x: number) => 2 ** (1 - x), exp_range: (x: number) => gamma ** x }[
        mode
      ]
    this.start()
  }

  protected override rates(): number[] {
    const cycle = Math.floor(1 + this.lastEpoch / this.totalSize)
    const x = 1 + this.lastEpoch / this.totalSize - cycle
    const height = x <= this.stepRatio ? x / this.stepRatio : (x - 1) / (this.stepRatio - 1)
    const scale = this.#scale(this.scaleMode === 'cycle' ? cycle : this.lastEpoch)
    if (this.cycleMomentum) {
      momentumGroups(this.optimizer).forEach((group, i) =>
        setMomentum(
          group,
          this.maxMomentums[i] - (this.maxMomentums[i] - this.baseMomentums[i]) * height * scale,
        ),
      )
    }
    return this.baseLrs.map((lr, i) => lr + (this.maxLrs[i] - lr) * height * scale)
  }
}

/** Options of {@link OneCycleLR}. */
export interface OneCycleOptions extends SchedulerOptions {
  /** Steps in all; or epochs and stepsPerEpoch. */
  totalSteps?: number | null
  epochs?: number | null
  stepsPerEpoch?: number | null
  /** Part of the steps in which the rate rises (default 0.3). */
  pctStart?: number
  /** The form of rise and fall (default 'cos'). */
  annealStrategy?: 'cos' | 'linear'
  /** Whether the momentum goes the other way (default true). */
  cycleMomentum?: boolean
  /** The smallest momentum (default 0.85). */
  baseMomentum?: number | readonly number[]
  /** The largest momentum (default 0.95). */
  maxMomentum?: number | readonly number[]
  /** maxLr over the first rate (default 25). */
  divFactor?: number
  /** The first rate over the last one (default 1e4). */
  finalDivFactor?: number
  /** Whether a third phase follows the symmetric first two (default false). */
  threePhase?: boolean
}

interface Phase {
  readonly end: number
  readonly lr: readonly [Rate, Rate]
  readonly momentum: readonly ['base' | 'max', 'base' | 'max']
}
type Rate = 'initial' | 'max' | 'min'

/**
 * The rate goes up to maxLr once and down to almost nothing, a step per batch (Smith & Topin 2018).
 *
 * @example
 * const scheduler = new OneCycleLR(optimizer, 1, { totalSteps: 10, cycleMomentum: false })
 * optimizer.step()
 * scheduler.step()
 * scheduler.getLastLr() // => [0.52]
 * @see torch.optim.lr_scheduler.OneCycleLR
 */
export class OneCycleLR extends LRScheduler {
  readonly totalSteps: number
  readonly cycleMomentum: boolean
  readonly annealStrategy: 'cos' | 'linear'
  readonly phases: readonly Phase[]
  readonly levels: Readonly<Record<Rate, readonly number[]>>
  readonly momentums: Readonly<Record<'base' | 'max', readonly number[]>>

  constructor(optimizer: AnyOptimizer, maxLr: number | readonly number[], options: OneCycleOptions = {}) {
    const {
      totalSteps = null,
      epochs = null,
      stepsPerEpoch = null,
      pctStart = 0.3,
      annealStrategy = 'cos',
      cycleMomentum = true,
      baseMomentum = 0.85,
      maxMomentum = 0.95,
      divFactor = 25,
      finalDivFactor = 1e4,
      threePhase = false,
      lastEpoch = -1,
    } = options
    const steps = totalSteps ?? (epochs ?? 0) * (stepsPerEpoch ?? 0)
    check(
      Number.isInteger(steps) && steps > 0,
      () =>
        new ArgumentError(
          'OneCycleLR',
          `totalSteps, or epochs and stepsPerEpoch, must be positive integers, got ${totalSteps}, ${epochs} and ${stepsPerEpoch}`,
        ),
    )
    check(
      pctStart >= 0 && pctStart <= 1,
      () => new ArgumentError('OneCycleLR', `pctStart must be in [0, 1], got ${pctStart}`),
    )
    const max = perGroup('OneCycleLR', 'maxLr', optimizer, maxLr)
    if (cycleMomentum) checkMomentum('OneCycleLR', optimizer, true)
    if (lastEpoch === -1)
      optimizer.paramGroups.forEach((group, i) => {
        group.initialLr = max[i] / divFactor
      })
    super(optimizer, { lastEpoch })
    this.totalSteps = steps
    this.cycleMomentum = cycleMomentum
    this.annealStrategy = annealStrategy
    this.levels = { initial: this.baseLrs, max, min: this.baseLrs.map((lr) => lr / finalDivFactor) }
    this.momentums = {
      base: perGroup('OneCycleLR', 'baseMomentum', optimizer, baseMomentum),
      max: perGroup('OneCycleLR', 'maxMomentum', optimizer, maxMomentum),
    }
    const rise: Phase = { end: pctStart * steps - 1, lr: ['initial', 'max'], momentum: ['max', 'base'] }
    this.phases = threePhase
      ? [
          rise,
          { end: 2 * pctStart * steps - 2, lr: ['max', 'initial'], momentum: ['base', 'max'] },
          { end: steps - 1, lr: ['initial', 'min'], momentum: ['max', 'max'] },
        ]
      : [rise, { end: steps - 1, lr: ['max', 'min'], momentum: ['base', 'max'] }]
    this.start()
  }

  protected override rates(): number[] {
    const step = this.lastEpoch
    check(
      step <= this.totalSteps,
      () =>
        new ArgumentError(
          'OneCycleLR',
          `there are ${this.totalSteps} steps, got step ${step + 1}. Make a new scheduler`,
        ),
    )
    const found = this.phases.findIndex(({ end }) => step <= end)
    const number = found === -1 ? this.phases.length - 1 : found
    const { end, lr, momentum } = this.phases[number]
    const begin = number === 0 ? 0 : this.phases[number - 1].end
    const part = (step - begin) / (end - begin)
    if (this.cycleMomentum) {
      momentumGroups(this.optimizer).forEach((group, i) =>
        setMomentum(
          group,
          this.#anneal(this.momentums[momentum[0]][i], this.momentums[momentum[1]][i], part),
        ),
      )
    }
    return this.baseLrs.map((_, i) => this.#anneal(this.levels[lr[0]][i], this.levels[lr[1]][i], part))
  }

  #anneal(from: number, to: number, part: number): number {
    return this.annealStrategy === 'linear'
      ? from + (to - from) * part
      : to + ((from - to) / 2) * (Math.cos(Math.PI * part) + 1)
  }
}
