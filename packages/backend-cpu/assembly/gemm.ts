// C = alpha·A·B + beta·C (+ bias) for f32 and f64: packed, and blocked for the caches.
import { ALPHA, BETA, BIAS_COL, BIAS_ROW, lanes, madd, spill, tile4, tile6 } from './tile'
import { dots, finish } from './dots'
import { packA, packB, paddedRows, sixes } from './pack'

// Blocks: a B panel (KC × 32 bytes) stays in L1, an A block (MC × KC) in L2, a B block (KC × NC) in L3.
// @ts-ignore: decorator
@inline const KC: i32 = 256
// @ts-ignore: decorator
@inline const MC: i32 = 120
// @ts-ignore: decorator
@inline const NC: i32 = 1024
// @ts-ignore: decorator
@inline const TILE_BYTES: usize = 256

/** Work below this many multiplications is done without packing. */
// @ts-ignore: decorator
@inline const TINY: i32 = 2048

/** Bytes of scratch that gemm needs; the caller aligns the block to 16. */
export function gemmScratch(m: i32, n: i32, k: i32, size: i32): usize {
  if (n < m) { const t = m; m = n; n = t } // it may be computed as Cᵀ: room for either way
  const kc = min(k, KC)
  const rows = <usize>max(paddedRows(min(m, MC)), paddedRows(min(n, MC)))
  const cols = <usize>((min(n, NC) + 7) & ~7)
  return TILE_BYTES + (rows + cols) * <usize>kc * <usize>size + 64
}

/** The packed panels of an A block times those of a B block. */
function panels<T>(
  rows: i32, cols: i32, k: i32, a: usize, b: usize, c: usize, rcs: usize, ccs: usize, flags: i32, alpha: T, beta: T,
  biasCol: usize, biasRow: usize, tile: usize,
): void {
  const width = 2 * lanes<T>()
  for (let j = 0; j < cols; j += width) {
    const panel = b + <usize>(j * k) * sizeof<T>()
    const nr = min(width, cols - j)
    const direct = nr == width && ccs == sizeof<T>()
    const bias = biasCol + <usize>j * sizeof<T>()
    let left = a
    let six = sixes(rows)
    for (let i = 0; i < rows;) {
      const height = six > 0 ? 6 : 4
      six--
      const at = c + <usize>i * rcs + <usize>j * ccs
      const row = biasRow + <usize>i * sizeof<T>()
      if (direct && i + height <= rows) {
        if (height == 6) tile6<T>(k, left, panel, at, at + 16, rcs, flags, alpha, beta, bias, row)
        else tile4<T>(k, left, panel, at, at + 16, rcs, flags, alpha, beta, bias, row)
      } else {
        if (height == 6) tile6<T>(k, left, panel, tile, tile + 16, 32, 0, alpha, beta, 0, 0)
        else tile4<T>(k, left, panel, tile, tile + 16, 32, 0, alpha, beta, 0, 0)
        spill<T>(tile, min(height, rows - i), nr, at, rcs, ccs, flags, alpha, beta, bias, row)
      }
      left += <usize>(height * k) * sizeof<T>()
      i += height
    }
  }
}

/** B and C contiguous along n: vectors of columns, one row at a time. */
function rowsTimes<T>(
  m: i32, n: i32, k: i32, alpha: T, a: usize, ras: usize, cas: usize, b: usize, rbs: usize, beta: T,
  c: usize, rcs: usize, biasCol: usize, biasRow: usize,
): void {
  const step = lanes<T>()
  const va = v128.splat<T>(alpha), vb = v128.splat<T>(beta)
  for (let i = 0; i < m; i++) {
    const row = a + <usize>i * ras
    const out = c + <usize>i * rcs
    const biasI: T = biasRow ? load<T>(biasRow + <usize>i * sizeof<T>()) : <T>0
    let j = 0
    for (; j + 8 * step <= n; j += 8 * step) {
      let x = row, y = b + <usize>j * sizeof<T>()
      let s0 = i32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0
      for (let p = 0; p < k; p++) {
        const s = v128.load_splat<T>(x)
        s0 = madd<T>(s, v128.load(y), s0)
        s1 = madd<T>(s, v128.load(y, 16), s1)
        s2 = madd<T>(s, v128.load(y, 32), s2)
        s3 = madd<T>(s, v128.load(y, 48), s3)
        s4 = madd<T>(s, v128.load(y, 64), s4)
        s5 = madd<T>(s, v128.load(y, 80), s5)
        s6 = madd<T>(s, v128.load(y, 96), s6)
        s7 = madd<T>(s, v128.load(y, 112), s7)
        x += cas
        y += rbs
      }
      const d = out + <usize>j * sizeof<T>()
      const e = biasCol ? biasCol + <usize>j * sizeof<T>() : 0
      finishVector<T>(d, s0, va, vb, beta, biasI, e)
      finishVector<T>(d + 16, s1, va, vb, beta, biasI, e ? e + 16 : 0)
      finishVector<T>(d + 32, s2, va, vb, beta, biasI, e ? e + 32 : 0)
      finishVector<T>(d + 48, s3, va, vb, beta, biasI, e ? e + 48 : 0)
      finishVector<T>(d + 64, s4, va, vb, beta, biasI, e ? e + 64 : 0)
      finishVector<T>(d + 80, s5, va, vb, beta, biasI, e ? e + 80 : 0)
      finishVector<T>(d + 96, s6, va, vb, beta, biasI, e ? e + 96 : 0)
      finishVector<T>(d + 112, s7, va, vb, beta, biasI, e ? e + 112 : 0)
    }
    for (; j + step <= n; j += step) {
      let x = row, y = b + <usize>j * sizeof<T>()
      let s0 = i32x4.splat(0)
      for (let p = 0; p < k; p++) {
        s0 = madd<T>(v128.load_splat<T>(x), v128.load(y), s0)
        x += cas
        y += rbs
      }
      finishVector<T>(out + <usize>j * sizeof<T>(), s0, va, vb, beta, biasI, biasCol ? biasCol + <usize>j * sizeof<T>() : 0)
    }
    for (; j < n; j++) {
      let x = row, y = b + <usize>j * sizeof<T>()
      let sum: T = 0
      for (let p = 0; p < k; p++) {
        sum = <T>(sum + load<T>(x) * load<T>(y))
        x += cas
        y += rbs
      }
      const biasJ: T = biasCol ? load<T>(biasCol + <usize>j * sizeof<T>()) : <T>0
      finish<T>(out + <usize>j * sizeof<T>(), sum, alpha, beta, <T>(biasI + biasJ))
    }
  }
}

// @ts-ignore: decorator
@inline function finishVector<T>(at: usize, x: v128, alpha: v128, vb: v128, beta: T, biasI: T, biasCol: usize): void {
  x = v128.add<T>(v128.mul<T>(x, alpha), v128.splat<T>(biasI))
  if (biasCol) x = v128.add<T>(x, v128.load(biasCol))
  if (beta != <T>0) x = madd<T>(vb, v128.load(at), x)
  v128.store(at, x)
}

/** How much of the work in a product of this size is not padding, in 1/1024. */
// @ts-ignore: decorator
@inline function fill<T>(m: i32, n: i32): i32 {
  const width = 2 * lanes<T>()
  const cols = (n + width - 1) / width * width
  return <i32>(<i64>m * <i64>n * 1024 / (<i64>paddedRows(m) * <i64>cols))
}

function gemm<T>(
  m: i32, n: i32, k: i32, alpha: T, a: usize, ras: usize, cas: usize, b: usize, rbs: usize, cbs: usize, beta: T,
  c: usize, rcs: usize, ccs: usize, biasCol: usize, biasRow: usize, scratch: usize,
): void {
  if (m <= 0 || n <= 0) return
  const size: usize = sizeof<T>()
  // Cᵀ = Bᵀ·Aᵀ where that makes C row-contiguous, or wastes less on padding
  const rowMajor = ccs == size || (rcs != size && ccs <= rcs)
  const swap = rowMajor ? n == 1 || (n < 2 * 32 / <i32>size && m > n && fill<T>(n, m) * 6 > fill<T>(m, n) * 7) : m > 1
  if (swap) {
    let t = a; a = b; b = t
    t = ras; ras = cbs; cbs = t
    t = cas; cas = rbs; rbs = t
    t = rcs; rcs = ccs; ccs = t
    t = biasCol; biasCol = biasRow; biasRow = t
    const i = m; m = n; n = i
  }
  if (m == 1 || k <= 4 || <i64>m * <i64>n * <i64>k <= TINY) {
    if (cbs == size && ccs == size) {
      rowsTimes<T>(m, n, k, alpha, a, ras, cas, b, rbs, beta, c, rcs, biasCol, biasRow)
      return
    }
    if (m == 1 || <i64>m * <i64>n * <i64>k <= TINY) {
      dots<T>(m, n, k, alpha, a, ras, cas, b, rbs, cbs, beta, c, rcs, ccs, biasCol, biasRow)
      return
    }
  }
  const kc = k <= KC ? k : (k + (k + KC - 1) / KC - 1) / ((k + KC - 1) / KC)
  const tile = (scratch + 15) & ~15
  const packedA = tile + TILE_BYTES
  const packedB = packedA + <usize>(paddedRows(min(m, MC)) * kc) * size
  const scale = alpha != <T>1 ? ALPHA : 0
  const first = (beta != <T>0 ? BETA : 0) | (biasCol ? BIAS_COL : 0) | (biasRow ? BIAS_ROW : 0)
  for (let j = 0; j < n; j += NC) {
    const nc = min(NC, n - j)
    for (let p = 0; p < k; p += kc) {
      const kb = min(kc, k - p)
      packB<T>(kb, nc, b + <usize>p * rbs + <usize>j * cbs, rbs, cbs, packedB)
      for (let i = 0; i < m; i += MC) {
        const mc = min(MC, m - i)
        packA<T>(mc, kb, a + <usize>i * ras + <usize>p * cas, ras, cas, packedA)
        panels<T>(
          mc, nc, kb, packedA, packedB, c + <usize>i * rcs + <usize>j * ccs, rcs, ccs,
          scale | (p == 0 ? first : BETA), alpha, p == 0 ? beta : <T>1,
          biasCol + <usize>j * size, biasRow + <usize>i * size, tile,
        )
      }
    }
  }
}

// @ts-ignore: decorator
@inline function strided<T>(
  n: i32, k: i32, alpha: T, a: usize, ras: i32, cas: i32, b: usize, rbs: i32, cbs: i32, beta: T, c: usize, rcs: i32,
  ccs: i32, biasCol: usize, biasRow: usize, mStart: i32, mEnd: i32, scratch: usize,
): void {
  const size: i32 = sizeof<T>()
  gemm<T>(
    mEnd - mStart, n, k, alpha, a + <usize>(mStart * ras * size), ras * size, cas * size, b, rbs * size, cbs * size, beta,
    c + <usize>(mStart * rcs * size), rcs * size, ccs * size, biasCol, biasRow ? biasRow + <usize>(mStart * size) : 0, scratch,
  )
}

export function gemm_f32(
  n: i32, k: i32, alpha: f32, a: usize, ras: i32, cas: i32, b: usize, rbs: i32, cbs: i32, beta: f32, c: usize, rcs: i32,
  ccs: i32, biasCol: usize, biasRow: usize, mStart: i32, mEnd: i32, scratch: usize,
): void {
  strided<f32>(n, k, alpha, a, ras, cas, b, rbs, cbs, beta, c, rcs, ccs, biasCol, biasRow, mStart, mEnd, scratch)
}

export function gemm_f64(
  n: i32, k: i32, alpha: f64, a: usize, ras: i32, cas: i32, b: usize, rbs: i32, cbs: i32, beta: f64, c: usize, rcs: i32,
  ccs: i32, biasCol: usize, biasRow: usize, mStart: i32, mEnd: i32, scratch: usize,
): void {
  strided<f64>(n, k, alpha, a, ras, cas, b, rbs, cbs, beta, c, rcs, ccs, biasCol, biasRow, mStart, mEnd, scratch)
}
