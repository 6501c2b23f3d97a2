// The runner notices what is wrong: every check of a case, on goldens made by hand.
import '@tt/backend-cpu'
import * as torch from '@tt/autograd'
import * as nn from '@tt/nn'
import { describe, expect, test } from '@jest/globals'
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
  test('passes with right values, gradients and in-place method', () => {
    expect(outcome(square)).toEqual({ id: 'square', status: 'passed', reason: '' })
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
  ])('fails for %s that differs', (_, change, reason) => {
    const { status, reason: text } = outcome({ ...square, ...change })
    expect(status).toBe('failed')
    expect(text).toMatch(reason)
  })

  test('second gradients, by the inputs and by the cotangents', () => {
    // y = x², g = 2xc, L = ⟨g, v⟩: dL/dx = 2cv, dL/dc = 2xv
    const gg = (byInput: number) => ({
      vs: [float32(1, 2, 3)],
      grads: [float32(2, 4, byInput)],
      cot_grads: [float32(2, -8, 18)],
    })
    expect(outcome({ ...square, gg: gg(60) })).toMatchObject({ status: 'passed' })
    expect(outcome({ ...square, gg: gg(61) })).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('second gradient 0: 61 expected at flat index 2, got 60'),
    })
  })

  test('needs the op, the in-place method and the dtypes to exist', () => {
    expect(outcome(square, file('torch.unheard_of'))).toMatchObject({
      status: 'not implemented',
      reason: 'function unheardOf',
    })
    expect(outcome(square, file('torch.square', 'function', { inplace: 'unheard_of_' }))).toMatchObject({
      status: 'not implemented',
    })
    expect(outcome({ ...square, outputs: [{ t: 'complex64', shape: [3], data: '' }] })).toMatchObject({
      status: 'not implemented',
      reason: 'dtype complex64',
    })
  })

  test('strides, offsets and views are real', () => {
    const strided = { t: 'float32', shape: [2], stride: [2], offset: 1, data: encode([9, 1, 9, 2]) }
    expect(
      runCase(world, file('torch.square'), {
        id: 'strided',
        args: [strided],
        kwargs: {},
        outputs: [float32(1, 4)],
        tolerance,
      }).status,
    ).toBe('passed')
    const view: GoldenCase = {
      id: 'view',
      args: [input(1, 2), 2, 1],
      kwargs: {},
      outputs: [{ ...float32(1, 2), shape: [2, 1], view_of: 0 }],
    }
    expect(runCase(world, file('torch.Tensor.view', 'method'), view).status).toBe('passed')
  })

  test('positions of equal values are as good', () => {
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
    expect([runCase(world, of, tie(2)).status, runCase(world, of, tie(1)).status]).toEqual([
      'passed',
      'failed',
    ])
  })
})

describe('an error case', () => {
  const call = { id: 'error', args: [input(1, 2), input(1, 2, 3)], kwargs: {}, message: 'sizes differ' }
  test('passes for an error of the library only', () => {
    expect(runError(world, file('torch.add'), call).status).toBe('passed')
    expect(runError(world, file('torch.add'), { ...call, args: [input(1), input(1)] })).toMatchObject({
      status: 'failed',
    })
    const broken = {
      ...world,
      packages: { torch: { add: () => (undefined as unknown as { x: () => void }).x() }, nn },
    }
    expect(runError(broken, file('torch.add'), call)).toMatchObject({ status: 'failed' })
  })
})
