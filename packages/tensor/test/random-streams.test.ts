// The CPU generator against PyTorch's own numbers (fixtures made by torch 1.13.1).
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { RealDType } from '../src/dtype.ts'
import {
  defaultGenerator,
  defaultSeed,
  forkRng,
  Generator,
  getRngState,
  initialSeed,
  manualSeed,
  samplers,
  seed,
  setRngState,
} from '../src/random/index.ts'
import { rounders } from '../src/random/precision.ts'
import type { FloatDType, FloatOut, SampleOut } from '../src/random/samplers.ts'

type Arguments = readonly (number | string | boolean | null | number[])[]
interface StreamCase {
  op: string
  dtype: RealDType
  seed: string
  n: number
  args: Arguments
  data: string
  after: string
}
interface StateCase {
  seed: number
  draw: string
  sha256: string
  next: number[]
  state?: string
}

const fixture = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8')) as T
const { cases } = fixture<{ cases: StreamCase[] }>('random-streams.json')
const states = fixture<StateCase[]>('rng-states.json')

/** Room for n samples; the half types come as float32. */
function room(dtype: RealDType, n: number): SampleOut {
  switch (dtype) {
    case 'float64':
      return new Float64Array(n)
    case 'float32':
    case 'float16':
    case 'bfloat16':
      return new Float32Array(n)
    case 'int64':
      return new BigInt64Array(n)
    case 'int32':
      return new Int32Array(n)
    case 'int16':
      return new Int16Array(n)
    case 'int8':
      return new Int8Array(n)
    case 'uint8':
    case 'bool':
      return new Uint8Array(n)
  }
}

function decode(base64: string, dtype: RealDType): SampleOut {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'))
  if (dtype === 'float16') return Float32Array.from(new Uint16Array(bytes.buffer), halfFromBits)
  if (dtype === 'bfloat16') {
    return new Float32Array(Uint32Array.from(new Uint16Array(bytes.buffer), (bits) => bits << 16).buffer)
  }
  const out = room(dtype, bytes.byteLength / room(dtype, 0).BYTES_PER_ELEMENT)
  new Uint8Array(out.buffer).set(bytes)
  return out
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

function draw({ op, dtype, n, args }: StreamCase, generator: Generator): SampleOut {
  const out = room(dtype, n)
  const floats = out as FloatOut
  const float = dtype as FloatDType
  const [a, b] = args as number[]
  const integer = (i: number) => ((args[i] ?? null) === null ? null : BigInt(args[i] as string))
  const weights = (list: number[]) =>
    dtype === 'float64' ? Float64Array.from(list) : Float32Array.from(list)
  switch (op) {
    case 'uniform':
      samplers.uniform(floats, generator, a, b, float)
      return out
    case 'normal':
      samplers.normal(floats, generator, a, b, float)
      return out
    case 'exponential':
      samplers.exponential(floats, generator, a, float)
      return out
    case 'cauchy':
      samplers.cauchy(floats, generator, a, b, float)
      return out
    case 'logNormal':
      samplers.logNormal(floats, generator, a, b, float)
      return out
    case 'geometric':
      samplers.geometric(out, generator, a)
      return out
    case 'random':
      samplers.random(out, generator, integer(0), integer(1), dtype)
      return out
    case 'randint':
      samplers.randint(out, generator, integer(0)!, integer(1)!, dtype)
      return out
    case 'randperm':
      samplers.randperm(out, generator, dtype)
      return out
    case 'bernoulliScalar':
      samplers.bernoulliScalar(out, generator, a)
      return out
    case 'bernoulliTensor':
      samplers.bernoulliTensor(out, generator, weights(args as number[]))
      return out
    case 'multinomial': {
      const [list, categories, samples, replacement] = args as [number[], number, number, boolean]
      const drawn = samplers.multinomial(weights(list), categories, samples, generator, {
        replacement,
        dtype: float,
      })
      return BigInt64Array.from(drawn, BigInt)
    }
    default:
      throw new Error(`no sampler ${op}`)
  }
}

// float64 values go through log, sin, cos, tan, which differ between C libraries in the last place or two.
function expectSame(actual: SampleOut, expected: SampleOut): void {
  if (!(expected instanceof Float64Array)) return expect(actual).toEqual(expected)
  expect(actual.length).toBe(expected.length)
  expected.forEach((value, i) => {
    expect(Math.abs(Number(actual[i]) - value)).toBeLessThanOrEqual(8 * Number.EPSILON * Math.abs(value))
  })
}

describe('samplers give PyTorch’s numbers, and use up as much of the stream', () => {
  for (const op of new Set(cases.map((item) => item.op))) {
    for (const dtype of new Set(cases.filter((item) => item.op === op).map((item) => item.dtype))) {
      const chosen = cases.filter((item) => item.op === op && item.dtype === dtype)
      test(`${op} ${dtype}: ${chosen.length} cases`, () => {
        for (const item of chosen) {
          const generator = new Generator().manualSeed(BigInt(item.seed))
          expectSame(draw(item, generator), decode(item.data, op === 'multinomial' ? 'int64' : dtype))
          const after = new Float32Array(2)
          samplers.uniform(after, generator)
          expect(after).toEqual(decode(item.after, 'float32'))
        }
      })
    }
  }
})

describe('generator', () => {
  test('the default one starts from PyTorch’s default seed', () => {
    expect(defaultSeed).toBe(67280421310721)
    expect(new Generator().initialSeed()).toBe(67280421310721)
  })

  test('manualSeed takes int64 and uint64 and refuses the rest without a change', () => {
    expect(manualSeed(10)).toBe(defaultGenerator)
    expect(initialSeed()).toBe(10)
    expect(new Generator().manualSeed(-1).initialSeed()).toBe(2n ** 64n - 1n)
    expect(new Generator().manualSeed(2n ** 64n - 1n).initialSeed()).toBe(2n ** 64n - 1n)
    expect(() => manualSeed(1.5)).toThrow(
      'manualSeed: the seed must be an integer in [-2^63, 2^64 - 1], got 1.5.',
    )
    expect(() => manualSeed(2n ** 64n)).toThrow('got 18446744073709551616.')
    expect(() => manualSeed(NaN)).toThrow('got NaN.')
    expect(initialSeed()).toBe(10)
  })

  test('seed draws a new safe integer each time', () => {
    const [first, second] = [seed(), seed()]
    expect(Number.isSafeInteger(first)).toBe(true)
    expect(initialSeed()).toBe(second)
    expect(second).not.toBe(first)
  })

  test.each(states)('the state after $draw is PyTorch’s, byte for byte', (item) => {
    const generator = new Generator().manualSeed(item.seed)
    if (item.draw === 'randn3') samplers.normal(new Float32Array(3), generator)
    else if (item.draw !== 'none') samplers.uniform(new Float32Array(Number(item.draw.slice(4))), generator)
    const state = generator.getState()
    expect(createHash('sha256').update(state).digest('hex')).toBe(item.sha256)
    const restored = new Generator().setState(
      item.state ? Uint8Array.from(Buffer.from(item.state, 'base64')) : state,
    )
    for (const each of [generator, restored, restored.clone()]) {
      if (each === restored) expect(each.getState()).toEqual(state)
      const next = new Float32Array(2)
      samplers.normal(next, each.clone())
      expect(Array.from(next)).toEqual(item.next)
    }
    expect(restored.initialSeed()).toBe(item.seed)
  })

  test('a bad state is refused and changes nothing', () => {
    const generator = new Generator().manualSeed(3)
    const before = generator.getState()
    expect(() => generator.setState(new Uint8Array(10))).toThrow(
      'setState: the state must have 5056 bytes, got 10.',
    )
    expect(() => generator.setState(new Uint8Array(5056))).toThrow('that are no mt19937 state.')
    expect(generator.getState()).toEqual(before)
  })

  test('forkRng puts the default generator back: after a value, a throw and a promise', async () => {
    manualSeed(4)
    const before = getRngState()
    const disturb = () => samplers.uniform(new Float32Array(5), defaultGenerator)
    expect(
      forkRng(() => {
        disturb()
        return 7
      }),
    ).toBe(7)
    expect(getRngState()).toEqual(before)
    expect(() =>
      forkRng(() => {
        disturb()
        throw new Error('inside')
      }),
    ).toThrow('inside')
    expect(getRngState()).toEqual(before)
    await forkRng(() => Promise.resolve().then(disturb))
    expect(getRngState()).toEqual(before)
    disturb()
    setRngState(before)
    expect(getRngState()).toEqual(before)
  })

  test('other devices have generators of their own', () => {
    expect(() => new Generator('webgpu' as 'cpu')).toThrow(
      `Generator: the device must be 'cpu', got 'webgpu'.`,
    )
  })
})

describe('bad arguments are refused before anything is drawn', () => {
  const generator = new Generator().manualSeed(1)
  const before = generator.getState()
  const floats = new Float32Array(3)
  const weights = Float32Array.of(1, 2)
  const refused: [string, () => void, string][] = [
    [
      'uniform',
      () => samplers.uniform(floats, generator, 3, 1),
      'from must be at most to, got from=3 and to=1.',
    ],
    [
      'uniform NaN',
      () => samplers.uniform(floats, generator, NaN, 1),
      'from and to must be finite in float32',
    ],
    [
      'uniform wide',
      () => samplers.uniform(floats, generator, -3e38, 3e38),
      'to - from must be finite in float32',
    ],
    ['normal', () => samplers.normal(floats, generator, 0, -1), 'normal_: std must be at least 0, got -1.'],
    ['exponential', () => samplers.exponential(floats, generator, -1), 'lambda must be at least 0, got -1.'],
    ['logNormal', () => samplers.logNormal(floats, generator, 0, 0), 'std must be above 0, got 0.'],
    ['geometric', () => samplers.geometric(floats, generator, 1), 'p must be in (0, 1), got 1.'],
    ['bernoulli p', () => samplers.bernoulliScalar(floats, generator, 1.5), 'p must be in [0, 1], got 1.5.'],
    [
      'bernoulli tensor',
      () => samplers.bernoulliTensor(floats, generator, Float32Array.of(0, 2, 0)),
      'got 2.',
    ],
    ['bernoulli count', () => samplers.bernoulliTensor(floats, generator, weights), 'got 2 for 3.'],
    [
      'randint empty',
      () => samplers.randint(floats, generator, 3, 3),
      'randint: low must be less than high, got low=3 and high=3.',
    ],
    [
      'randint fraction',
      () => samplers.randint(floats, generator, 0, 1.5),
      'high must be an integer, got 1.5.',
    ],
    [
      'randint range',
      () => samplers.randint(new Uint8Array(1), generator, -1, 3),
      'must fit uint8, [0, 255], got low=-1 and high=3.',
    ],
    ['randint int64', () => samplers.randint(floats, generator, 0, 2n ** 64n), 'high must fit int64'],
    [
      'randint float16',
      () => samplers.randint(floats, generator, 0, 2n ** 60n, 'float16'),
      'the bounds must fit float16',
    ],
    [
      'randperm',
      () => samplers.randperm(new Uint8Array(300), generator),
      'n must be at most 256 for uint8, got 300.',
    ],
    ['multinomial', () => samplers.multinomial(weights, 2, 3, generator), 'got 3 of 2.'],
    [
      'multinomial 0',
      () => samplers.multinomial(weights, 2, 0, generator),
      'numSamples must be a positive integer, got 0.',
    ],
    [
      'multinomial sum',
      () => samplers.multinomial(new Float32Array(2), 2, 1, generator),
      'positive sum, got 0.',
    ],
    [
      'multinomial sign',
      () => samplers.multinomial(Float32Array.of(1, -1), 2, 1, generator),
      'at least 0, got -1.',
    ],
  ]
  test.each(refused)('%s', (_, run, message) => {
    expect(run).toThrow(message)
    expect(generator.getState()).toEqual(before)
  })
})

test('randperm goes up to what the dtype counts exactly', () => {
  const generator = new Generator().manualSeed(1)
  const bytes = new Uint8Array(256)
  samplers.randperm(bytes, generator)
  expect([...bytes.slice(0, 4), new Set(bytes).size]).toEqual([37, 180, 88, 157, 256])
  const halves = new Float32Array(2049)
  samplers.randperm(halves, generator.manualSeed(1), 'float16')
  expect([...halves.slice(0, 4), new Set(halves).size]).toEqual([1426, 236, 1877, 575, 2049])
  expect(() => samplers.randperm(new Float32Array(2050), generator, 'float16')).toThrow(
    'at most 2049 for float16',
  )
  expect(() => samplers.randperm(new Uint8Array(2), generator, 'bool')).toThrow(
    'must be a number type, got bool.',
  )
})

test('rounding to the half types: ties to even, subnormals, overflow', () => {
  const { float16, bfloat16 } = rounders
  expect([2049, 2051, 65519, 65520, -65520, 2 ** -25, 3 * 2 ** -25, 2 ** -24, -0].map(float16)).toEqual([
    2048,
    2052,
    65504,
    Infinity,
    -Infinity,
    0,
    2 ** -23,
    2 ** -24,
    -0,
  ])
  expect([257, 259, 1.00390625, 3.4e38, NaN].map(bfloat16)).toEqual([256, 260, 1, Infinity, NaN])
})
