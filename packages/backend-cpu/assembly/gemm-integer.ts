// C = alpha·A·B + beta·C (+ bias) for integers, which wrap around: plain loops.
import { dots } from './dots'

// @ts-ignore: decorator
@inline function strided<T>(
  n: i32, k: i32, alpha: T, a: usize, ras: i32, cas: i32, b: usize, rbs: i32, cbs: i32, beta: T, c: usize, rcs: i32,
  ccs: i32, biasCol: usize, biasRow: usize, mStart: i32, mEnd: i32,
): void {
  const size: i32 = sizeof<T>()
  dots<T>(
    mEnd - mStart, n, k, alpha, a + <usize>(mStart * ras * size), ras * size, cas * size, b, rbs * size, cbs * size, beta,
    c + <usize>(mStart * rcs * size), rcs * size, ccs * size, biasCol, biasRow ? biasRow + <usize>(mStart * size) : 0,
  )
}

export function gemm_i8(
  n: i32, k: i32, alpha: i8, a: usize, ras: i32, cas: i32, b: usize, rbs: i32, cbs: i32, beta: i8, c: usize, rcs: i32,
  ccs: i32, biasCol: usize, biasRow: usize, mStart: i32, mEnd: i32, _scratch: usize,
): void {
  strided<i8>(n, k, alpha, a, ras, cas, b, rbs, cbs, beta, c, rcs, ccs, biasCol, biasRow, mStart, mEnd)
}

export function gemm_u8(
  n: i32, k: i32, alpha: u8, a: usize, ras: i32, cas: i32, b: usize, rbs: i32, cbs: i32, beta: u8, c: usize, rcs: i32,
  ccs: i32, biasCol: usize, biasRow: usize, mStart: i32, mEnd: i32, _scratch: usize,
): void {
  strided<u8>(n, k, alpha, a, ras, cas, b, rbs, cbs, beta, c, rcs, ccs, biasCol, biasRow, mStart, mEnd)
}

export function gemm_i16(
  n: i32, k: i32, alpha: i16, a: usize, ras: i32, cas: i32, b: usize, rbs: i32, cbs: i32, beta: i16, c: usize, rcs: i32,
  ccs: i32, biasCol: usize, biasRow: usize, mStart: i32, mEnd: i32, _scratch: usize,
): void {
  strided<i16>(n, k, alpha, a, ras, cas, b, rbs, cbs, beta, c, rcs, ccs, biasCol, biasRow, mStart, mEnd)
}

export function gemm_i32(
  n: i32, k: i32, alpha: i32, a: usize, ras: i32, cas: i32, b: usize, rbs: i32, cbs: i32, beta: i32, c: usize, rcs: i32,
  ccs: i32, biasCol: usize, biasRow: usize, mStart: i32, mEnd: i32, _scratch: usize,
): void {
  strided<i32>(n, k, alpha, a, ras, cas, b, rbs, cbs, beta, c, rcs, ccs, biasCol, biasRow, mStart, mEnd)
}

export function gemm_i64(
  n: i32, k: i32, alpha: i64, a: usize, ras: i32, cas: i32, b: usize, rbs: i32, cbs: i32, beta: i64, c: usize, rcs: i32,
  ccs: i32, biasCol: usize, biasRow: usize, mStart: i32, mEnd: i32, _scratch: usize,
): void {
  strided<i64>(n, k, alpha, a, ras, cas, b, rbs, cbs, beta, c, rcs, ccs, biasCol, biasRow, mStart, mEnd)
}
