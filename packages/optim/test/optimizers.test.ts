// Every optimizer against PyTorch's own run: losses, parameters, groups and state after ten steps.
import '@tt/backend-cpu'
import { describe, expect, test } from '@jest/globals'
import { zeros } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import * as optim from '@tt/optim'
import { problems, readFixture, tensorOf, valuesOf } from './golden.ts'
import type { Named, Recorded } from './golden.ts'

interface Run {
  optimizer: string
  kwargs: Record<string, number>
  problem: string
  dtype: string
  data: Record<string, Recorded>
  init: Record<string, Recorded>
  losses: number[]
  trajectory: Record<string, Recorded>[]
  tolerance: { atol: number; rtol: number }
  param_groups: Record<string, unknown>[]
  state: Record<string, Record<string, Recorded | number | null>>
  groups?: string
}

const named = (recorded: Record<string, Recorded>): Named =>
  Object.fromEntries(Object.entries(recorded).map(([key, value]) => [key, tensorOf(value)]))

type Constructor = new (params: unknown, options: object) => optim.Optimizer

const runs = readFixture<Run[]>('optimizers')

describe.each(
  runs.map(
    (run) =>
      [
        `${run.optimizer} ${JSON.stringify(run.kwargs)} ${run.problem}${run.groups ? ' groups' : ''}`,
        run,
      ] as const,
  ),
)('%s', (_title, run) => {
  test('follows PyTorch', () => {
    const {
      tolerance: { atol, rtol },
    } = run
    const expectNear = (what: string, actual: ArrayLike<number>, expected: ArrayLike<number>) => {
      expect([what, actual.length]).toEqual([what, expected.length])
      for (let i = 0; i < expected.length; i++) {
        if (!(Math.abs(actual[i] - expected[i]) <= atol + rtol * Math.abs(expected[i]))) {
          throw new Error(`${what}: element ${i} is ${actual[i]}, should be ${expected[i]}`)
        }
      }
    }
    const [data, params] = [named(run.data), named(run.init)]
    const list = Object.values(params).map((parameter) => parameter.requiresGrad_())
    const Class = (optim as unknown as Record<string, Constructor>)[run.optimizer]
    const groups = [
      { params: list.slice(0, 1), lr: run.param_groups[0].lr, weightDecay: run.param_groups[0].weight_decay },
      { params: [...list.slice(1), zeros([3], { requiresGrad: true })] },
    ]
    const optimizer = new Class(run.groups ? groups : list, run.kwargs)
    run.losses.forEach((expected, i) => {
      optimizer.zeroGrad()
      const loss = problems[run.problem](params, data)
      loss.backward()
      expectNear(`loss ${i}`, [loss.item()], [expected])
      optimizer.step()
      const recorded = i === 0 ? run.trajectory[0] : i === run.losses.length - 1 ? run.trajectory[1] : {}
      for (const key of Object.keys(recorded)) {
        expectNear(
          `${key} after step ${i}`,
          params[key].toTypedArray() as Float64Array,
          valuesOf(recorded[key]),
        )
      }
    })

    const { state, param_groups: written } = optimizer.stateDict()
    const known = (group: Record<string, unknown>) =>
      Object.fromEntries(
        Object.entries(group).filter(
          ([key]) => !['foreach', 'capturable', 'fused', 'differentiable'].includes(key),
        ),
      )
    expect(written).toEqual(run.param_groups.map(known))
    for (const [number, values] of Object.entries(run.state)) {
      for (const [key, value] of Object.entries(values)) {
        const actual = state[number]?.[key]
        if (value === null) expect(actual ?? null).toBe(null)
        else if (typeof value === 'number') expect((actual as Tensor).item()).toBe(value)
        else
          expectNear(
            `state ${number}.${key}`,
            (actual as Tensor).toTypedArray() as Float64Array,
            valuesOf(value),
          )
      }
    }
  })
})
