// Dropout layers: they act in training mode only.
import { ArgumentError, check } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import * as F from '../functional.ts'
import { Module } from '../module/module.ts'
import { pyBool, pyFloat } from './python.ts'

/** Options of the dropout layers. */
export interface DropoutOptions {
  /** Probability of an element (a channel) to be zeroed (default 0.5). */
  p?: number
  /** Whether the input itself is changed (default false). */
  inplace?: boolean
}

/** What the dropout layers share. */
abstract class DropoutLayer extends Module {
  readonly p: number
  readonly inplace: boolean

  /** @param options the probability, or all options */
  constructor(options: number | DropoutOptions = {}) {
    super()
    const { p = 0.5, inplace = false } = typeof options === 'number' ? { p: options } : options
    check(
      p >= 0 && p <= 1,
      () => new ArgumentError(this.reprName(), `p must be a probability in [0, 1], got ${p}`),
    )
    this.p = p
    this.inplace = inplace
  }

  protected options(): { p: number; training: boolean; inplace: boolean } {
    return { p: this.p, training: this.training, inplace: this.inplace }
  }

  override extraRepr(): string {
    return `p=${pyFloat(this.p)}, inplace=${pyBool(this.inplace)}`
  }
}

/**
 * Zeroes elements with probability p and scales the rest by 1 / (1 − p); the identity in evaluation mode.
 *
 * @example
 * new Dropout({ p: 0.2 }).eval().call(ones([2])).tolist() // => [1, 1]
 * @see torch.nn.Dropout
 */
export class Dropout extends DropoutLayer {
  override forward(input: Tensor): Tensor {
    return F.dropout(input, this.options())
  }
}
/**
 * Zeroes whole channels of [N, C, L] or [C, L].
 *
 * @example
 * new Dropout1d().eval().forward(ones([1, 2, 2])).tolist() // => [[[1, 1], [1, 1]]]
 * @see torch.nn.Dropout1d
 */
export class Dropout1d extends DropoutLayer {
  override forward(input: Tensor): Tensor {
    return F.dropout1d(input, this.options())
  }
}
/**
 * Zeroes whole channels of [N, C, H, W].
 *
 * @example
 * manualSeed(0)
 * new Dropout2d().forward(ones([1, 3, 1, 2])).tolist() // => [[[[0, 0]], [[0, 0]], [[2, 2]]]]
 * @see torch.nn.Dropout2d
 */
export class Dropout2d extends DropoutLayer {
  override forward(input: Tensor): Tensor {
    return F.dropout2d(input, this.options())
  }
}
/**
 * Zeroes whole channels of [N, C, D, H, W].
 *
 * @example
 * new Dropout3d().eval().forward(ones([1, 1, 1, 1, 2])).flatten().tolist() // => [1, 1]
 * @see torch.nn.Dropout3d
 */
export class Dropout3d extends DropoutLayer {
  override forward(input: Tensor): Tensor {
    return F.dropout3d(input, this.options())
  }
}
/**
 * Dropout that keeps mean and variance of SELU's results (Klambauer et al. 2017).
 *
 * @example
 * manualSeed(0)
 * new AlphaDropout().forward(ones([4])).tolist() // => [-0.779194, -0.779194, 1.6656, -0.779194]
 * @see torch.nn.AlphaDropout
 */
export class AlphaDropout extends DropoutLayer {
  override forward(input: Tensor): Tensor {
    return F.alphaDropout(input, this.options())
  }
}
