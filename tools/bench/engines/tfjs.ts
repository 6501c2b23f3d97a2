// TensorFlow.js with its WebAssembly backend (single thread in Node), or with WebGPU's.
import type * as Core from '@tensorflow/tfjs'
import type * as Wasm from '@tensorflow/tfjs-backend-wasm'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { conv, labels, lenet, mlp, numbers, order, smallMlp, transfer } from '../cases.ts'
import type { Engine, Mlp, Run } from '../cases.ts'

// Its ES modules do not load in Node (imports without extensions): the CommonJS bundles do.
const require = createRequire(import.meta.url)
const tf = require('@tensorflow/tfjs') as typeof Core

/** Chooses the backend; answers how work that was only recorded is waited for. */
async function useBackend(device: string): Promise<Engine['finish']> {
  if (device === 'cpu') {
    const { setWasmPaths } = require('@tensorflow/tfjs-backend-wasm') as typeof Wasm
    setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'))}/dist/`)
    await tf.setBackend('wasm')
    return undefined
  }
  require('@tensorflow/tfjs-backend-webgpu')
  if (!(await tf.setBackend('webgpu'))) throw new Error('its webgpu backend does not start')
  tf.env().set('WEBGPU_CPU_FORWARD', false) // it would compute on tensors below 1000 elements in JavaScript
  const zero = tf.zeros([1])
  return async () => {
    const last = tf.neg(zero) // reading what is computed last waits for everything before it
    await last.data()
    last.dispose()
  }
}

const data = <R extends Core.Rank>(shape: number[], seed = 1) =>
  tf.tensor(
    numbers(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ),
    shape as Core.ShapeMap[R],
  ) as Core.Tensor<R>
const unary = (shape: number[], fn: (x: Core.Tensor) => Core.Tensor) => (): Run => {
  const x = data(shape)
  return () => fn(x).dispose()
}
const binary = (shape: number[], fn: (x: Core.Tensor, y: Core.Tensor) => Core.Tensor) => (): Run => {
  const [x, y] = [data(shape, 1), data(shape, 2)]
  return () => fn(x, y).dispose()
}
// Channels last is the only layout of its kernels.
const images = () =>
  [
    data<Core.Rank.R4>([conv.batch, conv.size, conv.size, conv.channels]),
    data<Core.Rank.R4>([conv.kernel, conv.kernel, conv.channels, conv.channels], 2),
  ] as const

/** A training step over variables. */
function trainer(
  forward: (p: Core.Variable[], x: Core.Tensor) => Core.Tensor,
  shapes: number[][],
  x: Core.Tensor,
  batch: number,
  optimizer: Core.Optimizer,
  read = false,
): Run {
  const params = shapes.map((shape, i) => tf.variable(tf.mul(data(shape, i + 1), 0.05)))
  const y = tf.oneHot(tf.tensor1d(labels(batch), 'int32'), 10)
  return () => {
    const loss = optimizer.minimize(
      () => tf.losses.softmaxCrossEntropy(y, forward(params, x)) as Core.Scalar,
      read,
      params,
    )
    return loss?.data().then(() => loss.dispose())
  }
}
const mlpStep =
  ({ batch, sizes: [inputs, hidden, outputs], lr }: Mlp, { read = false, adam = false } = {}) =>
  (): Run =>
    trainer(
      ([w1, b1, w2, b2], x) => tf.add(tf.matMul(tf.relu(tf.add(tf.matMul(x, w1), b1)), w2), b2),
      [[inputs, hidden], [hidden], [hidden, outputs], [outputs]],
      data([batch, inputs]),
      batch,
      adam ? tf.train.adam(lr) : tf.train.sgd(lr),
      read,
    )
const upload = (count: number) => (): Run => {
  const host = numbers(count)
  return async () => {
    const x = tf.tensor(host)
    const first = tf.slice(x, 0, 1)
    await first.data()
    first.dispose()
    x.dispose()
  }
}
// (a tensor keeps what was read: each read needs a new one)
const readBack = (count: number) => (): Run => {
  const x = data([count])
  return () => {
    const y = tf.mul(x, 2)
    return y.data().then(() => y.dispose())
  }
}

export async function load(device: string): Promise<Engine> {
  const finish = await useBackend(device)
  await tf.ready()
  return {
    name: device === 'cpu' ? 'tfjs-wasm' : 'tfjs',
    version: tf.version.tfjs,
    finish,
    cases: {
      'add 1': binary([1], (x, y) => tf.add(x, y)),
      'add 1e6': binary([1e6], (x, y) => tf.add(x, y)),
      'exp 1e6': unary([1e6], (x) => tf.exp(x)),
      'tanh 1e6': unary([1e6], (x) => tf.tanh(x)),
      'sum 1e6': unary([1e6], (x) => tf.sum(x)),
      'softmax 1000x1000': unary([1000, 1000], (x) => tf.softmax(x)),
      // it has no sort
      'topk 10 of 1e6': unary([1e6], (x) => {
        const { values, indices } = tf.topk(x, 10)
        indices.dispose()
        return values
      }),
      'matmul 64': binary([64, 64], (x, y) => tf.matMul(x, y)),
      'matmul 512': binary([512, 512], (x, y) => tf.matMul(x, y)),
      'matmul 1024': binary([1024, 1024], (x, y) => tf.matMul(x, y)),
      'qr 256': () => {
        const x = data([order, order])
        return () => tf.linalg.qr(x).forEach((result) => result.dispose())
      },
      conv2d: () => {
        const [x, w] = images()
        return () => tf.conv2d(x, w, 1, 'same').dispose()
      },
      'conv2d backward': () => {
        const [x, w] = images()
        const gradients = tf.grads((a: Core.Tensor, b: Core.Tensor) =>
          tf.sum(tf.conv2d(a as Core.Tensor4D, b as Core.Tensor4D, 1, 'same')),
        )
        return () => gradients([x, w]).forEach((result) => result.dispose())
      },
      upload: upload(transfer.small),
      'upload large': upload(transfer.large),
      'read back': readBack(transfer.small),
      'read back large': readBack(transfer.large),
      'small mlp step': mlpStep(smallMlp),
      'small mlp step read': mlpStep(smallMlp, { read: true }),
      'small mlp adam': mlpStep(smallMlp, { adam: true }),
      'mlp step': mlpStep(mlp),
      'lenet step': () => {
        const n = lenet.batch
        const layer = (x: Core.Tensor, w: Core.Variable, b: Core.Variable, pad: 'same' | 'valid') =>
          tf.maxPool(
            tf.relu(
              tf.add(tf.conv2d(x as Core.Tensor4D, w as Core.Tensor as Core.Tensor4D, 1, pad), b),
            ) as Core.Tensor4D,
            2,
            2,
            'valid',
          )
        const forward = ([w1, b1, w2, b2, w3, b3, w4, b4, w5, b5]: Core.Variable[], x: Core.Tensor) => {
          const h = tf.reshape(layer(layer(x, w1, b1, 'same'), w2, b2, 'valid'), [n, 400])
          return tf.add(
            tf.matMul(tf.relu(tf.add(tf.matMul(tf.relu(tf.add(tf.matMul(h, w3), b3)), w4), b4)), w5),
            b5,
          )
        }
        const shapes = [
          [5, 5, 1, 6],
          [6],
          [5, 5, 6, 16],
          [16],
          [400, 120],
          [120],
          [120, 84],
          [84],
          [84, 10],
          [10],
        ]
        return trainer(forward, shapes, data([n, 28, 28, 1]), n, tf.train.sgd(lenet.lr))
      },
    },
  }
}
