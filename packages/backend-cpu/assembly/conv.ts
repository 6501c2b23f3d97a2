// conv2d forward and gradient by the input, NCHW, both by `taps`: the input's gradient is a convolution of the output's
// gradient for each phase of the stride (stride² convolutions with a part of the kernel each; one where the stride is 1).
import {
  BATCH, DILATION_H, DILATION_W, GROUPS, IN_CHANNELS, IN_H, IN_W, KERNEL_H, KERNEL_W, OUT_CHANNELS, OUT_H, OUT_W, PAD_H, PAD_W,
  STRIDE_H, STRIDE_W, copyPlanes, geometry,
} from './conv-pad'
import { TAPS_BYTES, packWeights, packedWeights, readsInPlace, taps } from './conv-taps'
import { paddedRows } from './pack'
import { BIAS_ROW } from './tile'

/** Images that are gathered together, so that a tile is filled where an image has few outputs. */
// @ts-ignore: decorator
@inline function imagesAtOnce(outputs: i32, images: i32): i32 {
  return max(1, min(images, 64 / max(1, outputs)))
}

// @ts-ignore: decorator
@inline function align(x: usize): usize {
  return (x + 15) & ~15
}

/** Bytes of scratch for convForward. */
export function convForwardScratch(g: usize, size: i32): usize {
  const channels = geometry(g, IN_CHANNELS) / geometry(g, GROUPS)
  const m = geometry(g, OUT_CHANNELS) / geometry(g, GROUPS)
  const k = channels * geometry(g, KERNEL_H) * geometry(g, KERNEL_W)
  const plane = (geometry(g, IN_H) + 2 * geometry(g, PAD_H)) * (geometry(g, IN_W) + 2 * geometry(g, PAD_W))
  const images = imagesAtOnce(geometry(g, OUT_H) * geometry(g, OUT_W), geometry(g, BATCH))
  return TAPS_BYTES + <usize>(packedWeights(m, k) + images * channels * plane) * <usize>size + (<usize>k << 2) + 128
}

/** Bytes of scratch for convGradInput. */
export function convGradInputScratch(g: usize, size: i32): usize {
  const channels = geometry(g, OUT_CHANNELS) / geometry(g, GROUPS)
  const m = geometry(g, IN_CHANNELS) / geometry(g, GROUPS)
  const kernel = geometry(g, KERNEL_H) * geometry(g, KERNEL_W)
  const outputs = geometry(g, OUT_H) * geometry(g, OUT_W)
  if (throughColumns(g, 16 / size)) {
    const elements = packedWeights(m * kernel, channels) + m * kernel * outputs + channels * outputs
    return TAPS_BYTES + <usize>elements * <usize>size + (<usize>channels << 2) + 192
  }
  const k = channels * kernel
  const plane =
    paddedExtent(geometry(g, IN_H), geometry(g, OUT_H), geometry(g, KERNEL_H), geometry(g, STRIDE_H), geometry(g, PAD_H), geometry(g, DILATION_H)) *
    paddedExtent(geometry(g, IN_W), geometry(g, OUT_W), geometry(g, KERNEL_W), geometry(g, STRIDE_W), geometry(g, PAD_W), geometry(g, DILATION_W))
  const images = imagesAtOnce((geometry(g, IN_H) / geometry(g, STRIDE_H)) * (geometry(g, IN_W) / geometry(g, STRIDE_W)), geometry(g, BATCH))
  return TAPS_BYTES + <usize>(packedWeights(m, k) + m * k + images * channels * plane) * <usize>size + (<usize>k << 2) + 192
}

/**
 * Whether gradInput is cheaper as a product over all taps whose columns are then added up (col2im): where a convolution
 * of the padded output gradient would mostly multiply zeros, as for an unpadded kernel that shrinks a small image.
 */
function throughColumns(g: usize, lane: i32): bool {
  const m = geometry(g, IN_CHANNELS) / geometry(g, GROUPS), w = geometry(g, IN_W)
  const perOutput = <f64>(geometry(g, OUT_H) * geometry(g, OUT_W) * geometry(g, STRIDE_H) * geometry(g, STRIDE_W))
  const positions = <f64>(geometry(g, IN_H) * ((w + lane - 1) / lane * lane))
  const channels = <f64>(geometry(g, OUT_CHANNELS) / geometry(g, GROUPS))
  return positions / perOutput * <f64>paddedRows(m) / <f64>m > 1.15 + 12 / channels
}

/** Zeros before the output's gradient, so that no tap starts before it. */
// @ts-ignore: decorator
@inline function leading(kernel: i32, stride: i32, pad: i32, dilation: i32): i32 {
  return max(0, ((kernel - 1) * dilation - pad + stride - 1) / stride)
}

// @ts-ignore: decorator
@inline function paddedExtent(size: i32, outSize: i32, kernel: i32, stride: i32, pad: i32, dilation: i32): i32 {
  return leading(kernel, stride, pad, dilation) + max(outSize, (size - 1 + pad) / stride + 1)
}

function forward<T>(g: usize, input: usize, weight: usize, bias: usize, output: usize, bStart: i32, bEnd: i32, scratch: usize): void {
  const size: i32 = sizeof<T>()
  const groups = geometry(g, GROUPS)
  const channels = geometry(g, IN_CHANNELS) / groups, m = geometry(g, OUT_CHANNELS) / groups
  const h = geometry(g, IN_H), w = geometry(g, IN_W), kh = geometry(g, KERNEL_H), kw = geometry(g, KERNEL_W)
  const padH = geometry(g, PAD_H), padW = geometry(g, PAD_W)
  const sh = geometry(g, STRIDE_H), sw = geometry(g, STRIDE_W), dh = geometry(g, DILATION_H), dw = geometry(g, DILATION_W)
  const outputs = geometry(g, OUT_H) * geometry(g, OUT_W)
  let rows = geometry(g, OUT_H), cols = geometry(g, OUT_W)
  const hp = h + 2 * padH, wp = w + 2 * padW
  if (kh * kw == 1 && sh * sw == 1 && padH + padW == 0) {
    cols = outputs // a 1 × 1 kernel sees one long row
    rows = 1
  }
  const k = channels * kh * kw
  const inPlace = readsInPlace<T>(cols, sw * size)
  // vectors that hang over the end of a row must not read past the input: then a copy, which has room behind it
  const copies = padH + padW > 0 || (inPlace && cols % (16 / size) != 0)
  const atOnce = inPlace ? 1 : imagesAtOnce(outputs, geometry(g, BATCH))

  const tile = align(scratch)
  const offsets = tile + TAPS_BYTES
  const packed = align(offsets + (<usize>k << 2))
  const padded = align(packed + <usize>(packedWeights(m, k) * size))
  const planeBytes = <usize>(channels * hp * wp * size)
  let at = offsets
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < kh; y++) {
      for (let x = 0; x < kw; x++) {
        store<u32>(at, ((c * hp + y * dh) * wp + x * dw) * size)
        at += 4
      }
    }
  }
  if (copies) memory.fill(padded, 0, <usize>min(atOnce, bEnd - bStart) * planeBytes + 16)
  const inB = <usize>(groups * channels * h * w * size), outB = <usize>(groups * m * outputs * size)
  for (let group = 0; group < groups; group++) {
    packWeights<T>(m, k, weight + <usize>(group * m * k * size), k * size, size, packed)
    for (let b = bStart; b < bEnd; b += atOnce) {
      const images = min(atOnce, bEnd - b)
      let src = input + <usize>b * inB + <usize>(group * channels * h * w * size)
      if (copies) {
        for (let i = 0; i < images; i++) {
          copyPlanes<T>(src + <usize>i * inB, channels, h, w, padded + <usize>i * planeBytes, hp, wp, padH, padW)
        }
        src = padded
      }
      taps<T>(
        m, k, packed, offsets, images, src, copies ? planeBytes : inB, sh * wp * size, sw * size, rows, cols,
        output + <usize>b * outB + <usize>(group * m * outputs * size), outB, outputs * size, cols * size, size,
        bias ? BIAS_ROW : 0, bias ? bias + <usize>(group * m * size) : 0, tile,
      )
    }
  }
}

function gradInput<T>(g: usize, gradOutput: usize, weight: usize, gradIn: usize, bStart: i32, bEnd: i32, scratch: usize): void {
  const size: i32 = sizeof<T>()
  if (throughColumns(g, 16 / size)) {
    gradInputByColumns<T>(g, gradOutput, weight, gradIn, bStart, bEnd, scratch)
    return
  }
  const groups = geometry(g, GROUPS)
  const m = geometry(g, IN_CHANNELS) / groups, channels = geometry(g, OUT_CHANNELS) / groups
  const h = geometry(g, IN_H), w = geometry(g, IN_W), oh = geometry(g, OUT_H), ow = geometry(g, OUT_W)
  const kh = geometry(g, KERNEL_H), kw = geometry(g, KERNEL_W), padH = geometry(g, PAD_H), padW = geometry(g, PAD_W)
  const sh = geometry(g, STRIDE_H), sw = geometry(g, STRIDE_W), dh = geometry(g, DILATION_H), dw = geometry(g, DILATION_W)
  const top = leading(kh, sh, padH, dh), left = leading(kw, sw, padW, dw)
  const hp = paddedExtent(h, oh, kh, sh, padH, dh), wp = paddedExtent(w, ow, kw, sw, padW, dw)
  const kMax = channels * kh * kw
  const atOnce = imagesAtOnce((h / sh) * (w / sw), geometry(g, BATCH))

  const tile = align(scratch)
  const offsets = tile + TAPS_BYTES
  const packed = align(offsets + (<usize>kMax << 2))
  const staged = align(packed + <usize>(packedWeights(m, kMax) * size))
  const padded = align(staged + <usize>(m * kMax * size))
  const planeBytes = <usize>(channels * hp * wp * size)
  memory.fill(padded, 0, <usize>min(atOnce, bEnd - bStart) * planeBytes + 16)
  const inB = <usize>(groups * channels * oh * ow * size), outB = <usize>(groups * m * h * w * size)
  let rows = h, cols = w
  if (kh * kw == 1 && sh * sw == 1 && padH + padW == 0) {
    cols = h * w
    rows = 1
  }
  const phasesX = min(sw, w), phases = min(sh, h) * phasesX
  for (let group = 0; group < groups; group++) {
    let done = 0
    for (let one = 0; one < phases; one++) {
      done += phase<T>(
        g, weight, group, one / phasesX, one % phasesX, offsets + (<usize>done << 2), staged,
        packed + <usize>(packedWeights(m, done) * size),
      )
    }
    for (let b = bStart; b < bEnd; b += atOnce) {
      const images = min(atOnce, bEnd - b)
      for (let i = 0; i < images; i++) {
        copyPlanes<T>(
          gradOutput + <usize>(b + i) * inB + <usize>(group * channels * oh * ow * size), channels, oh, ow,
          padded + <usize>i * planeBytes, hp, wp, top, left,
        )
      }
      const to = gradIn + <usize>b * outB + <usize>(group * m * h * w * size)
      done = 0
      for (let one = 0; one < phases; one++) {
        const ry = one / phasesX, rx = one % phasesX
        const k = channels * reaching(ry, kh, sh, padH, dh) * reaching(rx, kw, sw, padW, dw)
        taps<T>(
          m, k, packed + <usize>(packedWeights(m, done) * size), offsets + (<usize>done << 2), images, padded, planeBytes,
          wp * size, size, (rows - ry + sh - 1) / sh, (cols - rx + sw - 1) / sw,
          to + <usize>((ry * w + rx) * size), outB, h * w * size, sh * w * size, sw * size, 0, 0, tile,
        )
        done += k
      }
    }
  }
}

function gradInputByColumns<T>(g: usize, gradOutput: usize, weight: usize, gradIn: usize, bStart: i32, bEnd: i32, scratch: usize): void {
  const size: i32 = sizeof<T>()
  const groups = geometry(g, GROUPS)
  const channels = geometry(g, OUT_CHANNELS) / groups, m = geometry(g, IN_CHANNELS) / groups
  const rows = m * geometry(g, KERNEL_H) * geometry(g, KERNEL_W)
  const outputs = geometry(g, OUT_H) * geometry(g, OUT_W), inputs = geometry(g, IN_H) * geometry(g, IN_W)
  const tile = align(scratch)
  const offsets = tile + TAPS_BYTES
  const packed = align(offsets + (<usize>channels << 2))
  const columns = align(packed + <usize>(packedWeights(rows, channels) * size))
  const copy = align(columns + <usize>(rows * outputs * size))
  for (let o = 0; o < channels; o++) store<u32>(offsets + (<usize>o << 2), o * outputs * size)
  for (let group = 0; group < groups; group++) {
    packWeights<T>(rows, channels, weight + <usize>(group * channels * rows * size), size, rows * size, packed)
    for (let b = bStart; b < bEnd; b++) {
      let src = gradOutput + <usize>(((b * groups + group) * channels) * outputs * size)
      if (outputs % (16 / size) != 0) { // vectors hang over the end: read from a copy with room behind it
        memory.copy(copy, src, <usize>(channels * outputs * size))
        src = copy
      }
      taps<T>(rows, channels, packed, offsets, 1, src, 0, 0, size, 1, outputs, columns, 0, outputs * size, 0, size, 0, 0, tile)
      addColumns<T>(g, m, columns, gradIn + <usize>((b * groups + group) * m * inputs * size))
    }
  }
}

/** col2im: each row of the columns is one tap of one channel; it is added where the tap reads. */
function addColumns<T>(g: usize, channels: i32, columns: usize, image: usize): void {
  const size: i32 = sizeof<T>()
  const h = geometry(g, IN_H), w = geometry(g, IN_W), oh = geometry(g, OUT_H), ow = geometry(g, OUT_W)
  const kh = geometry(g, KERNEL_H), kw = geometry(g, KERNEL_W), padH = geometry(g, PAD_H), padW = geometry(g, PAD_W)
  const sh = geometry(g, STRIDE_H), sw = geometry(g, STRIDE_W), dh = geometry(g, DILATION_H), dw = geometry(g, DILATION_W)
  memory.fill(image, 0, <usize>(channels * h * w * size))
  for (let c = 0; c < channels; c++) {
    for (let ky = 0; ky < kh; ky++) {
      for (let kx = 0; kx < kw; kx++) {
        // outputs whose tap lies inside the row
        const shift = kx * dw - padW
        const first = shift >= 0 ? 0 : (-shift + sw - 1) / sw
        const end = shift >= w ? 0 : min(ow, (w - 1 - shift) / sw + 1)
        for (let y = 0; y < oh; y++) {
          const iy = y * sh - padH + ky * dh
          if (iy < 0 || iy >= h) continue
          let from = columns + <usize>((y * ow + first) * size)
          let to = image + <usize>((iy * w + first * sw + shift) * size)
          let x = first
          if (sw == 1) {
            for (; x + 16 / size <= end; x += 16 / size) {
              v128.store(to, v128.add<T>(v128.load(to), v128.load(from)))
              from += 16
              to += 16
            }
          }
          for (; x < end; x++) {
            store<T>(to, <T>(load<T>(to) + load<T>(from)))
            from += size
            to += <usize>(sw * size)
          }
        }
        columns += <usize>(oh * ow * size)
      }
    }
    image += <usize>(h * w * size)
  }
}

/** How many taps of one axis reach the inputs r + stride·i. */
function reaching(r: i32, kernel: i32, stride: i32, pad: i32, dilation: i32): i32 {
  let count = 0
  for (let i = 0; i < kernel; i++) if ((r + pad - i * dilation) % stride == 0) count++
  return count
}

/**
 * The taps that reach the inputs (ry + sh·y, rx + sw·x): offsets into the padded output gradient, and the weights packed.
 * Input row h gets from output row (h + pad − tap·dilation) / stride, where that is whole. Returns their number.
 */
function phase<T>(g: usize, weight: usize, group: i32, ry: i32, rx: i32, offsets: usize, staged: usize, packed: usize): i32 {
  const size: i32 = sizeof<T>()
  const groups = geometry(g, GROUPS)
  const m = geometry(g, IN_CHANNELS) / groups, channels = geometry(g, OUT_CHANNELS) / groups
  const kh = geometry(g, KERNEL_H), kw = geometry(g, KERNEL_W), padH = geometry(g, PAD_H), padW = geometry(g, PAD_W)
  const sh = geometry(g, STRIDE_H), sw = geometry(g, STRIDE_W), dh = geometry(g, DILATION_H), dw = geometry(g, DILATION_W)
  const top = leading(kh, sh, padH, dh), left = leading(kw, sw, padW, dw)
  const hp = paddedExtent(geometry(g, IN_H), geometry(g, OUT_H), kh, sh, padH, dh)
  const wp = paddedExtent(geometry(g, IN_W), geometry(g, OUT_W), kw, sw, padW, dw)
  let k = 0
  const total = channels * reaching(ry, kh, sh, padH, dh) * reaching(rx, kw, sw, padW, dw)
  for (let o = 0; o < channels; o++) {
    for (let y = 0; y < kh; y++) {
      const dy = ry + padH - y * dh
      if (dy % sh != 0) continue
      for (let x = 0; x < kw; x++) {
        const dx = rx + padW - x * dw
        if (dx % sw != 0) continue
        store<u32>(offsets + (<usize>k << 2), ((o * hp + dy / sh + top) * wp + dx / sw + left) * size)
        let from = weight + <usize>((((group * channels + o) * m * kh + y) * kw + x) * size)
        let to = staged + <usize>(k * size)
        for (let i = 0; i < m; i++) {
          store<T>(to, load<T>(from))
          from += <usize>(kh * kw * size)
          to += <usize>(total * size)
        }
        k++
      }
    }
  }
  packWeights<T>(m, k, staged, k * size, size, packed)
  return k
}

export function convForward_f32(g: usize, input: usize, weight: usize, bias: usize, output: usize, bStart: i32, bEnd: i32, scratch: usize): void {
  forward<f32>(g, input, weight, bias, output, bStart, bEnd, scratch)
}

export function convForward_f64(g: usize, input: usize, weight: usize, bias: usize, output: usize, bStart: i32, bEnd: i32, scratch: usize): void {
  forward<f64>(g, input, weight, bias, output, bStart, bEnd, scratch)
}

export function convGradInput_f32(g: usize, gradOutput: usize, weight: usize, gradIn: usize, bStart: i32, bEnd: i32, scratch: usize): void {
  gradInput<f32>(g, gradOutput, weight, gradIn, bStart, bEnd, scratch)
}

export function convGradInput_f64(g: usize, gradOutput: usize, weight: usize, gradIn: usize, bStart: i32, bEnd: i32, scratch: usize): void {
  gradInput<f64>(g, gradOutput, weight, gradIn, bStart, bEnd, scratch)
}
