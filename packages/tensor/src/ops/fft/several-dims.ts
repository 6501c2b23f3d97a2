// Discrete Fourier transforms along several dims.
import { resultInto } from '../../dispatch/out.ts'
import type { OutOption } from '../../dispatch/out.ts'
import type { FourierSign } from '../../dispatch/fourier.ts'
import { apply } from '../../dispatch/structured.ts'
import { ArgumentError, DTypeError, check } from '../../errors.ts'
import type { Tensor } from '../../tensor.ts'
import { fitted, lengthsAlong, scaleOf, toComplex, toFloating } from './arguments.ts'
import type { Direction, FFTNOptions } from './arguments.ts'
import { fftC2COp, fftC2ROp, fftR2COp } from './records.ts'

type DimsArgument = number | readonly number[] | null
const signs: Readonly<Record<Direction, FourierSign>> = { forward: -1, inverse: 1 }
const productOf = (lengths: readonly number[]): number => lengths.reduce((a, b) => a * b, 1)

function complexTransform(
  op: string,
  self: Tensor,
  dim: DimsArgument,
  { s, norm }: FFTNOptions,
  direction: Direction,
): Tensor {
  const { dims, lengths } = lengthsAlong(op, self, dim, s)
  const scale = scaleOf(op, norm, direction, productOf(lengths))
  const signal = fitted(toComplex(toFloating(op, self)), dims, lengths)
  return dims.length === 0
    ? signal.clone()
    : apply(fftC2COp, [signal], { dims, sign: signs[direction], scale })
}

function atLeastOne(op: string, dims: readonly number[]): void {
  check(dims.length > 0, () => new ArgumentError(op, 'at least one dim must be transformed, got none'))
}

function realTransform(
  op: string,
  self: Tensor,
  dim: DimsArgument,
  { s, norm }: FFTNOptions,
  direction: Direction,
): Tensor {
  check(
    self.dtypeInfo.category !== 'complex',
    () => new DTypeError(op, `the input must be real, got ${self.dtype}`),
  )
  const { dims, lengths } = lengthsAlong(op, self, dim, s)
  atLeastOne(op, dims)
  const sign = signs[direction]
  const scale = scaleOf(op, norm, direction, productOf(lengths))
  const signal = fitted(toFloating(op, self), dims, lengths)
  const half = apply(fftR2COp, [signal], {
    dim: dims.at(-1)!,
    n: lengths.at(-1)!,
    sign,
    scale,
    onesided: true,
  })
  return dims.length === 1 ? half : apply(fftC2COp, [half], { dims: dims.slice(0, -1), sign, scale: 1 })
}

function toReal(
  op: string,
  self: Tensor,
  dim: DimsArgument,
  { s, norm }: FFTNOptions,
  direction: Direction,
): Tensor {
  const { dims, lengths } = lengthsAlong(op, self, dim, s, (size) => 2 * (size - 1))
  atLeastOne(op, dims)
  const sign = signs[direction]
  const n = lengths.at(-1)!
  const scale = scaleOf(op, norm, direction, productOf(lengths))
  const half = fitted(toComplex(toFloating(op, self)), dims, lengths.with(-1, Math.floor(n / 2) + 1))
  const inner =
    dims.length === 1 ? half : apply(fftC2COp, [half], { dims: dims.slice(0, -1), sign, scale: 1 })
  return apply(fftC2ROp, [inner], { dim: dims.at(-1)!, n, sign, scale, onesided: true })
}

/**
 * The discrete Fourier transform along several dims: all by default, the last ones if only `s` is given.
 *
 * @throws ShapeError unless the dims differ and each length is at least 1
 * @example
 * fft.fftn(ones([2, 2])).real().tolist() // => [[4, 0], [0, 0]]
 * @see torch.fft.fftn
 */
export const fftn = (self: Tensor, dim: DimsArgument = null, options: FFTNOptions & OutOption = {}): Tensor =>
  options.out === undefined
    ? complexTransform('fftn', self, dim, options, 'forward')
    : resultInto('fft.fftn', options.out, () => fftn(self, dim, { ...options, out: undefined }))
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
): Tensor =>
  options.out === undefined
    ? complexTransform('ifftn', self, dim, options, 'inverse')
    : resultInto('fft.ifftn', options.out, () => ifftn(self, dim, { ...options, out: undefined }))
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
): Tensor =>
  options.out === undefined
    ? realTransform('rfftn', self, dim, options, 'forward')
    : resultInto('fft.rfftn', options.out, () => rfftn(self, dim, { ...options, out: undefined }))
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
  options.out === undefined
    ? toReal('irfftn', self, dim, options, 'inverse')
    : resultInto('fft.irfftn', options.out, () => irfftn(self, dim, { ...options, out: undefined }))
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
  options.out === undefined
    ? toReal('hfftn', self, dim, options, 'forward')
    : resultInto('fft.hfftn', options.out, () => hfftn(self, dim, { ...options, out: undefined }))
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
): Tensor =>
  options.out === undefined
    ? realTransform('ihfftn', self, dim, options, 'inverse')
    : resultInto('fft.ihfftn', options.out, () => ihfftn(self, dim, { ...options, out: undefined }))

const lastTwo: readonly number[] = [-2, -1]
/** fftn of the last two dims. @example fft.fft2(ones([3, 2, 2])).shape // => [3, 2, 2] @see torch.fft.fft2 */
export const fft2 = (
  self: Tensor,
  dim: DimsArgument = lastTwo,
  options: FFTNOptions & OutOption = {},
): Tensor =>
  options.out === undefined
    ? complexTransform('fft2', self, dim, options, 'forward')
    : resultInto('fft.fft2', options.out, () => fft2(self, dim, { ...options, out: undefined }))
/** ifftn of the last two dims. @example fft.ifft2(ones([3, 2, 2])).shape // => [3, 2, 2] @see torch.fft.ifft2 */
export const ifft2 = (
  self: Tensor,
  dim: DimsArgument = lastTwo,
  options: FFTNOptions & OutOption = {},
): Tensor =>
  options.out === undefined
    ? complexTransform('ifft2', self, dim, options, 'inverse')
    : resultInto('fft.ifft2', options.out, () => ifft2(self, dim, { ...options, out: undefined }))
/** rfftn of the last two dims. @example fft.rfft2(ones([3, 2, 4])).shape // => [3, 2, 3] @see torch.fft.rfft2 */
export const rfft2 = (
  self: Tensor,
  dim: DimsArgument = lastTwo,
  options: FFTNOptions & OutOption = {},
): Tensor =>
  options.out === undefined
    ? realTransform('rfft2', self, dim, options, 'forward')
    : resultInto('fft.rfft2', options.out, () => rfft2(self, dim, { ...options, out: undefined }))
/** irfftn of the last two dims. @example fft.irfft2(ones([3, 2, 3])).shape // => [3, 2, 4] @see torch.fft.irfft2 */
export const irfft2 = (
  self: Tensor,
  dim: DimsArgument = lastTwo,
  options: FFTNOptions & OutOption = {},
): Tensor =>
  options.out === undefined
    ? toReal('irfft2', self, dim, options, 'inverse')
    : resultInto('fft.irfft2', options.out, () => irfft2(self, dim, { ...options, out: undefined }))
/** hfftn of the last two dims. @example fft.hfft2(ones([3, 2, 3])).shape // => [3, 2, 4] @see torch.fft.hfft2 */
export const hfft2 = (
  self: Tensor,
  dim: DimsArgument = lastTwo,
  options: FFTNOptions & OutOption = {},
): Tensor =>
  options.out === undefined
    ? toReal('hfft2', self, dim, options, 'forward')
    : resultInto('fft.hfft2', options.out, () => hfft2(self, dim, { ...options, out: undefined }))
/** ihfftn of the last two dims. @example fft.ihfft2(ones([3, 2, 4])).shape // => [3, 2, 3] @see torch.fft.ihfft2 */
export const ihfft2 = (
  self: Tensor,
  dim: DimsArgument = lastTwo,
  options: FFTNOptions & OutOption = {},
): Tensor =>
  options.out === undefined
    ? realTransform('ihfft2', self, dim, options, 'inverse')
    : resultInto('fft.ihfft2', options.out, () => ihfft2(self, dim, { ...options, out: undefined }))
