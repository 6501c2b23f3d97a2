// Rprop.
import { ArgumentError, check, inPlaceMap } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import { Optimizer } from './optimizer.ts'
import type { GroupOptions, ParameterInput, ParameterState } from './optimizer.ts'
import { checkAtLeastZero, directionOf } from './options.ts'

/** Options of {@link Rprop}, complete. */
export interface RpropGroup extends GroupOptions {
  /** η₋ and η₊, the factors of the step where the sign changes and where it stays (default [0.5, 1.2]). */
  etas: readonly [number, number]
  /** The smallest and the largest step (default [1e-6, 50]). */
  stepSizes: readonly [number, number]
  /** Whether to go up instead of down (default false). */
  maximize: boolean
}

interface RpropState extends ParameterState {
  step: number
  prev: Tensor
  stepSize: Tensor
}

const rpropStep = inPlaceMap(
  'rprop',
  ['p', 'g', 'prev', 's'],
  ['etaMinus', 'etaPlus', 'smallest', 'largest', 'direction'],
  ({ p, g: gradient, prev: before, s: s0 }, { etaMinus, etaPlus, smallest, largest, direction }) => {
    const raw = gradient.mul(direction)
    const agreement = raw.mul(before)
    const factor = agreement.gt(0).select(etaPlus, agreement.lt(0).select(etaMinus, 1))
    const s = s0.mul(factor).max(smallest).min(largest)
    const g = agreement.lt(0).select(0, raw) // no step back over the minimum
    return { p: p.sub(g.sign().mul(s)), prev: g, s }
  },
)

/**
 * Rprop, which uses only the signs of gradients (Riedmiller & Braun 1993), for full batches:
 *
 * ```
 * s ← clamp(s · (η₊ if g·g₋ > 0, η₋ if g·g₋ < 0, else 1), smallest, largest)
 * g ← 0 where g·g₋ < 0
 * p ← p − sign(g)·s
 * ```
 *
 * The first step is lr.
 *
 * @throws ArgumentError for options out of range
 * @example
 * const p = new Parameter(tensor([1]))
 * const optimizer = new Rprop([p], { lr: 0.1 })
 * p.pow(2).sum().backward()
 * optimizer.step()
 * p.item() // => 0.9
 * @see torch.optim.Rprop
 */
export class Rprop extends Optimizer<RpropGroup, RpropState> {
  constructor(params: ParameterInput<RpropGroup>, options: Partial<RpropGroup> = {}) {
    super(params, { lr: 1e-2, etas: [0.5, 1.2], stepSizes: [1e-6, 50], maximize: false }, options)
  }

  protected override checkOptions({ lr, etas }: RpropGroup): void {
    checkAtLeastZero('Rprop', 'lr', lr)
    check(
      etas[0] > 0 && etas[0] < 1 && etas[1] > 1,
      () => new ArgumentError('Rprop', `etas must be below and above 1, got ${etas.join(' and ')}`),
    )
  }

  protected override initialState(parameter: Tensor, { lr }: RpropGroup): RpropState {
    return { step: 0, prev: parameter.detach().zerosLike(), stepSize: parameter.detach().fullLike(lr) }
  }

  protected override update(
    p: Tensor,
    g: Tensor,
    options: RpropGroup,
    { prev, stepSize: s }: RpropState,
  ): void {
    const {
      etas: [etaMinus, etaPlus],
      stepSizes: [smallest, largest],
    } = options
    rpropStep({ p, g, prev, s }, { etaMinus, etaPlus, smallest, largest, direction: directionOf(options) })
  }
}
