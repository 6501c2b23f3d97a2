// The network: LeNet-5 with ReLU and max pooling.
import type { Tensor } from '@tt/autograd'
import { Conv2d, Flatten, Linear, MaxPool2d, Module, ReLU, Sequential } from '@tt/nn'

/** Two convolutions that find strokes, three linear layers that weigh them; 61,706 parameters. */
export class LeNet extends Module {
  readonly features = new Sequential(
    new Conv2d(1, 6, 5, { padding: 2 }), // [N, 1, 28, 28] → [N, 6, 28, 28]
    new ReLU(),
    new MaxPool2d(2), // → [N, 6, 14, 14]
    new Conv2d(6, 16, 5), // → [N, 16, 10, 10]
    new ReLU(),
    new MaxPool2d(2), // → [N, 16, 5, 5]
  )

  readonly classifier = new Sequential(
    new Flatten(), // → [N, 400]
    new Linear(400, 120),
    new ReLU(),
    new Linear(120, 84),
    new ReLU(),
    new Linear(84, 10),
  )

  /** [N, 1, 28, 28] → [N, 10], unnormalised scores of the ten digits. */
  override forward(images: Tensor): Tensor {
    return this.classifier.forward(this.features.forward(images))
  }
}
