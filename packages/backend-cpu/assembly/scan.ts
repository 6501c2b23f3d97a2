// Running sums, products and extrema along the middle dimension of contiguous [outer, n, inner] tensors.

/** A is the accumulator: float32 sums in float64, as PyTorch. */
// @ts-ignore: decorator
@inline function accumulate<T, A>(product: bool, outer: i32, n: i32, inner: i32, src: usize, dst: usize): void {
  const step = <usize>inner * sizeof<T>()
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      let from = src + <usize>i * sizeof<T>(), to = dst + <usize>i * sizeof<T>()
      let sum: A = product ? <A>1 : <A>0
      for (let j = 0; j < n; j++) {
        if (product) sum *= <A>load<T>(from)
        else sum += <A>load<T>(from)
        store<T>(to, <T>sum)
        from += step
        to += step
      }
    }
    src += <usize>n * step
    dst += <usize>n * step
  }
}

/** As PyTorch: an equal value moves the index on, and so does a NaN. */
// @ts-ignore: decorator
@inline function extremum<T>(max: bool, outer: i32, n: i32, inner: i32, src: usize, values: usize, indices: usize): void {
  const step = <usize>inner * sizeof<T>()
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      let from = src + <usize>i * sizeof<T>(), to = values + <usize>i * sizeof<T>(), at = indices + (<usize>i << 3)
      let best = n > 0 ? load<T>(from) : <T>0
      let where = 0
      for (let j = 0; j < n; j++) {
        const x = load<T>(from)
        if (x != x || (best == best && (max ? x >= best : x <= best))) {
          best = x
          where = j
        }
        store<T>(to, best)
        store<i64>(at, <i64>where)
        from += step
        to += step
        at += <usize>inner << 3
      }
    }
    src += <usize>n * step
    values += <usize>n * step
    indices += <usize>(n * inner) << 3
  }
}

export function cumsum_f32(outer: i32, n: i32, inner: i32, src: usize, dst: usize): void {
  accumulate<f32, f64>(false, outer, n, inner, src, dst)
}

export function cumprod_f32(outer: i32, n: i32, inner: i32, src: usize, dst: usize): void {
  accumulate<f32, f64>(true, outer, n, inner, src, dst)
}

export function cummax_f32(outer: i32, n: i32, inner: i32, src: usize, values: usize, indices: usize): void {
  extremum<f32>(true, outer, n, inner, src, values, indices)
}

export function cummin_f32(outer: i32, n: i32, inner: i32, src: usize, values: usize, indices: usize): void {
  extremum<f32>(false, outer, n, inner, src, values, indices)
}

export function cumsum_f64(outer: i32, n: i32, inner: i32, src: usize, dst: usize): void {
  accumulate<f64, f64>(false, outer, n, inner, src, dst)
}

export function cumprod_f64(outer: i32, n: i32, inner: i32, src: usize, dst: usize): void {
  accumulate<f64, f64>(true, outer, n, inner, src, dst)
}

export function cummax_f64(outer: i32, n: i32, inner: i32, src: usize, values: usize, indices: usize): void {
  extremum<f64>(true, outer, n, inner, src, values, indices)
}

export function cummin_f64(outer: i32, n: i32, inner: i32, src: usize, values: usize, indices: usize): void {
  extremum<f64>(false, outer, n, inner, src, values, indices)
}

export function cumsum_i32(outer: i32, n: i32, inner: i32, src: usize, dst: usize): void {
  accumulate<i32, i32>(false, outer, n, inner, src, dst)
}

export function cumprod_i32(outer: i32, n: i32, inner: i32, src: usize, dst: usize): void {
  accumulate<i32, i32>(true, outer, n, inner, src, dst)
}

export function cummax_i32(outer: i32, n: i32, inner: i32, src: usize, values: usize, indices: usize): void {
  extremum<i32>(true, outer, n, inner, src, values, indices)
}

export function cummin_i32(outer: i32, n: i32, inner: i32, src: usize, values: usize, indices: usize): void {
  extremum<i32>(false, outer, n, inner, src, values, indices)
}

export function cumsum_i64(outer: i32, n: i32, inner: i32, src: usize, dst: usize): void {
  accumulate<i64, i64>(false, outer, n, inner, src, dst)
}

export function cumprod_i64(outer: i32, n: i32, inner: i32, src: usize, dst: usize): void {
  accumulate<i64, i64>(true, outer, n, inner, src, dst)
}

export function cummax_i64(outer: i32, n: i32, inner: i32, src: usize, values: usize, indices: usize): void {
  extremum<i64>(true, outer, n, inner, src, values, indices)
}

export function cummin_i64(outer: i32, n: i32, inner: i32, src: usize, values: usize, indices: usize): void {
  extremum<i64>(false, outer, n, inner, src, values, indices)
}

