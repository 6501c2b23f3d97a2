// Max pooling over windows at random positions.
import type { Tensor } from '@tt/autograd'
import * as F from '../functional.ts'
import { Module } from '../module/module.ts'
import type { Sizes } from './sizes.ts'

/** Options of {@link FractionalMaxPool2d} and {@link FractionalMaxPool3d}: one of outputSize and outputRatio. */
export interface FractionalMaxPoolOptions {
  outputSize?: Sizes | null
  /** Output per input size, between 0 and 1. */
  outputRatio?: Sizes | null
  /** [N, C, dims], uniform in [0, 1): where the windows lie; default: drawn anew. */
  randomSamples?: Tensor | null
}
abstract class FractionalPool extends Module {
  readonly kernelSize: Sizes
  readonly options: FractionalMaxPoolOptions
  constructor(kernelSize: Sizes, options: FractionalMaxPoolOptions) {
    super()
    this.kernelSize = kernelSize
    this.options = options
  }
  abstract override forward(input: Tensor): Tensor
}
/**
 * Maxima of windows at random positions of images. For the positions as well: functional.fractionalMaxPool2dWithIndices.
 *
 * @example
 * new FractionalMaxPool2d(2, { outputRatio: 0.5 }).forward(ones([1, 3, 8, 8])).shape // => [1, 3, 4, 4]
 * @see torch.nn.FractionalMaxPool2d
 */
export class FractionalMaxPool2d extends FractionalPool {
  constructor(kernelSize: Sizes, options: FractionalMaxPoolOptions = {}) {
    super(kernelSize, options)
  }
  override forward(input: Tensor): Tensor {
    return F.fractionalMaxPool2d(input, this.kernelSize, this.options)
  }
}
/**
 * Maxima of windows at random positions of volumes.
 *
 * @example
 * new FractionalMaxPool3d(2, { outputSize: 2 }).forward(ones([1, 3, 5, 5, 5])).shape // => [1, 3, 2, 2, 2]
 * @see torch.nn.FractionalMaxPool3d
 */
export class FractionalMaxPool3d extends FractionalPool {
  constructor(kernelSize: Sizes, options: FractionalMaxPoolOptions = {}) {
    super(kernelSize, options)
  }
  override forward(input: Tensor): Tensor {
    return F.fractionalMaxPool3d(input, this.kernelSize, this.options)
  }
}
