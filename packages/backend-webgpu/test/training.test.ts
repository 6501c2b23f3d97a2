// Training on the GPU with autograd, nn and optim unchanged: the same losses as on the reference backend.
import { describe, expect, test } from '@jest/globals'
import { conv2d, crossEntropy, maxPool2d, noGrad, tensor } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import { Linear, ReLU, Sequential } from '@tt/nn'
import { Adam, SGD } from '@tt/optim'
import { backend, numbers } from './gpu.ts'

const on =
  (device: string) =>
  (values: number[], shape: number[]): Tensor =>
    tensor(values, { device }).reshape(shape)
const classes = (device: string, n: number, count: number): Tensor =>
  tensor(
    numbers(n, count / 2, 3).map((x) => BigInt(Math.floor(x + count / 2))),
    { device },
  )

/** A small network with fixed parameters, by functions alone. */
async function convolutionLosses(device: string, steps: number): Promise<number[]> {
  const make = on(device)
  const x = make(numbers(8 * 10 * 10), [8, 1, 10, 10])
  const target = classes(device, 8, 3)
  const parameters = [
    make(numbers(4 * 9, 0.3, 2), [4, 1, 3, 3]),
    make(numbers(4, 0.1, 3), [4]),
    make(numbers(3 * 64, 0.2, 4), [3, 64]),
    make(numbers(3, 0.1, 5), [3]),
  ].map((p) => p.requiresGrad_())
  const losses: Tensor[] = []
  for (let step = 0; step < steps; step++) {
    const hidden = maxPool2d(conv2d(x, parameters[0], parameters[1]).relu(), 2).flatten(1)
    const loss = crossEntropy(hidden.matmul(parameters[2].t()).add(parameters[3]), target)
    loss.backward()
    noGrad(() => {
      for (const p of parameters) {
        p.sub_(p.grad!, { alpha: 0.1 })
        p.grad = null
      }
    })
    losses.push(loss.detach())
  }
  return Promise.all(losses.map((loss) => loss.itemAsync()))
}

describe('losses equal those of the reference', () => {
  test('convolution, pooling, cross entropy, by hand', async () => {
    const [got, want] = [await convolutionLosses('webgpu', 10), await convolutionLosses('reference', 10)]
    got.forEach((loss, i) => expect(loss).toBeCloseTo(want[i], 4))
    expect(got[9]).toBeLessThan(got[0])
  })

  test.each([['SGD'], ['Adam']])('an MLP with %s', async (name) => {
    const run = async (device: string): Promise<number[]> => {
      const model = new Sequential(new Linear(6, 16, { device }), new ReLU(), new Linear(16, 3, { device }))
      noGrad(() =>
        [...model.parameters()].forEach((p, i) =>
          p.copy_(on(device)(numbers(p.numel(), 0.4, i + 1), [...p.shape])),
        ),
      )
      const optimizer =
        name === 'SGD'
          ? new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 })
          : new Adam(model.parameters(), { lr: 0.01 })
      const [x, target] = [on(device)(numbers(32 * 6), [32, 6]), classes(device, 32, 3)]
      const losses: number[] = []
      for (let step = 0; step < 15; step++) {
        const loss = crossEntropy(model.forward(x), target)
        optimizer.zeroGrad()
        loss.backward()
        optimizer.step()
        losses.push(await loss.itemAsync())
      }
      return losses
    }
    const [got, want] = [await run('webgpu'), await run('reference')]
    got.forEach((loss, i) => expect(Math.abs(loss - want[i])).toBeLessThan(1e-4))
    expect(got[14]).toBeLessThan(got[0])
  })
})

test('200 steps keep the number of buffers', async () => {
  const model = new Sequential(
    new Linear(8, 16, { device: 'webgpu' }),
    new ReLU(),
    new Linear(16, 4, { device: 'webgpu' }),
  )
  const optimizer = new SGD(model.parameters(), { lr: 0.01 })
  const target = classes('webgpu', 16, 4)
  const step = async (): Promise<void> => {
    const loss = crossEntropy(model.forward(on('webgpu')(numbers(128), [16, 8])), target)
    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
    await loss.itemAsync()
  }
  for (let i = 0; i < 150; i++) await step()
  const before = backend.runtime.memory.stats.buffers
  for (let i = 0; i < 200; i++) await step()
  expect(backend.runtime.memory.stats.buffers).toBeLessThan(before + 500)
  expect(backend.runtime.memory.stats.usedBytes + backend.runtime.memory.stats.pooledBytes).toBeLessThan(
    32 * 2 ** 20,
  )
})
