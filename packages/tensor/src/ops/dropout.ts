// Dropout: elements or whole channels set to zero at random, with PyTorch's stream of random numbers.
import { withGradMode } from '../dispatch/hook.ts'
import { ArgumentError, ShapeError, check } from '../errors.ts'
import { formatShape } from '../shape/shape.ts'
import { newTensor } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import { add, div, mul } from './arithmetic.ts'
import { zeros } from './creation.ts'
import { bernoulli_ } from './random-fill.ts'
import type { RandomOptions } from './random-fill.ts'
import { squeeze, unsqueeze } from './views.ts'

/** Options of dropout. */
export interface DropoutOptions extends RandomOptions {
  /** Probability of a zero; default 0.5. */
  p?: number
  /** Without it the input is returned; default true. */
  training?: boolean
  /** Change the input; default false. */
  inplace?: boolean
}

const times = (x: Tensor, y: Tensor, inplace: boolean): Tensor => (inplace ? x.mul_(y) : mul(x, y))

function drop(
  op: string,
  input: Tensor,
  { p = 0.5, training = true, inplace = false, ...options }: DropoutOptions,
  byFeature: boolean,
  alpha: boolean,
): Tensor {
  check(p >= 0 && p <= 1, () => new ArgumentError(op, `p must be from 0 to 1, got ${p}`))
  if (p === 0 || !training || input.elementCount === 0) return input
  if (p === 1) return times(input, zeros([], { dtype: input.dtype, device: input.device }), inplace)
  check(
    !byFeature || input.ndim >= 2,
    () => new ShapeError(op, `the input must have at least 2 dims, got ${formatShape(input.shape)}`),
  )
  const [factor, shift] = withGradMode(false, () => {
    const noise = newTensor(
      input.storage.backend,
      input.dtypeInfo,
      byFeature ? input.shape.map((size, i) => (i < 2 ? size : 1)) : input.shape,
    )
    bernoulli_(noise, 1 - p, options)
    if (!alpha) return [div(noise, 1 - p), null]
    const a = 1 / Math.sqrt((saturation * saturation * p + 1) * (1 - p))
    return [mul(noise, a), add(mul(add(noise, -1), saturation * a), saturation * a * p)]
  })
  const scaled = times(input, factor, inplace)
  return shift === null ? scaled : inplace ? scaled.add_(shift) : add(scaled, shift)
}
/** The value at which SELU saturates, negated. */
const saturation = 1.7580993408473766

/**
 * Sets elements to zero with probability `p` and divides the others by 1 − p.
 *
 * @returns the input itself if p is 0 or not training
 * @throws ArgumentError if p is not a probability
 * @example
 * manualSeed(0)
 * dropout(ones([6]), { p: 0.5 }).tolist() // => [0, 0, 2, 0, 0, 0]
 * dropout(ones([2]), { training: false }).tolist() // => [1, 1]
 * @see torch.nn.functional.dropout
 */
export const dropout = (input: Tensor, options: DropoutOptions = {}): Tensor =>
  drop('dropout', input, options, false, false)
/**
 * Dropout that keeps mean and variance of SELU's results.
 *
 * @example
 * manualSeed(0)
 * alphaDropout(ones([4]), { training: true }).tolist() // => [-0.779194, -0.779194, 1.6656, -0.779194]
 * @see torch.nn.functional.alpha_dropout
 */
export const alphaDropout = (input: Tensor, options: DropoutOptions = {}): Tensor =>
  drop('alphaDropout', input, { training: false, ...options }, false, true)
/**
 * Alpha dropout of whole channels.
 *
 * @example
 * manualSeed(0)
 * featureAlphaDropout(ones([1, 2, 2]), { training: true }).tolist() // => [[[-0.779194, -0.779194], [-0.779194, -0.779194]]]
 * @see torch.nn.functional.feature_alpha_dropout
 */
export const featureAlphaDropout = (input: Tensor, options: DropoutOptions = {}): Tensor =>
  drop('featureAlphaDropout', input, { training: false, ...options }, true, true)
/**
 * Dropout of whole channels: dims 0 and 1 are drawn for.
 *
 * @example
 * manualSeed(0)
 * featureDropout(ones([1, 3, 2])).tolist() // => [[[0, 0], [0, 0], [2, 2]]]
 * @see torch.feature_dropout
 */
export const featureDropout = (input: Tensor, options: DropoutOptions = {}): Tensor =>
  drop('featureDropout', input, options, true, false)

function channels(op: string, input: Tensor, options: DropoutOptions, unbatched: number): Tensor {
  if (input.ndim !== unbatched) return drop(op, input, options, true, false)
  return squeeze(drop(op, unsqueeze(input, 0), options, true, false), 0)
}
/**
 * Dropout of whole channels of [N, C, L] or [C, L].
 *
 * @example
 * manualSeed(0)
 * dropout1d(ones([1, 3, 2])).tolist() // => [[[0, 0], [0, 0], [2, 2]]]
 * @see torch.nn.functional.dropout1d
 */
export function dropout1d(input: Tensor, options: DropoutOptions = {}): Tensor {
  check(
    input.ndim === 2 || input.ndim === 3,
    () => new ShapeError('dropout1d', `the input must have 2 or 3 dims, got ${formatShape(input.shape)}`),
  )
  return channels('dropout1d', input, options, 2)
}
/**
 * Dropout of whole channels of [N, C, H, W]; 3 dims count as [N, C, L], as in PyTorch.
 *
 * @example
 * manualSeed(0)
 * dropout2d(ones([1, 3, 1, 2])).tolist() // => [[[[0, 0]], [[0, 0]], [[2, 2]]]]
 * @see torch.nn.functional.dropout2d
 */
export function dropout2d(input: Tensor, options: DropoutOptions = {}): Tensor {
  if (input.ndim === 3)
    console.warn('dropout2d: an input of 3 dims is taken for [N, C, L]. Use dropout1d for it')
  else if (input.ndim !== 4)
    console.warn(`dropout2d: the input should have 4 dims, got ${formatShape(input.shape)}`)
  return drop('dropout2d', input, options, true, false)
}
/**
 * Dropout of whole channels of [N, C, D, H, W] or [C, D, H, W].
 *
 * @example
 * manualSeed(0)
 * dropout3d(ones([1, 3, 1, 1, 2])).tolist() // => [[[[[0, 0]]], [[[0, 0]]], [[[2, 2]]]]]
 * @see torch.nn.functional.dropout3d
 */
export function dropout3d(input: Tensor, options: DropoutOptions = {}): Tensor {
  if (input.ndim !== 4 && input.ndim !== 5)
    console.warn(`dropout3d: the input should have 4 or 5 dims, got ${formatShape(input.shape)}`)
  return channels('dropout3d', input, options, 4)
}
