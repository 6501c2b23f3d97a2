// Layers that share out along a dim: softmax and its relatives, and the gated unit.
import type { Tensor } from '@tt/autograd'
import * as F from '../functional.ts'
import { Module } from '../module/module.ts'

/** What the layers that work along a dim share. */
abstract class AlongDim extends Module {
  readonly dim: number | null
  /** @param dim along which it works; null: 0 for 0, 1 or 3 dims, else 1 */
  constructor(dim: number | null = null) {
    super()
    this.dim = dim
  }
  /** The dim, or the one that PyTorch takes if none was given. */
  protected dimOf(x: Tensor): number {
    return this.dim ?? (x.ndim === 0 || x.ndim === 1 || x.ndim === 3 ? 0 : 1)
  }
  override extraRepr(): string {
    return `dim=${this.dim ?? 'None'}`
  }
}

/**
 * `eˣ / Σ eˣ` along dim.
 *
 * @example
 * new Softmax(0).forward(tensor([0, Math.log(3)])).tolist() // => [0.25, 0.75]
 * @see torch.nn.Softmax
 */
export class Softmax extends AlongDim {
  override forward(x: Tensor): Tensor {
    return F.softmax(x, this.dimOf(x))
  }
}
/**
 * softmax of −x along dim.
 *
 * @example
 * new Softmin(0).forward(tensor([0, Math.log(3)])).tolist() // => [0.75, 0.25]
 * @see torch.nn.Softmin
 */
export class Softmin extends AlongDim {
  override forward(x: Tensor): Tensor {
    return F.softmax(x.neg(), this.dimOf(x))
  }
}
/**
 * `ln softmax(x)` along dim.
 *
 * @example
 * new LogSoftmax(0).forward(tensor([0, Math.log(3)])).tolist() // => [-1.38629, -0.287682]
 * @see torch.nn.LogSoftmax
 */
export class LogSoftmax extends AlongDim {
  override forward(x: Tensor): Tensor {
    return F.logSoftmax(x, this.dimOf(x))
  }
}
/**
 * softmax over the channels of [N, C, H, W].
 *
 * @example
 * new Softmax2d().forward(zeros([1, 4, 1, 1])).flatten().tolist() // => [0.25, 0.25, 0.25, 0.25]
 * @see torch.nn.Softmax2d
 */
export class Softmax2d extends Module {
  override forward(x: Tensor): Tensor {
    return F.softmax(x, -3)
  }
}
/**
 * The first half along dim times σ of the second.
 *
 * @example
 * new GLU().forward(tensor([3, 4, 0, 0])).tolist() // => [1.5, 2]
 * @see torch.nn.GLU
 */
export class GLU extends Module {
  readonly dim: number
  constructor(dim = -1) {
    super()
    this.dim = dim
  }
  override forward(x: Tensor): Tensor {
    return F.glu(x, this.dim)
  }
  override extraRepr(): string {
    return `dim=${this.dim}`
  }
}
