// Geometry of a 2-d convolution as sixteen i32 in memory, and copies of images with a border of zeros.

// @ts-ignore: decorator
@inline export function geometry(g: usize, i: usize): i32 {
  return load<i32>(g + (i << 2))
}

// Places in the geometry block.
// @ts-ignore: decorator
@inline export const BATCH: usize = 0
// @ts-ignore: decorator
@inline export const IN_CHANNELS: usize = 1
// @ts-ignore: decorator
@inline export const IN_H: usize = 2
// @ts-ignore: decorator
@inline export const IN_W: usize = 3
// @ts-ignore: decorator
@inline export const OUT_CHANNELS: usize = 4
// @ts-ignore: decorator
@inline export const OUT_H: usize = 5
// @ts-ignore: decorator
@inline export const OUT_W: usize = 6
// @ts-ignore: decorator
@inline export const KERNEL_H: usize = 7
// @ts-ignore: decorator
@inline export const KERNEL_W: usize = 8
// @ts-ignore: decorator
@inline export const STRIDE_H: usize = 9
// @ts-ignore: decorator
@inline export const STRIDE_W: usize = 10
// @ts-ignore: decorator
@inline export const PAD_H: usize = 11
// @ts-ignore: decorator
@inline export const PAD_W: usize = 12
// @ts-ignore: decorator
@inline export const DILATION_H: usize = 13
// @ts-ignore: decorator
@inline export const DILATION_W: usize = 14
// @ts-ignore: decorator
@inline export const GROUPS: usize = 15

// @ts-ignore: decorator
@inline function copyBytes(dst: usize, src: usize, bytes: usize): void {
  let i: usize = 0
  for (; i + 16 <= bytes; i += 16) v128.store(dst + i, v128.load(src + i))
  for (; i < bytes; i += 4) store<u32>(dst + i, load<u32>(src + i))
}

/**
 * Copies `channels` planes of h × w to planes of hp × wp, at row `top` and column `left`; what does not fit is cut off.
 * The borders are not touched: the caller zeroes them once.
 */
export function copyPlanes<T>(
  src: usize, channels: i32, h: i32, w: i32, dst: usize, hp: i32, wp: i32, top: i32, left: i32,
): void {
  const rows = min(h, hp - top)
  const bytes = <usize>(min(w, wp - left) * sizeof<T>())
  const plane = <usize>(h * w * sizeof<T>()), planeOut = <usize>(hp * wp * sizeof<T>())
  dst += <usize>((top * wp + left) * sizeof<T>())
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < rows; y++) {
      copyBytes(dst + <usize>(y * wp * sizeof<T>()), src + <usize>(y * w * sizeof<T>()), bytes)
    }
    src += plane
    dst += planeOut
  }
}
