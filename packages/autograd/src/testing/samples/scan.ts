// Scans and orders along a dim.
import { tensor } from '../../index.ts'
import { real } from './sample.ts'
import type { Sample } from './sample.ts'

export const scan: readonly Sample[] = [
  ['cumsum', [real(2, 3)], (x) => [x.cumsum(0), x.cumsum(1)]],
  ['cumprod', [real(2, 3)], (x) => [x.cumprod(0), x.cumprod(1)]],
  ['cumprod with zeros', [real(4)], (x) => x.mul(tensor([1, 0, 1, 1])).cumprod(0)],
  ['cummax, cummin', [real(2, 4)], (x) => [x.cummax(1).values, x.cummin(0).values]],
  ['logcumsumexp', [real(2, 3)], (x) => x.logcumsumexp(1)],
  [
    'sort, topk',
    [real(2, 5)],
    (x) => [x.sort().values, x.sort(0, { descending: true }).values, x.topk(2).values],
  ],
  ['diff, trapezoid, gradient', [real(5)], (x) => [x.diff(), x.trapezoid(), ...x.gradient({ edgeOrder: 2 })]],
]
