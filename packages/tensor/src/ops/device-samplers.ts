// The distributions out of uniform numbers, for devices that draw by themselves; samplers.ts has those of the host.
import type { DeviceSource } from '../dispatch/device-source.ts'
import { inPlaceMap } from '../dispatch/update.ts'
import type { DTypeInfo } from '../dtype.ts'
import { NotImplementedError, check } from '../errors.ts'
import { constant } from '../expr/expr.ts'
import type { Expr } from '../expr/expr.ts'
import { significandBits } from '../random/precision.ts'
import type { FloatDType } from '../random/precision.ts'
import type { Tensor } from '../tensor.ts'
import { div, remainder } from './arithmetic.ts'
import { bitwiseAnd, lt } from './comparison.ts'
import { to } from './copy.ts'
import { cumsum } from './scan.ts'
import { searchsorted } from './search.ts'
import { argsort, topk } from './sort.ts'
import { narrow } from './views.ts'

/** Draws a tensor of a shape; its values are cast to the dtype that is filled. */
export type DeviceSampler = (source: DeviceSource, shape: readonly number[]) => Tensor

/** A sampler of one uniform number per element. */
function ofUniform<P extends string>(
  name: string,
  params: readonly P[],
  build: (u: Expr, params: Readonly<Record<P, Expr>>) => Expr,
): (numbers: Readonly<Record<P, number>>) => DeviceSampler {
  const map = inPlaceMap(name, ['u'], params, ({ u }, numbers) => ({ u: build(u, numbers) }))
  return (numbers) => (source, shape) => {
    const u = source.uniform(shape)
    map({ u }, numbers)
    return u
  }
}

// Box and Muller: √(−2 ln u) · cos 2πv, of 1 − u, which is not 0
const boxMuller = (u: Expr, v: Expr): Expr =>
  constant(1)
    .sub(u)
    .log()
    .mul(-2)
    .sqrt()
    .mul(v.mul(2 * Math.PI).cos())
const normalMap = inPlaceMap('normal', ['u', 'v'], ['mean', 'std'], ({ u, v }, { mean, std }) => ({
  u: boxMuller(u, v).mul(std).add(mean),
}))
const logNormalMap = inPlaceMap('logNormal', ['u', 'v'], ['mean', 'std'], ({ u, v }, { mean, std }) => ({
  u: boxMuller(u, v).mul(std).add(mean).exp(),
}))
const ofPair =
  (map: typeof normalMap) =>
  (mean: number, std: number): DeviceSampler =>
  (source, shape) => {
    const [u, v] = [source.uniform(shape), source.uniform(shape)]
    map({ u, v }, { mean, std })
    return u
  }

const scaled = ofUniform('uniform', ['width', 'low'], (u, { width, low }) => u.mul(width).add(low))
const rounded = ofUniform('uniform', ['width', 'low', 'steps'], (u, { width, low, steps }) =>
  u.mul(steps).floor().div(steps).mul(width).add(low),
)

/** Uniform in [from, to), with as many random bits as `dtype` has, at most 24. */
export const uniform = (from: number, to: number, dtype: FloatDType): DeviceSampler => {
  const bits = significandBits[dtype]
  const range = { width: to - from, low: from }
  return bits < 24 ? rounded({ ...range, steps: 2 ** bits }) : scaled(range)
}
/** Normal. */
export const normal = ofPair(normalMap)
/** e to a normal number. */
export const logNormal = ofPair(logNormalMap)
const belowP = ofUniform('bernoulli', ['p'], (u, { p }) => u.lt(p).select(1, 0))
/** 1 with probability p, else 0. */
export const bernoulli = (p: number): DeviceSampler => belowP({ p })
/** 1 with the probability that the element of a tensor is. */
export const bernoulliOf =
  (probabilities: Tensor): DeviceSampler =>
  (source, shape) =>
    lt(source.uniform(shape), to(probabilities, 'float32'))
const exponentialMap = ofUniform('exponential', ['lambda'], (u, { lambda }) =>
  u.neg().log1p().neg().div(lambda),
)
/** Exponential, of rate lambda. */
export const exponential = (lambda: number): DeviceSampler => exponentialMap({ lambda })
const cauchyMap = ofUniform('cauchy', ['median', 'sigma'], (u, { median, sigma }) =>
  u.sub(0.5).mul(Math.PI).tan().mul(sigma).add(median),
)
/** Cauchy. */
export const cauchy = (median: number, sigma: number): DeviceSampler => cauchyMap({ median, sigma })
const geometricMap = ofUniform('geometric', ['scale'], (u, { scale }) =>
  u.neg().log1p().div(scale).ceil().max(1),
)
/** The number of trials to the first success. */
export const geometric = (p: number): DeviceSampler => geometricMap({ scale: Math.log1p(-p) })

const mostWords = 2 ** 31
/** Integers uniform in [low, low + range), of words of 31 bits. */
export const integers = (op: string, low: bigint, range: bigint): DeviceSampler => {
  check(
    range <= BigInt(mostWords),
    () => new NotImplementedError(op, `a device draws from at most 2³¹ integers, got ${range}`),
  )
  return (source, shape) => {
    const words = bitwiseAnd(source.words(shape), mostWords - 1)
    const offsets = range === BigInt(mostWords) ? words : remainder(words, Number(range))
    return low === 0n ? offsets : offsets.add(low)
  }
}
/** Integers of a dtype's whole range that is not negative: [0, 2³¹) for the larger ones. */
export const nonNegative = (op: string, dtype: DTypeInfo): DeviceSampler => {
  const { name, category, max } = dtype
  const range =
    category === 'float' ? 2n ** BigInt(significandBits[name as FloatDType]) + 1n : BigInt(max) + 1n
  return integers(op, 0n, range < 2n ** 31n ? range : 2n ** 31n)
}
/** A permutation: the order of random words. Of equal ones, as good as none below 10⁴, the first comes first. */
export const permutation: DeviceSampler = (source, shape) => argsort(source.words(shape), 0)

/** Positions of weights [..., categories]: int64 [..., samples]. Without replacement by the exponential race. */
export function multinomial(
  weights: Tensor,
  samples: number,
  replacement: boolean,
  source: DeviceSource,
): Tensor {
  const w = to(weights, 'float32')
  if (!replacement) return topk(div(w, exponential(1)(source, w.shape)), samples).indices
  const sums = cumsum(w, -1)
  const edges = div(sums, narrow(sums, -1, sums.shape.at(-1)! - 1, 1))
  return searchsorted(edges, source.uniform([...w.shape.slice(0, -1), samples]), null, { right: true })
}
