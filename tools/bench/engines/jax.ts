// jax-js: each op consumes its inputs, `.ref` keeps them; training steps are jitted, as its documentation advises.
import * as jax from '@jax-js/jax'
import { readFileSync } from 'node:fs'
import { conv, labels, lenet, mlp, numbers, order, smallMlp, transfer } from '../cases.ts'
import type { Engine, Mlp, Run } from '../cases.ts'

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
// Results wait for the end of the measurement: arrays are lazy, and one that is freed before is never computed.
const results: Arr[] = []
const done = (...made: Arr[]): void => void results.push(...made)
const finish = async (): Promise<void> => {
  await jax.blockUntilReady(results)
  for (const result of results.splice(0)) result.dispose()
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

type Update = (params: Arr[], gradients: Arr[], state: Arr[]) => { params: Arr[]; state: Arr[] }
const sgd =
  (lr: number): Update =>
  (params, gradients, state) => ({ params: params.map((p, i) => p.sub(gradients[i].mul(lr))), state })
// It has no optimizers; state: the step's number, first moments, second moments.
const adam =
  (lr: number): Update =>
  (params, gradients, [count, ...moments]) => {
    const t = count.add(1)
    const m = gradients.map((g, i) => moments[i].mul(0.9).add(g.ref.mul(0.1)))
    const v = gradients.map((g, i) => moments[params.length + i].mul(0.999).add(np.square(g).mul(0.001)))
    const correction = (beta: number): Arr =>
      np
        .exp(t.ref.mul(Math.log(beta)))
        .mul(-1)
        .add(1)
    const [c1, c2] = [correction(0.9), correction(0.999)]
    const next = params.map((p, i) =>
      p.sub(
        m[i].ref
          .div(c1.ref)
          .mul(lr)
          .div(np.sqrt(v[i].ref.div(c2.ref)).add(1e-8)),
      ),
    )
    c1.dispose()
    c2.dispose()
    return { params: next, state: [t, ...m, ...v] }
  }

/** A jitted training step over a list of parameters, kept from one run to the next. */
function trainer(
  forward: (params: Arr[], x: Arr) => Arr,
  shapes: number[][],
  x: Arr,
  batch: number,
  update: Update,
  { read = false, moments = false } = {},
): Run {
  let params = shapes.map((shape, i) => data(shape, i + 1).mul(0.05))
  let state = moments ? [np.array(0), ...[...shapes, ...shapes].map((shape) => np.zeros(shape))] : []
  const y = oneHot(batch)
  const gradient = jax.valueAndGrad((p: Arr[], inputs: Arr, targets: Arr) =>
    loss(forward(p, inputs), targets, batch),
  )
  const step = jax.jit((p: Arr[], s: Arr[], inputs: Arr, targets: Arr) => {
    const [value, gradients] = gradient(
      p.map((a) => a.ref),
      inputs,
      targets,
    )
    return { value, ...update(p, gradients as Arr[], s) }
  })
  return () => {
    const result = step(params, state, x.ref, y.ref) as { value: Arr; params: Arr[]; state: Arr[] }
    ;({ params, state } = result)
    return read ? result.value.data().then(() => {}) : done(result.value)
  }
}
const mlpStep =
  (
    { batch, sizes: [inputs, hidden, outputs], lr }: Mlp,
    options: { read?: boolean; moments?: boolean } = {},
  ) =>
  (): Run =>
    trainer(
      ([w1, b1, w2, b2], x) => np.add(np.matmul(nn.relu(np.add(np.matmul(x, w1), b1)), w2), b2),
      [[inputs, hidden], [hidden], [hidden, outputs], [outputs]],
      data([batch, inputs]),
      batch,
      options.moments ? adam(lr) : sgd(lr),
      options,
    )
const upload = (count: number) => (): Run => {
  const host = numbers(count)
  return () =>
    np
      .array(host)
      .slice(0)
      .add(1)
      .data()
      .then(() => {})
}
const readBack = (count: number) => (): Run => {
  const x = data([count])
  return () =>
    x.ref
      .mul(2)
      .data()
      .then(() => {})
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
    finish,
    cases: {
      'add 1': binary([1], (x, y) => np.add(x, y)),
      'add 1e6': binary([1e6], (x, y) => np.add(x, y)),
      'exp 1e6': unary([1e6], (x) => np.exp(x)),
      'tanh 1e6': unary([1e6], (x) => np.tanh(x)),
      'sum 1e6': unary([1e6], (x) => np.sum(x)),
      'softmax 1000x1000': unary([1000, 1000], (x) => nn.softmax(x)),
      'sort 1e6': unary([1e6], (x) => np.sort(x)),
      'sort 1000x1000': unary([1000, 1000], (x) => np.sort(x)),
      'topk 10 of 1e6': unary([1e6], (x) => {
        const [values, indices] = lax.topK(x, 10)
        indices.dispose()
        return values
      }),
      'matmul 64': binary([64, 64], (x, y) => np.matmul(x, y)),
      'matmul 512': binary([512, 512], (x, y) => np.matmul(x, y)),
      'matmul 1024': binary([1024, 1024], (x, y) => np.matmul(x, y)),
      'cholesky 256': () => {
        const x = data([order, order])
        const a = np.add(np.matmul(x.ref, np.transpose(x)), np.eye(order))
        return () => done(np.linalg.cholesky(a.ref))
      },
      'solve 256': binary([order, order], (x, y) => np.linalg.solve(x, y)),
      'eigh 256': () => {
        const x = data([order, order])
        const a = np.add(x.ref, np.transpose(x))
        return () => done(...np.linalg.eigh(a.ref))
      },
      'svd 256': () => {
        const x = data([order, order])
        return () => done(...np.linalg.svd(x.ref))
      },
      conv2d: () => {
        const [x, w] = images()
        return () => done(convolve(x.ref, w.ref))
      },
      'conv2d backward': () => {
        const [x, w] = images()
        const gradients = jax.jit(jax.grad((p: Arr[]) => np.sum(convolve(p[0], p[1]))))
        return () => done(...(gradients([x.ref, w.ref]) as Arr[]))
      },
      upload: upload(transfer.small),
      'upload large': upload(transfer.large),
      'read back': readBack(transfer.small),
      'read back large': readBack(transfer.large),
      'small mlp step': mlpStep(smallMlp),
      'small mlp step read': mlpStep(smallMlp, { read: true }),
      'small mlp adam': mlpStep(smallMlp, { moments: true }),
      'mlp step': mlpStep(mlp),
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
        return trainer(forward, shapes, data([n, 1, 28, 28]), n, sgd(lenet.lr))
      },
    },
  }
}
