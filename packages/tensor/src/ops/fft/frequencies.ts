// The frequencies that the bins of a transform stand for.
import { resultInto } from '../../dispatch/out.ts'
import type { OutOption } from '../../dispatch/out.ts'
import { dtypeInfoOf } from '../../dispatch/elements.ts'
import { ArgumentError, DTypeError, check } from '../../errors.ts'
import type { Tensor } from '../../tensor.ts'
import { tensor } from '../creation.ts'
import type { FactoryOptions } from '../creation.ts'
import { defaultFloatInfo } from '../../dtype.ts'

/** Options of the frequencies. */
export interface FrequencyOptions extends FactoryOptions {
  /** Time between two samples; default 1. */
  d?: number
}

function frequencies(
  op: string,
  n: number,
  bins: readonly number[],
  { d = 1, ...options }: FrequencyOptions,
): Tensor {
  check(
    Number.isInteger(n) && n >= 0,
    () => new ArgumentError(op, `n must be an integer of at least 0, got ${n}`),
  )
  const info = options.dtype === undefined ? defaultFloatInfo() : dtypeInfoOf(op, options.dtype)
  check(
    info.differentiable,
    () => new DTypeError(op, `the dtype must be floating-point or complex, got ${info.name}`),
  )
  const values = Float64Array.from(bins, (k) => k / (n * d))
  return tensor(values, { ...options, dtype: info.name })
}

/**
 * The frequencies of the bins of {@link fft}, in cycles per unit of `d`: first the positive, then the negative ones.
 *
 * @throws ArgumentError unless n is an integer of at least 0, DTypeError for integer dtypes
 * @example
 * fft.fftfreq(4).tolist() // => [0, 0.25, -0.5, -0.25]
 * @see torch.fft.fftfreq
 */
export const fftfreq = (n: number, options: FrequencyOptions & OutOption = {}): Tensor =>
  options.out === undefined
    ? frequencies(
        'fftfreq',
        n,
        Array.from({ length: n }, (_, k) => (2 * k < n ? k : k - n)),
        options,
      )
    : resultInto('fft.fftfreq', options.out, () => fftfreq(n, { ...options, out: undefined }))
/**
 * The frequencies of the bins of {@link rfft}.
 *
 * @example
 * fft.rfftfreq(4).tolist() // => [0, 0.25, 0.5]
 * @see torch.fft.rfftfreq
 */
export const rfftfreq = (n: number, options: FrequencyOptions & OutOption = {}): Tensor =>
  options.out === undefined
    ? frequencies(
        'rfftfreq',
        n,
        Array.from({ length: Math.floor(n / 2) + 1 }, (_, k) => k),
        options,
      )
    : resultInto('fft.rfftfreq', options.out, () => rfftfreq(n, { ...options, out: undefined }))
