// jax-js: each op consumes its inputs, `.ref` keeps them; training steps are jitted, as its documentation advises.
import * as jax from '@jax-js/jax'
import { readFileSync } from 'node:fs'
import { conv, labels, lenet, mlp, numbers } from '../cases.ts'
import type { Engine, Run } from '../cases.ts'

const { numpy: np, lax, nn } = jax
type Arr = jax.Array

const data = (shape: number[], seed = 1): Arr =>
  np
    .array(
      numbers(
        shape.reduce((a, b) => a * b, 1),
        seed,
      ),
    )
    .reshape(shape)
/** Waits for the result and frees it: what user code does at the end of a step. */
const done = async (result: Arr): Promise<void> => {
  await result.blockUntilReady()
  result.dispose()
}
const unary = (shape: number[], fn: (x: Arr) => Arr) => (): Run => {
  const x = data(shape)
  return () => done(fn(x.ref))
}
const binary = (shape: number[], fn: (x: Arr, y: Arr) => Arr) => (): Run => {
  const [x, y] = [data(shape, 1), data(shape, 2)]
  return () => done(fn(x.ref, y.ref))
}
const images = () => [
  data([conv.batch, conv.channels, conv.size, conv.size]),
  data([conv.channels, conv.channels, conv.kernel, conv.kernel], 2),
]
const same: [number, number][] = [
  [conv.padding, conv.padding],
  [conv.padding, conv.padding],
]
const convolve = (x: Arr, w: Arr): Arr => lax.convGeneralDilated(x, w, [1, 1], same)

/** Cross-entropy of one-hot targets. */
const loss = (logits: Arr, y: Arr, batch: number): Arr => np.sum(nn.logSoftmax(logits).mul(y)).mul(-1 / batch)
const oneHot = (batch: number): Arr => nn.oneHot(np.array(labels(batch), { dtype: np.int32 }), 10)

/** A jitted SGD step over a list of parameters, kept from one run to the next. */
function trainer(
  forward: (params: Arr[], x: Arr) => Arr,
  shapes: number[][],
  x: Arr,
  batch: number,
  lr: number,
): Run {
  let params = shapes.map((shape, i) => data(shape, i + 1).mul(0.05))
  const y = oneHot(batch)
  const gradient = jax.valueAndGrad((p: Arr[], inputs: Arr, targets: Arr) =>
    loss(forward(p, inputs), targets, batch),
  )
  const step = jax.jit((p: Arr[], inputs: Arr, targets: Arr) => {
    const [value, grads] = gradient(
      p.map((a) => a.ref),
      inputs,
      targets,
    )
    return [value, p.map((a, i) => a.sub((grads as Arr[])[i].mul(lr)))] as [Arr, Arr[]]
  })
  return async () => {
    const [value, next] = step(params, x.ref, y.ref) as [Arr, Arr[]]
    params = next
    await jax.blockUntilReady(next)
    await done(value)
  }
}
const pool = (x: Arr, n: number, c: number, size: number): Arr =>
  np.max(x.reshape([n, c, size / 2, 2, size / 2, 2]), [3, 5])

export async function load(device: string): Promise<Engine> {
  const target = device === 'cpu' ? 'wasm' : 'webgpu'
  if (!(await jax.init(target)).includes(target)) throw new Error(`jax-js has no ${target} here`)
  jax.defaultDevice(target)
  const manifest = new URL('../package.json', import.meta.resolve('@jax-js/jax')) // its exports hide it from require
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  return {
    name: 'jax-js',
    version,
    cases: {
      'add 1': () => {
        const [x, y] = [data([1], 1), data([1], 2)]
        return () => void np.add(x.ref, y.ref).dataSync() // consumes the sum
      },
      'add 1e6': binary([1e6], (x, y) => np.add(x, y)),
      'exp 1e6': unary([1e6], (x) => np.exp(x)),
      'tanh 1e6': unary([1e6], (x) => np.tanh(x)),
      'sum 1e6': unary([1e6], (x) => np.sum(x)),
      'softmax 1000x1000': unary([1000, 1000], (x) => nn.softmax(x)),
      'matmul 64': binary([64, 64], (x, y) => np.matmul(x, y)),
      'matmul 512': binary([512, 512], (x, y) => np.matmul(x, y)),
      'matmul 1024': binary([1024, 1024], (x, y) => np.matmul(x, y)),
      conv2d: () => {
        const [x, w] = images()
        return () => done(convolve(x.ref, w.ref))
      },
      'conv2d backward': () => {
        const [x, w] = images()
        const gradients = jax.jit(jax.grad((p: Arr[]) => np.sum(convolve(p[0], p[1]))))
        return async () => {
          const results = gradients([x.ref, w.ref]) as Arr[]
          await jax.blockUntilReady(results)
          results.forEach((result) => result.dispose())
        }
      },
      'mlp step': () => {
        const [inputs, hidden, outputs] = mlp.sizes
        const forward = ([w1, b1, w2, b2]: Arr[], x: Arr) =>
          np.add(np.matmul(nn.relu(np.add(np.matmul(x, w1), b1)), w2), b2)
        return trainer(
          forward,
          [[inputs, hidden], [hidden], [hidden, outputs], [outputs]],
          data([mlp.batch, inputs]),
          mlp.batch,
          mlp.lr,
        )
      },
      'lenet step': () => {
        const n = lenet.batch
        const forward = ([w1, b1, w2, b2, w3, b3, w4, b4, w5, b5]: Arr[], x: Arr) => {
          const h1 = pool(
            nn.relu(
              np.add(
                lax.convGeneralDilated(
                  x,
                  w1,
                  [1, 1],
                  [
                    [2, 2],
                    [2, 2],
                  ],
                ),
                b1,
              ),
            ),
            n,
            6,
            28,
          )
          const h2 = pool(
            nn.relu(
              np.add(
                lax.convGeneralDilated(
                  h1,
                  w2,
                  [1, 1],
                  [
                    [0, 0],
                    [0, 0],
                  ],
                ),
                b2,
              ),
            ),
            n,
            16,
            10,
          )
          const h3 = nn.relu(np.add(np.matmul(h2.reshape([n, 400]), w3), b3))
          return np.add(np.matmul(nn.relu(np.add(np.matmul(h3, w4), b4)), w5), b5)
        }
        const shapes = [
          [6, 1, 5, 5],
          [6, 1, 1],
          [16, 6, 5, 5],
          [16, 1, 1],
          [400, 120],
          [120],
          [120, 84],
          [84],
          [84, 10],
          [10],
        ]
        return trainer(forward, shapes, data([n, 1, 28, 28]), n, lenet.lr)
      },
    },
  }
}
