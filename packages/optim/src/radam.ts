// RAdam.
import { inPlaceMap } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import { Optimizer } from './optimizer.ts'
import type { GroupOptions, ParameterInput, ParameterState } from './optimizer.ts'
import { checkAtLeastZero, checkFraction } from './options.ts'

/** Options of {@link RAdam}, complete. */
export interface RAdamGroup extends GroupOptions {
  /** β₁ and β₂, the decay of the averages (default [0.9, 0.999]). */
  betas: readonly [number, number]
  /** ε, added to the denominator (default 1e-8). */
  eps: number
  /** λ, the factor of the L2 penalty (default 0). */
  weightDecay: number
}

interface RAdamState extends ParameterState {
  step: number
  expAvg: Tensor
  expAvgSq: Tensor
}

const variant = (rectified: boolean) =>
  inPlaceMap(
    rectified ? 'radamRectified' : 'radam',
    ['p', 'g', 'm', 'v'],
    ['beta1', 'beta2', 'rest1', 'rest2', 'eps', 'weightDecay', 'stepSize'],
    ({ p, g: gradient, m: m0, v: v0 }, { beta1, beta2, rest1, rest2, eps, weightDecay, stepSize }) => {
      const g = gradient.add(p.mul(weightDecay))
      const m = m0.mul(beta1).add(g.mul(rest1)) // m ← β₁m + (1 − β₁)g
      const v = v0.mul(beta2).add(g.mul(g).mul(rest2)) // v ← β₂v + (1 − β₂)g²
      const step = rectified ? m.div(v.sqrt().add(eps)) : m
      return { p: p.sub(step.mul(stepSize)), m, v }
    },
  )
const plainStep = variant(false)
const rectifiedStep = variant(true)

/**
 * RAdam, Adam whose step is as long as the variance of v allows (Liu et al. 2020):
 *
 * ```
 * g ← ∇f(p) + λp
 * m ← β₁m + (1 − β₁)g      m̂ = m / (1 − β₁ᵗ)
 * v ← β₂v + (1 − β₂)g²
 * ρ∞ = 2/(1 − β₂) − 1      ρ = ρ∞ − 2tβ₂ᵗ/(1 − β₂ᵗ)
 * p ← p − lr·m̂·r·√(1 − β₂ᵗ) / (√v + ε)   with r² = (ρ−4)(ρ−2)ρ∞ / ((ρ∞−4)(ρ∞−2)ρ), if ρ > 5
 * p ← p − lr·m̂                           otherwise
 * ```
 *
 * @throws ArgumentError for options out of range
 * @example
 * const p = new Parameter(tensor([1]))
 * const optimizer = new RAdam([p], { lr: 0.1 })
 * p.pow(2).sum().backward()
 * optimizer.step()
 * p.item() // => 0.8
 * @see torch.optim.RAdam
 */
export class RAdam extends Optimizer<RAdamGroup, RAdamState> {
  constructor(params: ParameterInput<RAdamGroup>, options: Partial<RAdamGroup> = {}) {
    super(params, { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 }, options)
  }

  protected override checkOptions({ lr, betas, eps, weightDecay }: RAdamGroup): void {
    for (const [name, value] of Object.entries({ lr, eps, weightDecay }))
      checkAtLeastZero('RAdam', name, value)
    checkFraction('RAdam', 'betas[0]', betas[0])
    checkFraction('RAdam', 'betas[1]', betas[1])
  }

  protected override initialState(parameter: Tensor): RAdamState {
    return { step: 0, expAvg: parameter.detach().zerosLike(), expAvgSq: parameter.detach().zerosLike() }
  }

  protected override update(
    p: Tensor,
    g: Tensor,
    options: RAdamGroup,
    { step, expAvg: m, expAvgSq: v }: RAdamState,
  ): void {
    const {
      lr,
      betas: [beta1, beta2],
      eps,
      weightDecay,
    } = options
    const correction1 = 1 - beta1 ** step
    const correction2 = 1 - beta2 ** step
    const rhoMax = 2 / (1 - beta2) - 1
    const rho = rhoMax - (2 * step * beta2 ** step) / correction2
    const rectified = rho > 5
    const r = Math.sqrt(((rho - 4) * (rho - 2) * rhoMax) / ((rhoMax - 4) * (rhoMax - 2) * rho))
    const stepSize = (lr / correction1) * (rectified ? r * Math.sqrt(correction2) : 1)
    const run = rectified ? rectifiedStep : plainStep
    run({ p, g, m, v }, { beta1, beta2, rest1: 1 - beta1, rest2: 1 - beta2, eps, weightDecay, stepSize })
  }
}
