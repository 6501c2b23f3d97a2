// Type promotion, as a table from torch 1.13: dtypes × (1-dim, 0-dim, number), result dtypes of ops.
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tt from '@tt/tensor'
import { canCast, float, ones, promoteTypes, registerBackend, setDefaultDevice } from '@tt/tensor'
import type { DType, Scalar, Tensor } from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'

type Row = readonly string[]
const torch = JSON.parse(readFileSync(new URL('fixtures/promotion.json', import.meta.url), 'utf8')) as {
  promoteTypes: Record<DType, Record<DType, DType>>
  canCast: Record<DType, DType[]>
  mul: Row[]
  ops: Record<string, Row[]>
  unary: Record<string, Row[]>
}
const names = Object.keys(torch.promoteTypes) as DType[]

beforeAll(() => {
  registerBackend(createReferenceBackend())
  setDefaultDevice('reference')
})

const camelCase = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
const opOf = (name: string): ((...args: unknown[]) => Tensor) =>
  (tt as unknown as Record<string, (...args: unknown[]) => Tensor>)[camelCase(name)]
const dtypeOf = (run: () => Tensor): string => {
  try {
    return run().dtype
  } catch {
    return 'error'
  }
}

test('promoteTypes and canCast are torch.promote_types and torch.can_cast', () => {
  for (const a of names) {
    expect(names.map((b) => promoteTypes(a, b))).toEqual(names.map((b) => torch.promoteTypes[a][b]))
    expect(names.filter((b) => canCast(a, b))).toEqual(torch.canCast[a])
  }
})

describe('tensors with dims outrank 0-dim tensors, which outrank numbers, within a category', () => {
  const numbers: Readonly<Record<string, Scalar>> = { true: true, 2: 2, 2.5: 2.5 }
  const operand = (name: string, kind: string): Tensor | Scalar =>
    kind === 'number' ? numbers[name] : ones(kind === '1d' ? [2] : [], { dtype: name as DType })

  test.each(names)('%s', (name) => {
    for (const [a, kindA, b, kindB, result] of torch.mul.filter(([first]) => first === name)) {
      const [x, y] = [operand(a, kindA) as Tensor, operand(b, kindB)]
      expect([a, kindA, b, kindB, x.mul(y).dtype]).toEqual([a, kindA, b, kindB, result])
      expect([b, kindB, a, kindA, tt.mul(y as Tensor, x).dtype]).toEqual([b, kindB, a, kindA, result])
    }
  })

  test('a whole number counts as floating-point when it says so', () => {
    const integers = ones([2], { dtype: 'int32' })
    expect([integers.mul(2).dtype, integers.mul(float(2)).dtype, integers.mul(2n).dtype]).toEqual([
      'int32',
      'float32',
      'int32',
    ])
  })
})

describe('result dtypes of ops', () => {
  test.each(Object.keys(torch.ops))('%s of two tensors', (name) => {
    const rows = torch.ops[name].map(([a, b]) => [
      a,
      b,
      dtypeOf(() => opOf(name)(ones([2], { dtype: a as DType }), ones([2], { dtype: b as DType }))),
    ])
    expect(rows).toEqual(torch.ops[name])
  })
  test.each(Object.keys(torch.unary))('%s', (name) => {
    const rows = torch.unary[name].map(([a]) => [
      a,
      dtypeOf(() => opOf(name)(ones([2], { dtype: a as DType }), ...(name === 'cumsum' ? [0] : []))),
    ])
    expect(rows).toEqual(torch.unary[name])
  })
})

test('an in-place op keeps the dtype of self, or refuses', () => {
  for (const a of names) {
    for (const b of names) {
      const run = () => ones([2], { dtype: a }).mul_(ones([2], { dtype: b }))
      expect([a, b, dtypeOf(run)]).toEqual([a, b, canCast(torch.promoteTypes[a][b], a) ? a : 'error'])
    }
  }
})
