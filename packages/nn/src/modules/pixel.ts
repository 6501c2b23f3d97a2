// Layers that move elements between channels and space.
import type { Tensor } from '@tt/autograd'
import * as F from '../functional.ts'
import { Module } from '../module/module.ts'

/**
 * [N, C·r², H, W] to [N, C, H·r, W·r] (Shi et al. 2016).
 *
 * @example
 * new PixelShuffle(2).forward(ones([1, 8, 3, 3])).shape // => [1, 2, 6, 6]
 * @see torch.nn.PixelShuffle
 */
export class PixelShuffle extends Module {
  readonly upscaleFactor: number
  constructor(upscaleFactor: number) {
    super()
    this.upscaleFactor = upscaleFactor
  }
  override forward(input: Tensor): Tensor {
    return F.pixelShuffle(input, this.upscaleFactor)
  }
  override extraRepr(): string {
    return `upscale_factor=${this.upscaleFactor}`
  }
}
/**
 * [N, C, H·r, W·r] to [N, C·r², H, W].
 *
 * @example
 * new PixelUnshuffle(2).forward(ones([1, 2, 6, 6])).shape // => [1, 8, 3, 3]
 * @see torch.nn.PixelUnshuffle
 */
export class PixelUnshuffle extends Module {
  readonly downscaleFactor: number
  constructor(downscaleFactor: number) {
    super()
    this.downscaleFactor = downscaleFactor
  }
  override forward(input: Tensor): Tensor {
    return F.pixelUnshuffle(input, this.downscaleFactor)
  }
  override extraRepr(): string {
    return `downscale_factor=${this.downscaleFactor}`
  }
}
/**
 * Interleaves groups of channels (Zhang et al. 2018).
 *
 * @example
 * new ChannelShuffle(2).forward(tensor([[[1], [2], [3], [4]]])).flatten().tolist() // => [1, 3, 2, 4]
 * @see torch.nn.ChannelShuffle
 */
export class ChannelShuffle extends Module {
  readonly groups: number
  constructor(groups: number) {
    super()
    this.groups = groups
  }
  override forward(input: Tensor): Tensor {
    return F.channelShuffle(input, this.groups)
  }
  override extraRepr(): string {
    return `groups=${this.groups}`
  }
}
