// Float64 meanings of the special functions that Math lacks: fdlibm's rational forms, recurrences, reflections.

/** Nearest integer, ties to even; keeps −0. */
export function roundHalfEven(x: number): number {
  if (!(Math.abs(x) < 4503599627370496)) return x // already whole, infinite or NaN
  const floor = Math.floor(x)
  const rest = x - floor
  const rounded = rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1
  return rounded === 0 && (x < 0 || Object.is(x, -0)) ? -0 : rounded
}

const horner = (x: number, c: readonly number[]): number => {
  let y = c[c.length - 1]
  for (let i = c.length - 2; i >= 0; i--) y = y * x + c[i]
  return y
}

// erf and erfc: fdlibm s_erf.c, lowest degree first.
const erx = 8.45062911510467529297e-1
const pp = [
  1.28379167095512558561e-1, -3.2504210724700149937e-1, -2.84817495755985104766e-2,
  -5.77027029648944159157e-3, -2.37630166566501626084e-5,
]
const qq = [
  1, 3.97917223959155352819e-1, 6.50222499887672944485e-2, 5.08130628187576562776e-3,
  1.32494738004321644526e-4, -3.9602282787753681232e-6,
]
const pa = [
  -2.36211856075265944077e-3, 4.14856118683748331666e-1, -3.72207876035701323847e-1,
  3.18346619901161753674e-1, -1.10894694282396677476e-1, 3.54783043256182359371e-2, -2.166375594868790843e-3,
]
const qa = [
  1, 1.06420880400844228286e-1, 5.40397917702171048937e-1, 7.18286544141962662868e-2,
  1.26171219808761642112e-1, 1.36370839120290507362e-2, 1.1984499846799107417e-2,
]
const ra = [
  -9.86494403484714822705e-3, -6.93858572707181764372e-1, -1.05586262253232909814e1,
  -6.23753324503260060396e1, -1.62396669462573470355e2, -1.84605092906711035994e2, -8.12874355063065934246e1,
  -9.81432934416914548592,
]
const sa = [
  1, 1.96512716674392571292e1, 1.376577541435190426e2, 4.34565877475229228821e2, 6.45387271733267880336e2,
  4.29008140027567833386e2, 1.08635005541779435134e2, 6.57024977031928170135, -6.04244152148580987438e-2,
]
const rb = [
  -9.86494292470009928597e-3, -7.99283237680523006574e-1, -1.77579549177547519889e1,
  -1.60636384855821916062e2, -6.37566443368389627722e2, -1.02509513161107724954e3, -4.83519191608651397019e2,
]
const sb = [
  1, 3.03380607434824582924e1, 3.25792512996573918826e2, 1.53672958608443695994e3, 3.19985821950859553908e3,
  2.55305040643316442583e3, 4.74528541206955367215e2, -2.24409524465858183362e1,
]

// erfc(x) for x ≥ 1.25: e^(−x²−0.5625 + R/S) / x, with x² split so that no digits are lost.
function erfcTail(x: number): number {
  const s = 1 / (x * x)
  const ratio = x < 1 / 0.35 ? horner(s, ra) / horner(s, sa) : horner(s, rb) / horner(s, sb)
  const high = Math.fround(x)
  return (Math.exp(-high * high - 0.5625) * Math.exp((high - x) * (high + x) + ratio)) / x
}

/** The error function, 2/√π ∫₀ˣ e^(−t²) dt. */
export function erfOf(x: number): number {
  if (Number.isNaN(x)) return x
  const a = Math.abs(x)
  if (a < 0.84375) {
    const z = x * x
    return x + x * (horner(z, pp) / horner(z, qq))
  }
  const sign = x < 0 ? -1 : 1
  if (a < 1.25) return sign * (erx + horner(a - 1, pa) / horner(a - 1, qa))
  return a >= 6 ? sign : sign * (1 - erfcTail(a))
}

/** 1 − erf(x), without the loss of digits. */
export function erfcOf(x: number): number {
  if (Number.isNaN(x)) return x
  const a = Math.abs(x)
  if (a < 0.84375) {
    const z = x * x
    const y = horner(z, pp) / horner(z, qq)
    return x < 0.25 ? 1 - (x + x * y) : 0.5 - (x - 0.5 + x * y)
  }
  if (a < 1.25) {
    const y = horner(a - 1, pa) / horner(a - 1, qa)
    return x >= 0 ? 1 - erx - y : 1 + erx + y
  }
  if (x < -6) return 2
  if (x > 28) return 0
  return x > 0 ? erfcTail(x) : 2 - erfcTail(a)
}

/** The inverse of erf: a rational start, then two Newton steps, on erfc near ±1. */
export function erfinvOf(y: number): number {
  const a = Math.abs(y)
  if (!(a <= 1)) return NaN
  if (a === 1) return y * Infinity
  if (a <= 0.7) {
    const z = y * y
    let x =
      (y * horner(z, [0.886226899, -1.645349621, 0.914624893, -0.140543331])) /
      horner(z, [1, -2.118377725, 1.442710462, -0.329097515, 0.012229801])
    for (let i = 0; i < 2; i++) x -= (erfOf(x) - y) / ((2 / Math.sqrt(Math.PI)) * Math.exp(-x * x))
    return x
  }
  const tail = 1 - a // exact
  const z = Math.sqrt(-Math.log(tail / 2))
  let x =
    horner(z, [-1.970840454, -1.624906493, 3.429567803, 1.641345311]) / horner(z, [1, 3.5438892, 1.6370678])
  for (let i = 0; i < 2; i++) x += (erfcOf(x) - tail) / ((2 / Math.sqrt(Math.PI)) * Math.exp(-x * x))
  return y < 0 ? -x : x
}

// lgamma: fdlibm e_lgamma_r.c.
const lgammaA = [
  7.72156649015328655494e-2, 3.22467033424113591611e-1, 6.73523010531292681824e-2, 2.05808084325167332806e-2,
  7.38555086081402883957e-3, 2.89051383673415629091e-3, 1.19270763183362067845e-3, 5.10069792153511336608e-4,
  2.20862790713908385557e-4, 1.08011567247583939954e-4, 2.52144565451257326939e-5, 4.4864094961891516015e-5,
]
const lgammaT = [
  4.83836122723810047042e-1, -1.47587722994593911752e-1, 6.46249402391333854778e-2,
  -3.27885410759859649565e-2, 1.79706750811820387126e-2, -1.0314224129834143745e-2, 6.10053870246291332635e-3,
  -3.6845201678113825676e-3, 2.2596478090061247225e-3, -1.40346469989232843813e-3, 8.81081882437654011382e-4,
  -5.38595305356740546715e-4, 3.15632070903625950361e-4, -3.12754168375120860518e-4,
  3.35529192635519073543e-4,
]
const lgammaU = [
  -7.72156649015328655494e-2, 6.32827064025093366517e-1, 1.45492250137234768737, 9.77717527963372745603e-1,
  2.28963728064692451092e-1, 1.33810918536787660377e-2,
]
const lgammaV = [
  1, 2.45597793713041134822, 2.12848976379893395361, 7.69285150456672783825e-1, 1.04222645593369134254e-1,
  3.2170924228242391181e-3,
]
const lgammaS = [
  -7.72156649015328655494e-2, 2.14982415960608852501e-1, 3.25778796408930981787e-1, 1.46350472652464452805e-1,
  2.6642270303363860956e-2, 1.84028451407337715652e-3, 3.19475326584100867617e-5,
]
const lgammaR = [
  1, 1.39200533467621045958, 7.21935547567138069525e-1, 1.71933865632803078993e-1, 1.86459191715652901344e-2,
  7.77942496381893596434e-4, 7.32668430744625636189e-6,
]
const lgammaW = [
  4.18938533204672725052e-1, 8.33333333333329678849e-2, -2.7777777772877553647e-3, 7.936505586430195585e-4,
  -5.95187557450339963135e-4, 8.36339918996282139126e-4, -1.63092934096575273989e-3,
]
const lgammaMinimum = 1.46163214496836224576 // where Γ is least, and the logarithm of Γ there in two parts
const lgammaLeast = -1.21486290535849611461e-1
const lgammaLeastLow = -3.63867699703950536541e-18

// The three expansions near the zeros of lgamma at 1 and 2: about 2 − y, about the minimum, about 1 + y.
function lgammaNear(y: number, form: 'one' | 'minimum' | 'two'): number {
  if (form === 'two') return y * horner(y, lgammaA) - 0.5 * y
  if (form === 'minimum') return lgammaLeast - (lgammaLeastLow - y * y * horner(y, lgammaT))
  return -0.5 * y + (y * horner(y, lgammaU)) / horner(y, lgammaV)
}

/** log |Γ(x)|; +∞ at 0 and the negative integers. */
export function lgammaOf(x: number): number {
  if (Number.isNaN(x)) return x
  const a = Math.abs(x)
  if (a === Infinity || x === 0 || (x < 0 && x === Math.floor(x))) return Infinity
  if (a < 2 ** -70) return -Math.log(a)
  if (x < 0) return Math.log(Math.PI / Math.abs(sinPi(x) * x)) - lgammaOf(-x)
  if (x === 1 || x === 2) return 0
  if (x < 2) {
    if (x <= 0.9) {
      const low = -Math.log(x)
      if (x >= 0.7316) return low + lgammaNear(1 - x, 'two')
      return low + (x >= 0.23164 ? lgammaNear(x - (lgammaMinimum - 1), 'minimum') : lgammaNear(x, 'one'))
    }
    if (x >= 1.7316) return lgammaNear(2 - x, 'two')
    return x >= 1.23 ? lgammaNear(x - lgammaMinimum, 'minimum') : lgammaNear(x - 1, 'one')
  }
  if (x < 8) {
    const whole = Math.floor(x)
    const y = x - whole
    let z = 1
    for (let i = whole - 1; i >= 2; i--) z *= y + i
    return 0.5 * y + (y * horner(y, lgammaS)) / horner(y, lgammaR) + Math.log(z)
  }
  const z = 1 / x
  const t = Math.log(x)
  if (x >= 2 ** 58) return x * (t - 1)
  return (x - 0.5) * (t - 1) + (lgammaW[0] + z * horner(z * z, lgammaW.slice(1)))
}

// sin πx, exact at the integers.
function sinPi(x: number): number {
  const r = x - 2 * Math.round(x / 2) // in [−1, 1]
  if (Math.abs(r) <= 0.25) return Math.sin(Math.PI * r)
  const a = Math.abs(r)
  const s = a <= 0.75 ? Math.cos(Math.PI * (0.5 - a)) : Math.sin(Math.PI * (1 - a))
  return r < 0 ? -s : s
}

// B₂ₖ / 2k, of the asymptotic series of digamma in 1/x².
const digammaSeries = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12]
const digammaRoot = 1.4616321449683623
const digammaRootLow = 9.549995429965697e-17

/** ψ(x) = Γ′(x) / Γ(x); ∓∞ at ±0, NaN at the negative integers, as torch.digamma. */
export function digammaOf(x: number): number {
  if (x === 0) return Object.is(x, -0) ? Infinity : -Infinity
  if (x < 0) {
    if (x === Math.trunc(x)) return NaN
    const r = x - Math.round(x)
    return digammaOf(1 - x) - Math.PI / Math.tan(Math.PI * r)
  }
  if (Math.abs(x - digammaRoot) < 0.02) return digammaNearRoot(x)
  let shift = 0
  while (x < 10) shift += 1 / x++
  const z = 1 / (x * x)
  return Math.log(x) - 0.5 / x - z * horner(z, digammaSeries) - shift
}

// Σ (1/(k+r) − 1/(k+x)) = (x − r) Σ 1/((k+r)(k+x)), summed to k = 40, the rest by Euler and Maclaurin.
function digammaNearRoot(x: number): number {
  const n = 40
  let sum = 0
  for (let k = n - 1; k >= 0; k--) sum += 1 / ((k + digammaRoot) * (k + x))
  const d = x - digammaRoot - digammaRootLow
  const [a, b] = [n + digammaRoot, n + x]
  // ∫ from n: log(b/a)/d; half the first term; −f′(n)/12; f‴(n)/720
  const f = 1 / (a * b)
  const slope = f * (1 / a + 1 / b)
  const third = f * (6 / a ** 3 + 6 / (a * a * b) + 6 / (a * b * b) + 6 / b ** 3)
  const integral = d === 0 ? 1 / a : Math.log1p(d / a) / d
  return d * (sum + integral + f / 2 + slope / 12 - third / 720)
}

// B₂ₖ, of the asymptotic series of trigamma: 1/x + 1/2x² + Σ B₂ₖ / x^(2k+1).
const bernoulli = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6]

/** ψ′(x), the derivative of digamma; +∞ at 0 and the negative integers. */
export function trigammaOf(x: number): number {
  if (x === 0 || (x < 0 && x === Math.trunc(x))) return Infinity
  if (x < 0.5) {
    const s = Math.PI / sinPi(x)
    return s * s - trigammaOf(1 - x)
  }
  let shift = 0
  while (x < 12) {
    shift += 1 / (x * x)
    x++
  }
  const z = 1 / (x * x)
  return shift + 1 / x + z / 2 + (z / x) * horner(z, bernoulli)
}
