// The first steps follow PyTorch's own run from the same seed, and draw their plots.
import { describe, expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import type { Tensor } from '@tt/autograd'
import * as linear from '../src/linear-regression.ts'
import * as logistic from '../src/logistic-regression.ts'
import * as optimizers from '../src/optimizers.ts'

interface Tolerance {
  atol: number
  rtol: number
}
interface Run {
  results: Record<string, number | number[] | Record<string, number[]>>
  tolerance: Tolerance
  tolerances: Record<string, Tolerance>
}

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'))
/** Programs of ../shared/programs, results as numbers; and the other optimizers from the same start, by PyTorch 1.13. */
const runs: Record<string, Run> = read('pytorch')
const otherOptimizers: Record<string, number[]> = read('optimizers')

/** Every number within PyTorch's own tolerance for that result. */
function expectFollows(
  run: Run,
  name: string,
  actual: readonly number[],
  expected = run.results[name],
): void {
  const { atol, rtol } = run.tolerances[name] ?? run.tolerance
  const wanted = [expected].flat() as number[]
  expect(actual).toHaveLength(wanted.length)
  const far = wanted.findIndex((value, i) => !(Math.abs(actual[i] - value) <= atol + rtol * Math.abs(value)))
  expect({ name, at: far, got: actual[far], instead: wanted[far] }).toEqual({
    name,
    at: -1,
    got: undefined,
    instead: undefined,
  })
}
const numbers = (tensor: Tensor): number[] => tensor.flatten().tolist() as number[]

describe('linear regression', () => {
  test('by hand', () => {
    const { x, y, losses, slopes, offsets } = linear.fitByHand()
    expect(losses.length - 1).toBe(runs.linearByHand.results.iterations)
    expectFollows(runs.linearByHand, 'x', numbers(x))
    expectFollows(runs.linearByHand, 'y', numbers(y))
    expectFollows(runs.linearByHand, 'losses', losses)
    expectFollows(runs.linearByHand, 'w', slopes)
    expectFollows(runs.linearByHand, 'b', offsets)
  })

  test('with a module and SGD', () => {
    const { losses, weight, bias } = linear.fitWithModule()
    expectFollows(runs.linearModule, 'losses', losses)
    expectFollows(runs.linearModule, 'weight', numbers(weight))
    expectFollows(runs.linearModule, 'bias', numbers(bias))
  })

  test('plot', () => expectChart(linear.plot(), ['points', 'by hand', 'Linear and SGD']))
})

describe('logistic regression', () => {
  test.each([
    ['logistic', true],
    ['logisticNoZeroGrad', false],
  ] as const)('%s', (name, zeroGrad) => {
    const run = runs[name]
    const { x, y, model, losses, accuracies } = logistic.fit({ zeroGrad })
    expect(losses.length - 1).toBe(run.results.iterations)
    expectFollows(run, 'train_x', numbers(x))
    expectFollows(run, 'train_y', numbers(y))
    expectFollows(run, 'losses', losses)
    expectFollows(run, 'accs', accuracies)
    const final = run.results.final as Record<string, number[]>
    expectFollows(run, 'final', numbers(model.features.weight), final['features.weight'])
    expectFollows(run, 'final', numbers(model.features.bias!), final['features.bias'])
  })

  test('plot', () =>
    expectChart(logistic.plot(logistic.fit()), ['class 0', 'class 1', 'probability one half']))
})

describe('four optimizers', () => {
  const { y, losses } = optimizers.compare()

  test('SGD follows the tutorial', () => {
    expectFollows(runs.optimizers, 'y', numbers(y))
    expectFollows(runs.optimizers, 'losses', losses.SGD)
  })

  test.each(Object.keys(otherOptimizers))('%s follows PyTorch', (name) => {
    expectFollows(runs.optimizers, 'losses', losses[name], otherOptimizers[name])
  })

  test('plot', () => expectChart(optimizers.plot(losses), ['SGD', 'Momentum', 'RMSprop', 'Adam']))
})

function expectChart(svg: string, names: string[]): void {
  expect(svg).toMatch(/^<svg [^]*<\/svg>\n$/)
  expect(svg).not.toContain('NaN')
  for (const name of names) expect(svg).toContain(`>${name}</text>`)
}
