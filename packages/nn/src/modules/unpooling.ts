// Max unpooling: puts elements back to where a max pool took them from.
import type { Tensor } from '@tt/autograd'
import * as F from '../functional.ts'
import { Module } from '../module/module.ts'
import { pySizes } from './python.ts'
import { perDim } from './sizes.ts'
import type { Sizes } from './sizes.ts'

/** Options of the max unpools: those of the max pool. */
export interface MaxUnpoolOptions {
  /** Step of the window (default: its size). */
  stride?: Sizes | null
  /** Of the max pool (default 0). */
  padding?: Sizes
}

/** What the max unpools share. */
abstract class MaxUnpoolLayer extends Module {
  readonly kernelSize: readonly number[]
  readonly stride: readonly number[]
  readonly padding: readonly number[]

  constructor(spatialDims: number, kernelSize: Sizes, { stride = null, padding = 0 }: MaxUnpoolOptions = {}) {
    super()
    const sizes = (option: string, value: Sizes) => perDim(this.reprName(), option, value, spatialDims)
    this.kernelSize = sizes('kernelSize', kernelSize)
    this.stride = sizes('stride', stride ?? kernelSize)
    this.padding = sizes('padding', padding)
  }

  protected options(outputSize: readonly number[] | null) {
    return { stride: this.stride, padding: this.padding, outputSize }
  }

  override extraRepr(): string {
    return `kernel_size=${pySizes(this.kernelSize)}, stride=${pySizes(this.stride)}, padding=${pySizes(this.padding)}`
  }
}

/**
 * Puts the elements of [N, C, L] back to the positions that MaxPool1d answered; zeros elsewhere.
 *
 * @example
 * new MaxUnpool1d(2).forward(tensor([[[5, 6]]]), tensor([[[1n, 2n]]])).tolist() // => [[[0, 5, 6, 0]]]
 * @see torch.nn.MaxUnpool1d
 */
export class MaxUnpool1d extends MaxUnpoolLayer {
  constructor(kernelSize: Sizes, options: MaxUnpoolOptions = {}) {
    super(1, kernelSize, options)
  }
  override forward(input: Tensor, indices: Tensor, outputSize: readonly number[] | null = null): Tensor {
    return F.maxUnpool1d(input, indices, this.kernelSize, this.options(outputSize))
  }
}
/**
 * Puts the elements of [N, C, H, W] back to the positions that MaxPool2d answered; zeros elsewhere.
 *
 * @example
 * new MaxUnpool2d(2).forward(tensor([[[[5]]]]), tensor([[[[3n]]]])).tolist() // => [[[[0, 0], [0, 5]]]]
 * @see torch.nn.MaxUnpool2d
 */
export class MaxUnpool2d extends MaxUnpoolLayer {
  constructor(kernelSize: Sizes, options: MaxUnpoolOptions = {}) {
    super(2, kernelSize, options)
  }
  override forward(input: Tensor, indices: Tensor, outputSize: readonly number[] | null = null): Tensor {
    return F.maxUnpool2d(input, indices, this.kernelSize, this.options(outputSize))
  }
}
/**
 * Puts the elements of [N, C, D, H, W] back to the positions that MaxPool3d answered; zeros elsewhere.
 *
 * @example
 * new MaxUnpool3d(2).forward(tensor([[[[[5]]]]]), tensor([[[[[7n]]]]])).shape // => [1, 1, 2, 2, 2]
 * @see torch.nn.MaxUnpool3d
 */
export class MaxUnpool3d extends MaxUnpoolLayer {
  constructor(kernelSize: Sizes, options: MaxUnpoolOptions = {}) {
    super(3, kernelSize, options)
  }
  override forward(input: Tensor, indices: Tensor, outputSize: readonly number[] | null = null): Tensor {
    return F.maxUnpool3d(input, indices, this.kernelSize, this.options(outputSize))
  }
}
