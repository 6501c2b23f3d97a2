// torch.masked: reductions and normalizations of what a mask leaves.
import { masked as m } from '../../index.ts'
import { mask, real } from './sample.ts'
import type { Sample } from './sample.ts'

const by = (): { mask: ReturnType<typeof mask> } => ({ mask: mask() })

export const masked: readonly Sample[] = [
  ['sum, mean, prod', [real(2, 3)], (x) => [m.sum(x, 0, by()), m.mean(x, 1, by()), m.prod(x, 1, by())]],
  [
    'amax, amin, median',
    [real(2, 3)],
    (x) => [m.amax(x, 1, by()), m.amin(x, null, by()), m.median(x, 1, by())],
  ],
  ['logsumexp, norm', [real(2, 3)], (x) => [m.logsumexp(x, 1, by()), m.norm(x, 2, 1, by())]],
  ['var, std', [real(2, 3)], (x) => [m.var(x, 1, by()), m.std(x, 1, by())]],
  ['cumsum, cumprod', [real(2, 3)], (x) => [m.cumsum(x, 1, by()), m.cumprod(x, 1, by())]],
  ['softmax, softmin', [real(2, 3)], (x) => [m.softmax(x, 1, by()), m.softmin(x, 1, by())]],
  ['logSoftmax', [real(2, 3)], (x) => m.logSoftmax(x, 1, by()).index([mask()])],
  ['normalize', [real(2, 3)], (x) => m.normalize(x, 2, 1, by())],
]
