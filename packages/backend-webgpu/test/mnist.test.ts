// The MNIST example on the GPU: the losses of PyTorch, and the program itself with its checkpoint.
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
const device = 'webgpu'

test('three steps have the losses of PyTorch from the same seed', async () => {
  const fixture = readFileSync(new URL('test/fixtures/pytorch-losses.json', example), 'utf8')
  const { losses } = JSON.parse(fixture) as { losses: number[] }
  await init()
  manualSeed(0)
  const { loader } = await loadMnist(parseOptions(['--train-images', '3840'])!)
  const model = new LeNet().to(device)
  const optimizer = new Adam(model.parameters(), { lr: 2e-3 })
  const scheduler = new lrScheduler.CosineAnnealingLR(optimizer, loader.length)
  const training = { model, optimizer, scheduler, loader, device, losses: [] }
  let step = 0
  for await (const [images, labels] of loader) {
    const { loss } = trainStep(training, images.to(device), labels.to(device))
    scheduler.step()
    expect(Math.abs((await loss.itemAsync()) - losses[step++])).toBeLessThan(1e-3)
    if (step === 3) break
  }
  expect(step).toBe(3)
})

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
    const [{ stdout }] = await Promise.all([run(device), run('cpu')])
    expect(stdout).toMatch(/test accuracy [\d.]+ %/)
    const read = (name: string): ReturnType<typeof loadSafetensors> =>
      loadSafetensors(readFileSync(join(out, name, 'model.safetensors')))
    const [got, want] = [read(device), read('cpu')]
    expect(Object.keys(got)).toEqual(Object.keys(want))
    for (const [key, value] of Object.entries(got))
      expect([key, value.sub(want[key]).abs().max().item() < 1e-3]).toEqual([key, true])
  } finally {
    rmSync(out, { recursive: true })
  }
})
