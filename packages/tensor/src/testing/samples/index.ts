// All families of samples.
import * as activation from '../../ops/activation.ts'
import * as arithmetic from '../../ops/arithmetic.ts'
import * as bessel from '../../ops/bessel.ts'
import * as comparison from '../../ops/comparison.ts'
import * as gamma from '../../ops/gamma.ts'
import * as integerMath from '../../ops/integer-math.ts'
import * as logarithm from '../../ops/logarithm.ts'
import * as math from '../../ops/math.ts'
import { angle } from '../../ops/complex-parts.ts'
import * as rounding from '../../ops/rounding.ts'
import * as special from '../../ops/special-functions.ts'
import type { Family } from '../sample.ts'
import { complexFamily } from './complex.ts'
import { fourierFamily } from './fourier.ts'
import { indexingFamily, scatterFamily } from './indexing.ts'
import { kernelsFamily } from './kernels.ts'
import { linalgFamily } from './linalg.ts'
import { convolutionFamily, lossFamily, matmulFamily, poolFamily } from './neural.ts'
import { normalizationFamily, resampleFamily } from './normalization.ts'
import { pointwiseFamily } from './pointwise.ts'
import { randomFamily } from './random.ts'
import { extremesFamily, reduceFamily } from './reduce.ts'
import { scanFamily, sortFamily } from './sequence.ts'
import { copyFamily, joinFamily, viewsFamily } from './shape.ts'

// One of each kind whole: the others have the same form, and these expressions take long to compile.
const { airyAi, besselJ0, besselY1, erfcx, i1e, modifiedBesselK1, ndtri, zeta, ...others } = special
const longExpressions = { airyAi, besselJ0, besselY1, erfcx, i1e, modifiedBesselK1, ndtri, zeta }
const briefly = pointwiseFamily(
  'specialBriefly',
  { ...others, ...bessel, angle },
  { logNdtr: { values: 'unit' } },
)

/** The samples of every family of ops; gradcheck and other suites may run them too. */
export const families: readonly Family[] = [
  pointwiseFamily('activation', activation),
  pointwiseFamily('arithmetic', arithmetic, { sub: { refuses: 'bool' }, rsub: { refuses: 'bool' } }),
  pointwiseFamily('comparison', comparison),
  pointwiseFamily('gamma', gamma, { igamma: { values: 'positive' }, igammac: { values: 'positive' } }),
  pointwiseFamily('integerMath', integerMath),
  pointwiseFamily('logarithm', logarithm, { xlogy: { values: 'positive' }, entr: { values: 'positive' } }),
  pointwiseFamily('math', math, {
    asin: { values: 'unit' },
    acos: { values: 'unit' },
    atanh: { values: 'unit' },
    erfinv: { values: 'unit' },
    acosh: { values: 'positive' },
    log: { values: 'positive' },
  }),
  pointwiseFamily('rounding', rounding),
  pointwiseFamily('special', longExpressions, { ndtri: { values: 'unit' }, zeta: { values: 'positive' } }),
  {
    name: briefly.name,
    samples: briefly.samples
      .filter(({ name, dtypes }) => !name.includes(' ') && !name.endsWith('_') && dtypes.includes('float32'))
      .map((sample) => ({ ...sample, dtypes: ['float32'], layouts: ['contiguous'] })),
  },
  complexFamily,
  reduceFamily,
  extremesFamily,
  scanFamily,
  sortFamily,
  copyFamily,
  viewsFamily,
  joinFamily,
  indexingFamily,
  scatterFamily,
  matmulFamily,
  convolutionFamily,
  poolFamily,
  lossFamily,
  normalizationFamily,
  resampleFamily,
  linalgFamily,
  randomFamily,
  fourierFamily,
  kernelsFamily,
]
