// Single complex numbers, for the parts of algorithms that take no time.

/** re + i im. */
export interface Scalar {
  readonly re: number
  readonly im: number
}

/** x y */
export const times = (x: Scalar, y: Scalar): Scalar => ({
  re: x.re * y.re - x.im * y.im,
  im: x.re * y.im + x.im * y.re,
})
/** x − y */
export const minus = (x: Scalar, y: Scalar): Scalar => ({ re: x.re - y.re, im: x.im - y.im })
/** The conjugate. */
export const conjugateOf = ({ re, im }: Scalar): Scalar => ({ re, im: -im })
/** |re| + |im|, which LAPACK compares by. */
export const sizeOf = ({ re, im }: Scalar): number => Math.abs(re) + Math.abs(im)

/** x / y: Smith's way, whose steps do not overflow. */
export function divided(x: Scalar, y: Scalar): Scalar {
  if (y.im === 0) return { re: x.re / y.re, im: x.im / y.re }
  if (Math.abs(y.re) >= Math.abs(y.im)) {
    const ratio = y.im / y.re
    const divisor = y.re + y.im * ratio
    return { re: (x.re + x.im * ratio) / divisor, im: (x.im - x.re * ratio) / divisor }
  }
  const ratio = y.re / y.im
  const divisor = y.re * ratio + y.im
  return { re: (x.re * ratio + x.im) / divisor, im: (x.im * ratio - x.re) / divisor }
}

/** x + y */
export const plus = (x: Scalar, y: Scalar): Scalar => ({ re: x.re + y.re, im: x.im + y.im })

/** The square root with a real part of at least 0. */
export function squareRoot({ re, im }: Scalar): Scalar {
  const size = Math.hypot(re, im)
  if (size === 0) return { re: 0, im: 0 }
  // of the two parts the one that does not cancel
  const larger = Math.sqrt((size + Math.abs(re)) / 2)
  const other = im / (2 * larger)
  if (re >= 0) return { re: larger, im: other }
  return im >= 0 ? { re: other, im: larger } : { re: -other, im: -larger }
}
