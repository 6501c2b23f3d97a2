// Samples of normalizations and of resampling.
import { batchNorm } from '../../ops/batch-norm.ts'
import { fold, im2col } from '../../ops/fold.ts'
import { interpolate } from '../../ops/interpolate.ts'
import { groupNorm, layerNorm } from '../../ops/layer-norm.ts'
import { fullFloats } from '../sample.ts'
import type { Family, InputSpec } from '../sample.ts'

const channels: InputSpec = { shape: [4], values: 'positive' }

export const normalizationFamily: Family = {
  name: 'normalization',
  samples: [
    {
      name: 'batchNorm in training',
      dtypes: fullFloats,
      slack: 20,
      layouts: ['contiguous', 'transposed', 'sliced'],
      inputs: [{ shape: [3, 4, 5] }, channels, channels, channels, channels],
      run: ([x, mean, variance, weight, bias]) =>
        batchNorm(x, mean, variance, weight, bias, { training: true }),
    },
    {
      name: 'batchNorm',
      dtypes: fullFloats,
      slack: 10,
      inputs: [{ shape: [3, 4, 5] }, channels, channels],
      run: ([x, mean, variance]) => batchNorm(x, mean, variance),
    },
    {
      name: 'layerNorm',
      dtypes: fullFloats,
      slack: 20,
      inputs: [{ shape: [2, 3, 7] }, { shape: [7] }, { shape: [7] }],
      run: ([x, weight, bias]) => [layerNorm(x, [7], weight, bias), layerNorm(x, [3, 7])],
    },
    {
      name: 'groupNorm',
      dtypes: fullFloats,
      slack: 20,
      inputs: [{ shape: [2, 4, 5] }, channels, channels],
      run: ([x, weight, bias]) => groupNorm(x, 2, weight, bias),
    },
  ],
}

export const resampleFamily: Family = {
  name: 'resample',
  samples: [
    {
      name: 'interpolate',
      dtypes: fullFloats,
      slack: 4,
      inputs: [{ shape: [1, 2, 4, 5], values: 'unit' }],
      run: ([x]) => [
        interpolate(x, { scaleFactor: 2 }),
        interpolate(x, { size: [7, 3], mode: 'bilinear' }),
        interpolate(x, { size: [6, 6], mode: 'bicubic', alignCorners: true }),
      ],
    },
    {
      name: 'unfold and fold',
      dtypes: fullFloats,
      slack: 4,
      inputs: [{ shape: [1, 2, 4, 5] }],
      run: ([x]) => {
        const columns = im2col(x, 2, { padding: 1 })
        return [columns, fold(columns, [4, 5], 2, { padding: 1 })]
      },
    },
  ],
}
