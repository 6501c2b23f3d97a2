// Dispatch: the meta device, in-place ops and overlapping memory, versions, tensors of several devices.
import { beforeAll, describe, expect, test } from '@jest/globals'
import {
  DTypeError,
  DeviceError,
  ShapeError,
  conv2d,
  empty,
  matmul,
  ones,
  registerBackend,
  setDefaultDevice,
  tensor,
  zeros,
} from '@tt/tensor'
import type { Backend } from '@tt/tensor'
import { createReferenceBackend, watchBuffers } from '@tt/tensor/testing'

beforeAll(() => {
  registerBackend(createReferenceBackend())
  setDefaultDevice('reference')
})

describe('the meta device infers shapes without work', () => {
  const meta = (...shape: number[]) => empty(shape, { device: 'meta' })
  test('of chains of ops', () => {
    expect(meta(1e6, 1e5).matmul(meta(1e5, 3)).relu().sum(0, { keepdim: true }).shape).toEqual([1, 3])
    expect(conv2d(meta(8, 3, 224, 224), meta(64, 3, 7, 7), null, { stride: 2, padding: 3 }).shape).toEqual([
      8, 64, 112, 112,
    ])
    expect(meta(2, 3).to('float64').add(meta(3)).dtype).toBe('float64')
  })
  test('checks as any device does', () => {
    expect(() => matmul(meta(2, 3), meta(4, 5))).toThrow(ShapeError)
    expect(() => meta(2).add(ones([2]))).toThrow(
      "add: all tensors must be on one device, got meta and reference. Move one of them: .to('meta').",
    )
  })
  test('has no data', () => {
    expect(() => meta(1).item()).toThrow(
      "read: tensors of device 'meta' have no data. Create the tensor on another device.",
    )
  })
})

describe('in-place ops', () => {
  test('return self, change every view of it, and count versions', () => {
    const x = zeros([2, 3])
    const view = x.t()
    expect(x.add_(1)).toBe(x)
    expect(view.tolist()).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ])
    expect([x.version, view.version]).toEqual([1, 1])
    view.mul_(2)
    expect([x.version, x.at(0, 0).item()]).toEqual([2, 2])
  })

  test('keep the shape and dtype of self, or change nothing', () => {
    const x = ones([3])
    const integers = ones([3], { dtype: 'int64' })
    expect(() => x.add_(ones([2, 3]))).toThrow(
      'add_: the result must have the shape of self, got [2, 3] for self of [3].',
    )
    expect(() => integers.mul_(0.5)).toThrow(
      'mul_: the result type float32 must be castable to that of self, got int64. Use mul instead.',
    )
    expect([x.tolist(), integers.tolist(), x.version, integers.version]).toEqual([[1, 1, 1], [1, 1, 1], 0, 0])
  })

  test('refuse memory that several elements share', () => {
    const expanded = zeros([1, 3]).expand([2, 3])
    expect(() => expanded.add_(1)).toThrow(
      'add_: each element of self must have memory of its own, got an expanded tensor. Call clone() or contiguous() first.',
    )
    expect(expanded.tolist()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ])
  })

  test('refuse an input that overlaps self in part; the same window is fine', () => {
    const x = tensor([1, 2, 3, 4])
    expect(() => x.narrow(0, 1, 3).add_(x.narrow(0, 0, 3))).toThrow(
      'add_: an input and self must not overlap in part in memory, got two windows on the same storage. Clone one of them.',
    )
    expect(x.tolist()).toEqual([1, 2, 3, 4])
    expect(x.mul_(x).tolist()).toEqual([1, 4, 9, 16])
    expect(
      x
        .narrow(0, 2, 2)
        .add_(x.narrow(0, 0, 2))
        .tolist(),
    ).toEqual([10, 20])
  })

  test('copy_ from an overlapping window is refused', () => {
    const x = tensor([1, 2, 3, 4])
    expect(() => x.narrow(0, 1, 3).copy_(x.narrow(0, 0, 3))).toThrow('must not overlap in part in memory')
    expect(x.tolist()).toEqual([1, 2, 3, 4])
  })
})

describe('devices', () => {
  test('a registered backend is found by its name', () => {
    const other: Backend = { ...createReferenceBackend(), device: 'other' }
    registerBackend(other)
    const x = ones([2], { device: 'other' })
    expect([x.device, x.add(1).device, x.to('reference').device]).toEqual(['other', 'other', 'reference'])
    expect(() => x.add(ones([2]))).toThrow(DeviceError)
  })

  test('a device that cannot block says which call to make', async () => {
    const reference = createReferenceBackend()
    registerBackend({ ...reference, device: 'slow', canBlock: false })
    const x = ones([2], { device: 'slow' }).add(1)
    expect(() => x.tolist()).toThrow(/device 'slow' cannot be read synchronously\. Use: await tensor\./)
    await expect(x.tolistAsync()).resolves.toEqual([2, 2])
    expect((await x.toAsync('reference')).tolist()).toEqual([2, 2])
    expect(() => x.to('reference')).toThrow(
      "to: device 'slow' cannot be read synchronously. Use: await tensor.toAsync('reference').",
    )
  })

  test('a dtype that a device does not store is an error', () => {
    registerBackend({
      ...createReferenceBackend(),
      device: 'narrow',
      supports: ({ name }) => name === 'float32',
    })
    expect(() => ones([2], { device: 'narrow', dtype: 'float64' })).toThrow(DTypeError)
    expect(() => ones([2], { dtype: 'float64' }).to('narrow')).toThrow(
      "to: device 'narrow' does not store float64. Cast it as well: .to({ device, dtype: 'float32' }).",
    )
  })

  test('memory is given back by dispose and using', () => {
    const { backend, alive } = watchBuffers({ ...createReferenceBackend(), device: 'counted' })
    registerBackend(backend)
    const before = alive()
    {
      using x = ones([4], { device: 'counted' })
      expect([x.tolist(), alive() - before]).toEqual([[1, 1, 1, 1], 1])
    }
    expect(alive() - before).toBe(0)
    const y = ones([4], { device: 'counted' })
    y.dispose()
    y.dispose()
    expect(() => y.add(1)).toThrow('storage: the tensor must be alive, got one that was disposed.')
  })
})
