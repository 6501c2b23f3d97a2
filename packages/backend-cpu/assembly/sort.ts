// Stable sort, topk and kthvalue of the rows of a contiguous [rows, n] tensor. Every dtype maps to unsigned keys of the same
// order (NaN the greatest, -0 equal to 0); the keys are sorted with their positions: by insertion when few, else by radix.
// A small part of a long row is not sorted out of it but selected, digit by digit from the highest.

/** The unsigned key of a value: K is u32, or u64 for the 8-byte types. */
// @ts-ignore: decorator
@inline function keyOf<T, K>(at: usize, flip: K): K {
  let key: K
  if (isFloat<T>()) {
    const x = load<T>(at)
    if (x != x) key = <K>-1
    else if (sizeof<T>() == 4) {
      const bits = reinterpret<u32>(<f32>(x + <T>0)) // -0 + 0 = 0
      key = <K>(bits & 0x80000000 ? ~bits : bits | 0x80000000)
    } else {
      const bits = reinterpret<u64>(<f64>(x + <T>0))
      key = <K>(bits & 0x8000000000000000 ? ~bits : bits | 0x8000000000000000)
    }
  } else if (isSigned<T>()) {
    key = <K>(<K>load<T>(at) ^ (<K>1 << <K>(sizeof<K>() * 8 - 1)))
  } else {
    key = <K>load<T>(at)
  }
  return key ^ flip
}

/** Bytes of scratch for sort and topk of rows of n elements. */
export function sortScratch(n: i32, size: i32): usize {
  const keyBytes: usize = size == 8 ? 8 : 4
  return <usize>n * (keyBytes + 4) * 2 + 8 * 1024 + 64
}

function insertion<K>(n: i32, keys: usize, order: usize): void {
  for (let i = 1; i < n; i++) {
    const key = load<K>(keys + <usize>(i * sizeof<K>()))
    const from = load<u32>(order + (<usize>i << 2))
    let j = i - 1
    while (j >= 0 && load<K>(keys + <usize>(j * sizeof<K>())) > key) {
      store<K>(keys + <usize>((j + 1) * sizeof<K>()), load<K>(keys + <usize>(j * sizeof<K>())))
      store<u32>(order + (<usize>(j + 1) << 2), load<u32>(order + (<usize>j << 2)))
      j--
    }
    store<K>(keys + <usize>((j + 1) * sizeof<K>()), key)
    store<u32>(order + (<usize>(j + 1) << 2), from)
  }
}

/** Sorts keys with their order; returns 1 where the result lies in the second buffers. */
function radix<K>(n: i32, keys: usize, order: usize, keys2: usize, order2: usize, counts: usize): i32 {
  const digits: i32 = sizeof<K>()
  memory.fill(counts, 0, <usize>digits << 10)
  for (let i = 0; i < n; i++) {
    let key = load<K>(keys + <usize>(i * sizeof<K>()))
    for (let d = 0; d < digits; d++) {
      const at = counts + (<usize>d << 10) + (<usize>(key & <K>255) << 2)
      store<u32>(at, load<u32>(at) + 1)
      key = key >> <K>8
    }
  }
  let swapped = 0
  for (let d = 0; d < digits; d++) {
    const table = counts + (<usize>d << 10)
    const shift = <K>(d * 8)
    // a digit that is the same everywhere needs no pass
    const some = <usize>((load<K>(keys) >> shift) & <K>255)
    if (load<i32>(table + (some << 2)) == n) continue
    let sum: u32 = 0
    for (let i: usize = 0; i < 1024; i += 4) {
      const c = load<u32>(table + i)
      store<u32>(table + i, sum)
      sum += c
    }
    for (let i = 0; i < n; i++) {
      const key = load<K>(keys + <usize>(i * sizeof<K>()))
      const at = table + (<usize>((key >> shift) & <K>255) << 2)
      const to = <usize>load<u32>(at)
      store<u32>(at, <u32>to + 1)
      store<K>(keys2 + to * sizeof<K>(), key)
      store<u32>(order2 + (to << 2), load<u32>(order + (<usize>i << 2)))
    }
    let t = keys
    keys = keys2
    keys2 = t
    t = order
    order = order2
    order2 = t
    swapped ^= 1
  }
  return swapped
}

function sortKeys<K>(n: i32, keys: usize, order: usize, keys2: usize, order2: usize, counts: usize): usize {
  if (n <= 48) {
    insertion<K>(n, keys, order)
    return order
  }
  return radix<K>(n, keys, order, keys2, order2, counts) ? order2 : order
}

// What keyAt answers besides.
let equalBefore: i32 = 0
/** The key at a place in order, and how many equal ones come before that place. The keys stay as they are. */
function keyAt<K>(n: i32, place: i32, keys: usize, rest: usize, counts: usize): K {
  let found: K = 0
  let shift: i32 = sizeof<K>() << 3
  while (shift > 0) {
    const width: i32 = min(11, shift)
    shift -= width
    const mask = (<K>1 << <K>width) - 1
    memory.fill(counts, 0, 8192)
    for (let i = 0; i < n; i++) {
      const at = counts + (<usize>((load<K>(keys + <usize>(i * sizeof<K>())) >> <K>shift) & mask) << 2)
      store<u32>(at, load<u32>(at) + 1)
    }
    let digit: usize = 0
    for (; ; digit++) {
      const here = load<i32>(counts + (digit << 2))
      if (place < here) break
      place -= here
    }
    found |= <K>digit << <K>shift
    // those with this digit decide by the next
    let kept = 0
    for (let i = 0; i < n; i++) {
      const key = load<K>(keys + <usize>(i * sizeof<K>()))
      store<K>(rest + <usize>(kept * sizeof<K>()), key)
      kept += i32(((key >> <K>shift) & mask) == <K>digit)
    }
    keys = rest
    n = kept
  }
  equalBefore = place
  return found
}

/** Whether none of the elements in 64 bytes can come before one of value `last`; NaN in either: it may. */
// @ts-ignore: decorator
@inline function allAfter<T>(at: usize, last: v128, descending: i32): bool {
  if (descending) {
    return v128.all_true<i8>(
      v128.and(
        v128.and(v128.le<T>(v128.load(at), last), v128.le<T>(v128.load(at, 16), last)),
        v128.and(v128.le<T>(v128.load(at, 32), last), v128.le<T>(v128.load(at, 48), last)),
      ),
    )
  }
  return v128.all_true<i8>(
    v128.and(
      v128.and(v128.ge<T>(v128.load(at), last), v128.ge<T>(v128.load(at, 16), last)),
      v128.and(v128.ge<T>(v128.load(at, 32), last), v128.ge<T>(v128.load(at, 48), last)),
    ),
  )
}

/**
 * The best k so far, in order, while the row is gone over; a later equal does not displace an earlier one. Answers false, with
 * nothing to be used, if too many would have to be moved for it.
 */
function hold<T, K>(n: i32, k: i32, descending: i32, flip: K, input: usize, keys: usize, order: usize): bool {
  const size: usize = sizeof<T>()
  const step: i32 = 64 / sizeof<T>()
  let held = 0
  let moved: i64 = 0
  let i = 0
  while (i < n) {
    if (held == k) {
      const last = v128.splat<T>(load<T>(input + <usize>load<u32>(order + (<usize>(k - 1) << 2)) * size))
      while (i + step <= n && allAfter<T>(input + <usize>i * size, last, descending)) i += step
    }
    for (const end = min(n, i + step); i < end; i++) {
      const key = keyOf<T, K>(input + <usize>i * size, flip)
      if (held == k && key >= load<K>(keys + <usize>((k - 1) * sizeof<K>()))) continue
      const from = held < k ? held++ : k - 1
      let j = from - 1
      while (j >= 0 && load<K>(keys + <usize>(j * sizeof<K>())) > key) {
        store<K>(keys + <usize>((j + 1) * sizeof<K>()), load<K>(keys + <usize>(j * sizeof<K>())))
        store<u32>(order + (<usize>(j + 1) << 2), load<u32>(order + (<usize>j << 2)))
        j--
      }
      store<K>(keys + <usize>((j + 1) * sizeof<K>()), key)
      store<u32>(order + (<usize>(j + 1) << 2), i)
      moved += from - 1 - j
    }
    if (n >= 256 && moved > n) return false
  }
  return true
}

/** The first k of the sorted row: all of it for sort, the best for topk. */
function leading<T, K>(rows: i32, n: i32, k: i32, descending: i32, input: usize, values: usize, indices: usize, scratch: usize): void {
  const size: usize = sizeof<T>()
  const flip: K = descending ? <K>-1 : <K>0
  const counts = (scratch + 15) & ~15
  const keys = counts + 8192
  const keys2 = keys + <usize>(n * sizeof<K>())
  const order = keys2 + <usize>(n * sizeof<K>())
  const order2 = order + (<usize>n << 2)
  for (let row = 0; row < rows; row++) {
    let sorted = order
    // values in no order cause about k² · ln(n / k) / 2 moves
    const isFew = n < 256 ? k < n && k <= 64 : <i64>k * k * 4 <= n
    if (isFew && hold<T, K>(n, k, descending, flip, input, keys, order)) {
      // they are in order
    } else if (n >= 256 && k <= n >> 2) {
      for (let i = 0; i < n; i++)
        store<K>(keys + <usize>(i * sizeof<K>()), keyOf<T, K>(input + <usize>i * size, flip))
      const last = keyAt<K>(n, k - 1, keys, keys2, counts)
      let equal = equalBefore + 1
      let held = 0
      for (let i = 0; i < n; i++) {
        const key = load<K>(keys + <usize>(i * sizeof<K>()))
        if (key > last) continue
        if (key == last && equal-- <= 0) continue
        store<K>(keys + <usize>(held * sizeof<K>()), key)
        store<u32>(order + (<usize>held << 2), i)
        held++
      }
      sorted = sortKeys<K>(k, keys, order, keys2, order2, counts)
    } else {
      for (let i = 0; i < n; i++) {
        store<K>(keys + <usize>(i * sizeof<K>()), keyOf<T, K>(input + <usize>i * size, flip))
        store<u32>(order + (<usize>i << 2), i)
      }
      sorted = sortKeys<K>(n, keys, order, keys2, order2, counts)
    }
    for (let i = 0; i < k; i++) {
      const from = load<u32>(sorted + (<usize>i << 2))
      if (values) store<T>(values + <usize>i * size, load<T>(input + <usize>from * size))
      store<i64>(indices + (<usize>i << 3), <i64>from)
    }
    input += <usize>n * size
    if (values) values += <usize>k * size
    indices += <usize>k << 3
  }
}

export function topk_f32(rows: i32, n: i32, k: i32, largest: i32, input: usize, values: usize, indices: usize, scratch: usize): void {
  leading<f32, u32>(rows, n, k, largest, input, values, indices, scratch)
}

export function topk_f64(rows: i32, n: i32, k: i32, largest: i32, input: usize, values: usize, indices: usize, scratch: usize): void {
  leading<f64, u64>(rows, n, k, largest, input, values, indices, scratch)
}

export function topk_i8(rows: i32, n: i32, k: i32, largest: i32, input: usize, values: usize, indices: usize, scratch: usize): void {
  leading<i8, u32>(rows, n, k, largest, input, values, indices, scratch)
}

export function topk_u8(rows: i32, n: i32, k: i32, largest: i32, input: usize, values: usize, indices: usize, scratch: usize): void {
  leading<u8, u32>(rows, n, k, largest, input, values, indices, scratch)
}

export function topk_i16(rows: i32, n: i32, k: i32, largest: i32, input: usize, values: usize, indices: usize, scratch: usize): void {
  leading<i16, u32>(rows, n, k, largest, input, values, indices, scratch)
}

export function topk_i32(rows: i32, n: i32, k: i32, largest: i32, input: usize, values: usize, indices: usize, scratch: usize): void {
  leading<i32, u32>(rows, n, k, largest, input, values, indices, scratch)
}

export function topk_i64(rows: i32, n: i32, k: i32, largest: i32, input: usize, values: usize, indices: usize, scratch: usize): void {
  leading<i64, u64>(rows, n, k, largest, input, values, indices, scratch)
}

/** The element at a place of the sorted row, and its position. */
function atPlace<T, K>(rows: i32, n: i32, places: usize, input: usize, values: usize, indices: usize, scratch: usize): void {
  const size: usize = sizeof<T>()
  const counts = (scratch + 15) & ~15
  const keys = counts + 8192
  const keys2 = keys + <usize>(n * sizeof<K>())
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < n; i++) store<K>(keys + <usize>(i * sizeof<K>()), keyOf<T, K>(input + <usize>i * size, 0))
    const key = keyAt<K>(n, <i32>load<i64>(places), keys, keys2, counts)
    let at = -1
    for (let before = equalBefore; before >= 0; before--) {
      at++
      while (load<K>(keys + <usize>(at * sizeof<K>())) != key) at++
    }
    store<T>(values, load<T>(input + <usize>at * size))
    store<i64>(indices, at)
    input += <usize>n * size
    values += size
    indices += 8
    places += 8
  }
}

export function kthvalue_f32(rows: i32, n: i32, places: usize, input: usize, values: usize, indices: usize, scratch: usize): void {
  atPlace<f32, u32>(rows, n, places, input, values, indices, scratch)
}

export function kthvalue_f64(rows: i32, n: i32, places: usize, input: usize, values: usize, indices: usize, scratch: usize): void {
  atPlace<f64, u64>(rows, n, places, input, values, indices, scratch)
}

export function kthvalue_i8(rows: i32, n: i32, places: usize, input: usize, values: usize, indices: usize, scratch: usize): void {
  atPlace<i8, u32>(rows, n, places, input, values, indices, scratch)
}

export function kthvalue_u8(rows: i32, n: i32, places: usize, input: usize, values: usize, indices: usize, scratch: usize): void {
  atPlace<u8, u32>(rows, n, places, input, values, indices, scratch)
}

export function kthvalue_i16(rows: i32, n: i32, places: usize, input: usize, values: usize, indices: usize, scratch: usize): void {
  atPlace<i16, u32>(rows, n, places, input, values, indices, scratch)
}

export function kthvalue_i32(rows: i32, n: i32, places: usize, input: usize, values: usize, indices: usize, scratch: usize): void {
  atPlace<i32, u32>(rows, n, places, input, values, indices, scratch)
}

export function kthvalue_i64(rows: i32, n: i32, places: usize, input: usize, values: usize, indices: usize, scratch: usize): void {
  atPlace<i64, u64>(rows, n, places, input, values, indices, scratch)
}
