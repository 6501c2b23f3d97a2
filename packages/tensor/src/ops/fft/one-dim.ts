// Discrete Fourier transforms along one dim.
import type { OutOption } from '../../dispatch/out.ts'
import type { Tensor } from '../../tensor.ts'
import { lengthAlong, ofWhole } from './arguments.ts'
import type { FFTOptions } from './arguments.ts'
import { forward, inverse } from './transforms.ts'

/**
 * The discrete Fourier transform `Σ_j x_j e^(−2πi·jk/n)` along `dim`.
 *
 * @param self real or complex
 * @returns complex, of size n along dim
 * @throws ShapeError unless n is at least 1, DTypeError for half types
 * @example
 * fft.fft(tensor([1, 0, 0, 0])).abs().tolist() // => [1, 1, 1, 1]
 * @see torch.fft.fft
 */
export const fft = (self: Tensor, dim = -1, options: FFTOptions & OutOption = {}): Tensor =>
  forward.toSpectrum('fft', self, lengthAlong('fft', self, dim, options.n), options)
/**
 * The inverse of {@link fft}: `1/n · Σ_k y_k e^(2πi·jk/n)`.
 *
 * @example
 * fft.ifft(tensor([4, 0, 0, 0])).real().tolist() // => [1, 1, 1, 1]
 * @see torch.fft.ifft
 */
export const ifft = (self: Tensor, dim = -1, options: FFTOptions & OutOption = {}): Tensor =>
  inverse.toSpectrum('ifft', self, lengthAlong('ifft', self, dim, options.n), options)
/**
 * The transform of real numbers; the half k ≤ n/2 that tells all of it.
 *
 * @returns complex, of size n/2 + 1 along dim
 * @throws DTypeError for complex numbers
 * @example
 * fft.rfft(tensor([1, 2, 3, 4])).real().tolist() // => [10, -2, -2]
 * @see torch.fft.rfft
 */
export const rfft = (self: Tensor, dim = -1, options: FFTOptions & OutOption = {}): Tensor =>
  forward.toHalfSpectrum('rfft', self, lengthAlong('rfft', self, dim, options.n), options)
/**
 * The inverse of {@link rfft}: real numbers from half of their transform.
 *
 * @param options n: length of the result; default 2·(size − 1), so give it if it is odd
 * @example
 * fft.irfft(tensor([4, 0, 0])).tolist() // => [1, 1, 1, 1]
 * @see torch.fft.irfft
 */
export const irfft = (self: Tensor, dim = -1, options: FFTOptions & OutOption = {}): Tensor =>
  inverse.fromHalfSpectrum('irfft', self, lengthAlong('irfft', self, dim, options.n, ofWhole), options)
/**
 * The transform of a signal of which y_(n−j) = conj(y_j), given half of it: real numbers.
 *
 * @example
 * fft.hfft(tensor([1, 0, 0])).tolist() // => [1, 1, 1, 1]
 * @see torch.fft.hfft
 */
export const hfft = (self: Tensor, dim = -1, options: FFTOptions & OutOption = {}): Tensor =>
  forward.fromHalfSpectrum('hfft', self, lengthAlong('hfft', self, dim, options.n, ofWhole), options)
/**
 * The inverse of {@link hfft}: half of the signal whose transform is the given real numbers.
 *
 * @example
 * fft.ihfft(tensor([4, 0, 0, 0])).real().tolist() // => [1, 1, 1]
 * @see torch.fft.ihfft
 */
export const ihfft = (self: Tensor, dim = -1, options: FFTOptions & OutOption = {}): Tensor =>
  inverse.toHalfSpectrum('ihfft', self, lengthAlong('ihfft', self, dim, options.n), options)
