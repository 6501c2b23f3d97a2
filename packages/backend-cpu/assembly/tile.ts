// Register tiles of the matrix product: MR rows by two vectors of columns, in twelve or eight accumulators.
// 6x2 vectors use 12 accumulators + 2 columns + 1 broadcast = the 15 registers that V8 hands out on x64.

/** What to do with the accumulators before they are stored: bits of the `flags` argument. */
// @ts-ignore: decorator
@inline export const ALPHA: i32 = 1
// @ts-ignore: decorator
@inline export const BETA: i32 = 2
// @ts-ignore: decorator
@inline export const BIAS_COL: i32 = 4
// @ts-ignore: decorator
@inline export const BIAS_ROW: i32 = 8

/** Lanes of T in a vector. */
// @ts-ignore: decorator
@inline export function lanes<T>(): i32 {
  return 16 / sizeof<T>()
}

/** a·b + c: one instruction in the relaxed build, two roundings otherwise. */
// @ts-ignore: decorator
@inline export function madd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c)
  return v128.add<T>(c, v128.mul<T>(a, b))
}

// @ts-ignore: decorator
@inline function finishRow<T>(
  c0: usize, c1: usize, x0: v128, x1: v128, flags: i32, alpha: v128, beta: v128,
  biasCol0: usize, biasCol1: usize, biasRow: usize,
): void {
  if (flags != 0) {
    if (flags & ALPHA) {
      x0 = v128.mul<T>(x0, alpha)
      x1 = v128.mul<T>(x1, alpha)
    }
    if (flags & BIAS_COL) {
      x0 = v128.add<T>(x0, v128.load(biasCol0))
      x1 = v128.add<T>(x1, v128.load(biasCol1))
    }
    if (flags & BIAS_ROW) {
      const bias = v128.load_splat<T>(biasRow)
      x0 = v128.add<T>(x0, bias)
      x1 = v128.add<T>(x1, bias)
    }
    if (flags & BETA) {
      x0 = madd<T>(beta, v128.load(c0), x0)
      x1 = madd<T>(beta, v128.load(c1), x1)
    }
  }
  v128.store(c0, x0)
  v128.store(c1, x1)
}

/** C[6, 2 vectors] from packed A [k][6] and packed B [k][2 vectors]. */
export function tile6<T>(
  k: i32, a: usize, b: usize, c0: usize, c1: usize, ldc: usize, flags: i32, alpha: T, beta: T,
  biasCol: usize, biasRow: usize,
): void {
  let x00 = i32x4.splat(0), x01 = x00, x10 = x00, x11 = x00, x20 = x00, x21 = x00
  let x30 = x00, x31 = x00, x40 = x00, x41 = x00, x50 = x00, x51 = x00
  for (; k > 0; k--) {
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    let s = v128.load_splat<T>(a)
    x00 = madd<T>(s, b0, x00)
    x01 = madd<T>(s, b1, x01)
    s = v128.load_splat<T>(a, sizeof<T>())
    x10 = madd<T>(s, b0, x10)
    x11 = madd<T>(s, b1, x11)
    s = v128.load_splat<T>(a, 2 * sizeof<T>())
    x20 = madd<T>(s, b0, x20)
    x21 = madd<T>(s, b1, x21)
    s = v128.load_splat<T>(a, 3 * sizeof<T>())
    x30 = madd<T>(s, b0, x30)
    x31 = madd<T>(s, b1, x31)
    s = v128.load_splat<T>(a, 4 * sizeof<T>())
    x40 = madd<T>(s, b0, x40)
    x41 = madd<T>(s, b1, x41)
    s = v128.load_splat<T>(a, 5 * sizeof<T>())
    x50 = madd<T>(s, b0, x50)
    x51 = madd<T>(s, b1, x51)
    a += 6 * sizeof<T>()
    b += 32
  }
  const va = v128.splat<T>(alpha), vb = v128.splat<T>(beta)
  const q = biasCol + 16
  let r = biasRow
  finishRow<T>(c0, c1, x00, x01, flags, va, vb, biasCol, q, r)
  c0 += ldc; c1 += ldc; r += sizeof<T>()
  finishRow<T>(c0, c1, x10, x11, flags, va, vb, biasCol, q, r)
  c0 += ldc; c1 += ldc; r += sizeof<T>()
  finishRow<T>(c0, c1, x20, x21, flags, va, vb, biasCol, q, r)
  c0 += ldc; c1 += ldc; r += sizeof<T>()
  finishRow<T>(c0, c1, x30, x31, flags, va, vb, biasCol, q, r)
  c0 += ldc; c1 += ldc; r += sizeof<T>()
  finishRow<T>(c0, c1, x40, x41, flags, va, vb, biasCol, q, r)
  c0 += ldc; c1 += ldc; r += sizeof<T>()
  finishRow<T>(c0, c1, x50, x51, flags, va, vb, biasCol, q, r)
}

/** C[4, 2 vectors] from packed A [k][4] and packed B [k][2 vectors]. */
export function tile4<T>(
  k: i32, a: usize, b: usize, c0: usize, c1: usize, ldc: usize, flags: i32, alpha: T, beta: T,
  biasCol: usize, biasRow: usize,
): void {
  let x00 = i32x4.splat(0), x01 = x00, x10 = x00, x11 = x00, x20 = x00, x21 = x00, x30 = x00, x31 = x00
  for (; k > 0; k--) {
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    let s = v128.load_splat<T>(a)
    x00 = madd<T>(s, b0, x00)
    x01 = madd<T>(s, b1, x01)
    s = v128.load_splat<T>(a, sizeof<T>())
    x10 = madd<T>(s, b0, x10)
    x11 = madd<T>(s, b1, x11)
    s = v128.load_splat<T>(a, 2 * sizeof<T>())
    x20 = madd<T>(s, b0, x20)
    x21 = madd<T>(s, b1, x21)
    s = v128.load_splat<T>(a, 3 * sizeof<T>())
    x30 = madd<T>(s, b0, x30)
    x31 = madd<T>(s, b1, x31)
    a += 4 * sizeof<T>()
    b += 32
  }
  const va = v128.splat<T>(alpha), vb = v128.splat<T>(beta)
  const q = biasCol + 16
  let r = biasRow
  finishRow<T>(c0, c1, x00, x01, flags, va, vb, biasCol, q, r)
  c0 += ldc; c1 += ldc; r += sizeof<T>()
  finishRow<T>(c0, c1, x10, x11, flags, va, vb, biasCol, q, r)
  c0 += ldc; c1 += ldc; r += sizeof<T>()
  finishRow<T>(c0, c1, x20, x21, flags, va, vb, biasCol, q, r)
  c0 += ldc; c1 += ldc; r += sizeof<T>()
  finishRow<T>(c0, c1, x30, x31, flags, va, vb, biasCol, q, r)
}

/**
 * Same as tile6, but B is read where it lies: column vector v of step k is at bv + load(offsets + 4k).
 * This is what makes a convolution without im2col.
 */
export function tile6Indirect<T>(
  k: i32, a: usize, offsets: usize, b0: usize, b1: usize, c0: usize, c1: usize, ldc: usize, flags: i32,
  alpha: T, beta: T, biasRow: usize,
): void {
  let x00 = i32x4.splat(0), x01 = x00, x10 = x00, x11 = x00, x20 = x00, x21 = x00
  let x30 = x00, x31 = x00, x40 = x00, x41 = x00, x50 = x00, x51 = x00
  for (; k > 0; k--) {
    const offset: usize = load<u32>(offsets)
    const v0 = v128.load(b0 + offset)
    const v1 = v128.load(b1 + offset)
    let s = v128.load_splat<T>(a)
    x00 = madd<T>(s, v0, x00)
    x01 = madd<T>(s, v1, x01)
    s = v128.load_splat<T>(a, sizeof<T>())
    x10 = madd<T>(s, v0, x10)
    x11 = madd<T>(s, v1, x11)
    s = v128.load_splat<T>(a, 2 * sizeof<T>())
    x20 = madd<T>(s, v0, x20)
    x21 = madd<T>(s, v1, x21)
    s = v128.load_splat<T>(a, 3 * sizeof<T>())
    x30 = madd<T>(s, v0, x30)
    x31 = madd<T>(s, v1, x31)
    s = v128.load_splat<T>(a, 4 * sizeof<T>())
    x40 = madd<T>(s, v0, x40)
    x41 = madd<T>(s, v1, x41)
    s = v128.load_splat<T>(a, 5 * sizeof<T>())
    x50 = madd<T>(s, v0, x50)
    x51 = madd<T>(s, v1, x51)
    a += 6 * sizeof<T>()
    offsets += 4
  }
  const va = v128.splat<T>(alpha), vb = v128.splat<T>(beta)
  let r = biasRow
  finishRow<T>(c0, c1, x00, x01, flags, va, vb, 0, 0, r)
  c0 += ldc; c1 += ldc; r += sizeof<T>()
  finishRow<T>(c0, c1, x10, x11, flags, va, vb, 0, 0, r)
  c0 += ldc; c1 += ldc; r += sizeof<T>()
  finishRow<T>(c0, c1, x20, x21, flags, va, vb, 0, 0, r)
  c0 += ldc; c1 += ldc; r += sizeof<T>()
  finishRow<T>(c0, c1, x30, x31, flags, va, vb, 0, 0, r)
  c0 += ldc; c1 += ldc; r += sizeof<T>()
  finishRow<T>(c0, c1, x40, x41, flags, va, vb, 0, 0, r)
  c0 += ldc; c1 += ldc; r += sizeof<T>()
  finishRow<T>(c0, c1, x50, x51, flags, va, vb, 0, 0, r)
}

/** The four-row form of tile6Indirect. */
export function tile4Indirect<T>(
  k: i32, a: usize, offsets: usize, b0: usize, b1: usize, c0: usize, c1: usize, ldc: usize, flags: i32,
  alpha: T, beta: T, biasRow: usize,
): void {
  let x00 = i32x4.splat(0), x01 = x00, x10 = x00, x11 = x00, x20 = x00, x21 = x00, x30 = x00, x31 = x00
  for (; k > 0; k--) {
    const offset: usize = load<u32>(offsets)
    const v0 = v128.load(b0 + offset)
    const v1 = v128.load(b1 + offset)
    let s = v128.load_splat<T>(a)
    x00 = madd<T>(s, v0, x00)
    x01 = madd<T>(s, v1, x01)
    s = v128.load_splat<T>(a, sizeof<T>())
    x10 = madd<T>(s, v0, x10)
    x11 = madd<T>(s, v1, x11)
    s = v128.load_splat<T>(a, 2 * sizeof<T>())
    x20 = madd<T>(s, v0, x20)
    x21 = madd<T>(s, v1, x21)
    s = v128.load_splat<T>(a, 3 * sizeof<T>())
    x30 = madd<T>(s, v0, x30)
    x31 = madd<T>(s, v1, x31)
    a += 4 * sizeof<T>()
    offsets += 4
  }
  const va = v128.splat<T>(alpha), vb = v128.splat<T>(beta)
  let r = biasRow
  finishRow<T>(c0, c1, x00, x01, flags, va, vb, 0, 0, r)
  c0 += ldc; c1 += ldc; r += sizeof<T>()
  finishRow<T>(c0, c1, x10, x11, flags, va, vb, 0, 0, r)
  c0 += ldc; c1 += ldc; r += sizeof<T>()
  finishRow<T>(c0, c1, x20, x21, flags, va, vb, 0, 0, r)
  c0 += ldc; c1 += ldc; r += sizeof<T>()
  finishRow<T>(c0, c1, x30, x31, flags, va, vb, 0, 0, r)
}

/** Writes one tile whose destination is not a full row-contiguous tile. */
export function spill<T>(
  tile: usize, rows: i32, cols: i32, c: usize, rcs: usize, ccs: usize, flags: i32, alpha: T, beta: T,
  biasCol: usize, biasRow: usize,
): void {
  for (let i = 0; i < rows; i++) {
    const s = tile + <usize>i * 32
    const d = c + <usize>i * rcs
    for (let j = 0; j < cols; j++) {
      let x = load<T>(s + <usize>j * sizeof<T>())
      if (flags & ALPHA) x = <T>(x * alpha)
      if (flags & BIAS_COL) x = <T>(x + load<T>(biasCol + <usize>j * sizeof<T>()))
      if (flags & BIAS_ROW) x = <T>(x + load<T>(biasRow + <usize>i * sizeof<T>()))
      const at = d + <usize>j * ccs
      if (flags & BETA) x = <T>(x + beta * load<T>(at))
      store<T>(at, x)
    }
  }
}
