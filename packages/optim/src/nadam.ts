// NAdam.
import { inPlaceMap } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import { Optimizer } from './optimizer.ts'
import type { GroupOptions, ParameterInput, ParameterState } from './optimizer.ts'
import { checkAtLeastZero, checkFraction } from './options.ts'

/** Options of {@link NAdam}, complete. */
export interface NAdamGroup extends GroupOptions {
  /** β₁ and β₂, the decay of the averages (default [0.9, 0.999]). */
  betas: readonly [number, number]
  /** ε, added to the denominator (default 1e-8). */
  eps: number
  /** λ, the factor of the L2 penalty (default 0). */
  weightDecay: number
  /** ψ, how fast the momentum grows (default 0.004). */
  momentumDecay: number
}

interface NAdamState extends ParameterState {
  step: number
  /** Product of all μ so far; kept in float32, as PyTorch does. */
  muProduct: number
  expAvg: Tensor
  expAvgSq: Tensor
}

const nadamStep = inPlaceMap(
  'nadam',
  ['p', 'g', 'm', 'v'],
  ['beta1', 'beta2', 'rest1', 'rest2', 'eps', 'weightDecay', 'correction2', 'gradientRate', 'momentRate'],
  (
    { p, g: gradient, m: m0, v: v0 },
    { beta1, beta2, rest1, rest2, eps, weightDecay, correction2, gradientRate, momentRate },
  ) => {
    const g = gradient.add(p.mul(weightDecay))
    const m = m0.mul(beta1).add(g.mul(rest1)) // m ← β₁m + (1 − β₁)g
    const v = v0.mul(beta2).add(g.mul(g).mul(rest2)) // v ← β₂v + (1 − β₂)g²
    const denominator = v.mul(correction2).sqrt().add(eps)
    return { p: p.sub(g.mul(gradientRate).add(m.mul(momentRate)).div(denominator)), m, v }
  },
)

/**
 * NAdam, Adam with Nesterov's momentum (Dozat 2016):
 *
 * ```
 * g ← ∇f(p) + λp
 * μₜ = β₁(1 − ½·0.96^(ψt))
 * m ← β₁m + (1 − β₁)g
 * v ← β₂v + (1 − β₂)g²     v̂ = v / (1 − β₂ᵗ)
 * m̂ = μₜ₊₁m / (1 − Πμ·μₜ·μₜ₊₁) + (1 − μₜ)g / (1 − Πμ)     (PyTorch 2 leaves out the second μₜ)
 * p ← p − lr·m̂ / (√v̂ + ε)
 * ```
 *
 * @throws ArgumentError for options out of range
 * @example
 * const p = new Parameter(tensor([1]))
 * const optimizer = new NAdam([p], { lr: 0.1 })
 * p.pow(2).sum().backward()
 * optimizer.step()
 * p.item() // => 0.895047
 * @see torch.optim.NAdam
 */
export class NAdam extends Optimizer<NAdamGroup, NAdamState> {
  constructor(params: ParameterInput<NAdamGroup>, options: Partial<NAdamGroup> = {}) {
    super(params, { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, momentumDecay: 4e-3 }, options)
  }

  protected override checkOptions({ lr, betas, eps, weightDecay, momentumDecay }: NAdamGroup): void {
    for (const [name, value] of Object.entries({ lr, eps, weightDecay, momentumDecay }))
      checkAtLeastZero('NAdam', name, value)
    checkFraction('NAdam', 'betas[0]', betas[0])
    checkFraction('NAdam', 'betas[1]', betas[1])
  }

  protected override initialState(parameter: Tensor): NAdamState {
    return {
      step: 0,
      muProduct: 1,
      expAvg: parameter.detach().zerosLike(),
      expAvgSq: parameter.detach().zerosLike(),
    }
  }

  protected override update(p: Tensor, g: Tensor, options: NAdamGroup, state: NAdamState): void {
    const {
      lr,
      betas: [beta1, beta2],
      eps,
      weightDecay,
      momentumDecay,
    } = options
    const { step, expAvg: m, expAvgSq: v } = state
    const mu = beta1 * (1 - 0.5 * 0.96 ** (step * momentumDecay))
    const muNext = beta1 * (1 - 0.5 * 0.96 ** ((step + 1) * momentumDecay))
    state.muProduct = Math.fround(state.muProduct * mu)
    nadamStep(
      { p, g, m, v },
      {
        beta1,
        beta2,
        rest1: 1 - beta1,
        rest2: 1 - beta2,
        eps,
        weightDecay,
        correction2: 1 / (1 - beta2 ** step),
        gradientRate: (lr * (1 - mu)) / (1 - state.muProduct),
        momentRate: (lr * muNext) / (1 - Math.fround(Math.fround(state.muProduct * mu) * muNext)), // μₜ twice, as PyTorch 1.13
      },
    )
  }
}
