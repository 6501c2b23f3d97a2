// Coin flips and draws from weights.
import { ArgumentError, check } from '../errors.ts'
import { exponential } from './continuous.ts'
import type { Generator } from './generator.ts'
import type { SampleOut } from './integers.ts'
import { fillWith } from './integers.ts'
import type { FloatDType } from './precision.ts'
import { rounders } from './precision.ts'
import type { FloatOut } from './uniform.ts'
import { floatDTypeOf } from './uniform.ts'

/**
 * Fills with 1 where `u < p` and 0 elsewhere, u with 53 random bits. Dropout keeps with `bernoulliScalar(1 - p)`.
 *
 * @param p probability of a 1, in [0, 1]
 * @throws ArgumentError if p is not in [0, 1]
 * @example
 * const out = new Float32Array(4)
 * bernoulliScalar(out, new Generator().manualSeed(0))
 * [...out] // => [0, 0, 1, 0]
 * @see torch.Tensor.bernoulli_
 */
export function bernoulliScalar(out: SampleOut, generator: Generator, p = 0.5): void {
  check(p >= 0 && p <= 1, () => new ArgumentError('bernoulli_', `p must be in [0, 1], got ${p}`))
  // u < p in integers: the 53 bits of u, in two words, against ⌈2⁵³ p⌉.
  const { engine } = generator
  const bound = Math.ceil(p * 2 ** 53)
  const boundHigh = Math.floor(bound / 2 ** 32)
  const boundLow = bound % 2 ** 32
  const flip = () => {
    const high = engine.next() & 0x1fffff
    const low = engine.next() >>> 0
    return high < boundHigh || (high === boundHigh && low < boundLow) ? 1 : 0
  }
  fillWith(out, flip)
}

/**
 * Fills with 1 where `u < probabilities[i]`, u with 53 random bits for float64 probabilities, else 24.
 *
 * @param probabilities as many as `out`, in [0, 1]; their array's type says whether they are float64
 * @throws ArgumentError if the lengths differ or a probability is not in [0, 1]; then nothing was drawn
 * @example
 * const out = new Float32Array(2)
 * bernoulliTensor(out, new Generator(), new Float32Array([0, 1]))
 * [...out] // => [0, 1]
 * @see torch.bernoulli
 */
export function bernoulliTensor(out: SampleOut, generator: Generator, probabilities: FloatOut): void {
  check(
    out.length === probabilities.length,
    () =>
      new ArgumentError(
        'bernoulli',
        `there must be one probability per number, got ${probabilities.length} for ${out.length}`,
      ),
  )
  checkProbabilities(probabilities)
  const double = probabilities instanceof Float64Array
  let i = 0
  fillWith(out, () => ((double ? generator.uniform53() : generator.uniform24()) < probabilities[i++] ? 1 : 0))
}

/** Throws unless all are probabilities. @throws ArgumentError */
export function checkProbabilities(probabilities: FloatOut): void {
  for (const p of probabilities) {
    check(
      p >= 0 && p <= 1,
      () => new ArgumentError('bernoulli', `the probabilities must be in [0, 1], got ${p}`),
    )
  }
}

/**
 * Draws indices of one row of weights or of several.
 *
 * @param weights [rows, categories], row-major, not negative; rows need not sum to 1
 * @param categories length of a row
 * @param samples how many indices to draw from each row
 * @param options.replacement whether an index may be drawn again
 * @param options.dtype whose arithmetic to follow
 * @returns [rows, samples], row-major
 * @throws ArgumentError if a weight is negative, inf or NaN, a row sums to 0, or there are too few categories;
 *   then nothing was drawn
 * @example
 * multinomial(new Float32Array([0, 1, 0]), 3, 1, new Generator()) // => Int32Array(1) [ 1 ]
 * @see torch.multinomial
 */
export function multinomial(
  weights: FloatOut,
  categories: number,
  samples: number,
  generator: Generator,
  { replacement = false, dtype = floatDTypeOf(weights) }: { replacement?: boolean; dtype?: FloatDType } = {},
): Int32Array {
  checkCounts(categories, samples, replacement)
  checkWeights(weights, categories)
  return replacement
    ? drawReplacing(weights, categories, samples, generator, dtype)
    : drawDistinct(weights, categories, samples, generator, dtype)
}

/** Throws unless so many indices can be drawn. @throws ArgumentError */
export function checkCounts(categories: number, samples: number, replacement: boolean): void {
  check(
    samples > 0 && Number.isInteger(samples),
    () => new ArgumentError('multinomial', `numSamples must be a positive integer, got ${samples}`),
  )
  check(
    replacement || samples <= categories,
    () =>
      new ArgumentError(
        'multinomial',
        `numSamples must be at most the number of categories without replacement, got ${samples} of ${categories}`,
      ),
  )
}

/** Throws unless each row can be drawn from. @throws ArgumentError */
export function checkWeights(weights: FloatOut, categories: number): void {
  for (let at = 0; at < weights.length; at += categories) checkRow(weights.subarray(at, at + categories))
}

function checkRow(row: FloatOut): void {
  let sum = 0
  for (const weight of row) {
    check(
      weight >= 0 && weight < Infinity,
      () => new ArgumentError('multinomial', `the weights must be finite and at least 0, got ${weight}`),
    )
    sum += weight
  }
  check(sum > 0, () => new ArgumentError('multinomial', `the weights must have a positive sum, got ${sum}`))
}

/** The exponential race: the greatest w / q, q being exponential, are a draw without replacement. */
function drawDistinct(
  weights: FloatOut,
  categories: number,
  samples: number,
  generator: Generator,
  dtype: FloatDType,
): Int32Array {
  const round = rounders[dtype]
  const race = weights.slice()
  exponential(race, generator, 1, dtype)
  for (let i = 0; i < race.length; i++) race[i] = round(weights[i] / race[i])
  const rows = weights.length / categories
  const drawn = new Int32Array(rows * samples)
  for (let row = 0; row < rows; row++) {
    const times = race.subarray(row * categories, (row + 1) * categories)
    if (samples === 1) drawn[row] = indexOfGreatest(times)
    else {
      const order = Int32Array.from(times, (_, i) => i).sort((a, b) => times[b] - times[a] || a - b)
      drawn.set(order.subarray(0, samples), row * samples)
    }
  }
  return drawn
}

function indexOfGreatest(values: FloatOut): number {
  let best = 0
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i
  return best
}

/** Looks up one 53-bit uniform number per draw in the cumulative weights. */
function drawReplacing(
  weights: FloatOut,
  categories: number,
  samples: number,
  generator: Generator,
  dtype: FloatDType,
): Int32Array {
  const round = rounders[dtype]
  const accumulate = dtype === 'float64' ? round : Math.fround
  const rows = weights.length / categories
  const drawn = new Int32Array(rows * samples)
  const cumulative = new Float64Array(categories)
  for (let row = 0; row < rows; row++) {
    let sum = 0
    for (let i = 0; i < categories; i++) {
      sum = accumulate(sum + weights[row * categories + i])
      cumulative[i] = round(sum)
    }
    for (let i = 0; i < categories; i++) cumulative[i] = round(cumulative[i] / sum)
    cumulative[categories - 1] = 1
    for (let j = 0; j < samples; j++) drawn[row * samples + j] = lowerBound(cumulative, generator.uniform53())
  }
  return drawn
}

/** The first index whose value is not below `target`. */
function lowerBound(sorted: Float64Array, target: number): number {
  let left = 0
  let right = sorted.length
  while (left < right) {
    const middle = (left + right) >> 1
    if (sorted[middle] < target) left = middle + 1
    else right = middle
  }
  return left
}
