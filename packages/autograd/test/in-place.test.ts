// In-place changes, views and the versions of saved tensors; the numbers come from PyTorch 1.13.
import { describe, expect, test } from '@jest/globals'
import { arange, grad, noGrad, ones, tensor, zeros } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import './setup.ts'

type Data = number | number[] | number[][]
const leaf = (data: Data): Tensor => tensor(data, { requiresGrad: true })
const weighted = (x: Tensor, weights: Data): Tensor => x.mul(tensor(weights)).sum()

describe('gradients through in-place ops and views', () => {
  test('the tutorial', () => {
    const x = arange(6).to('float32').requiresGrad_()
    const y = x.mul(1)
    const v = y.view([2, 3])
    v.select(0, 0).mul_(10)
    v.t().select(0, 2).fill_(0)
    weighted(y, [0, 1, 2, 3, 4, 5]).backward()
    expect(y.tolist()).toEqual([0, 10, 0, 3, 4, 0])
    expect(x.grad!.tolist()).toEqual([0, 10, 0, 3, 4, 0])
    expect([v.base === y, y.version, v.version, y.gradFn!.name]).toEqual([true, 2, 2, 'CopySlices'])
  })

  test('the base changes after a view was taken', () => {
    const x = leaf([1, 2, 3, 4])
    const y = x.mul(1)
    const v = y.slice(0, 1, 3)
    expect(v.gradFn!.name).toBe('SliceBackward0')
    y.mul_(tensor([2, 3, 4, 5]))
    v.mul(v).sum().backward()
    expect(x.grad!.tolist()).toEqual([0, 36, 96, 0])
    expect(v.gradFn!.name).toBe('AsStridedBackward0')
  })

  test('a view of a view changes', () => {
    const x = leaf([
      [1, 2],
      [3, 4],
    ])
    const y = x.mul(1)
    const v = y.t()
    const w = v.select(0, 0)
    w.mul_(tensor([10, 100]))
    y.sum().backward()
    expect(x.grad!.tolist()).toEqual([
      [10, 1],
      [100, 1],
    ])
    expect([y, v, w].map((t) => t.gradFn!.name)).toEqual([
      'CopySlices',
      'AsStridedBackward0',
      'AsStridedBackward0',
    ])
    expect(w.base).toBe(y)
  })

  test('a buffer without gradients gets them', () => {
    const x = leaf([1, 2, 3])
    const buffer = zeros([2, 3])
    const early = buffer.select(0, 1)
    buffer.select(0, 0).copy_(x.mul(2))
    buffer.select(0, 1).copy_(x.mul(x))
    expect([buffer.requiresGrad, early.requiresGrad, early.isLeaf, early.gradFn!.name]).toEqual([
      true,
      true,
      false,
      'AsStridedBackward0',
    ])
    weighted(buffer, [
      [1, 2, 3],
      [4, 5, 6],
    ]).backward()
    expect(x.grad!.tolist()).toEqual([10, 24, 42])
  })

  test('siblings that overlap', () => {
    const x = leaf([1, 2, 3])
    const y = x.mul(1)
    const [a, c] = [y.slice(0, 0, 2), y.slice(0, 1, 3)]
    a.mul_(3)
    c.mul_(5)
    a.sum().backward()
    expect([a.tolist(), c.tolist(), x.grad!.tolist()]).toEqual([
      [3, 30],
      [30, 15],
      [3, 15, 0],
    ])
  })

  test('an op that needs what it overwrites keeps a copy', () => {
    const x = leaf([1, 2])
    const factor = leaf([3, 4])
    const y = x.mul(1)
    y.mul_(factor)
    y.sin_()
    y.sum().backward()
    const [first, second] = factor.grad!.tolist() as number[]
    expect(first).toBeCloseTo(Math.cos(3), 5)
    expect(second).toBeCloseTo(2 * Math.cos(8), 5)
  })

  test('an op that uses its result', () => {
    const x = leaf([-1, 2])
    x.mul(1).relu_().sum().backward()
    expect(x.grad!.tolist()).toEqual([0, 1])
  })

  test('gradients of gradients', () => {
    const x = leaf([1, 2])
    const y = x.mul(x)
    y.select(0, 0).mul_(y.select(0, 1).detach().clone())
    const [g] = grad(y.mul(y).sum(), x, { createGraph: true })
    expect(g.tolist()).toEqual([64, 32])
    expect(grad(g.sum(), x)[0].tolist()).toEqual([192, 48])
  })

  test('zero_ of a view, maskedFill_', () => {
    const x = leaf([1, 2, 3])
    const y = x.mul(2)
    y.slice(0, 1).zero_()
    y.maskedFill_(tensor([true, false, false]), 7)
    y.mul(y).sum().backward()
    expect([y.tolist(), x.grad!.tolist()]).toEqual([
      [7, 0, 0],
      [0, 0, 0],
    ])
  })

  test('views whose elements overlap, renewed', () => {
    const x = leaf([1, 2])
    const y = x.mul(1)
    const e = y.expand([2, 2])
    y.mul_(2)
    e.sum().backward()
    expect(x.grad!.tolist()).toEqual([4, 4])
    const x2 = leaf([1, 2, 3, 4])
    const y2 = x2.mul(1)
    const u = y2.unfold(0, 2, 1)
    y2.mul_(2)
    weighted(u, [
      [1, 2],
      [3, 4],
      [5, 6],
    ]).backward()
    expect(x2.grad!.tolist()).toEqual([2, 10, 18, 12])
  })

  test('broadcast and cast operands', () => {
    const x = leaf([1, 2])
    const w = tensor(2, { dtype: 'float64', requiresGrad: true })
    const y = x.mul(1)
    y.mul_(w)
    y.sum().backward()
    expect([x.grad!.tolist(), w.grad!.item(), w.grad!.dtype]).toEqual([[2, 2], 3, 'float64'])
  })

  test('self as operand', () => {
    const x = leaf([1])
    const y = x.mul(1)
    y.add_(1)
    y.add_(y)
    y.backward()
    expect([y.item(), x.grad!.item(), y.version]).toEqual([4, 2, 2])
  })

  test('writing a diagonal', () => {
    const x = leaf([1, 2])
    const m = zeros([2, 2])
    m.diagonal().copy_(x)
    m.matmul(m).sum().backward()
    expect([m.tolist(), x.grad!.tolist()]).toEqual([
      [
        [1, 0],
        [0, 2],
      ],
      [2, 4],
    ])
  })

  test('hooks stay with the value that they were put on', () => {
    const x = leaf(1)
    const y = x.mul(1)
    const log: (string | number)[] = []
    y.registerHook((g) => {
      log.push('old', g.item())
    })
    y.mul_(5)
    y.registerHook((g) => {
      log.push('new', g.item())
    })
    y.backward()
    expect(log).toEqual(['new', 1, 'old', 5])
  })

  test('training by hand under noGrad', () => {
    const w = leaf([1, 2])
    for (let step = 0; step < 2; step++) {
      w.mul(w).sum().backward()
      noGrad(() => {
        w.sub_(w.grad!.mul(0.25))
        w.grad!.zero_()
      })
    }
    expect(w.tolist()).toEqual([0.25, 0.5])
    expect(w.isLeaf).toBe(true)
  })
})

describe('versions of saved tensors', () => {
  test('a changed tensor is refused, with both ops', () => {
    const x = leaf([1, 2, 3])
    const y = x.exp()
    const z = y.sum()
    y.mul_(2)
    expect(() => z.backward()).toThrow(
      'backward: a tensor that is needed for the gradient must not be changed in place, got a tensor of ' +
        'shape [3], saved by ExpBackward0, changed by mul_: it is at version 1, expected version 0. Clone it before the change, or use the out-of-place op.',
    )
  })

  test('a change of a view is a change of the base', () => {
    const x = leaf([1, 2, 3])
    const y = x.mul(1)
    const z = y.mul(y).sum()
    y.select(0, 0).add_(1)
    expect(() => z.backward()).toThrow('saved by MulBackward0, changed by add_')
  })

  test('what no gradient uses may change', () => {
    const x = leaf([1, 2, 3])
    const y = x.mul(1)
    const z = y.add(y).sum()
    y.mul_(2)
    z.backward()
    expect(x.grad!.tolist()).toEqual([2, 2, 2])
    const a = leaf([1, 2])
    const b = ones([2])
    const c = a.matmul(b) // b is saved for a; a is not, since b needs no gradient
    noGrad(() => a.mul_(5))
    c.backward()
    expect(a.grad!.tolist()).toEqual([1, 1])
  })

  test('data shares memory unseen, detach is seen', () => {
    const x = leaf([1, 2])
    const y = x.mul(1)
    const z = y.mul(y).sum()
    y.data.mul_(10)
    z.backward()
    expect(x.grad!.tolist()).toEqual([20, 40])
    const u = x.mul(1)
    const w = u.mul(u).sum()
    u.detach().mul_(10)
    expect(() => w.backward()).toThrow('changed by mul_')
  })
})

describe('what may not be changed in place', () => {
  test('leaves and their views', () => {
    const x = leaf([1, 2])
    expect(() => x.mul_(2)).toThrow(
      'mul_: a leaf Variable that requires grad is being used in an in-place operation',
    )
    expect(() => x.select(0, 0).mul_(2)).toThrow(
      'mul_: a view of a leaf Variable that requires grad is being used in an in-place operation',
    )
    expect(() => x.zero_()).toThrow('fill_: a leaf Variable that requires grad')
    expect([x.tolist(), x.version]).toEqual([[1, 2], 0])
    noGrad(() => x.mul_(2))
    expect(x.tolist()).toEqual([2, 4])
  })

  test('outputs of functions with several views', () => {
    const y = leaf([1, 2, 3]).mul(1)
    const message =
      'is a view and it is being changed in place, got a view that is one of several outputs of a function'
    expect(() => y.unbind()[0].mul_(2)).toThrow(`mul_: output 0 of UnbindBackward0 ${message}`)
    expect(() => y.split(1)[1].mul_(2)).toThrow(`mul_: output 1 of SplitBackward0 ${message}`)
    expect(() => y.chunk(2)[0].mul_(2)).toThrow(`mul_: output 0 of SplitBackward0 ${message}`)
    const [part] = y.unbind()
    y.mul_(2)
    expect(() => part.mul(2)).toThrow(
      'gradFn: output 0 of UnbindBackward0 is a view and its base, or another view of it, was changed in place',
    )
  })

  test('views made under noGrad', () => {
    const x = leaf([1, 2, 3])
    const v = noGrad(() => x.select(0, 0))
    expect([v.requiresGrad, v.isLeaf, v.gradFn]).toEqual([true, true, null])
    expect(() => v.mul_(2)).toThrow(
      'mul_: a view that was made under noGrad must not be used once it is being changed in place with grad mode on',
    )
    const y = x.mul(1)
    const w = noGrad(() => y.slice(0, 0, 2))
    y.mul_(2)
    expect(() => w.gradFn).toThrow(
      'gradFn: a view that was made under noGrad must not be used once its base, or another view of it, was changed in place',
    )
  })
})
