// Samples of Fourier transforms: by a backend's own kernel, by matrices, in several steps, by convolution.
import { viewAsReal } from '../../ops/complex.ts'
import { fft, ifft, irfft, rfft } from '../../ops/fft/one-dim.ts'
import { fftn } from '../../ops/fft/several-dims.ts'
import { complexes } from '../sample.ts'
import type { Family } from '../sample.ts'

export const fourierFamily: Family = {
  name: 'fourier',
  samples: [
    ...[5, 24, 67, 97].map((n) => ({
      name: `fft of ${n}`,
      dtypes: complexes,
      slack: 4,
      inputs: [{ shape: [3, n] }],
      run: ([z]: Parameters<Family['samples'][number]['run']>[0]) => [
        viewAsReal(fft(z)),
        viewAsReal(ifft(z)),
      ],
    })),
    {
      name: 'fftn',
      dtypes: complexes,
      slack: 4,
      inputs: [{ shape: [3, 4, 5] }],
      run: ([z]) => [viewAsReal(fftn(z)), viewAsReal(fftn(z, [0, 1]))],
    },
    {
      name: 'rfft and irfft',
      dtypes: ['float32', 'float64'],
      slack: 4,
      inputs: [{ shape: [4, 20] }],
      run: ([x]) => [viewAsReal(rfft(x)), viewAsReal(rfft(x, 0)), irfft(rfft(x))],
    },
  ],
}
