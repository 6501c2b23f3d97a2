// gather and scatter along a dimension, over strided tensors. The loop runs over the shape of the index; `moved` is the
// tensor that the index points into, `other` the one that has the index's shape. Strides count elements.
import { advance, badIndex, count, offset, start, word } from './walk'
import { combine } from './reduce-op'

// @ts-ignore: decorator
@inline function along<T>(
  gather: bool, op: i32, ndim: i32, shape: usize, dim: i32, dimSize: i32, moved: usize, movedStrides: usize, index: usize,
  indexStrides: usize, other: usize, otherStrides: usize, counters: usize,
): usize {
  const bad = badIndex(ndim, shape, index, indexStrides, <i64>dimSize, 0, counters)
  if (bad || count(ndim, shape) == 0) return bad
  const last = ndim - 1
  const n = ndim > 0 ? word(shape, last) : 1
  const size: usize = sizeof<T>()
  const dimStep = ndim > 0 ? <usize>word(movedStrides, dim) * size : 0
  const movedStep = ndim > 0 && dim != last ? <usize>word(movedStrides, last) * size : 0
  const indexStep = ndim > 0 ? <usize>word(indexStrides, last) << 3 : 0
  const otherStep = ndim > 0 ? <usize>word(otherStrides, last) * size : 0
  start(ndim, counters)
  do {
    let m = moved + <usize>offset(ndim, movedStrides, counters, dim) * size
    let i = index + (<usize>offset(ndim, indexStrides, counters, -1) << 3)
    let o = other + <usize>offset(ndim, otherStrides, counters, -1) * size
    for (let j = 0; j < n; j++) {
      const at = m + <usize>load<i32>(i) * dimStep
      if (gather) store<T>(o, load<T>(at))
      else store<T>(at, combine<T>(op, load<T>(at), load<T>(o)))
      m += movedStep
      i += indexStep
      o += otherStep
    }
  } while (advance(ndim, shape, counters))
  return 0
}

export function gather_1(ndim: i32, shape: usize, dim: i32, dimSize: i32, self: usize, selfStrides: usize, index: usize, indexStrides: usize, out: usize, outStrides: usize, scratch: usize): usize {
  return along<u8>(true, 0, ndim, shape, dim, dimSize, self, selfStrides, index, indexStrides, out, outStrides, scratch)
}

export function scatter_1(ndim: i32, shape: usize, dim: i32, dimSize: i32, self: usize, selfStrides: usize, index: usize, indexStrides: usize, src: usize, srcStrides: usize, scratch: usize): usize {
  return along<u8>(false, 0, ndim, shape, dim, dimSize, self, selfStrides, index, indexStrides, src, srcStrides, scratch)
}

export function gather_2(ndim: i32, shape: usize, dim: i32, dimSize: i32, self: usize, selfStrides: usize, index: usize, indexStrides: usize, out: usize, outStrides: usize, scratch: usize): usize {
  return along<u16>(true, 0, ndim, shape, dim, dimSize, self, selfStrides, index, indexStrides, out, outStrides, scratch)
}

export function scatter_2(ndim: i32, shape: usize, dim: i32, dimSize: i32, self: usize, selfStrides: usize, index: usize, indexStrides: usize, src: usize, srcStrides: usize, scratch: usize): usize {
  return along<u16>(false, 0, ndim, shape, dim, dimSize, self, selfStrides, index, indexStrides, src, srcStrides, scratch)
}

export function gather_4(ndim: i32, shape: usize, dim: i32, dimSize: i32, self: usize, selfStrides: usize, index: usize, indexStrides: usize, out: usize, outStrides: usize, scratch: usize): usize {
  return along<u32>(true, 0, ndim, shape, dim, dimSize, self, selfStrides, index, indexStrides, out, outStrides, scratch)
}

export function scatter_4(ndim: i32, shape: usize, dim: i32, dimSize: i32, self: usize, selfStrides: usize, index: usize, indexStrides: usize, src: usize, srcStrides: usize, scratch: usize): usize {
  return along<u32>(false, 0, ndim, shape, dim, dimSize, self, selfStrides, index, indexStrides, src, srcStrides, scratch)
}

export function gather_8(ndim: i32, shape: usize, dim: i32, dimSize: i32, self: usize, selfStrides: usize, index: usize, indexStrides: usize, out: usize, outStrides: usize, scratch: usize): usize {
  return along<u64>(true, 0, ndim, shape, dim, dimSize, self, selfStrides, index, indexStrides, out, outStrides, scratch)
}

export function scatter_8(ndim: i32, shape: usize, dim: i32, dimSize: i32, self: usize, selfStrides: usize, index: usize, indexStrides: usize, src: usize, srcStrides: usize, scratch: usize): usize {
  return along<u64>(false, 0, ndim, shape, dim, dimSize, self, selfStrides, index, indexStrides, src, srcStrides, scratch)
}

export function scatterReduce_f32(op: i32, ndim: i32, shape: usize, dim: i32, dimSize: i32, self: usize, selfStrides: usize, index: usize, indexStrides: usize, src: usize, srcStrides: usize, scratch: usize): usize {
  return along<f32>(false, op, ndim, shape, dim, dimSize, self, selfStrides, index, indexStrides, src, srcStrides, scratch)
}

export function scatterReduce_f64(op: i32, ndim: i32, shape: usize, dim: i32, dimSize: i32, self: usize, selfStrides: usize, index: usize, indexStrides: usize, src: usize, srcStrides: usize, scratch: usize): usize {
  return along<f64>(false, op, ndim, shape, dim, dimSize, self, selfStrides, index, indexStrides, src, srcStrides, scratch)
}

export function scatterReduce_i8(op: i32, ndim: i32, shape: usize, dim: i32, dimSize: i32, self: usize, selfStrides: usize, index: usize, indexStrides: usize, src: usize, srcStrides: usize, scratch: usize): usize {
  return along<i8>(false, op, ndim, shape, dim, dimSize, self, selfStrides, index, indexStrides, src, srcStrides, scratch)
}

export function scatterReduce_u8(op: i32, ndim: i32, shape: usize, dim: i32, dimSize: i32, self: usize, selfStrides: usize, index: usize, indexStrides: usize, src: usize, srcStrides: usize, scratch: usize): usize {
  return along<u8>(false, op, ndim, shape, dim, dimSize, self, selfStrides, index, indexStrides, src, srcStrides, scratch)
}

export function scatterReduce_i16(op: i32, ndim: i32, shape: usize, dim: i32, dimSize: i32, self: usize, selfStrides: usize, index: usize, indexStrides: usize, src: usize, srcStrides: usize, scratch: usize): usize {
  return along<i16>(false, op, ndim, shape, dim, dimSize, self, selfStrides, index, indexStrides, src, srcStrides, scratch)
}

export function scatterReduce_i32(op: i32, ndim: i32, shape: usize, dim: i32, dimSize: i32, self: usize, selfStrides: usize, index: usize, indexStrides: usize, src: usize, srcStrides: usize, scratch: usize): usize {
  return along<i32>(false, op, ndim, shape, dim, dimSize, self, selfStrides, index, indexStrides, src, srcStrides, scratch)
}

export function scatterReduce_i64(op: i32, ndim: i32, shape: usize, dim: i32, dimSize: i32, self: usize, selfStrides: usize, index: usize, indexStrides: usize, src: usize, srcStrides: usize, scratch: usize): usize {
  return along<i64>(false, op, ndim, shape, dim, dimSize, self, selfStrides, index, indexStrides, src, srcStrides, scratch)
}

