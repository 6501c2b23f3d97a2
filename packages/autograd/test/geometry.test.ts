// Views in place under autograd: graphs, gradients and errors as in PyTorch 1.13.
import { describe, expect, test } from '@jest/globals'
import { AutogradError, arange, tensor, zeros } from '@tt/autograd'
import './setup.ts'

const leaf = () =>
  tensor(
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    { requiresGrad: true },
  )

describe('views in place', () => {
  test('a new node is recorded', () => {
    const x = leaf()
    const y = x.mul(2)
    const row = y.select(0, 0)
    y.t_()
    y.mul(arange(6).reshape([3, 2]))
      .sum()
      .backward()
    expect([y.shape, row.shape, y.version]).toEqual([[3, 2], [3], 1])
    expect(x.grad!.tolist()).toEqual([
      [0, 4, 8],
      [2, 6, 10],
    ])
  })

  test('on a view only the view changes', () => {
    const x = leaf()
    const y = x.mul(1)
    const v = y.narrow(1, 0, 2)
    const before = y.gradFn
    v.transpose_(0, 1).unsqueeze_(0)
    expect(y.gradFn).toBe(before)
    v.mul(arange(4).reshape([2, 2]))
      .sum()
      .backward()
    expect(x.grad!.tolist()).toEqual([
      [0, 2, 0],
      [1, 3, 0],
    ])
  })

  test('then a change of the elements reaches the base', () => {
    const x = leaf()
    const y = x.mul(1)
    const v = y.select(0, 0)
    v.unsqueeze_(0).asStrided_([2], [1])
    v.mul_(10)
    y.sum().backward()
    expect(y.tolist()).toEqual([
      [10, 20, 3],
      [4, 5, 6],
    ])
    expect(x.grad!.tolist()).toEqual([
      [10, 10, 1],
      [1, 1, 1],
    ])
  })

  test('channels last', () => {
    const x = zeros([1, 2, 2, 2], { requiresGrad: true })
    const y = x.contiguous({ memoryFormat: 'channels_last' })
    y.mul(arange(8).reshape([1, 2, 2, 2]))
      .sum()
      .backward()
    expect(x.grad!.flatten().tolist()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  test('leaves that require grad, and resizing', () => {
    expect(() => leaf().t_()).toThrow(AutogradError)
    expect(() => leaf().select(0, 0).unsqueeze_(0)).toThrow(AutogradError)
    expect(() => leaf().mul(1).resize_([2])).toThrow(AutogradError)
    expect(leaf().detach().resize_([1]).tolist()).toEqual([1])
  })
})
