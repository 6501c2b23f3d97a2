// Complex tensors: values, gradients at special points, promotion and texts recorded from torch 1.13; views, errors.
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tt from '@tt/tensor'
import {
  Complex,
  DTypeError,
  ShapeError,
  arange,
  complex,
  ones,
  promoteTypes,
  registerBackend,
  resultType,
  tensor,
  viewAsComplex,
  viewAsReal,
  zeros,
} from '@tt/tensor'
import type { DType, Tensor } from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'

type Parts = (number | string)[]
const torch = JSON.parse(readFileSync(new URL('fixtures/complex.json', import.meta.url), 'utf8')) as {
  points: Parts
  unary: Record<string, Parts>
  a: Parts
  b: Parts
  binary: Record<string, Parts>
  reprs: { expr: string; shape: number[]; dtype: DType; data?: Parts; requiresGrad: boolean; repr: string }[]
  promotion: [a: DType, kindA: string, b: DType | 'number', kindB: string, result: DType][]
  promoteTypes: Record<DType, Record<DType, DType>>
}

beforeAll(() => {
  registerBackend({ ...createReferenceBackend(), device: 'cpu' })
})

const special: Readonly<Record<string, number>> = { nan: NaN, inf: Infinity, '-inf': -Infinity }
const numbers = (parts: Parts): number[] =>
  parts.map((part) => (typeof part === 'string' ? special[part] : part))
const ofParts = (parts: Parts, dtype: DType = 'complex128'): Tensor => {
  const real = tensor(numbers(parts), { dtype: dtype === 'complex64' ? 'float32' : 'float64' })
  return viewAsComplex(real.reshape([-1, 2]))
}
const partsOf = (z: Tensor): number[] => [...(z.isComplex() ? viewAsReal(z) : z).toTypedArray()].map(Number)
const camelCase = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
const opOf = (name: string): ((...tensors: Tensor[]) => Tensor) =>
  (tt as unknown as Record<string, (...tensors: Tensor[]) => Tensor>)[camelCase(name)]

/** Close as complex numbers are: by the size of the whole number. */
function expectClose(actual: Tensor, expected: Parts): void {
  const [x, e] = [partsOf(actual), numbers(expected)]
  expect(x.length).toBe(e.length)
  const step = actual.isComplex() ? 2 : 1
  for (let i = 0; i < e.length; i += step) {
    const size = Math.hypot(...e.slice(i, i + step))
    for (let k = i; k < i + step; k++) {
      if (Number.isFinite(e[k]) && Number.isFinite(size))
        expect(Math.abs(x[k] - e[k])).toBeLessThanOrEqual(1e-16 + 1e-10 * size)
      else expect(x[k]).toBe(e[k])
    }
  }
}

describe('values', () => {
  test.each(Object.keys(torch.unary))('%s', (name) => {
    expectClose(opOf(name)(ofParts(torch.points)), torch.unary[name])
  })
  test.each(Object.keys(torch.binary))('%s', (name) => {
    expectClose(opOf(name)(ofParts(torch.a), ofParts(torch.b)), torch.binary[name])
  })
  test('eˣ of a real number stays real where it overflows', () => {
    expect(
      tensor([new Complex(1000, 0)])
        .exp()
        .tolist(),
    ).toEqual([new Complex(Infinity, 0)])
  })
  test('polar, complex and their parts', () => {
    const z = complex(tensor([3, 0]), tensor([4, 0]))
    expect([z.abs().tolist(), z.real().tolist(), z.imag().tolist()]).toEqual([
      [5, 0],
      [3, 0],
      [4, 0],
    ])
    expectClose(tt.polar(z.abs().to('float64'), z.angle().to('float64')).to('complex64'), [3, 4, 0, 0])
  })
  test('reductions take both parts', () => {
    const z = ofParts([1, 2, 3, -1, 0, 1, -2, 0]).reshape([2, 2])
    expectClose(z.sum(), [2, 2])
    expectClose(z.mean(0), [0.5, 1.5, 0.5, -0.5])
    expectClose(z.prod(), [10, -10]) // (1 + 2i)(3 − i) i (−2)
    expectClose(z.cumprod(1), [1, 2, 5, 5, 0, 1, 0, -2])
    expectClose(z.cumsum(0), [1, 2, 3, -1, 1, 3, 1, -1])
    expectClose(z.norm(), [Math.sqrt(20)])
    expectClose(z.var(), [6])
    expect([z.any().item<boolean>(), z.all().item<boolean>(), z.countNonzero().item()]).toEqual([
      true,
      true,
      4,
    ])
  })
  test('products of matrices, however they lie in memory', () => {
    const a = ofParts([1, 1, 2, 0, 0, -1, 3, 2, -1, 0.5, 1, -2]).reshape([2, 3])
    const b = ofParts([0, 1, 1, 0, 2, 2, -1, -1, 0.5, 0, 3, 1]).reshape([3, 2])
    const expected = a.unsqueeze(2).mul(b).sum(1)
    for (const [x, y] of [
      [a, b],
      [a.t().contiguous().t(), b],
      [a, b.t().contiguous().t()],
    ] as const)
      expectClose(x.mm(y), partsOf(expected))
    expectClose(a.matmul(b.select(1, 0)), partsOf(expected.select(1, 0)))
    expectClose(
      zeros([2, 2], { dtype: 'complex128' }).addmm(a, b, { alpha: new Complex(0, 1) }),
      partsOf(expected.mul(new Complex(0, 1))),
    )
    expectClose(a.select(0, 0).vdot(a.select(0, 0)), [7, 0])
  })
})

test('random numbers are those of torch: both parts with half of the variance', () => {
  tt.manualSeed(0)
  expectClose(
    tt.randn([3], { dtype: 'complex64' }).to('complex128'),
    [
      1.0896488428115845, -0.20748557150363922, -1.5406367778778076, 0.40194159746170044, -0.7668731212615967,
      -0.9889562726020813,
    ],
  )
  tt.manualSeed(0)
  expectClose(
    tt.rand([2], { dtype: 'complex128' }),
    [0.9700530018065531, 0.707819864399788, 0.45938294312745087, 0.9207476841219603],
  )
  tt.manualSeed(0)
  expectClose(
    tt.empty([2], { dtype: 'complex64' }).normal_(1, 2).to('complex128'),
    [3.179297685623169, 0.585028886795044, -2.0812735557556152, 1.8038831949234009],
  )
  expect(() => tt.randint(0, 2, [2], { dtype: 'complex64' })).toThrow(DTypeError)
})

test('statistics, masked reductions, embeddings and losses', () => {
  const z = ofParts([1, 2, 3, -1, 0, 1, -2, 0]).reshape([2, 2])
  expectClose(tt.cov(z), [6.5, 0, -0.5, 4, -0.5, -4, 2.5, 0])
  expectClose(tt.masked.sum(z, 0, { mask: tensor([true, false]) }), [1, 3, 0, 0])
  expectClose(tt.masked.var(z, 1, { unbiased: true }), [6.5, 0, 2.5, 0])
  expectClose(tt.embedding(tensor([1n, 1n]), z), [0, 1, -2, 0, 0, 1, -2, 0])
  expectClose(tt.l1Loss(z, z.mul(0)), [(Math.sqrt(5) + Math.sqrt(10) + 1 + 2) / 4])
  expect(tensor([new Complex(0, 1)]).floatPower(2).dtype).toBe('complex128')
})

describe('views', () => {
  test('the parts share the memory', () => {
    const z = zeros([2, 3], { dtype: 'complex64' })
    z.real().fill_(1)
    z.imag().select(1, 2).fill_(5)
    viewAsReal(z).select(0, 1).fill_(-1)
    expect(z.tolist()).toEqual([
      [new Complex(1, 0), new Complex(1, 0), new Complex(1, 5)],
      [new Complex(-1, -1), new Complex(-1, -1), new Complex(-1, -1)],
    ])
    expect([z.real().strides, z.imag().offset, viewAsReal(z).shape]).toEqual([[6, 2], 1, [2, 3, 2]])
    expect([z.version, z.real().storage === z.storage]).toEqual([3, true])
  })
  test('viewAsComplex is the inverse, and asks for pairs', () => {
    const x = arange(12).to('float32').reshape([2, 3, 2])
    expect(viewAsComplex(x).t().tolist()).toEqual(viewAsComplex(x.transpose(0, 1)).tolist())
    expect(viewAsReal(viewAsComplex(x)).equal(x)).toBe(true)
    expect(() => viewAsComplex(arange(12).to('float32').reshape([2, 2, 3]).transpose(1, 2))).toThrow(
      new ShapeError('viewAsComplex', 'the last dim must have stride 1, got 3. Call contiguous() first'),
    )
    expect(() => viewAsComplex(arange(7).to('float32').narrow(0, 1, 6).reshape([3, 2]))).toThrow(
      'must be even',
    )
    expect(() => viewAsComplex(x.select(2, 0))).toThrow('the last dim must have size 2, got shape [2, 3]')
    expect(() => viewAsComplex(x.to('int32'))).toThrow(DTypeError)
  })
  test('conjugates are copies', () => {
    const z = tensor([new Complex(1, 2)])
    expect([z.conj().tolist(), z.isConj(), z.unsqueeze(0).mH.tolist()]).toEqual([
      [new Complex(1, -2)],
      false,
      [[new Complex(1, -2)]],
    ])
    expect(ones([2]).conj()).toBeInstanceOf(tt.Tensor)
    expect(z.conjPhysical_().tolist()).toEqual([new Complex(1, -2)])
  })
})

describe('dtypes', () => {
  test('promotion is that of torch.result_type', () => {
    const operand = (dtype: DType | 'number', kind: string) =>
      dtype === 'number' ? new Complex(0, 1) : ones(kind === '1d' ? [2] : [], { dtype })
    for (const [a, kindA, b, kindB, result] of torch.promotion) {
      const [x, y] = [operand(a, kindA) as Tensor, operand(b, kindB)]
      expect([a, kindA, b, kindB, resultType(x, y)]).toEqual([a, kindA, b, kindB, result])
      expect([a, kindA, b, kindB, x.mul(y).dtype]).toEqual([a, kindA, b, kindB, result])
    }
    for (const [a, row] of Object.entries(torch.promoteTypes))
      for (const [b, result] of Object.entries(row))
        expect([a, b, promoteTypes(a as DType, b as DType)]).toEqual([a, b, result])
  })
  test('casts: to real numbers the real part, to bool whether it is not 0', () => {
    const z = tensor([new Complex(1.5, 2), new Complex(0, 3), new Complex(0, 0)])
    expect(z.to('int64').tolist()).toEqual([1, 0, 0])
    expect(z.to('bool').tolist()).toEqual([true, true, false])
    expect(tensor([1n, 2n]).to('complex128').tolist()).toEqual([new Complex(1, 0), new Complex(2, 0)])
    expect(z.to('complex128').dtype).toBe('complex128')
  })
  test('numbers: in data, as fill values, as results', () => {
    expect(
      tensor([
        [1, new Complex(0, 2)],
        [true, 3n],
      ]).tolist(),
    ).toEqual([
      [new Complex(1, 0), new Complex(0, 2)],
      [new Complex(1, 0), new Complex(3, 0)],
    ])
    expect(tt.full([2], new Complex(1, 2)).dtype).toBe('complex64')
    expect(zeros([1], { dtype: 'complex64' }).fill_(new Complex(1, 2)).item<Complex>()).toEqual(
      new Complex(1, 2),
    )
    expect(tensor([1, 2]).add(new Complex(0, 1)).tolist()).toEqual([new Complex(1, 1), new Complex(2, 1)])
    expect(String(new Complex(1, -0.5))).toBe('(1-0.5j)')
    expect(String(new Complex(0, 2))).toBe('2j')
  })
  test('the memory is pairs: 8 and 16 bytes, read as interleaved parts', () => {
    const z = ones([3], { dtype: 'complex64' })
    expect([z.elementSize(), z.nbytes, z.isFloatingPoint(), z.isComplex()]).toEqual([8, 24, false, true])
    expect(z.toTypedArray()).toEqual(Float32Array.of(1, 0, 1, 0, 1, 0))
  })
})

describe('printing', () => {
  test.each(torch.reprs.filter(({ data, requiresGrad }) => data && !requiresGrad))(
    '$expr',
    ({ data, dtype, shape, repr }) => {
      expect(String(ofParts(data!, dtype).reshape(shape))).toBe(repr)
    },
  )
})

describe('what PyTorch refuses', () => {
  const z = (): Tensor => ones([2, 2], { dtype: 'complex64' })
  test.each<[string, () => unknown]>([
    ['lt', () => z().lt(1)],
    ['maximum', () => z().maximum(z())],
    ['floor', () => z().floor()],
    ['relu', () => z().relu()],
    ['fmod', () => z().fmod(2)],
    ['erf', () => z().erf()],
    ['sort', () => z().sort()],
    ['amax', () => z().amax()],
    ['argmax', () => z().argmax()],
    ['cummax', () => z().cummax(0)],
    ['clamp', () => z().clamp(0, 1)],
    ['bitwiseAnd', () => z().bitwiseAnd(z())],
    ['a real tensor in place', () => ones([2]).add_(new Complex(0, 1))],
    ['a real tensor, complex value', () => ones([2]).maskedFill(tensor([true, false]), new Complex(0, 1))],
    ['abs in place', () => z().abs_()],
    ['complex of different dtypes', () => complex(ones([1]), ones([1], { dtype: 'float64' }))],
    ['complex of integers', () => complex(tensor([1n]), tensor([1n]))],
    ['imag of real', () => ones([1]).imag()],
    ['viewAsReal of real', () => viewAsReal(ones([1]))],
    ['a complex alpha for real tensors', () => ones([1]).add(1, { alpha: new Complex(0, 1) })],
  ])('%s', (_name, run) => {
    expect(run).toThrow(DTypeError)
  })
})
