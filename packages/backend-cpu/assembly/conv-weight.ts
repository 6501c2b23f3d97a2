// conv2d: gradient by the weights. gradW[o, n] = Σ over (image, output position) gradOut[o, ·] · image moved by tap n,
// a product whose inner dimension is the positions of some images; both sides are packed straight from where they lie.
import {
  BATCH, DILATION_H, DILATION_W, GROUPS, IN_CHANNELS, IN_H, IN_W, KERNEL_H, KERNEL_W, OUT_CHANNELS, OUT_H, OUT_W, PAD_H, PAD_W,
  STRIDE_H, STRIDE_W, copyPlanes, geometry,
} from './conv-pad'
import { BETA, lanes, spill, tile4, tile6 } from './tile'
import { packPanel, paddedRows, sixes, transpose2, transposeFrom } from './pack'

// @ts-ignore: decorator
@inline const KC: i32 = 256
// @ts-ignore: decorator
@inline const MC: i32 = 192
// @ts-ignore: decorator
@inline const TILE_BYTES: usize = 256

/** Images whose positions are summed in one go. */
// @ts-ignore: decorator
@inline function imagesAtOnce(outputs: i32, images: i32): i32 {
  return max(1, min(images, KC / max(1, outputs)))
}

// @ts-ignore: decorator
@inline function align(x: usize): usize {
  return (x + 15) & ~15
}

/** Bytes of scratch for convGradWeight. */
export function convGradWeightScratch(g: usize, size: i32): usize {
  const channels = geometry(g, IN_CHANNELS) / geometry(g, GROUPS)
  const n = channels * geometry(g, KERNEL_H) * geometry(g, KERNEL_W)
  const outputs = geometry(g, OUT_H) * geometry(g, OUT_W)
  const images = imagesAtOnce(outputs, geometry(g, BATCH))
  const plane = (geometry(g, IN_H) + 2 * geometry(g, PAD_H)) * (geometry(g, IN_W) + 2 * geometry(g, PAD_W))
  const tables = <usize>(images * outputs + n) << 2
  return TILE_BYTES + <usize>KC * 32 + tables + <usize>((MC + 8) * KC + images * channels * plane) * <usize>size + 192
}

/** `count` taps from `n0` at positions q...q+k: [k][width], missing taps zero. */
function packTaps<T>(count: i32, width: i32, k: i32, positions: usize, tapOffsets: usize, src: usize, dst: usize): void {
  const step = <usize>width * sizeof<T>()
  if (count < width) memory.fill(dst, 0, <usize>k * step)
  let p = 0
  if (sizeof<T>() == 4 && count == width) {
    const t0 = src + <usize>load<u32>(tapOffsets), t1 = src + <usize>load<u32>(tapOffsets, 4)
    const t2 = src + <usize>load<u32>(tapOffsets, 8), t3 = src + <usize>load<u32>(tapOffsets, 12)
    const t4 = width > 4 ? src + <usize>load<u32>(tapOffsets, 16) : 0, t5 = width > 4 ? src + <usize>load<u32>(tapOffsets, 20) : 0
    const t6 = width > 6 ? src + <usize>load<u32>(tapOffsets, 24) : 0, t7 = width > 6 ? src + <usize>load<u32>(tapOffsets, 28) : 0
    while (p < k) {
      const o = <usize>load<u32>(positions + (<usize>p << 2))
      // positions rise, so four of them lie side by side where the last is 12 bytes on
      if (p + 4 <= k && <usize>load<u32>(positions + (<usize>p << 2), 12) - o == 12) {
        transposeFrom(t0 + o, t1 + o, t2 + o, t3 + o, dst, step)
        if (width == 8) transposeFrom(t4 + o, t5 + o, t6 + o, t7 + o, dst + 16, step)
        else if (width == 6) transpose2(v128.load(t4 + o), v128.load(t5 + o), dst + 16, step)
        dst += 4 * step
        p += 4
      } else {
        store<T>(dst, load<T>(t0 + o))
        store<T>(dst, load<T>(t1 + o), 4)
        store<T>(dst, load<T>(t2 + o), 8)
        store<T>(dst, load<T>(t3 + o), 12)
        if (width > 4) {
          store<T>(dst, load<T>(t4 + o), 16)
          store<T>(dst, load<T>(t5 + o), 20)
        }
        if (width > 6) {
          store<T>(dst, load<T>(t6 + o), 24)
          store<T>(dst, load<T>(t7 + o), 28)
        }
        dst += step
        p++
      }
    }
    return
  }
  for (; p < k; p++) {
    const from = src + <usize>load<u32>(positions + (<usize>p << 2))
    for (let i = 0; i < count; i++) {
      store<T>(dst + <usize>(i * sizeof<T>()), load<T>(from + <usize>load<u32>(tapOffsets + (<usize>i << 2))))
    }
    dst += step
  }
}

/** `count` output channels at positions q...q+k of the images in a group: [k][width], missing channels zero. */
function packGrad<T>(count: i32, width: i32, q: i32, k: i32, outputs: i32, imageStride: usize, src: usize, dst: usize): void {
  const size: i32 = sizeof<T>()
  while (k > 0) {
    const image = q / outputs, at = q - image * outputs
    const run = min(k, outputs - at)
    packPanel<T>(count, width, run, src + <usize>image * imageStride + <usize>(at * size), outputs * size, size, dst)
    dst += <usize>(run * width * size)
    q += run
    k -= run
  }
}

function gradWeight<T>(
  g: usize, input: usize, gradOutput: usize, gradW: usize, accumulate: i32, bStart: i32, bEnd: i32, scratch: usize,
): void {
  const size: i32 = sizeof<T>()
  const groups = geometry(g, GROUPS)
  const channels = geometry(g, IN_CHANNELS) / groups, outs = geometry(g, OUT_CHANNELS) / groups
  const h = geometry(g, IN_H), w = geometry(g, IN_W), oh = geometry(g, OUT_H), ow = geometry(g, OUT_W)
  const kh = geometry(g, KERNEL_H), kw = geometry(g, KERNEL_W), padH = geometry(g, PAD_H), padW = geometry(g, PAD_W)
  const sh = geometry(g, STRIDE_H), sw = geometry(g, STRIDE_W), dh = geometry(g, DILATION_H), dw = geometry(g, DILATION_W)
  const hp = h + 2 * padH, wp = w + 2 * padW
  const n = channels * kh * kw, outputs = oh * ow
  const atOnce = imagesAtOnce(outputs, geometry(g, BATCH))
  const copies = padH + padW > 0
  const planeBytes = <usize>(channels * hp * wp * size)
  const inB = <usize>(groups * channels * h * w * size), outB = <usize>(groups * outs * outputs * size)
  if (bEnd <= bStart || outputs == 0) {
    if (!accumulate) memory.fill(gradW, 0, <usize>(groups * outs * n * size))
    return
  }
  const tile = align(scratch)
  const panel = tile + TILE_BYTES
  const left = panel + <usize>KC * 32
  const positions = align(left + <usize>((MC + 8) * KC * size))
  const tapOffsets = positions + (<usize>(atOnce * outputs) << 2)
  const padded = align(tapOffsets + (<usize>n << 2))
  let at = positions
  for (let b = 0; b < atOnce; b++) {
    for (let y = 0; y < oh; y++) {
      for (let x = 0; x < ow; x++) {
        store<u32>(at, <u32>(<usize>b * (copies ? planeBytes : inB)) + (y * sh * wp + x * sw) * size)
        at += 4
      }
    }
  }
  at = tapOffsets
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < kh; y++) {
      for (let x = 0; x < kw; x++) {
        store<u32>(at, ((c * hp + y * dh) * wp + x * dw) * size)
        at += 4
      }
    }
  }
  if (copies) memory.fill(padded, 0, <usize>min(atOnce, bEnd - bStart) * planeBytes)

  // the taps are the rows, and the channels the columns, where that pads less
  const width = 2 * lanes<T>()
  const asRows = <i64>paddedRows(n) * <i64>((outs + width - 1) / width) < <i64>paddedRows(outs) * <i64>((n + width - 1) / width)
  const m = asRows ? n : outs, cols = asRows ? outs : n
  const rowStep = <usize>(asRows ? size : n * size), colStep = <usize>(asRows ? n * size : size)
  for (let group = 0; group < groups; group++) {
    const to = gradW + <usize>(group * outs * n * size)
    let first = accumulate == 0
    for (let b = bStart; b < bEnd; b += atOnce) {
      const images = min(atOnce, bEnd - b)
      let src = input + <usize>b * inB + <usize>(group * channels * h * w * size)
      const grad = gradOutput + <usize>b * outB + <usize>(group * outs * outputs * size)
      if (copies) {
        for (let i = 0; i < images; i++) {
          copyPlanes<T>(src + <usize>i * inB, channels, h, w, padded + <usize>i * planeBytes, hp, wp, padH, padW)
        }
        src = padded
      }
      const total = images * outputs
      const chunks = (total + KC - 1) / KC
      const chunk = (total + chunks - 1) / chunks
      for (let q = 0; q < total; q += chunk) {
        const k = min(chunk, total - q)
        const here = positions + (<usize>q << 2)
        for (let i = 0; i < m; i += MC) {
          const mc = min(MC, m - i)
          let dst = left
          let six = sixes(mc)
          for (let r = 0; r < mc;) {
            const height = six > 0 ? 6 : 4
            six--
            const count = min(height, mc - r)
            if (asRows) packTaps<T>(count, height, k, here, tapOffsets + (<usize>(i + r) << 2), src, dst)
            else packGrad<T>(count, height, q, k, outputs, outB, grad + <usize>((i + r) * outputs * size), dst)
            dst += <usize>(height * k * size)
            r += height
          }
          for (let j = 0; j < cols; j += width) {
            const nr = min(width, cols - j)
            if (asRows) packGrad<T>(nr, width, q, k, outputs, outB, grad + <usize>(j * outputs * size), panel)
            else packTaps<T>(nr, width, k, here, tapOffsets + (<usize>j << 2), src, panel)
            product<T>(mc, nr, k, left, panel, to + <usize>i * rowStep + <usize>j * colStep, rowStep, colStep, first ? 0 : BETA, tile)
          }
        }
        first = false
      }
    }
  }
}

/** Packed rows times one packed panel. */
function product<T>(
  m: i32, n: i32, k: i32, left: usize, panel: usize, to: usize, rowStep: usize, colStep: usize, flags: i32, tile: usize,
): void {
  const direct = n == 2 * lanes<T>() && colStep == sizeof<T>()
  let six = sixes(m)
  for (let i = 0; i < m;) {
    const height = six > 0 ? 6 : 4
    six--
    const at = to + <usize>i * rowStep
    if (direct && i + height <= m) {
      if (height == 6) tile6<T>(k, left, panel, at, at + 16, rowStep, flags, 1, 1, 0, 0)
      else tile4<T>(k, left, panel, at, at + 16, rowStep, flags, 1, 1, 0, 0)
    } else {
      if (height == 6) tile6<T>(k, left, panel, tile, tile + 16, 32, 0, 1, 1, 0, 0)
      else tile4<T>(k, left, panel, tile, tile + 16, 32, 0, 1, 1, 0, 0)
      spill<T>(tile, min(height, m - i), n, at, rowStep, colStep, flags, 1, 1, 0, 0)
    }
    left += <usize>(height * k * sizeof<T>())
    i += height
  }
}

export function convGradWeight_f32(g: usize, input: usize, gradOutput: usize, gradW: usize, accumulate: i32, bStart: i32, bEnd: i32, scratch: usize): void {
  gradWeight<f32>(g, input, gradOutput, gradW, accumulate, bStart, bEnd, scratch)
}

export function convGradWeight_f64(g: usize, input: usize, gradOutput: usize, gradW: usize, accumulate: i32, bStart: i32, bEnd: i32, scratch: usize): void {
  gradWeight<f64>(g, input, gradOutput, gradW, accumulate, bStart, bEnd, scratch)
}
