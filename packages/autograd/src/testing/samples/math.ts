// Functions of a number: exponential, circular, error and gamma functions.
import * as tt from '../../index.ts'
import { at, between, positive, real, share, unary, unit } from './sample.ts'
import type { Sample } from './sample.ts'

const everywhere = [
  ...[
    'exp',
    'exp2',
    'expm1',
    'sin',
    'cos',
    'sinh',
    'cosh',
    'tanh',
    'asinh',
    'atan',
    'erf',
    'erfc',
    'sigmoid',
    'sinc',
  ],
  ...['i0'],
]

export const math: readonly Sample[] = [
  ...unary(tt, everywhere, real(2, 3)),
  ...unary(
    tt,
    ['log', 'log2', 'log10', 'log1p', 'sqrt', 'rsqrt', 'lgamma', 'digamma', 'entr'],
    positive(2, 3),
  ),
  ...unary(tt, ['tan', 'asin', 'acos', 'atanh', 'erfinv'], unit(2, 3)),
  ['lgamma and digamma of negative numbers', [between(-1.9, -1.1, 3)], (x) => [x.lgamma(), x.digamma()]],
  ['acosh', [between(1.2, 3, 4)], (x) => x.acosh()],
  ['logit', [share(4)], (x) => [x.logit(), x.logit(0.2)]],
  ['polygamma', [positive(3)], (x) => [0, 1, 2, 3].map((n) => tt.polygamma(n, x))],
  ['mvlgamma', [between(2, 4, 3)], (x) => x.mvlgamma(3)],
  ['igamma', [positive(3)], (x) => [at(1, 2, 3).to(x.dtype).igamma(x), at(1, 2, 3).to(x.dtype).igammac(x)]],
  ['frexp', [real(3)], (x) => x.frexp().mantissa],
]
