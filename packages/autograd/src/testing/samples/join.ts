// Joins, padding, repetition, copies.
import * as tt from '../../index.ts'
import { real } from './sample.ts'
import type { Sample } from './sample.ts'

export const join: readonly Sample[] = [
  ['cat', [real(2, 3), real(1, 3)], (x, y) => [tt.cat([x, y]), tt.cat([x, x], 1)]],
  ['stack', [real(2, 3), real(2, 3)], (x, y) => tt.stack([x, y], 1)],
  ['pad', [real(2, 3)], (x) => [tt.pad(x, [1, 2, 0, 1], { value: 2 }), tt.pad(x, [-1, 1])]],
  ...(['reflect', 'replicate', 'circular'] as const).map((mode): Sample => [
    `pad ${mode}`,
    [real(1, 2, 3)],
    (x) => tt.pad(x, [2, 1], { mode }),
  ]),
  [
    'flip, roll, repeat',
    [real(2, 3)],
    (x) => [x.flip([0, 1]), x.roll(1, 0), x.roll(2), x.repeat([2, 1, 2]), x.tile([2])],
  ],
  ['repeatInterleave, rot90', [real(2, 3)], (x) => [x.repeatInterleave(2, 1), x.rot90()]],
  [
    'pixelShuffle, pixelUnshuffle',
    [real(1, 4, 2, 2)],
    (x) => [tt.pixelShuffle(x, 2), tt.pixelUnshuffle(x, 2)],
  ],
  ['meshgrid, blockDiag', [real(2), real(3)], (x, y) => [...tt.meshgrid([x, y]), tt.blockDiag([x, y])]],
  ['copies', [real(2, 3)], (x) => x.to({ dtype: x.dtype, copy: true })],
  // the kit registers the reference
  [
    'copies between devices',
    [real(2, 3)],
    (x) => x.to({ device: 'reference' }).square().to({ device: x.device }),
  ],
]
