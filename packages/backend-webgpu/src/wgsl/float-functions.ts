// Elementary functions of float32 in WGSL, within one or two units in the last place of the true value:
// the built-in ones may be off by thousands, and give nonsense for large, infinite or NaN arguments.
// Coefficients: cephes (single precision). Names end in the primitive's.

/** WGSL functions by name, each with the source that declares it. They may use each other. */
export const floatFunctions: Readonly<Record<string, string>> = {
  tt_bits: `
var<private> tt_zero: u32 = 0u;
fn tt_bits(x: u32) -> u32 { return x | tt_zero; }`,
  tt_inf: 'fn tt_inf() -> f32 { return bitcast<f32>(tt_bits(0x7f800000u)); }',
  tt_nan: 'fn tt_nan() -> f32 { return bitcast<f32>(tt_bits(0x7fc00000u)); }',
  tt_isnan: 'fn tt_isnan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }',
  tt_isinf: 'fn tt_isinf(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) == 0x7f800000u; }',
  // By value: what arithmetic flushes to 0 is 0 here, so that a test against 0 guards a division
  tt_ne: 'fn tt_ne(x: f32, y: f32) -> bool { return tt_isnan(x) || tt_isnan(y) || x != y; }',
  tt_truth: 'fn tt_truth(x: f32) -> bool { return (bitcast<u32>(x) << 1u) != 0u; }',
  tt_eq: 'fn tt_eq(x: f32, y: f32) -> bool { return !tt_ne(x, y); }',
  tt_max: `
fn tt_max(x: f32, y: f32) -> f32 {
  return select(select(max(x, y), y, tt_isnan(y)), x, tt_isnan(x));
}`,
  tt_min: `
fn tt_min(x: f32, y: f32) -> f32 {
  return select(select(min(x, y), y, tt_isnan(y)), x, tt_isnan(x));
}`,
  tt_sign: `
fn tt_sign(x: f32) -> f32 {
  return select(tt_copysign(1f, x), 0f, (bitcast<u32>(x) << 1u) == 0u || tt_isnan(x));
}`,
  // not 0, though rounding may take it for 0
  tt_subnormal: `
fn tt_subnormal(x: f32) -> bool { return ((bitcast<u32>(x) & 0x7fffffffu) - 1u) < 0x7fffffu; }`,
  // The sign by its bit: a choice of −1 and 0 may become the negative of a truth value, which is −0.
  tt_ceil: `
fn tt_ceil(x: f32) -> f32 {
  return select(ceil(x), tt_copysign(select(0f, 1f, bitcast<i32>(x) > 0), x), tt_subnormal(x));
}`,
  tt_floor: `
fn tt_floor(x: f32) -> f32 {
  return select(floor(x), tt_copysign(select(1f, 0f, bitcast<i32>(x) > 0), x), tt_subnormal(x));
}`,
  tt_copysign: `
fn tt_copysign(x: f32, y: f32) -> f32 {
  return bitcast<f32>((bitcast<u32>(x) & 0x7fffffffu) | (bitcast<u32>(y) & 0x80000000u));
}`,
  tt_signbit: 'fn tt_signbit(x: f32) -> bool { return (bitcast<u32>(x) >> 31u) != 0u && !tt_isnan(x); }',
  // Truncation; what does not fit gives the smallest integer, as x86 does.
  tt_f2i: `
fn tt_f2i(x: f32) -> i32 {
  return select(i32(-2147483648), i32(x), (bitcast<u32>(x) & 0x7fffffffu) < 0x4f000000u);
}`,
  // Long division by doubling: each subtraction is exact.
  tt_fmod: `
fn tt_fmod(x: f32, y: f32) -> f32 {
  var a = abs(x);
  let b = abs(y);
  if (tt_isnan(x) || tt_isnan(y) || tt_isinf(x) || b == 0f) { return tt_nan(); }
  if (a < b) { return x; }
  var shift = i32(bitcast<u32>(a) >> 23u) - i32(max(bitcast<u32>(b) >> 23u, 1u));
  var t = tt_scale(b, shift);
  for (; shift >= 0; shift--) {
    if (a >= t) { a -= t; }
    t *= 0.5f;
  }
  return tt_copysign(a, x);
}`,
  // x · 2ⁿ for n in −252 to 254, in two steps so that no factor overflows.
  tt_scale: `
fn tt_power2(n: i32) -> f32 { return bitcast<f32>(u32(n + 127) << 23u); }
fn tt_scale(x: f32, n: i32) -> f32 {
  let half = n >> 1u;
  return x * tt_power2(half) * tt_power2(n - half);
}`,
  // (eʳ − 1 − r) on |r| ≤ ln 2 / 2
  tt_exp_rest: `
fn tt_exp_rest(r: f32) -> f32 {
  let p = ((((1.9875691500e-4f * r + 1.3981999507e-3f) * r + 8.3334519073e-3f) * r + 4.1665795894e-2f) * r
    + 1.6666665459e-1f) * r + 5.0000001201e-1f;
  return p * r * r;
}`,
  tt_exp: `
fn tt_exp(x: f32) -> f32 {
  let a = clamp(x, -104f, 89f);
  let n = round(a * 1.44269504f);
  let r = (a - n * 0.693359375f) + n * 2.12194440e-4f;
  let y = tt_scale(1f + (r + tt_exp_rest(r)), i32(n));
  return select(select(y, tt_inf(), x > 88.73f), x, tt_isnan(x));
}`,
  tt_exp2: `
fn tt_exp2(x: f32) -> f32 {
  let a = clamp(x, -151f, 128f);
  let n = round(a);
  let r = (a - n) * 0.69314718f;
  let y = tt_scale(1f + (r + tt_exp_rest(r)), i32(n));
  return select(select(y, tt_inf(), x >= 128f), x, tt_isnan(x));
}`,
  tt_expm1: `
fn tt_expm1(x: f32) -> f32 {
  if (abs(x) < 0.3466f) { return select(x + tt_exp_rest(x), x, x == 0f); }
  return tt_exp(x) - 1f;
}`,
  // log(1 + x) − x on √½ − 1 ≤ x < √2 − 1
  tt_log_rest: `
fn tt_log_rest(x: f32) -> f32 {
  let z = x * x;
  let p = ((((((((7.0376836292e-2f * x - 1.1514610310e-1f) * x + 1.1676998740e-1f) * x - 1.2420140846e-1f) * x
    + 1.4249322787e-1f) * x - 1.6668057665e-1f) * x + 2.0000714765e-1f) * x - 2.4999993993e-1f) * x
    + 3.3333331174e-1f) * x;
  return p * z - 0.5f * z;
}`,
  // x = (1 + .x) · 2^(.y), 1 + .x in [√½, √2); positive finite x only
  tt_split_log: `
fn tt_split_log(x: f32) -> vec2<f32> {
  // the bits of a subnormal number are the integer whose 2⁻¹⁴⁹ it is
  let small = tt_subnormal(x);
  let u = select(bitcast<u32>(x), bitcast<u32>(f32(bitcast<u32>(x))), small);
  let e = i32((u - 0x3f3504f3u) >> 23u);
  let wide = select(e, e - 512, e > 255);
  let m = bitcast<f32>(u - (u32(wide) << 23u));
  return vec2<f32>(m - 1f, f32(select(wide, wide - 149, small)));
}`,
  // the logarithm of x, which is y where x is positive and finite
  tt_log_of: `
fn tt_log_of(x: f32, y: f32) -> f32 {
  let special = select(select(tt_nan(), x, x > 0f), -tt_inf(), (bitcast<u32>(x) << 1u) == 0u);
  return select(y, special, bitcast<u32>(x) - 1u >= 0x7f7fffffu);
}`,
  tt_log: `
fn tt_log(x: f32) -> f32 {
  let s = tt_split_log(x);
  return tt_log_of(x, (s.x + (tt_log_rest(s.x) - s.y * 2.12194440e-4f)) + s.y * 0.693359375f);
}`,
  tt_log2: `
fn tt_log2(x: f32) -> f32 {
  let s = tt_split_log(x);
  let y = tt_log_rest(s.x);
  return tt_log_of(x, ((y * 0.44269504f + s.x * 0.44269504f) + y + s.x) + s.y);
}`,
  tt_log10: `
fn tt_log10(x: f32) -> f32 {
  let s = tt_split_log(x);
  let y = tt_log_rest(s.x);
  let low = ((s.x + y) * 7.00731903e-4f + y * 4.3359375e-1f) + s.x * 4.3359375e-1f;
  return tt_log_of(x, (low + s.y * 2.48745664e-4f) + s.y * 3.0078125e-1f);
}`,
  tt_log1p: `
fn tt_log1p(x: f32) -> f32 {
  if (x > -0.29f && x < 0.41f) { return x + tt_log_rest(x); }
  return tt_log(1f + x);
}`,
  // 2^(y · log2 x), the exponent's part of the product without rounding
  tt_pow: `
fn tt_pow_positive(x: f32, y: f32) -> f32 {
  let s = tt_split_log(x);
  let rest = tt_log_rest(s.x);
  let l = (rest * 0.44269504f + s.x * 0.44269504f) + rest + s.x;
  let high = bitcast<f32>(bitcast<u32>(y) & 0xfffff000u);
  let whole = high * s.y;
  let total = whole + (y - high) * s.y + y * l;
  if (total >= 128.5f) { return tt_inf(); }
  if (total < -151f) { return 0f; }
  let n = round(total);
  let r = (((whole - n) + (y - high) * s.y) + y * l) * 0.69314718f;
  return tt_scale(1f + (r + tt_exp_rest(r)), i32(n));
}
fn tt_pow(x: f32, y: f32) -> f32 {
  if (y == 0f || x == 1f) { return 1f; }
  if (tt_isnan(x) || tt_isnan(y)) { return tt_nan(); }
  let a = abs(x);
  let whole = abs(y) >= 8388608f || y == floor(y);
  let odd = whole && abs(y) < 16777216f && (i32(abs(y)) & 1) == 1;
  let negative = tt_signbit(x) && odd;
  if (tt_isinf(y)) {
    if (a == 1f) { return 1f; }
    return select(0f, tt_inf(), (a > 1f) == (y > 0f));
  }
  if (a == 0f || tt_isinf(x)) {
    let big = (a == 0f) != (y > 0f);
    let value = select(0f, tt_inf(), big);
    return select(value, -value, negative);
  }
  if (x < 0f && !whole) { return tt_nan(); }
  if (y == 0.5f) { return tt_sqrt(a); }
  var value = 1f;
  let few = whole && abs(y) <= 32f;
  if (few) {
    var factor = a;
    for (var k = i32(abs(y)); k > 0; k >>= 1u) {
      if ((k & 1) == 1) { value *= factor; }
      if (k > 1) { factor *= factor; }
    }
  }
  // where the power itself is out of range its inverse may not be
  if (!few || (y < 0f && (value == 0f || tt_isinf(value)))) { value = tt_pow_positive(a, y); }
  else if (y < 0f) { value = tt_div(1f, value); }
  return select(value, -value, negative);
}`,
  // The bits of a subnormal number are the integer whose 2⁻¹⁴⁹ it is.
  tt_sqrt: `
fn tt_sqrt(x: f32) -> f32 {
  let u = bitcast<u32>(x);
  if (u - 0x800000u < 0x7f000000u) { return tt_root(x); }
  if (u - 1u < 0x7fffffu) { return tt_root(0.5f * f32(u)) * 5.293955920339377e-23f; } // 2⁻⁷⁴
  return select(tt_nan(), x, u == 0x7f800000u || (u << 1u) == 0u);
}`,
  tt_rsqrt: 'fn tt_rsqrt(x: f32) -> f32 { return tt_div(1f, tt_sqrt(x)); }',
  tt_sigmoid: 'fn tt_sigmoid(x: f32) -> f32 { return 1f / (1f + tt_exp(-x)); }',
  // x = n · π/2 + .x, .y the bits of n; large x by Payne and Hanek in 96 bits of 2/π
  tt_quarters: `
var<private> tt_two_over_pi: array<u32, 6> =
  array<u32, 6>(0x28be60dbu, 0x9391054au, 0x7f09d5f4u, 0x7d4d3770u, 0x36d8a566u, 0x4f10e410u);
fn tt_quarters_far(x: f32) -> vec2<f32> {
  let u = bitcast<u32>(x);
  let e = i32((u >> 23u) & 0xffu) - 126;
  let m = (u << 8u) | 0x80000000u;
  let i = e >> 5u;
  let s = u32(e & 31);
  var hi = 0u;
  if (i > 0) { hi = tt_two_over_pi[i - 1]; }
  var mid = tt_two_over_pi[i];
  var lo = tt_two_over_pi[i + 1];
  if (s != 0u) {
    hi = (hi << s) | (mid >> (32u - s));
    mid = (mid << s) | (lo >> (32u - s));
    lo = (lo << s) | (tt_two_over_pi[i + 2] >> (32u - s));
  }
  let carry = tt_mulhi(m, lo);
  let low = m * mid + carry;
  var high = tt_mulhi(m, mid) + select(0u, 1u, low < carry) + m * hi;
  var q = high >> 30u;
  high &= 0x3fffffffu;
  var signed = i32(high);
  if ((high & 0x20000000u) != 0u) { signed -= 0x40000000; q += 1u; }
  var r = (f32(signed) * 4294967296f + f32(low)) * 3.4061215800e-19f;
  if (x < 0f) { r = -r; q = 0u - q; }
  return vec2<f32>(r, bitcast<f32>((q & 3u) + 0x3f800000u));
}
fn tt_quarters(x: f32) -> vec2<f32> {
  if (abs(x) > 1000f) { return tt_quarters_far(x); }
  let n = round(x * 0.63661977f);
  let r = ((x - n * 1.5703125f) - n * 4.83751296997070312e-4f) - n * 7.54978995489188216e-8f;
  return vec2<f32>(r, bitcast<f32>((u32(i32(n)) & 3u) + 0x3f800000u));
}`,
  tt_sin_near: `
fn tt_sin_near(r: f32) -> f32 {
  let z = r * r;
  return ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z - 1.6666654611e-1f) * z * r + r;
}
fn tt_cos_near(r: f32) -> f32 {
  let z = r * r;
  return ((2.443315711809948e-5f * z - 1.388731625493765e-3f) * z + 4.166664568298827e-2f) * z * z + (1f - 0.5f * z);
}`,
  tt_turn: `
fn tt_turn(x: f32, ahead: u32) -> f32 {
  if (tt_isnan(x) || tt_isinf(x)) { return tt_nan(); }
  let split = tt_quarters(x);
  let n = (bitcast<u32>(split.y) + ahead) & 3u;
  let y = select(tt_sin_near(split.x), tt_cos_near(split.x), (n & 1u) == 1u);
  return select(y, -y, n >= 2u);
}`,
  tt_sin: 'fn tt_sin(x: f32) -> f32 { return select(tt_turn(x, 0u), x, x == 0f); }',
  tt_cos: 'fn tt_cos(x: f32) -> f32 { return tt_turn(x, 1u); }',
  tt_tan: `
fn tt_tan(x: f32) -> f32 {
  if (x == 0f) { return x; }
  return tt_turn(x, 0u) / tt_turn(x, 1u);
}`,
  tt_asin_near: `
fn tt_asin_near(t: f32) -> f32 {
  let z = t * t;
  return ((((4.2163199048e-2f * z + 2.4181311049e-2f) * z + 4.5470025998e-2f) * z + 7.4953002686e-2f) * z
    + 1.6666752422e-1f) * z * t + t;
}`,
  tt_asin: `
fn tt_asin(x: f32) -> f32 {
  let a = abs(x);
  if (tt_isnan(x) || a > 1f) { return tt_nan(); }
  if (a <= 0.5f) { return tt_asin_near(x); }
  return tt_copysign(1.57079633f - 2f * tt_asin_near(tt_sqrt(0.5f * (1f - a))), x);
}`,
  tt_acos: `
fn tt_acos(x: f32) -> f32 {
  let a = abs(x);
  if (tt_isnan(x) || a > 1f) { return tt_nan(); }
  if (a <= 0.5f) { return 1.57079633f - tt_asin_near(x); }
  let y = 2f * tt_asin_near(tt_sqrt(0.5f * (1f - a)));
  return select(y, 3.14159265f - y, x < 0f);
}`,
  tt_atan: `
fn tt_atan(x: f32) -> f32 {
  if (tt_isnan(x)) { return x; }
  let a = abs(x);
  var y = 0f;
  var t = a;
  if (a > 2.41421356f) { y = 1.57079633f; t = select(-1f / a, 0f, tt_isinf(x)); }
  else if (a > 0.41421356f) { y = 0.785398163f; t = (a - 1f) / (a + 1f); }
  let z = t * t;
  y += (((8.05374449538e-2f * z - 1.38776856032e-1f) * z + 1.99777106478e-1f) * z - 3.33329491539e-1f) * z * t + t;
  return tt_copysign(y, x);
}`,
  tt_atan2: `
fn tt_atan2(y: f32, x: f32) -> f32 {
  if (tt_isnan(x) || tt_isnan(y)) { return tt_nan(); }
  let left = (bitcast<u32>(x) >> 31u) != 0u;
  var a = 0f;
  if (y == 0f) { a = select(0f, 3.14159265f, left); }
  else if (tt_isinf(x) && tt_isinf(y)) { a = select(0.785398163f, 2.35619449f, left); }
  else if (x == 0f || tt_isinf(y)) { a = 1.57079633f; }
  else if (tt_isinf(x)) { a = select(0f, 3.14159265f, left); }
  else if (abs(y) > abs(x)) { a = 1.57079633f - tt_atan(tt_div(x, abs(y))); }
  else {
    let t = tt_atan(tt_div(abs(y), abs(x)));
    a = select(t, 3.14159265f - t, left);
  }
  return tt_copysign(a, y);
}`,
  tt_sinh: `
fn tt_sinh(x: f32) -> f32 {
  let a = abs(x);
  if (a < 1f) {
    let z = x * x;
    return ((2.03721912945e-4f * z + 8.33028376239e-3f) * z + 1.66667160211e-1f) * z * x + x;
  }
  if (a > 80f) {
    let h = tt_exp(0.5f * a);
    return tt_copysign((0.5f * h) * h, x);
  }
  let e = tt_exp(a);
  return tt_copysign(0.5f * e - 0.5f / e, x);
}`,
  tt_cosh: `
fn tt_cosh(x: f32) -> f32 {
  let a = abs(x);
  if (a > 80f) {
    let h = tt_exp(0.5f * a);
    return (0.5f * h) * h;
  }
  let e = tt_exp(a);
  return 0.5f * e + 0.5f / e;
}`,
  tt_tanh: `
fn tt_tanh(x: f32) -> f32 {
  let a = abs(x);
  let z = x * x;
  let near = ((((-5.70498872745e-3f * z + 2.06390887954e-2f) * z - 5.37397155531e-2f) * z + 1.33314422036e-1f) * z
    - 3.33332819422e-1f) * z * x + x;
  let far = tt_copysign(1f - 2f / (tt_exp(2f * min(a, 20f)) + 1f), x);
  return select(select(far, near, a < 0.625f), x, z == 0f || tt_isnan(x));
}`,
  tt_asinh: `
fn tt_asinh(x: f32) -> f32 {
  if (tt_isnan(x) || tt_isinf(x)) { return x; }
  let a = abs(x);
  if (a < 0.5f) {
    let z = x * x;
    if (z == 0f) { return x; }
    return (((2.0122003309e-2f * z - 4.2699340972e-2f) * z + 7.4847586088e-2f) * z - 1.6666288134e-1f) * z * x + x;
  }
  if (a > 1500f) { return tt_copysign(tt_log(a) + 0.69314718f, x); }
  return tt_copysign(tt_log(a + tt_sqrt(a * a + 1f)), x);
}`,
  tt_acosh: `
fn tt_acosh(x: f32) -> f32 {
  if (tt_isnan(x) || x < 1f) { return tt_nan(); }
  if (x > 1500f) { return tt_log(x) + 0.69314718f; }
  let z = x - 1f;
  if (z < 0.5f) {
    return ((((1.7596881071e-3f * z - 7.5272886713e-3f) * z + 2.6454905019e-2f) * z - 1.1784741703e-1f) * z
      + 1.4142135263f) * tt_sqrt(z);
  }
  return tt_log(x + tt_sqrt(z * (x + 1f)));
}`,
  tt_atanh: `
fn tt_atanh(x: f32) -> f32 {
  let a = abs(x);
  if (tt_isnan(x) || a > 1f) { return tt_nan(); }
  if (a == 1f) { return tt_copysign(tt_inf(), x); }
  if (a < 0.5f) {
    let z = x * x;
    return ((((1.81740078349e-1f * z + 8.24370301058e-2f) * z + 1.46691431730e-1f) * z + 1.99782164500e-1f) * z
      + 3.33337300303e-1f) * z * x + x;
  }
  return 0.5f * tt_log((1f + x) / (1f - x));
}`,
  // Rounding on store: to nearest, ties to even.
  tt_bfloat: `
fn tt_bfloat(x: f32) -> f32 {
  let u = bitcast<u32>(x);
  if (tt_isnan(x)) { return x; }
  return bitcast<f32>((u + 0x7fffu + ((u >> 16u) & 1u)) & 0xffff0000u);
}`,
}
