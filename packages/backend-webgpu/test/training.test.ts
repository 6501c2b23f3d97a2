// Training on the GPU with autograd, nn and optim unchanged: the same losses as on the reference backend.
import { describe, expect, test } from '@jest/globals'
import { Tensor, conv2d, crossEntropy, maxPool2d, noGrad, tensor, zeros } from '@tt/autograd'
import '@tt/backend-cpu'
import { DeviceLostError, init, synchronize } from '@tt/backend-webgpu'
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

/** A small classifier with fixed parameters and a step of its training. */
function classifier(device: string): { model: Sequential; optimizer: Adam; step: () => Promise<number> } {
  const model = new Sequential(new Linear(8, 16, { device }), new ReLU(), new Linear(16, 4, { device }))
  noGrad(() =>
    [...model.parameters()].forEach((p, i) =>
      p.copy_(on(device)(numbers(p.numel(), 0.4, i + 1), [...p.shape])),
    ),
  )
  const optimizer = new Adam(model.parameters(), { lr: 0.05 })
  const step = async (): Promise<number> => {
    const loss = crossEntropy(model.forward(on(device)(numbers(128), [16, 8])), classes(device, 16, 4))
    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
    return loss.itemAsync()
  }
  return { model, optimizer, step }
}

test('200 steps keep the number of buffers flat, and memory that is needed comes back', async () => {
  const { step } = classifier('webgpu')
  const { memory } = backend.runtime
  for (let i = 0; i < 20; i++) await step()
  const { buffers } = memory.stats
  for (let i = 0; i < 200; i++) await step()
  expect(memory.stats.buffers).toBe(buffers) // small tensors lie in one
  // as much in small tensors as the arena holds, three times, dropped one by one
  const { reclaims } = memory.stats
  for (let i = 0; i < 3 * 256; i++) {
    zeros([2 ** 16], { device: 'webgpu' })
    if (i % 64 === 0) await synchronize()
  }
  expect(memory.stats.reclaims).toBeGreaterThan(reclaims)
  expect(memory.stats.buffers).toBeLessThan(buffers + 64)
  expect(memory.stats.usedBytes).toBeLessThanOrEqual(80 * 2 ** 20)
  expect(await step()).toBeLessThan(0.1) // what lives was not touched
}, 60_000)

test('memory that is given back at once asks for no collection', () => {
  const { memory } = backend.runtime
  const { reclaims } = memory.stats
  const host = new Float32Array(2 ** 20)
  for (let i = 0; i < 80; i++) tensor(host, { device: 'webgpu' }).dispose() // 320 MB, of a budget of 256
  for (let i = 0; i < 200; i++) tensor(host.subarray(0, 2 ** 16), { device: 'webgpu' }).dispose()
  expect(memory.stats.reclaims).toBe(reclaims)
})

test('the device is lost in the middle of training: a new one goes on from the saved state', async () => {
  const device = 'webgpu:trained'
  await init({ name: device })
  const whole: number[] = []
  const undisturbed = classifier(device)
  for (let i = 0; i < 8; i++) whole.push(await undisturbed.step())

  const { runtime } = await init({ name: device })
  const before = classifier(device)
  const losses: number[] = []
  for (let i = 0; i < 5; i++) losses.push(await before.step())
  const saved = {
    model: await Promise.all(
      Object.entries(before.model.stateDict()).map(
        async ([key, x]) => [key, await x.toAsync('cpu')] as const,
      ),
    ),
    optimizer: before.optimizer.stateDict(),
  }
  const state = await Promise.all(
    Object.entries(saved.optimizer.state).map(async ([key, values]) => [
      key,
      Object.fromEntries(
        await Promise.all(
          Object.entries(values as object).map(async ([name, value]) => [
            name,
            value instanceof Tensor ? await value.toAsync('cpu') : value,
          ]),
        ),
      ),
    ]),
  )
  const lostStep = before.step()
  runtime.device.destroy()
  await expect(lostStep).rejects.toThrow(DeviceLostError)
  await expect(before.step()).rejects.toThrow(DeviceLostError)

  await init({ name: device })
  const after = classifier(device)
  after.model.loadStateDict(Object.fromEntries(saved.model))
  after.optimizer.loadStateDict({ ...saved.optimizer, state: Object.fromEntries(state) })
  for (let i = 5; i < 8; i++) losses.push(await after.step())
  losses.forEach((loss, i) => expect(loss).toBeCloseTo(whole[i], 5))
  expect(losses[7]).toBeLessThan(losses[0])
})

test('two devices train at once, each by itself', async () => {
  const runs = ['webgpu', 'webgpu:other'].map((device) => ({ ...classifier(device), losses: [] as number[] }))
  for (let i = 0; i < 6; i++) {
    const losses = await Promise.all(runs.map(({ step }) => step()))
    runs.forEach((run, k) => run.losses.push(losses[k]))
  }
  runs[0].losses.forEach((loss, i) => expect(loss).toBeCloseTo(runs[1].losses[i], 5))
  for (const { model } of runs) expect(new Set([...model.parameters()].map((p) => p.device)).size).toBe(1)
  const [mine, other] = runs.map(({ model }) => [...model.parameters()][0])
  expect(() => mine.add(other)).toThrow('all tensors must be on one device, got webgpu and webgpu:other')
})
