// Convolutions.
import * as tt from '../../index.ts'
import { real } from './sample.ts'
import type { Sample } from './sample.ts'

export const convolution: readonly Sample[] = [
  [
    'conv1d',
    [real(1, 2, 6), real(4, 1, 3), real(4)],
    (x, w, b) => tt.conv1d(x, w, b, { groups: 2, stride: 2, padding: 1 }),
  ],
  [
    'conv2d',
    [real(1, 2, 4, 4), real(2, 2, 2, 2), real(2)],
    (x, w, b) => tt.conv2d(x, w, b, { dilation: 2, padding: 1 }),
  ],
  ['conv2d, plain', [real(2, 1, 3, 3), real(2, 1, 2, 2)], (x, w) => tt.conv2d(x, w)],
  ['conv3d', [real(1, 1, 2, 3, 2), real(1, 1, 1, 2, 2), real(1)], (x, w, b) => tt.conv3d(x, w, b)],
  [
    'convTranspose1d',
    [real(1, 2, 3), real(2, 1, 2), real(2)],
    (x, w, b) => tt.convTranspose1d(x, w, b, { groups: 2 }),
  ],
  [
    'convTranspose2d',
    [real(1, 2, 2, 2), real(2, 1, 2, 2), real(1)],
    (x, w, b) => tt.convTranspose2d(x, w, b, { stride: 2, outputPadding: 1 }),
  ],
  [
    'convTranspose3d',
    [real(1, 1, 2, 2, 1), real(1, 2, 1, 2, 1)],
    (x, w) => tt.convTranspose3d(x, w, null, { padding: [0, 1, 0] }),
  ],
]
