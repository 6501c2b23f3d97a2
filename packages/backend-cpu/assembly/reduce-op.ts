// The ways in which scattered values meet.

// @ts-ignore: decorator
@inline export const REPLACE: i32 = 0
// @ts-ignore: decorator
@inline export const SUM: i32 = 1
// @ts-ignore: decorator
@inline export const PROD: i32 = 2
// @ts-ignore: decorator
@inline export const AMAX: i32 = 3
// @ts-ignore: decorator
@inline export const AMIN: i32 = 4

/** old ∘ new; the extrema let NaN through. */
// @ts-ignore: decorator
@inline export function combine<T>(op: i32, a: T, b: T): T {
  if (op == SUM) return <T>(a + b)
  if (op == PROD) return <T>(a * b)
  if (op == AMAX) return a > b || a != a ? a : b
  if (op == AMIN) return a < b || a != a ? a : b
  return b
}
