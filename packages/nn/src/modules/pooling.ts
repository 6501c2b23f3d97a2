// Pooling layers.
import type { Tensor } from '@tt/autograd'
import * as F from '../functional.ts'
import { Module } from '../module/module.ts'
import { pyBool, pyNumber, pySizes } from './python.ts'
import { perDim } from './sizes.ts'
import type { Sizes } from './sizes.ts'

/** Options of the max pools. */
export interface MaxPoolOptions {
  /** Step of the window (default: its size). */
  stride?: Sizes | null
  /** Implicit −∞ added on both sides (default 0). */
  padding?: Sizes
  /** Distance between taps (default 1). */
  dilation?: Sizes
  /** Whether a window that fits only in part counts (default false). */
  ceilMode?: boolean
  /** Whether the positions are given too: `[values, indices]` (default false). */
  returnIndices?: boolean
}

/** What a max pool gives: with returnIndices `[values, indices]`, else the values. */
export type MaxPooled<O> = O extends { returnIndices: true } ? readonly [Tensor, Tensor] : Tensor

/** What the max pools share. */
abstract class MaxPoolLayer<O extends MaxPoolOptions> extends Module {
  readonly kernelSize: Sizes
  readonly stride: Sizes
  readonly padding: Sizes
  readonly dilation: Sizes
  readonly ceilMode: boolean
  readonly returnIndices: boolean

  constructor(kernelSize: Sizes, options: O = {} as O) {
    super()
    const { stride = null, padding = 0, dilation = 1, ceilMode = false, returnIndices = false } = options
    this.kernelSize = kernelSize
    this.stride = stride ?? kernelSize
    this.padding = padding
    this.dilation = dilation
    this.ceilMode = ceilMode
    this.returnIndices = returnIndices
  }

  protected options(): Required<MaxPoolOptions> {
    const { stride, padding, dilation, ceilMode, returnIndices } = this
    return { stride, padding, dilation, ceilMode, returnIndices }
  }

  override extraRepr(): string {
    const { kernelSize, stride, padding, dilation, ceilMode } = this
    return (
      `kernel_size=${pySizes(kernelSize)}, stride=${pySizes(stride)}, padding=${pySizes(padding)}, ` +
      `dilation=${pySizes(dilation)}, ceil_mode=${pyBool(ceilMode)}`
    )
  }
}

/**
 * The largest element in each window of [N, C, L].
 *
 * @example
 * new MaxPool1d(2).forward(tensor([[1, 3, 7, 5]])).tolist() // => [[3, 7]]
 * @see torch.nn.MaxPool1d
 */
export class MaxPool1d<const O extends MaxPoolOptions = object> extends MaxPoolLayer<O> {
  override forward(input: Tensor): MaxPooled<O> {
    return F.maxPool1d(input, this.kernelSize, this.options()) as MaxPooled<O>
  }
}
/**
 * The largest element in each window of [N, C, H, W]; with returnIndices `[values, indices]`.
 *
 * @example
 * new MaxPool2d(2).call(randn([1, 3, 8, 8])).shape // => [1, 3, 4, 4]
 * @see torch.nn.MaxPool2d
 */
export class MaxPool2d<const O extends MaxPoolOptions = object> extends MaxPoolLayer<O> {
  override forward(input: Tensor): MaxPooled<O> {
    return F.maxPool2d(input, this.kernelSize, this.options()) as MaxPooled<O>
  }
}
/**
 * The largest element in each window of [N, C, D, H, W].
 *
 * @example
 * new MaxPool3d(2).forward(ones([1, 4, 4, 4])).shape // => [1, 2, 2, 2]
 * @see torch.nn.MaxPool3d
 */
export class MaxPool3d<const O extends MaxPoolOptions = object> extends MaxPoolLayer<O> {
  override forward(input: Tensor): MaxPooled<O> {
    return F.maxPool3d(input, this.kernelSize, this.options()) as MaxPooled<O>
  }
}

/** Options of the average pools. */
export interface AvgPoolOptions {
  /** Step of the window (default: its size). */
  stride?: Sizes | null
  /** Zeros added on both sides (default 0). */
  padding?: Sizes
  /** Whether a window that fits only in part counts (default false). */
  ceilMode?: boolean
  /** Whether the zeros of the padding count in the mean (default true). */
  countIncludePad?: boolean
}
/** Options of {@link AvgPool2d}. */
export interface AvgPool2dOptions extends AvgPoolOptions {
  /** What sums are divided by, instead of the number of elements. */
  divisorOverride?: number | null
}

/** What the average pools share. */
abstract class AvgPoolLayer extends Module {
  readonly kernelSize: Sizes
  readonly stride: Sizes
  readonly padding: Sizes
  readonly ceilMode: boolean
  readonly countIncludePad: boolean

  constructor(
    kernelSize: Sizes,
    { stride = null, padding = 0, ceilMode = false, countIncludePad = true }: AvgPoolOptions = {},
  ) {
    super()
    this.kernelSize = kernelSize
    this.stride = stride ?? kernelSize
    this.padding = padding
    this.ceilMode = ceilMode
    this.countIncludePad = countIncludePad
  }

  protected options(): Required<AvgPoolOptions> {
    const { stride, padding, ceilMode, countIncludePad } = this
    return { stride, padding, ceilMode, countIncludePad }
  }

  override extraRepr(): string {
    return `kernel_size=${pySizes(this.kernelSize)}, stride=${pySizes(this.stride)}, padding=${pySizes(this.padding)}`
  }
}

/**
 * The mean of each window of [N, C, L].
 *
 * @example
 * new AvgPool1d(2).forward(tensor([[1, 3, 5, 7]])).tolist() // => [[2, 6]]
 * @see torch.nn.AvgPool1d
 */
export class AvgPool1d extends AvgPoolLayer {
  constructor(kernelSize: Sizes, { stride = null, padding = 0, ...rest }: AvgPoolOptions = {}) {
    const sizes = (option: string, value: Sizes) => perDim('AvgPool1d', option, value, 1)
    super(sizes('kernelSize', kernelSize), {
      stride: sizes('stride', stride ?? kernelSize),
      padding: sizes('padding', padding),
      ...rest,
    })
  }
  override forward(input: Tensor): Tensor {
    return F.avgPool1d(input, this.kernelSize, this.options())
  }
}
/**
 * The mean of each window of [N, C, H, W].
 *
 * @example
 * new AvgPool2d(2).forward(tensor([[[1, 2], [3, 4]]])).tolist() // => [[[2.5]]]
 * @see torch.nn.AvgPool2d
 */
export class AvgPool2d extends AvgPoolLayer {
  readonly divisorOverride: number | null
  constructor(kernelSize: Sizes, { divisorOverride = null, ...rest }: AvgPool2dOptions = {}) {
    super(kernelSize, rest)
    this.divisorOverride = divisorOverride
  }
  override forward(input: Tensor): Tensor {
    return F.avgPool2d(input, this.kernelSize, { ...this.options(), divisorOverride: this.divisorOverride })
  }
}

/**
 * The mean of each window of [N, C, D, H, W].
 *
 * @example
 * new AvgPool3d(2).forward(ones([1, 4, 4, 4])).shape // => [1, 2, 2, 2]
 * @see torch.nn.AvgPool3d
 */
export class AvgPool3d extends AvgPoolLayer {
  readonly divisorOverride: number | null
  constructor(kernelSize: Sizes, { divisorOverride = null, ...rest }: AvgPool2dOptions = {}) {
    super(kernelSize, rest)
    this.divisorOverride = divisorOverride
  }
  override forward(input: Tensor): Tensor {
    return F.avgPool3d(input, this.kernelSize, { ...this.options(), divisorOverride: this.divisorOverride })
  }
}

/** Options of the power-average pools. */
export interface LPPoolOptions {
  /** Step of the window (default: its size). */
  stride?: Sizes | null
  /** Whether a window that fits only in part counts (default false). */
  ceilMode?: boolean
}
/** What the power-average pools share. */
abstract class LPPoolLayer extends Module {
  readonly normType: number
  readonly kernelSize: Sizes
  readonly stride: Sizes | null
  readonly ceilMode: boolean
  constructor(normType: number, kernelSize: Sizes, { stride = null, ceilMode = false }: LPPoolOptions = {}) {
    super()
    this.normType = normType
    this.kernelSize = kernelSize
    this.stride = stride
    this.ceilMode = ceilMode
  }
  override extraRepr(): string {
    const { normType, kernelSize, stride, ceilMode } = this
    return `norm_type=${pyNumber(normType)}, kernel_size=${pySizes(kernelSize)}, stride=${pySizes(stride)}, ceil_mode=${pyBool(ceilMode)}`
  }
}
/**
 * The p-norm of each window of [N, C, L].
 *
 * @example
 * new LPPool1d(2, 2).forward(tensor([[3, 4]])).tolist() // => [[5]]
 * @see torch.nn.LPPool1d
 */
export class LPPool1d extends LPPoolLayer {
  override forward(input: Tensor): Tensor {
    return F.lpPool1d(input, this.normType, this.kernelSize, { stride: this.stride, ceilMode: this.ceilMode })
  }
}
/**
 * The p-norm of each window of [N, C, H, W].
 *
 * @example
 * new LPPool2d(2, [1, 2]).forward(tensor([[[3, 4]]])).tolist() // => [[[5]]]
 * @see torch.nn.LPPool2d
 */
export class LPPool2d extends LPPoolLayer {
  override forward(input: Tensor): Tensor {
    return F.lpPool2d(input, this.normType, this.kernelSize, { stride: this.stride, ceilMode: this.ceilMode })
  }
}

/** What the adaptive pools share. */
abstract class AdaptivePoolLayer extends Module {
  readonly outputSize: number | readonly (number | null)[]
  /** @param outputSize for all dims, or for each; null keeps the size of the input */
  constructor(outputSize: number | readonly (number | null)[]) {
    super()
    this.outputSize = outputSize
  }
  override extraRepr(): string {
    return `output_size=${pySizes(this.outputSize)}`
  }
}

/**
 * The means of windows chosen so that the output has a given size, [N, C, L].
 *
 * @example
 * new AdaptiveAvgPool1d(2).forward(tensor([[1, 2, 3, 4]])).tolist() // => [[1.5, 3.5]]
 * @see torch.nn.AdaptiveAvgPool1d
 */
export class AdaptiveAvgPool1d extends AdaptivePoolLayer {
  override forward(input: Tensor): Tensor {
    return F.adaptiveAvgPool1d(input, this.outputSize)
  }
}
/**
 * The means of windows chosen so that the output has a given size, [N, C, H, W].
 *
 * @example
 * new AdaptiveAvgPool2d(1).forward(ones([2, 3, 7, 7])).shape // => [2, 3, 1, 1]
 * @see torch.nn.AdaptiveAvgPool2d
 */
export class AdaptiveAvgPool2d extends AdaptivePoolLayer {
  override forward(input: Tensor): Tensor {
    return F.adaptiveAvgPool2d(input, this.outputSize)
  }
}
/**
 * The means of windows chosen so that the output has a given size, [N, C, D, H, W].
 *
 * @example
 * new AdaptiveAvgPool3d([2, 1, 1]).forward(ones([1, 3, 4, 4, 4])).shape // => [1, 3, 2, 1, 1]
 * @see torch.nn.AdaptiveAvgPool3d
 */
export class AdaptiveAvgPool3d extends AdaptivePoolLayer {
  override forward(input: Tensor): Tensor {
    return F.adaptiveAvgPool3d(input, this.outputSize)
  }
}

/** What the adaptive max pools share. */
abstract class AdaptiveMaxPoolLayer<O extends { returnIndices?: boolean }> extends AdaptivePoolLayer {
  readonly returnIndices: boolean
  constructor(outputSize: number | readonly (number | null)[], options: O = {} as O) {
    super(outputSize)
    this.returnIndices = options.returnIndices ?? false
  }
}
/**
 * The maxima of windows chosen so that the output has a given size, [N, C, L].
 *
 * @example
 * new AdaptiveMaxPool1d(2).forward(tensor([[1, 2, 3, 4]])).tolist() // => [[2, 4]]
 * @see torch.nn.AdaptiveMaxPool1d
 */
export class AdaptiveMaxPool1d<
  const O extends { returnIndices?: boolean } = object,
> extends AdaptiveMaxPoolLayer<O> {
  override forward(input: Tensor): MaxPooled<O> {
    return F.adaptiveMaxPool1d(input, this.outputSize, { returnIndices: this.returnIndices }) as MaxPooled<O>
  }
}
/**
 * The maxima of windows chosen so that the output has a given size, [N, C, H, W].
 *
 * @example
 * new AdaptiveMaxPool2d([2, null]).forward(ones([1, 3, 7, 7])).shape // => [1, 3, 2, 7]
 * @see torch.nn.AdaptiveMaxPool2d
 */
export class AdaptiveMaxPool2d<
  const O extends { returnIndices?: boolean } = object,
> extends AdaptiveMaxPoolLayer<O> {
  override forward(input: Tensor): MaxPooled<O> {
    return F.adaptiveMaxPool2d(input, this.outputSize, { returnIndices: this.returnIndices }) as MaxPooled<O>
  }
}
/**
 * The maxima of windows chosen so that the output has a given size, [N, C, D, H, W].
 *
 * @example
 * new AdaptiveMaxPool3d(2).forward(ones([1, 3, 4, 4, 4])).shape // => [1, 3, 2, 2, 2]
 * @see torch.nn.AdaptiveMaxPool3d
 */
export class AdaptiveMaxPool3d<
  const O extends { returnIndices?: boolean } = object,
> extends AdaptiveMaxPoolLayer<O> {
  override forward(input: Tensor): MaxPooled<O> {
    return F.adaptiveMaxPool3d(input, this.outputSize, { returnIndices: this.returnIndices }) as MaxPooled<O>
  }
}
