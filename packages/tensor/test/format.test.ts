// Text of tensors and numbers against PyTorch and Python (fixtures made by torch 1.13.1 and Python 3.11).
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from '@jest/globals'
import type { DType, RealDType } from '../src/dtype.ts'
import { setDefaultDtype } from '../src/dtype.ts'
import type { Element, PrintProfile } from '../src/format/index.ts'
import {
  formatExponential,
  formatFixed,
  formatTensor,
  getPrintOptions,
  pyLiteral,
  pyRepr,
  setPrintOptions,
  summarizedIndices,
} from '../src/format/index.ts'

interface Options {
  precision?: number
  threshold?: number
  edgeitems?: number
  linewidth?: number
  sci_mode?: boolean
  profile?: PrintProfile
}
interface TensorCase {
  expr?: string
  value: { t: DType; shape: number[]; data: string }
  printoptions?: Options
  repr: string
  requires_grad?: boolean
  grad_fn?: string
  parameter?: boolean
  device?: string
}
interface Fixture {
  tensors: TensorCase[]
  aranges: { shape: number[]; dtype: DType; repr: string }[]
  numbers: [hex: string, digits: number, repr: string, fixed: string, exponential: string][]
}

const fixture = JSON.parse(readFileSync(new URL('fixtures/format.json', import.meta.url), 'utf8')) as Fixture

function reader(base64: string, dtype: RealDType): (index: number) => Element {
  const bytes = Buffer.from(base64, 'base64')
  switch (dtype) {
    case 'float64':
      return (i) => bytes.readDoubleLE(8 * i)
    case 'float32':
      return (i) => bytes.readFloatLE(4 * i)
    case 'bfloat16':
      return (i) => new Float32Array(Uint32Array.of(bytes.readUInt16LE(2 * i) << 16).buffer)[0]
    case 'float16':
      return (i) => halfFromBits(bytes.readUInt16LE(2 * i))
    case 'int64':
      return (i) => bytes.readBigInt64LE(8 * i)
    case 'int32':
      return (i) => bytes.readInt32LE(4 * i)
    case 'int16':
      return (i) => bytes.readInt16LE(2 * i)
    case 'int8':
      return (i) => bytes.readInt8(i)
    case 'uint8':
      return (i) => bytes.readUInt8(i)
    case 'bool':
      return (i) => bytes.readUInt8(i) !== 0
  }
}

function halfFromBits(bits: number): number {
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  const size =
    exponent === 0
      ? fraction * 2 ** -24
      : exponent === 31
        ? fraction
          ? NaN
          : Infinity
        : (1024 + fraction) * 2 ** (exponent - 25)
  return bits & 0x8000 ? -size : size
}

afterEach(() => {
  setPrintOptions({ profile: 'default' })
  setDefaultDtype('float32')
})

describe('formatTensor', () => {
  test(`writes ${fixture.tensors.length} tensors as PyTorch does`, () => {
    for (const { value, printoptions, repr, requires_grad, grad_fn, parameter, device } of fixture.tensors) {
      setPrintOptions({ profile: 'default' })
      if (printoptions) {
        const { sci_mode, ...options } = printoptions
        setPrintOptions({ ...options, sciMode: sci_mode ?? null })
      }
      expect(
        formatTensor({
          shape: value.shape,
          dtype: value.t,
          at: reader(value.data, value.t as RealDType),
          device,
          requiresGrad: requires_grad,
          gradFnName: grad_fn,
          isParameter: parameter,
        }),
      ).toBe(repr)
    }
  })

  test.each(fixture.aranges)(
    'arange of shape $shape, $dtype, asks only for what it shows',
    ({ shape, dtype, repr }) => {
      const asked: number[] = []
      const at = (index: number) => {
        asked.push(index)
        return index
      }
      expect(formatTensor({ shape, dtype, at })).toBe(repr)
      expect(asked).toEqual(summarizedIndices(shape))
      expect(asked.length).toBeLessThanOrEqual(7 ** shape.length)
    },
  )

  const nothing = () => {
    throw new Error('asked for an element')
  }

  test('meta and empty tensors ask for no element', () => {
    expect(formatTensor({ shape: [2, 3], dtype: 'float32', at: nothing, device: 'meta' })).toBe(
      "tensor(..., device='meta', size=(2, 3))",
    )
    expect(formatTensor({ shape: [3], dtype: 'int64', at: nothing, device: 'meta' })).toBe(
      "tensor(..., device='meta', size=(3,), dtype=torch.int64)",
    )
    expect(formatTensor({ shape: [], dtype: 'float32', at: nothing, device: 'meta' })).toBe(
      "tensor(..., device='meta', size=())",
    )
    expect(formatTensor({ shape: [0, 3], dtype: 'float32', at: nothing })).toBe('tensor([], size=(0, 3))')
    expect(formatTensor({ shape: [0], dtype: 'int64', at: nothing })).toBe('tensor([], dtype=torch.int64)')
    expect(summarizedIndices([4, 0])).toEqual([])
  })

  test('other devices and default dtypes are named', () => {
    const ones = { shape: [2], at: () => 1, device: 'webgpu' }
    expect(formatTensor({ ...ones, dtype: 'float32' })).toBe("tensor([1., 1.], device='webgpu')")
    setDefaultDtype('float64')
    expect(formatTensor({ ...ones, dtype: 'float32' })).toBe(
      "tensor([1., 1.], device='webgpu', dtype=torch.float32)",
    )
    expect(formatTensor({ ...ones, dtype: 'float64' })).toBe("tensor([1., 1.], device='webgpu')")
  })

  test('zeros, inf and nan alone ignore sciMode', () => {
    setPrintOptions({ sciMode: true })
    expect(formatTensor({ shape: [2], dtype: 'float32', at: () => 0 })).toBe('tensor([0., 0.])')
  })
})

test('summarizedIndices', () => {
  expect(summarizedIndices([])).toEqual([0])
  expect(summarizedIndices([2, 2])).toEqual([0, 1, 2, 3])
  expect(summarizedIndices([2, 1000], { ...getPrintOptions(), edgeitems: 1 })).toEqual([0, 999, 1000, 1999])
})

describe('setPrintOptions', () => {
  test('sciMode goes back to automatic, a profile can be overridden', () => {
    setPrintOptions({ sciMode: true })
    setPrintOptions({ profile: 'short', precision: 3 })
    expect(getPrintOptions()).toEqual({
      precision: 3,
      threshold: 1000,
      edgeitems: 2,
      linewidth: 80,
      sciMode: null,
    })
  })

  test.each([
    [{ precision: 1.5 }, 'setPrintOptions: precision must be an integer from 0 to 99, got 1.5.'],
    [{ edgeitems: 0 }, 'edgeitems must be an integer of at least 1, got 0.'],
    [{ threshold: NaN }, 'threshold must be a number of at least 0, got NaN.'],
    [{ precision: 2, linewidth: 0 }, 'linewidth must be a number of at least 1, got 0.'],
    [{ profile: 'long' as PrintProfile }, `profile must be 'default', 'short' or 'full', got 'long'.`],
  ])('%j is refused and changes nothing', (options, message) => {
    const before = getPrintOptions()
    expect(() => setPrintOptions(options)).toThrow(message)
    expect(getPrintOptions()).toEqual(before)
  })
})

describe('Python’s numbers', () => {
  test(`repr, fixed and exponential of ${fixture.numbers.length} doubles`, () => {
    for (const [hex, digits, repr, fixed, exponential] of fixture.numbers) {
      const value = Buffer.from(hex, 'hex').readDoubleLE()
      expect([pyRepr(value, true), formatFixed(value, digits), formatExponential(value, digits)]).toEqual([
        repr,
        fixed,
        exponential,
      ])
    }
  })

  test('an integer is an int unless it is said to be a float', () => {
    expect([
      pyRepr(2),
      pyRepr(2, true),
      pyRepr(-0),
      pyRepr(1e-5),
      pyRepr(1e16, true),
      pyRepr(1e16),
      pyRepr(1e15, true),
    ]).toEqual(['2', '2.0', '-0.0', '1e-05', '1e+16', '1e+16', '1000000000000000.0'])
    expect([pyRepr(NaN), pyRepr(-Infinity), pyRepr(2 ** 60, false)]).toEqual([
      'nan',
      '-inf',
      '1152921504606846976',
    ])
  })

  test('literals', () => {
    expect(pyLiteral([3, 0.5, true, null, 'zeros', [2], "it's", 5n])).toBe(
      `(3, 0.5, True, None, 'zeros', (2,), "it's", 5)`,
    )
    expect(pyLiteral([])).toBe('()')
  })
})
