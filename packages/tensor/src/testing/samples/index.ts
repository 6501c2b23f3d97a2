// All families of samples.
import * as activation from '../../ops/activation.ts'
import * as arithmetic from '../../ops/arithmetic.ts'
import * as comparison from '../../ops/comparison.ts'
import * as logarithm from '../../ops/logarithm.ts'
import * as math from '../../ops/math.ts'
import * as rounding from '../../ops/rounding.ts'
import type { Family } from '../sample.ts'
import { indexingFamily, scatterFamily } from './indexing.ts'
import { kernelsFamily } from './kernels.ts'
import { convolutionFamily, lossFamily, matmulFamily, poolFamily } from './neural.ts'
import { pointwiseFamily } from './pointwise.ts'
import { extremesFamily, reduceFamily } from './reduce.ts'
import { scanFamily, sortFamily } from './sequence.ts'
import { copyFamily, joinFamily, viewsFamily } from './shape.ts'

/** The samples of every family of ops; gradcheck and other suites may run them too. */
export const families: readonly Family[] = [
  pointwiseFamily('activation', activation),
  pointwiseFamily('arithmetic', arithmetic, { sub: { refuses: 'bool' }, rsub: { refuses: 'bool' } }),
  pointwiseFamily('comparison', comparison),
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
  kernelsFamily,
]
