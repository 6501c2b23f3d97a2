// Adam and AdamW.
import { inPlaceMap } from '@tt/autograd'
import type { Expr, Tensor } from '@tt/autograd'
import { Optimizer } from './optimizer.ts'
import type { GroupOptions, ParameterState, ParameterInput } from './optimizer.ts'
import { checkAtLeastZero, checkFraction, directionOf } from './options.ts'

/** Options of {@link Adam} and {@link AdamW}, complete. */
export interface AdamGroup extends GroupOptions {
  /** β₁ and β₂, the decay of the averages (default [0.9, 0.999]). */
  betas: readonly [number, number]
  /** ε, added to the denominator (default 1e-8). */
  eps: number
  /** λ: Adam's L2 penalty (default 0), or AdamW's decay (default 0.01). */
  weightDecay: number
  /** Whether to divide by the largest v so far (Reddi, Kale & Kumar 2018; default false). */
  amsgrad: boolean
  /** Whether to go up instead of down (default false). */
  maximize: boolean
}

interface AdamState extends ParameterState {
  step: number
  expAvg: Tensor
  expAvgSq: Tensor
  maxExpAvgSq: Tensor | null
}

const numbers = [
  'lr',
  'beta1',
  'beta2',
  'rest1',
  'rest2',
  'eps',
  'penalty',
  'decay',
  'direction',
  'stepSize',
  'correction2',
] as const
type Numbers = Readonly<Record<(typeof numbers)[number], Expr>>
interface Values {
  readonly p: Expr
  readonly g: Expr
  readonly m: Expr
  readonly v: Expr
  readonly vMax?: Expr
}

// `rest1` is 1 − β₁, `rest2` is 1 − β₂, `stepSize` is lr / (1 − β₁ᵗ), `correction2` is 1 / √(1 − β₂ᵗ): run-time numbers.
function adamStep({ p: before, g: gradient, m: m0, v: v0, vMax: vMax0 }: Values, numbers: Numbers) {
  const { beta1, beta2, rest1, rest2, eps, penalty, decay, direction, stepSize, correction2 } = numbers
  const p = before.mul(decay) // AdamW: p ← p − lr·λ·p
  const g = gradient.mul(direction).add(p.mul(penalty)) // Adam: g ← g + λp
  const m = m0.mul(beta1).add(g.mul(rest1)) // m ← β₁m + (1 − β₁)g
  const v = v0.mul(beta2).add(g.mul(g).mul(rest2)) // v ← β₂v + (1 − β₂)g²
  const vMax = vMax0 === undefined ? undefined : vMax0.max(v)
  const denominator = (vMax ?? v).sqrt().mul(correction2).add(eps)
  return { p: p.sub(m.div(denominator).mul(stepSize)), m, v, vMax }
}
const plain = inPlaceMap('adam', ['p', 'g', 'm', 'v'], numbers, adamStep)
const amsgrad = inPlaceMap('adamAmsgrad', ['p', 'g', 'm', 'v', 'vMax'], numbers, adamStep)

/** What Adam and AdamW share: all but the place of the weight decay. */
abstract class AdamBase extends Optimizer<AdamGroup, AdamState> {
  /** Whether the decay acts on the parameter itself, not on the gradient. */
  protected abstract readonly decoupled: boolean

  protected override checkOptions({ lr, betas, eps, weightDecay }: AdamGroup): void {
    checkAtLeastZero(this.name, 'lr', lr)
    checkAtLeastZero(this.name, 'eps', eps)
    checkFraction(this.name, 'betas[0]', betas[0])
    checkFraction(this.name, 'betas[1]', betas[1])
    checkAtLeastZero(this.name, 'weightDecay', weightDecay)
  }

  protected override initialState(parameter: Tensor, options: AdamGroup): AdamState {
    const zeros = () => parameter.detach().zerosLike()
    return { step: 0, expAvg: zeros(), expAvgSq: zeros(), maxExpAvgSq: options.amsgrad ? zeros() : null }
  }

  protected override update(p: Tensor, g: Tensor, options: AdamGroup, state: AdamState): void {
    const {
      lr,
      betas: [beta1, beta2],
      eps,
      weightDecay,
    } = options
    const { expAvg: m, expAvgSq: v, step } = state
    const values = {
      lr,
      beta1,
      beta2,
      rest1: 1 - beta1,
      rest2: 1 - beta2,
      eps,
      penalty: this.decoupled ? 0 : weightDecay,
      decay: this.decoupled ? 1 - lr * weightDecay : 1,
      direction: directionOf(options),
      stepSize: lr / (1 - beta1 ** step), // m̂ = m / (1 − β₁ᵗ)
      correction2: 1 / Math.sqrt(1 - beta2 ** step), // v̂ = v / (1 − β₂ᵗ)
    }
    if (options.amsgrad) {
      const vMax = (state.maxExpAvgSq ??= v.zerosLike())
      amsgrad({ p, g, m, v, vMax }, values)
    } else plain({ p, g, m, v }, values)
  }
}

/**
 * Adam (Kingma & Ba 2015):
 *
 * ```
 * g ← ∇f(p) + λp
 * m ← β₁m + (1 − β₁)g      m̂ = m / (1 − β₁ᵗ)
 * v ← β₂v + (1 − β₂)g²     v̂ = v / (1 − β₂ᵗ)
 * p ← p − lr·m̂ / (√v̂ + ε)
 * ```
 *
 * @throws ArgumentError for options out of range
 * @example
 * const optimizer = new Adam(model.parameters(), { lr: 1e-3 })
 * @see torch.optim.Adam
 */
export class Adam extends AdamBase {
  constructor(params: ParameterInput<AdamGroup>, options: Partial<AdamGroup> = {}) {
    super(
      params,
      { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, amsgrad: false, maximize: false },
      options,
    )
  }
  protected override get decoupled(): boolean {
    return false
  }
}

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019): `p ← p − lr·λ·p` before Adam's step, and no λ in g.
 *
 * @throws ArgumentError for options out of range
 * @example
 * const p = new Parameter(tensor([1]))
 * const optimizer = new AdamW([p], { lr: 0.1, weightDecay: 0.5 })
 * p.pow(2).sum().backward()
 * optimizer.step()
 * p.item() // => 0.85
 * @see torch.optim.AdamW
 */
export class AdamW extends AdamBase {
  constructor(params: ParameterInput<AdamGroup>, options: Partial<AdamGroup> = {}) {
    super(
      params,
      { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0.01, amsgrad: false, maximize: false },
      options,
    )
  }
  protected override get decoupled(): boolean {
    return true
  }
}
