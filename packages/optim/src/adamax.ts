// Adamax.
import { inPlaceMap } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import { Optimizer } from './optimizer.ts'
import type { GroupOptions, ParameterState, ParameterInput } from './optimizer.ts'
import { checkAtLeastZero, checkFraction, directionOf } from './options.ts'

/** Options of {@link Adamax}, complete. */
export interface AdamaxGroup extends GroupOptions {
  /** β₁ and β₂, the decay of the averages (default [0.9, 0.999]). */
  betas: readonly [number, number]
  /** ε, added to the gradient's size (default 1e-8). */
  eps: number
  /** λ, the factor of the L2 penalty (default 0). */
  weightDecay: number
  /** Whether to go up instead of down (default false). */
  maximize: boolean
}

interface AdamaxState extends ParameterState {
  step: number
  expAvg: Tensor
  expInf: Tensor
}

const adamaxStep = inPlaceMap(
  'adamax',
  ['p', 'g', 'm', 'u'],
  ['beta1', 'beta2', 'rest1', 'eps', 'weightDecay', 'direction', 'stepSize'],
  ({ p, g: gradient, m: m0, u: u0 }, { beta1, beta2, rest1, eps, weightDecay, direction, stepSize }) => {
    const g = gradient.mul(direction).add(p.mul(weightDecay))
    const m = m0.mul(beta1).add(g.mul(rest1)) // m ← β₁m + (1 − β₁)g
    const u = u0.mul(beta2).max(g.abs().add(eps)) // u ← max(β₂u, |g| + ε)
    return { p: p.sub(m.div(u).mul(stepSize)), m, u }
  },
)

/**
 * Adamax, Adam with the maximum norm (Kingma & Ba 2015):
 *
 * ```
 * g ← ∇f(p) + λp
 * m ← β₁m + (1 − β₁)g
 * u ← max(β₂u, |g| + ε)
 * p ← p − lr/(1 − β₁ᵗ) · m / u
 * ```
 *
 * @throws ArgumentError for options out of range
 * @example
 * const p = new Parameter(tensor([1]))
 * const optimizer = new Adamax([p], { lr: 0.1 })
 * p.pow(2).sum().backward()
 * optimizer.step()
 * p.item() // => 0.9
 * @see torch.optim.Adamax
 */
export class Adamax extends Optimizer<AdamaxGroup, AdamaxState> {
  constructor(params: ParameterInput<AdamaxGroup>, options: Partial<AdamaxGroup> = {}) {
    super(params, { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, maximize: false }, options)
  }

  protected override checkOptions({ lr, betas, eps, weightDecay }: AdamaxGroup): void {
    for (const [name, value] of Object.entries({ lr, eps, weightDecay }))
      checkAtLeastZero('Adamax', name, value)
    checkFraction('Adamax', 'betas[0]', betas[0])
    checkFraction('Adamax', 'betas[1]', betas[1])
  }

  protected override initialState(parameter: Tensor): AdamaxState {
    return { step: 0, expAvg: parameter.detach().zerosLike(), expInf: parameter.detach().zerosLike() }
  }

  protected override update(
    p: Tensor,
    g: Tensor,
    options: AdamaxGroup,
    { step, expAvg: m, expInf: u }: AdamaxState,
  ): void {
    const {
      lr,
      betas: [beta1, beta2],
      eps,
      weightDecay,
    } = options
    adamaxStep(
      { p, g, m, u },
      {
        beta1,
        beta2,
        rest1: 1 - beta1,
        eps,
        weightDecay,
        direction: directionOf(options),
        stepSize: lr / (1 - beta1 ** step),
      },
    )
  }
}
