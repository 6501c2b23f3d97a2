// Float64 meanings of the Hurwitz zeta function and the incomplete gamma functions.
import { lgammaOf } from './special.ts'

// (2k)! / B₂ₖ, of the Euler-Maclaurin tail of zeta (Cephes).
const zetaTail = [
  12, -720, 30240, -1209600, 47900160, -1.8924375803183791606e9, 7.47242496e10, -2.950130727918164224e12,
  1.1646782814350067249e14, -4.5979787224074726105e15, 1.8152105401943546773e17, -7.1661652561756670113e18,
]

/** Σ (q + k)^(−s) over k ≥ 0; ∞ at the poles, NaN for s < 1 and where it would be complex. */
export function zetaOf(s: number, q: number): number {
  if (s === 1) return Infinity
  if (!(s > 1) || Number.isNaN(q)) return NaN
  if (q <= 0 && q === Math.floor(q)) return Infinity
  // all powers are 0, 1 or ∞
  if (s > 1e30) return q === 1 ? 1 : q < 1 ? Infinity : NaN
  if (q > 0) return positiveZeta(s, q)
  if (s !== Math.floor(s)) return NaN
  // The terms below 0 count up to 1 − frac(q) the other way round.
  const part = q - Math.floor(q)
  const sign = s % 2 === 0 ? 1 : -1
  return positiveZeta(s, part) + sign * (positiveZeta(s, 1 - part) - positiveZeta(s, 1 - q))
}

function positiveZeta(s: number, q: number): number {
  let sum = q ** -s
  let a = q
  let term = 0
  for (let i = 0; i < 9 || a <= 9; i++) {
    a += 1
    term = a ** -s
    sum += term
    if (term < 1.1e-16 * sum) return sum
  }
  sum += (term * a) / (s - 1) - 0.5 * term
  let factor = 1
  for (let i = 0, k = 0; i < zetaTail.length; i++, k += 2) {
    factor *= s + k
    term /= a
    const t = (factor * term) / zetaTail[i]
    sum += t
    if (Math.abs(t) < 1.1e-16 * Math.abs(sum)) return sum
    factor *= s + k + 1
    term /= a
  }
  return sum
}

/** P(a, x), the lower incomplete gamma function divided by Γ(a). */
export function igammaOf(a: number, x: number): number {
  const edge = edgeOf(a, x)
  if (edge !== null) return edge
  return x > 1 && x > a ? 1 - upper(a, x) : lowerSeries(a, x)
}

/** Q(a, x) = 1 − P(a, x), exact where it is small. */
export function igammacOf(a: number, x: number): number {
  const edge = edgeOf(a, x)
  return edge !== null ? 1 - edge : upper(a, x)
}

// P where a or x is 0 or infinite.
function edgeOf(a: number, x: number): number | null {
  if (!(a >= 0 && x >= 0)) return NaN
  if (a === 0) return x > 0 ? 1 : NaN
  if (x === 0) return 0
  if (a === Infinity) return x === Infinity ? NaN : 0
  return x === Infinity ? 1 : null
}

function upper(a: number, x: number): number {
  if (x > 1.1) return x < a ? 1 - lowerSeries(a, x) : continuedFraction(a, x)
  const small = x <= 0.5 ? -0.4 / Math.log(x) < a : x * 1.1 < a
  return small ? 1 - lowerSeries(a, x) : upperSeries(a, x)
}

// xᵃ e⁻ˣ / Γ(a); for large a by Stirling's series, so that nothing cancels.
function density(a: number, x: number): number {
  if (a < 20) return Math.exp(a * Math.log(x) - x - lgammaOf(a))
  const u = (x - a) / a
  const z = 1 / (a * a)
  const stirling = (1 / 12 - z * (1 / 360 - z * (1 / 1260 - z / 1680))) / a
  return Math.exp(a * (Math.log1p(u) - u) - stirling) * Math.sqrt(a / (2 * Math.PI))
}

const steps = 20000
const precision = 1.1e-16

function lowerSeries(a: number, x: number): number {
  let [term, sum] = [1, 1]
  for (let k = 1; k < steps && term > precision * sum; k++) {
    term *= x / (a + k)
    sum += term
  }
  return (density(a, x) / a) * sum
}

// For small x: 1 − xᵃ/Γ(a+1) + what comes after.
function upperSeries(a: number, x: number): number {
  let [factor, sum] = [1, 0]
  for (let k = 1; k < steps; k++) {
    factor *= -x / k
    const term = factor / (a + k)
    sum += term
    if (Math.abs(term) <= precision * Math.abs(sum)) break
  }
  const log = Math.log(x)
  return -Math.expm1(a * log - lgammaOf(1 + a)) - Math.exp(a * log - lgammaOf(a)) * sum
}

// Lentz's form of the continued fraction of Γ(a, x).
function continuedFraction(a: number, x: number): number {
  let b = x + 1 - a
  let c = 1e300
  let d = 1 / b
  let result = d
  for (let k = 1; k < steps; k++) {
    const factor = k * (a - k)
    b += 2
    d = 1 / nonZero(factor * d + b)
    c = nonZero(b + factor / c)
    result *= d * c
    if (Math.abs(d * c - 1) < precision) break
  }
  return density(a, x) * result
}
const nonZero = (x: number): number => (Math.abs(x) < 1e-300 ? 1e-300 : x)
