// Normalizations.
import * as tt from '../../index.ts'
import { real } from './sample.ts'
import type { Sample } from './sample.ts'

export const normalization: readonly Sample[] = [
  [
    'batchNorm',
    [real(3, 2, 2), real(2), real(2)],
    (x, w, b) => [
      tt.batchNorm(x, null, null, w, b, { training: true }),
      tt.batchNorm(x, null, null, null, b, { training: true }),
    ],
  ],
  [
    'batchNorm in evaluation',
    [real(3, 2, 2), real(2), real(2)],
    (x, w, b) => tt.batchNorm(x, tt.tensor([0.1, 0.2]).to(x.dtype), tt.tensor([1, 2]).to(x.dtype), w, b),
  ],
  ['instanceNorm', [real(2, 2, 3), real(2), real(2)], (x, w, b) => tt.instanceNorm(x, null, null, w, b)],
  [
    'layerNorm',
    [real(2, 3), real(3), real(3)],
    (x, w, b) => [tt.layerNorm(x, [3], w, b), tt.layerNorm(x, [2, 3])],
  ],
  ['groupNorm', [real(2, 4, 2), real(4), real(4)], (x, w, b) => tt.groupNorm(x, 2, w, b)],
  ['localResponseNorm', [real(1, 4, 2)], (x) => tt.localResponseNorm(x, 2)],
]
