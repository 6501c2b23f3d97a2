// Generated reductions against the reference backend.
import { describe, expect, test } from '@jest/globals'
import { constant, dtypes, input, nextKernelId, param } from '@tt/tensor'
import type { Combine, ComputeType, DType, Expr, ReduceKernel } from '@tt/tensor'
import { cpu, difference, layouts, memoryOf, operand, plainSimd, reference, smallValue } from './operands.ts'
import type { Layout } from './operands.ts'

const combinations: readonly Combine[] = ['sum', 'prod', 'max', 'min']

interface Parts {
  readonly inputs: readonly DType[]
  readonly compute: ComputeType
  readonly combine: Combine
  readonly output: DType
  readonly map?: Expr
  readonly finish?: Expr
  readonly paramCount?: number
}

const kernelOf = ({
  inputs,
  compute,
  combine,
  output,
  map = input(0),
  finish,
  paramCount = 0,
}: Parts): ReduceKernel => ({
  kind: 'reduce',
  id: nextKernelId(),
  name: 'test',
  inputs: inputs.map((name) => dtypes[name]),
  paramCount,
  compute,
  combine,
  map,
  finish: finish ?? null,
  output: dtypes[output],
})

// Products stay near 1, so that float32 and float64 orders of multiplication agree.
const mild = (dtype: DType, i: number) =>
  dtypes[dtype].category === 'float' && dtypes[dtype].itemSize > 2 ? 1 + (i % 7) / 100 : smallValue(dtype)

function check(
  kernel: ReduceKernel,
  shape: readonly number[],
  mask: number,
  layout: Layout,
  backend = cpu,
): void {
  const pair = [backend, reference]
  const value = kernel.combine === 'prod' ? mild : smallValue
  const inputs = kernel.inputs.map(({ name }) => operand(pair, name, shape, layout, value))
  const output = operand(
    pair,
    kernel.output.name,
    shape.map((size, d) => ((mask >> d) & 1 ? 1 : size)),
  )
  const params = Array.from({ length: kernel.paramCount }, () => 3)
  pair.forEach((one, i) =>
    one.kernels.reduce(
      kernel,
      shape,
      inputs.map((twin) => twin.on[i]),
      params,
      output.on[i],
    ),
  )
  expect(difference(pair, output, kernel.output.itemSize === 2 ? 1e-2 : 1e-5)).toBeNull()
}

describe('combinations', () => {
  const cases: [DType, ComputeType, DType][] = [
    ['float32', 'f32', 'float32'],
    ['float64', 'f64', 'float64'],
    ['int64', 'i64', 'int64'],
    ['uint8', 'i64', 'int64'],
    ['int32', 'i32', 'int32'],
    ['float16', 'f32', 'float32'],
    ['bool', 'i32', 'bool'],
    ['bfloat16', 'f32', 'bfloat16'],
  ]
  const shapes: (readonly number[])[] = [
    [],
    [1],
    [9],
    [700],
    [3, 70],
    [70, 3],
    [40, 24],
    [5, 6, 7],
    [2, 1, 5, 4],
    [0, 4],
  ]
  for (const [dtype, compute, output] of cases) {
    test.each(combinations)(`${dtype} in ${compute}: %s`, (combine) => {
      const kernel = kernelOf({ inputs: [dtype], compute, combine, output })
      for (const shape of shapes) {
        for (let mask = 0; mask < 2 ** shape.length; mask++)
          for (const layout of layouts) check(kernel, shape, mask, layout)
      }
    })
  }

  test('more dims than loops', () => {
    const kernel = kernelOf({ inputs: ['float32'], compute: 'f32', combine: 'sum', output: 'float32' })
    for (const layout of layouts) {
      for (const mask of [0b0101010, 0b1010101, 0b1100110, 0b0000001])
        check(kernel, [2, 3, 2, 3, 2, 3, 2], mask, layout)
    }
  })

  test('without fused multiply-add', () => {
    const kernel = kernelOf({
      inputs: ['float32'],
      compute: 'f32',
      combine: 'sum',
      output: 'float32',
      map: input(0).exp(),
    })
    for (const mask of [0, 1, 2, 3]) check(kernel, [30, 41], mask, 'dense', plainSimd)
  })
})

describe('maps and finishes', () => {
  test('several inputs, params and a finish over the combined value', () => {
    const map = input(0).sub(input(1)).square().mul(param(0))
    const kernel = kernelOf({
      inputs: ['float32', 'int16'],
      compute: 'f32',
      combine: 'sum',
      output: 'float64',
      map,
      finish: input(0).div(param(0)).sqrt(),
      paramCount: 1,
    })
    for (const layout of layouts) for (let mask = 0; mask < 4; mask++) check(kernel, [13, 21], mask, layout)
  })

  test('truth values count as 0 or 1', () => {
    const any = kernelOf({
      inputs: ['float32'],
      compute: 'f32',
      combine: 'max',
      output: 'bool',
      map: input(0).ne(0),
    })
    const count = kernelOf({
      inputs: ['float32'],
      compute: 'i64',
      combine: 'sum',
      output: 'int64',
      map: input(0).gt(0),
    })
    for (const kernel of [any, count])
      for (let mask = 0; mask < 4; mask++) check(kernel, [13, 21], mask, 'dense')
  })

  test('inputs broadcast to the shape', () => {
    const kernel = kernelOf({
      inputs: ['float32', 'float32'],
      compute: 'f32',
      combine: 'sum',
      output: 'float32',
      map: input(0).mul(input(1)),
    })
    for (const [a, b] of [
      [
        [20, 1],
        [1, 30],
      ],
      [[30], [20, 30]],
      [[], [20, 30]],
      [
        [1, 30],
        [20, 1],
      ],
    ]) {
      for (const outShape of [
        [1, 1],
        [20, 1],
        [1, 30],
      ]) {
        const pair = [cpu, reference]
        const [x, y] = [operand(pair, 'float32', a), operand(pair, 'float32', b)]
        const out = operand(pair, 'float32', outShape)
        pair.forEach((one, i) => one.kernels.reduce(kernel, [20, 30], [x.on[i], y.on[i]], [], out.on[i]))
        expect(difference(pair, out, 1e-5)).toBeNull()
      }
    }
  })
})

describe('special values', () => {
  const of = (values: readonly number[], combine: Combine): number => {
    const x = operand([cpu], 'float32', [values.length], 'dense', (_, i) => values[i])
    const y = operand([cpu], 'float32', [1])
    cpu.kernels.reduce(
      kernelOf({ inputs: ['float32'], compute: 'f32', combine, output: 'float32' }),
      [values.length],
      x.on,
      [],
      y.on[0],
    )
    return Number(memoryOf(cpu, y.on[0], 1)[0])
  }

  test('NaN wins a maximum and a minimum, wherever it stands', () => {
    for (const length of [1, 3, 8, 37]) {
      for (let position = 0; position < length; position++) {
        const values = Array.from({ length }, (_, i) => (i === position ? NaN : i))
        expect(of(values, 'max')).toBeNaN()
        expect(of(values, 'min')).toBeNaN()
      }
    }
    expect(of([-Infinity, -5], 'max')).toBe(-5)
    expect(of([], 'max')).toBe(-Infinity)
    expect(of([], 'prod')).toBe(1)
  })

  test('a float32 sum of a million elements is good to 1e-7', () => {
    const n = 1_000_000
    const values = Float32Array.from({ length: n }, (_, i) => ((i * 7919) % 10007) / 10007)
    const exact = values.reduce((total, x) => total + x, 0)
    const x = operand([cpu], 'float32', [n], 'dense', (_, i) => values[i])
    const y = operand([cpu], 'float32', [1, 1])
    const kernel = kernelOf({ inputs: ['float32'], compute: 'f32', combine: 'sum', output: 'float32' })
    for (const shape of [
      [n, 1],
      [1000, 1000],
    ]) {
      const window = { ...x.on[0], shape, strides: [shape[1], 1] }
      cpu.kernels.reduce(kernel, shape, [window], [], y.on[0])
      expect(Math.abs(Number(memoryOf(cpu, y.on[0], 1)[0]) / exact - 1)).toBeLessThan(1e-7)
    }
    const columns = operand([cpu], 'float32', [1, 4])
    cpu.kernels.reduce(
      kernel,
      [n / 4, 4],
      [{ ...x.on[0], shape: [n / 4, 4], strides: [4, 1] }],
      [],
      columns.on[0],
    )
    const total = [...memoryOf(cpu, columns.on[0], 4)].reduce((sum: number, one) => sum + Number(one), 0)
    expect(Math.abs(total / exact - 1)).toBeLessThan(1e-7)
  })

  test('constants reduce as often as there are elements', () => {
    const kernel = kernelOf({ inputs: [], compute: 'i64', combine: 'sum', output: 'int64', map: constant(3) })
    const y = operand([cpu], 'int64', [1, 1])
    cpu.kernels.reduce(kernel, [5, 7], [], [], y.on[0])
    expect(memoryOf(cpu, y.on[0], 1)[0]).toBe(105n)
  })
})
