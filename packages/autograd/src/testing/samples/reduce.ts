// Reductions, their normalizations (softmax), statistics.
import { tensor } from '../../index.ts'
import * as tt from '../../index.ts'
import { mask, real } from './sample.ts'
import type { Sample } from './sample.ts'

const holed = (x: tt.Tensor): tt.Tensor => x.maskedFill(mask(), NaN)

export const reduce: readonly Sample[] = [
  ['sum', [real(2, 3)], (x) => [x.sum(), x.sum(0), x.sum(-1, { keepdim: true })]],
  ['mean', [real(2, 3)], (x) => [x.mean(), x.mean(0), x.mean([0, 1], { keepdim: true })]],
  ['nansum, nanmean', [real(2, 3)], (x) => [holed(x).nansum(), holed(x).nanmean(1), holed(x).nansum(0)]],
  ['prod', [real(2, 3)], (x) => [x.prod(), x.prod(0), x.prod(1, { keepdim: true })]],
  ['prod with zeros', [real(4)], (x) => x.mul(tensor([1, 0, 1, 1])).prod()],
  ['prod with two zeros', [real(4)], (x) => x.mul(tensor([1, 0, 1, 0])).prod(0)],
  [
    'amax, amin, aminmax',
    [real(2, 3)],
    (x) => [x.amax(0), x.amin([0, 1], { keepdim: true }), ...Object.values(x.aminmax({ dim: 1 }))],
  ],
  ['max, min', [real(2, 3)], (x) => [x.max(), x.min(), x.max(1).values, x.min(0, { keepdim: true }).values]],
  ['var, std', [real(2, 3)], (x) => [x.var(), x.var(1, { correction: 0, keepdim: true }), x.std(), x.std(0)]],
  ['varMean, stdMean', [real(2, 3)], (x) => [...x.varMean(1), ...x.stdMean(0)]],
  ['cov', [real(2, 4)], (x) => x.cov()],
  ['corrcoef', [real(2, 4)], (x) => x.corrcoef().select(0, 1)],
  ['logsumexp', [real(2, 3)], (x) => [x.logsumexp(1), x.logsumexp([0, 1], { keepdim: true })]],
  ['norm 2', [real(2, 3)], (x) => [x.norm(), x.norm(2, 1)]],
  [
    'norm of other orders',
    [real(2, 3)],
    (x) => [x.norm(1, 0), x.norm(3, 1, { keepdim: true }), x.norm(1.5), x.norm(Infinity, 1), x.norm(0)],
  ],
  ['renorm', [real(3, 2)], (x) => x.renorm(2, 0, 0.5)],
  ['median', [real(2, 5)], (x) => [x.median(), x.median(1).values]],
  ['nanmedian', [real(2, 3)], (x) => [holed(x).nanmedian(), holed(x).nanmedian(1).values]],
  ['kthvalue, mode', [real(2, 5)], (x) => [x.kthvalue(2).values, x.mode().values]],
  ['quantile', [real(2, 5)], (x) => [x.quantile(0.3), x.quantile(tensor([0.2, 0.6], { dtype: x.dtype }), 1)]],
  ...(['lower', 'higher', 'midpoint', 'nearest'] as const).map((interpolation): Sample => [
    `quantile ${interpolation}`,
    [real(2, 5)],
    (x) => x.quantile(0.3, 1, { interpolation }),
  ]),
  ['nanquantile', [real(2, 3)], (x) => holed(x).nanquantile(0.4, 1)],
  ['softmax', [real(2, 3)], (x) => [x.softmax(1), x.softmax(0)]],
  ['logSoftmax', [real(2, 3)], (x) => [x.logSoftmax(1), x.logSoftmax(0)]],
  ['softmin', [real(2, 3)], (x) => tt.softmin(x, 1)],
]
