// Box-Muller over 16 float32 numbers, bit for bit as PyTorch's AVX2 kernel does it: Cephes polynomials in float32
// with fused multiply-adds (aten/src/ATen/native/cpu/avx_mathfun.h).
import type { FloatOut } from './uniform.ts'

const f = Math.fround

/** Turns 16 uniform numbers from `start` on into normal ones: `√(-2 log(1-d[j])) · cos, sin (2π d[j+8])`. */
export function blockOf16Float32(d: FloatOut, start: number, mean: number, std: number): void {
  for (let j = start; j < start + 8; j++) {
    const radius = f(Math.sqrt(f(-2 * logFloat32(f(1 - d[j])))))
    sinCosFloat32(f(twoPi * d[j + 8]))
    d[j] = f(f(radius * cosine) * std + mean)
    d[j + 8] = f(f(radius * sine) * std + mean)
  }
}

const twoPi = f(2 * Math.PI)
const scratchFloat = new Float32Array(1)
const scratchBits = new Int32Array(scratchFloat.buffer)

// log x = e·log 2 + x - x²/2 + x³·P(x), for x = m - 1 with √½ ≤ m < √2; the argument is in (0, 1] here.
const [p0, p1, p2, p3, p4, p5, p6, p7, p8] = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
].map(f)
const log2Low = f(-2.1219444e-4)
const log2High = f(0.693359375)
const sqrtHalf = f(Math.SQRT1_2)

function logFloat32(value: number): number {
  scratchFloat[0] = value
  const bits = scratchBits[0]
  scratchBits[0] = (bits & 0x807fffff) | 0x3f000000 // the significand, in [½, 1)
  const m = scratchFloat[0]
  const small = m < sqrtHalf
  const e = (bits >>> 23) - 126 - (small ? 1 : 0)
  const x = small ? f(f(m - 1) + m) : f(m - 1)
  const z = f(x * x)
  let y = f(p0 * x + p1)
  y = f(y * x + p2)
  y = f(y * x + p3)
  y = f(y * x + p4)
  y = f(y * x + p5)
  y = f(y * x + p6)
  y = f(y * x + p7)
  y = f(y * x + p8)
  y = f(f(y * x) * z + f(e * log2Low))
  y = f(y - z * 0.5)
  return f(e * log2High + f(x + y))
}

// sin and cos by octant: the angle less a multiple of π/4 (in three parts), then one of two polynomials.
const fourOverPi = f(1.27323954473516)
const [part1, part2, part3] = [-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8].map(f)
const [c0, c1, c2] = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2].map(f)
const [s0, s1, s2] = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1].map(f)
let sine = 0
let cosine = 0

function sinCosFloat32(angle: number): void {
  const octant = (Math.trunc(f(angle * fourOverPi)) + 1) & ~1
  let x = f(octant * part1 + angle)
  x = f(octant * part2 + x)
  x = f(octant * part3 + x)
  const z = f(x * x)
  let even = f(c0 * z + c1)
  even = f(even * z + c2)
  even = f(f(even * z) * z - z * 0.5)
  even = f(even + 1)
  let odd = f(s0 * z + s1)
  odd = f(odd * z + s2)
  odd = f(f(odd * z) * x + x)
  const swap = (octant & 2) !== 0
  sine = swap ? even : odd
  cosine = swap ? odd : even
  if (octant & 4) sine = -sine
  if (!((octant - 2) & 4)) cosine = -cosine
}
