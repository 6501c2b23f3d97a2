// What the graph holds: nothing that no gradient uses, and nothing after backward.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from '@jest/globals'
import { Function, ones } from '@tt/autograd'
import type { FunctionContext, Storage, Tensor } from '@tt/autograd'
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
