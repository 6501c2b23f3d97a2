// Four optimizers on the same small network, from the same start: SGD, momentum, RMSprop and Adam.
//   node examples/first-steps/src/optimizers.ts
import '@tt/backend-cpu'
import { linspace, manualSeed, rand } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import { chart } from '@tt/example-charts'
import { Linear, Module, MSELoss } from '@tt/nn'
import type { Parameter } from '@tt/nn'
import { Adam, RMSprop, SGD } from '@tt/optim'
import type { Optimizer } from '@tt/optim'
import { save } from './save.ts'

class Net extends Module {
  readonly hidden = new Linear(1, 10)
  readonly predict = new Linear(10, 1)

  /** [N, 1] → [N, 1] */
  override forward(x: Tensor): Tensor {
    return this.predict.forward(this.hidden.forward(x).relu())
  }
}

const optimizers: Record<string, (parameters: Parameter[]) => Optimizer> = {
  SGD: (parameters) => new SGD(parameters, { lr: 0.2 }),
  Momentum: (parameters) => new SGD(parameters, { lr: 0.05, momentum: 0.9 }),
  RMSprop: (parameters) => new RMSprop(parameters, { lr: 0.01, alpha: 0.9 }),
  Adam: (parameters) => new Adam(parameters, { lr: 0.02, betas: [0.9, 0.99] }),
}

/** Losses of 200 steps by each optimizer, all from the same weights. */
export function compare({ steps = 200 } = {}): { y: Tensor; losses: Record<string, number[]> } {
  manualSeed(1)
  const x = linspace(-1, 1, 100).unsqueeze(1) // [100, 1]
  const y = x.pow(2).add(rand([100, 1]).mul(0.2))
  const start = new Net()
  const losses = Object.entries(optimizers).map(([name, make]) => [name, train(start, make, x, y, steps)])
  return { y, losses: Object.fromEntries(losses) }
}

function train(
  start: Net,
  make: (parameters: Parameter[]) => Optimizer,
  x: Tensor,
  y: Tensor,
  steps: number,
): number[] {
  const net = new Net()
  net.loadStateDict(start.stateDict())
  const optimizer = make(net.parameters())
  const lossFunction = new MSELoss()
  return Array.from({ length: steps }, () => {
    const loss = lossFunction.forward(net.forward(x), y)
    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
    return loss.item()
  })
}

export function plot(losses: Record<string, number[]>): string {
  return chart({
    title: 'Four optimizers, one start',
    xLabel: 'step',
    yLabel: 'mean squared error',
    logY: true,
    series: Object.entries(losses).map(([name, values]) => ({
      name,
      points: values.map((loss, step) => [step, loss]),
    })),
  })
}

if (import.meta.main) {
  const { losses } = compare()
  for (const [name, values] of Object.entries(losses)) {
    console.log(`${name.padEnd(9)} ${values[0].toFixed(4)} → ${values.at(-1)!.toFixed(4)}`)
  }
  save('optimizers.svg', plot(losses))
}
