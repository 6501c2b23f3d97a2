// Generated elementwise kernels against the reference backend: primitives, casts, layouts.
import { describe, expect, test } from '@jest/globals'
import { Expr, constant, dtypeList, dtypes, input, mapKernel, param, primitives } from '@tt/tensor'
import type { Backend, ComputeType, DType, MapKernel, ScalarPrimitive } from '@tt/tensor'
import {
  anyValue,
  below,
  cpu,
  difference,
  layouts,
  memoryOf,
  operand,
  plainSimd,
  random,
  reference,
} from './operands.ts'
import type { Layout, Twin } from './operands.ts'

const names = Object.keys(primitives) as ScalarPrimitive[]
const storage: Record<ComputeType, DType> = { f32: 'float32', f64: 'float64', i32: 'int32', i64: 'int64' }

function run(
  kernel: MapKernel,
  inputs: readonly Twin[],
  outputs: readonly Twin[],
  params: readonly number[] = [],
  first: Backend = cpu,
) {
  ;[first, reference].forEach((backend, i) =>
    backend.kernels.map(
      kernel,
      inputs.map((twin) => twin.on[i]),
      params,
      outputs.map((twin) => twin.on[i]),
    ),
  )
}

function kernelOf(
  exprs: readonly Expr[],
  inputs: readonly DType[],
  compute: ComputeType,
  outputs: readonly DType[],
  paramCount = 0,
) {
  return mapKernel(
    'test',
    inputs.map((name) => dtypes[name]),
    paramCount,
    compute,
    exprs.map((expr, i) => ({ expr, dtype: dtypes[outputs[i]] })),
  )
}

describe('primitives', () => {
  const isTruth = (name: ScalarPrimitive) => name === 'and' || name === 'or' || name === 'not'
  const exprOf = (name: ScalarPrimitive): Expr => {
    if (isTruth(name))
      return Expr.of(
        name,
        [0, 1].slice(0, primitives[name].arity).map((i) => input(i).gt(0)),
      )
    if (name === 'select') return input(0).lt(input(1)).select(input(1), input(2))
    return Expr.of(
      name,
      Array.from({ length: primitives[name].arity }, (_, i) => input(i)),
    )
  }
  // the half-open edges where float32 results are subnormal or overflow are rounded differently
  const tolerances: Record<ComputeType, number> = { f32: 4e-7, f64: 2e-15, i32: 0, i64: 0 }
  for (const [backend, simd] of [
    [cpu, 'auto'],
    [plainSimd, 'simd'],
  ] as const) {
    for (const compute of ['f32', 'f64', 'i32', 'i64'] as const) {
      const form = compute[0] === 'f' ? 'float' : 'int'
      const known = names.filter(
        (name) =>
          isTruth(name) ||
          name === 'select' ||
          (form in primitives[name] && (primitives[name] as Record<string, unknown>)[form] !== undefined),
      )
      test.each(known)(`${compute} %s, ${simd}`, (name) => {
        const dtype = storage[compute]
        const pair = [backend, reference]
        const { kind } = primitives[name]
        const kernel = kernelOf([exprOf(name)], [dtype, dtype, dtype], compute, [
          kind === 'bool' ? 'bool' : dtype,
        ])
        // exponents of integers stay small: the reference computes them exactly
        const value = (of: DType, i: number) =>
          name === 'pow' && form === 'int' ? smallExponent(of, i) : anyValue(of)
        const inputs = [0, 1, 2].map(() => operand(pair, dtype, [523], 'dense', value))
        const output = operand(pair, kind === 'bool' ? 'bool' : dtype, [523])
        run(kernel, inputs, [output], [], backend)
        expect(difference(pair, output, tolerances[compute])).toBeNull()
      })
    }
  }
  const smallExponent = (dtype: DType, i: number) => (dtype === 'int64' ? BigInt((i % 13) - 4) : (i % 13) - 4)
})

describe('casts', () => {
  // backends never see complex dtypes: their parts are real
  const stored = dtypeList.filter((info) => info.component === null)
  for (const from of stored) {
    for (const to of stored) {
      test(`${from.name} to ${to.name}`, () => {
        // the reference casts floats to uint8 by way of int32, torch by way of int64
        const inRange = (dtype: DType) => {
          let value = anyValue(dtype)
          while (to.name === 'uint8' && from.name === 'float64' && Math.abs(Number(value)) > 2e9)
            value = anyValue(dtype)
          return value
        }
        for (const compute of new Set([from.compute, to.compute])) {
          const kernel = kernelOf([input(0)], [from.name], compute, [to.name])
          const x = operand([cpu, reference], from.name, [151], 'dense', inRange)
          const y = operand([cpu, reference], to.name, [151])
          run(kernel, [x], [y])
          expect(difference([cpu, reference], y, 0)).toBeNull()
        }
      })
    }
  }

  test('floats to integers give what torch gives on x86', () => {
    const values = [2147485701, 4294967301, -1.5, 300.7, NaN, Infinity, -129, 3e10, 1e19]
    const expected: Partial<Record<DType, (number | bigint)[]>> = {
      uint8: [5, 5, 255, 44, 0, 0, 127, 0, 0],
      int8: [0, 0, -1, 44, 0, 0, 127, 0, 0],
      int16: [0, 0, -1, 300, 0, 0, -129, 0, 0],
      int32: [-2147483648, -2147483648, -1, 300, -2147483648, -2147483648, -129, -2147483648, -2147483648],
      int64: [
        2147485701n,
        4294967301n,
        -1n,
        300n,
        -(2n ** 63n),
        -(2n ** 63n),
        -129n,
        30000000000n,
        -(2n ** 63n),
      ],
    }
    for (const [to, wanted] of Object.entries(expected)) {
      const x = operand([cpu], 'float64', [9], 'dense', (_, i) => values[i])
      const y = operand([cpu], to as DType, [9])
      cpu.kernels.map(kernelOf([input(0)], ['float64'], 'f64', [to as DType]), x.on, [], y.on)
      expect([...memoryOf(cpu, y.on[0], 9)]).toEqual(wanted)
    }
  })
})

describe('layouts', () => {
  const shapes: (readonly number[])[] = [
    [],
    [1],
    [0, 3],
    [17],
    [3, 33],
    [33, 3],
    [48, 40],
    [2, 3, 4, 5],
    [3, 1, 5, 1, 2, 3],
  ]
  const broadcast = (shape: readonly number[]): number[] =>
    shape.map((size) => (random() < 0.3 ? 1 : size)).slice(below(shape.length + 1))
  const any = (): Layout => layouts[below(layouts.length)]

  test('inputs broadcast and every operand may be strided', () => {
    const dtypesOf: DType[][] = [
      ['float32', 'float32', 'float32'],
      ['uint8', 'int64', 'float32'],
      ['float16', 'bool', 'float64'],
      ['int64', 'int16', 'int64'],
      ['float64', 'float32', 'bool'],
      ['bfloat16', 'float16', 'int8'],
    ]
    for (const [a, b, c] of dtypesOf) {
      for (const compute of ['f32', 'f64', 'i64'] as const) {
        const kernel = kernelOf([input(0).mul(2).add(input(1))], [a, b], compute, [c])
        for (const shape of shapes) {
          for (let repeat = 0; repeat < 4; repeat++) {
            const x = operand([cpu, reference], a, repeat === 0 ? shape : broadcast(shape), any())
            const y = operand([cpu, reference], b, broadcast(shape), any())
            const z = operand([cpu, reference], c, shape, any())
            run(kernel, [x, y], [z])
            expect(difference([cpu, reference], z, 1e-6)).toBeNull()
          }
        }
      }
    }
  })

  test('many outputs, some of them inputs, read every input before they write', () => {
    const kernel = kernelOf(
      [input(0).add(input(1)), input(0).mul(param(0)).sub(input(1))],
      ['float32', 'float32'],
      'f32',
      ['float32', 'float32'],
      1,
    )
    for (const layout of layouts) {
      const x = operand([cpu, reference], 'float32', [5, 27], layout)
      const y = operand([cpu, reference], 'float32', [5, 27], layout)
      run(kernel, [x, y], [x, y], [3])
      expect(difference([cpu, reference], x, 1e-6)).toBeNull()
      expect(difference([cpu, reference], y, 1e-6)).toBeNull()
    }
  })

  test('no inputs fill', () => {
    const kernel = kernelOf([param(0)], [], 'i64', ['int64'], 1)
    const x = operand([cpu], 'int64', [7, 3], 'transposed')
    cpu.kernels.map(kernel, [], [2n ** 62n + 1n], x.on)
    expect(new Set(Array.from({ length: 21 }, (_, i) => memoryOf(cpu, x.on[0], 21)[i]))).toEqual(
      new Set([2n ** 62n + 1n]),
    )
  })

  test('a program is compiled for each kind of layout, and constants are shared', () => {
    const kernel = kernelOf([input(0).mul(constant(0.1)).exp().add(constant(0.1))], ['float32'], 'f32', [
      'float32',
    ])
    for (const shape of [[5], [4, 5], [64]]) {
      for (const layout of layouts) {
        const x = operand([cpu, reference], 'float32', shape, layout)
        const y = operand([cpu, reference], 'float32', shape, layout)
        run(kernel, [x], [y])
        expect(difference([cpu, reference], y, 1e-6)).toBeNull()
      }
    }
  })
})

test('an expression without meaning in the compute type is refused', () => {
  const kernel = kernelOf([input(0).bitAnd(1)], ['float32'], 'f32', ['float32'])
  const x = operand([cpu], 'float32', [3])
  expect(() => cpu.kernels.map(kernel, x.on, [], x.on)).toThrow(
    'bitAnd has no meaning on floating-point numbers',
  )
})
