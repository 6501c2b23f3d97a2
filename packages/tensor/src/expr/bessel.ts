// Bessel functions of the first and second kind as expressions: Cephes' rational forms up to 5, Hankel's
// asymptotic form above, modulus and phase as rational functions of 25 / x². Coefficients highest degree first.
import type { Expr } from './expr.ts'
import { horner } from './polynomial.ts'

const modulus0 = [
  0.0007969367292973471, 0.08283523921074408, 1.239533716464143, 5.447250030587687, 8.74716500199817,
  5.303240382353949, 1,
]
const modulus0Below = [
  0.0009244088105588637, 0.08562884743544745, 1.2535274390105895, 5.470977403304171, 8.761908832370695,
  5.306052882353947, 1,
]
const phase0 = [
  -0.011366383889846916, -1.2825271867050931, -19.553954425773597, -93.20601521237683, -177.68116798048806,
  -147.07750515495118, -51.41053267665993, -6.050143506007285,
]
const phase0Below = [
  64.3178256118178, 856.4300259769806, 3882.4018360540163, 7240.467741956525, 5930.727011873169,
  2062.0933166032783, 242.0057402402914,
]
const j0Near = [-4794432209.782018, 1956174919465.5657, -249248344360967.72, 9708622510473064]
const j0NearBelow = [
  499.563147152651, 173785.4016763747, 48440965.83399621, 11185553704.535683, 2112775201154.892,
  310518229857422.56, 3.1812195594320496e16, 1.7108629408104315e18,
]
const modulus1 = [
  0.0007621256162081731, 0.07313970569409176, 1.1271960812968493, 5.112079511468076, 8.424045901417724,
  5.214515986823615, 1,
]
const modulus1Below = [
  0.0005713231280725487, 0.06884559087544954, 1.105142326340617, 5.073863861286015, 8.399855543276042,
  5.209828486823619, 1,
]
const phase1 = [
  0.05108625947501766, 4.982138729512334, 75.82382841325453, 366.7796093601508, 710.8563049989261,
  597.4896124006136, 211.68875710057213, 25.207020585802372,
]
const phase1Below = [
  74.23732770356752, 1056.4488603826283, 4986.410583376536, 9562.318924047562, 7997.041604473507,
  2826.1927851763908, 336.0936078106983,
]
const j1Near = [-899971225.7055594, 452228297998.19403, -72749424522181.83, 3682957328638529]
const j1NearBelow = [
  620.8364781180543, 256987.25675774884, 83514679.14319493, 22151159547.97925, 4749141220799.914,
  784369607876235.9, 8.952223361846274e16, 5.322786203326801e18,
]
const y0Near = [
  15592.436785523574, -14663929.59039716, 5435264770.518765, -982136065717.9115, 87590639439536.7,
  -3466283033847297, 4.4273326857256984e16, -1.8495080043698668e16,
]
const y0NearBelow = [
  1041.2835366425984, 626107.330137135, 268919633.39381415, 86400248710.3935, 20297961275010.555,
  3171577528429750.5, 2.5059625617265306e17,
]
const y1Near = [
  1263204747.9017804, -647355876379.1603, 114509511541823.73, -8127702555013251, 2.024394757135949e17,
  -7.788771962659501e17,
]
const y1NearBelow = [
  594.3015923461282, 235564.09294306856, 73481194.44597217, 18760131610.870617, 3882312774962.3857,
  620557727146953.8, 6.871410873553005e16, 3.9727060811656064e18,
]
const rootTwoOverPi = Math.sqrt(2 / Math.PI)
const twoOverPi = 2 / Math.PI

// √(2/πx) · (P sin or cos(x − angle) ± 5/x · Q cos or sin(x − angle)), for x > 5
function far(x: Expr, order: 0 | 1, kind: 'first' | 'second'): Expr {
  const z = x.square().reciprocal().mul(25)
  const p =
    order === 0
      ? horner(z, modulus0).div(horner(z, modulus0Below))
      : horner(z, modulus1).div(horner(z, modulus1Below))
  const q =
    order === 0
      ? horner(z, phase0).div(horner(z, phase0Below))
      : horner(z, phase1).div(horner(z, phase1Below))
  const angle = x.sub(order === 0 ? Math.PI / 4 : (3 * Math.PI) / 4)
  const tilt = x.reciprocal().mul(5).mul(q)
  const wave =
    kind === 'first'
      ? p.mul(angle.cos()).sub(tilt.mul(angle.sin()))
      : p.mul(angle.sin()).add(tilt.mul(angle.cos()))
  return wave.mul(rootTwoOverPi).div(x.sqrt())
}

/** J₀(x). The first factors are its zeros squared. */
export function besselJ0(self: Expr): Expr {
  const x = self.abs()
  const z = x.square()
  const near = z
    .sub(5.783185962946784)
    .mul(z.sub(30.471262343662087))
    .mul(horner(z, j0Near))
    .div(horner(z, j0NearBelow))
  return x.le(5).select(x.lt(1e-5).select(z.div(-4).add(1), near), far(x, 0, 'first'))
}

/** J₁(x). */
export function besselJ1(self: Expr): Expr {
  const z = self.square()
  const near = self
    .mul(horner(z, j1Near))
    .div(horner(z, j1NearBelow))
    .mul(z.sub(14.681970642123893))
    .mul(z.sub(49.2184563216946))
  const x = self.abs()
  return x.le(5).select(near, self.sign().mul(far(x, 1, 'first')))
}

// Of the second kind: −∞ at 0, NaN below.
const onPositive = (x: Expr, value: Expr): Expr => x.eq(0).select(-Infinity, x.lt(0).select(NaN, value))

/** Y₀(x). */
export function besselY0(x: Expr): Expr {
  const z = x.square()
  const near = horner(z, y0Near)
    .div(horner(z, y0NearBelow))
    .add(x.log().mul(twoOverPi).mul(besselJ0(x)))
  return onPositive(x, x.le(5).select(near, far(x, 0, 'second')))
}

/** Y₁(x). */
export function besselY1(x: Expr): Expr {
  const z = x.square()
  const near = x
    .mul(horner(z, y1Near).div(horner(z, y1NearBelow)))
    .add(besselJ1(x).mul(x.log()).sub(x.reciprocal()).mul(twoOverPi))
  return onPositive(x, x.le(5).select(near, far(x, 1, 'second')))
}

/** The spherical j₀(x) = sin(x) / x, 0 at infinity. */
export function sphericalBesselJ0(x: Expr): Expr {
  const series = horner(x.square(), [
    1 / 6227020800,
    -1 / 39916800,
    1 / 362880,
    -1 / 5040,
    1 / 120,
    -1 / 6,
    1,
  ])
  return x
    .abs()
    .eq(Infinity)
    .select(0, x.abs().lt(0.5).select(series, x.sin().div(x)))
}
