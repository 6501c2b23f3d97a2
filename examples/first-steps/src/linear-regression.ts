// Fits a line to twenty noisy points, first with tensors and backward() alone, then with a module and an optimizer.
//   node examples/first-steps/src/linear-regression.ts
import '@tt/backend-cpu'
import { manualSeed, noGrad, rand, randn, zeros } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import { chart } from '@tt/example-charts'
import { functional as F, Linear } from '@tt/nn'
import { SGD } from '@tt/optim'
import { save } from './save.ts'

/** y = 2x + 5 with noise: x and y are [20, 1]. */
function makePoints(): { x: Tensor; y: Tensor } {
  manualSeed(10)
  const x = rand([20, 1]).mul(10)
  const y = x.mul(2).add(randn([20, 1]).add(5))
  return { x, y }
}

/** Gradient descent by hand, until half the mean squared error is below 1. */
export function fitByHand({ lr = 0.05 } = {}) {
  const { x, y } = makePoints()
  const w = randn([1]).requiresGrad_()
  const b = zeros([1], { requiresGrad: true })
  const losses: number[] = []
  const slopes: number[] = []
  const offsets: number[] = []

  for (let step = 0; step < 1000; step++) {
    const predicted = w.mul(x).add(b)
    const loss = y.sub(predicted).pow(2).mul(0.5).mean()
    loss.backward()
    noGrad(() => {
      b.sub_(b.grad!.mul(lr))
      w.sub_(w.grad!.mul(lr))
    })
    w.grad!.zero_()
    b.grad!.zero_()

    losses.push(loss.item())
    slopes.push(w.item())
    offsets.push(b.item())
    if (loss.item() < 1) break
  }
  return { x, y, losses, slopes, offsets }
}

/** The same with a Linear layer, the mean squared error, and SGD. */
export function fitWithModule({ lr = 0.01, steps = 200 } = {}) {
  const { x, y } = makePoints()
  const model = new Linear(1, 1)
  const optimizer = new SGD(model.parameters(), { lr })
  const losses: number[] = []

  for (let step = 0; step < steps; step++) {
    optimizer.zeroGrad()
    const loss = F.mseLoss(model.forward(x), y)
    loss.backward()
    optimizer.step()
    losses.push(loss.item())
  }
  return { x, y, losses, weight: model.weight, bias: model.bias! }
}

/** The points and the two lines. */
export function plot(): string {
  const { x, y, slopes, offsets } = fitByHand()
  const { weight, bias } = fitWithModule()
  const points = (x.flatten().tolist() as number[]).map((at, i) => [at, y.at(i, 0).item()] as const)
  const line = (slope: number, offset: number) => [0, 10].map((at) => [at, slope * at + offset] as const)
  return chart({
    title: 'Linear regression',
    xLabel: 'x',
    yLabel: 'y',
    series: [
      { name: 'points', points, mark: 'dots' },
      { name: 'by hand', points: line(slopes.at(-1)!, offsets.at(-1)!) },
      { name: 'Linear and SGD', points: line(weight.item(), bias.item()) },
    ],
  })
}

if (import.meta.main) {
  const { losses, slopes, offsets } = fitByHand()
  console.log(
    `by hand: y = ${slopes.at(-1)!.toFixed(3)} x + ${offsets.at(-1)!.toFixed(3)} after ${losses.length} steps`,
  )
  const { weight, bias } = fitWithModule()
  console.log(`Linear and SGD: y = ${weight.item().toFixed(3)} x + ${bias.item().toFixed(3)} after 200 steps`)
  save('linear-regression.svg', plot())
}
