// Discrete Fourier transforms along several dims.
import type { OutOption } from '../../dispatch/out.ts'
import type { Tensor } from '../../tensor.ts'
import { lengthsAlong, ofWhole } from './arguments.ts'
import type { FFTNOptions } from './arguments.ts'
import { forward, inverse } from './transforms.ts'

type DimsArgument = number | readonly number[] | null

/**
 * The discrete Fourier transform along several dims: all by default, the last ones if only `s` is given.
 *
 * @throws ShapeError unless the dims differ and each length is at least 1
 * @example
 * fft.fftn(ones([2, 2])).real().tolist() // => [[4, 0], [0, 0]]
 * @see torch.fft.fftn
 */
export const fftn = (self: Tensor, dim: DimsArgument = null, options: FFTNOptions & OutOption = {}): Tensor =>
  forward.toSpectrum('fftn', self, lengthsAlong('fftn', self, dim, options.s), options)
/**
 * The inverse of {@link fftn}.
 *
 * @example
 * fft.ifftn(tensor([[4, 0], [0, 0]])).real().tolist() // => [[1, 1], [1, 1]]
 * @see torch.fft.ifftn
 */
export const ifftn = (
  self: Tensor,
  dim: DimsArgument = null,
  options: FFTNOptions & OutOption = {},
): Tensor => inverse.toSpectrum('ifftn', self, lengthsAlong('ifftn', self, dim, options.s), options)
/**
 * The transform of real numbers along several dims; of the last one the half k ≤ n/2.
 *
 * @throws DTypeError for complex numbers
 * @example
 * fft.rfftn(ones([2, 4])).shape // => [2, 3]
 * @see torch.fft.rfftn
 */
export const rfftn = (
  self: Tensor,
  dim: DimsArgument = null,
  options: FFTNOptions & OutOption = {},
): Tensor => forward.toHalfSpectrum('rfftn', self, lengthsAlong('rfftn', self, dim, options.s), options)
/**
 * The inverse of {@link rfftn}.
 *
 * @example
 * fft.irfftn(tensor([[4, 0], [0, 0]])).tolist() // => [[1, 1], [1, 1]]
 * @see torch.fft.irfftn
 */
export const irfftn = (
  self: Tensor,
  dim: DimsArgument = null,
  options: FFTNOptions & OutOption = {},
): Tensor =>
  inverse.fromHalfSpectrum('irfftn', self, lengthsAlong('irfftn', self, dim, options.s, ofWhole), options)
/**
 * The transform, along several dims, of a signal that is Hermitian in the last one, given half of it: real numbers.
 *
 * @example
 * fft.hfftn(tensor([[1, 0], [0, 0]])).tolist() // => [[1, 1], [1, 1]]
 * @see torch.fft.hfftn
 */
export const hfftn = (
  self: Tensor,
  dim: DimsArgument = null,
  options: FFTNOptions & OutOption = {},
): Tensor =>
  forward.fromHalfSpectrum('hfftn', self, lengthsAlong('hfftn', self, dim, options.s, ofWhole), options)
/**
 * The inverse of {@link hfftn}.
 *
 * @throws DTypeError for complex numbers
 * @example
 * fft.ihfftn(ones([2, 4])).shape // => [2, 3]
 * @see torch.fft.ihfftn
 */
export const ihfftn = (
  self: Tensor,
  dim: DimsArgument = null,
  options: FFTNOptions & OutOption = {},
): Tensor => inverse.toHalfSpectrum('ihfftn', self, lengthsAlong('ihfftn', self, dim, options.s), options)

const lastTwo: readonly number[] = [-2, -1]
/** fftn of the last two dims. @example fft.fft2(ones([3, 2, 2])).shape // => [3, 2, 2] @see torch.fft.fft2 */
export const fft2 = (
  self: Tensor,
  dim: DimsArgument = lastTwo,
  options: FFTNOptions & OutOption = {},
): Tensor => forward.toSpectrum('fft2', self, lengthsAlong('fft2', self, dim, options.s), options)
/** ifftn of the last two dims. @example fft.ifft2(ones([3, 2, 2])).shape // => [3, 2, 2] @see torch.fft.ifft2 */
export const ifft2 = (
  self: Tensor,
  dim: DimsArgument = lastTwo,
  options: FFTNOptions & OutOption = {},
): Tensor => inverse.toSpectrum('ifft2', self, lengthsAlong('ifft2', self, dim, options.s), options)
/** rfftn of the last two dims. @example fft.rfft2(ones([3, 2, 4])).shape // => [3, 2, 3] @see torch.fft.rfft2 */
export const rfft2 = (
  self: Tensor,
  dim: DimsArgument = lastTwo,
  options: FFTNOptions & OutOption = {},
): Tensor => forward.toHalfSpectrum('rfft2', self, lengthsAlong('rfft2', self, dim, options.s), options)
/** irfftn of the last two dims. @example fft.irfft2(ones([3, 2, 3])).shape // => [3, 2, 4] @see torch.fft.irfft2 */
export const irfft2 = (
  self: Tensor,
  dim: DimsArgument = lastTwo,
  options: FFTNOptions & OutOption = {},
): Tensor =>
  inverse.fromHalfSpectrum('irfft2', self, lengthsAlong('irfft2', self, dim, options.s, ofWhole), options)
/** hfftn of the last two dims. @example fft.hfft2(ones([3, 2, 3])).shape // => [3, 2, 4] @see torch.fft.hfft2 */
export const hfft2 = (
  self: Tensor,
  dim: DimsArgument = lastTwo,
  options: FFTNOptions & OutOption = {},
): Tensor =>
  forward.fromHalfSpectrum('hfft2', self, lengthsAlong('hfft2', self, dim, options.s, ofWhole), options)
/** ihfftn of the last two dims. @example fft.ihfft2(ones([3, 2, 4])).shape // => [3, 2, 3] @see torch.fft.ihfft2 */
export const ihfft2 = (
  self: Tensor,
  dim: DimsArgument = lastTwo,
  options: FFTNOptions & OutOption = {},
): Tensor => inverse.toHalfSpectrum('ihfft2', self, lengthsAlong('ihfft2', self, dim, options.s), options)
