// Separates two clouds of points in the plane by a line.
//   node examples/first-steps/src/logistic-regression.ts
import '@tt/backend-cpu'
import { cat, manualSeed, normal, ones, zeros } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import { chart } from '@tt/example-charts'
import { BCELoss, Linear, Module, Sigmoid } from '@tt/nn'
import { SGD } from '@tt/optim'
import { save } from './save.ts'

class LogisticRegression extends Module {
  readonly features = new Linear(2, 1)
  readonly sigmoid = new Sigmoid()

  /** [N, 2] → [N, 1], the probability of class 1. */
  override forward(x: Tensor): Tensor {
    return this.sigmoid.forward(this.features.forward(x))
  }
}

/** A hundred points around (2.7, 2.7), class 0, and a hundred around (-0.7, -0.7), class 1. */
function makeClouds(): { x: Tensor; y: Tensor } {
  const [count, distance, shift] = [100, 1.7, 1]
  const centre = ones([count, 2])
  const x0 = normal(centre.mul(distance), 1).add(shift)
  const x1 = normal(centre.mul(-distance), 1).add(shift)
  return { x: cat([x0, x1], 0), y: cat([zeros([count]), ones([count])], 0) }
}

/** Trains until 99 % are on the right side; looks every 20 steps. @param zeroGrad false shows what forgetting it does */
export function fit({ lr = 0.01, zeroGrad = true } = {}) {
  manualSeed(10)
  const { x, y } = makeClouds()
  const model = new LogisticRegression()
  const lossFunction = new BCELoss()
  const optimizer = new SGD(model.parameters(), { lr, momentum: 0.9 })
  const losses: number[] = []
  const accuracies: number[] = []

  for (let step = 0; step < 1000; step++) {
    const predicted = model.forward(x)
    const loss = lossFunction.forward(predicted.squeeze(), y)
    loss.backward()
    optimizer.step()
    if (zeroGrad) optimizer.zeroGrad()

    const right = predicted.ge(0.5).float().squeeze().eq(y).sum()
    losses.push(loss.item())
    accuracies.push(right.item() / y.shape[0])
    if (step % 20 === 0 && accuracies.at(-1)! > 0.99) break
  }
  return { x, y, model, losses, accuracies }
}

/** The clouds and the line where the probability is one half: w₀ x₀ + w₁ x₁ + b = 0. */
export function plot({ x, model }: ReturnType<typeof fit>): string {
  const points = x.tolist() as [number, number][]
  const [w0, w1] = model.features.weight.flatten().tolist() as number[]
  const b = model.features.bias!.item()
  const line = [-4, 7].map((at) => [at, -(w0 * at + b) / w1] as const)
  return chart({
    title: 'Logistic regression',
    xLabel: 'first feature',
    yLabel: 'second feature',
    yRange: [-4, 7],
    series: [
      { name: 'class 0', points: points.slice(0, 100), mark: 'dots' },
      { name: 'class 1', points: points.slice(100), mark: 'dots' },
      { name: 'probability one half', points: line, color: '#475569' },
    ],
  })
}

if (import.meta.main) {
  const result = fit()
  console.log(
    `loss ${result.losses.at(-1)!.toFixed(4)}, accuracy ${result.accuracies.at(-1)} after ${result.losses.length} steps`,
  )
  save('logistic-regression.svg', plot(result))
}
