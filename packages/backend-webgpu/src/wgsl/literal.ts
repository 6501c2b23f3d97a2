// Numbers as WGSL expressions. Infinity and NaN come from a run-time value: WGSL refuses them as constants.

const scratch = new Float32Array(1)
const bits = new Uint32Array(scratch.buffer)

/** A float32 literal. */
export function floatLiteral(value: number | bigint): string {
  const x = Math.fround(Number(value))
  if (Number.isNaN(x)) return 'tt_nan()'
  if (x === Infinity) return 'tt_inf()'
  if (x === -Infinity) return '(-tt_inf())'
  scratch[0] = x
  // Subnormals and −0 by their bits: a compiler may flush the one and drop the sign of the other.
  if (Math.abs(x) < 1.1754943508222875e-38 && !Object.is(x, 0)) return `bitcast<f32>(tt_bits(${bits[0]}u))`
  const text = String(x)
  return x < 0 ? `(${text}f)` : `${text}f`
}

/** An int32 literal; wraps. */
export function intLiteral(value: number | bigint): string {
  const x = typeof value === 'bigint' ? Number(BigInt.asIntN(32, value)) : Math.trunc(value) | 0
  return x === -2147483648 ? 'i32(-2147483648)' : x < 0 ? `(${x}i)` : `${x}i`
}
