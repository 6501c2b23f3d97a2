// Every op that takes out in PyTorch takes it: the calls of its docstring's example, repeated with out, give the same there.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import '@tt/backend-cpu'
import { emptyLike, equal, manualSeed } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { allOps } from '../tools/ops-table/registry.ts'
import { outputsOf, runExample, withOptions } from '../tools/ops-table/trial.ts'
import { opsWithOut } from './out-ops.ts'

const ops = new Map(allOps().flatMap((op) => [op.name, ...op.aliases].map((name) => [name, op] as const)))
let warn: jest.SpiedFunction<typeof console.warn>
beforeAll(() => {
  warn = jest.spyOn(console, 'warn').mockImplementation(() => {})
})
afterAll(() => warn.mockRestore())

/** Equal, NaN to NaN. */
const same = (a: Tensor, b: Tensor): boolean =>
  a.dtype === b.dtype &&
  (equal(a, b) || (a.isFloatingPoint() && a.allclose(b, { rtol: 0, atol: 0, equalNan: true })))

describe('out', () => {
  test('there are all of these ops', () => {
    expect(opsWithOut.length).toBeGreaterThan(300)
    expect(opsWithOut.filter((name) => !ops.has(name))).toEqual([])
  })

  test.each(opsWithOut)('%s', async (name) => {
    const op = ops.get(name)!
    let calls = 0
    await runExample(op, { dtype: 'float32', bigints: false, gradients: null }, (run, args) => {
      manualSeed(1)
      const result = run(...args)
      const results = outputsOf(result)
      if (results.length === 0) return result // a number, say
      const outs = results.map((one) => emptyLike(one).resize_([0]))
      manualSeed(1)
      const again = withOptions(op.fn, { out: outs.length === 1 ? outs[0] : outs })(...args)
      expect(outputsOf(again)).toHaveLength(outs.length)
      outputsOf(again).forEach((one, i) => {
        expect(one).toBe(outs[i])
        expect([one.shape, one.dtype]).toEqual([results[i].shape, results[i].dtype])
        expect(same(one, results[i])).toBe(true)
      })
      calls++
      return result
    })
    expect(calls).toBeGreaterThan(0)
  })
})
