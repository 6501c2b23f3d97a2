// erf, gamma and their relatives in float32 WGSL: fdlibm's rational forms, recurrences and reflections. Drivers copy a
// function to each place that calls it, so what is long is called at one.

// Horner's rule as one expression, lowest degree first.
const poly = (x: string, coefficients: readonly number[]): string =>
  coefficients.reduceRight((sum, c) => (sum === '' ? f(c) : `(${sum} * ${x} + ${f(c)})`), '')
const f = (x: number): string => (x < 0 ? `(${Math.fround(x)}f)` : `${Math.fround(x)}f`)

const erfNear = [
  1.28379167095512558561e-1, -3.2504210724700149937e-1, -2.84817495755985104766e-2,
  -5.77027029648944159157e-3, -2.37630166566501626084e-5,
]
const erfNearBelow = [
  1, 3.97917223959155352819e-1, 6.50222499887672944485e-2, 5.08130628187576562776e-3,
  1.32494738004321644526e-4, -3.9602282787753681232e-6,
]
const erfMiddle = [
  -2.36211856075265944077e-3, 4.14856118683748331666e-1, -3.72207876035701323847e-1,
  3.18346619901161753674e-1, -1.10894694282396677476e-1, 3.54783043256182359371e-2, -2.166375594868790843e-3,
]
const erfMiddleBelow = [
  1, 1.06420880400844228286e-1, 5.40397917702171048937e-1, 7.18286544141962662868e-2,
  1.26171219808761642112e-1, 1.36370839120290507362e-2, 1.1984499846799107417e-2,
]
const erfcHigh = [
  -9.86494403484714822705e-3, -6.93858572707181764372e-1, -1.05586262253232909814e1,
  -6.23753324503260060396e1, -1.62396669462573470355e2, -1.84605092906711035994e2, -8.12874355063065934246e1,
  -9.81432934416914548592,
]
const erfcHighBelow = [
  1, 1.96512716674392571292e1, 1.376577541435190426e2, 4.34565877475229228821e2, 6.45387271733267880336e2,
  4.29008140027567833386e2, 1.08635005541779435134e2, 6.57024977031928170135, -6.04244152148580987438e-2,
]
const erfcFar = [
  -9.86494292470009928597e-3, -7.99283237680523006574e-1, -1.77579549177547519889e1,
  -1.60636384855821916062e2, -6.37566443368389627722e2, -1.02509513161107724954e3, -4.83519191608651397019e2,
]
const erfcFarBelow = [
  1, 3.03380607434824582924e1, 3.25792512996573918826e2, 1.53672958608443695994e3, 3.19985821950859553908e3,
  2.55305040643316442583e3, 4.74528541206955367215e2, -2.24409524465858183362e1,
]
// M. Giles, "Approximating the erfinv function" (single precision), lowest degree first
const erfinvCentre = [
  1.50140941, 0.246640727, -0.00417768164, -0.00125372503, 0.00021858087, -4.39150654e-6, -3.5233877e-6,
  3.43273939e-7, 2.81022636e-8,
]
const erfinvTail = [
  2.83297682, 1.00167406, 0.00943887047, -0.0076224613, 0.00573950773, -0.00367342844, 0.00134934322,
  0.000100950558, -0.000200214257,
]
const lgammaTwo = [
  7.72156649015328655494e-2, 3.22467033424113591611e-1, 6.73523010531292681824e-2, 2.05808084325167332806e-2,
  7.38555086081402883957e-3, 2.89051383673415629091e-3, 1.19270763183362067845e-3, 5.10069792153511336608e-4,
  2.20862790713908385557e-4, 1.08011567247583939954e-4, 2.52144565451257326939e-5, 4.4864094961891516015e-5,
]
const lgammaMinimum = [
  4.83836122723810047042e-1, -1.47587722994593911752e-1, 6.46249402391333854778e-2,
  -3.27885410759859649565e-2, 1.79706750811820387126e-2, -1.0314224129834143745e-2, 6.10053870246291332635e-3,
  -3.6845201678113825676e-3, 2.2596478090061247225e-3, -1.40346469989232843813e-3, 8.81081882437654011382e-4,
  -5.38595305356740546715e-4, 3.15632070903625950361e-4, -3.12754168375120860518e-4,
  3.35529192635519073543e-4,
]
const lgammaOne = [
  -7.72156649015328655494e-2, 6.32827064025093366517e-1, 1.45492250137234768737, 9.77717527963372745603e-1,
  2.28963728064692451092e-1, 1.33810918536787660377e-2,
]
const lgammaOneBelow = [
  1, 2.45597793713041134822, 2.12848976379893395361, 7.69285150456672783825e-1, 1.04222645593369134254e-1,
  3.2170924228242391181e-3,
]
const lgammaEight = [
  -7.72156649015328655494e-2, 2.14982415960608852501e-1, 3.25778796408930981787e-1, 1.46350472652464452805e-1,
  2.6642270303363860956e-2, 1.84028451407337715652e-3, 3.19475326584100867617e-5,
]
const lgammaEightBelow = [
  1, 1.39200533467621045958, 7.21935547567138069525e-1, 1.71933865632803078993e-1, 1.86459191715652901344e-2,
  7.77942496381893596434e-4, 7.32668430744625636189e-6,
]

/** WGSL functions by name. They use those of float-functions.ts. */
export const specialFunctions: Readonly<Record<string, string>> = {
  // erfc(x) for x ≥ 1.25: e^(−x²−0.5625 + R/S) / x, x² split so that no digits are lost
  tt_erfc_tail: `
fn tt_erfc_tail(x: f32) -> f32 {
  let s = 1f / (x * x);
  var ratio = 0f;
  if (x < 2.857143f) { ratio = ${poly('s', erfcHigh)} / ${poly('s', erfcHighBelow)}; }
  else { ratio = ${poly('s', erfcFar)} / ${poly('s', erfcFarBelow)}; }
  let high = bitcast<f32>(bitcast<u32>(x) & 0xfffff000u);
  return tt_exp(-high * high - 0.5625f) * tt_exp((high - x) * (high + x) + ratio) / x;
}
fn tt_erf_near(x: f32) -> f32 {
  let z = x * x;
  return ${poly('z', erfNear)} / ${poly('z', erfNearBelow)};
}
fn tt_erf_middle(a: f32) -> f32 {
  let s = a - 1f;
  return ${poly('s', erfMiddle)} / ${poly('s', erfMiddleBelow)};
}`,
  tt_erf: `
fn tt_erf(x: f32) -> f32 {
  if (tt_isnan(x)) { return x; }
  let a = abs(x);
  if (a < 0.84375f) { return x + x * tt_erf_near(x); }
  if (a < 1.25f) { return tt_copysign(0.845062911f + tt_erf_middle(a), x); }
  if (a >= 4f) { return tt_copysign(1f, x); }
  return tt_copysign(1f - tt_erfc_tail(a), x);
}`,
  tt_erfc: `
fn tt_erfc(x: f32) -> f32 {
  if (tt_isnan(x)) { return x; }
  let a = abs(x);
  if (a < 0.84375f) {
    let y = tt_erf_near(x);
    return select(0.5f - (x - 0.5f + x * y), 1f - (x + x * y), x < 0.25f);
  }
  if (a < 1.25f) {
    let y = tt_erf_middle(a);
    return select(1f + 0.845062911f + y, 0.154937089f - y, x >= 0f);
  }
  if (x < -4f) { return 2f; }
  if (x > 10.06f) { return 0f; }
  let tail = tt_erfc_tail(a);
  return select(2f - tail, tail, x > 0f);
}`,
  tt_erfinv: `
fn tt_erfinv(x: f32) -> f32 {
  let a = abs(x);
  if (tt_isnan(x) || a > 1f) { return tt_nan(); }
  if (a == 1f) { return tt_copysign(tt_inf(), x); }
  var w = -tt_log((1f - x) * (1f + x));
  if (w < 5f) {
    w -= 2.5f;
    return ${poly('w', erfinvCentre)} * x;
  }
  w = tt_sqrt(w) - 3f;
  return ${poly('w', erfinvTail)} * x;
}`,
  // sin πx, exact at the integers
  tt_sinpi: `
fn tt_sinpi(x: f32) -> f32 {
  let r = x - 2f * round(x * 0.5f);
  let a = abs(r);
  var s = 0f;
  if (a <= 0.25f) { s = tt_sin_near(3.14159265f * a); }
  else if (a <= 0.75f) { s = tt_cos_near(3.14159265f * (0.5f - a)); }
  else { s = tt_sin_near(3.14159265f * (1f - a)); }
  return select(s, -s, r < 0f);
}`,
  tt_lgamma: `
fn tt_lgamma_two(y: f32) -> f32 { return y * ${poly('y', lgammaTwo)} - 0.5f * y; }
fn tt_lgamma_minimum(y: f32) -> f32 { return -0.12148629f + y * y * ${poly('y', lgammaMinimum)}; }
fn tt_lgamma_one(y: f32) -> f32 { return -0.5f * y + y * ${poly('y', lgammaOne)} / ${poly('y', lgammaOneBelow)}; }
fn tt_lgamma_positive(x: f32) -> f32 {
  // Γ(x) = Γ(2 + y) · (2 + y) · (3 + y) · ... for x from 2 to 8
  let middle = x >= 2f && x < 8f;
  let whole = floor(x);
  let y = x - whole;
  var z = 1f;
  if (middle) { for (var i = whole - 1f; i >= 2f; i -= 1f) { z *= y + i; } }
  let t = tt_log(select(x, z, middle));
  if (middle) { return 0.5f * y + y * ${poly('y', lgammaEight)} / ${poly('y', lgammaEightBelow)} + t; }
  if (x > 2f) {
    if (x >= 1e8f) { return x * (t - 1f); }
    let r = 1f / x;
    let s = r * r;
    return (x - 0.5f) * (t - 1f) + (0.418938533f + r * (0.0833333333f + s * (-2.77777778e-3f + s * 7.93650558e-4f)));
  }
  if (x == 1f) { return 0f; }
  if (x < 1e-7f) { return -t; }
  // Γ(x) = Γ(1 + x) / x for x up to 0.9
  let near = select(x, x + 1f, x <= 0.9f);
  let low = select(0f, -t, x <= 0.9f);
  if (near >= 1.7316f) { return low + tt_lgamma_two(select(2f - x, 1f - x, x <= 0.9f)); }
  if (near >= 1.23f) { return low + tt_lgamma_minimum(x - select(1.46163214f, 0.461632145f, x <= 0.9f)); }
  return low + tt_lgamma_one(select(x - 1f, x, x <= 0.9f));
}
fn tt_lgamma(x: f32) -> f32 {
  if (tt_isnan(x)) { return x; }
  if (tt_isinf(x) || x == 0f || (x < 0f && x == floor(x))) { return tt_inf(); }
  let y = tt_lgamma_positive(abs(x));
  if (x > -1e-7f) { return y; }
  return tt_log(3.14159265f / abs(tt_sinpi(x) * x)) - y;
}`,
  tt_digamma: `
fn tt_digamma_positive(start: f32) -> f32 {
  // the Taylor series about a float32 beside the root, so that it is not lost in the difference
  let d = start - 1.46163213f;
  if (abs(d) < 0.02f) {
    return d * (0.96767224f + d * (-0.44276317f + d * (0.25849976f + d * -0.16394270f))) - 1.2036053e-8f;
  }
  var x = start;
  var shift = 0f;
  for (; x < 8f; x += 1f) { shift += 1f / x; }
  let z = 1f / (x * x);
  return tt_log(x) - 0.5f / x - z * (0.0833333333f + z * (-8.33333333e-3f + z * (3.96825397e-3f + z * -4.16666667e-3f)))
    - shift;
}
fn tt_digamma(x: f32) -> f32 {
  if (tt_isnan(x) || tt_isinf(x)) { return select(tt_nan(), x, x > 0f); }
  if (x == 0f) { return -tt_copysign(tt_inf(), x); }
  if (x < 0f && x == trunc(x)) { return tt_nan(); }
  let y = tt_digamma_positive(select(1f - x, x, x > 0f));
  if (x > 0f) { return y; }
  return y - 3.14159265f / tt_tan(3.14159265f * (x - round(x)));
}`,
  tt_trigamma: `
fn tt_trigamma_positive(start: f32) -> f32 {
  var x = start;
  var shift = 0f;
  for (; x < 8f; x += 1f) { shift += 1f / (x * x); }
  let z = 1f / (x * x);
  return shift + 1f / x + 0.5f * z
    + (z / x) * (0.166666667f + z * (-0.0333333333f + z * (0.0238095238f + z * -0.0333333333f)));
}
fn tt_trigamma(x: f32) -> f32 {
  if (tt_isnan(x)) { return x; }
  if (x == 0f || (x < 0f && x == trunc(x))) { return tt_inf(); }
  if (tt_isinf(x)) { return select(tt_nan(), 0f, x > 0f); }
  let y = tt_trigamma_positive(select(x, 1f - x, x < 0.5f));
  if (x >= 0.5f) { return y; }
  let s = 3.14159265f / tt_sinpi(x);
  return s * s - y;
}`,
}
