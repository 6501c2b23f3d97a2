// Functions of the normal distribution as expressions: its quantiles after Cephes, scaled tails.
import { constant } from './expr.ts'
import type { Expr } from './expr.ts'
import { horner } from './polynomial.ts'

// Highest degree first.
const quantileCentre = [
  -59.96335010141079, 98.00107541859997, -56.67628574690703, 13.931260938727968, -1.2391658386738125,
]
const quantileBelowCentre = [
  1, 1.9544885833814176, 4.676279128988815, 86.36024213908905, -225.46268785411937, 200.26021238006066,
  -82.03722561683334, 15.90562251262117, -1.1833162112133,
]
const quantileTail = [
  4.0554489230596245, 31.525109459989388, 57.16281922464213, 44.08050738932008, 14.684956192885803,
  2.1866330685079025, -0.1402560791713545, -0.03504246268278482, -0.0008574567851546854,
]
const quantileBelowTail = [
  1, 15.779988325646675, 45.39076351288792, 41.3172038254672, 15.04253856929075, 2.504649462083094,
  -0.14218292285478779, -0.03808064076915783, -0.0009332594808954574,
]
const quantileFar = [
  3.2377489177694603, 6.915228890689842, 3.9388102529247444, 1.3330346081580755, 0.20148538954917908,
  0.012371663481782003, 0.00030158155350823543, 2.6580697468673755e-6, 6.239745391849833e-9,
]
const quantileBelowFar = [
  1, 6.02427039364742, 3.6798356385616087, 1.3770209948908132, 0.21623699359449663, 0.013420400608854318,
  0.00032801446468212774, 2.8924786474538068e-6, 6.790194080099813e-9,
]

const halfRoot = Math.SQRT1_2

/** e^(x²) erfc(x): the product up to 5, above Laplace's continued fraction 1/√π / (x + ½/(x + 1/(x + 3/2/(x + ...)))). */
export function erfcx(x: Expr): Expr {
  let fraction = x
  for (let k = 20; k >= 1; k--) fraction = x.add(constant(k / 2).div(fraction))
  const product = x.mul(x).exp().mul(x.erfc())
  return x.lt(5).select(x.lt(-26.7).select(Infinity, product), fraction.reciprocal().div(Math.sqrt(Math.PI)))
}

/** The distribution function, ½ erfc(−x/√2). */
export const ndtr = (x: Expr): Expr => x.mul(-halfRoot).erfc().mul(0.5)

/** Its logarithm, exact in the lower tail. */
export function logNdtr(x: Expr): Expr {
  const t = x.mul(halfRoot)
  return x.lt(-1).select(erfcx(t.neg()).mul(0.5).log().sub(t.mul(t)), t.erfc().mul(-0.5).log1p())
}

const tail = Math.exp(-2)
/** Its inverse: −∞ at 0, ∞ at 1, NaN outside. */
export function ndtri(p: Expr): Expr {
  const upper = p.gt(1 - tail)
  const y = upper.select(p.neg().add(1), p)
  const centred = y.sub(0.5)
  const z = centred.mul(centred)
  const centre = centred
    .add(centred.mul(z.mul(horner(z, quantileCentre)).div(horner(z, quantileBelowCentre))))
    .mul(Math.sqrt(2 * Math.PI))
  const x = y.log().mul(-2).sqrt()
  const inverse = x.reciprocal()
  const ratio = x
    .lt(8)
    .select(
      horner(inverse, quantileTail).div(horner(inverse, quantileBelowTail)),
      horner(inverse, quantileFar).div(horner(inverse, quantileBelowFar)),
    )
  const outer = x.sub(x.log().div(x)).sub(inverse.mul(ratio))
  const value = y.gt(tail).select(centre, upper.select(outer, outer.neg()))
  const ends = p.eq(0).select(-Infinity, p.eq(1).select(Infinity, value))
  return p.lt(0).or(p.gt(1)).select(NaN, ends)
}
