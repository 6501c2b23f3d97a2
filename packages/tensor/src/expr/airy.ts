// The Airy function Ai as an expression, after Cephes. Coefficients highest degree first.
import type { Expr } from './expr.ts'
import { horner } from './polynomial.ts'

const decay = [
  0.346538101525629, 12.007595273964581, 76.27960536152345, 168.08922493463058, 159.75639135016442,
  70.53609068404442, 14.026469116338967, 1,
]
const decayBelow = [
  0.5675945326387702, 14.75625625848472, 84.51389701414746, 177.31808814540045, 164.2346928715297,
  71.47784008255756, 14.095913560783403, 1,
]
const modulus = [
  -0.1316963234183318, -0.6264565444319123, -0.6931580360369335, -0.2797799815451191, -0.04919001326095003,
  -0.004062659235948854, -0.0001592764962392621, -2.776491081552329e-6, -1.6778769848911465e-8,
]
const modulusBelow = [
  13.356042070655324, 32.682503279522464, 26.736704094149957, 9.187074029072596, 1.4752914677166642,
  0.11568717379518804, 0.004402916416152112, 7.547203482874142e-5, 4.5185009297058035e-7,
]
const phase = [
  0.01973399320916857, 0.39110302961568827, 1.0657989759959559, 0.9391692298166502, 0.35146565610554764,
  0.06338889196289255, 0.005858041130483885, 0.000282851600836737, 6.98793669997261e-6, 8.117892395543892e-8,
  3.415517847659236e-10,
]
const phaseBelow = [
  9.30892908077442, 19.835292871831214, 15.564662893286462, 5.476860694229755, 0.9542936116189619,
  0.08645808263523921, 0.004126565238242226, 0.00010125908511650914, 1.1716673321441352e-6,
  4.9183457006293e-9,
]
// Maclaurin series of the two solutions in x³: Ai = Ai(0) f + Ai′(0) g.
const series = (first: number): number[] => {
  const coefficients = [1]
  for (let k = 3; k <= 45; k += 3) coefficients.unshift(coefficients[0] / ((k - 1 + first) * (k + first)))
  return coefficients
}
const rootPi = Math.sqrt(Math.PI)

/** Ai(x); NaN at ±∞, as in PyTorch. */
export function airyAi(x: Expr): Expr {
  const cube = x.mul(x).mul(x)
  const middle = horner(cube, series(0))
    .mul(0.35502805388781724)
    .sub(x.mul(horner(cube, series(1))).mul(0.2588194037928068))

  const zeta = x.mul(x.sqrt()).mul(2 / 3) // x > 0
  const inverse = zeta.reciprocal()
  const decaying = horner(inverse, decay)
    .div(horner(inverse, decayBelow))
    .div(rootPi)
    .div(x.sqrt().sqrt().mul(2).mul(zeta.exp()))

  const root = x.neg().sqrt() // x < 0
  const phi = x.mul(-2 / 3).mul(root)
  const z = phi.reciprocal()
  const zz = z.square()
  const p = zz.mul(horner(zz, modulus)).div(horner(zz, modulusBelow)).add(1)
  const q = z.mul(horner(zz, phase)).div(horner(zz, phaseBelow))
  const angle = phi.add(Math.PI / 4)
  const waving = angle.sin().mul(p).sub(angle.cos().mul(q)).div(rootPi).div(root.sqrt())

  const finite = x.lt(-2.09).select(waving, x.ge(2.09).select(x.gt(103.892).select(0, decaying), middle))
  return x.abs().eq(Infinity).select(NaN, finite)
}
