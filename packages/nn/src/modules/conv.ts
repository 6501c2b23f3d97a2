// Convolutions and transposed convolutions over 1 to 3 dims.
import { ArgumentError, check, empty } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import * as F from '../functional.ts'
import { Module } from '../module/module.ts'
import { Parameter } from '../parameter.ts'
import { resetWeightAndBias } from './linear.ts'
import type { LayerFactory } from './linear.ts'
import { pySizes } from './python.ts'
import { perDim, samePadding } from './sizes.ts'
import type { Sizes } from './sizes.ts'

/** How a convolution fills the border. */
export type PaddingMode = 'zeros' | 'reflect' | 'replicate' | 'circular'

/** Options of the convolutions. */
export interface ConvOptions extends LayerFactory {
  /** Step of the window (default 1). */
  stride?: Sizes
  /** Added on both sides (default 0); 'same' keeps the size, 'valid' adds nothing. */
  padding?: Sizes | 'same' | 'valid'
  /** Distance between taps (default 1). */
  dilation?: Sizes
  /** Independent groups of channels (default 1). */
  groups?: number
  /** Whether to add a learned bias (default true). */
  bias?: boolean
  /** What the padding holds (default 'zeros'). */
  paddingMode?: PaddingMode
}

/** Options of the transposed convolutions. */
export interface ConvTransposeOptions extends LayerFactory {
  stride?: Sizes
  padding?: Sizes
  /** Added to one side of the output (default 0). */
  outputPadding?: Sizes
  groups?: number
  bias?: boolean
  dilation?: Sizes
}

/** What all convolutions share: sizes, parameters, printing. */
abstract class ConvLayer extends Module {
  readonly inChannels: number
  readonly outChannels: number
  readonly kernelSize: readonly number[]
  readonly stride: readonly number[]
  readonly padding: readonly number[] | 'same' | 'valid'
  readonly dilation: readonly number[]
  readonly outputPadding: readonly number[]
  readonly groups: number
  readonly paddingMode: PaddingMode
  readonly weight: Parameter
  readonly bias: Parameter | null // [outChannels]

  constructor(
    spatialDims: number,
    transposed: boolean,
    inChannels: number,
    outChannels: number,
    kernelSize: Sizes,
    options: ConvOptions & Pick<ConvTransposeOptions, 'outputPadding'>,
  ) {
    super()
    const {
      stride = 1,
      padding = 0,
      dilation = 1,
      outputPadding = 0,
      groups = 1,
      bias = true,
      paddingMode = 'zeros',
      ...factory
    } = options
    const name = this.reprName()
    const sizes = (option: string, value: Sizes) => perDim(name, option, value, spatialDims)
    check(
      groups >= 1 && inChannels % groups === 0 && outChannels % groups === 0,
      () =>
        new ArgumentError(
          name,
          `inChannels and outChannels must be divisible by groups, got ${inChannels}, ${outChannels} and ${groups}`,
        ),
    )
    check(
      ['zeros', 'reflect', 'replicate', 'circular'].includes(paddingMode),
      () =>
        new ArgumentError(
          name,
          `paddingMode must be 'zeros', 'reflect', 'replicate' or 'circular', got '${paddingMode}'`,
        ),
    )
    check(
      typeof padding !== 'string' || padding === 'same' || padding === 'valid',
      () => new ArgumentError(name, `padding must be sizes, 'same' or 'valid', got '${String(padding)}'`),
    )
    this.inChannels = inChannels
    this.outChannels = outChannels
    this.kernelSize = sizes('kernelSize', kernelSize)
    this.stride = sizes('stride', stride)
    this.padding = typeof padding === 'string' ? padding : sizes('padding', padding)
    check(
      padding !== 'same' || this.stride.every((n) => n === 1),
      () => new ArgumentError(name, `padding 'same' needs a stride of 1, got ${pySizes(this.stride)}`),
    )
    this.dilation = sizes('dilation', dilation)
    this.outputPadding = sizes('outputPadding', outputPadding)
    this.groups = groups
    this.paddingMode = paddingMode
    const channels = transposed ? [inChannels, outChannels / groups] : [outChannels, inChannels / groups]
    this.weight = new Parameter(empty([...channels, ...this.kernelSize], factory))
    this.bias = bias ? new Parameter(empty([outChannels], factory)) : null
    this.resetParameters()
  }

  /** Draws the parameters anew: both uniform in ±1/√fanIn. */
  resetParameters(): void {
    resetWeightAndBias(this.weight, this.bias)
  }

  /** The input with its border filled as paddingMode says, and the padding that is left to the convolution. */
  protected padded(input: Tensor): { input: Tensor; padding: readonly number[] | 'same' | 'valid' } {
    if (this.paddingMode === 'zeros' || this.padding === 'valid') return { input, padding: this.padding }
    const sides =
      this.padding === 'same'
        ? samePadding(this.kernelSize, this.dilation)
        : this.padding.map((n): [number, number] => [n, n])
    return {
      input: F.pad(input, sides.toReversed().flat(), { mode: this.paddingMode }), // F.pad begins with the last dim
      padding: this.kernelSize.map(() => 0),
    }
  }

  override extraRepr(): string {
    const {
      inChannels,
      outChannels,
      kernelSize,
      stride,
      padding,
      dilation,
      outputPadding,
      groups,
      bias,
      paddingMode,
    } = this
    const parts = [
      `${inChannels}, ${outChannels}, kernel_size=${pySizes(kernelSize)}, stride=${pySizes(stride)}`,
    ]
    if (typeof padding === 'string') parts.push(`padding=${padding}`)
    else if (padding.some((n) => n !== 0)) parts.push(`padding=${pySizes(padding)}`)
    if (dilation.some((n) => n !== 1)) parts.push(`dilation=${pySizes(dilation)}`)
    if (outputPadding.some((n) => n !== 0)) parts.push(`output_padding=${pySizes(outputPadding)}`)
    if (groups !== 1) parts.push(`groups=${groups}`)
    if (bias === null) parts.push('bias=False')
    if (paddingMode !== 'zeros') parts.push(`padding_mode=${paddingMode}`)
    return parts.join(', ')
  }
}

/**
 * Convolution over [N, C, L].
 *
 * @example
 * new Conv1d(2, 4, 3).forward(ones([1, 2, 8])).shape // => [1, 4, 6]
 * @see torch.nn.Conv1d
 */
export class Conv1d extends ConvLayer {
  constructor(inChannels: number, outChannels: number, kernelSize: Sizes, options: ConvOptions = {}) {
    super(1, false, inChannels, outChannels, kernelSize, options)
  }
  override forward(x: Tensor): Tensor {
    // [N, Cin, L] → [N, Cout, L']
    const { input, padding } = this.padded(x)
    const { stride, dilation, groups } = this
    return F.conv1d(input, this.weight, this.bias, { stride, padding, dilation, groups })
  }
}

/**
 * Convolution over images [N, C, H, W] or [C, H, W].
 *
 * @param kernelSize of all dims, or of each
 * @throws ArgumentError for channels that groups does not divide
 * @example
 * new Conv2d(1, 32, 5, { padding: 2 }).call(randn([8, 1, 28, 28])).shape // => [8, 32, 28, 28]
 * @see torch.nn.Conv2d
 */
export class Conv2d extends ConvLayer {
  constructor(inChannels: number, outChannels: number, kernelSize: Sizes, options: ConvOptions = {}) {
    super(2, false, inChannels, outChannels, kernelSize, options)
  }
  override forward(x: Tensor): Tensor {
    // [N, Cin, H, W] → [N, Cout, H', W']
    const { input, padding } = this.padded(x)
    const { stride, dilation, groups } = this
    return F.conv2d(input, this.weight, this.bias, { stride, padding, dilation, groups })
  }
}

/**
 * Convolution over volumes [N, C, D, H, W].
 *
 * @example
 * new Conv3d(1, 4, 3, { padding: 1 }).forward(ones([1, 1, 4, 4, 4])).shape // => [1, 4, 4, 4, 4]
 * @see torch.nn.Conv3d
 */
export class Conv3d extends ConvLayer {
  constructor(inChannels: number, outChannels: number, kernelSize: Sizes, options: ConvOptions = {}) {
    super(3, false, inChannels, outChannels, kernelSize, options)
  }
  override forward(x: Tensor): Tensor {
    // [N, Cin, D, H, W] → [N, Cout, D', H', W']
    const { input, padding } = this.padded(x)
    const { stride, dilation, groups } = this
    return F.conv3d(input, this.weight, this.bias, { stride, padding, dilation, groups })
  }
}

/**
 * The gradient of Conv1d as a layer, also called deconvolution.
 *
 * @example
 * new ConvTranspose1d(2, 4, 3, { stride: 2 }).forward(ones([1, 2, 8])).shape // => [1, 4, 17]
 * @see torch.nn.ConvTranspose1d
 */
export class ConvTranspose1d extends ConvLayer {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Sizes,
    options: ConvTransposeOptions = {},
  ) {
    super(1, true, inChannels, outChannels, kernelSize, options)
  }
  override forward(input: Tensor): Tensor {
    // [N, Cin, L] → [N, Cout, L']
    const { stride, padding, outputPadding, groups, dilation } = this
    return F.convTranspose1d(input, this.weight, this.bias, {
      stride,
      padding: padding as readonly number[],
      outputPadding,
      groups,
      dilation,
    })
  }
}

/**
 * The gradient of Conv2d as a layer, also called deconvolution.
 *
 * @example
 * new ConvTranspose2d(2, 4, 2, { stride: 2 }).forward(ones([1, 2, 8, 8])).shape // => [1, 4, 16, 16]
 * @see torch.nn.ConvTranspose2d
 */
export class ConvTranspose2d extends ConvLayer {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Sizes,
    options: ConvTransposeOptions = {},
  ) {
    super(2, true, inChannels, outChannels, kernelSize, options)
  }
  override forward(input: Tensor): Tensor {
    // [N, Cin, H, W] → [N, Cout, H', W']
    const { stride, padding, outputPadding, groups, dilation } = this
    return F.convTranspose2d(input, this.weight, this.bias, {
      stride,
      padding: padding as readonly number[],
      outputPadding,
      groups,
      dilation,
    })
  }
}

/**
 * The gradient of Conv3d as a layer, also called deconvolution.
 *
 * @example
 * new ConvTranspose3d(2, 4, 2).forward(ones([1, 2, 3, 3, 3])).shape // => [1, 4, 4, 4, 4]
 * @see torch.nn.ConvTranspose3d
 */
export class ConvTranspose3d extends ConvLayer {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Sizes,
    options: ConvTransposeOptions = {},
  ) {
    super(3, true, inChannels, outChannels, kernelSize, options)
  }
  override forward(input: Tensor): Tensor {
    // [N, Cin, D, H, W] → [N, Cout, D', H', W']
    const { stride, padding, outputPadding, groups, dilation } = this
    return F.convTranspose3d(input, this.weight, this.bias, {
      stride,
      padding: padding as readonly number[],
      outputPadding,
      groups,
      dilation,
    })
  }
}
