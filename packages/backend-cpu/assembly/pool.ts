// Max and average pooling over the planes [planeStart, planeEnd) of contiguous NCHW tensors. The geometry block is that of
// a convolution; only sizes, kernel, stride, padding and dilation are read.
import {
  DILATION_H, DILATION_W, IN_H, IN_W, KERNEL_H, KERNEL_W, OUT_H, OUT_W, PAD_H, PAD_W, STRIDE_H, STRIDE_W, geometry,
} from './conv-pad'

// As PyTorch: the first largest wins, a NaN wins over everything, the last NaN over the others.
// @ts-ignore: decorator
@inline function maxForward<T>(g: usize, input: usize, output: usize, indices: usize, planeStart: i32, planeEnd: i32): void {
  const size: i32 = sizeof<T>()
  const h = geometry(g, IN_H), w = geometry(g, IN_W), oh = geometry(g, OUT_H), ow = geometry(g, OUT_W)
  const kh = geometry(g, KERNEL_H), kw = geometry(g, KERNEL_W), padH = geometry(g, PAD_H), padW = geometry(g, PAD_W)
  const sh = geometry(g, STRIDE_H), sw = geometry(g, STRIDE_W), dh = geometry(g, DILATION_H), dw = geometry(g, DILATION_W)
  const limit = input + <usize>(planeEnd * h * w * size)
  for (let plane = planeStart; plane < planeEnd; plane++) {
    const src = input + <usize>(plane * h * w * size)
    let out = output + <usize>(plane * oh * ow * size)
    let to = indices + (<usize>(plane * oh * ow) << 3)
    for (let oy = 0; oy < oh; oy++) {
      let y0 = oy * sh - padH
      const yEnd = min(y0 + (kh - 1) * dh + 1, h)
      while (y0 < 0) y0 += dh
      for (let ox = 0; ox < ow;) {
        let x0 = ox * sw - padW
        const xEnd = min(x0 + (kw - 1) * dw + 1, w)
        // four outputs at once where all their taps lie in the row
        if (sizeof<T>() == 4 && sw <= 2 && ox + 4 <= ow && x0 >= 0 && x0 + (kw - 1) * dw + 3 * sw < w &&
          src + <usize>(((yEnd - 1) * w + x0 + (kw - 1) * dw + 8) * size) <= limit) {
          let best = f32x4.splat(-Infinity)
          const lane = sw == 1 ? i32x4(0, 1, 2, 3) : i32x4(0, 2, 4, 6)
          let at = i32x4.add(i32x4.splat(y0 * w + x0), lane)
          for (let y = y0; y < yEnd; y += dh) {
            for (let x = x0; x < x0 + kw * dw; x += dw) {
              const i = y * w + x
              let v = v128.load(src + (<usize>i << 2))
              if (sw == 2) v = i32x4.shuffle(v, v128.load(src + (<usize>i << 2), 16), 0, 2, 4, 6)
              const wins = v128.or(f32x4.gt(v, best), f32x4.ne(v, v))
              best = v128.bitselect(v, best, wins)
              at = v128.bitselect(i32x4.add(i32x4.splat(i), lane), at, wins)
            }
          }
          v128.store(out, best)
          if (indices) {
            v128.store(to, i64x2.extend_low_i32x4_s(at))
            v128.store(to, i64x2.extend_high_i32x4_s(at), 16)
          }
          ox += 4
          out += 16
          to += 32
          continue
        }
        while (x0 < 0) x0 += dw
        let best: T = <T>-Infinity
        let at = y0 * w + x0
        for (let y = y0; y < yEnd; y += dh) {
          for (let x = x0; x < xEnd; x += dw) {
            const v = load<T>(src + <usize>((y * w + x) * size))
            if (v > best || v != v) {
              best = v
              at = y * w + x
            }
          }
        }
        store<T>(out, best)
        if (indices) store<i64>(to, <i64>at)
        ox++
        out += size
        to += 8
      }
    }
  }
}

// @ts-ignore: decorator
@inline function maxBackward<T>(g: usize, gradOutput: usize, indices: usize, gradInput: usize, planeStart: i32, planeEnd: i32): void {
  const size: usize = sizeof<T>()
  const inputs = <usize>(geometry(g, IN_H) * geometry(g, IN_W)), outputs = geometry(g, OUT_H) * geometry(g, OUT_W)
  memory.fill(gradInput + <usize>planeStart * inputs * size, 0, <usize>(planeEnd - planeStart) * inputs * size)
  let from = gradOutput + <usize>(planeStart * outputs) * size
  let at = indices + (<usize>(planeStart * outputs) << 3)
  for (let plane = planeStart; plane < planeEnd; plane++) {
    const to = gradInput + <usize>plane * inputs * size
    for (let i = 0; i < outputs; i++) {
      const d = to + <usize>load<u32>(at) * size
      store<T>(d, load<T>(d) + load<T>(from))
      from += size
      at += 8
    }
  }
}

/** Sum over the window, divided by its size; backward spreads the gradient over the same window. */
// @ts-ignore: decorator
@inline function average<T>(
  g: usize, backward: bool, image: usize, pooled: usize, countIncludePad: i32, divisorOverride: i32, planeStart: i32, planeEnd: i32,
): void {
  const size: i32 = sizeof<T>()
  const h = geometry(g, IN_H), w = geometry(g, IN_W), oh = geometry(g, OUT_H), ow = geometry(g, OUT_W)
  const kh = geometry(g, KERNEL_H), kw = geometry(g, KERNEL_W), padH = geometry(g, PAD_H), padW = geometry(g, PAD_W)
  const sh = geometry(g, STRIDE_H), sw = geometry(g, STRIDE_W)
  if (backward) memory.fill(image + <usize>(planeStart * h * w * size), 0, <usize>((planeEnd - planeStart) * h * w * size))
  for (let plane = planeStart; plane < planeEnd; plane++) {
    const src = image + <usize>(plane * h * w * size)
    let out = pooled + <usize>(plane * oh * ow * size)
    for (let oy = 0; oy < oh; oy++) {
      let y0 = oy * sh - padH
      let y1 = min(y0 + kh, h + padH)
      const fullH = y1 - y0
      y0 = max(y0, 0)
      y1 = min(y1, h)
      for (let ox = 0; ox < ow; ox++) {
        let x0 = ox * sw - padW
        let x1 = min(x0 + kw, w + padW)
        const fullW = x1 - x0
        x0 = max(x0, 0)
        x1 = min(x1, w)
        const inside = max(0, y1 - y0) * max(0, x1 - x0)
        const divisor = <T>(divisorOverride ? divisorOverride : countIncludePad ? fullH * fullW : inside)
        if (backward) {
          if (inside > 0) {
            const share = load<T>(out) / divisor
            for (let y = y0; y < y1; y++) {
              for (let x = x0; x < x1; x++) {
                const d = src + <usize>((y * w + x) * size)
                store<T>(d, load<T>(d) + share)
              }
            }
          }
        } else {
          let sum: T = 0
          for (let y = y0; y < y1; y++) {
            for (let x = x0; x < x1; x++) sum += load<T>(src + <usize>((y * w + x) * size))
          }
          store<T>(out, inside > 0 ? sum / divisor : <T>0)
        }
        out += size
      }
    }
  }
}

export function maxPoolForward_f32(g: usize, input: usize, output: usize, indices: usize, planeStart: i32, planeEnd: i32): void {
  maxForward<f32>(g, input, output, indices, planeStart, planeEnd)
}

export function maxPoolBackward_f32(g: usize, gradOutput: usize, indices: usize, gradInput: usize, planeStart: i32, planeEnd: i32): void {
  maxBackward<f32>(g, gradOutput, indices, gradInput, planeStart, planeEnd)
}

export function avgPoolForward_f32(g: usize, input: usize, output: usize, countIncludePad: i32, divisorOverride: i32, planeStart: i32, planeEnd: i32): void {
  average<f32>(g, false, input, output, countIncludePad, divisorOverride, planeStart, planeEnd)
}

export function avgPoolBackward_f32(g: usize, gradOutput: usize, gradInput: usize, countIncludePad: i32, divisorOverride: i32, planeStart: i32, planeEnd: i32): void {
  average<f32>(g, true, gradInput, gradOutput, countIncludePad, divisorOverride, planeStart, planeEnd)
}

export function maxPoolForward_f64(g: usize, input: usize, output: usize, indices: usize, planeStart: i32, planeEnd: i32): void {
  maxForward<f64>(g, input, output, indices, planeStart, planeEnd)
}

export function maxPoolBackward_f64(g: usize, gradOutput: usize, indices: usize, gradInput: usize, planeStart: i32, planeEnd: i32): void {
  maxBackward<f64>(g, gradOutput, indices, gradInput, planeStart, planeEnd)
}

export function avgPoolForward_f64(g: usize, input: usize, output: usize, countIncludePad: i32, divisorOverride: i32, planeStart: i32, planeEnd: i32): void {
  average<f64>(g, false, input, output, countIncludePad, divisorOverride, planeStart, planeEnd)
}

export function avgPoolBackward_f64(g: usize, gradOutput: usize, gradInput: usize, countIncludePad: i32, divisorOverride: i32, planeStart: i32, planeEnd: i32): void {
  average<f64>(g, true, gradInput, gradOutput, countIncludePad, divisorOverride, planeStart, planeEnd)
}

