// Whole tutorials, ported line by line: the same seed gives PyTorch's numbers to the end.
import '@tt/backend-cpu'
import { expect, test } from '@jest/globals'
import { Tensor, arange, linspace, manualSeed, noGrad, ones, rand, randn, tensor } from '@tt/autograd'
import * as nn from '@tt/nn'
import { SGD, lrScheduler } from '@tt/optim'
import { expectClose, isRecorded, readFixture } from './golden.ts'
import type { Recorded, Tolerance } from './golden.ts'

const { functional: F, init, utils } = nn

interface Tutorial {
  results: Record<string, unknown>
  tolerances: Record<string, Tolerance> | null
  tolerance: Tolerance
}
const tutorials = readFixture<Record<string, Tutorial>>('tutorials')

/** Compares tensors and (lists of) numbers with what the tutorial recorded. */
function expectResults(name: string, actual: Record<string, Tensor | number | number[]>): void {
  const { results, tolerances, tolerance } = tutorials[name]
  for (const [key, value] of Object.entries(actual)) {
    const [expected, near] = [results[key], tolerances?.[key] ?? tolerance]
    if (value instanceof Tensor) {
      if (!isRecorded(expected)) throw new Error(`${key} is no tensor`)
      expectClose(key, value, expected as Recorded, near)
      continue
    }
    const [a, b] = [[value].flat(), [expected].flat() as number[]]
    expect([key, a.length]).toEqual([key, b.length])
    a.forEach((x, i) => {
      if (!(Math.abs(x - b[i]) <= near.atol + near.rtol * Math.abs(b[i])))
        throw new Error(`${key}[${i}]: ${x}, should be ${b[i]}`)
    })
  }
}

test('a small convolutional network', () => {
  manualSeed(0)
  const norm = new nn.BatchNorm2d(4)
  const net = new nn.Sequential(
    new nn.Conv2d(1, 4, 3, { padding: 1 }),
    norm,
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(4, 8, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.AdaptiveAvgPool2d(2),
    new nn.Flatten(),
    new nn.Dropout({ p: 0 }),
    new nn.Linear(32, 4),
  )
  const [noise, y] = [randn([16, 1, 8, 8]), arange(16).remainder(4)]
  const x = noise.add(y.float().sub(1.5).view([-1, 1, 1, 1]))
  const optimizer = new SGD(net.parameters(), { lr: 0.1, momentum: 0.9, weightDecay: 1e-4 })
  const scheduler = new lrScheduler.StepLR(optimizer, 10, { gamma: 0.5 })
  const losses: number[] = []
  for (let i = 0; i < 30; i++) {
    net.train()
    optimizer.zeroGrad()
    const loss = F.crossEntropy(net.call(x), y)
    loss.backward()
    optimizer.step()
    scheduler.step()
    losses.push(loss.item())
  }
  net.eval()
  const output = noGrad(() => net.call(x))
  expectResults('cnn_train_synthetic', {
    losses,
    eval_out: output,
    running_mean: norm.runningMean!,
    running_var: norm.runningVar!,
    num_batches_tracked: norm.numBatchesTracked!,
    acc: output.argmax(1).eq(y).float().mean(),
    lr: scheduler.getLastLr(),
  })
})

test('regression', () => {
  manualSeed(1)
  const x = linspace(-1, 1, 100).unsqueeze(1)
  const y = x.pow(2).add(rand([100, 1]).mul(0.2))
  class Net extends nn.Module {
    hidden = new nn.Linear(1, 10)
    predict = new nn.Linear(10, 1)
    override forward(input: Tensor): Tensor {
      return this.predict.call(F.relu(this.hidden.call(input)))
    }
  }
  const net = new Net()
  const optimizer = new SGD(net.parameters(), { lr: 0.2 })
  const criterion = new nn.MSELoss()
  const losses: number[] = []
  for (let t = 0; t < 200; t++) {
    const loss = criterion.call(net.call(x), y)
    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
    if (t % 10 === 0) losses.push(loss.item())
  }
  expectResults('shared_init_optimizers', { losses })
})

test('an n-gram language model', () => {
  manualSeed(1)
  const words = 'when forty winters shall besiege thy brow and dig deep trenches in thy beauty s field'.split(
    ' ',
  )
  const vocabulary = [...new Set(words)].toSorted()
  const index = (word: string) => BigInt(vocabulary.indexOf(word))
  class NGram extends nn.Module {
    embeddings = new nn.Embedding(vocabulary.length, 4)
    linear1 = new nn.Linear(2 * 4, 16)
    linear2 = new nn.Linear(16, vocabulary.length)
    override forward(input: Tensor): Tensor {
      const embedded = this.embeddings.call(input).view([1, -1])
      return F.logSoftmax(this.linear2.call(F.relu(this.linear1.call(embedded))), 1)
    }
  }
  const model = new NGram()
  const optimizer = new SGD(model.parameters(), { lr: 0.05 })
  const losses: number[] = []
  for (let epoch = 0; epoch < 5; epoch++) {
    let total = 0
    for (let i = 0; i < words.length - 2; i++) {
      model.zeroGrad()
      const loss = F.nllLoss(
        model.call(tensor([index(words[i]), index(words[i + 1])])),
        tensor([index(words[i + 2])]),
      )
      loss.backward()
      optimizer.step()
      total += loss.item()
    }
    losses.push(total)
  }
  expectResults('embedding_ngram', { losses, emb0: model.embeddings.weight.select(0, 0) })
})

test('dropout in training and evaluation', () => {
  manualSeed(1)
  const net = new nn.Sequential(
    new nn.Linear(1, 10),
    new nn.Dropout({ p: 0.5 }),
    new nn.ReLU(),
    new nn.Linear(10, 1),
  )
  const x = linspace(-1, 1, 5).unsqueeze(1)
  const [train1, train2] = [net.call(x), net.call(x)]
  net.eval()
  expectResults('dropout_train_eval', { train1, train2, eval1: net.call(x), eval2: net.call(x) })
})

test('initialisation keeps the spread through many layers', () => {
  manualSeed(1)
  class Mlp extends nn.Module {
    linears: nn.ModuleList<nn.Linear>
    std: number[] = []
    constructor(size: number, layers: number) {
      super()
      this.linears = new nn.ModuleList(
        Array.from({ length: layers }, () => new nn.Linear(size, size, { bias: false })),
      )
    }
    override forward(input: Tensor): Tensor {
      this.std = []
      let x = input
      for (const linear of this.linears) {
        x = linear.call(x).tanh()
        this.std.push(x.std().item())
      }
      return x
    }
  }
  const net = new Mlp(64, 10)
  net.apply((module) => {
    if (module instanceof nn.Linear) init.xavierUniform_(module.weight, { gain: init.calculateGain('tanh') })
  })
  const inputs = randn([16, 64])
  const output = net.call(inputs)
  const second = new Mlp(64, 5)
  for (const { weight } of second.linears) init.kaimingNormal_(weight)
  second.call(inputs)
  expectResults('weight_init_std', { std: net.std, out_sum: output.double().sum(), std2: second.std })
})

test('hooks', () => {
  manualSeed(0)
  const [first, act, last] = [new nn.Linear(2, 3), new nn.ReLU(), new nn.Linear(3, 1)]
  const net = new nn.Sequential(first, act, last)
  const log: unknown[] = []
  const remove = [
    first.registerForwardHook(
      (m, [x], y) => void log.push(['fwd', m.reprName(), (x as Tensor).shape, (y as Tensor).shape]),
    ),
    last.registerFullBackwardHook(
      (m, [gi], [go]) => void log.push(['bwd', m.reprName(), gi!.shape, go!.shape]),
    ),
    act.registerForwardPreHook((m) => void log.push(['pre', m.reprName()])),
  ]
  const x = ones([4, 2], { requiresGrad: true })
  const y = x.mul(2)
  let seen: Tensor | null = null
  y.registerHook((gradient) => {
    seen = gradient.clone()
  })
  y.registerHook((gradient) => gradient.mul(10))
  net.call(y).sum().backward()
  expect(log).toEqual([
    ['fwd', 'Linear', [4, 2], [4, 3]],
    ['pre', 'ReLU'],
    ['bwd', 'Linear', [4, 3], [4, 1]],
  ])
  expectResults('hooks', { 'hook grad': seen!, 'x.grad': x.grad! })
  for (const off of remove) off()
  net.call(x)
  expect(log).toHaveLength(3)
})

test('clipped gradients', () => {
  manualSeed(0)
  const layer = new nn.Linear(3, 3)
  const x = randn([2, 3], { requiresGrad: true })
  layer.call(x).tanh().pow(2).sum().backward()
  expectResults('checkpoint_and_clip', { 'x.grad': x.grad!, 'w.grad': layer.weight.grad! })
  const norm = utils.clipGradNorm_(layer.parameters(), 0.1)
  expectResults('checkpoint_and_clip', { norm, clipped: layer.weight.grad! })
})
