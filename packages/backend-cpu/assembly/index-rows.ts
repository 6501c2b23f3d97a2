// indexSelect, indexCopy and indexAdd on contiguous tensors seen as [outer, dimSize, inner], with an int64 index of n.

/** The address of the first index outside [0, limit), or 0. */
// @ts-ignore: decorator
@inline function badRow(n: i32, index: usize, stride: i32, limit: i32): usize {
  for (let i = 0; i < n; i++) {
    const at = index + (<usize>(i * stride) << 3)
    if (load<u64>(at) >= <u64>limit) return at
  }
  return 0
}

// @ts-ignore: decorator
@inline function copyRow(dst: usize, src: usize, bytes: usize): void {
  if (bytes >= 512) {
    memory.copy(dst, src, bytes)
    return
  }
  let i: usize = 0
  for (; i + 16 <= bytes; i += 16) v128.store(dst + i, v128.load(src + i))
  for (; i + 4 <= bytes; i += 4) store<u32>(dst + i, load<u32>(src + i))
  for (; i < bytes; i++) store<u8>(dst + i, load<u8>(src + i))
}

/** out[o, i, :] = src[o, index[i], :]; inner in bytes. */
export function indexSelect(outer: i32, dimSize: i32, innerBytes: usize, n: i32, src: usize, index: usize, indexStride: i32, out: usize): usize {
  const bad = badRow(n, index, indexStride, dimSize)
  if (bad) return bad
  for (let o = 0; o < outer; o++) {
    let at = index
    for (let i = 0; i < n; i++) {
      copyRow(out, src + <usize>load<u32>(at) * innerBytes, innerBytes)
      out += innerBytes
      at += <usize>indexStride << 3
    }
    src += <usize>dimSize * innerBytes
  }
  return 0
}

/** self[o, index[i], :] = src[o, i, :]; inner in bytes. */
export function indexCopy(outer: i32, dimSize: i32, innerBytes: usize, n: i32, self: usize, index: usize, indexStride: i32, src: usize): usize {
  const bad = badRow(n, index, indexStride, dimSize)
  if (bad) return bad
  for (let o = 0; o < outer; o++) {
    let at = index
    for (let i = 0; i < n; i++) {
      copyRow(self + <usize>load<u32>(at) * innerBytes, src, innerBytes)
      src += innerBytes
      at += <usize>indexStride << 3
    }
    self += <usize>dimSize * innerBytes
  }
  return 0
}

/** self[o, index[i], :] += alpha · src[o, i, :]. */
// @ts-ignore: decorator
@inline function addRows<T>(outer: i32, dimSize: i32, inner: i32, n: i32, self: usize, index: usize, indexStride: i32, src: usize, alpha: T): usize {
  const bad = badRow(n, index, indexStride, dimSize)
  if (bad) return bad
  const row = <usize>inner * sizeof<T>()
  for (let o = 0; o < outer; o++) {
    let at = index
    for (let i = 0; i < n; i++) {
      const dst = self + <usize>load<u32>(at) * row
      let j: usize = 0
      if (isFloat<T>()) {
        const va = v128.splat<T>(alpha)
        for (; j + 16 <= row; j += 16) {
          v128.store(dst + j, v128.add<T>(v128.load(dst + j), v128.mul<T>(va, v128.load(src + j))))
        }
      }
      for (; j < row; j += sizeof<T>()) store<T>(dst + j, <T>(load<T>(dst + j) + alpha * load<T>(src + j)))
      src += row
      at += <usize>indexStride << 3
    }
    self += <usize>dimSize * row
  }
  return 0
}

export function indexAdd_f32(outer: i32, dimSize: i32, inner: i32, n: i32, self: usize, index: usize, indexStride: i32, src: usize, alpha: f32): usize {
  return addRows<f32>(outer, dimSize, inner, n, self, index, indexStride, src, alpha)
}

export function indexAdd_f64(outer: i32, dimSize: i32, inner: i32, n: i32, self: usize, index: usize, indexStride: i32, src: usize, alpha: f64): usize {
  return addRows<f64>(outer, dimSize, inner, n, self, index, indexStride, src, alpha)
}

export function indexAdd_i8(outer: i32, dimSize: i32, inner: i32, n: i32, self: usize, index: usize, indexStride: i32, src: usize, alpha: i8): usize {
  return addRows<i8>(outer, dimSize, inner, n, self, index, indexStride, src, alpha)
}

export function indexAdd_u8(outer: i32, dimSize: i32, inner: i32, n: i32, self: usize, index: usize, indexStride: i32, src: usize, alpha: u8): usize {
  return addRows<u8>(outer, dimSize, inner, n, self, index, indexStride, src, alpha)
}

export function indexAdd_i16(outer: i32, dimSize: i32, inner: i32, n: i32, self: usize, index: usize, indexStride: i32, src: usize, alpha: i16): usize {
  return addRows<i16>(outer, dimSize, inner, n, self, index, indexStride, src, alpha)
}

export function indexAdd_i32(outer: i32, dimSize: i32, inner: i32, n: i32, self: usize, index: usize, indexStride: i32, src: usize, alpha: i32): usize {
  return addRows<i32>(outer, dimSize, inner, n, self, index, indexStride, src, alpha)
}

export function indexAdd_i64(outer: i32, dimSize: i32, inner: i32, n: i32, self: usize, index: usize, indexStride: i32, src: usize, alpha: i64): usize {
  return addRows<i64>(outer, dimSize, inner, n, self, index, indexStride, src, alpha)
}

