// exp for the softmax family (arguments at most 0), in f32 and f64 lanes, and a scalar log without tables.
import { madd } from './tile'

// Constants are exported variables, so that neither binaryen nor V8 folds them: a splat of a variable before a loop stays
// in a register or on the stack, while a v128.const is materialised again at every use.
export let kLog2e: f64 = 1.4426950408889634
export let kMagic32: f32 = 12582912.0 // 1.5 · 2²³: adding it rounds to an integer
export let kMagic64: f64 = 6755399441055744.0 // 1.5 · 2⁵²
export let kLn2High32: f32 = -0.693359375
export let kLn2Low32: f32 = 2.12194440e-4
export let kLn2High64: f64 = -6.93147180369123816490e-1
export let kLn2Low64: f64 = -1.90821492927058770002e-10
export let kLowest32: f32 = -87.33
export let kLowest64: f64 = -708.3
export let kOne: f64 = 1
// Cephes expf: exp(r) = 1 + r + r²·P(r), |r| ≤ ln2 / 2
export let kP0: f32 = 1.9875691500e-4
export let kP1: f32 = 1.3981999507e-3
export let kP2: f32 = 8.3334519073e-3
export let kP3: f32 = 4.1665795894e-2
export let kP4: f32 = 1.6666665459e-1
export let kP5: f32 = 5.0000001201e-1
// Taylor for f64, 1/13! to 1/2!
export let kQ0: f64 = 1.6059043836821613e-10
export let kQ1: f64 = 2.08767569878681e-9
export let kQ2: f64 = 2.505210838544172e-8
export let kQ3: f64 = 2.755731922398589e-7
export let kQ4: f64 = 2.7557319223985893e-6
export let kQ5: f64 = 2.48015873015873e-5
export let kQ6: f64 = 1.984126984126984e-4
export let kQ7: f64 = 1.388888888888889e-3
export let kQ8: f64 = 8.333333333333333e-3
export let kQ9: f64 = 4.1666666666666664e-2
export let kQ10: f64 = 1.6666666666666666e-1
export let kQ11: f64 = 0.5

/** exp of four f32 ≤ 0 (2e-7 relative); below -87.33 zero; NaN stays. */
// @ts-ignore: decorator
@inline export function exp32(
  x: v128, log2e: v128, magic: v128, high: v128, low: v128, p0: v128, p1: v128, p2: v128, p3: v128, p4: v128, p5: v128,
  one: v128, lowest: v128,
): v128 {
  const t = madd<f32>(x, log2e, magic)
  const n = f32x4.sub(t, magic)
  const r = madd<f32>(n, low, madd<f32>(n, high, x))
  const r2 = f32x4.mul(r, r)
  const a = madd<f32>(p0, r, p1), b = madd<f32>(p2, r, p3), c = madd<f32>(p4, r, p5)
  const p = madd<f32>(madd<f32>(a, r2, b), r2, c)
  const e = madd<f32>(p, r2, f32x4.add(r, one))
  const scaled = f32x4.mul(e, i32x4.add(i32x4.shl(t, 23), one)) // bits of t end in n; 2ⁿ = (n << 23) + bits of 1
  return v128.andnot(scaled, f32x4.lt(x, lowest))
}

/** exp of two f64 ≤ 0 (2e-16 relative); below -708.3 zero; NaN stays. */
// @ts-ignore: decorator
@inline export function exp64(x: v128): v128 {
  const magic = f64x2.splat(kMagic64)
  const t = f64x2.add(f64x2.mul(x, f64x2.splat(kLog2e)), magic)
  const n = f64x2.sub(t, magic)
  const r = madd<f64>(n, f64x2.splat(kLn2Low64), madd<f64>(n, f64x2.splat(kLn2High64), x))
  let p = madd<f64>(f64x2.splat(kQ0), r, f64x2.splat(kQ1))
  p = madd<f64>(p, r, f64x2.splat(kQ2))
  p = madd<f64>(p, r, f64x2.splat(kQ3))
  p = madd<f64>(p, r, f64x2.splat(kQ4))
  p = madd<f64>(p, r, f64x2.splat(kQ5))
  p = madd<f64>(p, r, f64x2.splat(kQ6))
  p = madd<f64>(p, r, f64x2.splat(kQ7))
  p = madd<f64>(p, r, f64x2.splat(kQ8))
  p = madd<f64>(p, r, f64x2.splat(kQ9))
  p = madd<f64>(p, r, f64x2.splat(kQ10))
  p = madd<f64>(p, r, f64x2.splat(kQ11))
  const one = f64x2.splat(kOne)
  const e = f64x2.add(madd<f64>(p, f64x2.mul(r, r), r), one)
  const scaled = f64x2.mul(e, i64x2.add(i64x2.shl(t, 52), one))
  return v128.andnot(scaled, f64x2.lt(x, f64x2.splat(kLowest64)))
}

/** log of a positive normal number or NaN (fdlibm's e_log, 1 ulp). */
export function logOf(x: f64): f64 {
  if (x != x || x == Infinity) return x
  const bits = reinterpret<u64>(x)
  let k = <i32>(bits >> 52) - 1023
  let f = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000)
  if (f > 1.4142135623730951) {
    f *= 0.5
    k++
  }
  f -= 1
  const s = f / (2 + f)
  const z = s * s
  const w = z * z
  const t1 = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1))
  const t2 = z * (6.666666666666735130e-1 + w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)))
  const half = 0.5 * f * f
  const n = <f64>k
  return n * 6.93147180369123816490e-1 - ((half - (s * (half + t1 + t2) + n * 1.90821492927058770002e-10)) - f)
}
