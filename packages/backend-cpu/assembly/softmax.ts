// softmax and logSoftmax over the last dimension of contiguous [rows, n] tensors, and their gradients.
import {
  exp32, exp64, kLn2High32, kLn2Low32, kLog2e, kLowest32, kMagic32, kOne, kP0, kP1, kP2, kP3, kP4, kP5, logOf,
} from './exp'
import { lanes, madd } from './tile'
import { sumLanes } from './dots'

/** The last, partial vector of a row: the missing lanes hold `rest`. */
// @ts-ignore: decorator
@inline function loadTail<T>(at: usize, n: i32, rest: T): v128 {
  let v = v128.replace_lane<T>(v128.splat<T>(rest), 0, load<T>(at))
  if (sizeof<T>() == 4) {
    if (n > 1) v = v128.replace_lane<T>(v, 1, load<T>(at, 4))
    if (n > 2) v = v128.replace_lane<T>(v, 2, load<T>(at, 8))
  }
  return v
}

// @ts-ignore: decorator
@inline function storeTail<T>(at: usize, n: i32, v: v128): void {
  store<T>(at, v128.extract_lane<T>(v, 0))
  if (sizeof<T>() == 4) {
    if (n > 1) store<T>(at, v128.extract_lane<T>(v, 1), 4)
    if (n > 2) store<T>(at, v128.extract_lane<T>(v, 2), 8)
  }
}

// @ts-ignore: decorator
@inline function exp<T>(
  x: v128, log2e: v128, magic: v128, high: v128, low: v128, p0: v128, p1: v128, p2: v128, p3: v128, p4: v128, p5: v128,
  one: v128, lowest: v128,
): v128 {
  if (sizeof<T>() == 4) return exp32(x, log2e, magic, high, low, p0, p1, p2, p3, p4, p5, one, lowest)
  return exp64(x)
}

/** mode 0: softmax; 1: logSoftmax; 2: gradient of logSoftmax (input = result, grad = gradient by it). */
// @ts-ignore: decorator
@inline function rowsOf<T>(mode: i32, rows: i32, n: i32, input: usize, grad: usize, output: usize): void {
  const lane = lanes<T>()
  const full = n / lane * lane, rest = n - full
  const log2e = f32x4.splat(<f32>kLog2e), magic = f32x4.splat(kMagic32), one = f32x4.splat(<f32>kOne)
  const high = f32x4.splat(kLn2High32), low = f32x4.splat(kLn2Low32), lowest = f32x4.splat(kLowest32)
  const p0 = f32x4.splat(kP0), p1 = f32x4.splat(kP1), p2 = f32x4.splat(kP2)
  const p3 = f32x4.splat(kP3), p4 = f32x4.splat(kP4), p5 = f32x4.splat(kP5)
  const tail = <usize>full * sizeof<T>()
  for (let row = 0; row < rows; row++) {
    if (mode == 2) {
      let sum = v128.splat<T>(0)
      for (let i: usize = 0; i < tail; i += 16) sum = v128.add<T>(sum, v128.load(grad + i))
      if (rest) sum = v128.add<T>(sum, loadTail<T>(grad + tail, rest, 0))
      const total = v128.splat<T>(sumLanes<T>(sum))
      for (let i: usize = 0; i < tail; i += 16) {
        const e = exp<T>(v128.load(input + i), log2e, magic, high, low, p0, p1, p2, p3, p4, p5, one, lowest)
        v128.store(output + i, v128.sub<T>(v128.load(grad + i), v128.mul<T>(e, total)))
      }
      if (rest) {
        const e = exp<T>(loadTail<T>(input + tail, rest, 0), log2e, magic, high, low, p0, p1, p2, p3, p4, p5, one, lowest)
        storeTail<T>(output + tail, rest, v128.sub<T>(loadTail<T>(grad + tail, rest, 0), v128.mul<T>(e, total)))
      }
      grad += <usize>n * sizeof<T>()
    } else {
      let best = v128.splat<T>(<T>-Infinity)
      for (let i: usize = 0; i < tail; i += 16) best = v128.pmax<T>(best, v128.load(input + i))
      if (rest) best = v128.pmax<T>(best, loadTail<T>(input + tail, rest, <T>-Infinity))
      let greatest = max<T>(v128.extract_lane<T>(best, 0), v128.extract_lane<T>(best, 1))
      if (sizeof<T>() == 4) {
        greatest = max<T>(greatest, max<T>(v128.extract_lane<T>(best, 2), v128.extract_lane<T>(best, 3)))
      }
      const top = v128.splat<T>(greatest)
      let sum = v128.splat<T>(0)
      for (let i: usize = 0; i < tail; i += 16) {
        const x = v128.sub<T>(v128.load(input + i), top)
        const e = exp<T>(x, log2e, magic, high, low, p0, p1, p2, p3, p4, p5, one, lowest)
        if (mode == 0) v128.store(output + i, e)
        sum = v128.add<T>(sum, e)
      }
      if (rest) {
        const x = v128.sub<T>(loadTail<T>(input + tail, rest, <T>-Infinity), top)
        const e = exp<T>(x, log2e, magic, high, low, p0, p1, p2, p3, p4, p5, one, lowest)
        if (mode == 0) storeTail<T>(output + tail, rest, e)
        sum = v128.add<T>(sum, e)
      }
      if (mode == 0) {
        const scale = v128.splat<T>(<T>1 / sumLanes<T>(sum))
        for (let i: usize = 0; i < tail; i += 16) v128.store(output + i, v128.mul<T>(v128.load(output + i), scale))
        for (let i = tail; i < <usize>n * sizeof<T>(); i += sizeof<T>()) {
          store<T>(output + i, load<T>(output + i) * v128.extract_lane<T>(scale, 0))
        }
      } else {
        const log = <T>logOf(<f64>sumLanes<T>(sum))
        const shift = v128.splat<T>(log)
        for (let i: usize = 0; i < tail; i += 16) {
          v128.store(output + i, v128.sub<T>(v128.sub<T>(v128.load(input + i), top), shift))
        }
        for (let i = tail; i < <usize>n * sizeof<T>(); i += sizeof<T>()) {
          store<T>(output + i, load<T>(input + i) - greatest - log)
        }
      }
    }
    input += <usize>n * sizeof<T>()
    output += <usize>n * sizeof<T>()
  }
}

/** gradInput = y · (grad - Σ grad·y). */
// @ts-ignore: decorator
@inline function softmaxGradient<T>(rows: i32, n: i32, y: usize, grad: usize, out: usize): void {
  const bytes = <usize>n * sizeof<T>(), full = bytes & ~15
  for (let row = 0; row < rows; row++) {
    let dots = v128.splat<T>(0)
    for (let i: usize = 0; i < full; i += 16) dots = madd<T>(v128.load(y + i), v128.load(grad + i), dots)
    let dot = sumLanes<T>(dots)
    for (let i = full; i < bytes; i += sizeof<T>()) dot += load<T>(y + i) * load<T>(grad + i)
    const all = v128.splat<T>(dot)
    for (let i: usize = 0; i < full; i += 16) {
      v128.store(out + i, v128.mul<T>(v128.load(y + i), v128.sub<T>(v128.load(grad + i), all)))
    }
    for (let i = full; i < bytes; i += sizeof<T>()) store<T>(out + i, load<T>(y + i) * (load<T>(grad + i) - dot))
    y += bytes
    grad += bytes
    out += bytes
  }
}

export function softmaxForward_f32(rows: i32, n: i32, input: usize, output: usize): void {
  rowsOf<f32>(0, rows, n, input, 0, output)
}

export function logSoftmaxForward_f32(rows: i32, n: i32, input: usize, output: usize): void {
  rowsOf<f32>(1, rows, n, input, 0, output)
}

export function softmaxBackward_f32(rows: i32, n: i32, result: usize, grad: usize, gradInput: usize): void {
  softmaxGradient<f32>(rows, n, result, grad, gradInput)
}

export function logSoftmaxBackward_f32(rows: i32, n: i32, result: usize, grad: usize, gradInput: usize): void {
  rowsOf<f32>(2, rows, n, result, grad, gradInput)
}

export function softmaxForward_f64(rows: i32, n: i32, input: usize, output: usize): void {
  rowsOf<f64>(0, rows, n, input, 0, output)
}

export function logSoftmaxForward_f64(rows: i32, n: i32, input: usize, output: usize): void {
  rowsOf<f64>(1, rows, n, input, 0, output)
}

export function softmaxBackward_f64(rows: i32, n: i32, result: usize, grad: usize, gradInput: usize): void {
  softmaxGradient<f64>(rows, n, result, grad, gradInput)
}

export function logSoftmaxBackward_f64(rows: i32, n: i32, result: usize, grad: usize, gradInput: usize): void {
  rowsOf<f64>(2, rows, n, result, grad, gradInput)
}

