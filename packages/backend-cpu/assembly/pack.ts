// Packing of operands into the panels that the register tiles read: A into [k][6] or [k][4], B into [k][2 vectors].

/** 4×4 transposition of f32: four rows of four become four columns, each written `step` bytes after the last. */
// @ts-ignore: decorator
@inline function transpose4(r0: v128, r1: v128, r2: v128, r3: v128, dst: usize, step: usize): void {
  const lo01 = i32x4.shuffle(r0, r1, 0, 4, 1, 5)
  const hi01 = i32x4.shuffle(r0, r1, 2, 6, 3, 7)
  const lo23 = i32x4.shuffle(r2, r3, 0, 4, 1, 5)
  const hi23 = i32x4.shuffle(r2, r3, 2, 6, 3, 7)
  v128.store(dst, i64x2.shuffle(lo01, lo23, 0, 2))
  v128.store(dst + step, i64x2.shuffle(lo01, lo23, 1, 3))
  v128.store(dst + 2 * step, i64x2.shuffle(hi01, hi23, 0, 2))
  v128.store(dst + 3 * step, i64x2.shuffle(hi01, hi23, 1, 3))
}

// @ts-ignore: decorator
@inline export function transpose2(r0: v128, r1: v128, dst: usize, step: usize): void {
  const lo = i32x4.shuffle(r0, r1, 0, 4, 1, 5)
  const hi = i32x4.shuffle(r0, r1, 2, 6, 3, 7)
  v128.store64_lane(dst, lo, 0)
  v128.store64_lane(dst + step, lo, 1)
  v128.store64_lane(dst + 2 * step, hi, 0)
  v128.store64_lane(dst + 3 * step, hi, 1)
}

/** Four f32 sources, given apart, of four elements each: the columns go to dst, dst + step, ... */
// @ts-ignore: decorator
@inline export function transposeFrom(s0: usize, s1: usize, s2: usize, s3: usize, dst: usize, step: usize): void {
  transpose4(v128.load(s0), v128.load(s1), v128.load(s2), v128.load(s3), dst, step)
}

/**
 * `rows` lines of `k` elements become [k][width], missing lines are zero. Line stride and element stride in bytes.
 * `width` is 4, 6 or 8 (f32) and 4 or 6 (f64).
 */
export function packPanel<T>(
  rows: i32, width: i32, k: i32, src: usize, lineStride: usize, elementStride: usize, dst: usize,
): void {
  const step = <usize>width * sizeof<T>()
  if (rows < width) {
    memory.fill(dst, 0, <usize>k * step)
  } else if (sizeof<T>() == 4 && elementStride == 4) {
    let p = 0
    for (; p + 4 <= k; p += 4) {
      transposeFrom(src, src + lineStride, src + 2 * lineStride, src + 3 * lineStride, dst, step)
      if (width == 8) {
        const s = src + 4 * lineStride
        transposeFrom(s, s + lineStride, s + 2 * lineStride, s + 3 * lineStride, dst + 16, step)
      } else if (width == 6) {
        const s = src + 4 * lineStride
        transpose2(v128.load(s), v128.load(s + lineStride), dst + 16, step)
      }
      src += 16
      dst += 4 * step
    }
    k -= p
  } else if (lineStride == sizeof<T>()) {
    // the lines are interleaved: [k][width] is already there, only further apart
    for (; k > 0; k--) {
      v128.store(dst, v128.load(src))
      if (step == 24) {
        store<u64>(dst + 16, load<u64>(src, 16))
      } else if (step > 16) {
        v128.store(dst + 16, v128.load(src, 16))
        if (step == 48) v128.store(dst + 32, v128.load(src, 32))
      }
      src += elementStride
      dst += step
    }
    return
  }
  for (let i = 0; i < rows; i++) {
    let s = src + <usize>i * lineStride
    let d = dst + <usize>i * sizeof<T>()
    for (let p = 0; p < k; p++) {
      store<T>(d, load<T>(s))
      s += elementStride
      d += step
    }
  }
}

/** Rows split into panels of six, and of four where that wastes fewer: how many of the panels have six rows. */
export function sixes(rows: i32): i32 {
  const rest = rows % 6
  const full = rows / 6
  if (rest == 5) return full + 1
  if (rest == 0 || rest >= 3) return full
  return full > 0 ? full - 1 : 0
}

/** Rows after padding: every panel full. */
export function paddedRows(rows: i32): i32 {
  const six = sixes(rows) * 6
  return six >= rows ? six : six + ((rows - six + 3) & ~3)
}

/** Packs A[rows, k] into its panels. */
export function packA<T>(rows: i32, k: i32, src: usize, rowStride: usize, colStride: usize, dst: usize): void {
  let six = sixes(rows)
  for (let i = 0; i < rows;) {
    const width = six > 0 ? 6 : 4
    six--
    packPanel<T>(min(width, rows - i), width, k, src + <usize>i * rowStride, rowStride, colStride, dst)
    dst += <usize>(width * k) * sizeof<T>()
    i += width
  }
}

/** Packs B[k, cols] into panels of two vectors. */
export function packB<T>(k: i32, cols: i32, src: usize, rowStride: usize, colStride: usize, dst: usize): void {
  const width: i32 = 32 / sizeof<T>()
  for (let j = 0; j < cols; j += width) {
    packPanel<T>(min(width, cols - j), width, k, src + <usize>j * colStride, colStride, rowStride, dst)
    dst += <usize>k * 32
  }
}
