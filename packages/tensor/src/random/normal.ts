// Normal floats by Box and Muller, along PyTorch's two paths: one pair at a time in float64, or blocks of 16.
import { ArgumentError, check } from '../errors.ts'
import { blockOf16Float32 } from './box-muller.ts'
import type { Generator } from './generator.ts'
import type { FloatDType } from './precision.ts'
import { fma, rounders } from './precision.ts'
import type { FloatOut } from './uniform.ts'
import { fillUnit, floatDTypeOf } from './uniform.ts'

/**
 * Fills with normal numbers of the given mean and standard deviation.
 * Fewer than 16 numbers, or a tensor that is not contiguous, take the serial path, as in PyTorch.
 *
 * @param out written from first to last
 * @param dtype whose arithmetic to follow
 * @throws ArgumentError if std is negative or NaN
 * @example
 * const out = new Float32Array(2)
 * normal(out, new Generator().manualSeed(0))
 * [...out] // => [1.541, -0.293429]
 * @see torch.Tensor.normal_
 */
export function normal(
  out: FloatOut,
  generator: Generator,
  mean = 0,
  std = 1,
  dtype: FloatDType = floatDTypeOf(out),
): void {
  if (out.length < 16) normalSerial(out, generator, mean, std, dtype)
  else normalBlocks(out, generator, mean, std, dtype)
}

/** One number: `√(-2 log1p(-u₂)) · cos 2πu₁` in float64, the sine being kept for the next call. */
export function standardNormal(generator: Generator): number {
  const cached = generator.cachedNormal
  if (cached !== null) {
    generator.cachedNormal = null
    return cached
  }
  const u1 = generator.uniform53()
  const u2 = generator.uniform53()
  const radius = Math.sqrt(-2 * Math.log1p(-u2))
  const theta = 2 * Math.PI * u1
  generator.cachedNormal = radius * Math.sin(theta)
  return radius * Math.cos(theta)
}

/**
 * The serial path of `normal`, whatever the length: what PyTorch does with tensors that are not contiguous.
 *
 * @example
 * const out = new Float32Array(2)
 * normalSerial(out, new Generator().manualSeed(0))
 * [...out] // => [1.541, -0.293429]
 */
export function normalSerial(
  out: FloatOut,
  generator: Generator,
  mean = 0,
  std = 1,
  dtype: FloatDType = floatDTypeOf(out),
): void {
  checkStd(std)
  const round = rounders[dtype]
  for (let i = 0; i < out.length; i++) out[i] = round(fma(standardNormal(generator), std, mean))
}

function normalBlocks(
  out: FloatOut,
  generator: Generator,
  mean: number,
  std: number,
  dtype: FloatDType,
): void {
  checkStd(std)
  const block = blocks[dtype]
  const round = rounders[dtype]
  const [center, spread] = [round(mean), round(std)]
  fillUnit(out, generator, dtype)
  for (let start = 0; start + 16 <= out.length; start += 16) block(out, start, center, spread)
  if (out.length % 16 === 0) return
  // The last 16 are drawn anew, over the end of the last whole block.
  const start = out.length - 16
  fillUnit(out.subarray(start), generator, dtype)
  block(out, start, center, spread)
}

function checkStd(std: number): void {
  check(std >= 0, () => new ArgumentError('normal_', `std must be at least 0, got ${std}`))
}

/** Turns 16 uniform numbers from `start` on into normal ones: d[j] and d[j + 8] are a pair. */
type Block = (d: FloatOut, start: number, mean: number, std: number) => void

const blocks: Readonly<Record<FloatDType, Block>> = {
  float64(d, start, mean, std) {
    for (let j = start; j < start + 8; j++) {
      const radius = Math.sqrt(-2 * Math.log(1 - d[j]))
      const theta = 2 * Math.PI * d[j + 8]
      d[j] = fma(radius * Math.cos(theta), std, mean)
      d[j + 8] = fma(radius * Math.sin(theta), std, mean)
    }
  },
  float32: blockOf16Float32,
  // float16 computes in float32 and rounds where PyTorch's source names a variable of the type ...
  float16(d, start, mean, std) {
    const { float16: half, float32: single } = rounders
    for (let j = start; j < start + 8; j++) {
      const radius = half(single(Math.sqrt(-2 * single(Math.log(half(1 - d[j]))))))
      const theta = half(2 * Math.PI * d[j + 8])
      d[j] = half(single(single(radius * single(Math.cos(theta))) * std + mean))
      d[j + 8] = half(single(single(radius * single(Math.sin(theta))) * std + mean))
    }
  },
  // ... and bfloat16 rounds after every operation.
  bfloat16(d, start, mean, std) {
    const { bfloat16: half } = rounders
    for (let j = start; j < start + 8; j++) {
      const radius = half(Math.sqrt(half(-2 * half(Math.log(half(1 - d[j]))))))
      const theta = half(2 * Math.PI * d[j + 8])
      d[j] = half(half(half(radius * half(Math.cos(theta))) * std) + mean)
      d[j + 8] = half(half(half(radius * half(Math.sin(theta))) * std) + mean)
    }
  },
}
