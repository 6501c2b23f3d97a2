// Initialisation against PyTorch, number for number.
import '@tt/backend-cpu'
import { describe, expect, test } from '@jest/globals'
import { empty, manualSeed, zeros } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import { init } from '@tt/nn'
import { expectClose, readFixture } from './golden.ts'
import type { Recorded } from './golden.ts'

interface InitCase {
  name: string
  args: unknown[]
  options: Record<string, unknown>
  shape: number[]
  seed: number
  result: Recorded
}

const cases = readFixture<(InitCase & { result: never })[]>('init')
const functions = init as unknown as Record<string, (tensor: Tensor, ...rest: unknown[]) => Tensor>

describe('init', () => {
  const filled = cases.filter(({ shape }) => shape !== undefined)
  test.each(
    filled.map(
      (item) =>
        [
          `${item.name} ${JSON.stringify(item.options)} [${item.shape.join()}] seed ${item.seed}`,
          item,
        ] as const,
    ),
  )('%s', (_title, { name, shape, seed, args, options, result }) => {
    manualSeed(seed)
    const tensor = empty(shape)
    expect(functions[name](tensor, ...args, options)).toBe(tensor)
    expectClose(name, tensor, result, { atol: 3e-6, rtol: 2e-6 })
  })

  test('calculateGain', () => {
    for (const { args, result } of cases.filter(({ shape }) => shape === undefined)) {
      const [nonlinearity, param] = args as [init.Nonlinearity, number | null]
      expect(init.calculateGain(nonlinearity, { param })).toBeCloseTo(result, 12)
    }
    expect(() => init.calculateGain('cube' as never)).toThrow(
      "calculateGain: the nonlinearity must be one that is known, got 'cube'.",
    )
  })

  test('refuses tensors of the wrong shape', () => {
    expect(() => init.xavierUniform_(zeros([3]))).toThrow(
      'init: fan in and fan out need a tensor of at least 2 dims, got [3].',
    )
    expect(() => init.eye_(zeros([3]))).toThrow('eye_: the tensor must have 2 dims, got [3].')
    expect(() => init.kaimingUniform_(zeros([2, 2]), { mode: 'fan' as never })).toThrow(
      "init: mode must be 'fan_in' or 'fan_out', got 'fan'.",
    )
  })
})
