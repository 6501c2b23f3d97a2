// Gradients at kinks, ties, bounds and infinities: PyTorch's conventions; the numbers come from PyTorch 1.13.
import { describe, expect, test } from '@jest/globals'
import { maximum, tensor, where } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import './setup.ts'

const gradientOf = (fn: (x: Tensor) => Tensor, data: readonly number[]): number[] => {
  const x = tensor([...data], { requiresGrad: true })
  fn(x).sum().backward()
  return x.grad!.tolist() as number[]
}

describe('conventions', () => {
  test.each<[string, (x: Tensor) => Tensor, number[], number[]]>([
    ['abs', (x) => x.abs(), [0, -1], [0, -1]],
    ['sign', (x) => x.sign(), [0, 2], [0, 0]],
    ['round', (x) => x.round(), [1.5], [0]],
    ['frac', (x) => x.frac(), [1.5], [1]],
    ['relu', (x) => x.relu(), [0, NaN], [0, 1]],
    ['relu_', (x) => x.mul(1).relu_(), [0, 2], [0, 1]],
    ['relu6', (x) => x.relu6(), [0, 6, 3], [0, 0, 1]],
    ['hardtanh', (x) => x.hardtanh(), [-1, 1, 0], [0, 0, 1]],
    ['leakyRelu', (x) => x.leakyRelu({ negativeSlope: 0.5 }), [0, -1], [0.5, 0.5]],
    ['elu', (x) => x.elu(), [0, -1], [1, 0.367879]],
    ['clamp', (x) => x.clamp(-1, 1), [-1, 1, 2], [1, 1, 0]],
    ['hardswish', (x) => x.hardswish(), [-3, 3, 0], [-0.5, 1.5, 0.5]],
    ['hardsigmoid', (x) => x.hardsigmoid(), [-3, 3, 0], [0, 0, 0.166667]],
    ['softshrink', (x) => x.softshrink(), [0.5, -0.5, 1], [0, 0, 1]],
    ['pow 0', (x) => x.pow(0), [0, 2], [0, 0]],
    ['pow 2', (x) => x.pow(2), [0, 2], [0, 4]],
    ['pow 0.5', (x) => x.pow(0.5), [0, 4], [Infinity, 0.25]],
    ['sqrt', (x) => x.sqrt(), [0, 4], [Infinity, 0.25]],
    ['max', (x) => x.max(), [1, 1, 0], [0.5, 0.5, 0]],
    ['amax', (x) => x.amax(0), [1, 1, 0], [0.5, 0.5, 0]],
    ['max along a dim', (x) => x.max(0).values, [1, 1, 0], [1, 0, 0]],
    ['maximum', (x) => maximum(x, tensor([1, 1])), [1, 2], [0.5, 1]],
    ['median', (x) => x.median(), [1, 2, 2], [0, 0.5, 0.5]],
    ['prod with a zero', (x) => x.prod(), [0, 2, 3], [6, 0, 0]],
    ['prod with zeros', (x) => x.prod(), [0, 0, 3], [0, 0, 0]],
    ['cumprod with a zero', (x) => x.cumprod(0), [2, 0, 3], [1, 8, 0]],
    ['norm of zeros', (x) => x.norm(), [0, 0], [0, 0]],
    ['std of equal numbers', (x) => x.std(), [1, 1], [0, 0]],
    ['logsigmoid', (x) => x.logsigmoid(), [-100, 0, 100], [1, 0.5, 0]],
    ['softplus', (x) => x.softplus(), [-100, 0, 100], [0, 0.5, 1]],
    ['mish', (x) => x.mish(), [-100, 0, 100], [0, 0.6, 1]],
    ['silu', (x) => x.silu(), [-100, 0, 100], [0, 0.5, 1]],
    ['where: nothing leaks from the branch not taken', (x) => where(x.gt(0), x.log(), x), [1, -1], [1, 1]],
  ])('%s', (_name, fn, data, expected) => {
    const found = gradientOf(fn, data)
    expect(found.length).toBe(expected.length)
    expected.forEach((value, i) =>
      Number.isFinite(value) ? expect(found[i]).toBeCloseTo(value, 5) : expect(found[i]).toBe(value),
    )
  })

  test('pow at 0', () => {
    const a = tensor([0, 0, 2], { requiresGrad: true })
    const b = tensor([0, -1, 3], { requiresGrad: true })
    a.pow(b).sum().backward()
    expect(a.grad!.tolist()).toEqual([0, -Infinity, 12])
    expect((b.grad!.tolist() as number[]).slice(0, 2)).toEqual([0, -Infinity])
  })
})
