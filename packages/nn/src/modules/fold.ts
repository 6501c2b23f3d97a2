// Sliding blocks of images as columns, and columns summed into images.
import type { Tensor } from '@tt/autograd'
import * as F from '../functional.ts'
import { Module } from '../module/module.ts'
import { pySizes } from './python.ts'
import type { Sizes } from './sizes.ts'

/** Options of {@link Fold} and {@link Unfold}: of the sliding windows. */
export interface FoldOptions {
  dilation?: Sizes
  padding?: Sizes
  stride?: Sizes
}
const windowRepr = ({ dilation, padding, stride }: Required<FoldOptions>): string =>
  `dilation=${pySizes(dilation)}, padding=${pySizes(padding)}, stride=${pySizes(stride)}`
/**
 * The sliding blocks of images [N, C, H, W] as columns [N, C·kh·kw, L].
 *
 * @example
 * new Unfold(2).forward(ones([1, 3, 4, 4])).shape // => [1, 12, 9]
 * @see torch.nn.Unfold
 */
export class Unfold extends Module {
  readonly kernelSize: Sizes
  readonly dilation: Sizes
  readonly padding: Sizes
  readonly stride: Sizes
  constructor(kernelSize: Sizes, { dilation = 1, padding = 0, stride = 1 }: FoldOptions = {}) {
    super()
    this.kernelSize = kernelSize
    this.dilation = dilation
    this.padding = padding
    this.stride = stride
  }
  override forward(input: Tensor): Tensor {
    const { kernelSize, dilation, padding, stride } = this
    return F.unfold(input, kernelSize, { dilation, padding, stride })
  }
  override extraRepr(): string {
    return `kernel_size=${pySizes(this.kernelSize)}, ${windowRepr(this)}`
  }
}
/**
 * Columns [N, C·kh·kw, L] summed into images [N, C, H, W].
 *
 * @example
 * new Fold([4, 4], 2).forward(ones([1, 12, 9])).shape // => [1, 3, 4, 4]
 * @see torch.nn.Fold
 */
export class Fold extends Module {
  readonly outputSize: Sizes
  readonly kernelSize: Sizes
  readonly dilation: Sizes
  readonly padding: Sizes
  readonly stride: Sizes
  constructor(
    outputSize: Sizes,
    kernelSize: Sizes,
    { dilation = 1, padding = 0, stride = 1 }: FoldOptions = {},
  ) {
    super()
    this.outputSize = outputSize
    this.kernelSize = kernelSize
    this.dilation = dilation
    this.padding = padding
    this.stride = stride
  }
  override forward(input: Tensor): Tensor {
    const { outputSize, kernelSize, dilation, padding, stride } = this
    return F.fold(input, outputSize, kernelSize, { dilation, padding, stride })
  }
  override extraRepr(): string {
    return `output_size=${pySizes(this.outputSize)}, kernel_size=${pySizes(this.kernelSize)}, ${windowRepr(this)}`
  }
}
