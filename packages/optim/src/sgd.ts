// Stochastic gradient descent.
import { ArgumentError, check, inPlaceMap } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import { Optimizer } from './optimizer.ts'
import type { GroupOptions, ParameterState, ParameterInput } from './optimizer.ts'
import { checkAtLeastZero, directionOf } from './options.ts'

/** Options of {@link SGD}, complete. */
export interface SGDGroup extends GroupOptions {
  /** μ (default 0). */
  momentum: number
  /** τ, taken from the gradient that enters the momentum (default 0). */
  dampening: number
  /** λ, the factor of the L2 penalty (default 0). */
  weightDecay: number
  /** Nesterov's momentum (default false). */
  nesterov: boolean
  /** Whether to go up instead of down (default false). */
  maximize: boolean
}

interface SGDState extends ParameterState {
  momentumBuffer: Tensor | null
}

// p ← p − lr·g
const plain = inPlaceMap(
  'sgd',
  ['p', 'g'],
  ['lr', 'weightDecay', 'direction'],
  ({ p, g: gradient }, { lr, weightDecay, direction }) => {
    const g = gradient.mul(direction).add(p.mul(weightDecay))
    return { p: p.sub(g.mul(lr)) }
  },
)

// b ← μb + (1 − τ)g; p ← p − lr·b, or p − lr·(g + μb)
const withMomentum = (nesterov: boolean) =>
  inPlaceMap(
    nesterov ? 'sgdNesterov' : 'sgdMomentum',
    ['p', 'g', 'b'],
    ['lr', 'weightDecay', 'direction', 'momentum', 'undamped'],
    ({ p, g: gradient, b: before }, { lr, weightDecay, direction, momentum, undamped }) => {
      const g = gradient.mul(direction).add(p.mul(weightDecay))
      const b = before.mul(momentum).add(g.mul(undamped))
      const step = nesterov ? g.add(b.mul(momentum)) : b
      return { p: p.sub(step.mul(lr)), b }
    },
  )
const momentumStep = withMomentum(false)
const nesterovStep = withMomentum(true)

/**
 * Stochastic gradient descent, with momentum if asked for:
 *
 * ```
 * g ← ∇f(p) + λp
 * b ← μb + (1 − τ)g      (b ← g in the first step)
 * p ← p − lr·b           (nesterov: p − lr·(g + μb))
 * ```
 *
 * @throws ArgumentError for options out of range
 * @example
 * const optimizer = new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 })
 * @see torch.optim.SGD
 */
export class SGD extends Optimizer<SGDGroup, SGDState> {
  constructor(params: ParameterInput<SGDGroup>, options: Partial<SGDGroup> = {}) {
    super(
      params,
      { lr: 1e-3, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false },
      options,
    )
  }

  protected override checkOptions({ lr, momentum, weightDecay, nesterov, dampening }: SGDGroup): void {
    checkAtLeastZero('SGD', 'lr', lr)
    checkAtLeastZero('SGD', 'momentum', momentum)
    checkAtLeastZero('SGD', 'weightDecay', weightDecay)
    check(
      !nesterov || (momentum > 0 && dampening === 0),
      () =>
        new ArgumentError(
          'SGD',
          `nesterov needs a momentum above 0 and a dampening of 0, got ${momentum} and ${dampening}`,
        ),
    )
  }

  protected override initialState(): SGDState {
    return { momentumBuffer: null }
  }

  protected override update(p: Tensor, g: Tensor, options: SGDGroup, state: SGDState): void {
    const { lr, weightDecay, momentum, dampening, nesterov } = options
    const direction = directionOf(options)
    if (momentum === 0) return plain({ p, g }, { lr, weightDecay, direction })
    const first = state.momentumBuffer === null
    const b = (state.momentumBuffer ??= p.detach().zerosLike())
    const step = nesterov ? nesterovStep : momentumStep
    step({ p, g, b }, { lr, weightDecay, direction, momentum, undamped: first ? 1 : 1 - dampening })
  }
}
