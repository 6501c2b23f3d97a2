// A product without packing, for any strides and any type, and the horizontal sum of a vector.
import { lanes, madd } from './tile'

// @ts-ignore: decorator
@inline export function finish<T>(at: usize, x: T, alpha: T, beta: T, bias: T): void {
  x = <T>(alpha * x + bias)
  if (beta != <T>0) x = <T>(x + beta * load<T>(at))
  store<T>(at, x)
}

// @ts-ignore: decorator
@inline export function sumLanes<T>(x: v128): T {
  if (sizeof<T>() == 4) {
    return <T>((f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1)) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3)))
  }
  return <T>(f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1))
}

/** Any strides, any type: one dot product per element of C, vectorised where both sides are contiguous along k. */
export function dots<T>(
  m: i32, n: i32, k: i32, alpha: T, a: usize, ras: usize, cas: usize, b: usize, rbs: usize, cbs: usize, beta: T,
  c: usize, rcs: usize, ccs: usize, biasCol: usize, biasRow: usize,
): void {
  const step = lanes<T>()
  for (let i = 0; i < m; i++) {
    const row = a + <usize>i * ras
    const biasI: T = biasRow ? load<T>(biasRow + <usize>i * sizeof<T>()) : <T>0
    for (let j = 0; j < n; j++) {
      let x = row, y = b + <usize>j * cbs
      let sum: T = 0
      let p = 0
      if (isFloat<T>() && cas == sizeof<T>() && rbs == sizeof<T>()) {
        let s0 = i32x4.splat(0), s1 = s0, s2 = s0, s3 = s0
        for (; p + 4 * step <= k; p += 4 * step) {
          s0 = madd<T>(v128.load(x), v128.load(y), s0)
          s1 = madd<T>(v128.load(x, 16), v128.load(y, 16), s1)
          s2 = madd<T>(v128.load(x, 32), v128.load(y, 32), s2)
          s3 = madd<T>(v128.load(x, 48), v128.load(y, 48), s3)
          x += 64
          y += 64
        }
        sum = sumLanes<T>(v128.add<T>(v128.add<T>(s0, s1), v128.add<T>(s2, s3)))
      }
      for (; p < k; p++) {
        sum = <T>(sum + load<T>(x) * load<T>(y))
        x += cas
        y += rbs
      }
      const biasJ: T = biasCol ? load<T>(biasCol + <usize>j * sizeof<T>()) : <T>0
      finish<T>(c + <usize>i * rcs + <usize>j * ccs, sum, alpha, beta, <T>(biasI + biasJ))
    }
  }
}
