// Uniform floats, with as many random bits as the dtype's significand has.
import { ArgumentError, check } from '../errors.ts'
import type { Generator } from './generator.ts'
import type { FloatDType } from './precision.ts'
import { fma, rounders, significandBits } from './precision.ts'

/** Where float samplers write; values of float16 and bfloat16 come as float32 numbers that those types can hold. */
export type FloatOut = Float32Array | Float64Array

/** The dtype that an array stands for when none is given. */
export const floatDTypeOf = (out: FloatOut): FloatDType =>
  out instanceof Float64Array ? 'float64' : 'float32'

/**
 * Fills with numbers uniform in [from, to): `u · (to - from) + from`, u with 11, 8, 24 or 53 random bits.
 *
 * @param out written from first to last
 * @param from lower bound, in
 * @param to upper bound, out (rounding may reach it)
 * @param dtype whose arithmetic to follow
 * @throws ArgumentError if from > to or a bound is not finite in `dtype`
 * @example
 * const out = new Float32Array(2)
 * uniform(out, new Generator().manualSeed(0))
 * [...out] // => [0.496257, 0.768222]
 * @see torch.Tensor.uniform_
 */
export function uniform(
  out: FloatOut,
  generator: Generator,
  from = 0,
  to = 1,
  dtype: FloatDType = floatDTypeOf(out),
): void {
  const round = rounders[dtype]
  const low = round(from)
  const width = round(round(to) - low)
  check(
    Number.isFinite(low) && Number.isFinite(round(to)),
    () => new ArgumentError('uniform_', `from and to must be finite in ${dtype}, got ${from} and ${to}`),
  )
  check(
    from <= to,
    () => new ArgumentError('uniform_', `from must be at most to, got from=${from} and to=${to}`),
  )
  check(
    Number.isFinite(width),
    () =>
      new ArgumentError('uniform_', `to - from must be finite in ${dtype}, got from=${from} and to=${to}`),
  )
  fillUnit(out, generator, dtype)
  if (low === 0 && width === 1) return
  const n = out.length
  if (dtype === 'float64') for (let i = 0; i < n; i++) out[i] = fma(out[i], width, low)
  else if (dtype === 'float32') for (let i = 0; i < n; i++) out[i] = out[i] * width + low // fused: exact in float64
  else for (let i = 0; i < n; i++) out[i] = round(out[i] * width + low)
}

/** Fills with numbers uniform in [0, 1) that `dtype` holds exactly. */
export function fillUnit(out: FloatOut, generator: Generator, dtype: FloatDType): void {
  const { engine } = generator
  const { block } = engine
  const n = out.length
  if (dtype === 'float64') {
    for (let i = 0; i < n; i++) {
      const high = engine.next() & 0x1fffff
      out[i] = (high * 4294967296 + (engine.next() >>> 0)) * 2 ** -53
    }
    return
  }
  const mask = 2 ** significandBits[dtype] - 1
  const scale = 1 / (mask + 1)
  for (let i = 0; i < n;) {
    if (engine.position === block.length) engine.refill()
    const start = engine.position
    const count = Math.min(n - i, block.length - start)
    for (let j = 0; j < count; j++) out[i + j] = (block[start + j] & mask) * scale
    engine.position = start + count
    i += count
  }
}
