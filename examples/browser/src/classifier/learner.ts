// The model and its training, on whichever device.
import { noGrad, stack, tensor } from '@tt/autograd'
import type { Device, Tensor } from '@tt/autograd'
import * as nn from '@tt/nn'
import { Adam } from '@tt/optim'
import type { Camera } from './camera.ts'

/** Training data on the device. */
export interface Samples {
  readonly positions: Tensor // [N, 2]
  readonly labels: Tensor // [N], int64
  readonly classes: number
}

/** Loss, and the share of the points whose class is right. */
export interface Measures {
  readonly loss: number
  readonly accuracy: number
}

const F = nn.functional
const hidden = 32

/** A network of two hidden layers, trained on all points in each step. */
export class Learner {
  readonly samples: Samples
  readonly side: number
  readonly #model: nn.Sequential
  readonly #optimizer: Adam
  readonly #grid: Tensor
  readonly #device: Device
  #epoch = 0

  /** @param side points of the surface along each side of the canvas */
  constructor(samples: Samples, lr: number, side: number) {
    this.samples = samples
    this.side = side
    this.#device = samples.positions.device
    this.#model = new nn.Sequential(
      new nn.Linear(2, hidden),
      new nn.Tanh(),
      new nn.Linear(hidden, hidden),
      new nn.Tanh(),
      new nn.Linear(hidden, samples.classes),
    ).to(this.#device)
    this.#optimizer = new Adam(this.#model.parameters(), { lr })
    this.#grid = clipGrid(side, this.#device)
  }

  /** Steps so far. */
  get epoch(): number {
    return this.#epoch
  }

  /** One step of the optimizer on all points. */
  step(): void {
    const { positions, labels } = this.samples
    const loss = F.crossEntropy(this.#model.forward(positions), labels)
    this.#optimizer.zeroGrad()
    loss.backward()
    this.#optimizer.step()
    this.#epoch++
  }

  /** Probability of each class at each point of the part of the plane that the camera sees. */
  surface({ window: { middle, half } }: Camera): Tensor {
    const on = { device: this.#device }
    return noGrad(() => {
      const points = this.#grid.mul(tensor(half, on)).add(tensor(middle, on)) // [side², 2]
      return this.#model.forward(points).softmax(1) // [side², classes]
    })
  }

  /** Two numbers come from the device; waiting for them also keeps the loop from running ahead of it. */
  async measure(): Promise<Measures> {
    const { positions, labels } = this.samples
    const both = noGrad(() => {
      const scores = this.#model.forward(positions) // [N, classes]
      const right = scores.argmax(1).eq(labels).to('float32').mean()
      return stack([F.crossEntropy(scores, labels), right])
    })
    const [loss, accuracy] = (await both.tolistAsync()) as number[]
    return { loss, accuracy }
  }
}

/** Points from −1 to 1 in rows from the bottom to the top. */
function clipGrid(side: number, device: Device): Tensor {
  const at = (i: number): number => (2 * i) / (side - 1) - 1
  const values = new Float32Array(2 * side * side)
  for (let i = 0; i < side * side; i++) {
    values[2 * i] = at(i % side)
    values[2 * i + 1] = at(Math.floor(i / side))
  }
  return tensor(values, { device }).reshape([side * side, 2])
}
