// The three ways from a signal to its transform that the functions of torch.fft share, for one dim or several.
import type { FourierSign } from '../../dispatch/fourier.ts'
import { resultInto } from '../../dispatch/out.ts'
import type { OutOption } from '../../dispatch/out.ts'
import { apply } from '../../dispatch/structured.ts'
import { ArgumentError, DTypeError, check } from '../../errors.ts'
import type { Tensor } from '../../tensor.ts'
import { fitted, scaleOf, toComplex, toFloating } from './arguments.ts'
import type { Direction, FFTNorm, Lengths } from './arguments.ts'
import { fftC2COp, fftC2ROp, fftR2COp } from './records.ts'

/** What the transforms of one dim and of several have in common. */
interface TransformOptions extends OutOption {
  norm?: FFTNorm | null
}
/** A transform: its name for messages, the signal, the dims with the lengths along them. */
type Transform = (op: string, self: Tensor, lengths: Lengths, options: TransformOptions) => Tensor

const signs: Readonly<Record<Direction, FourierSign>> = { forward: -1, inverse: 1 }
const productOf = (lengths: readonly number[]): number => lengths.reduce((a, b) => a * b, 1)

/** A transform that may be written into `out`; `run` gets the sign and the factor of its direction. */
const transform =
  (
    direction: Direction,
    run: (op: string, self: Tensor, lengths: Lengths, sign: FourierSign, scale: number) => Tensor,
  ): Transform =>
  (op, self, lengths, { norm, out }) => {
    const scale = scaleOf(op, norm, direction, productOf(lengths.lengths))
    const compute = (): Tensor => run(op, self, lengths, signs[direction], scale)
    return out === undefined ? compute() : resultInto(`fft.${op}`, out, compute)
  }

/** Complex numbers from real or complex ones. */
const toSpectrum = (direction: Direction): Transform =>
  transform(direction, (op, self, { dims, lengths }, sign, scale) => {
    const floating = toFloating(op, self)
    if (dims.length === 1 && floating.dtypeInfo.category !== 'complex') {
      const signal = fitted(floating, dims, lengths)
      return apply(fftR2COp, [signal], { dim: dims[0], n: lengths[0], sign, scale, onesided: false })
    }
    const signal = fitted(toComplex(floating), dims, lengths)
    return dims.length === 0 ? signal.clone() : apply(fftC2COp, [signal], { dims, sign, scale })
  })

/** Complex numbers from real ones: of the last dim only k ≤ n/2. */
const toHalfSpectrum = (direction: Direction): Transform =>
  transform(direction, (op, self, { dims, lengths }, sign, scale) => {
    check(
      self.dtypeInfo.category !== 'complex',
      () => new DTypeError(op, `the input must be real, got ${self.dtype}. Use ${op.replace(/^rf|hf/, 'f')}`),
    )
    checkSome(op, dims)
    const signal = fitted(toFloating(op, self), dims, lengths)
    const half = apply(fftR2COp, [signal], {
      dim: dims.at(-1)!,
      n: lengths.at(-1)!,
      sign,
      scale,
      onesided: true,
    })
    return dims.length === 1 ? half : apply(fftC2COp, [half], { dims: dims.slice(0, -1), sign, scale: 1 })
  })

/** Real numbers from complex ones, of whose last dim only k ≤ n/2 is given. */
const fromHalfSpectrum = (direction: Direction): Transform =>
  transform(direction, (op, self, { dims, lengths }, sign, scale) => {
    checkSome(op, dims)
    const n = lengths.at(-1)!
    const half = fitted(toComplex(toFloating(op, self)), dims, lengths.with(-1, Math.floor(n / 2) + 1))
    const inner =
      dims.length === 1 ? half : apply(fftC2COp, [half], { dims: dims.slice(0, -1), sign, scale: 1 })
    return apply(fftC2ROp, [inner], { dim: dims.at(-1)!, n, sign, scale, onesided: true })
  })

const inDirection = (direction: Direction) => ({
  toSpectrum: toSpectrum(direction),
  toHalfSpectrum: toHalfSpectrum(direction),
  fromHalfSpectrum: fromHalfSpectrum(direction),
})
/** The transforms of exponent −2πi. */
export const forward = inDirection('forward')
/** The transforms of exponent 2πi. */
export const inverse = inDirection('inverse')

function checkSome(op: string, dims: readonly number[]): void {
  check(dims.length > 0, () => new ArgumentError(op, 'at least one dim must be transformed, got none'))
}
