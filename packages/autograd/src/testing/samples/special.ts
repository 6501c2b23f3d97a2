// torch.special: Bessel and Airy functions, the normal distribution, zeta, orthogonal polynomials.
import * as tt from '../../index.ts'
import { at, positive, real, share, unary } from './sample.ts'
import type { Sample } from './sample.ts'

const { special: s } = tt
const everywhere = [
  ...[
    'i0e',
    'i1',
    'i1e',
    'modifiedBesselI0',
    'modifiedBesselI1',
    'besselJ0',
    'besselJ1',
    'sphericalBesselJ0',
  ],
  ...['airyAi', 'erfcx', 'ndtr', 'logNdtr'],
]
const ofPositive = [
  ...['modifiedBesselK0', 'modifiedBesselK1', 'scaledModifiedBesselK0', 'scaledModifiedBesselK1', 'besselY0'],
  ...['besselY1'],
]
const polynomials = [
  ...['chebyshevPolynomialT', 'chebyshevPolynomialU', 'chebyshevPolynomialV', 'chebyshevPolynomialW'],
  ...['shiftedChebyshevPolynomialT', 'shiftedChebyshevPolynomialU', 'shiftedChebyshevPolynomialV'],
  ...['shiftedChebyshevPolynomialW', 'hermitePolynomialH', 'hermitePolynomialHe', 'laguerrePolynomialL'],
  ...['legendrePolynomialP'],
] as const satisfies readonly (keyof typeof s)[]

export const special: readonly Sample[] = [
  ...unary(s, everywhere, real(2, 3)),
  ...unary(s, ofPositive, positive(2, 3)),
  ['ndtri', [share(2, 3)], (x) => s.ndtri(x)],
  ['zeta', [positive(3)], (q) => s.zeta(at(2, 3, 4).to(q.dtype), q)],
  ...polynomials.map((name): Sample => [
    name,
    [share(4)],
    (x) => [s[name](x, 4), s[name](x, at(0, 1, 2, 3))],
  ]),
]
