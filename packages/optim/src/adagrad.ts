// Adagrad.
import { inPlaceMap } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import { Optimizer } from './optimizer.ts'
import type { GroupOptions, ParameterState, ParameterInput } from './optimizer.ts'
import { checkAtLeastZero, directionOf } from './options.ts'

/** Options of {@link Adagrad}, complete. */
export interface AdagradGroup extends GroupOptions {
  /** η, how fast the learning rate falls (default 0). */
  lrDecay: number
  /** λ, the factor of the L2 penalty (default 0). */
  weightDecay: number
  /** Where the sums of squares start (default 0). */
  initialAccumulatorValue: number
  /** ε, added to the denominator (default 1e-10). */
  eps: number
  /** Whether to go up instead of down (default false). */
  maximize: boolean
}

interface AdagradState extends ParameterState {
  step: number
  sum: Tensor
}

const adagradStep = inPlaceMap(
  'adagrad',
  ['p', 'g', 's'],
  ['rate', 'eps', 'weightDecay', 'direction'],
  ({ p, g: gradient, s: s0 }, { rate, eps, weightDecay, direction }) => {
    const g = gradient.mul(direction).add(p.mul(weightDecay))
    const s = s0.add(g.mul(g)) // s ← s + g²
    return { p: p.sub(g.div(s.sqrt().add(eps)).mul(rate)), s }
  },
)

/**
 * Adagrad (Duchi, Hazan & Singer 2011):
 *
 * ```
 * g ← ∇f(p) + λp
 * s ← s + g²
 * p ← p − lr/(1 + (t − 1)η) · g / (√s + ε)
 * ```
 *
 * @throws ArgumentError for options out of range
 * @example
 * const p = new Parameter(tensor([1]))
 * const optimizer = new Adagrad([p], { lr: 0.1 })
 * p.pow(2).sum().backward()
 * optimizer.step()
 * p.item() // => 0.9
 * @see torch.optim.Adagrad
 */
export class Adagrad extends Optimizer<AdagradGroup, AdagradState> {
  constructor(params: ParameterInput<AdagradGroup>, options: Partial<AdagradGroup> = {}) {
    super(
      params,
      { lr: 1e-2, lrDecay: 0, weightDecay: 0, initialAccumulatorValue: 0, eps: 1e-10, maximize: false },
      options,
    )
  }

  protected override checkOptions({
    lr,
    lrDecay,
    weightDecay,
    initialAccumulatorValue,
    eps,
  }: AdagradGroup): void {
    for (const [name, value] of Object.entries({ lr, lrDecay, weightDecay, initialAccumulatorValue, eps })) {
      checkAtLeastZero('Adagrad', name, value)
    }
  }

  protected override initialState(
    parameter: Tensor,
    { initialAccumulatorValue }: AdagradGroup,
  ): AdagradState {
    return { step: 0, sum: parameter.detach().fullLike(initialAccumulatorValue) }
  }

  protected override update(p: Tensor, g: Tensor, options: AdagradGroup, state: AdagradState): void {
    const { lr, lrDecay, eps, weightDecay } = options
    const rate = lr / (1 + (state.step - 1) * lrDecay)
    adagradStep({ p, g, s: state.sum }, { rate, eps, weightDecay, direction: directionOf(options) })
  }
}
