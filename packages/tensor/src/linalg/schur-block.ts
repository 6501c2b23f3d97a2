// The Schur form of a real matrix of order 2.
// See Bai and Demmel, "On a block implementation of Hessenberg multishift QR iteration", LAPACK working note 8 (1989).
const epsilon = 2 ** -52

/** [[a, b], [c, d]] = R [[A, B], [C, D]] Rᵀ: C = 0, or A = D and B C < 0 with eigenvalues A ± i·im. */
export interface SchurBlock {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
  /** R = [[cosine, −sine], [sine, cosine]]. */
  readonly cosine: number
  readonly sine: number
  readonly im: number
}

/** The standard form of [[a, b], [c, d]]. */
export function standardize(a: number, b: number, c: number, d: number): SchurBlock {
  const answer = (
    values: readonly [number, number, number, number],
    cosine: number,
    sine: number,
  ): SchurBlock => {
    const [A, B, C, D] = values
    const im = C === 0 ? 0 : Math.sqrt(Math.abs(B)) * Math.sqrt(Math.abs(C))
    return { a: A, b: B, c: C, d: D, cosine, sine, im }
  }
  const sign = (x: number): number => (x >= 0 ? 1 : -1)
  if (c === 0) return answer([a, b, 0, d], 1, 0)
  if (b === 0) return answer([d, -c, 0, a], 0, 1)
  if (a === d && sign(b) !== sign(c)) return answer([a, b, c, d], 1, 0)

  const difference = a - d
  const p = difference / 2
  const larger = Math.max(Math.abs(b), Math.abs(c))
  const smaller = Math.min(Math.abs(b), Math.abs(c)) * sign(b) * sign(c)
  const scale = Math.max(Math.abs(p), larger)
  const discriminant = (p / scale) * p + (larger / scale) * smaller
  if (discriminant >= 4 * epsilon) {
    const z = p + sign(p) * Math.sqrt(scale) * Math.sqrt(discriminant)
    const size = Math.hypot(c, z)
    return answer([d + z, b - c, 0, d - (larger / z) * smaller], z / size, c / size)
  }
  // complex or nearly equal eigenvalues: make the diagonal equal
  const sigma = b + c
  const size = Math.hypot(sigma, difference)
  const cosine = Math.sqrt((1 + Math.abs(sigma) / size) / 2)
  const sine = -(p / (size * cosine)) * sign(sigma)
  const [aa, bb] = [a * cosine + b * sine, b * cosine - a * sine]
  const [cc, dd] = [c * cosine + d * sine, d * cosine - c * sine]
  const B = bb * cosine + dd * sine
  const C = cc * cosine - aa * sine
  const mean = (aa * cosine + cc * sine + (dd * cosine - bb * sine)) / 2
  if (C === 0) return answer([mean, B, 0, mean], cosine, sine)
  if (B === 0) return answer([mean, -C, 0, mean], -sine, cosine)
  if (sign(B) !== sign(C)) return answer([mean, B, C, mean], cosine, sine)
  const [rootB, rootC] = [Math.sqrt(Math.abs(B)), Math.sqrt(Math.abs(C))]
  const apart = sign(C) * rootB * rootC
  const inverse = 1 / Math.sqrt(Math.abs(B + C))
  const [c1, s1] = [rootB * inverse, rootC * inverse]
  return answer([mean + apart, B - C, 0, mean - apart], cosine * c1 - sine * s1, cosine * s1 + sine * c1)
}
