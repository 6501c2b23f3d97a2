// The core of conv2d forward and gradInput: a product whose right side lies in an image. Row k of the right side is the
// image moved by offsets[k] bytes; its columns are the output positions. Nothing is unrolled into memory (no im2col).
import { BETA, lanes, spill, tile4, tile4Indirect, tile6, tile6Indirect } from './tile'
import { packA, paddedRows, sixes } from './pack'

// Blocks: MC × KC of packed weights in L2; a gathered panel (KC × 32 bytes) in L1.
// @ts-ignore: decorator
@inline const KC: i32 = 384
// @ts-ignore: decorator
@inline const MC: i32 = 192
// @ts-ignore: decorator
@inline export const TILE_BYTES: usize = 256
// @ts-ignore: decorator
@inline export const PANEL_BYTES: usize = 384 * 32
// @ts-ignore: decorator
@inline const COLUMN_BYTES: usize = 128 // sources and destinations of one tile's columns

/** Bytes of scratch that `taps` needs besides the packed weights and the offsets. */
// @ts-ignore: decorator
@inline export const TAPS_BYTES: usize = TILE_BYTES + PANEL_BYTES + COLUMN_BYTES

function blockOf(k: i32): i32 {
  const blocks = (k + KC - 1) / KC
  return blocks <= 1 ? k : (k + blocks - 1) / blocks
}

/** Elements of the packed weights of m rows and k columns. */
export function packedWeights(m: i32, k: i32): i32 {
  return (m / MC * MC + paddedRows(m % MC)) * k
}

/** Packs weights [m, k], whose strides are in bytes, for `taps`. */
export function packWeights<T>(m: i32, k: i32, src: usize, rowStride: usize, colStride: usize, dst: usize): void {
  const kc = blockOf(k)
  for (let p = 0; p < k; p += kc) {
    const kb = min(kc, k - p)
    for (let i = 0; i < m; i += MC) {
      const mc = min(MC, m - i)
      packA<T>(mc, kb, src + <usize>i * rowStride + <usize>p * colStride, rowStride, colStride, dst)
      dst += <usize>(paddedRows(mc) * kb * sizeof<T>())
    }
  }
}

/** Whether rows of `cols` outputs fill vectors well enough to be read where they lie. */
export function readsInPlace<T>(cols: i32, xStep: i32): bool {
  const padded = (cols + lanes<T>() - 1) / lanes<T>() * lanes<T>()
  return xStep == sizeof<T>() && cols * 4 >= padded * 3
}

/**
 * out[b, i, y, x] = Σk weights[i, k] · image[b][y, x moved by offsets[k]] (+ bias[i]), for one group of channels.
 * All steps are in bytes. In place, a row may be read up to one vector past its end.
 */
export function taps<T>(
  m: i32, k: i32, weights: usize, offsets: usize, images: i32, src: usize, bStep: usize, yStep: usize, xStep: usize,
  rows: i32, cols: i32, out: usize, outB: usize, outM: usize, outY: usize, outX: usize, flags: i32, bias: usize,
  scratch: usize,
): void {
  const kc = blockOf(k)
  const inPlace = readsInPlace<T>(cols, <i32>xStep)
  let p = 0
  do {
    const kb = min(kc, k - p)
    for (let i = 0; i < m; i += MC) {
      const mc = min(MC, m - i)
      const mode = p == 0 ? flags : BETA
      const to = out + <usize>i * outM
      const biasRow = bias + <usize>(i * sizeof<T>())
      if (inPlace) {
        for (let b = 0; b < images; b++) {
          inPlaceTiles<T>(
            mc, kb, weights, offsets, src + <usize>b * bStep, yStep, rows, cols, to + <usize>b * outB, outM, outY, outX,
            mode, biasRow, scratch,
          )
        }
      } else {
        gatheredTiles<T>(
          mc, kb, weights, offsets, images, src, bStep, yStep, xStep, rows, cols, to, outB, outM, outY, outX, mode, biasRow,
          scratch,
        )
      }
      weights += <usize>(paddedRows(mc) * kb * sizeof<T>())
    }
    offsets += <usize>kb << 2
    p += kc
  } while (p < k)
}

function inPlaceTiles<T>(
  m: i32, k: i32, weights: usize, offsets: usize, src: usize, yStep: usize, rows: i32, cols: i32, out: usize, outM: usize,
  outY: usize, outX: usize, flags: i32, bias: usize, tile: usize,
): void {
  const lane = lanes<T>()
  let y = 0, x = 0
  while (y < rows) {
    // two vectors of columns: (y, x...) and the one after it, perhaps in the next row
    const from0 = src + <usize>y * yStep + <usize>(x * sizeof<T>())
    const to0 = out + <usize>y * outY + <usize>x * outX
    const n0 = min(lane, cols - x)
    x += lane
    if (x >= cols) { x = 0; y++ }
    const second = y < rows
    const from1 = second ? src + <usize>y * yStep + <usize>(x * sizeof<T>()) : from0
    const to1 = out + <usize>y * outY + <usize>x * outX
    const n1 = second ? min(lane, cols - x) : 0
    if (second) {
      x += lane
      if (x >= cols) { x = 0; y++ }
    }
    const direct = n0 == lane && n1 == lane && outX == sizeof<T>()
    let left = weights
    let six = sixes(m)
    for (let i = 0; i < m;) {
      const height = six > 0 ? 6 : 4
      six--
      const up = <usize>i * outM
      const biasRow = bias + <usize>(i * sizeof<T>())
      if (direct && i + height <= m) {
        if (height == 6) tile6Indirect<T>(k, left, offsets, from0, from1, to0 + up, to1 + up, outM, flags, 1, 1, biasRow)
        else tile4Indirect<T>(k, left, offsets, from0, from1, to0 + up, to1 + up, outM, flags, 1, 1, biasRow)
      } else {
        if (height == 6) tile6Indirect<T>(k, left, offsets, from0, from1, tile, tile + 16, 32, 0, 1, 1, 0)
        else tile4Indirect<T>(k, left, offsets, from0, from1, tile, tile + 16, 32, 0, 1, 1, 0)
        const height0 = min(height, m - i)
        spill<T>(tile, height0, n0, to0 + up, outM, outX, flags, 1, 1, 0, biasRow)
        if (n1 > 0) spill<T>(tile + 16, height0, n1, to1 + up, outM, outX, flags, 1, 1, 0, biasRow)
      }
      left += <usize>(height * k * sizeof<T>())
      i += height
    }
  }
}

function gatheredTiles<T>(
  m: i32, k: i32, weights: usize, offsets: usize, images: i32, src: usize, bStep: usize, yStep: usize, xStep: usize,
  rows: i32, cols: i32, out: usize, outB: usize, outM: usize, outY: usize, outX: usize, flags: i32, bias: usize, scratch: usize,
): void {
  const width = 2 * lanes<T>()
  const tile = scratch, panel = scratch + TILE_BYTES, columns = panel + PANEL_BYTES
  const total = images * rows * cols
  let b = 0, y = 0, x = 0
  for (let j = 0; j < total; j += width) {
    const n = min(width, total - j)
    for (let q = 0; q < width; q++) {
      const at = columns + (<usize>q << 3)
      if (q < n) {
        store<u32>(at, <u32>(src + <usize>b * bStep + <usize>y * yStep + <usize>x * xStep))
        store<u32>(at, <u32>(out + <usize>b * outB + <usize>y * outY + <usize>x * outX), 4)
        x++
        if (x == cols) { x = 0; y++ }
        if (y == rows) { y = 0; b++ }
      } else {
        store<u64>(at, load<u64>(columns))
      }
    }
    gather<T>(k, offsets, columns, panel)
    const to = <usize>load<u32>(columns, 4)
    const last = <usize>load<u32>(columns + (<usize>(width - 1) << 3), 4)
    // destinations rise with the columns, so the ends tell whether they lie side by side
    const direct = n == width && outX == sizeof<T>() && last - to == <usize>((width - 1) * sizeof<T>())
    let left = weights
    let six = sixes(m)
    for (let i = 0; i < m;) {
      const height = six > 0 ? 6 : 4
      six--
      const up = <usize>i * outM
      const biasRow = bias + <usize>(i * sizeof<T>())
      if (direct && i + height <= m) {
        if (height == 6) tile6<T>(k, left, panel, to + up, to + up + 16, outM, flags, 1, 1, 0, biasRow)
        else tile4<T>(k, left, panel, to + up, to + up + 16, outM, flags, 1, 1, 0, biasRow)
      } else {
        if (height == 6) tile6<T>(k, left, panel, tile, tile + 16, 32, 0, 1, 1, 0, 0)
        else tile4<T>(k, left, panel, tile, tile + 16, 32, 0, 1, 1, 0, 0)
        const height0 = min(height, m - i)
        for (let q = 0; q < n; q++) {
          const d = <usize>load<u32>(columns + (<usize>q << 3), 4) + up
          spill<T>(tile + <usize>(q * sizeof<T>()), height0, 1, d, outM, outX, flags, 1, 1, 0, biasRow)
        }
      }
      left += <usize>(height * k * sizeof<T>())
      i += height
    }
  }
}

/** The right side's k rows at one tile's columns, side by side. */
function gather<T>(k: i32, offsets: usize, columns: usize, panel: usize): void {
  const s0 = <usize>load<u32>(columns), s1 = <usize>load<u32>(columns, 8)
  const s2 = <usize>load<u32>(columns, 16), s3 = <usize>load<u32>(columns, 24)
  if (sizeof<T>() == 8) {
    for (let p = 0; p < k; p++) {
      const o = <usize>load<u32>(offsets)
      store<T>(panel, load<T>(s0 + o))
      store<T>(panel, load<T>(s1 + o), 8)
      store<T>(panel, load<T>(s2 + o), 16)
      store<T>(panel, load<T>(s3 + o), 24)
      offsets += 4
      panel += 32
    }
    return
  }
  const s4 = <usize>load<u32>(columns, 32), s5 = <usize>load<u32>(columns, 40)
  const s6 = <usize>load<u32>(columns, 48), s7 = <usize>load<u32>(columns, 56)
  if (s3 - s0 == 12 && s7 - s4 == 12 && s1 - s0 == 4 && s5 - s4 == 4) {
    for (let p = 0; p < k; p++) {
      const o = <usize>load<u32>(offsets)
      v128.store(panel, v128.load(s0 + o))
      v128.store(panel, v128.load(s4 + o), 16)
      offsets += 4
      panel += 32
    }
    return
  }
  for (let p = 0; p < k; p++) {
    const o = <usize>load<u32>(offsets)
    store<T>(panel, load<T>(s0 + o))
    store<T>(panel, load<T>(s1 + o), 4)
    store<T>(panel, load<T>(s2 + o), 8)
    store<T>(panel, load<T>(s3 + o), 12)
    store<T>(panel, load<T>(s4 + o), 16)
    store<T>(panel, load<T>(s5 + o), 20)
    store<T>(panel, load<T>(s6 + o), 24)
    store<T>(panel, load<T>(s7 + o), 28)
    offsets += 4
    panel += 32
  }
}
