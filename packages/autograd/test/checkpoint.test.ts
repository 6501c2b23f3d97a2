// Checkpointed functions: same gradients, less memory, and the errors of functions that do not repeat.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from '@jest/globals'
import {
  checkpoint,
  checkpointSequential,
  dropout,
  getRngState,
  grad,
  gradcheck,
  gradgradcheck,
  manualSeed,
  noGrad,
  rand,
  randn,
  tensor,
} from '@tt/autograd'
import type { Storage, Tensor } from '@tt/autograd'
import './setup.ts'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

const block = (x: Tensor, w: Tensor): Tensor => x.matmul(w).tanh().mul(x).exp().sum(1)

describe('checkpoint', () => {
  test('gives the value and the gradients of the function, of inputs and of captured tensors', () => {
    manualSeed(0)
    const x = randn([3, 4], { requiresGrad: true })
    const [w, shift] = [randn([4, 4], { requiresGrad: true }), randn([3, 4], { requiresGrad: true })]
    const fn = (a: Tensor, b: Tensor) => block(a.add(shift), b)
    const plain = fn(x, w)
    const expected = grad(plain.sum(), [x, w, shift])
    const y = checkpoint(fn, [x, w])
    expect(y.equal(plain)).toBe(true)
    y.sum().backward()
    expect([x, w, shift].map((t, i) => t.grad!.equal(expected[i]))).toEqual([true, true, true])
  })

  test('runs the function once more for each backward, and not under noGrad', () => {
    let runs = 0
    const fn = (t: Tensor) => {
      runs++
      return t.exp().mul(t)
    }
    const x = tensor([1, 2], { requiresGrad: true })
    const y = checkpoint(fn, x).sum()
    expect(runs).toBe(1)
    y.backward(null, { retainGraph: true })
    expect(runs).toBe(2)
    y.backward()
    expect(runs).toBe(3)
    noGrad(() => checkpoint(fn, x))
    expect(runs).toBe(4)
  })

  test('dropout repeats, and the stream goes on where it was', () => {
    manualSeed(3)
    const x = rand([200], { requiresGrad: true })
    const fn = (t: Tensor) => dropout(t, { p: 0.5 }).mul(t)
    const state = getRngState()
    const [expected] = grad(fn(x).sum(), x)
    const after = getRngState()
    manualSeed(3)
    rand([200])
    expect(getRngState()).toEqual(state)
    const y = checkpoint(fn, x).sum()
    rand([5])
    const between = getRngState()
    y.backward()
    expect(x.grad!.equal(expected)).toBe(true)
    expect(getRngState()).toEqual(between)
    expect(after).not.toEqual(between)
    const loose = checkpoint(fn, x, { preserveRngState: false }).sum()
    expect(grad(loose, x)[0].equal(expected)).toBe(false)
  })

  test('gradients of gradients, and checkpoints in checkpoints', () => {
    manualSeed(1)
    const x = randn([2, 3], { dtype: 'float64', requiresGrad: true })
    const w = randn([3, 3], { dtype: 'float64', requiresGrad: true })
    const nested = (a: Tensor, b: Tensor) =>
      checkpoint((s, t) => checkpoint(block, [s.sin(), t]).mul(s.sum(1)), [a, b])
    expect(gradcheck(nested, [x, w])).toBe(true)
    expect(gradgradcheck(nested, [x, w])).toBe(true)
  })

  test('an inner checkpoint does not keep what the outer one lets go', async () => {
    const x = tensor([1, 2], { requiresGrad: true })
    let memory: WeakRef<Storage> | null = null
    const fn = (t: Tensor) => {
      const inside = t.mul(2)
      memory ??= new WeakRef(inside.storage)
      return checkpoint((s) => s.exp().mul(s), inside)
    }
    const y = checkpoint(fn, x)
    await new Promise((resolve) => setTimeout(resolve, 0))
    gc()
    expect(memory!.deref()).toBeUndefined()
    y.sum().backward()
    expect(
      x.grad!.allclose(
        tensor([2, 4])
          .exp()
          .mul(tensor([3, 5]))
          .mul(2),
      ),
    ).toBe(true)
  })

  test('a function that does not repeat is an error', () => {
    const x = tensor([1, 2], { requiresGrad: true })
    let first = true
    const shorter = checkpoint((t) => {
      const y = first ? t.exp().exp() : t.exp()
      first = false
      return y
    }, x)
    expect(() => shorter.sum().backward()).toThrow(
      'checkpoint: the function must save as many tensors when it runs again, got 1 and 2 before.',
    )
    let size = 1
    const other = checkpoint((t) => t.sum().expand([size++]).exp(), x)
    expect(() => other.sum().backward()).toThrow(
      'checkpoint: the function must save the same tensors when it runs again, got [2] float32 on cpu and [1] float32 on cpu before, as saved tensor 0.',
    )
  })

  test('async functions and the reentrant form are refused', () => {
    const x = tensor([1], { requiresGrad: true })
    expect(() => checkpoint(async (t: Tensor) => t.exp(), x)).toThrow(
      'checkpoint: the function must not be async, got a promise.',
    )
    expect(() => checkpoint((t) => t.exp(), x, { useReentrant: true })).toThrow(
      'checkpoint: useReentrant must be false, got true.',
    )
  })
})

describe('checkpointSequential', () => {
  test('checkpoints all parts but the last', () => {
    const runs = [0, 0, 0, 0, 0]
    const steps = runs.map((_, i) => (t: Tensor) => {
      runs[i]++
      return t.mul(i + 1).sin()
    })
    const x = tensor([0.3, 0.7], { requiresGrad: true })
    const [expected] = grad(steps.reduce((t, step) => step(t), x).sum(), x)
    runs.fill(0)
    const mixed = steps.map((step, i) => (i % 2 === 0 ? step : { forward: step }))
    checkpointSequential(mixed, 2, x).sum().backward()
    expect(runs).toEqual([2, 2, 1, 1, 1])
    expect(x.grad!.equal(expected)).toBe(true)
  })

  test('segments must be in range', () => {
    expect(() => checkpointSequential([(t) => t], 2, tensor([1]))).toThrow(
      'checkpointSequential: segments must be an integer from 1 to the number of steps, got 2 for 1 steps.',
    )
  })
})
