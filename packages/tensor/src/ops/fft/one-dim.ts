// Discrete Fourier transforms along one dim.
import { resultInto } from '../../dispatch/out.ts'
import type { OutOption } from '../../dispatch/out.ts'
import type { FourierSign } from '../../dispatch/fourier.ts'
import { apply } from '../../dispatch/structured.ts'
import { DTypeError, check } from '../../errors.ts'
import type { Tensor } from '../../tensor.ts'
import { fitted, lengthAlong, scaleOf, toComplex, toFloating } from './arguments.ts'
import type { Direction, FFTOptions } from './arguments.ts'
import { fftC2COp, fftC2ROp, fftR2COp } from './records.ts'

const signs: Readonly<Record<Direction, FourierSign>> = { forward: -1, inverse: 1 }

function complexTransform(
  op: string,
  self: Tensor,
  dim: number,
  { n, norm }: FFTOptions,
  direction: Direction,
): Tensor {
  const { at, length } = lengthAlong(op, self, dim, n)
  const scale = scaleOf(op, norm, direction, length)
  const signal = fitted(toFloating(op, self), [at], [length])
  const sign = signs[direction]
  return signal.dtypeInfo.category === 'complex'
    ? apply(fftC2COp, [signal], { dims: [at], sign, scale })
    : apply(fftR2COp, [signal], { dim: at, n: length, sign, scale, onesided: false })
}

function realTransform(
  op: string,
  self: Tensor,
  dim: number,
  { n, norm }: FFTOptions,
  direction: Direction,
): Tensor {
  check(
    self.dtypeInfo.category !== 'complex',
    () =>
      new DTypeError(op, `the input must be real, got ${self.dtype}. Use ${op === 'rfft' ? 'fft' : 'ifft'}`),
  )
  const { at, length } = lengthAlong(op, self, dim, n)
  const scale = scaleOf(op, norm, direction, length)
  const signal = fitted(toFloating(op, self), [at], [length])
  return apply(fftR2COp, [signal], { dim: at, n: length, sign: signs[direction], scale, onesided: true })
}

function toReal(
  op: string,
  self: Tensor,
  dim: number,
  { n, norm }: FFTOptions,
  direction: Direction,
): Tensor {
  const { at, length } = lengthAlong(op, self, dim, n, (size) => 2 * (size - 1))
  const scale = scaleOf(op, norm, direction, length)
  const half = fitted(toComplex(toFloating(op, self)), [at], [Math.floor(length / 2) + 1])
  return apply(fftC2ROp, [half], { dim: at, n: length, sign: signs[direction], scale, onesided: true })
}

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
  options.out === undefined
    ? complexTransform('fft', self, dim, options, 'forward')
    : resultInto('fft.fft', options.out, () => fft(self, dim, { ...options, out: undefined }))
/**
 * The inverse of {@link fft}: `1/n · Σ_k y_k e^(2πi·jk/n)`.
 *
 * @example
 * fft.ifft(tensor([4, 0, 0, 0])).real().tolist() // => [1, 1, 1, 1]
 * @see torch.fft.ifft
 */
export const ifft = (self: Tensor, dim = -1, options: FFTOptions & OutOption = {}): Tensor =>
  options.out === undefined
    ? complexTransform('ifft', self, dim, options, 'inverse')
    : resultInto('fft.ifft', options.out, () => ifft(self, dim, { ...options, out: undefined }))
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
  options.out === undefined
    ? realTransform('rfft', self, dim, options, 'forward')
    : resultInto('fft.rfft', options.out, () => rfft(self, dim, { ...options, out: undefined }))
/**
 * The inverse of {@link rfft}: real numbers from half of their transform.
 *
 * @param options n: length of the result; default 2·(size − 1), so give it if it is odd
 * @example
 * fft.irfft(tensor([4, 0, 0])).tolist() // => [1, 1, 1, 1]
 * @see torch.fft.irfft
 */
export const irfft = (self: Tensor, dim = -1, options: FFTOptions & OutOption = {}): Tensor =>
  options.out === undefined
    ? toReal('irfft', self, dim, options, 'inverse')
    : resultInto('fft.irfft', options.out, () => irfft(self, dim, { ...options, out: undefined }))
/**
 * The transform of a signal of which y_(n−j) = conj(y_j), given half of it: real numbers.
 *
 * @example
 * fft.hfft(tensor([1, 0, 0])).tolist() // => [1, 1, 1, 1]
 * @see torch.fft.hfft
 */
export const hfft = (self: Tensor, dim = -1, options: FFTOptions & OutOption = {}): Tensor =>
  options.out === undefined
    ? toReal('hfft', self, dim, options, 'forward')
    : resultInto('fft.hfft', options.out, () => hfft(self, dim, { ...options, out: undefined }))
/**
 * The inverse of {@link hfft}: half of the signal whose transform is the given real numbers.
 *
 * @example
 * fft.ihfft(tensor([4, 0, 0, 0])).real().tolist() // => [1, 1, 1]
 * @see torch.fft.ihfft
 */
export const ihfft = (self: Tensor, dim = -1, options: FFTOptions & OutOption = {}): Tensor =>
  options.out === undefined
    ? realTransform('ihfft', self, dim, options, 'inverse')
    : resultInto('fft.ihfft', options.out, () => ihfft(self, dim, { ...options, out: undefined }))
