// float16 and bfloat16 as bits: conversions from and to numbers, rounding to nearest, ties to even.

const f32 = new Float32Array(1)
const bitsOf = new Uint32Array(f32.buffer)

/** The number that the bits of a bfloat16 stand for. */
export function bfloat16ToDouble(bits: number): number {
  bitsOf[0] = bits << 16
  return f32[0]
}

/** The bits of the nearest bfloat16, as torch rounds: through float32. */
export function doubleToBfloat16(value: number): number {
  f32[0] = value
  const bits = bitsOf[0]
  if (Number.isNaN(value)) return 0x7fc0
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16
}

/** The number that the bits of a float16 stand for. */
export function float16ToDouble(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** The bits of the nearest float16, as torch rounds: through float32. */
export function doubleToFloat16(value: number): number {
  const x = Math.fround(value)
  if (Number.isNaN(x)) return 0x7e00
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0
  const magnitude = Math.abs(x)
  if (magnitude >= 65520) return sign | 0x7c00
  if (magnitude < 2 ** -14) return sign | roundEven(magnitude * 2 ** 24) // subnormal, or rounds up to the first normal
  const exponent = Math.floor(Math.log2(magnitude))
  const e =
    magnitude >= 2 ** (exponent + 1) ? exponent + 1 : magnitude < 2 ** exponent ? exponent - 1 : exponent
  return sign | (((e + 15) << 10) + roundEven((magnitude / 2 ** e - 1) * 1024)) // a carry moves into the exponent
}

function roundEven(x: number): number {
  const floor = Math.floor(x)
  const rest = x - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor
}
