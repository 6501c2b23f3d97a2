// The Hurwitz zeta function and the incomplete gamma functions in float32 WGSL: the sums of tensor's gamma-family.ts.

/** WGSL functions by name. They use those of float-functions.ts and special-functions.ts. */
export const gammaFunctions: Readonly<Record<string, string>> = {
  tt_zeta: `
var<private> tt_zeta_tail: array<f32, 12> = array<f32, 12>(12f, -720f, 30240f, -1209600f, 47900160f, -1.8924376e9f,
  7.472425e10f, -2.95013073e12f, 1.16467828e14f, -4.59797872e15f, 1.81521054e17f, -7.16616526e18f);
fn tt_zeta_positive(s: f32, q: f32) -> f32 {
  var sum = 0f;
  var a = q;
  var term = 0f;
  for (var i = 0; i < 10 || a <= 9f; i++) {
    if (i > 0) { a += 1f; }
    term = tt_pow(a, -s);
    sum += term;
    if (i > 0 && term <= 3e-8f * sum) { return sum; }
  }
  sum += term * a / (s - 1f) - 0.5f * term;
  var factor = 1f;
  for (var i = 0; i < 12; i++) {
    factor *= s + f32(2 * i);
    term /= a;
    let t = term / tt_zeta_tail[i] * factor;
    if (term == 0f || tt_isinf(factor)) { return sum; }
    sum += t;
    if (abs(t) < 3e-8f * abs(sum)) { return sum; }
    factor *= s + f32(2 * i + 1);
    term /= a;
  }
  return sum;
}
fn tt_zeta(s: f32, q: f32) -> f32 {
  if (s == 1f) { return tt_inf(); }
  if (tt_isnan(s) || tt_isnan(q) || s < 1f) { return tt_nan(); }
  if (q <= 0f && q == floor(q)) { return tt_inf(); }
  if (s > 1e30f) { return select(select(tt_nan(), tt_inf(), q < 1f), 1f, q == 1f); }
  if (tt_isinf(q) || (q < 0f && s != floor(s))) { return tt_nan(); }
  let part = q - floor(q);
  var starts = array<f32, 3>(select(part, q, q > 0f), 1f - part, 1f - q);
  var sums = array<f32, 3>();
  for (var i = 0; i < 3 && (i == 0 || q < 0f); i++) { sums[i] = tt_zeta_positive(s, starts[i]); }
  let rest = sums[1] - sums[2];
  return sums[0] + select(-rest, rest, s % 2f == 0f);
}`,
  // The sums that serve for P and Q, from a and x: times xᵃ e⁻ˣ / Γ(a) the first gives P, the second Q
  tt_gamma_sums: `
fn tt_gamma_lower(a: f32, x: f32) -> f32 {
  var term = 1f;
  var sum = 1f;
  for (var k = 1; k < 4000 && term > 3e-8f * sum; k++) {
    term *= x / (a + f32(k));
    sum += term;
  }
  return sum / a;
}
fn tt_nonzero(x: f32) -> f32 { return select(x, 1e-30f, abs(x) < 1e-30f); }
fn tt_gamma_fraction(a: f32, x: f32) -> f32 {
  var b = x + 1f - a;
  var c = 1e30f;
  var d = 1f / tt_nonzero(b);
  var result = d;
  for (var k = 1; k < 4000; k++) {
    let factor = f32(k) * (a - f32(k));
    b += 2f;
    d = 1f / tt_nonzero(factor * d + b);
    c = tt_nonzero(b + factor / c);
    result *= d * c;
    if (abs(d * c - 1f) < 6e-8f) { break; }
  }
  return result;
}`,
  // Q for small x: 1 − xᵃ / Γ(1 + a) − xᵃ / Γ(a) · Σ (−x)ᵏ / (k! (a + k)); shift = log Γ(1 + a)
  tt_gamma_upper_series: `
fn tt_gamma_upper_series(a: f32, x: f32, shift: f32) -> f32 {
  var factor = 1f;
  var sum = 0f;
  for (var k = 1; k < 100; k++) {
    factor *= -x / f32(k);
    let term = factor / (a + f32(k));
    sum += term;
    if (abs(term) <= 3e-8f * abs(sum)) { break; }
  }
  let power = tt_expm1(a * tt_log(x) - shift);
  return -power - (power + 1f) * a * sum;
}`,
  // xᵃ e⁻ˣ / Γ(a); for large a by Stirling's series, so that nothing cancels
  tt_gamma_density: `
fn tt_gamma_density(a: f32, x: f32, log_gamma: f32) -> f32 {
  if (a < 20f) { return tt_exp(a * tt_log(x) - x - log_gamma); }
  let u = (x - a) / a;
  let z = 1f / (a * a);
  let stirling = (0.0833333333f - z * (2.77777778e-3f - z * 7.93650794e-4f)) / a;
  // log(1 + u) − u without the difference where u is small
  let rest = select(tt_log1p(u) - u, tt_log_rest(u), u > -0.29f && u < 0.41f);
  return tt_exp(a * rest - stirling) * tt_sqrt(a * 0.159154943f);
}`,
  // P or Q, whichever comes out without a difference, and in .y which: 0 for P, 1 for Q
  tt_gamma_part: `
fn tt_gamma_part(a: f32, x: f32, upper: bool) -> vec2<f32> {
  let small = select(x * 1.1f < a, -0.4f / tt_log(x) < a, x <= 0.5f);
  if (upper && x <= 1.1f && !small) {
    // lgamma(1 + a), where 1 + a would lose the digits of a
    let shift = select(tt_lgamma(1f + a), tt_lgamma_one(a), a < 0.2f);
    return vec2<f32>(tt_gamma_upper_series(a, x, shift), 1f);
  }
  let fraction = upper && x > 1.1f && x >= a;
  var sum = 0f;
  if (fraction) { sum = tt_gamma_fraction(a, x); } else { sum = tt_gamma_lower(a, x); }
  return vec2<f32>(tt_gamma_density(a, x, tt_lgamma(a)) * sum, f32(fraction));
}
// P where a or x is 0 or infinite; −1 elsewhere
fn tt_gamma_edge(a: f32, x: f32) -> f32 {
  if (tt_isnan(a) || tt_isnan(x) || a < 0f || x < 0f) { return tt_nan(); }
  if (a == 0f) { return select(tt_nan(), 1f, x > 0f); }
  if (x == 0f) { return 0f; }
  if (tt_isinf(a)) { return select(0f, tt_nan(), tt_isinf(x)); }
  return select(-1f, 1f, tt_isinf(x));
}`,
  tt_igamma: `
fn tt_igamma(a: f32, x: f32) -> f32 {
  let edge = tt_gamma_edge(a, x);
  if (tt_isnan(edge) || edge >= 0f) { return edge; }
  let part = tt_gamma_part(a, x, x > 1f && x > a);
  return select(part.x, 1f - part.x, part.y == 1f);
}`,
  tt_igammac: `
fn tt_igammac(a: f32, x: f32) -> f32 {
  let edge = tt_gamma_edge(a, x);
  if (tt_isnan(edge) || edge >= 0f) { return 1f - edge; }
  let part = tt_gamma_part(a, x, true);
  return select(1f - part.x, part.x, part.y == 1f);
}`,
}
