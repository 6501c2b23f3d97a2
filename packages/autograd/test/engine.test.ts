// The graph and the engine: order, accumulation, freeing, hooks, leaves.
import { describe, expect, test } from '@jest/globals'
import {
  backward,
  enableGrad,
  grad,
  isGradEnabled,
  noGrad,
  ones,
  setGradEnabled,
  tensor,
  zeros,
} from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import './setup.ts'

const leaf = (data: number | number[] | number[][]): Tensor => tensor(data, { requiresGrad: true })

describe('graph', () => {
  test('nodes have the names of PyTorch and know the next ones', () => {
    const x = leaf([1, 2])
    const y = x.mul(3).sum()
    expect(y.gradFn!.name).toBe('SumBackward0')
    const [[mul, output]] = y.gradFn!.nextFunctions
    expect([mul!.name, output]).toEqual(['MulBackward0', 0])
    expect(mul!.nextFunctions.map(([node]) => node?.name)).toEqual(['AccumulateGrad'])
    expect(x.gradFn).toBeNull()
    expect([x.isLeaf, y.isLeaf, x.requiresGrad, y.requiresGrad, x.detach().requiresGrad]).toEqual([
      true,
      false,
      true,
      true,
      false,
    ])
  })

  test.each<[string, (x: Tensor) => Tensor]>([
    ['AddBackward0', (x) => x.add(1)],
    ['PowBackward0', (x) => x.pow(3)],
    ['PowBackward1', (x) => x.pow(x)],
    ['SumBackward1', (x) => x.sum(0)],
    ['MeanBackward0', (x) => x.mean()],
    ['MeanBackward1', (x) => x.mean(0)],
    ['MaxBackward0', (x) => x.max(0).values],
    ['MaxBackward1', (x) => x.max()],
    ['ProdBackward0', (x) => x.prod()],
    ['ReluBackward0', (x) => x.relu()],
    ['LeakyReluBackward0', (x) => x.leakyRelu()],
    ['TBackward0', (x) => x.t()],
    ['MmBackward0', (x) => x.mm(x)],
    ['SoftmaxBackward0', (x) => x.softmax(0)],
    ['ClampBackward1', (x) => x.clamp(0, 1)],
    ['SelectBackward0', (x) => x.select(0, 0)],
    ['UnbindBackward0', (x) => x.unbind()[0]],
    ['ViewBackward0', (x) => x.view([4])],
    ['MaskedFillBackward0', (x) => x.maskedFill(x.gt(1), 0)],
    ['LogSoftmaxBackward0', (x) => x.logSoftmax(0)],
    ['CloneBackward0', (x) => x.clone()],
    ['ToCopyBackward0', (x) => x.double()],
    ['StdBackward0', (x) => x.std()],
  ])('%s', (name, fn) => {
    expect(
      fn(
        leaf([
          [1, 2],
          [3, 4],
        ]),
      ).gradFn!.name,
    ).toBe(name)
  })
})

describe('backward', () => {
  test('a diamond runs each node once, when all gradients have come', () => {
    const x = leaf(2)
    const y = x.mul(3)
    let calls = 0
    y.registerHook(() => {
      calls++
    })
    const z = y.mul(y).add(y) // 9x² + 3x
    z.backward()
    expect(x.grad!.item()).toBe(39)
    expect(calls).toBe(1)
  })

  test('a chain of 100,000 nodes', () => {
    const x = leaf(1)
    let y = x
    for (let i = 0; i < 100_000; i++) y = y.add(1)
    y.backward()
    expect(x.grad!.item()).toBe(1)
  })

  test('gradients accumulate in place into the same grad', () => {
    const x = leaf([1, 2])
    x.mul(x).sum().backward()
    const first = x.grad!
    expect(first.tolist()).toEqual([2, 4])
    x.mul(x).sum().backward()
    expect(x.grad).toBe(first)
    expect(first.tolist()).toEqual([4, 8])
  })

  test('the grads of two leaves never share memory', () => {
    const [a, b] = [leaf([1, 2]), leaf([3, 4])]
    const seed = ones([2])
    a.add(b).backward(seed)
    a.grad!.mul_(10)
    expect(b.grad!.tolist()).toEqual([1, 1])
    expect(seed.tolist()).toEqual([1, 1])
    a.grad = null
    a.sum().backward()
    expect(a.grad!.isContiguous()).toBe(true)
    expect(a.grad!.tolist()).toEqual([1, 1])
  })

  test('broadcast and promoted inputs get gradients of their own shape and dtype', () => {
    const a = tensor(2, { dtype: 'float64', requiresGrad: true })
    const b = ones([2, 3], { requiresGrad: true })
    const c = ones([3], { requiresGrad: true })
    a.mul(b).mul(c).sum().backward()
    expect([a.grad!.dtype, a.grad!.item()]).toEqual(['float64', 6])
    expect([b.grad!.dtype, b.grad!.tolist()]).toEqual([
      'float32',
      [
        [2, 2, 2],
        [2, 2, 2],
      ],
    ])
    expect(c.grad!.tolist()).toEqual([4, 4, 4])
  })

  test('a second backward is an error, unless the graph is kept', () => {
    const x = leaf([1, 2])
    const y = x.mul(x).sum()
    y.backward(null, { retainGraph: true })
    y.backward()
    expect(x.grad!.tolist()).toEqual([4, 8])
    expect(() => y.backward()).toThrow('backward: Trying to backward through the graph a second time')
    const z = x.add(1).sum() // nothing was saved: PyTorch lets it pass
    z.backward()
    z.backward()
  })

  test('several roots, one below the other', () => {
    const x = leaf(2)
    const y = x.mul(x)
    const z = y.mul(3)
    backward([y, z, y])
    expect(x.grad!.item()).toBe(4 + 12 + 4)
  })

  test('inputs: only these, leaves or not', () => {
    const [x, w] = [leaf(2), leaf(3)]
    const y = x.mul(w)
    const z = y.mul(y)
    z.backward(null, { inputs: [x], retainGraph: true })
    expect([x.grad!.item(), w.grad]).toEqual([36, null])
    z.backward(null, { inputs: [y] })
    expect([x.grad!.item(), y.grad!.item()]).toEqual([36, 12])
    expect(() => z.backward(null, { inputs: [] })).toThrow(
      'backward: inputs must not be empty, got []. Leave it out to reach all leaves.',
    )
  })

  test('errors', () => {
    const x = leaf([1, 2])
    expect(() => x.mul(2).backward()).toThrow(
      'backward: grad can be implicitly created only for scalar outputs, got shape [2].',
    )
    expect(() => ones([1]).backward()).toThrow(
      'backward: element 0 of tensors does not require grad and does not have a gradFn',
    )
    expect(() => x.mul(2).backward(ones([3]))).toThrow(
      'backward: the gradient must have the shape of the tensor, got [3] for [2].',
    )
    expect(() => backward([x.sum()], [null, null])).toThrow(
      'backward: there must be one gradient for each tensor, got 2 for 1.',
    )
  })

  test('an error in a hook leaves the graph usable', () => {
    const x = leaf(2)
    const y = x.mul(x)
    const remove = y.registerHook(() => {
      throw new Error('stop')
    })
    expect(() => y.backward()).toThrow('stop')
    remove()
    y.backward()
    expect(x.grad!.item()).toBe(4)
    expect(isGradEnabled()).toBe(true)
  })

  test('backward inside a hook, on the same graph', () => {
    const x = leaf(2)
    const y = x.mul(x)
    const z = y.mul(3)
    let inner = 0
    y.registerHook(() => {
      if (inner++ === 0) inner = grad(z, x, { retainGraph: true })[0].item()
    })
    z.backward(null, { retainGraph: true })
    expect([inner, x.grad!.item()]).toEqual([12, 12])
  })
})

describe('grad', () => {
  test('gradients of gradients', () => {
    const x = leaf(2)
    const y = leaf(3)
    const f = x.pow(3).mul(y.pow(2))
    const [gx, gy] = grad(f, [x, y], { createGraph: true })
    expect([gx.item(), gy.item()]).toEqual([108, 48])
    expect(grad(gx, [x, y], { retainGraph: true }).map((g) => g.item())).toEqual([108, 72])
    expect(grad(gy, [x, y], { retainGraph: true }).map((g) => g.item())).toEqual([72, 16])
    const [gxx] = grad(gx, x, { createGraph: true })
    expect(grad(gxx, x)[0].item()).toBe(54)
    expect(x.grad).toBeNull()
    expect(grad(x.pow(2), x, { createGraph: true })[0].gradFn!.name).toBe('MulBackward0')
    expect(grad(x.pow(3), x, { createGraph: true })[0].gradFn!.name).toBe('MulBackward0')
  })

  test('unused inputs', () => {
    const [x, z] = [leaf(2), leaf(1)]
    const y = x.mul(2)
    expect(() => grad(y, [x, z])).toThrow(
      'grad: each input must be used in the graph of the outputs, got input 1',
    )
    expect(grad(x.mul(2), [x, z], { allowUnused: true })[1]).toBeNull()
    expect(() => grad(x.mul(2), ones([1]))).toThrow('grad: each input must require grad, got input 0')
  })

  test('by results of ops, of an output of several, and by itself', () => {
    const x = leaf([3, 1, 2])
    const { values } = x.sort()
    const y = values.mul(values).sum()
    expect(grad(y, values, { retainGraph: true })[0].tolist()).toEqual([2, 4, 6])
    expect(grad(y, x, { retainGraph: true })[0].tolist()).toEqual([6, 2, 4])
    expect(grad(y, y, { retainGraph: true })[0].item()).toBe(1)
    const [a, b] = x.split([1, 2])
    expect(grad(b.sum().add(a.sum()), b)[0].tolist()).toEqual([1, 1])
  })

  test('nodes that lead to no input do not run', () => {
    const [x, w] = [leaf(2), leaf(3)]
    const side = w.mul(w)
    let ran = false
    side.registerHook(() => {
      ran = true
    })
    grad(x.mul(x).add(side.mul(side)), x)
    expect([ran, w.grad]).toEqual([false, null])
    expect(() => side.backward()).not.toThrow() // nothing of it was freed
  })
})

describe('tensors', () => {
  test('requiresGrad', () => {
    expect(() => tensor([1n]).requiresGrad_()).toThrow(
      'requiresGrad: only floating point and complex dtypes can require gradients, got int64.',
    )
    const y = leaf(1).mul(2)
    expect(() => {
      y.requiresGrad = false
    }).toThrow('requiresGrad: you can only change requiresGrad flags of leaf variables')
    y.requiresGrad = true
    const x = leaf(1)
    x.requiresGrad = false
    expect(x.mul(2).requiresGrad).toBe(false)
  })

  test('grad is checked when it is set', () => {
    const x = leaf([1, 2])
    expect(() => {
      x.grad = ones([3])
    }).toThrow('grad: the assigned grad must have the shape of the tensor, got [3] for [2].')
    expect(() => {
      x.grad = ones([2], { dtype: 'float64' })
    }).toThrow('grad: the assigned grad must have the dtype of the tensor, got float64 for float32.')
    expect(() => {
      x.grad = 3 as unknown as Tensor
    }).toThrow('grad: the assigned grad must be a Tensor or null, got number.')
    x.grad = zeros([2])
    x.sum().backward()
    expect(x.grad!.tolist()).toEqual([1, 1])
  })

  test('hooks see and replace gradients, in order; removed ones do not', () => {
    const x = leaf([1, 1])
    const y = x.mul(2)
    const seen: unknown[] = []
    y.registerHook((g) => {
      seen.push(g.tolist())
    })
    y.registerHook((g) => g.mul(10))
    const remove = y.registerHook(() => {
      seen.push('never')
    })
    remove()
    x.registerHook((g) => {
      seen.push(g.tolist())
    })
    y.sum().backward()
    expect(seen).toEqual([
      [1, 1],
      [20, 20],
    ])
    expect(x.grad!.tolist()).toEqual([20, 20])
    expect(() => ones([1]).registerHook(() => {})).toThrow(
      "registerHook: cannot register a hook on a tensor that doesn't require gradient",
    )
    x.mul(1).registerHook(() => ones([5]))
    const bad = x.mul(1)
    bad.registerHook(() => ones([5]))
    expect(() => bad.sum().backward()).toThrow(
      'registerHook: a hook must answer a gradient of the same shape, got [5] for [2].',
    )
  })

  test('retainGrad', () => {
    const x = leaf(2)
    const y = x.mul(3)
    y.retainGrad()
    y.mul(y).backward()
    expect([y.grad!.item(), y.retainsGrad, x.retainsGrad]).toEqual([12, true, false])
    expect(() => ones([1]).retainGrad()).toThrow(
      "retainGrad: can't retain the grad of a tensor that has requiresGrad = false",
    )
  })

  test('detach_', () => {
    const x = leaf([1, 2])
    const y = x.mul(2)
    y.detach_()
    expect([y.requiresGrad, y.isLeaf, y.gradFn]).toEqual([false, true, null])
    expect(() => x.mul(2).select(0, 0).detach_()).toThrow(
      'detach_: views cannot be detached in place, got a view. Use detach().',
    )
  })
})

describe('grad mode', () => {
  test('noGrad and enableGrad, with functions and guards', () => {
    const x = leaf(2)
    expect(noGrad(() => x.mul(2)).requiresGrad).toBe(false)
    expect(noGrad(() => enableGrad(() => x.mul(2))).requiresGrad).toBe(true)
    {
      using _ = noGrad()
      expect(x.mul(2).requiresGrad).toBe(false)
    }
    expect(x.mul(2).requiresGrad).toBe(true)
    expect(() =>
      noGrad(() => {
        throw new Error('out')
      }),
    ).toThrow('out')
    expect(isGradEnabled()).toBe(true)
    const guard = setGradEnabled(false)
    expect(isGradEnabled()).toBe(false)
    guard.end()
    expect(isGradEnabled()).toBe(true)
  })

  test('an async function: restored when it settles', async () => {
    const done = noGrad(async () => {
      await Promise.resolve()
      return isGradEnabled()
    })
    expect(await done).toBe(false)
    expect(isGradEnabled()).toBe(true)
    await expect(noGrad(() => Promise.reject(new Error('late')))).rejects.toThrow('late')
    expect(isGradEnabled()).toBe(true)
  })
})
