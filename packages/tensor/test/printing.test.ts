// Tensors as text: String(x), console.log(x), against what PyTorch 1.13.1 printed (fixtures/format.json).
import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { afterEach, describe, expect, test } from '@jest/globals'
import { arange, empty, installAutograd, registerBackend, setPrintOptions, tensor, zeros } from '@tt/tensor'
import type { AutogradHook, Backend, DType, PrintProfile, Tensor } from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'

interface Options {
  precision?: number
  threshold?: number
  edgeitems?: number
  linewidth?: number
  sci_mode?: boolean
  profile?: PrintProfile
}
interface Case {
  value: { t: DType; shape: number[]; data: string }
  printoptions?: Options
  repr: string
  requires_grad?: boolean
  grad_fn?: string
  parameter?: boolean
  device?: string
}

const reference = createReferenceBackend()
const counted = { bytes: 0 }
const cpu: Backend = {
  ...reference,
  device: 'cpu',
  read: (buffer, byteOffset, byteLength) => {
    counted.bytes += byteLength
    return reference.read(buffer, byteOffset, byteLength)
  },
}
registerBackend(cpu)
registerBackend({ ...reference, device: 'slow', canBlock: false })

/** A hook that only remembers what was set on a tensor. */
installAutograd({
  requiresGrad: (self: Tensor) => self.autograd!.requiresGrad,
  gradFn: (self: Tensor) => self.autograd!.gradFn,
} as AutogradHook)

const { tensors: cases } = JSON.parse(
  readFileSync(new URL('fixtures/format.json', import.meta.url), 'utf8'),
) as { tensors: Case[] }

const node = { nextFunctions: [], registerHook: () => () => {}, registerPrehook: () => () => {} }
function tensorOf({ value, requires_grad, grad_fn, parameter }: Case): Tensor {
  const result = empty(value.shape, { dtype: value.t })
  const bytes = Buffer.from(value.data, 'base64')
  if (bytes.length > 0) cpu.write(result.storage.buffer, 0, bytes)
  if (requires_grad || grad_fn) {
    result.autograd = {
      requiresGrad: true,
      grad: null,
      gradFn: grad_fn ? { ...node, name: grad_fn } : null,
    }
  }
  if (parameter) Object.defineProperty(result, 'isParameter', { value: true })
  return result
}

afterEach(() => setPrintOptions({ profile: 'default' }))

describe('String(tensor)', () => {
  const known = cases.filter(({ device = 'cpu' }) => device === 'cpu')
  test(`${known.length} tensors print as in PyTorch`, () => {
    for (const entry of known) {
      const { sci_mode: sciMode, ...options } = entry.printoptions ?? {}
      setPrintOptions({ ...options, ...(sciMode !== undefined && { sciMode }) })
      expect(String(tensorOf(entry))).toBe(entry.repr)
      setPrintOptions({ profile: 'default' })
    }
  })

  test('a large tensor is summarised, and only what is shown is read', () => {
    counted.bytes = 0
    expect(String(arange(1_000_000).reshape([1000, 1000]).t())).toBe(
      [
        'tensor([[     0,   1000,   2000,  ..., 997000, 998000, 999000],',
        '        [     1,   1001,   2001,  ..., 997001, 998001, 999001],',
        '        [     2,   1002,   2002,  ..., 997002, 998002, 999002],',
        '        ...,',
        '        [   997,   1997,   2997,  ..., 997997, 998997, 999997],',
        '        [   998,   1998,   2998,  ..., 997998, 998998, 999998],',
        '        [   999,   1999,   2999,  ..., 997999, 998999, 999999]])',
      ].join('\n'),
    )
    expect(counted.bytes).toBe(36 * 8)
  })

  test('views, dtypes and empty tensors', () => {
    expect(String(arange(6).reshape([2, 3]).t())).toBe('tensor([[0, 3],\n        [1, 4],\n        [2, 5]])')
    expect(String(tensor([true, false]))).toBe('tensor([ True, False])')
    expect(String(zeros([0, 2]))).toBe('tensor([], size=(0, 2))')
    expect(String(zeros([2, 3], { device: 'meta' }))).toBe("tensor(..., device='meta', size=(2, 3))")
  })

  test('a disposed tensor says so', () => {
    const x = zeros([2])
    x.dispose()
    expect(String(x)).toBe('tensor(<disposed>, size=(2,), dtype=torch.float32)')
  })
})

test('console.log shows the text, also inside objects', () => {
  expect(inspect(tensor([1, 2]))).toBe('tensor([1., 2.])')
  expect(inspect({ x: tensor([[1], [2]]) })).toBe('{\n  x: tensor([[1.],\n          [2.]])\n}')
})

test('a device that cannot block prints what it knows, and its text is awaited', async () => {
  const x = tensor([1, 2]).to('slow')
  expect(String(x)).toBe(
    "tensor(..., device='slow', size=(2,), dtype=torch.float32; values: await t.toStringAsync())",
  )
  expect(await x.toStringAsync()).toBe("tensor([1., 2.], device='slow')")
})
