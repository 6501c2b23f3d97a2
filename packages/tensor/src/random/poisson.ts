// Counts of events of a mean rate, as PyTorch's CPU kernel draws them.
import { ArgumentError, check } from '../errors.ts'
import { lgammaOf } from '../expr/special.ts'
import type { Generator } from './generator.ts'
import type { FloatOut } from './uniform.ts'

/**
 * Fills with Poisson numbers of the means in `rates`.
 *
 * @param rates as many as `out`, not negative
 * @throws ArgumentError if a rate is negative or NaN; then nothing was drawn
 * @example
 * const out = new Float32Array(2)
 * poisson(out, new Generator(), new Float32Array([0, 0]))
 * [...out] // => [0, 0]
 * @see torch.poisson
 */
export function poisson(out: FloatOut, generator: Generator, rates: FloatOut): void {
  for (const rate of rates)
    check(
      rate >= 0,
      () =>
        new ArgumentError('poisson', `invalid Poisson rate, expected rate to be non-negative, got ${rate}`),
    )
  for (let i = 0; i < out.length; i++) out[i] = draw(rates[i], generator)
}

function draw(rate: number, generator: Generator): number {
  if (rate === 0) return 0
  return rate < 10 ? byProducts(rate, generator) : byRejection(rate, generator)
}

// Knuth: uniform numbers are multiplied until they fall below e^(−rate).
function byProducts(rate: number, generator: Generator): number {
  const bound = Math.exp(-rate)
  let count = 0
  for (let product = generator.uniform53(); product > bound; product *= generator.uniform53()) count++
  return count
}

// The transformed rejection method of Hörmann (1993), with its constants.
function byRejection(rate: number, generator: Generator): number {
  const b = 0.931 + 2.53 * Math.sqrt(rate)
  const a = -0.059 + 0.02483 * b
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
  const vr = 0.9277 - 3.6224 / (b - 2)
  for (;;) {
    const u = generator.uniform53() - 0.5
    const v = generator.uniform53()
    const us = 0.5 - Math.abs(u)
    const k = Math.floor(((2 * a) / us + b) * u + rate + 0.43)
    if (us >= 0.07 && v <= vr) return k
    if (k < 0 || (us < 0.013 && v > us)) continue
    const left = Math.log(v) + Math.log(inverseAlpha) - Math.log(a / (us * us) + b)
    if (left <= -rate + k * Math.log(rate) - lgammaOf(k + 1)) return k
  }
}
