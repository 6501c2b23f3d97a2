// What the graph holds: nothing that no gradient uses, and nothing after backward.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from '@jest/globals'
import {
  Function,
  apply,
  grad,
  linearFormula,
  ones,
  registerFormula,
  savedTensorsHooks,
  structured,
  zeros,
} from '@tt/autograd'
import type { FunctionContext, Storage, Tensor } from '@tt/autograd'
import { memoryStats } from '@tt/backend-cpu'
import './setup.ts'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

/** Whether the memory made by `make` can be collected while what it answers is alive. */
async function isFree(make: () => { kept: Tensor; memory: WeakRef<Storage> }): Promise<boolean> {
  const { kept, memory } = make()
  await new Promise((resolve) => setTimeout(resolve, 0))
  gc()
  const free = memory.deref() === undefined
  expect(kept.numel()).toBeGreaterThan(0)
  return free
}
const x = ones([4], { requiresGrad: true })

describe('the graph', () => {
  test('holds no inputs that the gradients do not use', async () => {
    expect(
      await isFree(() => {
        const y = x.mul(2)
        return { kept: y.add(1).view([2, 2]).sum(), memory: new WeakRef(y.storage) }
      }),
    ).toBe(true)
  })

  test('holds no input where only the other one needs a gradient', async () => {
    expect(
      await isFree(() => {
        const y = x.mul(2)
        return { kept: y.mul(ones([4])), memory: new WeakRef(y.storage) }
      }),
    ).toBe(true)
  })

  test('saves the result, not the input, where the gradient uses that', async () => {
    expect(
      await isFree(() => {
        const y = x.mul(2)
        return { kept: y.sigmoid(), memory: new WeakRef(y.storage) }
      }),
    ).toBe(true)
  })

  test('holds what a gradient uses, until backward', async () => {
    const make = (backward: boolean) => () => {
      const y = x.exp()
      const z = y.softmax(0).sum()
      if (backward) z.backward()
      return { kept: z, memory: new WeakRef(y.storage) }
    }
    expect(await isFree(make(false))).toBe(false)
    expect(await isFree(make(true))).toBe(true)
  })

  test('frees what custom functions saved', async () => {
    class Square extends Function {
      static forward(context: FunctionContext, t: Tensor) {
        context.saveForBackward(t, null)
        return t.mul(t)
      }
      static backward(context: FunctionContext, g: Tensor) {
        return g.mul(context.savedTensors[0]).mul(2)
      }
    }
    expect(
      await isFree(() => {
        const y = x.mul(2)
        const z = Square.apply(y).sum()
        z.backward()
        return { kept: z, memory: new WeakRef(y.storage) }
      }),
    ).toBe(true)
  })
})

describe('gradients that nobody holds', () => {
  const size = 2 ** 16
  const bytes = 4 * size
  const small = 1024 // the 1 that backward begins with
  const taken = (run: () => unknown): number => {
    const before = memoryStats().allocatedBytes
    run()
    return memoryStats().allocatedBytes - before
  }
  const leaf = (): Tensor => zeros([size], { requiresGrad: true })
  /** Ops whose gradients need memory of their own, are sums of several, or are un-broadcast. */
  const loss = (t: Tensor): Tensor => {
    const u = t.exp().mul(3)
    const v = u.mul(u.sin()).add(u)
    return v
      .mul(ones([2, 1]))
      .logSoftmax(1)
      .mul(v)
      .std()
  }

  test('are given back while backward runs: what is left is the grad of the leaf', () => {
    const t = leaf()
    const y = loss(t)
    expect(taken(() => y.backward())).toBeLessThanOrEqual(bytes + small)
    const z = loss(t)
    expect(taken(() => z.backward())).toBeLessThanOrEqual(small) // added to the grad in place
  })
  test('a chain takes no more memory for its gradients the longer it is', () => {
    const most = (length: number): number => {
      const t = leaf()
      let y = t
      for (let i = 0; i < length; i++) y = y.mul(2)
      let peak = 0
      const before = memoryStats().allocatedBytes
      t.registerHook(() => {
        peak = memoryStats().allocatedBytes - before
      })
      y.sum().backward()
      return peak
    }
    for (const length of [3, 50]) expect(most(length)).toBeLessThanOrEqual(2 * bytes + small)
  })
  test('grad: the answers stay, and nothing else', () => {
    const t = leaf()
    const middle = t.exp()
    const y = middle.sin().mul(middle).sum()
    let answers: Tensor[] = []
    expect(taken(() => (answers = grad(y, [middle, t])))).toBeLessThanOrEqual(2 * bytes + small)
    expect(answers.map((answer) => answer.at(0).item())).toEqual([
      expect.closeTo(Math.sin(1) + Math.cos(1), 5),
      expect.closeTo(Math.sin(1) + Math.cos(1), 5),
    ])
  })
  test('what hooks and retainGrad see stays', () => {
    const seen: Tensor[] = []
    const t = leaf()
    const a = t.mul(2)
    const b = a.mul(3)
    const c = b.mul(4)
    a.retainGrad()
    b.registerHook((g) => void seen.push(g))
    c.gradFn!.registerHook((inputs, outputs) => {
      for (const g of [...inputs, ...outputs]) if (g !== null) seen.push(g)
    })
    c.gradFn!.registerPrehook((outputs) => {
      for (const g of outputs) if (g !== null) seen.push(g)
    })
    c.sum().backward()
    expect(seen.map((g) => g.at(1).item())).toEqual([1, 4, 1, 4])
    expect(a.grad!.at(1).item()).toBe(12)
    expect(t.grad!.at(1).item()).toBe(24)
  })
  test('what custom functions see and make stays', () => {
    const seen: Tensor[] = []
    class Triple extends Function {
      static forward(_context: FunctionContext, input: Tensor) {
        return input.mul(3)
      }
      static backward(_context: FunctionContext, g: Tensor) {
        const answer = g.mul(3)
        seen.push(g, answer)
        return answer
      }
    }
    const t = leaf()
    Triple.apply(t.mul(2)).mul(5).sum().backward()
    expect(seen.map((g) => g.at(0).item())).toEqual([5, 15])
    expect(t.grad!.at(0).item()).toBe(30)
  })
  test('what registered formulas make stays', () => {
    let twos: Tensor | null = null
    const doubleOp = structured({
      name: 'testDouble',
      infer: ([self]) => [{ shape: self.shape, dtype: self.dtypeInfo }],
      run: (_backend, [self], _attrs, [out]) => {
        out.copy_(self.mul(2))
      },
    })
    registerFormula(
      doubleOp,
      linearFormula((g) => g.mul((twos ??= ones([2]).mul(2)))),
    )
    for (let i = 1; i <= 2; i++) {
      const t = zeros([2], { requiresGrad: true })
      apply(doubleOp, [t.mul(i)], null)
        .sum()
        .backward()
      expect(t.grad!.at(0).item()).toBe(2 * i)
    }
  })
  test('what hooks of saved tensors unpack stays', () => {
    const unpacked: Tensor[] = []
    const t = ones([size], { requiresGrad: true })
    const y = savedTensorsHooks(
      (saved) => saved,
      (saved) => {
        const copy = (saved as Tensor).mul(7)
        unpacked.push(copy)
        return copy
      },
      () => t.mul(2).exp(),
    )
    y.sum().backward()
    expect(unpacked[0].at(0).item()).toBeCloseTo(7 * Math.exp(2), 3)
    expect(t.grad!.at(0).item()).toBeCloseTo(14 * Math.exp(2), 3)
  })
  test('a gradient that is the grad of one leaf goes on to others', () => {
    const [s, t] = [leaf(), leaf()]
    const u = t.mul(1).add(0)
    s.add(t).add(u).mul(2).sum().backward()
    expect([s, t].map(({ grad: g }) => g!.at(5).item())).toEqual([2, 4])
    s.grad!.add_(1)
    expect(t.grad!.at(5).item()).toBe(4)
  })
  test('of a gradient given by the user nothing is taken', () => {
    const t = leaf()
    const g = ones([size])
    t.add(1).backward(g)
    t.add(1).backward(g)
    expect([g.at(0).item(), t.grad!.at(0).item()]).toEqual([1, 2])
  })
})
