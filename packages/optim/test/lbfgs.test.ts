// LBFGS against PyTorch's own run.
import '@tt/backend-cpu'
import { expect, test } from '@jest/globals'
import { tensor, zeros } from '@tt/autograd'
import { LBFGS } from '@tt/optim'
import { problems, readFixture, tensorOf, valuesOf } from './golden.ts'
import type { Named, Recorded } from './golden.ts'

interface Run {
  kwargs: object
  problem: string
  data: Record<string, Recorded>
  init: Record<string, Recorded>
  losses: number[]
  closure_evaluations: number[]
  final: Record<string, Recorded>
  tolerance: { atol: number; rtol: number }
}

const named = (recorded: Record<string, Recorded>): Named =>
  Object.fromEntries(Object.entries(recorded).map(([key, value]) => [key, tensorOf(value)]))

const runs = readFixture<Run[]>('lbfgs')

test.each(runs.map((run) => [`${JSON.stringify(run.kwargs)} ${run.problem}`, run] as const))(
  '%s',
  (_title, run) => {
    const [data, params] = [named(run.data), named(run.init)]
    const list = Object.values(params).map((parameter) => parameter.requiresGrad_())
    const optimizer = new LBFGS(list, run.kwargs)
    const { atol, rtol } = run.tolerance
    run.losses.forEach((expected, i) => {
      let evaluations = 0
      const loss = optimizer.step(() => {
        evaluations++
        optimizer.zeroGrad()
        const value = problems[run.problem](params, data)
        value.backward()
        return value
      })
      expect(Math.abs(loss.item() - expected)).toBeLessThanOrEqual(atol + rtol * Math.abs(expected))
      expect([i, evaluations]).toEqual([i, run.closure_evaluations[i]])
    })
    for (const [key, recorded] of Object.entries(run.final)) {
      const [actual, expected] = [params[key].toTypedArray() as Float64Array, valuesOf(recorded)]
      expected.forEach((value, i) =>
        expect(Math.abs(actual[i] - value)).toBeLessThanOrEqual(atol + rtol * Math.abs(value)),
      )
    }
  },
)

test('bad arguments are refused', () => {
  const p = tensor([1], { requiresGrad: true })
  expect(() => new LBFGS([p]).step()).toThrow('LBFGS: step needs a closure that computes the loss, got none.')
  expect(() => new LBFGS([{ params: p }, { params: zeros([1]) }])).toThrow(
    'LBFGS: there must be one group of parameters, got 2.',
  )
  expect(() => new LBFGS([p], { lineSearchFn: 'armijo' as never })).toThrow(
    "LBFGS: lineSearchFn must be 'strong_wolfe' or null, got 'armijo'.",
  )
})
