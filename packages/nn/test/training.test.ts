// A model that learns: modules, losses, gradients and an optimizer together.
import '@tt/backend-cpu'
import { expect, test } from '@jest/globals'
import { manualSeed, randint, randn, tensor } from '@tt/autograd'
import * as nn from '@tt/nn'
import { Adam, SGD } from '@tt/optim'

test('a network of two layers learns xor', () => {
  manualSeed(3)
  const model = new nn.Sequential(new nn.Linear(2, 8), new nn.Tanh(), new nn.Linear(8, 1))
  const optimizer = new Adam(model.parameters(), { lr: 0.05 })
  const [x, y] = [
    tensor([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]),
    tensor([[0], [1], [1], [0]]),
  ]
  const criterion = new nn.BCEWithLogitsLoss()
  for (let i = 0; i < 200; i++) {
    optimizer.zeroGrad()
    criterion.call(model.call(x), y).backward()
    optimizer.step()
  }
  expect(model.call(x).sigmoid().round().tolist()).toEqual(y.tolist())
})

test('a convolutional network fits a batch, and its weights give the same elsewhere', () => {
  manualSeed(0)
  const build = () =>
    new nn.Sequential({
      conv: new nn.Conv2d(1, 4, 3, { padding: 1 }),
      act: new nn.ReLU(),
      pool: new nn.MaxPool2d(2),
      flat: new nn.Flatten(),
      drop: new nn.Dropout({ p: 0.1 }),
      out: new nn.Linear(4 * 4 * 4, 5),
    })
  const model = build()
  const optimizer = new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 })
  const [x, y] = [randn([16, 1, 8, 8]), randint(0, 5, [16])]
  const criterion = new nn.CrossEntropyLoss()
  for (let i = 0; i < 60; i++) {
    const loss = criterion.call(model.call(x), y)
    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
  }
  expect(criterion.call(model.eval().call(x), y).item()).toBeLessThan(0.05)
  const copy = build().eval()
  copy.loadStateDict(nn.loadSafetensors(nn.saveSafetensors(model.stateDict())))
  expect(copy.call(x).tolist()).toEqual(model.call(x).tolist())
})
