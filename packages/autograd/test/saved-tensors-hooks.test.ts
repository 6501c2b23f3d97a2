// What hooks on saved tensors see, and what becomes of what they answer.
import { describe, expect, test } from '@jest/globals'
import {
  Function,
  grad,
  gradcheck,
  gradgradcheck,
  noGrad,
  randn,
  registerBackend,
  saveOnCpu,
  savedTensorsHooks,
  tensor,
} from '@tt/autograd'
import type { FunctionContext, Tensor } from '@tt/autograd'
import { createReferenceBackend } from '@tt/tensor/testing'
import './setup.ts'

const leaf = (data: number | number[]): Tensor => tensor(data, { requiresGrad: true })

describe('savedTensorsHooks', () => {
  test('packs inputs and results, unpacks them once in backward', () => {
    const x = leaf([1, 2])
    const log: string[] = []
    const pack = (t: Tensor) => {
      log.push(`pack ${String(t.tolist())} ${t.requiresGrad}`)
      return t.tolist()
    }
    const unpack = (data: unknown) => {
      log.push(`unpack ${String(data)}`)
      return tensor(data as number[])
    }
    const y = savedTensorsHooks(pack, unpack, () => x.mul(x).exp().sum())
    expect(log).toEqual([
      'pack 1,2 false',
      'pack 1,2 false',
      `pack ${Math.fround(Math.E)},54.598148345947266 false`,
    ])
    log.length = 0
    y.backward()
    expect(log).toHaveLength(3)
    expect(x.grad!.tolist()).toEqual([2 * Math.fround(Math.E), 4 * 54.598148345947266].map(Math.fround))
  })

  test('what is computed outside is not packed; the guard and an inner scope hide the outer', () => {
    const x = leaf([3])
    const counts = { outer: 0, inner: 0 }
    const counting = (key: 'outer' | 'inner') => (t: Tensor) => {
      counts[key]++
      return t
    }
    const same = (t: Tensor) => t
    {
      using _outer = savedTensorsHooks(counting('outer'), same)
      x.square()
      savedTensorsHooks(counting('inner'), same, () => x.square())
      x.square()
    }
    x.square()
    noGrad(() => savedTensorsHooks(counting('inner'), same, () => x.square()))
    expect(counts).toEqual({ outer: 2, inner: 1 })
  })

  test('gradients of gradients of inputs, results and custom functions go through', () => {
    class Cube extends Function {
      static forward(context: FunctionContext, x: Tensor) {
        const y = x.square()
        context.saveForBackward(x, y)
        return [x.mul(y), y]
      }
      static backward(context: FunctionContext, g: Tensor, h: Tensor) {
        const [x, y] = context.savedTensors
        return g.mul(y).mul(3).add(h.mul(x).mul(2))
      }
    }
    const copy = (t: Tensor) => t.clone()
    const fn = (x: Tensor) =>
      savedTensorsHooks(copy, copy, () => {
        const y = x.tanh().mul(x.exp())
        const [cube, square] = Cube.apply(y)
        return cube.add(square).softmax(0).mul(x.mul(2).exp_())
      })
    const x = randn([3], { dtype: 'float64', requiresGrad: true })
    expect(gradcheck(fn, x)).toBe(true)
    expect(gradgradcheck(fn, x)).toBe(true)
  })

  test('gradients of what unpack answers go to the tensor that was saved', () => {
    const x = leaf([3])
    const y = savedTensorsHooks(
      (t) => t.clone(),
      (t) => t,
      () => x.square(),
    )
    const [dx] = grad(y, x, { createGraph: true })
    expect(grad(dx, x)[0].tolist()).toEqual([2])
  })

  test('errors', () => {
    const x = leaf([3])
    expect(() =>
      savedTensorsHooks(
        (t) => t.add_(1),
        (t) => t,
        () => x.square(),
      ),
    ).toThrow(
      'savedTensorsHooks: pack must not change its tensor in place, got a change by add_. Clone it first.',
    )
    const y = savedTensorsHooks(
      () => 5,
      (n) => n as never as Tensor,
      () => x.square(),
    )
    expect(() => y.backward()).toThrow('savedTensorsHooks: unpack must answer a tensor, got number.')
    expect(() => savedTensorsHooks(null as never, (t: Tensor) => t)).toThrow(
      'pack and unpack must be functions, got object.',
    )
  })

  test('a tensor that the op itself overwrote is refused as without hooks', () => {
    const same = (t: Tensor) => t
    const [x, y] = [leaf([3]), leaf([2])]
    const change = () => {
      const a = x.mul(1)
      const b = a.view([1])
      return b.mul_(y).mul(a) // a was saved, then is read: fine
    }
    const [plain] = grad(change(), x)
    const [packed] = grad(savedTensorsHooks(same, same, change), x)
    expect(packed.tolist()).toEqual(plain.tolist())
    const stale = () => {
      const a = x.mul(1)
      return a.add_(a.mul(0)).mul_(a.view([1]))
    }
    const message = 'must not be changed in place'
    expect(() => stale().backward()).toThrow(message)
    expect(() => savedTensorsHooks(same, same, stale).backward()).toThrow(message)
  })
})

describe('saveOnCpu', () => {
  test('moves saved tensors to the cpu and back', () => {
    registerBackend(createReferenceBackend())
    const x = tensor([2, 3], { device: 'reference', requiresGrad: true })
    const y = saveOnCpu(() => x.mul(x).sum())
    y.backward()
    expect(x.grad!.device).toBe('reference')
    expect(x.grad!.tolist()).toEqual([4, 6])
  })
})
