// Fourier transforms: their gradients are those of the real tensors that hold the parts.
import * as tt from '../../index.ts'
import type { Tensor } from '../../index.ts'
import { real } from './sample.ts'
import type { Sample } from './sample.ts'

const { fft } = tt
const parts = tt.viewAsReal
const window = (x: Tensor): Tensor => tt.hannWindow(4, { dtype: x.dtype })

export const fourier: readonly Sample[] = [
  [
    'of complex numbers',
    [real(2, 3, 2)],
    (x) => {
      const z = tt.viewAsComplex(x)
      return [
        parts(fft.fft(z)),
        parts(fft.ifft(z, 0)),
        parts(fft.fftn(z)),
        fft.irfft(z),
        fft.hfft(z, 1, { n: 3 }),
      ]
    },
  ],
  [
    'of real numbers',
    [real(3, 4)],
    (x) => [
      parts(fft.fft(x)),
      parts(fft.rfft(x)),
      parts(fft.ihfft(x, 0)),
      parts(fft.rfftn(x, null, { norm: 'ortho' })),
    ],
  ],
  ['cut and filled up', [real(5)], (x) => [parts(fft.rfft(x, 0, { n: 3 })), parts(fft.fft(x, 0, { n: 7 }))]],
  ['stft', [real(10)], (x) => tt.stft(x, 4, window(x), { hopLength: 3 })],
  ['istft', [real(3, 4, 2)], (x) => tt.istft(x, 4, window(x), { hopLength: 2 })],
]
