// The option out: where results go, what is resized, and what is refused before anything changes.
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import '@tt/backend-cpu'
import * as tt from '@tt/autograd'
import { add, cat, empty, grad, mm, mul, noGrad, ones, sort, sum, tensor, zeros } from '@tt/autograd'

let warn: jest.SpiedFunction<typeof console.warn>
beforeEach(() => {
  warn = jest.spyOn(console, 'warn').mockImplementation(() => {})
})
afterEach(() => warn.mockRestore())

describe('out', () => {
  const [a, b] = [tensor([1, 2]), tensor([10, 20])]

  test('takes the result of elementwise ops, is what they return, and counts as changed', () => {
    const out = zeros([2])
    expect(add(a, b, { alpha: 2, out })).toBe(out)
    expect([out.tolist(), out.version]).toEqual([[21, 42], 1])
    expect(mul(a, 3, { out }).tolist()).toEqual([3, 6])
    expect(out.exp({ out })).toBe(out) // an input may be the output
    expect(warn).not.toHaveBeenCalled()
  })

  test('writes through views of other memory, whatever their strides', () => {
    const memory = zeros([2, 4])
    const column = memory.at(':', 1)
    add(a, b, { out: column })
    mm(ones([2, 3]), ones([3, 2]), { out: memory.at(':', '2:').t() })
    expect(memory.tolist()).toEqual([
      [0, 11, 3, 3],
      [0, 22, 3, 3],
    ])
  })

  test('takes results of several parts in their order', () => {
    const [values, indices] = [empty([0]), empty([0], { dtype: 'int64' })]
    const result = sort(tensor([3, 1, 2]), 0, { out: [values, indices] })
    expect(result.values).toBe(values)
    expect(result.indices).toBe(indices)
    expect([values.tolist(), indices.tolist()]).toEqual([
      [1, 2, 3],
      [1, 2, 0],
    ])
    const [variance, mean] = tt.varMean(tensor([1, 2, 3]), null, { out: [empty([]), empty([])] })
    expect([variance.item(), mean.item()]).toEqual([1, 2])
  })

  test('of other ops and factories', () => {
    const out = empty([0])
    expect(sum(tensor([[1, 2], [3, 4]]), 0, { out })).toBe(out) // prettier-ignore
    expect(out.tolist()).toEqual([4, 6])
    expect(cat([a, b], 0, { out: empty([0]) }).tolist()).toEqual([1, 2, 10, 20])
    expect(tt.arange(3, null, 1, { out: empty([3], { dtype: 'int64' }) }).tolist()).toEqual([0, 1, 2])
    expect(tt.max(a, 0, { out: [empty([]), empty([], { dtype: 'int64' })] }).indices.item()).toBe(1)
    expect(tt.randint(3, 4, [2], { out: empty([2], { dtype: 'int64' }) }).tolist()).toEqual([3, 3])
  })

  test('is resized: without a word if it is empty, with a warning otherwise', () => {
    expect(add(a, b, { out: empty([0]) }).tolist()).toEqual([11, 22])
    expect(warn).not.toHaveBeenCalled()
    expect(add(a, b, { out: ones([3]) }).tolist()).toEqual([11, 22])
    expect(mm(ones([1, 2]), ones([2, 1]), { out: ones([3]) }).tolist()).toEqual([[2]])
    expect(warn.mock.calls.map(([message]) => message)).toEqual([
      'add: out should have the shape of the result, got [3] for [2], and was resized. Give an empty tensor, or resize it with resize_',
      'mm: out should have the shape of the result, got [3] for [1, 1], and was resized. Give an empty tensor, or resize it with resize_',
    ])
  })

  test('may have a dtype that the result can be cast to', () => {
    expect(add(a, b, { out: zeros([2], { dtype: 'float64' }) }).dtype).toBe('float64')
    const small = tensor([100, 27], { dtype: 'int8' })
    expect(add(small, small, { out: zeros([2], { dtype: 'int32' }) }).tolist()).toEqual([-56, 54]) // added as int8
    const whole = zeros([2], { dtype: 'int64' })
    expect(() => add(a, b, { out: whole })).toThrow(
      'add: the result type float32 must be castable to that of out, got int64.',
    )
    expect(() => sum(a, 0, { out: whole })).toThrow('sum: the result type float32 must be castable')
    expect([whole.tolist(), whole.version]).toEqual([[0, 0], 0])
  })

  test('has no gradients', () => {
    const x = tensor([1, 2], { requiresGrad: true })
    const message = "functions with out=... arguments don't support automatic differentiation"
    const out = zeros([2])
    expect(() => add(x, b, { out })).toThrow(`add: ${message}`)
    expect(() => sum(x, 0, { out: zeros([]) })).toThrow(`sum: ${message}`)
    expect(() => add(a, b, { out: x })).toThrow(`add: ${message}`)
    expect(() => cat([a], 0, { out: x.mul(2) })).toThrow(`cat: ${message}`)
    expect([out.tolist(), out.version]).toEqual([[0, 0], 0])
    expect(noGrad(() => add(x, b, { out })).tolist()).toEqual([11, 22])
    expect(tt.argmax(x, 0, { out: empty([], { dtype: 'int64' }) }).item()).toBe(1) // carries none anyway
    const y = x.mul(x)
    noGrad(() => add(a, b, { out: x }))
    expect(() => grad(y.sum(), x)).toThrow('changed by add with out')
  })

  test('may not overlap an input in part, nor be expanded', () => {
    const x = tensor([1, 2, 3])
    expect(() => add(x.at(':2'), 1, { out: x.at('1:') })).toThrow('must not overlap in part')
    expect(() => add(a, b, { out: zeros([1]).expand([2]) })).toThrow('must have memory of its own')
    expect(() => mm(ones([2, 2]), ones([2, 2]), { out: zeros([2]).expand([2, 2]) })).toThrow(
      'must have memory',
    )
    expect(x.tolist()).toEqual([1, 2, 3])
  })

  test('must be as many tensors as there are results', () => {
    expect(() => sort(a, 0, { out: [empty([0])] })).toThrow(
      'sort: out must have a tensor for each result, got 1 for 2.',
    )
    expect(() => add(a, b, { out: 5 as never })).toThrow('add: out must be a tensor, got number.')
    expect(() => sum(a, 0, { out: null as never })).toThrow('sum: out must be a tensor or a list of tensors')
    expect(() => a.add_(b, { out: a } as never)).toThrow('got out')
  })
})
