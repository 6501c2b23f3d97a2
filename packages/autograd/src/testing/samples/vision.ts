// Resampling, sliding blocks and gated units.
import * as tt from '../../index.ts'
import { real } from './sample.ts'
import type { Sample } from './sample.ts'

export const vision: Sample[] = [
  ['interpolate bilinear', [real(1, 2, 3, 4)], (x) => tt.interpolate(x, { size: [5, 6], mode: 'bilinear' })],
  ['interpolate nearest', [real(1, 2, 3)], (x) => tt.interpolate(x, { size: 5 })],
  ['im2col', [real(1, 2, 4, 4)], (x) => tt.im2col(x, [2, 3], { padding: 1 })],
  ['fold', [real(1, 8, 4)], (x) => tt.fold(x, [3, 3], 2)],
  ['gridSample', [real(1, 2, 3, 3), real(1, 2, 2, 2)], (x, grid) => tt.gridSample(x, grid.mul(0.4))],
  ['glu', [real(2, 4)], (x) => tt.glu(x)],
]
