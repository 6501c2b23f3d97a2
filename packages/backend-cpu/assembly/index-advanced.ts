// Advanced indexing: the loop runs over the result's shape. Each of k int64 index tensors moves through its own dimension
// of self; it has a stride for every dimension of the result (0 where it is broadcast). Negative indices wrap.
import { advance, badIndex, count, offset, start, word } from './walk'
import { SUM, combine } from './reduce-op'

// @ts-ignore: decorator
@inline const GET: i32 = -1

/**
 * `indices`: k addresses; `indexStrides`: k rows of ndim; `sizes` and `steps`: of self's indexed dimensions.
 * Returns the address of the first index out of range, and stores which of the k it is at `scratch`; or 0.
 */
// @ts-ignore: decorator
@inline function advanced<T>(
  op: i32, ndim: i32, shape: usize, self: usize, selfStrides: usize, k: i32, indices: usize, indexStrides: usize,
  sizes: usize, steps: usize, other: usize, otherStrides: usize, scratch: usize,
): usize {
  const counters = scratch + 8
  for (let i = 0; i < k; i++) {
    const bad = badIndex(ndim, shape, word(indices, i), indexStrides + (<usize>(i * ndim) << 2), <i64>word(sizes, i), 1, counters)
    if (bad) {
      store<i32>(scratch, i)
      return bad
    }
  }
  if (count(ndim, shape) == 0) return 0
  const size: usize = sizeof<T>()
  const last = ndim - 1
  const n = ndim > 0 ? word(shape, last) : 1
  const selfStep = ndim > 0 ? <usize>word(selfStrides, last) * size : 0
  const otherStep = ndim > 0 ? <usize>word(otherStrides, last) * size : 0
  let rowwise = true // no index moves along the last dimension
  for (let i = 0; i < k; i++) if (ndim > 0 && word(indexStrides, i * ndim + last) != 0) rowwise = false
  start(ndim, counters)
  do {
    let s = self + <usize>offset(ndim, selfStrides, counters, -1) * size
    let o = other + <usize>offset(ndim, otherStrides, counters, -1) * size
    if (rowwise) s += <usize>target(ndim, k, indices, indexStrides, sizes, steps, counters, 0) * size
    for (let j = 0; j < n; j++) {
      const at = rowwise ? s : s + <usize>target(ndim, k, indices, indexStrides, sizes, steps, counters, j) * size
      if (op == GET) store<T>(o, load<T>(at))
      else store<T>(at, combine<T>(op, load<T>(at), load<T>(o)))
      s += selfStep
      o += otherStep
    }
  } while (advance(ndim, shape, counters))
  return 0
}

/** Elements that the indices at this position of the result move in self. */
function target(ndim: i32, k: i32, indices: usize, indexStrides: usize, sizes: usize, steps: usize, counters: usize, j: i32): i32 {
  let sum = 0
  for (let i = 0; i < k; i++) {
    const strides = indexStrides + (<usize>(i * ndim) << 2)
    let at = offset(ndim, strides, counters, -1)
    if (j > 0) at += j * word(strides, ndim - 1)
    let value = load<i32>(<usize>word(indices, i) + (<usize>at << 3))
    if (value < 0) value += word(sizes, i)
    sum += value * word(steps, i)
  }
  return sum
}

export function indexGet_1(ndim: i32, shape: usize, self: usize, selfStrides: usize, k: i32, indices: usize, indexStrides: usize, sizes: usize, steps: usize, out: usize, outStrides: usize, scratch: usize): usize {
  return advanced<u8>(GET, ndim, shape, self, selfStrides, k, indices, indexStrides, sizes, steps, out, outStrides, scratch)
}

export function indexPut_1(ndim: i32, shape: usize, self: usize, selfStrides: usize, k: i32, indices: usize, indexStrides: usize, sizes: usize, steps: usize, src: usize, srcStrides: usize, scratch: usize): usize {
  return advanced<u8>(0, ndim, shape, self, selfStrides, k, indices, indexStrides, sizes, steps, src, srcStrides, scratch)
}

export function indexGet_2(ndim: i32, shape: usize, self: usize, selfStrides: usize, k: i32, indices: usize, indexStrides: usize, sizes: usize, steps: usize, out: usize, outStrides: usize, scratch: usize): usize {
  return advanced<u16>(GET, ndim, shape, self, selfStrides, k, indices, indexStrides, sizes, steps, out, outStrides, scratch)
}

export function indexPut_2(ndim: i32, shape: usize, self: usize, selfStrides: usize, k: i32, indices: usize, indexStrides: usize, sizes: usize, steps: usize, src: usize, srcStrides: usize, scratch: usize): usize {
  return advanced<u16>(0, ndim, shape, self, selfStrides, k, indices, indexStrides, sizes, steps, src, srcStrides, scratch)
}

export function indexGet_4(ndim: i32, shape: usize, self: usize, selfStrides: usize, k: i32, indices: usize, indexStrides: usize, sizes: usize, steps: usize, out: usize, outStrides: usize, scratch: usize): usize {
  return advanced<u32>(GET, ndim, shape, self, selfStrides, k, indices, indexStrides, sizes, steps, out, outStrides, scratch)
}

export function indexPut_4(ndim: i32, shape: usize, self: usize, selfStrides: usize, k: i32, indices: usize, indexStrides: usize, sizes: usize, steps: usize, src: usize, srcStrides: usize, scratch: usize): usize {
  return advanced<u32>(0, ndim, shape, self, selfStrides, k, indices, indexStrides, sizes, steps, src, srcStrides, scratch)
}

export function indexGet_8(ndim: i32, shape: usize, self: usize, selfStrides: usize, k: i32, indices: usize, indexStrides: usize, sizes: usize, steps: usize, out: usize, outStrides: usize, scratch: usize): usize {
  return advanced<u64>(GET, ndim, shape, self, selfStrides, k, indices, indexStrides, sizes, steps, out, outStrides, scratch)
}

export function indexPut_8(ndim: i32, shape: usize, self: usize, selfStrides: usize, k: i32, indices: usize, indexStrides: usize, sizes: usize, steps: usize, src: usize, srcStrides: usize, scratch: usize): usize {
  return advanced<u64>(0, ndim, shape, self, selfStrides, k, indices, indexStrides, sizes, steps, src, srcStrides, scratch)
}

export function indexPutAdd_f32(ndim: i32, shape: usize, self: usize, selfStrides: usize, k: i32, indices: usize, indexStrides: usize, sizes: usize, steps: usize, src: usize, srcStrides: usize, scratch: usize): usize {
  return advanced<f32>(SUM, ndim, shape, self, selfStrides, k, indices, indexStrides, sizes, steps, src, srcStrides, scratch)
}

export function indexPutAdd_f64(ndim: i32, shape: usize, self: usize, selfStrides: usize, k: i32, indices: usize, indexStrides: usize, sizes: usize, steps: usize, src: usize, srcStrides: usize, scratch: usize): usize {
  return advanced<f64>(SUM, ndim, shape, self, selfStrides, k, indices, indexStrides, sizes, steps, src, srcStrides, scratch)
}

export function indexPutAdd_i8(ndim: i32, shape: usize, self: usize, selfStrides: usize, k: i32, indices: usize, indexStrides: usize, sizes: usize, steps: usize, src: usize, srcStrides: usize, scratch: usize): usize {
  return advanced<i8>(SUM, ndim, shape, self, selfStrides, k, indices, indexStrides, sizes, steps, src, srcStrides, scratch)
}

export function indexPutAdd_u8(ndim: i32, shape: usize, self: usize, selfStrides: usize, k: i32, indices: usize, indexStrides: usize, sizes: usize, steps: usize, src: usize, srcStrides: usize, scratch: usize): usize {
  return advanced<u8>(SUM, ndim, shape, self, selfStrides, k, indices, indexStrides, sizes, steps, src, srcStrides, scratch)
}

export function indexPutAdd_i16(ndim: i32, shape: usize, self: usize, selfStrides: usize, k: i32, indices: usize, indexStrides: usize, sizes: usize, steps: usize, src: usize, srcStrides: usize, scratch: usize): usize {
  return advanced<i16>(SUM, ndim, shape, self, selfStrides, k, indices, indexStrides, sizes, steps, src, srcStrides, scratch)
}

export function indexPutAdd_i32(ndim: i32, shape: usize, self: usize, selfStrides: usize, k: i32, indices: usize, indexStrides: usize, sizes: usize, steps: usize, src: usize, srcStrides: usize, scratch: usize): usize {
  return advanced<i32>(SUM, ndim, shape, self, selfStrides, k, indices, indexStrides, sizes, steps, src, srcStrides, scratch)
}

export function indexPutAdd_i64(ndim: i32, shape: usize, self: usize, selfStrides: usize, k: i32, indices: usize, indexStrides: usize, sizes: usize, steps: usize, src: usize, srcStrides: usize, scratch: usize): usize {
  return advanced<i64>(SUM, ndim, shape, self, selfStrides, k, indices, indexStrides, sizes, steps, src, srcStrides, scratch)
}

