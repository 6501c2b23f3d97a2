// Window functions of signal processing.
import { getBackend, getDefaultDevice } from '../backend/registry.ts'
import { defaultFloatInfo, dtypes } from '../dtype.ts'
import { dtypeInfoOf } from '../dispatch/elements.ts'
import { ArgumentError, DTypeError, check } from '../errors.ts'
import type { Tensor } from '../tensor.ts'
import { abs, add, div, mul, rsub, sub } from './arithmetic.ts'
import { i0 } from './bessel.ts'
import { clampMin } from './comparison.ts'
import { to } from './copy.ts'
import { arange, ones } from './creation.ts'
import type { FactoryOptions } from './creation.ts'
import { cos, sqrt } from './math.ts'
import { narrow } from './views.ts'

/** Options of window functions. */
export interface WindowOptions extends FactoryOptions {
  /** A period of a periodic function (the default), or symmetric. */
  periodic?: boolean
}

// The window from the positions −1 to 1 and the phases 0 to 2π, in double precision where the
// device has it; a period is cut off a longer one.
function window(
  op: string,
  length: number,
  { periodic = true, requiresGrad = false, dtype, device }: WindowOptions,
  shape: (position: Tensor, phase: Tensor) => Tensor,
): Tensor {
  check(
    Number.isInteger(length) && length >= 0,
    () => new ArgumentError(op, `windowLength must be an integer of at least 0, got ${length}`),
  )
  const info = dtype === undefined ? defaultFloatInfo() : dtypeInfoOf(op, dtype)
  check(
    info.category === 'float',
    () => new DTypeError(op, `the dtype must be floating-point, got ${info.name}`),
  )
  const exact = getBackend(device ?? getDefaultDevice(), op).supports(dtypes.float64)
  const options = { dtype: exact ? 'float64' : 'float32', device } as const
  const last = periodic ? length : length - 1
  const index = arange(last + 1, null, 1, options)
  const whole =
    length <= 1
      ? ones([length], options)
      : shape(sub(div(index, last / 2), 1), mul(index, (2 * Math.PI) / last))
  const result = to(length > 1 ? narrow(whole, 0, 0, length) : whole, { dtype: info.name, copy: true })
  return requiresGrad ? result.requiresGrad_() : result
}

/**
 * A triangle from 0 to 1 and back.
 *
 * @example
 * bartlettWindow(4).tolist() // => [0, 0.5, 1, 0.5]
 * @see torch.bartlett_window
 */
export const bartlettWindow = (windowLength: number, options: WindowOptions = {}): Tensor =>
  window('bartlettWindow', windowLength, options, (position) => rsub(abs(position), 1))
/**
 * `alpha − beta · cos(phase)`.
 *
 * @example
 * hammingWindow(4).tolist() // => [0.08, 0.54, 1, 0.54]
 * @see torch.hamming_window
 */
export const hammingWindow = (
  windowLength: number,
  { alpha = 0.54, beta = 0.46, ...options }: WindowOptions & { alpha?: number; beta?: number } = {},
): Tensor =>
  window('hammingWindow', windowLength, options, (_position, phase) => rsub(mul(cos(phase), beta), alpha))
/**
 * `½ − ½ cos(phase)`.
 *
 * @example
 * hannWindow(4).tolist() // => [0, 0.5, 1, 0.5]
 * @see torch.hann_window
 */
export const hannWindow = (windowLength: number, options: WindowOptions = {}): Tensor =>
  window('hannWindow', windowLength, options, (_position, phase) => rsub(mul(cos(phase), 0.5), 0.5))
/**
 * `0.42 − 0.5 cos(phase) + 0.08 cos(2 phase)`.
 *
 * @example
 * blackmanWindow(4).at(1).item() // => 0.34
 * @see torch.blackman_window
 */
export const blackmanWindow = (windowLength: number, options: WindowOptions = {}): Tensor =>
  window('blackmanWindow', windowLength, options, (_position, phase) =>
    add(rsub(mul(cos(phase), 0.5), 0.42), mul(cos(mul(phase, 2)), 0.08)),
  )
/**
 * `I₀(beta √(1 − position²)) / I₀(beta)`.
 *
 * @example
 * kaiserWindow(4, { beta: 0 }).tolist() // => [1, 1, 1, 1]
 * @see torch.kaiser_window
 */
export const kaiserWindow = (
  windowLength: number,
  { beta = 12, ...options }: WindowOptions & { beta?: number } = {},
): Tensor =>
  window('kaiserWindow', windowLength, options, (position) => {
    const height = i0(mul(sqrt(clampMin(rsub(mul(position, position), 1), 0)), beta))
    return div(height, narrow(i0(add(mul(narrow(position, 0, 0, 1), 0), beta)), 0, 0, 1))
  })
