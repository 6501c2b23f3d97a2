// Samplers that push one float64 uniform or normal number through an inverse distribution function.
import { ArgumentError, check } from '../errors.ts'
import type { Generator } from './generator.ts'
import type { SampleOut } from './integers.ts'
import { fillWith } from './integers.ts'
import { standardNormal } from './normal.ts'
import type { FloatDType } from './precision.ts'
import { fma, rounders } from './precision.ts'
import type { FloatOut } from './uniform.ts'
import { floatDTypeOf } from './uniform.ts'

/**
 * Fills with exponential numbers, `-log1p(-u) / λ`.
 *
 * @param lambda rate, at least 0
 * @throws ArgumentError if lambda is negative or NaN
 * @example
 * const out = new Float32Array(2)
 * exponential(out, new Generator().manualSeed(0))
 * [...out] // => [3.50833, 1.23038]
 * @see torch.Tensor.exponential_
 */
export function exponential(
  out: FloatOut,
  generator: Generator,
  lambda = 1,
  dtype: FloatDType = floatDTypeOf(out),
): void {
  check(lambda >= 0, () => new ArgumentError('exponential_', `lambda must be at least 0, got ${lambda}`))
  const round = rounders[dtype]
  const scale = -1 / lambda
  for (let i = 0; i < out.length; i++) out[i] = round(scale * Math.log1p(-generator.uniform53()))
}

/**
 * Fills with Cauchy numbers, `median + σ tan(π (u - ½))`.
 *
 * @param sigma half width at half maximum
 * @example
 * const out = new Float32Array(2)
 * cauchy(out, new Generator().manualSeed(0))
 * [...out] // => [10.5977, 0.764767]
 * @see torch.Tensor.cauchy_
 */
export function cauchy(
  out: FloatOut,
  generator: Generator,
  median = 0,
  sigma = 1,
  dtype: FloatDType = floatDTypeOf(out),
): void {
  const round = rounders[dtype]
  for (let i = 0; i < out.length; i++) {
    out[i] = round(fma(sigma, Math.tan(Math.PI * (generator.uniform53() - 0.5)), median))
  }
}

/**
 * Fills with log-normal numbers, `exp(mean + std · z)`, z being standard normal.
 *
 * @param mean of the logarithm
 * @param std of the logarithm, above 0
 * @throws ArgumentError if std is not above 0
 * @example
 * const out = new Float32Array(2)
 * logNormal(out, new Generator().manualSeed(0))
 * [...out] // => [59.2634, 1.51156]
 * @see torch.Tensor.log_normal_
 */
export function logNormal(
  out: FloatOut,
  generator: Generator,
  mean = 1,
  std = 2,
  dtype: FloatDType = floatDTypeOf(out),
): void {
  check(std > 0, () => new ArgumentError('logNormal_', `std must be above 0, got ${std}`))
  const round = rounders[dtype]
  for (let i = 0; i < out.length; i++) out[i] = round(Math.exp(fma(standardNormal(generator), std, mean)))
}

/**
 * Fills with the number of trials up to the first success, `⌈log u / log1p(-p)⌉`.
 *
 * @param p probability of a success, in (0, 1)
 * @throws ArgumentError if p is not in (0, 1)
 * @example
 * const out = new Float32Array(4)
 * geometric(out, new Generator().manualSeed(0), 0.5)
 * [...out] // => [1, 1, 2, 1]
 * @see torch.Tensor.geometric_
 */
export function geometric(out: SampleOut, generator: Generator, p: number): void {
  check(p > 0 && p < 1, () => new ArgumentError('geometric_', `p must be in (0, 1), got ${p}`))
  const scale = Math.log1p(-p)
  fillWith(out, () => Math.ceil(Math.log(generator.uniform53()) / scale))
}
