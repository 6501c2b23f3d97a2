// Fourier transforms of short windows of a signal, and back: stft, istft.
import { apply } from '../dispatch/structured.ts'
import { ArgumentError, DTypeError, ShapeError, check } from '../errors.ts'
import { formatShape } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { div, mul } from './arithmetic.ts'
import { complex, viewAsComplex, viewAsReal } from './complex.ts'
import { contiguous } from './copy.ts'
import { ones } from './creation.ts'
import { scaleOf } from './fft/arguments.ts'
import { fftC2COp, fftC2ROp, fftR2COp } from './fft/records.ts'
import { fold } from './fold.ts'
import { pad } from './pad.ts'
import type { PadMode } from './pad.ts'
import { expand, flatten, narrow, squeeze, transpose, unfold, unsqueeze, view } from './views.ts'

interface FrameOptions {
  /** Distance of two windows; default a quarter of nFft. */
  hopLength?: number | null
  /** Size of the window; default nFft, to which shorter ones are filled up with zeros on both sides. */
  winLength?: number | null
  /** Whether frame t is centered at t · hopLength (default), or begins there. */
  center?: boolean
  /** Whether the transforms have the factor 1/√nFft in both directions; default false. */
  normalized?: boolean
  /** Whether there is only the half k ≤ nFft/2; default: for real signals. */
  onesided?: boolean | null
}
/** Options of {@link stft}. */
export interface STFTOptions extends FrameOptions {
  /** How the ends are padded when centered; default 'reflect'. */
  padMode?: PadMode
  /** Complex numbers, or (as PyTorch 1.13's default for real signals) pairs of real ones. */
  returnComplex?: boolean | null
}
/** Options of {@link istft}. */
export interface ISTFTOptions extends FrameOptions {
  /** Length of the signal; default: all that the frames cover. */
  length?: number | null
  /** Whether the signal is complex; default false. */
  returnComplex?: boolean
}

interface Frames {
  readonly hop: number
  /** [nFft], or null for ones. */
  readonly window: Tensor | null
}

/** The checked sizes, and the window at its full size. */
function framesOf(
  op: string,
  like: Tensor,
  nFft: number,
  window: Tensor | null,
  { hopLength, winLength }: FrameOptions,
): Frames {
  const hop = hopLength ?? Math.floor(nFft / 4)
  const size = winLength ?? nFft
  check(
    Number.isInteger(hop) && hop > 0,
    () => new ArgumentError(op, `hopLength must be a positive integer, got ${hop}`),
  )
  check(
    Number.isInteger(size) && size > 0 && size <= nFft,
    () => new ArgumentError(op, `winLength must be from 1 to nFft = ${nFft}, got ${size}`),
  )
  check(
    window === null || (window.ndim === 1 && window.shape[0] === size),
    () => new ShapeError(op, `the window must have the shape [${size}], got ${formatShape(window!.shape)}`),
  )
  if (size === nFft) return { hop, window }
  const left = Math.floor((nFft - size) / 2)
  const realDtype = (like.dtypeInfo.component ?? like.dtypeInfo).name
  const filled = window ?? ones([size], { dtype: realDtype, device: like.device })
  return { hop, window: pad(filled, [left, nFft - size - left]) }
}

function checkSignal(op: string, self: Tensor): void {
  check(
    self.dtypeInfo.differentiable,
    () => new DTypeError(op, `the input must be floating-point or complex, got ${self.dtype}`),
  )
}
const isComplex = (x: Tensor | null): boolean => x !== null && x.dtypeInfo.category === 'complex'

/**
 * The short-time Fourier transform: windows of the signal, each transformed.
 *
 * @param self [L] or [B, L], real or complex
 * @param nFft size of the transforms
 * @param window [winLength]; null for ones
 * @returns [B, nFft/2 + 1, frames] (nFft unless one-sided), complex; or with a last dim of 2, real
 * @throws ShapeError, ArgumentError, DTypeError
 * @example
 * stft(ones([8]), 4, null, { center: false, returnComplex: true }).abs().tolist()
 * // => [[4, 4, 4, 4, 4], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]]
 * @see torch.stft
 */
export function stft(
  self: Tensor,
  nFft: number,
  window: Tensor | null = null,
  options: STFTOptions = {},
): Tensor {
  const op = 'stft'
  const {
    center = true,
    padMode = 'reflect',
    normalized = false,
    onesided = null,
    returnComplex = null,
  } = options
  checkSignal(op, self)
  check(
    self.ndim === 1 || self.ndim === 2,
    () => new ShapeError(op, `the input must have 1 or 2 dims, got ${formatShape(self.shape)}`),
  )
  check(
    Number.isInteger(nFft) && nFft > 0,
    () => new ArgumentError(op, `nFft must be a positive integer, got ${nFft}`),
  )
  const frames = framesOf(op, self, nFft, window, options)
  const half = Math.floor(nFft / 2)
  const batch = self.ndim === 1 ? unsqueeze(self, 0) : self // [B, L]
  const signal = center ? squeeze(pad(unsqueeze(batch, 0), [half, half], { mode: padMode }), 0) : batch
  check(
    nFft <= signal.shape[1],
    () =>
      new ArgumentError(op, `nFft must be at most the length ${signal.shape[1]} of the signal, got ${nFft}`),
  )
  const complexResult = isComplex(self) || isComplex(window)
  const isHalf = onesided ?? !complexResult
  check(
    !(isHalf && complexResult),
    () => new ArgumentError(op, 'onesided must be false for complex numbers, got true'),
  )
  const pieces = unfold(signal, 1, nFft, frames.hop) // [B, T, nFft]
  const weighted = frames.window === null ? pieces : mul(pieces, frames.window)
  const scale = scaleOf(op, normalized ? 'ortho' : 'backward', 'forward', nFft)
  const spectrum = complexResult
    ? apply(fftC2COp, [weighted], { dims: [2], sign: -1, scale })
    : apply(fftR2COp, [weighted], { dim: 2, n: nFft, sign: -1, scale, onesided: isHalf })
  const turned = transpose(spectrum, 1, 2) // [B, K, T]
  const result = self.ndim === 1 ? squeeze(turned, 0) : turned
  return (returnComplex ?? complexResult) ? result : viewAsReal(result)
}

/** Frames [B, T, nFft], each moved to its place and added up: [B, nFft + hop · (T − 1)]. */
function overlapAdd(frames: Tensor, hop: number): Tensor {
  if (isComplex(frames)) {
    const pairs = viewAsReal(frames)
    return complex(overlapAdd(pairs.select(-1, 0), hop), overlapAdd(pairs.select(-1, 1), hop))
  }
  const [, count, nFft] = frames.shape
  const columns = transpose(frames, 1, 2)
  return flatten(fold(columns, [1, nFft + hop * (count - 1)], [1, nFft], { stride: [1, hop] }), 1)
}

/**
 * The inverse of {@link stft}: the signal whose windows have these transforms, by least squares where they overlap.
 *
 * @param self [K, T] or [B, K, T] complex, or pairs of real numbers in a last dim of 2
 * @param nFft size of the transforms
 * @param window [winLength], the one that stft was given; null for ones
 * @returns [L] or [B, L]
 * @throws ShapeError, DTypeError; ArgumentError also where the windows add up to 0 within the signal
 * @example
 * istft(stft(tensor([1, 2, 3, 4, 5, 6, 7, 8]), 4), 4).tolist() // => [1, 2, 3, 4, 5, 6, 7, 8]
 * @see torch.istft
 */
export function istft(
  self: Tensor,
  nFft: number,
  window: Tensor | null = null,
  options: ISTFTOptions = {},
): Tensor {
  const op = 'istft'
  const { center = true, normalized = false, onesided = null, length = null, returnComplex = false } = options
  checkSignal(op, self)
  const pairs = !isComplex(self)
  check(
    self.elementCount > 0 && (!pairs || self.shape.at(-1) === 2),
    () =>
      new ShapeError(
        op,
        `the input must have elements, and pairs if it is real, got ${formatShape(self.shape)}`,
      ),
  )
  const given = pairs ? viewAsComplex(contiguous(self)) : self
  check(
    given.ndim === 2 || given.ndim === 3,
    () => new ShapeError(op, `the input must have 2 or 3 dims, got ${formatShape(given.shape)}`),
  )
  const [bins, count] = given.shape.slice(-2)
  const isHalf = onesided ?? bins !== nFft
  const expected = isHalf ? Math.floor(nFft / 2) + 1 : nFft
  check(
    bins === expected,
    () => new ShapeError(op, `the input must have ${expected} bins for nFft = ${nFft}, got ${bins}`),
  )
  const { hop, window: full } = framesOf(op, given, nFft, window, options)
  check(
    hop <= (options.winLength ?? nFft),
    () => new ArgumentError(op, `hopLength must be at most winLength, got ${hop}`),
  )
  check(returnComplex ? !isHalf : !isComplex(window), () =>
    returnComplex
      ? new ArgumentError(op, 'onesided must be false for a complex signal, got true')
      : new DTypeError(op, 'the window must be real for a real signal, got a complex one. Use returnComplex'),
  )
  const spectrum = transpose(given.ndim === 2 ? unsqueeze(given, 0) : given, 1, 2) // [B, T, K]
  const scale = scaleOf(op, normalized ? 'ortho' : 'backward', 'inverse', nFft)
  const frames = returnComplex
    ? apply(fftC2COp, [spectrum], { dims: [2], sign: 1, scale })
    : apply(fftC2ROp, [narrow(spectrum, 2, 0, Math.floor(nFft / 2) + 1)], {
        dim: 2,
        n: nFft,
        sign: 1,
        scale,
        onesided: true,
      })
  const realDtype = (given.dtypeInfo.component ?? given.dtypeInfo).name
  const weights = full ?? ones([nFft], { dtype: realDtype, device: given.device })
  const sum = overlapAdd(mul(frames, weights), hop) // [B, covered]
  const envelope = overlapAdd(expand(view(mul(weights, weights), [1, 1, nFft]), [1, count, nFft]), hop)
  const covered = nFft + hop * (count - 1)
  const start = center ? Math.floor(nFft / 2) : 0
  const end = length !== null ? start + length : center ? covered - Math.floor(nFft / 2) : covered
  const size = Math.max(0, Math.min(end, covered) - start)
  const overlap = narrow(envelope, 1, start, size)
  // a device that cannot be waited for gives infinities there instead
  if (size > 0 && given.storage.backend.canBlock && given.device !== 'meta') {
    const least = overlap.abs().min().item()
    check(
      least >= 1e-11,
      () => new ArgumentError(op, `the windows must not add up to 0 anywhere in the signal, got ${least}`),
    )
  }
  const signal = div(narrow(sum, 1, start, size), overlap)
  const whole = length !== null && length > size ? pad(signal, [0, length - size]) : signal
  return given.ndim === 2 ? squeeze(whole, 0) : whole
}
