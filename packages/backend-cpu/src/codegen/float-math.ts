// Elementary functions on vectors of float32 and float64, within about one or two units in the last place.
import type { Node } from './builder.ts'
import { convert, narrowLanes, upper, widenLanes } from './convert.ts'
import type { Lanes } from './lanes.ts'

const log2e = 1.4426950408889634

interface FloatFormat {
  /** Bits of the mantissa, bias of the exponent, 1.5 · 2^mantissa: adding it rounds to an integer. */
  readonly mantissa: number
  readonly bias: number
  readonly magic: number
  /** ln 2 = high + low, with trailing zeros in high so that n · high is exact. */
  readonly ln2High: number
  readonly ln2Low: number
  /** Where exp is 0 or infinite. */
  readonly expLow: number
  readonly expHigh: number
  /** (e^r − 1 − r) / r² on |r| ≤ ln 2 / 2, highest degree first. */
  readonly expSeries: readonly number[]
  /** Bits of √½, and the coefficients of log((1 + s) / (1 − s)) in s², of fdlibm. */
  readonly sqrtHalfBits: bigint
  readonly logSeries: readonly number[]
}

const factorials = (last: number): number[] => {
  const series: number[] = []
  let value = 1
  for (let k = 2; k <= last; k++) series.unshift(1 / (value *= k))
  return series
}

const formats: Record<'f32' | 'f64', FloatFormat> = {
  f32: {
    mantissa: 23,
    bias: 127,
    magic: 12582912,
    ln2High: 0.693359375,
    ln2Low: -2.1219444e-4,
    expLow: -104,
    expHigh: 89,
    // cephes expf
    expSeries: [
      1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
    ],
    sqrtHalfBits: 0x3f3504f3n,
    // musl logf
    logSeries: [0.24279078841, 0.28498786688, 0.40000972152, 0.66666662693],
  },
  f64: {
    mantissa: 52,
    bias: 1023,
    magic: 6755399441055744,
    ln2High: 6.9314718036912381649e-1,
    ln2Low: 1.90821492927058770002e-10,
    expLow: -746,
    expHigh: 710,
    expSeries: factorials(13),
    sqrtHalfBits: 0x3fe6a09e667f3bcdn,
    logSeries: [
      1.479819860511658591e-1, 1.531383769920937332e-1, 1.818357216161805012e-1, 2.222219843214978396e-1,
      2.857142874366239149e-1, 3.999999999940941908e-1, 6.66666666666673513e-1,
    ],
  },
}

const formatOf = (l: Lanes): FloatFormat => formats[l.compute as 'f32' | 'f64']

// pmin and pmax are one instruction each and keep a NaN that stands first.
const clamp = (l: Lanes, x: Node, low: number, high: number): Node =>
  l.f('pmin', l.f('pmax', x, l.c(low)), l.c(high))

// x = n ln 2 + r: answers r, and x log₂ e + magic, whose low bits are n.
function reduceExp(l: Lanes, x: Node): { rest: Node; shifted: Node } {
  const { magic, ln2High, ln2Low } = formatOf(l)
  const shifted = l.mad(x, l.c(log2e), l.c(magic))
  const n = l.sub(shifted, l.c(magic))
  return { rest: l.mad(n, l.c(-ln2Low), l.mad(n, l.c(-ln2High), x)), shifted }
}

// y · 2^n with n in the low bits of `shifted`; in two steps, so that the ends of the range come out right.
function scale(l: Lanes, y: Node, shifted: Node): Node {
  const { mantissa, bias, magic } = formatOf(l)
  const n = l.i('sub', shifted, l.c(magic))
  const half = l.shift('shrS', n, 1)
  const power = (k: Node): Node => l.shift('shl', l.i('add', k, l.ic(bias)), mantissa)
  return l.mul(l.mul(y, power(half)), power(l.i('sub', n, half)))
}

/** eˣ */
export function exp(l: Lanes, x: Node): Node {
  const { expLow, expHigh, expSeries } = formatOf(l)
  const { rest, shifted } = reduceExp(l, clamp(l, x, expLow, expHigh))
  const y = l.mad(l.mul(rest, rest), l.poly(rest, expSeries), l.add(rest, l.c(1)))
  return scale(l, y, shifted)
}

// eˣ for x in a range where 2^n neither overflows nor underflows.
function expInside(l: Lanes, x: Node): Node {
  const { expSeries } = formatOf(l)
  const { rest, shifted } = reduceExp(l, x)
  return l.mul(l.mad(l.mul(rest, rest), l.poly(rest, expSeries), l.add(rest, l.c(1))), power(l, shifted))
}

// 2^n with n in the low bits of `shifted`, within the range of normal numbers.
function power(l: Lanes, shifted: Node): Node {
  const { mantissa, bias, magic } = formatOf(l)
  return l.shift('shl', l.i('add', l.i('sub', shifted, l.c(magic)), l.ic(bias)), mantissa)
}

/** 2ˣ */
export function exp2(l: Lanes, x: Node): Node {
  const { magic, bias, mantissa, expSeries } = formatOf(l)
  const a = clamp(l, x, -bias - mantissa - 2, bias + 2)
  const shifted = l.add(a, l.c(magic))
  const rest = l.mul(l.sub(a, l.sub(shifted, l.c(magic))), l.c(Math.LN2))
  return scale(l, l.mad(l.mul(rest, rest), l.poly(rest, expSeries), l.add(rest, l.c(1))), shifted)
}

// eˣ − 1 for x in a range where 2^n neither overflows nor underflows.
function expm1Inside(l: Lanes, x: Node): Node {
  const { rest, shifted } = reduceExp(l, x)
  const p = l.mad(l.mul(rest, rest), l.poly(rest, formatOf(l).expSeries), rest) // e^r − 1
  const scaled = power(l, shifted)
  return l.mad(scaled, p, l.sub(scaled, l.c(1)))
}

/** eˣ − 1 */
export function expm1(l: Lanes, x: Node): Node {
  const { expHigh, bias, mantissa } = formatOf(l)
  const low = -(mantissa + 3)
  const inside = expm1Inside(l, clamp(l, x, low, bias * Math.LN2 - 0.5))
  const large = exp(l, clamp(l, x, low, expHigh))
  const signed = l.select(l.f('eq', x, l.c(0)), x, inside)
  return l.select(l.f('gt', x, l.c(bias * Math.LN2 - 0.5)), large, signed)
}

/** 1 / (1 + e⁻ˣ), with t = e^−|x| as 1 / (1 + t) or t / (1 + t), which keeps its digits far below 0. */
export function sigmoid(l: Lanes, x: Node): Node {
  const t = exp(l, l.or(x, l.c(-0)))
  return l.div(l.select(l.f('lt', x, l.c(0)), t, l.c(1)), l.add(t, l.c(1)))
}

/** tanh x = t / (t + 2) with t = e^2|x| − 1 */
export function tanh(l: Lanes, x: Node): Node {
  const magnitude = l.f('abs', x)
  const twice = l.f('pmin', l.add(magnitude, magnitude), l.c(formatOf(l).mantissa === 23 ? 20 : 44))
  const t = expm1Inside(l, twice)
  const y = l.div(t, l.add(t, l.c(2)))
  return l.or(l.f('abs', y), l.and(x, l.c(-0)))
}

interface LogParts {
  /** x = 2^k · (1 + f) with 1 + f in [√½, √2). */
  readonly k: Node
  readonly f: Node
}

function splitLog(l: Lanes, x: Node): LogParts {
  const { mantissa, sqrtHalfBits } = formatOf(l)
  const one = l.compute === 'f32' ? 0x3f800000n : 0x3ff0000000000000n
  const raised = l.i('add', x, l.ic(asBits(l, one - sqrtHalfBits)))
  const bits = l.i(
    'add',
    l.and(raised, l.ic(asBits(l, (1n << BigInt(mantissa)) - 1n))),
    l.ic(asBits(l, sqrtHalfBits)),
  )
  const k = l.i('sub', l.shift('shrS', raised, mantissa), l.ic(formatOf(l).bias))
  return { k: intToFloat(l, k), f: l.sub(bits, l.c(1)) }
}

const asBits = (l: Lanes, value: bigint): number | bigint =>
  l.bits === 'i32' ? Number(BigInt.asIntN(32, value)) : value

// Small integers in integer lanes to float lanes; in 64 bits by the magic number.
function intToFloat(l: Lanes, k: Node): Node {
  if (l.compute === 'f32') return convert(l, k, 'i32', 'f32')
  const { magic } = formatOf(l)
  return l.sub(l.i('add', k, l.c(magic)), l.c(magic))
}

// log(1 + f) = f − (f²/2 − s (f²/2 + R)), s = f / (2 + f); answered as its two parts.
function logSeries(l: Lanes, f: Node): { half: Node; rest: Node } {
  const s = l.div(f, l.add(f, l.c(2)))
  const z = l.mul(s, s)
  const half = l.mul(l.mul(f, f), l.c(0.5))
  return { half, rest: l.mul(s, l.mad(z, l.poly(z, formatOf(l).logSeries), half)) }
}

// Positive finite x: subnormals are raised, and k lowered to match.
function normalized(l: Lanes, x: Node): LogParts {
  const { mantissa } = formatOf(l)
  const least = l.c(l.compute === 'f32' ? 2 ** -126 : 2 ** -1022)
  const small = l.f('lt', x, least)
  const { k, f } = splitLog(l, l.select(small, l.mul(x, l.c(2 ** mantissa)), x))
  return { k: l.sub(k, l.and(small, l.c(mantissa))), f }
}

// −∞ at 0, ∞ at ∞, NaN below 0 and of NaN.
function logEnds(l: Lanes, x: Node, inside: Node): Node {
  const infinite = l.c(Infinity)
  const ordinary = l.and(l.f('gt', x, l.c(0)), l.f('lt', x, infinite))
  const end = l.select(
    l.f('eq', x, l.c(0)),
    l.c(-Infinity),
    l.select(l.f('eq', x, infinite), infinite, l.c(NaN)),
  )
  return l.select(ordinary, inside, end)
}

/** The natural logarithm. */
export function log(l: Lanes, x: Node): Node {
  const { ln2High, ln2Low } = formatOf(l)
  const { k, f } = normalized(l, x)
  const { half, rest } = logSeries(l, f)
  const low = l.mad(k, l.c(ln2Low), rest)
  return logEnds(l, x, l.mad(k, l.c(ln2High), l.sub(f, l.sub(half, low))))
}

/** The logarithm of base 2; exact at powers of 2. */
export function log2(l: Lanes, x: Node): Node {
  const { k, f } = normalized(l, x)
  const { half, rest } = logSeries(l, f)
  return logEnds(l, x, l.mad(l.sub(f, l.sub(half, rest)), l.c(log2e), k))
}

/** The logarithm of base 10. */
export function log10(l: Lanes, x: Node): Node {
  const { k, f } = normalized(l, x)
  const { half, rest } = logSeries(l, f)
  const high = l.compute === 'f32' ? 0.30102920532226562 : 3.01029995663611771306e-1
  const low = l.compute === 'f32' ? 7.9034151667e-7 : 3.69423907715893078616e-13
  const fraction = l.mad(l.sub(f, l.sub(half, rest)), l.c(Math.LOG10E), l.mul(k, l.c(low)))
  return logEnds(l, x, l.mad(k, l.c(high), fraction))
}

/** log(1 + x), with the rounding of 1 + x made good. */
export function log1p(l: Lanes, x: Node): Node {
  const { ln2High, ln2Low } = formatOf(l)
  const u = l.add(x, l.c(1))
  const { k, f } = splitLog(l, u)
  const near = l.f('eq', k, l.c(0))
  const lost = l.select(l.f('gt', x, l.c(1)), l.sub(l.c(1), l.sub(u, x)), l.sub(x, l.sub(u, l.c(1))))
  const correction = l.andNot(l.div(lost, u), near)
  const g = l.select(near, x, f)
  const { half, rest } = logSeries(l, g)
  const low = l.add(l.mad(k, l.c(ln2Low), correction), rest)
  const inside = l.mad(k, l.c(ln2High), l.sub(g, l.sub(half, low)))
  return l.select(l.f('eq', x, l.c(0)), x, logEnds(l, u, inside))
}

const erfNear = [-5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1, 1.28379166e-1]
const erfFar = [
  -1.7285347e-5, 3.83197126e-4, -3.88396438e-3, 2.42546219e-2, -1.06777877e-1, -6.34846687e-1, -1.28717512e-1,
  0,
]

/** The error function of float32: x + x p(x²) near 0, 1 − e^(p(|x|) − |x|) further out (after N. Juffa). */
export function erf(l: Lanes, x: Node): Node {
  const magnitude = l.f('abs', x)
  const near = l.mad(l.poly(l.mul(x, x), erfNear), x, x)
  const t = l.f('pmin', magnitude, l.c(4))
  const far = l.sub(l.c(1), expInside(l, l.sub(l.poly(t, erfFar), t)))
  const signed = l.or(far, l.and(x, l.c(-0)))
  return l.select(l.f('lt', magnitude, l.c(0.927734375)), near, l.select(l.f('ne', x, x), x, signed))
}

/** Beyond this, sin and cos call the scalar function. */
export const trigonometryLimit = 2 ** 26

// x = n π/2 + r in float64; answers r as float32 and n in integer lanes.
function reduceQuarters(l: Lanes, x: Node): { r: Node; n: Node } {
  const d = l.as('f64')
  const part = (half: Node): { r: Node; n: Node } => {
    const wide = convert(d, half, 'f32', 'f64')
    const shifted = d.mad(wide, d.c(2 / Math.PI), d.c(6755399441055744))
    const n = d.sub(shifted, d.c(6755399441055744))
    const r = d.mad(n, d.c(-1.58932547735281966916e-8), d.mad(n, d.c(-1.5707963109016418457), wide))
    return { r: convert(l, r, 'f64', 'f32'), n: shifted }
  }
  const low = part(x)
  if (l.single) return { r: low.r, n: convert(l.as('i32'), low.n, 'i64', 'i32') }
  const high = part(upper(l, x))
  return {
    r: l.shuffle(low.r, high.r, [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]),
    n: l.shuffle(low.n, high.n, [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27]),
  }
}

// sin r and cos r for |r| ≤ π/4, of cephes sinf and cosf
function sineCosine(l: Lanes, r: Node): { sin: Node; cos: Node } {
  const z = l.mul(r, r)
  const sin = l.mad(l.mul(z, r), l.poly(z, [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1]), r)
  const series = l.poly(z, [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2])
  return { sin, cos: l.mad(l.mul(z, z), series, l.sub(l.c(1), l.mul(z, l.c(0.5)))) }
}

/** sin of float32, or cos, which is a quarter turn ahead; right below `trigonometryLimit`. */
export function sine(l: Lanes, x: Node, quarters: 0 | 1): Node {
  const { r, n } = reduceQuarters(l, x)
  const { sin, cos } = sineCosine(l, r)
  const turn = quarters === 0 ? n : l.i('add', n, l.ic(1))
  const odd = l.i('eq', l.and(turn, l.ic(1)), l.ic(1))
  const sign = l.shift('shl', l.and(turn, l.ic(2)), 30)
  const y = l.xor(l.select(odd, cos, sin), sign)
  return quarters === 0 ? l.select(l.f('eq', x, l.c(0)), x, y) : y
}

/** tan of float32; right below `trigonometryLimit`. */
export function tan(l: Lanes, x: Node): Node {
  const { r, n } = reduceQuarters(l, x)
  const { sin, cos } = sineCosine(l, r)
  const odd = l.i('eq', l.and(n, l.ic(1)), l.ic(1))
  const y = l.div(l.select(odd, l.f('neg', cos), sin), l.select(odd, sin, cos))
  return l.select(l.f('eq', x, l.c(0)), x, y)
}

/** Beyond this, float32 sinh and cosh call the scalar function: eˣ overflows before they do. */
export const hyperbolicLimit = 88

/** sinh of float32, (t + t / (t + 1)) / 2 with t = e^|x| − 1. */
export function sinh(l: Lanes, x: Node): Node {
  const t = expm1Inside(l, l.f('pmin', l.f('abs', x), l.c(hyperbolicLimit)))
  const y = l.mul(l.c(0.5), l.add(t, l.div(t, l.add(t, l.c(1)))))
  return l.or(l.f('abs', y), l.and(x, l.c(-0)))
}

/** cosh of float32, (t + 1 / t) / 2 with t = e^|x|. */
export function cosh(l: Lanes, x: Node): Node {
  const t = expInside(l, l.f('pmin', l.f('abs', x), l.c(hyperbolicLimit)))
  return l.mul(l.c(0.5), l.add(t, l.div(l.c(1), t)))
}

/** atan of float32 (cephes atanf): reduced to |z| ≤ tan π/8 by −1/x or (x − 1) / (x + 1). */
export function atan(l: Lanes, x: Node): Node {
  const a = l.f('abs', x)
  const large = l.f('gt', a, l.c(2.414213562373095))
  const middle = l.f('gt', a, l.c(0.414213562373095))
  const top = l.select(large, l.c(-1), l.select(middle, l.sub(a, l.c(1)), a))
  const bottom = l.select(large, a, l.select(middle, l.add(a, l.c(1)), l.c(1)))
  const z = l.div(top, bottom)
  const s = l.mul(z, z)
  const series = l.poly(s, [8.05374449538e-2, -1.38776856032e-1, 1.99777106478e-1, -3.33329491539e-1])
  const start = l.select(large, l.c(Math.PI / 2), l.select(middle, l.c(Math.PI / 4), l.c(0)))
  const y = l.add(start, l.mad(l.mul(series, s), z, z))
  return l.or(y, l.and(x, l.c(-0)))
}

/** x to the y of float32, as 2^(y log₂ |x|) in float64; C's pow at 0, ±1, ±∞ and for negative x. */
export function pow(l: Lanes, x: Node, y: Node): Node {
  const d = l.as('f64')
  const [bases, exponents] = [l.f('abs', x), y].map((v) => widenLanes(l, v, 'f64', true))
  const halves = bases.map((base, i) => exp(d, d.mul(log(d, base), exponents[i])))
  const magnitude = narrowLanes(d, halves, 'f32')
  const whole = l.f('eq', l.f('trunc', y), y)
  const half = l.mul(y, l.c(0.5))
  const odd = l.and(whole, l.f('ne', l.f('trunc', half), half))
  const signed = l.or(magnitude, l.and(odd, l.and(x, l.c(-0))))
  const refused = l.andNot(l.and(l.f('lt', x, l.c(0)), l.f('gt', x, l.c(-Infinity))), whole)
  const one = l.or(
    l.or(l.f('eq', y, l.c(0)), l.f('eq', x, l.c(1))),
    l.and(l.f('eq', x, l.c(-1)), l.f('eq', l.f('abs', y), l.c(Infinity))),
  )
  return l.select(one, l.c(1), l.select(refused, l.c(NaN), signed))
}
