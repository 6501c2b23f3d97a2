// Learning rate schedulers against PyTorch's numbers.
import '@tt/backend-cpu'
import { describe, expect, jest, test } from '@jest/globals'
import { tensor } from '@tt/autograd'
import { Adam, SGD, lrScheduler } from '@tt/optim'
import { readFixture } from './golden.ts'

interface Case {
  scheduler: string
  kwargs?: Record<string, unknown>
  parts?: [string, Record<string, unknown>][]
  milestones?: number[]
  lrs: number[][]
  momentum?: number[][]
  metrics?: number[]
}

/** Arguments that come before the options. */
const positional: Record<string, string[]> = {
  StepLR: ['stepSize'],
  MultiStepLR: ['milestones'],
  ExponentialLR: ['gamma'],
  CosineAnnealingLR: ['tMax'],
  CosineAnnealingWarmRestarts: ['t0'],
  LambdaLR: ['lrLambda'],
  MultiplicativeLR: ['lrLambda'],
  OneCycleLR: ['maxLr'],
  CyclicLR: ['baseLr', 'maxLr'],
}

/** The functions that the cases name by their Python source. */
const lambdas: Record<string, (epoch: number) => number> = {
  'lambda e: 1 / (1 + 0.1 * e)': (e) => 1 / (1 + 0.1 * e),
  'lambda e: 0.97': () => 0.97,
  'lambda e: 0.9 ** e': (e) => 0.9 ** e,
  'lambda e: 1 - e / 100': (e) => 1 - e / 100,
}
const decode = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(decode) : typeof value === 'string' ? (lambdas[value] ?? value) : value

const camelCase = (name: string) =>
  (name[0].toLowerCase() + name.slice(1)).replace(/_([a-zA-Z0-9])/g, (_, letter: string) =>
    letter.toUpperCase(),
  )

type AnyScheduler = lrScheduler.LRScheduler & { step(metric?: number): void }
type Constructor = new (optimizer: SGD, ...args: unknown[]) => AnyScheduler
const classes = lrScheduler as unknown as Record<string, Constructor>

function make(name: string, kwargs: Record<string, unknown>, optimizer: SGD): AnyScheduler {
  const options = Object.fromEntries(
    Object.entries(kwargs).map(([key, value]) => [camelCase(key), decode(value)]),
  )
  const args = (positional[name] ?? []).map((key) => {
    const value = options[key]
    delete options[key]
    return value
  })
  return new classes[name](optimizer, ...args, options)
}

function build({ scheduler, kwargs = {}, parts, milestones = [] }: Case, optimizer: SGD): AnyScheduler {
  if (parts === undefined) return make(scheduler, kwargs, optimizer)
  const schedulers = parts.map(([name, options]) => make(name, options, optimizer))
  if (scheduler === 'SequentialLR')
    return new lrScheduler.SequentialLR(optimizer, schedulers, milestones) as AnyScheduler
  return new lrScheduler.ChainedScheduler(schedulers) as unknown as AnyScheduler
}

const newOptimizer = () =>
  new SGD(
    [
      { params: [tensor([1])], lr: 0.1 },
      { params: [tensor([1])], lr: 0.02 },
    ],
    { lr: 0.1, momentum: 0.9 },
  )

const cases = readFixture<Case[]>('schedulers')

describe('schedulers', () => {
  test.each(
    cases.map(
      (item) => [`${item.scheduler} ${JSON.stringify(item.kwargs ?? item.milestones ?? '')}`, item] as const,
    ),
  )('%s', (_title, item) => {
    const optimizer = newOptimizer()
    const scheduler = build(item, optimizer)
    item.lrs.forEach((lrs, i) => {
      lrs.forEach((lr, k) => expect(optimizer.paramGroups[k].lr).toBeCloseTo(lr, 12))
      item.momentum?.[i].forEach((momentum, k) =>
        expect(optimizer.paramGroups[k].momentum).toBeCloseTo(momentum, 12),
      )
      optimizer.step()
      scheduler.step(item.metrics?.[i])
    })
  })

  test('state moves to another scheduler', () => {
    const [a, b] = [newOptimizer(), newOptimizer()]
    const [first, second] = [new lrScheduler.StepLR(a, 2, { gamma: 0.5 }), new lrScheduler.StepLR(b, 9)]
    for (let i = 0; i < 3; i++) {
      a.step()
      first.step()
    }
    second.loadStateDict(JSON.parse(JSON.stringify(first.stateDict())) as Record<string, unknown>)
    b.loadStateDict(a.stateDict())
    a.step()
    b.step()
    first.step()
    second.step()
    expect(second.getLastLr()).toEqual(first.getLastLr())
    expect(b.paramGroups[0].lr).toBe(a.paramGroups[0].lr)
  })

  test('warns if the optimizer made no step', () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {})
    new lrScheduler.StepLR(new Adam([tensor([1])]), 3).step()
    expect(warn).toHaveBeenCalledWith(
      'StepLR: optimizer.step() should be called before scheduler.step(): the first learning rate is skipped.',
    )
    warn.mockRestore()
  })

  test('refuses what is no optimizer, and options out of range', () => {
    expect(() => new lrScheduler.StepLR(null as never, 3)).toThrow(
      'StepLR: the optimizer must be one, got null.',
    )
    expect(() => new lrScheduler.CyclicLR({} as never, 0, 1)).toThrow(
      'CyclicLR: the optimizer must be one, got object.',
    )
    expect(() => new lrScheduler.CosineAnnealingWarmRestarts(newOptimizer(), 0)).toThrow(
      'CosineAnnealingWarmRestarts: t0 must be a positive integer, got 0.',
    )
    expect(() => new lrScheduler.OneCycleLR(new Adam([tensor([1])]), 0.1)).toThrow(
      'OneCycleLR: totalSteps, or epochs and stepsPerEpoch, must be positive integers, got null, null and null.',
    )
  })
})
