// Layers that add a border.
import type { Tensor } from '@tt/autograd'
import * as F from '../functional.ts'
import { Module } from '../module/module.ts'
import { pyNumber, pySizes } from './python.ts'
import { perSide } from './sizes.ts'
import type { Sizes } from './sizes.ts'

/** What the padding layers share. */
abstract class PadLayer extends Module {
  /** Before and after the last dim, then the one before it, and so on. */
  readonly padding: readonly number[]
  constructor(spatialDims: number, padding: Sizes) {
    super()
    this.padding = perSide(this.reprName(), padding, spatialDims)
  }
  override extraRepr(): string {
    return pySizes(this.padding)
  }
}

/** What the layers that fill with a number share. */
abstract class ConstantPadLayer extends PadLayer {
  readonly value: number
  constructor(spatialDims: number, padding: Sizes, value: number) {
    super(spatialDims, padding)
    this.value = value
  }
  override forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, { mode: 'constant', value: this.value })
  }
  override extraRepr(): string {
    return `padding=${pySizes(this.padding)}, value=${pyNumber(this.value)}`
  }
}

/**
 * Fills 1 spatial dim with a number.
 *
 * @example
 * new ConstantPad1d(1, 9).forward(tensor([[1, 2]])).tolist() // => [[9, 1, 2, 9]]
 * @see torch.nn.ConstantPad1d
 */
export class ConstantPad1d extends ConstantPadLayer {
  constructor(padding: Sizes, value: number) {
    super(1, padding, value)
  }
}
/**
 * Fills 2 spatial dims with a number.
 *
 * @example
 * new ConstantPad2d([1, 0, 0, 1], 9).forward(tensor([[[1]]])).tolist() // => [[[9, 1], [9, 9]]]
 * @see torch.nn.ConstantPad2d
 */
export class ConstantPad2d extends ConstantPadLayer {
  constructor(padding: Sizes, value: number) {
    super(2, padding, value)
  }
}
/**
 * Fills 3 spatial dims with a number.
 *
 * @example
 * new ConstantPad3d(1, 9).forward(ones([1, 2, 2, 2])).shape // => [1, 4, 4, 4]
 * @see torch.nn.ConstantPad3d
 */
export class ConstantPad3d extends ConstantPadLayer {
  constructor(padding: Sizes, value: number) {
    super(3, padding, value)
  }
}
/**
 * Fills 1 spatial dim with zeros.
 *
 * @example
 * new ZeroPad1d([1, 2]).forward(tensor([[1, 2]])).tolist() // => [[0, 1, 2, 0, 0]]
 * @see torch.nn.ZeroPad1d
 */
export class ZeroPad1d extends ConstantPadLayer {
  constructor(padding: Sizes) {
    super(1, padding, 0)
  }
  override extraRepr(): string {
    return pySizes(this.padding)
  }
}
/**
 * Fills 2 spatial dims with zeros.
 *
 * @example
 * new ZeroPad2d([1, 0, 0, 1]).forward(tensor([[[1]]])).tolist() // => [[[0, 1], [0, 0]]]
 * @see torch.nn.ZeroPad2d
 */
export class ZeroPad2d extends ConstantPadLayer {
  constructor(padding: Sizes) {
    super(2, padding, 0)
  }
  override extraRepr(): string {
    return pySizes(this.padding)
  }
}
/**
 * Fills 3 spatial dims with zeros.
 *
 * @example
 * new ZeroPad3d(1).forward(ones([1, 2, 2, 2])).shape // => [1, 4, 4, 4]
 * @see torch.nn.ZeroPad3d
 */
export class ZeroPad3d extends ConstantPadLayer {
  constructor(padding: Sizes) {
    super(3, padding, 0)
  }
  override extraRepr(): string {
    return pySizes(this.padding)
  }
}
/**
 * Pads 1 spatial dim; the border mirrors the input.
 *
 * @example
 * new ReflectionPad1d(2).forward(tensor([[1, 2, 3]])).tolist() // => [[3, 2, 1, 2, 3, 2, 1]]
 * @see torch.nn.ReflectionPad1d
 */
export class ReflectionPad1d extends PadLayer {
  constructor(padding: Sizes) {
    super(1, padding)
  }
  override forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, { mode: 'reflect' })
  }
}
/**
 * Pads 2 spatial dims; the border mirrors the input.
 *
 * @example
 * new ReflectionPad2d([1, 0, 0, 1]).forward(tensor([[[1, 2], [3, 4]]])).tolist() // => [[[2, 1, 2], [4, 3, 4], [2, 1, 2]]]
 * @see torch.nn.ReflectionPad2d
 */
export class ReflectionPad2d extends PadLayer {
  constructor(padding: Sizes) {
    super(2, padding)
  }
  override forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, { mode: 'reflect' })
  }
}
/**
 * Pads 3 spatial dims; the border mirrors the input.
 *
 * @example
 * new ReflectionPad3d(1).forward(ones([1, 2, 2, 2])).shape // => [1, 4, 4, 4]
 * @see torch.nn.ReflectionPad3d
 */
export class ReflectionPad3d extends PadLayer {
  constructor(padding: Sizes) {
    super(3, padding)
  }
  override forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, { mode: 'reflect' })
  }
}
/**
 * Pads 1 spatial dim; the border repeats the border.
 *
 * @example
 * new ReplicationPad1d(2).forward(tensor([[1, 2, 3]])).tolist() // => [[1, 1, 1, 2, 3, 3, 3]]
 * @see torch.nn.ReplicationPad1d
 */
export class ReplicationPad1d extends PadLayer {
  constructor(padding: Sizes) {
    super(1, padding)
  }
  override forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, { mode: 'replicate' })
  }
}
/**
 * Pads 2 spatial dims; the border repeats the border.
 *
 * @example
 * new ReplicationPad2d([1, 0, 0, 1]).forward(tensor([[[1, 2], [3, 4]]])).tolist() // => [[[1, 1, 2], [3, 3, 4], [3, 3, 4]]]
 * @see torch.nn.ReplicationPad2d
 */
export class ReplicationPad2d extends PadLayer {
  constructor(padding: Sizes) {
    super(2, padding)
  }
  override forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, { mode: 'replicate' })
  }
}
/**
 * Pads 3 spatial dims; the border repeats the border.
 *
 * @example
 * new ReplicationPad3d(1).forward(ones([1, 2, 2, 2])).shape // => [1, 4, 4, 4]
 * @see torch.nn.ReplicationPad3d
 */
export class ReplicationPad3d extends PadLayer {
  constructor(padding: Sizes) {
    super(3, padding)
  }
  override forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, { mode: 'replicate' })
  }
}
/**
 * Pads 1 spatial dim; the border goes round.
 *
 * @example
 * new CircularPad1d(1).forward(tensor([[1, 2, 3]])).tolist() // => [[3, 1, 2, 3, 1]]
 * @see torch.nn.CircularPad1d
 */
export class CircularPad1d extends PadLayer {
  constructor(padding: Sizes) {
    super(1, padding)
  }
  override forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, { mode: 'circular' })
  }
}
/**
 * Pads 2 spatial dims; the border goes round.
 *
 * @example
 * new CircularPad2d([1, 0, 0, 1]).forward(tensor([[[1, 2], [3, 4]]])).tolist() // => [[[2, 1, 2], [4, 3, 4], [2, 1, 2]]]
 * @see torch.nn.CircularPad2d
 */
export class CircularPad2d extends PadLayer {
  constructor(padding: Sizes) {
    super(2, padding)
  }
  override forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, { mode: 'circular' })
  }
}
/**
 * Pads 3 spatial dims; the border goes round.
 *
 * @example
 * new CircularPad3d(1).forward(ones([1, 2, 2, 2])).shape // => [1, 4, 4, 4]
 * @see torch.nn.CircularPad3d
 */
export class CircularPad3d extends PadLayer {
  constructor(padding: Sizes) {
    super(3, padding)
  }
  override forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, { mode: 'circular' })
  }
}
