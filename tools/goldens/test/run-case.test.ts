// The runner notices what is wrong: every check of a case, on goldens made by hand.
import '@tt/backend-cpu'
import * as torch from '@tt/autograd'
import * as nn from '@tt/nn'
import { describe, expect, test } from '@jest/globals'
import { registerBackend } from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'
import type { GoldenCase, GoldenFile } from '../src/format.ts'
import type { World } from '../src/call.ts'
import { runCase, runError } from '../src/run-case.ts'

const encode = (values: readonly number[]): string =>
  Buffer.from(Float32Array.from(values).buffer).toString('base64')
const float32 = (...values: number[]) => ({ t: 'float32', shape: [values.length], data: encode(values) })
const input = (...values: number[]) => ({ ...float32(...values), stride: [1], offset: 0, rg: 1 })

const self = { name: 'self', type: 'Tensor' }
const world: World = {
  packages: { torch, nn },
  signatures: {
    'torch.square': [[self]],
    'torch.Tensor.view': [[self, { name: 'size', type: 'List[int]' }]],
    'torch.add': [[self, { name: 'other', type: 'Tensor' }]],
    'torch.argmax': [[self, { name: 'dim', type: 'Optional[int]', default: null }]],
  },
  device: 'cpu',
}
const file = (call: string, variant = 'function', more: Partial<GoldenFile> = {}): GoldenFile => ({
  op: '',
  opinfo_variant: '',
  group: '',
  call,
  variant,
  cases: [],
  errors: [],
  ...more,
})
const tolerance = { atol: 1e-6, rtol: 1e-6 }

const square: GoldenCase = {
  id: 'square',
  args: [input(1, -2, 3)],
  kwargs: {},
  outputs: [float32(1, 4, 9)],
  tolerance,
  cotangents: [float32(1, 1, 10)],
  grads: [float32(2, -4, 60)],
  grad_tolerance: tolerance,
  inplace_ok: 1,
}
const outcome = (golden: GoldenCase, of = file('torch.square', 'function', { inplace: 'square_' })) =>
  runCase(world, of, golden)

describe('a case', () => {
  test('passes with right values, gradients and in-place method', async () => {
    expect(await outcome(square)).toEqual({ id: 'square', status: 'passed', reason: '' })
  })
  test.each<[string, Partial<GoldenCase>, RegExp]>([
    ['a value', { outputs: [float32(1, 4, 9.1)] }, /output 0: 9\.10.* expected at flat index 2, got 9/],
    ['a dtype', { outputs: [{ t: 'float64', shape: [3], data: '' }] }, /dtype float64 expected, got float32/],
    ['a shape', { outputs: [{ ...float32(1, 4, 9), shape: [3, 1] }] }, /shape \[3, 1\] expected, got \[3\]/],
    ['a gradient', { grads: [float32(2, -4, 61)] }, /gradient 0: 61 expected at flat index 2, got 60/],
    ['shared memory', { outputs: [{ ...float32(1, 4, 9), view_of: 0 }] }, /a view of input 0 expected/],
    [
      'a changed input',
      { mutated: [{ i: 0, value: float32(0, 0, 0) }] },
      /input 0 after the call: 0 expected/,
    ],
    [
      'the number of results',
      { kind: 'tuple', outputs: [float32(1), float32(1)] },
      /a tuple of results expected/,
    ],
  ])('fails for %s that differs', async (_, change, reason) => {
    const { status, reason: text } = await outcome({ ...square, ...change })
    expect(status).toBe('failed')
    expect(text).toMatch(reason)
  })

  test('second gradients, by the inputs and by the cotangents', async () => {
    // y = x², g = 2xc, L = ⟨g, v⟩: dL/dx = 2cv, dL/dc = 2xv
    const gg = (byInput: number) => ({
      vs: [float32(1, 2, 3)],
      grads: [float32(2, 4, byInput)],
      cot_grads: [float32(2, -8, 18)],
    })
    expect(await outcome({ ...square, gg: gg(60) })).toMatchObject({ status: 'passed' })
    expect(await outcome({ ...square, gg: gg(61) })).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('second gradient 0: 61 expected at flat index 2, got 60'),
    })
  })

  test('needs the op, the in-place method and the dtypes to exist', async () => {
    expect(await outcome(square, file('torch.unheard_of'))).toMatchObject({
      status: 'not implemented',
      reason: 'function unheardOf',
    })
    expect(await outcome(square, file('torch.square', 'function', { inplace: 'unheard_of_' }))).toMatchObject(
      {
        status: 'not implemented',
      },
    )
    expect(await outcome({ ...square, outputs: [{ t: 'complex32', shape: [3], data: '' }] })).toMatchObject({
      status: 'not implemented',
      reason: 'dtype complex32',
    })
  })

  test('strides, offsets and views are real', async () => {
    const strided = { t: 'float32', shape: [2], stride: [2], offset: 1, data: encode([9, 1, 9, 2]) }
    const square: GoldenCase = {
      id: 'strided',
      args: [strided],
      kwargs: {},
      outputs: [float32(1, 4)],
      tolerance,
    }
    expect(await runCase(world, file('torch.square'), square)).toMatchObject({ status: 'passed' })
    const view: GoldenCase = {
      id: 'view',
      args: [input(1, 2), 2, 1],
      kwargs: {},
      outputs: [{ ...float32(1, 2), shape: [2, 1], view_of: 0 }],
    }
    expect(await runCase(world, file('torch.Tensor.view', 'method'), view)).toMatchObject({
      status: 'passed',
    })
  })

  test('positions of equal values are as good', async () => {
    const index = (i: number) => ({
      t: 'int64',
      shape: [],
      data: Buffer.from(BigInt64Array.of(BigInt(i)).buffer).toString('base64'),
    })
    const tie = (i: number): GoldenCase => ({
      id: 'tie',
      args: [input(5, 1, 5)],
      kwargs: {},
      outputs: [index(i)],
    })
    const of = file('torch.argmax', 'function', { index_outputs: [0] })
    expect(await runCase(world, of, tie(2))).toMatchObject({ status: 'passed' })
    expect(await runCase(world, of, tie(1))).toMatchObject({ status: 'failed' })
  })
})

describe('an error case', () => {
  const call = { id: 'error', args: [input(1, 2), input(1, 2, 3)], kwargs: {}, message: 'sizes differ' }
  test('passes for an error of the library only', async () => {
    expect(await runError(world, file('torch.add'), call)).toMatchObject({ status: 'passed' })
    expect(await runError(world, file('torch.add'), { ...call, args: [input(1), input(1)] })).toMatchObject({
      status: 'failed',
    })
    const broken = {
      ...world,
      packages: { torch: { add: () => (undefined as unknown as { x: () => void }).x() }, nn },
    }
    expect(await runError(broken, file('torch.add'), call)).toMatchObject({ status: 'failed' })
  })
})

describe('a device that cannot be waited for', () => {
  // The reference backend, but reads answer later, and float64 is not stored
  const inner = createReferenceBackend()
  registerBackend({
    ...inner,
    device: 'later',
    canBlock: false,
    supports: ({ name }) => name !== 'float64',
    kernels: inner.kernels,
  })
  const later = { ...world, device: 'later' }
  const nonzero = (kwargs: GoldenCase['kwargs'] = {}): GoldenCase => ({
    id: 'nonzero',
    args: [input(0, 5)],
    kwargs,
    outputs: [
      { t: 'int64', shape: [1, 1], data: Buffer.from(BigInt64Array.of(1n).buffer).toString('base64') },
    ],
  })
  test('values are read later', async () => {
    expect(await runCase(later, file('torch.square'), square)).toMatchObject({ status: 'passed' })
    const wrong = { ...square, outputs: [float32(1, 4, 9.1)] }
    expect(await runCase(later, file('torch.square'), wrong)).toMatchObject({ status: 'failed' })
  })
  test('an op that must read is waited for', async () => {
    expect(await runCase(later, file('torch.nonzero'), nonzero())).toMatchObject({ status: 'passed' })
    const method = file('torch.Tensor.nonzero', 'method')
    expect(await runCase(later, method, nonzero())).toMatchObject({ status: 'passed' })
    const read = { ...nonzero(), outputs: [[0, 5]] }
    expect(await runCase(later, file('torch.Tensor.tolist', 'method'), read)).toMatchObject({
      status: 'passed',
    })
  })
  test('what it does not hold is not applicable', async () => {
    const double = { ...square, outputs: [{ t: 'float64', shape: [3], data: '' }] }
    expect(await runCase(later, file('torch.square'), double)).toMatchObject({
      status: 'not applicable',
      reason: "float64 on device 'later'",
    })
  })
})
