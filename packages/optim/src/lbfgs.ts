// L-BFGS: steps along an approximate inverse Hessian, made of the last gradients.
import { ArgumentError, cat, check, withGradMode } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import { Optimizer } from './optimizer.ts'
import type { GroupOptions, OptimizerStateDict, ParameterInput, ParameterState } from './optimizer.ts'
import { checkAtLeastZero } from './options.ts'
import { strongWolfe } from './strong-wolfe.ts'

/** Options of {@link LBFGS}, complete. */
export interface LBFGSGroup extends GroupOptions {
  /** Iterations of a step (default 20). */
  maxIter: number
  /** Evaluations of the closure in a step (default: 1.25 times maxIter). */
  maxEval: number | null
  /** The largest gradient that counts as none (default 1e-7). */
  toleranceGrad: number
  /** The smallest change of loss or parameters that counts (default 1e-9). */
  toleranceChange: number
  /** How many gradients are kept (default 100). */
  historySize: number
  /** The line search; null goes lr far (default null). */
  lineSearchFn: 'strong_wolfe' | null
}

/** What is kept between steps: s and y are the last changes of parameters and gradients, ρ is 1 / (yᵀs). */
interface History {
  iterations: number
  direction: Tensor
  step: number
  s: Tensor[]
  y: Tensor[]
  rho: number[]
  /** Scale of the first inverse Hessian. */
  scale: number
  gradient: Tensor
  loss: number
}

/**
 * Limited-memory BFGS (Nocedal 1980). Each step evaluates the closure several times:
 *
 * ```
 * d ← −H∇f(p)          H from the last changes of p and ∇f, by the two-loop recursion
 * p ← p + t·d          t = lr, or by the line search
 * ```
 *
 * Unlike the others it has one group of parameters, and needs a device that can be read synchronously. Its history is not
 * a part of the state dict.
 *
 * @throws ArgumentError for more than one group, and for options out of range
 * @example
 * optimizer.step(() => {
 *   optimizer.zeroGrad()
 *   const loss = model.call(x).sub(y).square().mean()
 *   loss.backward()
 *   return loss
 * })
 * @see torch.optim.LBFGS
 */
export class LBFGS extends Optimizer<LBFGSGroup, ParameterState> {
  #history: History | null = null

  constructor(params: ParameterInput<LBFGSGroup>, options: Partial<LBFGSGroup> = {}) {
    super(
      params,
      {
        lr: 1,
        maxIter: 20,
        maxEval: null,
        toleranceGrad: 1e-7,
        toleranceChange: 1e-9,
        historySize: 100,
        lineSearchFn: null,
      },
      options,
    )
    check(
      this.paramGroups.length === 1,
      () =>
        new ArgumentError('LBFGS', `there must be one group of parameters, got ${this.paramGroups.length}`),
    )
  }

  protected override checkOptions({ lr, lineSearchFn }: LBFGSGroup): void {
    checkAtLeastZero('LBFGS', 'lr', lr)
    check(
      lineSearchFn === null || lineSearchFn === 'strong_wolfe',
      () =>
        new ArgumentError(
          'LBFGS',
          `lineSearchFn must be 'strong_wolfe' or null, got '${String(lineSearchFn)}'`,
        ),
    )
  }

  protected override initialState(): ParameterState {
    return {}
  }
  protected override update(): void {
    throw new ArgumentError('LBFGS', 'step needs a closure that computes the loss, got none')
  }

  override loadStateDict(stateDict: OptimizerStateDict): void {
    super.loadStateDict(stateDict)
    this.#history = null
  }

  override step(): null
  override step<T>(closure: () => T): T
  override step<T>(closure?: () => T): T | null {
    check(
      closure !== undefined,
      () => new ArgumentError('LBFGS', 'step needs a closure that computes the loss, got none'),
    )
    this.stepCount++
    return withGradMode(false, () => this.#minimize(() => withGradMode(true, closure)))
  }

  #minimize<T>(closure: () => T): T {
    const { lr, maxIter, maxEval, toleranceGrad, toleranceChange, lineSearchFn } = this.paramGroups[0]
    const evaluationLimit = maxEval ?? Math.floor((maxIter * 5) / 4)
    const first = closure()
    let loss = numberOf(first)
    let gradient = this.#flatGradient()
    let evaluations = 1
    if (largest(gradient) <= toleranceGrad) return first

    for (let iteration = 1; iteration <= maxIter; iteration++) {
      const history = (this.#history = this.#nextDirection(gradient, loss))
      const { direction: d, loss: lossBefore } = history
      history.step = history.iterations === 1 ? Math.min(1, 1 / gradient.abs().sum().item()) * lr : lr
      const slope = dot(gradient, d)
      if (slope > -toleranceChange) break

      if (lineSearchFn === 'strong_wolfe') {
        const before = this.paramGroups[0].params.map((parameter) => parameter.clone())
        const evaluate = (step: number) => {
          this.#move(d, step)
          const value = numberOf(closure())
          const g = this.#flatGradient()
          this.paramGroups[0].params.forEach((parameter, i) => parameter.copy_(before[i]))
          return { step, loss: value, gradient: g, slope: dot(g, d) }
        }
        const found = strongWolfe({ step: 0, loss, gradient, slope }, evaluate, history.step, {
          directionSize: largest(d),
        })
        ;({ loss, gradient } = found)
        history.step = found.step
        evaluations += found.evaluations
        this.#move(d, found.step)
      } else {
        this.#move(d, history.step)
        if (iteration === maxIter) break // the next step evaluates anew
        loss = numberOf(closure())
        gradient = this.#flatGradient()
        evaluations++
      }
      if (evaluations >= evaluationLimit || largest(gradient) <= toleranceGrad) break
      if (
        largest(d) * Math.abs(history.step) <= toleranceChange ||
        Math.abs(loss - lossBefore) < toleranceChange
      )
        break
    }
    return first
  }

  /** The history after an iteration, with the direction of the next: −H·gradient by the two-loop recursion. */
  #nextDirection(gradient: Tensor, loss: number): History {
    const before = this.#history
    if (before === null) {
      return {
        iterations: 1,
        direction: gradient.neg(),
        step: 0,
        s: [],
        y: [],
        rho: [],
        scale: 1,
        gradient,
        loss,
      }
    }
    const { s, y, rho } = before
    let { scale } = before
    const yNew = gradient.sub(before.gradient)
    const sNew = before.direction.mul(before.step)
    const ys = dot(yNew, sNew)
    if (ys > 1e-10) {
      if (s.length === this.paramGroups[0].historySize) for (const list of [s, y, rho]) list.shift()
      s.push(sNew)
      y.push(yNew)
      rho.push(1 / ys)
      scale = ys / dot(yNew, yNew)
    }
    const q = gradient.neg()
    const alpha: number[] = []
    for (let i = s.length - 1; i >= 0; i--) {
      alpha[i] = dot(s[i], q) * rho[i]
      q.sub_(y[i].mul(alpha[i]))
    }
    const direction = q.mul(scale)
    for (let i = 0; i < s.length; i++) {
      const beta = dot(y[i], direction) * rho[i]
      direction.add_(s[i].mul(alpha[i] - beta))
    }
    return {
      iterations: before.iterations + 1,
      direction,
      step: before.step,
      s,
      y,
      rho,
      scale,
      gradient,
      loss,
    }
  }

  #flatGradient(): Tensor {
    return cat(
      this.paramGroups[0].params.map((parameter) =>
        (parameter.grad ?? parameter.zerosLike()).detach().reshape([-1]),
      ),
    )
  }

  #move(direction: Tensor, step: number): void {
    let start = 0
    for (const parameter of this.paramGroups[0].params) {
      parameter.add_(direction.narrow(0, start, parameter.numel()).view(parameter.shape).mul(step))
      start += parameter.numel()
    }
  }
}

const dot = (a: Tensor, b: Tensor): number => a.dot(b).item()
const largest = (x: Tensor): number => x.abs().amax().item()
const numberOf = (loss: unknown): number => (typeof loss === 'number' ? loss : (loss as Tensor).item())
