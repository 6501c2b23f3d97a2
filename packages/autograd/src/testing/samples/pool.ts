// Pooling.
import * as tt from '../../index.ts'
import { positive, real } from './sample.ts'
import type { Sample } from './sample.ts'

export const pool: readonly Sample[] = [
  ['maxPool1d, avgPool1d', [real(1, 2, 6)], (x) => [tt.maxPool1d(x, 2), tt.avgPool1d(x, 3)]],
  [
    'maxPool2d',
    [real(1, 2, 4, 4)],
    (x) => [tt.maxPool2d(x, 2), tt.maxPool2d(x, 3, { stride: 1, padding: 1 })],
  ],
  [
    'avgPool2d',
    [real(1, 2, 4, 4)],
    (x) => [tt.avgPool2d(x, 2), tt.avgPool2d(x, 3, { padding: 1, stride: 2, countIncludePad: false })],
  ],
  ['maxPool3d, avgPool3d', [real(1, 1, 2, 4, 2)], (x) => [tt.maxPool3d(x, 2), tt.avgPool3d(x, 2)]],
  [
    'adaptive pools',
    [real(1, 1, 5, 4)],
    (x) => [
      tt.adaptiveAvgPool2d(x, [2, 3]),
      tt.adaptiveAvgPool2d(x, [1, 2]),
      tt.adaptiveMaxPool2d(x, [2, 3]),
    ],
  ],
  [
    'adaptive pools in 3-d',
    [real(1, 1, 3, 2, 2)],
    (x) => [tt.adaptiveAvgPool3d(x, [2, 1, 2]), tt.adaptiveMaxPool3d(x, [2, 1, 2])],
  ],
  [
    'maxUnpool2d',
    [real(1, 1, 2, 2)],
    (x) => tt.maxUnpool2d(x, tt.tensor(BigInt64Array.of(0n, 3n, 9n, 14n)).view([1, 1, 2, 2]), 2),
  ],
  ['lpPool2d', [positive(1, 1, 4, 4)], (x) => tt.lpPool2d(x, 2, 2)],
]
