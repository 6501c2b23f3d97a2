// The command line: what it takes, its defaults, and what is wrong with it.
import { parseArgs } from 'node:util'
import { fileURLToPath } from 'node:url'

export interface Options {
  epochs: number
  batchSize: number
  lr: number
  seed: number
  device: string
  optimizer: 'adam' | 'sgd'
  out: string
  trainImages: number
  testImages: number
  syncSteps: number
}

/** A command line that cannot be followed. */
export class UsageError extends Error {}

export const usage = `Trains a small convolutional network on MNIST.

npm start -- [options]
  --epochs N         passes over the training images          (2)
  --batch-size N     images per step                          (64)
  --lr X             learning rate at the start               (0.002 for adam, 0.05 for sgd)
  --optimizer NAME   adam or sgd (with momentum 0.9)          (adam)
  --seed N           of weights and order                     (0)
  --device NAME      where to compute: cpu or webgpu          (cpu)
  --out FOLDER       where results are written                (examples/mnist/out)
  --train-images N   train on the first N images only         (60000)
  --test-images N    test on the first N images only          (10000)
  --sync-steps N     afterwards N steps without one await, to watch the memory; Ctrl-C waits for them  (0)
  --help             this text
`

const text = { type: 'string' } as const
const flags = {
  epochs: text,
  'batch-size': text,
  lr: text,
  optimizer: text,
  seed: text,
  device: text,
  out: text,
  'train-images': text,
  'test-images': text,
  'sync-steps': text,
  help: { type: 'boolean', short: 'h' },
} as const
const learningRates = { adam: 2e-3, sgd: 0.05 } as const

/** @returns null if help was asked for @throws UsageError */
export function parseOptions(args: readonly string[]): Options | null {
  const values = readFlags(args)
  if (values.help) return null
  const optimizer = values.optimizer ?? 'adam'
  if (optimizer !== 'adam' && optimizer !== 'sgd') {
    throw new UsageError(`--optimizer must be adam or sgd, got ${optimizer}.`)
  }
  const integer = (
    name: keyof typeof flags,
    least: number,
    fallback: number,
    most = Number.MAX_SAFE_INTEGER,
  ): number => {
    const value = readNumber(name, values[name] as string | undefined, fallback)
    if (Number.isInteger(value) && value >= least && value <= most) return value
    const range = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `of at least ${least}`
    throw new UsageError(`--${name} must be an integer ${range}, got ${values[name]}.`)
  }
  const lr = readNumber('lr', values.lr, learningRates[optimizer])
  if (!(lr > 0 && lr < Infinity)) throw new UsageError(`--lr must be a positive number, got ${values.lr}.`)
  return {
    epochs: integer('epochs', 0, 2),
    batchSize: integer('batch-size', 1, 64),
    lr,
    seed: integer('seed', 0, 0),
    device: values.device ?? 'cpu',
    optimizer,
    out: values.out ?? fileURLToPath(new URL('../out', import.meta.url)),
    trainImages: integer('train-images', 1, 60_000, 60_000),
    testImages: integer('test-images', 1, 10_000, 10_000),
    syncSteps: integer('sync-steps', 0, 0),
  }
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, strict: true, allowPositionals: false }).values
  } catch (error) {
    const [reason] = (error as Error).message.split('. To specify')
    throw new UsageError(reason.endsWith('.') ? reason : `${reason}.`)
  }
}

const readNumber = (name: string, value: string | undefined, fallback: number): number => {
  if (value === undefined) return fallback
  const number = Number(value)
  if (value.trim() === '' || Number.isNaN(number))
    throw new UsageError(`--${name} must be a number, got ${value || 'nothing'}.`)
  return number
}
