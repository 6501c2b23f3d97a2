// Layers that resize images, lines and volumes.
import type { InterpolationMode, Tensor } from '@tt/autograd'
import * as F from '../functional.ts'
import { Module } from '../module/module.ts'
import { pyFloat, pySizes } from './python.ts'
import type { Sizes } from './sizes.ts'

/** Options of {@link UpsamplingNearest2d} and {@link UpsamplingBilinear2d}: one of both. */
export interface UpsamplingOptions {
  /** Size of the result. */
  size?: Sizes | null
  /** Multiplier of the size. */
  scaleFactor?: Sizes | null
}
/** Options of {@link Upsample}. */
export interface UpsampleOptions extends UpsamplingOptions {
  /** Default 'nearest'. */
  mode?: InterpolationMode
  /** Of the linear and cubic modes: the corners of input and result are the same points. */
  alignCorners?: boolean | null
  /** Use the ratio of the rounded sizes in place of scaleFactor. */
  recomputeScaleFactor?: boolean | null
}

/**
 * Resizes the spatial dims of [N, C, ...spatial].
 *
 * @example
 * new Upsample({ scaleFactor: 2, mode: 'bilinear' }).forward(ones([1, 3, 4, 4])).shape // => [1, 3, 8, 8]
 * @see torch.nn.Upsample
 */
export class Upsample extends Module {
  readonly size: Sizes | null
  readonly scaleFactor: Sizes | null
  readonly mode: InterpolationMode
  readonly alignCorners: boolean | null
  readonly recomputeScaleFactor: boolean | null

  constructor({
    size = null,
    scaleFactor = null,
    mode = 'nearest',
    alignCorners = null,
    recomputeScaleFactor = null,
  }: UpsampleOptions = {}) {
    super()
    this.size = size
    this.scaleFactor = scaleFactor
    this.mode = mode
    this.alignCorners = alignCorners
    this.recomputeScaleFactor = recomputeScaleFactor
  }

  override forward(input: Tensor): Tensor {
    const { size, scaleFactor, mode, alignCorners, recomputeScaleFactor } = this
    return F.interpolate(input, { size, scaleFactor, mode, alignCorners, recomputeScaleFactor })
  }

  override extraRepr(): string {
    const { size, scaleFactor, mode } = this
    if (scaleFactor === null) return `size=${pySizes(size)}, mode=${mode}`
    const factors =
      typeof scaleFactor === 'number'
        ? pyFloat(scaleFactor)
        : `(${scaleFactor.map(pyFloat).join(', ')}${scaleFactor.length === 1 ? ',' : ''})`
    return `scale_factor=${factors}, mode=${mode}`
  }
}
/**
 * Resizes images by the nearest pixel.
 *
 * @example
 * new UpsamplingNearest2d({ scaleFactor: 2 }).forward(tensor([[[[1, 2]]]])).tolist() // => [[[[1, 1, 2, 2], [1, 1, 2, 2]]]]
 * @see torch.nn.UpsamplingNearest2d
 */
export class UpsamplingNearest2d extends Upsample {
  constructor(options: UpsamplingOptions = {}) {
    super({ ...options, mode: 'nearest' })
  }
}
/**
 * Resizes images bilinearly, with aligned corners.
 *
 * @example
 * new UpsamplingBilinear2d({ size: [1, 3] }).forward(tensor([[[[1, 2]]]])).tolist() // => [[[[1, 1.5, 2]]]]
 * @see torch.nn.UpsamplingBilinear2d
 */
export class UpsamplingBilinear2d extends Upsample {
  constructor(options: UpsamplingOptions = {}) {
    super({ ...options, mode: 'bilinear', alignCorners: true })
  }
}
