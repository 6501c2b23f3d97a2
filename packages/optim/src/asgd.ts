// Averaged stochastic gradient descent.
import { inPlaceMap } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import { Optimizer } from './optimizer.ts'
import type { GroupOptions, ParameterInput, ParameterState } from './optimizer.ts'
import { checkAtLeastZero, directionOf } from './options.ts'

/** Options of {@link ASGD}, complete. */
export interface ASGDGroup extends GroupOptions {
  /** λ of the decay (default 1e-4). */
  lambd: number
  /** α, the power of the learning rate's decay (default 0.75). */
  alpha: number
  /** The step at which averaging starts (default 1e6). */
  t0: number
  /** The factor of the L2 penalty (default 0). */
  weightDecay: number
  /** Whether to go up instead of down (default false). */
  maximize: boolean
}

interface ASGDState extends ParameterState {
  step: number
  /** The current rate; kept in float32, as PyTorch does. */
  eta: number
  mu: number
  /** The average. */
  ax: Tensor
}

const asgdStep = inPlaceMap(
  'asgd',
  ['p', 'g', 'ax'],
  ['eta', 'decay', 'mu', 'weightDecay', 'direction'],
  ({ p: before, g: gradient, ax: ax0 }, { eta, decay, mu, weightDecay, direction }) => {
    const g = gradient.mul(direction).add(before.mul(weightDecay))
    const p = before.mul(decay).sub(g.mul(eta)) // p ← (1 − λη)p − ηg
    const ax = mu.eq(1).select(p, ax0.add(p.sub(ax0).mul(mu))) // ax ← ax + μ(p − ax)
    return { p, ax }
  },
)

/**
 * Averaged stochastic gradient descent (Polyak & Juditsky 1992); `state.get(p).ax` is the average:
 *
 * ```
 * g ← ∇f(p) + weightDecay·p
 * p ← (1 − λη)p − ηg
 * ax ← ax + μ(p − ax)
 * η ← lr / (1 + λ·lr·t)^α      μ ← 1 / max(1, t − t0)
 * ```
 *
 * @throws ArgumentError for options out of range
 * @example
 * const p = new Parameter(tensor([1]))
 * const optimizer = new ASGD([p], { lr: 0.1 })
 * p.pow(2).sum().backward()
 * optimizer.step()
 * p.item() // => 0.79999
 * @see torch.optim.ASGD
 */
export class ASGD extends Optimizer<ASGDGroup, ASGDState> {
  constructor(params: ParameterInput<ASGDGroup>, options: Partial<ASGDGroup> = {}) {
    super(params, { lr: 1e-2, lambd: 1e-4, alpha: 0.75, t0: 1e6, weightDecay: 0, maximize: false }, options)
  }

  protected override checkOptions({ lr, weightDecay }: ASGDGroup): void {
    checkAtLeastZero('ASGD', 'lr', lr)
    checkAtLeastZero('ASGD', 'weightDecay', weightDecay)
  }

  protected override initialState(parameter: Tensor, { lr }: ASGDGroup): ASGDState {
    return { step: 0, eta: Math.fround(lr), mu: 1, ax: parameter.detach().zerosLike() }
  }

  protected override update(p: Tensor, g: Tensor, options: ASGDGroup, state: ASGDState): void {
    const { lr, lambd, alpha, t0, weightDecay } = options
    const { eta, mu, ax, step } = state
    asgdStep({ p, g, ax }, { eta, decay: 1 - lambd * eta, mu, weightDecay, direction: directionOf(options) })
    state.eta = Math.fround(lr / (1 + lambd * lr * step) ** alpha)
    state.mu = Math.fround(1 / Math.max(1, step - t0))
  }
}
