// Hooks of nodes, of several tensors, and after accumulation.
import { describe, expect, test } from '@jest/globals'
import { grad, ones, registerMultiGradHook, tensor } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import './setup.ts'

const leaf = (data: number | number[]): Tensor => tensor(data, { requiresGrad: true })

describe('node hooks', () => {
  test('registerPrehook sees and replaces the gradients of the outputs', () => {
    const x = leaf([1, 2])
    const y = x.mul(3)
    const seen: unknown[] = []
    const remove = y.gradFn!.registerPrehook((gradOutputs) => {
      seen.push(gradOutputs.map((g) => g?.tolist()))
      return [gradOutputs[0]!.mul(10)]
    })
    y.sum().backward(null, { retainGraph: true })
    expect(seen).toEqual([[[1, 1]]])
    expect(x.grad!.tolist()).toEqual([30, 30])
    remove()
    y.sum().backward()
    expect(x.grad!.tolist()).toEqual([33, 33])
  })

  test('registerHook sees both and replaces the gradients of the inputs, as fitted to them', () => {
    const a = leaf([1, 2])
    const b = leaf([3])
    const y = a.mul(b)
    const seen: unknown[] = []
    y.gradFn!.registerHook((gradInputs, gradOutputs) => {
      seen.push([...gradInputs, ...gradOutputs].map((g) => g?.tolist()))
    })
    y.gradFn!.registerHook(([da]) => [da!.neg(), null])
    y.sum().backward()
    expect(seen).toEqual([[[3, 3], [3], [1, 1]]]) // the gradient of b is summed to its shape
    expect(a.grad!.tolist()).toEqual([-3, -3])
    expect(b.grad).toBeNull()
  })

  test('the order is tensor hooks, prehooks, the node, hooks', () => {
    const y = leaf([1]).mul(2)
    const order: string[] = []
    y.gradFn!.registerHook(() => void order.push('post'))
    y.gradFn!.registerPrehook(() => void order.push('pre'))
    y.registerHook(() => void order.push('tensor'))
    y.backward()
    expect(order).toEqual(['tensor', 'pre', 'post'])
  })

  test('what a hook keeps is not overwritten by accumulation', () => {
    const x = leaf([1])
    const y = x.mul(2)
    let kept: Tensor | null = null
    y.gradFn!.registerHook(([g]) => void (kept = g))
    y.backward(null, { retainGraph: true })
    y.backward()
    expect(x.grad!.tolist()).toEqual([4])
    expect(kept!.tolist()).toEqual([2])
  })

  test('answers of the wrong length or shape are refused', () => {
    const y = leaf([1, 2]).mul(2)
    const remove = y.gradFn!.registerPrehook(() => [])
    expect(() => y.sum().backward(null, { retainGraph: true })).toThrow(
      'registerPrehook: a hook must answer a list of 1 gradients or nothing, got 0.',
    )
    remove()
    y.gradFn!.registerHook(() => [ones([3])])
    expect(() => y.sum().backward()).toThrow(
      'registerHook: a hook must answer a gradient of the same shape, got [3] for [2].',
    )
  })
})

describe('registerPostAccumulateGradHook', () => {
  test('is called with the leaf after its grad has changed', () => {
    const w = leaf([1])
    const seen: unknown[] = []
    const remove = w.registerPostAccumulateGradHook((p) => {
      seen.push([p === w, p.grad!.tolist()])
      p.grad = null
    })
    w.mul(2).backward()
    w.mul(3).backward(null, { inputs: [w] })
    remove()
    w.mul(4).backward()
    expect(seen).toEqual([
      [true, [2]],
      [true, [3]],
    ])
    expect(w.grad!.tolist()).toEqual([4])
  })

  test('grad() does not call it', () => {
    const w = leaf([1])
    w.registerPostAccumulateGradHook(() => {
      throw new Error('called')
    })
    expect(grad(w.mul(2), w)[0].tolist()).toEqual([2])
  })

  test('only leaves that require grad take one', () => {
    expect(() => ones([1]).registerPostAccumulateGradHook(() => {})).toThrow(
      "cannot register a hook on a tensor that doesn't require gradient",
    )
    expect(() =>
      leaf([1])
        .mul(2)
        .registerPostAccumulateGradHook(() => {}),
    ).toThrow(
      'post accumulate grad hooks cannot be registered on non-leaf tensors, got one. Use registerHook.',
    )
  })
})

describe('registerMultiGradHook', () => {
  test('is called once per backward with all gradients, null for those without', () => {
    const [a, b, c] = [leaf([1]), leaf([2]), leaf([3])]
    const seen: unknown[] = []
    const remove = registerMultiGradHook([c, a, b], (gradients) => {
      seen.push(gradients.map((g) => g?.tolist() ?? null))
    })
    a.mul(b).backward()
    a.add(c).backward()
    remove()
    a.mul(b).backward()
    expect(seen).toEqual([
      [null, [2], [1]],
      [[1], [1], null],
    ])
  })

  test("with mode 'any' it gets the first gradient", () => {
    const [a, b] = [leaf([1]), leaf([2])]
    const y = a.mul(b)
    const seen: unknown[] = []
    registerMultiGradHook([a, y], (gradient: Tensor) => void seen.push(gradient.tolist()), { mode: 'any' })
    y.mul(5).backward()
    expect(seen).toEqual([[5]])
  })

  test('bad arguments', () => {
    expect(() => registerMultiGradHook([], () => {})).toThrow('there must be at least one tensor, got [].')
    expect(() => registerMultiGradHook([ones([1])], () => {})).toThrow('all tensors must require grad')
    expect(() => registerMultiGradHook([leaf([1])], () => {}, { mode: 'some' as 'all' })).toThrow(
      "mode must be 'all' or 'any', got some.",
    )
  })
})
