// RMSprop.
import { inPlaceMap } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import { Optimizer } from './optimizer.ts'
import type { GroupOptions, ParameterState, ParameterInput } from './optimizer.ts'
import { checkAtLeastZero, directionOf } from './options.ts'

/** Options of {@link RMSprop}, complete. */
export interface RMSpropGroup extends GroupOptions {
  /** μ (default 0). */
  momentum: number
  /** α, the decay of the averages (default 0.99). */
  alpha: number
  /** ε, added to the denominator (default 1e-8). */
  eps: number
  /** Whether to divide by the standard deviation instead (default false). */
  centered: boolean
  /** λ, the factor of the L2 penalty (default 0). */
  weightDecay: number
  /** Whether to go up instead of down (default false). */
  maximize: boolean
}

interface RMSpropState extends ParameterState {
  step: number
  squareAvg: Tensor
  momentumBuffer: Tensor | null
  gradAvg: Tensor | null
}

const variant = (centered: boolean, momentum: boolean) =>
  inPlaceMap(
    'rmsprop',
    ['p', 'g', 'v', ...(centered ? (['a'] as const) : []), ...(momentum ? (['b'] as const) : [])],
    ['lr', 'mu', 'alpha', 'restAlpha', 'eps', 'weightDecay', 'direction'],
    ({ p, g: gradient, v: v0, a: a0, b: b0 }, { lr, mu, alpha, restAlpha, eps, weightDecay, direction }) => {
      const g = gradient.mul(direction).add(p.mul(weightDecay))
      const v = v0.mul(alpha).add(g.mul(g).mul(restAlpha)) // v ← αv + (1 − α)g²
      const a = centered ? a0.add(g.sub(a0).mul(restAlpha)) : undefined // a ← αa + (1 − α)g
      const spread = a === undefined ? v : v.sub(a.mul(a))
      const step = g.div(spread.sqrt().add(eps))
      const b = momentum ? b0.mul(mu).add(step) : undefined // b ← μb + g / (√v + ε)
      return { p: p.sub((b ?? step).mul(lr)), v, a, b }
    },
  )
const plainStep = variant(false, false)
const momentumStep = variant(false, true)
const centeredStep = variant(true, false)
const centeredMomentumStep = variant(true, true)

/**
 * RMSprop (Hinton 2012):
 *
 * ```
 * g ← ∇f(p) + λp
 * v ← αv + (1 − α)g²       (centered: a ← αa + (1 − α)g, and v − a² in place of v below)
 * b ← μb + g / (√v + ε)
 * p ← p − lr·b
 * ```
 *
 * @throws ArgumentError for options out of range
 * @example
 * const p = new Parameter(tensor([1]))
 * const optimizer = new RMSprop([p], { lr: 0.01 })
 * p.pow(2).sum().backward()
 * optimizer.step()
 * p.item() // => 0.9
 * @see torch.optim.RMSprop
 */
export class RMSprop extends Optimizer<RMSpropGroup, RMSpropState> {
  constructor(params: ParameterInput<RMSpropGroup>, options: Partial<RMSpropGroup> = {}) {
    super(
      params,
      { lr: 1e-2, momentum: 0, alpha: 0.99, eps: 1e-8, centered: false, weightDecay: 0, maximize: false },
      options,
    )
  }

  protected override checkOptions({ lr, momentum, alpha, eps, weightDecay }: RMSpropGroup): void {
    for (const [name, value] of Object.entries({ lr, momentum, alpha, eps, weightDecay }))
      checkAtLeastZero('RMSprop', name, value)
  }

  protected override initialState(parameter: Tensor, { momentum, centered }: RMSpropGroup): RMSpropState {
    const zeros = () => parameter.detach().zerosLike()
    return {
      step: 0,
      squareAvg: zeros(),
      momentumBuffer: momentum > 0 ? zeros() : null,
      gradAvg: centered ? zeros() : null,
    }
  }

  protected override update(p: Tensor, g: Tensor, options: RMSpropGroup, state: RMSpropState): void {
    const { lr, momentum: mu, alpha, eps, centered, weightDecay } = options
    const { squareAvg: v } = state
    const numbers = { lr, mu, alpha, restAlpha: 1 - alpha, eps, weightDecay, direction: directionOf(options) }
    const a = centered ? (state.gradAvg ??= v.zerosLike()) : v // not read by the variants without it
    const b = mu > 0 ? (state.momentumBuffer ??= v.zerosLike()) : v
    const step = centered ? (mu > 0 ? centeredMomentumStep : centeredStep) : mu > 0 ? momentumStep : plainStep
    step({ p, g, v, a, b }, numbers)
  }
}
