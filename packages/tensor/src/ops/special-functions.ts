// Functions of torch.special that have no other place: Bessel and Airy functions, the normal distribution, zeta.
import { binary, unary } from '../dispatch/define.ts'
import { airyAi as airy } from '../expr/airy.ts'
import * as bessel from '../expr/bessel.ts'
import type { Expr } from '../expr/expr.ts'
import * as modified from '../expr/modified-bessel.ts'
import * as normal from '../expr/normal-distribution.ts'

const toFloat = (name: string, build: (x: Expr) => Expr, gradName?: string) =>
  unary(name, build, { result: 'float', gradName })

/** `e^(−|x|) I₀(x)`. @example i0e(tensor([0, 1])).tolist() // => [1, 0.46576] @see torch.special.i0e */
export const i0e = toFloat('i0e', modified.i0e, 'SpecialI0EBackward0')
/**
 * The modified Bessel function of the first kind of order 1.
 *
 * @example
 * i1(tensor([0, 1])).tolist() // => [0, 0.565159]
 * @see torch.special.i1
 */
export const i1 = toFloat('i1', modified.i1, 'SpecialI1Backward0')
/** `e^(−|x|) I₁(x)`. @example i1e(tensor([0, 1])).tolist() // => [0, 0.20791] @see torch.special.i1e */
export const i1e = toFloat('i1e', modified.i1e, 'SpecialI1EBackward0')
/**
 * I₀(x).
 *
 * @example
 * modifiedBesselI0(tensor([0, 1])).tolist() // => [1, 1.26607]
 * @see torch.special.modified_bessel_i0
 */
export const modifiedBesselI0 = toFloat('modifiedBesselI0', modified.i0)
/**
 * I₁(x).
 *
 * @example
 * modifiedBesselI1(tensor([0, 1])).tolist() // => [0, 0.565159]
 * @see torch.special.modified_bessel_i1
 */
export const modifiedBesselI1 = toFloat('modifiedBesselI1', modified.i1)
/**
 * The modified Bessel function of the second kind K₀(x); NaN below 0.
 *
 * @example
 * modifiedBesselK0(tensor([0, 1])).tolist() // => [Infinity, 0.421024]
 * @see torch.special.modified_bessel_k0
 */
export const modifiedBesselK0 = toFloat('modifiedBesselK0', modified.k0)
/**
 * K₁(x); NaN below 0.
 *
 * @example
 * modifiedBesselK1(tensor([0, 1])).tolist() // => [Infinity, 0.601907]
 * @see torch.special.modified_bessel_k1
 */
export const modifiedBesselK1 = toFloat('modifiedBesselK1', modified.k1)
/**
 * `eˣ K₀(x)`.
 *
 * @example
 * scaledModifiedBesselK0(tensor([1])).item() // => 1.14446
 * @see torch.special.scaled_modified_bessel_k0
 */
export const scaledModifiedBesselK0 = toFloat('scaledModifiedBesselK0', modified.k0e)
/**
 * `eˣ K₁(x)`.
 *
 * @example
 * scaledModifiedBesselK1(tensor([1])).item() // => 1.63615
 * @see torch.special.scaled_modified_bessel_k1
 */
export const scaledModifiedBesselK1 = toFloat('scaledModifiedBesselK1', modified.k1e)

/**
 * The Bessel function of the first kind J₀(x).
 *
 * @example
 * besselJ0(tensor([0, 1])).tolist() // => [1, 0.765198]
 * @see torch.special.bessel_j0
 */
export const besselJ0 = toFloat('besselJ0', bessel.besselJ0)
/** J₁(x). @example besselJ1(tensor([0, 1])).tolist() // => [0, 0.440051] @see torch.special.bessel_j1 */
export const besselJ1 = toFloat('besselJ1', bessel.besselJ1)
/**
 * The Bessel function of the second kind Y₀(x); NaN below 0.
 *
 * @example
 * besselY0(tensor([1])).item() // => 0.0882569
 * @see torch.special.bessel_y0
 */
export const besselY0 = toFloat('besselY0', bessel.besselY0)
/** Y₁(x); NaN below 0. @example besselY1(tensor([1])).item() // => -0.781213 @see torch.special.bessel_y1 */
export const besselY1 = toFloat('besselY1', bessel.besselY1)
/**
 * The spherical Bessel function j₀(x) = sin(x) / x.
 *
 * @example
 * sphericalBesselJ0(tensor([0, 1])).tolist() // => [1, 0.841471]
 * @see torch.special.spherical_bessel_j0
 */
export const sphericalBesselJ0 = toFloat('sphericalBesselJ0', bessel.sphericalBesselJ0)
/** The Airy function Ai(x). @example airyAi(tensor([0])).item() // => 0.355028 @see torch.special.airy_ai */
export const airyAi = toFloat('airyAi', airy)

/** `e^(x²) erfc(x)`. @example erfcx(tensor([0, 1])).tolist() // => [1, 0.427584] @see torch.special.erfcx */
export const erfcx = toFloat('erfcx', normal.erfcx, 'SpecialErfcxBackward0')
/**
 * The distribution function of the normal distribution.
 *
 * @example
 * ndtr(tensor([0, 1])).tolist() // => [0.5, 0.841345]
 * @see torch.special.ndtr
 */
export const ndtr = toFloat('ndtr', normal.ndtr)
/**
 * ln ndtr(x), exact in the lower tail.
 *
 * @example
 * logNdtr(tensor([0, -10])).tolist() // => [-0.693147, -53.2313]
 * @see torch.special.log_ndtr
 */
export const logNdtr = toFloat('logNdtr', normal.logNdtr, 'SpecialLogNdtrBackward0')
/**
 * The inverse of ndtr.
 *
 * @example
 * special.ndtri(tensor([0.5])).tolist() // => [0]
 * @see torch.special.ndtri
 */
export const ndtri = toFloat('ndtri', normal.ndtri, 'SpecialNdtriBackward0')
/**
 * The Hurwitz zeta function Σ (other + k)^(−self), k ≥ 0.
 *
 * @example
 * zeta(tensor([2]), tensor([1])).item() // => 1.64493
 * @see torch.special.zeta
 */
export const zeta = binary('zeta', (s, q) => s.zeta(q), { result: 'float', gradName: 'SpecialZetaBackward0' })
