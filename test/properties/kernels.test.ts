// The cpu kernels against the reference backend, on random dtypes, views, broadcasts and dims: both give the same, or
// both refuse with the same words.
import { beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import '@tt/backend-cpu'
import { Tensor, dtypeList, dtypes, registerBackend, tensor } from '@tt/tensor'
import type { DType } from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'
import { chains, follow, shapes, wholeModel } from './views.ts'
import type { Step } from './views.ts'

beforeAll(() => registerBackend(createReferenceBackend()))

const anyDType = fc.constantFrom(
  ...dtypeList.filter(({ component }) => component === null).map(({ name }) => name),
)
const special = [NaN, Infinity, -Infinity, -0, 0, 1e-3, 65504]

/** An operand: a view of a base with these elements. */
interface Operand {
  readonly shape: readonly number[]
  readonly steps: readonly Step[]
  readonly dtype: DType
  readonly seed: number
}
const operands = (dtype = anyDType): fc.Arbitrary<Operand> =>
  fc.record({ shape: shapes, steps: chains(3), dtype, seed: fc.nat({ max: 1e6 }) })

// Small whole numbers and quarters, so that sums and products are exact in most dtypes; some special values in floats.
function elements(count: number, dtype: DType, seed: number): number[] {
  const { category } = dtypes[dtype]
  return Array.from({ length: count }, (_, i) => {
    const n = (Math.imul(seed + 1, 2654435761) ^ Math.imul(i + 1, 40503)) >>> 3
    if (category === 'float' && n % 11 === 0) return special[(n >> 4) % special.length]
    if (category === 'float') return ((n % 33) - 16) / 4
    return category === 'int' && dtype !== 'uint8' ? (n % 9) - 4 : n % (dtype === 'bool' ? 2 : 5)
  })
}

function baseOf(shape: readonly number[], dtype: DType, seed: number, device: string): Tensor {
  const count = shape.reduce((n, size) => n * size, 1)
  return tensor(elements(count, dtype, seed), { dtype, device }).reshape(shape)
}
const viewOf = ({ shape, steps, dtype, seed }: Operand, device: string): Tensor =>
  follow(baseOf(shape, dtype, seed, device), wholeModel(shape), steps)[0]

/** A tensor that broadcasts with `like`: some dims are 1, some leading ones are left out; it may be transposed. */
function partner(like: Tensor, dtype: DType, bits: number, device: string): Tensor {
  const shape = like.shape.map((n, d) => ((bits >> d) & 1 ? 1 : n)).slice(bits % (like.ndim + 1))
  const turned = baseOf(shape.toReversed(), dtype, bits, device)
  return turned.permute(shape.map((_, d) => shape.length - 1 - d))
}

const loose: Partial<Record<DType, number>> = { float16: 4e-3, bfloat16: 3e-2, float32: 2e-5, float64: 1e-10 }

/** What a call gives on a device: elements by tensor, or its error. */
function outcome(run: () => Tensor | readonly Tensor[]) {
  let results: Tensor | readonly Tensor[]
  try {
    results = run()
  } catch (error) {
    return { error: (error as Error).message.replaceAll('reference', 'cpu'), tensors: [] }
  }
  const tensors = (results instanceof Tensor ? [results] : results).map((t) => ({
    dtype: t.dtype,
    shape: t.shape,
    values: [t.reshape([-1]).tolist()].flat() as unknown[],
  }))
  return { error: null, tensors }
}

/** Runs a program on both devices and compares. */
function agree(program: (device: string) => Tensor | readonly Tensor[]): void {
  const [mine, theirs] = ['cpu', 'reference'].map((device) => outcome(() => program(device)))
  expect(mine.error).toBe(theirs.error)
  const meta = ({ tensors }: typeof mine) => tensors.map(({ dtype, shape }) => [dtype, shape])
  expect(meta(mine)).toEqual(meta(theirs))
  mine.tensors.forEach(({ dtype, values }, k) => {
    const expected = theirs.tensors[k].values
    const limit = loose[dtype] ?? 0
    const differs = values.findIndex((x, i) => {
      const e = expected[i]
      if (Object.is(x, e) || x === e) return false
      return !(
        typeof x === 'number' &&
        typeof e === 'number' &&
        Math.abs(x - e) <= limit * Math.max(1, Math.abs(e))
      )
    })
    if (differs >= 0) expect([differs, values]).toEqual([differs, expected])
  })
}

type Binary = (x: Tensor, y: Tensor) => Tensor
const binary: Record<string, Binary> = {
  add: (x, y) => x.add(y),
  sub: (x, y) => x.sub(y, { alpha: 2 }),
  mul: (x, y) => x.mul(y),
  div: (x, y) => x.div(y),
  floorDivide: (x, y) => x.div(y.abs().add(1), { roundingMode: 'floor' }),
  remainder: (x, y) => x.remainder(y.abs().add(1)),
  maximum: (x, y) => x.maximum(y),
  fmin: (x, y) => x.fmin(y),
  atan2: (x, y) => x.atan2(y),
  eq: (x, y) => x.eq(y),
  lt: (x, y) => x.lt(y),
  logicalXor: (x, y) => x.logicalXor(y),
  where: (x, y) => x.where(x.gt(y), y),
  copysign: (x, y) => x.copysign(y),
  numbers: (x, y) => x.mul(3).add(y).sub(1.5),
}
type Unary = (x: Tensor) => Tensor
const unary: Record<string, Unary> = {
  neg: (x) => x.neg(),
  abs: (x) => x.abs(),
  sign: (x) => x.sign(),
  exp: (x) => x.exp(),
  sqrt: (x) => x.sqrt(),
  tanh: (x) => x.tanh(),
  floor: (x) => x.floor(),
  isnan: (x) => x.isnan(),
  relu: (x) => x.relu(),
  clamp: (x) => x.clamp(-1, 2),
  toInt8: (x) => x.nanToNum({ posinf: 1, neginf: -1 }).clamp(-9, 9).to('int8'),
  toFloat16: (x) => x.to('float16'),
}
const asFloat: Unary = (x) => (x.isFloatingPoint() ? x : x.to('float32'))
type Along = (x: Tensor, dims: number[], keepdim: boolean) => Tensor | readonly Tensor[]
const along: Record<string, Along> = {
  sum: (x, dims, keepdim) => x.sum(dims, { keepdim }),
  mean: (x, dims, keepdim) => asFloat(x).mean(dims, { keepdim }),
  prod: (x, [dim], keepdim) => x.prod(dim, { keepdim }),
  amax: (x, dims, keepdim) => x.amax(dims, { keepdim }),
  amin: (x, dims, keepdim) => x.amin(dims, { keepdim }),
  argmax: (x, [dim], keepdim) => x.argmax(dim, { keepdim }),
  any: (x, [dim], keepdim) => x.any(dim, { keepdim }),
  all: (x, [dim], keepdim) => x.all(dim, { keepdim }),
  countNonzero: (x, dims) => x.countNonzero(dims),
  variance: (x, dims, keepdim) => x.nanToNum({ posinf: 1, neginf: -1 }).clamp(-5, 5).var(dims, { keepdim }),
  logsumexp: (x, dims, keepdim) => x.clamp(-5, 5).logsumexp(dims, { keepdim }),
  cumsum: (x, [dim]) => x.cumsum(dim),
  cummax: (x, [dim]) => {
    const { values, indices } = x.cummax(dim)
    return [values, indices]
  },
  sort: (x, [dim]) => {
    const { values, indices } = x.sort(dim, { stable: true })
    return [values, indices]
  },
  softmax: (x, [dim]) => asFloat(x).softmax(dim),
  max: (x, [dim], keepdim) => {
    const { values, indices } = x.max(dim, { keepdim })
    return [values, indices]
  },
}

const run = (numRuns: number) => ({ numRuns })

describe('cpu and reference', () => {
  test.each(Object.entries(unary))('%s of a view', (_name, op) => {
    fc.assert(
      fc.property(operands(), (x) => agree((device) => op(viewOf(x, device)))),
      run(25),
    )
  })

  test.each(Object.entries(binary))('%s of views that broadcast', (_name, op) => {
    fc.assert(
      fc.property(operands(), anyDType, fc.nat({ max: 255 }), fc.boolean(), (x, dtype, bits, swap) =>
        agree((device) => {
          const a = viewOf(x, device)
          const b = partner(a, dtype, bits, device)
          return swap ? op(b, a) : op(a, b)
        }),
      ),
      run(30),
    )
  })

  test.each(Object.entries(along))('%s over random dims of a view', (_name, op) => {
    fc.assert(
      fc.property(
        operands(),
        fc.nat({ max: 15 }),
        fc.nat({ max: 3 }),
        fc.boolean(),
        (x, mask, first, keepdim) =>
          agree((device) => {
            const view = viewOf(x, device)
            const wanted = view.shape.map((_, d) => d).filter((d) => (mask >> d) & 1)
            const dims = wanted.length > 0 ? wanted : [view.ndim === 0 ? 0 : (first % view.ndim) - view.ndim]
            return op(view, dims, keepdim)
          }),
      ),
      run(25),
    )
  })

  test.each<[string, Binary]>([
    ['add_', (x, y) => x.add_(y)],
    ['mul_', (x, y) => x.mul_(y)],
    ['copy_', (x, y) => x.copy_(y)],
    ['maskedFill_', (x, y) => x.maskedFill_(y.gt(0), 1)],
    ['maximum, into the view', (x, y) => x.copy_(x.maximum(y))],
  ])('%s through a view leaves the same memory', (_name, op) => {
    fc.assert(
      fc.property(operands(), anyDType, fc.nat({ max: 255 }), (x, dtype, bits) =>
        agree((device) => {
          const base = baseOf(x.shape, x.dtype, x.seed, device)
          const [view] = follow(base, wholeModel(x.shape), x.steps)
          op(view, partner(view, dtype, bits, device))
          return base
        }),
      ),
      run(40),
    )
  })

  test('matmul of views', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<DType>('float32', 'float64', 'int64', 'int32'),
        fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 4 }), fc.nat({ max: 4 }), fc.nat({ max: 2 })),
        fc.nat({ max: 63 }),
        (dtype, [m, k, n, batch], bits) =>
          agree((device) => {
            const make = (shape: number[], turned: number, seed: number) => {
              const t = baseOf(
                turned ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : shape,
                dtype,
                seed,
                device,
              )
              const finite = dtype.startsWith('f') ? t.nanToNum({ posinf: 1, neginf: -1 }).clamp(-9, 9) : t
              return turned ? finite.mT : finite
            }
            const a = make(bits & 1 ? [m, k] : [batch, m, k], bits & 2, bits)
            const b = make(bits & 4 ? [k, n] : [bits & 32 ? 1 : batch, k, n], bits & 8, bits + 1)
            return (bits & 16 ? a.select(-2, 0) : a).matmul(b)
          }),
      ),
      run(60),
    )
  })
})
