// Adadelta.
import { ArgumentError, check, inPlaceMap } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import { Optimizer } from './optimizer.ts'
import type { GroupOptions, ParameterState, ParameterInput } from './optimizer.ts'
import { checkAtLeastZero, directionOf } from './options.ts'

/** Options of {@link Adadelta}, complete. */
export interface AdadeltaGroup extends GroupOptions {
  /** ρ, the decay of the averages (default 0.9). */
  rho: number
  /** ε, added under the roots (default 1e-6). */
  eps: number
  /** λ, the factor of the L2 penalty (default 0). */
  weightDecay: number
  /** Whether to go up instead of down (default false). */
  maximize: boolean
}

interface AdadeltaState extends ParameterState {
  step: number
  squareAvg: Tensor
  accDelta: Tensor
}

const adadeltaStep = inPlaceMap(
  'adadelta',
  ['p', 'g', 'v', 'u'],
  ['lr', 'rho', 'rest', 'eps', 'weightDecay', 'direction'],
  ({ p, g: gradient, v: v0, u: u0 }, { lr, rho, rest, eps, weightDecay, direction }) => {
    const g = gradient.mul(direction).add(p.mul(weightDecay))
    const v = v0.mul(rho).add(g.mul(g).mul(rest)) // v ← ρv + (1 − ρ)g²
    const delta = u0.add(eps).sqrt().div(v.add(eps).sqrt()).mul(g) // Δ = g·√(u + ε) / √(v + ε)
    const u = u0.mul(rho).add(delta.mul(delta).mul(rest)) // u ← ρu + (1 − ρ)Δ²
    return { p: p.sub(delta.mul(lr)), v, u }
  },
)

/**
 * Adadelta (Zeiler 2012):
 *
 * ```
 * g ← ∇f(p) + λp
 * v ← ρv + (1 − ρ)g²
 * Δ = g · √(u + ε) / √(v + ε)
 * u ← ρu + (1 − ρ)Δ²
 * p ← p − lr·Δ
 * ```
 *
 * @throws ArgumentError for options out of range
 * @example
 * const p = new Parameter(tensor([1]))
 * const optimizer = new Adadelta([p])
 * p.pow(2).sum().backward()
 * optimizer.step()
 * p.item() // => 0.996838
 * @see torch.optim.Adadelta
 */
export class Adadelta extends Optimizer<AdadeltaGroup, AdadeltaState> {
  constructor(params: ParameterInput<AdadeltaGroup>, options: Partial<AdadeltaGroup> = {}) {
    super(params, { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0, maximize: false }, options)
  }

  protected override checkOptions({ lr, rho, eps, weightDecay }: AdadeltaGroup): void {
    for (const [name, value] of Object.entries({ lr, eps, weightDecay }))
      checkAtLeastZero('Adadelta', name, value)
    check(rho >= 0 && rho <= 1, () => new ArgumentError('Adadelta', `rho must be in [0, 1], got ${rho}`))
  }

  protected override initialState(parameter: Tensor): AdadeltaState {
    return { step: 0, squareAvg: parameter.detach().zerosLike(), accDelta: parameter.detach().zerosLike() }
  }

  protected override update(
    p: Tensor,
    g: Tensor,
    options: AdadeltaGroup,
    { squareAvg: v, accDelta: u }: AdadeltaState,
  ): void {
    const { lr, rho, eps, weightDecay } = options
    adadeltaStep(
      { p, g, v, u },
      { lr, rho, rest: 1 - rho, eps, weightDecay, direction: directionOf(options) },
    )
  }
}
