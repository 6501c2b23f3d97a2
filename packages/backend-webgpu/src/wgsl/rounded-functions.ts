// Quotients and square roots of float32, rounded to nearest as IEEE has them. WGSL's may be a few units off, and a
// quotient anything where the divisor is beyond 2¹²⁶: GPUs multiply by a reciprocal, which is then flushed to 0.

/** WGSL functions by name for drivers that run on the CPU: theirs are the processor's, which are exact. */
export const builtinRounding: Readonly<Record<string, string>> = {
  tt_div: 'fn tt_div(x: f32, y: f32) -> f32 { return x / y; }',
  tt_root: 'fn tt_root(x: f32) -> f32 { return sqrt(x); }',
}

/** The same for GPUs. */
export const exactRounding: Readonly<Record<string, string>> = {
  // The significand of a positive finite number, from 2²³ to 2²⁴, and its exponent; subnormal ones are shifted up.
  tt_significand: `
fn tt_significand(bits: u32) -> vec2<i32> {
  if (bits > 0x7fffffu) { return vec2<i32>(i32((bits & 0x7fffffu) | 0x800000u), i32(bits >> 23u)); }
  let shift = countLeadingZeros(bits) - 8u;
  return vec2<i32>(i32(bits << shift), 1 - i32(shift));
}`,
  // The quotient of the significands is estimated, within a few units; what it leaves is then small, so that arithmetic
  // that wraps at 32 bits has it exactly and tells the true quotient, rounded down, and how to round it.
  tt_div: `
fn tt_div(x: f32, y: f32) -> f32 {
  let a = bitcast<u32>(x) & 0x7fffffffu;
  let b = bitcast<u32>(y) & 0x7fffffffu;
  let sign = (bitcast<u32>(x) ^ bitcast<u32>(y)) & 0x80000000u;
  if (max(a, b) >= 0x7f800000u || min(a, b) == 0u) {
    if (max(a, b) > 0x7f800000u || a == b) { return tt_nan(); }
    return bitcast<f32>(sign | select(0u, 0x7f800000u, a == 0x7f800000u || b == 0u));
  }
  let m = tt_significand(a);
  let n = tt_significand(b);
  let less = m.x < n.x;
  let inverse = 1f / f32(n.x);
  var quotient = i32(f32(m.x) * inverse * select(8388608f, 16777216f, less));
  var rest = (m.x << select(23u, 24u, less)) - quotient * n.x;
  let more = i32(round(f32(rest) * inverse));
  quotient += more;
  rest -= more * n.x;
  if (rest < 0) { quotient -= 1; rest += n.x; }
  let exponent = m.y - n.y + select(127, 126, less);
  if (exponent > 0) {
    let near = quotient + select(0, 1, 2 * rest > n.x);
    return bitcast<f32>(sign | min((u32(exponent) << 23u) + u32(near - 0x800000), 0x7f800000u));
  }
  // a subnormal result keeps fewer bits: half a unit is rounded to even
  let dropped = u32(min(1 - exponent, 25));
  let kept = u32(quotient) >> dropped;
  let lost = 2u * (u32(quotient) - (kept << dropped)) + select(0u, 1u, rest > 0);
  return bitcast<f32>(sign | (kept + select(0u, 1u, lost + (kept & 1u) > (1u << dropped))));
}`,
  // The same for the root of a positive normal number.
  tt_root: `
fn tt_root(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  let exponent = i32(bits >> 23u) - 127;
  let odd = u32(exponent & 1);
  let fraction = bits & 0x7fffffu;
  var root = i32(sqrt(bitcast<f32>(fraction + 0x3f800000u + (odd << 23u))) * 8388608f);
  var rest = i32((fraction + 0x800000u) << (23u + odd)) - root * root;
  let more = i32(round(0.5f * f32(rest) / f32(root)));
  rest -= more * (2 * root + more);
  root += more;
  root += select(0, 1, rest > root) - select(0, 1, rest <= -root);
  return bitcast<f32>((u32((exponent >> 1u) + 127) << 23u) + u32(root - 0x800000));
}`,
}
