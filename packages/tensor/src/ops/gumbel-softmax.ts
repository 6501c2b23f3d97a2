// Samples of categories that carry gradients.
import { ArgumentError, check } from '../errors.ts'
import { defaultGenerator } from '../random/index.ts'
import type { Tensor } from '../tensor.ts'
import { add, div, neg, sub } from './arithmetic.ts'
import { emptyLike, zerosLike } from './like.ts'
import { max } from './extremes.ts'
import { log } from './math.ts'
import { exponential_ } from './random-fill.ts'
import type { RandomOptions } from './random-fill.ts'
import { scatter } from './scatter.ts'
import { softmax } from './softmax.ts'
import { detach } from './views.ts'

/** Options of gumbelSoftmax. */
export interface GumbelSoftmaxOptions extends RandomOptions {
  /** Temperature: the lower, the nearer to one category; default 1. */
  tau?: number
  /** Give one-hot samples, with the gradient of the soft ones. */
  hard?: boolean
  dim?: number
}
/**
 * Samples of the categories along `dim`: softmax((logits + g) / tau) with g of the Gumbel distribution.
 *
 * @param logits log-probabilities, not normalised
 * @throws ArgumentError unless tau is above 0
 * @example
 * manualSeed(0)
 * gumbelSoftmax(tensor([1, 2, 3]), { hard: true }).sum().item() // => 1
 * @see torch.nn.functional.gumbel_softmax
 */
export function gumbelSoftmax(
  logits: Tensor,
  { tau = 1, hard = false, dim = -1, generator = defaultGenerator }: GumbelSoftmaxOptions = {},
): Tensor {
  check(tau > 0, () => new ArgumentError('gumbelSoftmax', `tau must be above 0, got ${tau}`))
  const gumbel = neg(log(exponential_(emptyLike(logits), 1, { generator })))
  const soft = softmax(div(add(logits, gumbel), tau), dim)
  if (!hard) return soft
  const oneHot = scatter(zerosLike(logits), dim, max(detach(soft), dim, { keepdim: true }).indices, 1)
  return add(sub(oneHot, detach(soft)), soft) // straight through
}
