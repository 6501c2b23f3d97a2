// Fused in-place updates: every new value is computed from the old ones, all are stored, versions count.
import '@tt/backend-cpu'
import { describe, expect, test } from '@jest/globals'
import { inPlaceMap, ones, tensor, zeros } from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'
import { registerBackend } from '@tt/tensor'

registerBackend(createReferenceBackend())

const swapSum = inPlaceMap('swapSum', ['a', 'b'], ['scale'], ({ a, b }, { scale }) => ({
  a: b.mul(scale),
  b: a.add(b),
}))

describe.each(['cpu', 'reference'])('on %s', (device) => {
  test.each(['float32', 'float64', 'float16'] as const)('computes from the old values, in %s', (dtype) => {
    const [a, b] = [tensor([1, 2, 3], { dtype, device }), tensor([10, 20, 30], { dtype, device })]
    swapSum({ a, b }, { scale: 2 })
    expect([a.tolist(), b.tolist()]).toEqual([
      [20, 40, 60],
      [11, 22, 33],
    ])
    expect([a.version, b.version]).toEqual([1, 1])
    swapSum({ a, b }, { scale: 0.5 })
    expect(a.tolist()).toEqual([5.5, 11, 16.5])
  })

  test('views of any layout, and odd lengths', () => {
    const base = tensor(
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      { device },
    )
    const b = ones([2, 3], { device })
    swapSum({ a: base.t(), b }, { scale: 7 })
    expect(base.tolist()).toEqual([
      [7, 7],
      [7, 7],
      [7, 7],
    ])
    expect(b.tolist()).toEqual([
      [2, 4, 6],
      [3, 5, 7],
    ])
    const [x, y] = [ones([1003], { device }), ones([1003], { device })]
    swapSum({ a: x, b: y }, { scale: 3 })
    expect([x.sum().item(), y.sum().item()]).toEqual([3009, 2006])
  })
})

test('what does not fit is refused before anything is written', () => {
  const a = zeros([2])
  expect(() => swapSum({ a, b: zeros([3]) }, { scale: 1 })).toThrow(
    'swapSum: b must have the shape of a, got [3] and [2].',
  )
  expect(() => swapSum({ a, b: zeros([2], { dtype: 'int64' }) }, { scale: 1 })).toThrow(
    'swapSum: b must be floating-point, or all tensors complex, got int64.',
  )
  expect(() => swapSum({ a, b: zeros([1]).expand([2]) }, { scale: 1 })).toThrow(
    'swapSum: each element of a tensor that is written must have memory of its own, got an expanded tensor. Clone it first.',
  )
  expect(a.version).toBe(0)
})
