// The MNIST example on the GPU: the losses and the accuracy of the cpu, and the program itself with its checkpoint.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import '@tt/backend-cpu'
import { manualSeed } from '@tt/autograd'
import { init } from '@tt/backend-webgpu'
import { loadSafetensors } from '@tt/nn'
import { Adam, lrScheduler } from '@tt/optim'
import { loadMnist } from '../../../examples/mnist/src/data.ts'
import { LeNet } from '../../../examples/mnist/src/model.ts'
import { parseOptions } from '../../../examples/mnist/src/options.ts'
import { trainStep } from '../../../examples/mnist/src/train.ts'

const example = new URL('../../../examples/mnist/', import.meta.url)

// Batches of 4, for software adapters; the example's own test compares the cpu's losses of batches of 64 with PyTorch's.
test('50 steps have the losses of the cpu from the same seed', async () => {
  await init()
  const losses = async (device: string): Promise<number[]> => {
    manualSeed(0)
    const { loader } = await loadMnist(parseOptions(['--train-images', '200', '--batch-size', '4'])!)
    const model = new LeNet().to(device)
    const optimizer = new Adam(model.parameters(), { lr: 2e-3 })
    const scheduler = new lrScheduler.CosineAnnealingLR(optimizer, loader.length)
    const training = { model, optimizer, scheduler, loader, device, losses: [] }
    const found: number[] = []
    for await (const [images, labels] of loader) {
      const { loss } = trainStep(training, images.to(device), labels.to(device))
      scheduler.step()
      found.push(await loss.itemAsync())
    }
    return found
  }
  const [got, want] = [await losses('webgpu'), await losses('cpu')]
  expect(got.length).toBe(50)
  expect(Math.max(...got.map((loss, i) => Math.abs(loss - want[i])))).toBeLessThan(1e-3)
  expect(Math.min(...want)).toBeLessThan(want[0] - 0.1) // it learns, so the losses are not those of the start
}, 120_000)

test('npm start -- --device webgpu', async () => {
  const out = mkdtempSync(join(tmpdir(), 'mnist-webgpu-'))
  const main = fileURLToPath(new URL('src/main.ts', example))
  const run = (name: string): Promise<{ stdout: string }> =>
    promisify(execFile)(
      process.execPath,
      [
        main,
        ...`--device ${name} --epochs 1 --batch-size 16 --train-images 48 --test-images 20`.split(' '),
        '--out',
        join(out, name),
      ],
      { env: process.env },
    )
  try {
    const accuracies = (await Promise.all([run('webgpu'), run('cpu')])).map(
      ({ stdout }) => /test accuracy [\d.]+ %/.exec(stdout)?.[0],
    )
    expect(accuracies[0]).toBeDefined()
    expect(accuracies[0]).toBe(accuracies[1])
    const read = (name: string): ReturnType<typeof loadSafetensors> =>
      loadSafetensors(readFileSync(join(out, name, 'model.safetensors')))
    const [got, want] = [read('webgpu'), read('cpu')]
    expect(Object.keys(got)).toEqual(Object.keys(want))
    for (const [key, value] of Object.entries(got))
      expect([key, value.sub(want[key]).abs().max().item() < 1e-3]).toEqual([key, true])
  } finally {
    rmSync(out, { recursive: true })
  }
}, 120_000)
