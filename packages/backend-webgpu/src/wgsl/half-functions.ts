// How float16 elements are loaded and stored: 16-bit floats where the device has them, else float32 words rounded to
// half. Both round to nearest, ties to even, and to infinity beyond the largest half, as PyTorch does: of its own
// conversion WGSL leaves that open.

/** WGSL functions by name for elements of 16 bits. */
export const halfElements: Readonly<Record<string, string>> = {
  tt_load_half: 'fn tt_load_half(x: f16) -> f32 { return f32(x); }',
  tt_load_halves: 'fn tt_load_halves(x: vec4<f16>) -> vec4<f32> { return vec4<f32>(x); }',
  tt_store_half: 'fn tt_store_half(x: f32) -> f16 { return bitcast<vec2<f16>>(tt_half_bits(x)).x; }',
  // Below 2⁻¹⁴ the bits count steps of 2⁻²⁴.
  tt_half_bits: `
fn tt_half_bits(x: f32) -> u32 {
  let u = bitcast<u32>(x);
  let a = u & 0x7fffffffu;
  let small = u32(round(min(abs(x), 1f) * 16777216f));
  let large = min((a + 0xfffu + ((a >> 13u) & 1u)) >> 13u, 0x23c00u) - 0x1c000u;
  return ((u >> 16u) & 0x8000u) | select(select(large, small, a < 0x38800000u), 0x7e00u, a > 0x7f800000u);
}`,
}

/** The same for elements that are float32 words. */
export const halfWords: Readonly<Record<string, string>> = {
  tt_load_half: 'fn tt_load_half(x: u32) -> f32 { return bitcast<f32>(x); }',
  tt_load_halves: 'fn tt_load_halves(x: vec4<u32>) -> vec4<f32> { return bitcast<vec4<f32>>(x); }',
  tt_store_half: 'fn tt_store_half(x: f32) -> u32 { return bitcast<u32>(tt_half(x)); }',
  tt_half: `
fn tt_half(x: f32) -> f32 {
  let u = bitcast<u32>(x);
  let a = u & 0x7fffffffu;
  if (a >= 0x7f800000u) { return x; }
  if (a < 0x38800000u) { return tt_copysign(round(abs(x) * 16777216f) / 16777216f, x); }
  let r = (a + 0xfffu + ((a >> 13u) & 1u)) & 0xffffe000u;
  if (r >= 0x47800000u) { return tt_copysign(tt_inf(), x); }
  return bitcast<f32>(r | (u & 0x80000000u));
}`,
}
