// Walking strided tensors of any rank: an odometer over the outer dimensions, whose counters the caller's scratch holds.

// @ts-ignore: decorator
@inline export function word(pointer: usize, i: i32): i32 {
  return load<i32>(pointer + (<usize>i << 2))
}

/** Product of the sizes. */
export function count(ndim: i32, shape: usize): i32 {
  let n = 1
  for (let d = 0; d < ndim; d++) n *= word(shape, d)
  return n
}

/** Zeroes the counters. */
export function start(ndim: i32, counters: usize): void {
  for (let d = 0; d < ndim; d++) store<i32>(counters + (<usize>d << 2), 0)
}

/** Steps the odometer over the dimensions before the last; false at the end. */
export function advance(ndim: i32, shape: usize, counters: usize): bool {
  for (let d = ndim - 2; d >= 0; d--) {
    const at = counters + (<usize>d << 2)
    const next = load<i32>(at) + 1
    if (next < word(shape, d)) {
      store<i32>(at, next)
      return true
    }
    store<i32>(at, 0)
  }
  return false
}

/** Elements from the base to where the counters stand, leaving out dimension `skip`. */
export function offset(ndim: i32, strides: usize, counters: usize, skip: i32): i32 {
  let sum = 0
  for (let d = 0; d < ndim - 1; d++) if (d != skip) sum += word(strides, d) * word(counters, d)
  return sum
}

/**
 * The address of the first index that is not in [0, limit) (or, with `wrap`, in [-limit, limit)), or 0. A dimension of
 * stride 0 is looked at once.
 */
export function badIndex(ndim: i32, shape: usize, index: usize, strides: usize, limit: i64, wrap: i32, counters: usize): usize {
  if (count(ndim, shape) == 0) return 0
  start(ndim, counters)
  const n = ndim > 0 ? word(shape, ndim - 1) : 1
  const step = ndim > 0 ? word(strides, ndim - 1) : 0
  const inner = step == 0 ? 1 : n
  const low: i64 = wrap ? -limit : 0
  do {
    let at = index + (<usize>offset(ndim, strides, counters, -1) << 3)
    for (let i = 0; i < inner; i++) {
      const value = load<i64>(at)
      if (value < low || value >= limit) return at
      at += <usize>step << 3
    }
  } while (advanceDistinct(ndim, shape, strides, counters))
  return 0
}

function advanceDistinct(ndim: i32, shape: usize, strides: usize, counters: usize): bool {
  for (let d = ndim - 2; d >= 0; d--) {
    if (word(strides, d) == 0) continue
    const at = counters + (<usize>d << 2)
    const next = load<i32>(at) + 1
    if (next < word(shape, d)) {
      store<i32>(at, next)
      return true
    }
    store<i32>(at, 0)
  }
  return false
}
