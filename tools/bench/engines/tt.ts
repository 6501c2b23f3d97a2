// This library.
import * as tt from '@tt/autograd'
import { createCpuBackend } from '@tt/backend-cpu'
import { Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential, functional as F } from '@tt/nn'
import { Adam, SGD } from '@tt/optim'
import { conv, labels, lenet, mlp, numbers, order, smallMlp, transfer } from '../cases.ts'
import type { Engine, Mlp, Run } from '../cases.ts'

/**
 * The engine on one of our devices, on so many threads where that is the cpu. Results of single ops are freed at once, as
 * in the other engines, whose users free by hand; `add` of one element and the case `dropped` leave them to the collector.
 */
export async function load(device: string, threads: number): Promise<Engine> {
  tt.registerBackend(createCpuBackend({ threads }))
  const webgpu = device === 'webgpu' ? await import('@tt/backend-webgpu') : null
  await webgpu?.init()
  const data = (shape: number[], seed = 1) =>
    tt
      .tensor(
        numbers(
          shape.reduce((a, b) => a * b, 1),
          seed,
        ),
        { device },
      )
      .reshape(shape)
  const unary = (shape: number[], fn: (x: tt.Tensor) => tt.Tensor) => (): Run => {
    const x = data(shape)
    return () => tt.noGrad(() => fn(x)).dispose()
  }
  const binary = (shape: number[], fn: (x: tt.Tensor, y: tt.Tensor) => tt.Tensor) => (): Run => {
    const [x, y] = [data(shape, 1), data(shape, 2)]
    return () => fn(x, y).dispose()
  }
  const images = () => [
    data([conv.batch, conv.channels, conv.size, conv.size]),
    data([conv.channels, conv.channels, conv.kernel, conv.kernel], 2),
  ]
  const step = (
    model: Sequential,
    x: tt.Tensor,
    lr: number,
    { Optimizer = SGD, read = false }: { Optimizer?: typeof SGD | typeof Adam; read?: boolean } = {},
  ): Run => {
    model.to({ device })
    const y = tt.tensor(labels(x.shape[0]), { dtype: 'int64' }).to({ device })
    const optimizer = new Optimizer(model.parameters(), { lr })
    const one = (): tt.Tensor => {
      const loss = F.crossEntropy(model.call(x), y)
      optimizer.zeroGrad()
      loss.backward()
      optimizer.step()
      return loss
    }
    return read
      ? () =>
          one()
            .itemAsync()
            .then(() => {})
      : () => void one()
  }
  const mlpStep =
    ({ batch, sizes: [inputs, hidden, outputs], lr }: Mlp, options?: Parameters<typeof step>[3]) =>
    () =>
      step(
        new Sequential(new Linear(inputs, hidden), new ReLU(), new Linear(hidden, outputs)),
        data([batch, inputs]),
        lr,
        options,
      )
  const upload = (count: number) => () => {
    const host = numbers(count)
    const zero = tt.zeros([], { device })
    return async () => {
      const x = tt.tensor(host, { device })
      await x.at(0).add(zero).itemAsync()
      x.dispose() // freed at once, as in the other engines
    }
  }
  const readBack = (count: number) => () => {
    const x = data([count])
    return async () => {
      const y = x.mul(2)
      await y.toTypedArrayAsync()
      y.dispose()
    }
  }
  return {
    name: device === 'cpu' ? 'tt' : `tt ${device}`,
    version: '0.1.0',
    finish: webgpu?.synchronize,
    cases: {
      'add 1': () => {
        const [x, y] = [data([1], 1), data([1], 2)]
        return () => void x.add(y)
      },
      'add 1 grad': () => {
        const [x, y] = [data([1]).requiresGrad_(), data([1], 2).requiresGrad_()]
        return () => void x.add(y)
      },
      'add 1e6': binary([1e6], (x, y) => x.add(y)),
      'add 1e6 dropped': () => {
        const [x, y] = [data([1e6], 1), data([1e6], 2)]
        return () => void x.add(y)
      },
      'exp 1e6': unary([1e6], (x) => x.exp()),
      'tanh 1e6': unary([1e6], (x) => x.tanh()),
      'sum 1e6': unary([1e6], (x) => x.sum()),
      'softmax 1000x1000': unary([1000, 1000], (x) => x.softmax(-1)),
      'sort 1e6': unary([1e6], (x) => x.sort().values),
      'sort 1000x1000': unary([1000, 1000], (x) => x.sort().values),
      'topk 10 of 1e6': unary([1e6], (x) => x.topk(10).values),
      'matmul 64': binary([64, 64], (x, y) => x.matmul(y)),
      'matmul 512': binary([512, 512], (x, y) => x.matmul(y)),
      'matmul 1024': binary([1024, 1024], (x, y) => x.matmul(y)),
      'cholesky 256': () => {
        const x = data([order, order])
        const a = x.matmul(x.mT).add(tt.eye(order, null, { device }))
        return () => void tt.linalg.cholesky(a)
      },
      'solve 256': binary([order, order], (x, y) => tt.linalg.solve(x, y)),
      'qr 256': unary([order, order], (x) => tt.linalg.qr(x).Q),
      'eigh 256': () => {
        const x = data([order, order])
        const a = x.add(x.mT)
        return () => void tt.linalg.eigh(a)
      },
      'svd 256': unary([order, order], (x) => tt.linalg.svd(x).S),
      conv2d: () => {
        const [x, w] = images()
        return () => tt.conv2d(x, w, null, { padding: conv.padding }).dispose()
      },
      'conv2d backward': () => {
        const [x, w] = images().map((t) => t.requiresGrad_())
        const y = tt.conv2d(x, w, null, { padding: conv.padding })
        const gradient = tt.onesLike(y)
        return () => void tt.grad([y], [x, w], { gradOutputs: [gradient], retainGraph: true })
      },
      upload: upload(transfer.small),
      'upload large': upload(transfer.large),
      'read back': readBack(transfer.small),
      'read back large': readBack(transfer.large),
      'small mlp step': mlpStep(smallMlp),
      'small mlp step read': mlpStep(smallMlp, { read: true }),
      'small mlp adam': mlpStep(smallMlp, { Optimizer: Adam }),
      'mlp step': mlpStep(mlp),
      'lenet step': () =>
        step(
          new Sequential(
            new Conv2d(1, 6, 5, { padding: 2 }),
            new ReLU(),
            new MaxPool2d(2),
            new Conv2d(6, 16, 5),
            new ReLU(),
            new MaxPool2d(2),
            new Flatten(),
            new Linear(400, 120),
            new ReLU(),
            new Linear(120, 84),
            new ReLU(),
            new Linear(84, 10),
          ),
          data([lenet.batch, 1, 28, 28]),
          lenet.lr,
        ),
    },
  }
}
