// Discrete Fourier transforms of rows of interleaved complex numbers: Stockham's algorithm, which needs no reordering.
// A pass of radix r takes the n' = r·m numbers of each of s interleaved signals to r transforms of length m:
// y[q + s(r·p + k)] = e^(sign·2πi·pk/n') · Σ_i e^(sign·2πi·ik/r) x[q + s(p + m·i)].
import { madd } from './tile'

/** Bytes of a complex number. */
// @ts-ignore: decorator
@inline function pair<T>(): usize {
  return sizeof<T>() << 1
}

// @ts-ignore: decorator
@inline function swap<T>(x: v128): v128 {
  if (sizeof<T>() == 4) return v128.shuffle<f32>(x, x, 1, 0, 3, 2)
  return v128.shuffle<f64>(x, x, 1, 0)
}

/** -x in the real lanes, x in the others. */
// @ts-ignore: decorator
@inline function turning<T>(x: T): v128 {
  const minus = v128.replace_lane<T>(v128.splat<T>(x), 0, -x)
  if (sizeof<T>() == 4) return v128.replace_lane<T>(minus, 2, -x)
  return minus
}

/** x · (c + d·i), where `im` is turning(d). */
// @ts-ignore: decorator
@inline function times<T>(x: v128, re: v128, im: v128): v128 {
  return madd<T>(swap<T>(x), im, v128.mul<T>(x, re))
}

/** One number where a vector holds two of them and there is one. */
// @ts-ignore: decorator
@inline function loadPairs<T>(at: usize, single: bool): v128 {
  if (sizeof<T>() == 4 && single) return v128.load64_zero(at)
  return v128.load(at)
}

// @ts-ignore: decorator
@inline function storePairs<T>(at: usize, x: v128, single: bool): void {
  if (sizeof<T>() == 4 && single) v128.store64_lane(at, x, 0)
  else v128.store(at, x)
}

// @ts-ignore: decorator
@inline function pass2<T>(m: i32, s: i32, x: usize, y: usize, roots: usize, step: i32, sign: T, single: bool): void {
  const width = <usize>s * pair<T>(), half = <usize>m * width
  const stride: usize = single ? pair<T>() : 16
  for (let p = 0; p < m; p++) {
    const root = roots + <usize>(p * step) * pair<T>()
    const re = v128.splat<T>(load<T>(root)), im = turning<T>(sign * load<T>(root + sizeof<T>()))
    for (let q: usize = 0; q < width; q += stride) {
      const a = loadPairs<T>(x + q, single), b = loadPairs<T>(x + q + half, single)
      storePairs<T>(y + q, v128.add<T>(a, b), single)
      storePairs<T>(y + q + width, times<T>(v128.sub<T>(a, b), re, im), single)
    }
    x += width
    y += 2 * width
  }
}

// @ts-ignore: decorator
@inline function pass4<T>(m: i32, s: i32, x: usize, y: usize, roots: usize, step: i32, sign: T, single: bool): void {
  const width = <usize>s * pair<T>(), quarter = <usize>m * width
  const stride: usize = single ? pair<T>() : 16
  const quarterTurn = turning<T>(sign)
  for (let p = 0; p < m; p++) {
    const at = <usize>(p * step) * pair<T>()
    const r1 = roots + at, r2 = r1 + at, r3 = r2 + at
    const re1 = v128.splat<T>(load<T>(r1)), im1 = turning<T>(sign * load<T>(r1 + sizeof<T>()))
    const re2 = v128.splat<T>(load<T>(r2)), im2 = turning<T>(sign * load<T>(r2 + sizeof<T>()))
    const re3 = v128.splat<T>(load<T>(r3)), im3 = turning<T>(sign * load<T>(r3 + sizeof<T>()))
    for (let q: usize = 0; q < width; q += stride) {
      const a = loadPairs<T>(x + q, single), b = loadPairs<T>(x + q + quarter, single)
      const c = loadPairs<T>(x + q + 2 * quarter, single), d = loadPairs<T>(x + q + 3 * quarter, single)
      const ac = v128.add<T>(a, c), bd = v128.add<T>(b, d), odd = v128.sub<T>(a, c)
      const turned = v128.mul<T>(swap<T>(v128.sub<T>(b, d)), quarterTurn)
      storePairs<T>(y + q, v128.add<T>(ac, bd), single)
      storePairs<T>(y + q + width, times<T>(v128.add<T>(odd, turned), re1, im1), single)
      storePairs<T>(y + q + 2 * width, times<T>(v128.sub<T>(ac, bd), re2, im2), single)
      storePairs<T>(y + q + 3 * width, times<T>(v128.sub<T>(odd, turned), re3, im3), single)
    }
    x += width
    y += 4 * width
  }
}

// @ts-ignore: decorator
@inline function pass3<T>(m: i32, s: i32, x: usize, y: usize, roots: usize, n: i32, step: i32, sign: T, single: bool): void {
  const width = <usize>s * pair<T>(), third = <usize>m * width
  const stride: usize = single ? pair<T>() : 16
  const root = roots + <usize>(n / 3) * pair<T>() // constants come from memory: a literal vector is made anew at each use
  const cos = v128.splat<T>(load<T>(root)), sin = turning<T>(sign * load<T>(root + sizeof<T>()))
  for (let p = 0; p < m; p++) {
    const at = <usize>(p * step) * pair<T>()
    const r1 = roots + at, r2 = r1 + at
    const re1 = v128.splat<T>(load<T>(r1)), im1 = turning<T>(sign * load<T>(r1 + sizeof<T>()))
    const re2 = v128.splat<T>(load<T>(r2)), im2 = turning<T>(sign * load<T>(r2 + sizeof<T>()))
    for (let q: usize = 0; q < width; q += stride) {
      const a = loadPairs<T>(x + q, single), b = loadPairs<T>(x + q + third, single)
      const c = loadPairs<T>(x + q + 2 * third, single)
      const sum = v128.add<T>(b, c)
      const even = madd<T>(sum, cos, a), odd = v128.mul<T>(swap<T>(v128.sub<T>(b, c)), sin)
      storePairs<T>(y + q, v128.add<T>(a, sum), single)
      storePairs<T>(y + q + width, times<T>(v128.add<T>(even, odd), re1, im1), single)
      storePairs<T>(y + q + 2 * width, times<T>(v128.sub<T>(even, odd), re2, im2), single)
    }
    x += width
    y += 3 * width
  }
}

// @ts-ignore: decorator
@inline function pass5<T>(m: i32, s: i32, x: usize, y: usize, roots: usize, n: i32, step: i32, sign: T, single: bool): void {
  const width = <usize>s * pair<T>(), fifth = <usize>m * width
  const stride: usize = single ? pair<T>() : 16
  const root1 = roots + <usize>(n / 5) * pair<T>(), root2 = roots + <usize>(n / 5 * 2) * pair<T>()
  const cos1 = v128.splat<T>(load<T>(root1)), sin1 = turning<T>(sign * load<T>(root1 + sizeof<T>()))
  const cos2 = v128.splat<T>(load<T>(root2)), sin2 = turning<T>(sign * load<T>(root2 + sizeof<T>()))
  for (let p = 0; p < m; p++) {
    const at = <usize>(p * step) * pair<T>()
    const r1 = roots + at, r2 = r1 + at, r3 = r2 + at, r4 = r3 + at
    const re1 = v128.splat<T>(load<T>(r1)), im1 = turning<T>(sign * load<T>(r1 + sizeof<T>()))
    const re2 = v128.splat<T>(load<T>(r2)), im2 = turning<T>(sign * load<T>(r2 + sizeof<T>()))
    const re3 = v128.splat<T>(load<T>(r3)), im3 = turning<T>(sign * load<T>(r3 + sizeof<T>()))
    const re4 = v128.splat<T>(load<T>(r4)), im4 = turning<T>(sign * load<T>(r4 + sizeof<T>()))
    for (let q: usize = 0; q < width; q += stride) {
      const a = loadPairs<T>(x + q, single), b = loadPairs<T>(x + q + fifth, single)
      const c = loadPairs<T>(x + q + 2 * fifth, single), d = loadPairs<T>(x + q + 3 * fifth, single)
      const e = loadPairs<T>(x + q + 4 * fifth, single)
      const be = v128.add<T>(b, e), cd = v128.add<T>(c, d)
      const outer = swap<T>(v128.sub<T>(b, e)), inner = swap<T>(v128.sub<T>(c, d))
      const even1 = madd<T>(cd, cos2, madd<T>(be, cos1, a)), even2 = madd<T>(cd, cos1, madd<T>(be, cos2, a))
      const odd1 = madd<T>(inner, sin2, v128.mul<T>(outer, sin1))
      const odd2 = v128.sub<T>(v128.mul<T>(outer, sin2), v128.mul<T>(inner, sin1))
      storePairs<T>(y + q, v128.add<T>(a, v128.add<T>(be, cd)), single)
      storePairs<T>(y + q + width, times<T>(v128.add<T>(even1, odd1), re1, im1), single)
      storePairs<T>(y + q + 2 * width, times<T>(v128.add<T>(even2, odd2), re2, im2), single)
      storePairs<T>(y + q + 3 * width, times<T>(v128.sub<T>(even2, odd2), re3, im3), single)
      storePairs<T>(y + q + 4 * width, times<T>(v128.sub<T>(even1, odd1), re4, im4), single)
    }
    x += width
    y += 5 * width
  }
}

/** Any radix r, by its definition. */
// @ts-ignore: decorator
@inline function passAny<T>(
  r: i32, m: i32, s: i32, x: usize, y: usize, roots: usize, n: i32, step: i32, sign: T, single: bool,
): void {
  const width = <usize>s * pair<T>(), part = <usize>m * width, turn = n / r
  const stride: usize = single ? pair<T>() : 16
  for (let p = 0; p < m; p++) {
    for (let k = 0; k < r; k++) {
      const twist = roots + <usize>(p * k * step) * pair<T>()
      const re = v128.splat<T>(load<T>(twist)), im = turning<T>(sign * load<T>(twist + sizeof<T>()))
      for (let q: usize = 0; q < width; q += stride) {
        let sum = loadPairs<T>(x + q, single)
        for (let i = 1, angle = k; i < r; i++) {
          const root = roots + <usize>(angle * turn) * pair<T>()
          const value = loadPairs<T>(x + q + <usize>i * part, single)
          sum = v128.add<T>(sum, times<T>(value, v128.splat<T>(load<T>(root)), turning<T>(sign * load<T>(root + sizeof<T>()))))
          angle += k
          if (angle >= r) angle -= r
        }
        storePairs<T>(y + q, times<T>(sum, re, im), single)
      }
      y += width
    }
    x += width
  }
}

// @ts-ignore: decorator
@inline function pass<T>(
  r: i32, m: i32, s: i32, x: usize, y: usize, roots: usize, n: i32, step: i32, sign: T, single: bool,
): void {
  if (r == 4) pass4<T>(m, s, x, y, roots, step, sign, single)
  else if (r == 2) pass2<T>(m, s, x, y, roots, step, sign, single)
  else if (r == 3) pass3<T>(m, s, x, y, roots, n, step, sign, single)
  else if (r == 5) pass5<T>(m, s, x, y, roots, n, step, sign, single)
  else passAny<T>(r, m, s, x, y, roots, n, step, sign, single)
}

// @ts-ignore: decorator
@inline function transform<T>(
  rows: i32, n: i32, factors: usize, count: i32, roots: usize, sign: T, scale: T, input: usize, output: usize, scratch: usize,
): void {
  const bytes = <usize>n * pair<T>()
  for (let row = 0; row < rows; row++) {
    let x = input
    let s = 1, length = n
    for (let i = 0; i < count; i++) {
      // the last pass writes the result, those before it the two buffers in turn
      const y = ((count - i) & 1) ? output : scratch
      const r = load<i32>(factors + (<usize>i << 2)), m = length / r
      // a vector holds two float32 numbers: an odd number of signals is walked one by one
      if (sizeof<T>() == 4 && (s & 1)) pass<T>(r, m, s, x, y, roots, n, n / length, sign, true)
      else pass<T>(r, m, s, x, y, roots, n, n / length, sign, false)
      x = y
      s *= r
      length = m
    }
    if (count == 0) memory.copy(output, input, bytes)
    if (scale != 1) for (let i: usize = 0; i < bytes; i += sizeof<T>()) store<T>(output + i, load<T>(output + i) * scale)
    input += bytes
    output += bytes
  }
}

export function fourier_f32(
  rows: i32, n: i32, factors: usize, count: i32, roots: usize, sign: f32, scale: f32, input: usize, output: usize, scratch: usize,
): void {
  transform<f32>(rows, n, factors, count, roots, sign, scale, input, output, scratch)
}

export function fourier_f64(
  rows: i32, n: i32, factors: usize, count: i32, roots: usize, sign: f64, scale: f64, input: usize, output: usize, scratch: usize,
): void {
  transform<f64>(rows, n, factors, count, roots, sign, scale, input, output, scratch)
}
