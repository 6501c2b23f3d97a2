// Parameter: a tensor that modules find and optimizers change.
import { ShapeError, Tensor, check, formatShape, sameShape } from '@tt/autograd'

/** The parts of a tensor that `setData` replaces; read-only to everyone else. */
type Replaceable = { -readonly [K in 'storage' | 'dtypeInfo' | 'strides' | 'offset' | 'counter']: Tensor[K] }

/**
 * A tensor that is a part of a module: assigned to a field of a module, it is among its `parameters()`.
 * It shares the memory of `data` and requires grad.
 *
 * @param data any tensor; the parameter is a leaf whatever `data` is
 * @param options requiresGrad: false for a frozen parameter
 * @throws AutogradError if gradients are required of integers
 * @example
 * const weight = new Parameter(zeros([2, 3]))
 * weight.requiresGrad // => true
 * @see torch.nn.parameter.Parameter
 */
export class Parameter extends Tensor {
  constructor(data: Tensor, { requiresGrad = true }: { requiresGrad?: boolean } = {}) {
    const { storage, dtypeInfo, shape, strides, offset, counter } = data
    super({ storage, dtypeInfo, shape, strides, offset, base: null, counter }, data.isContiguous())
    if (requiresGrad) this.requiresGrad = true
  }

  /**
   * Makes this parameter stand for other memory: another dtype or device, the same shape. What holds the parameter,
   * an optimizer for example, goes on with the new memory. The gradient is not touched.
   *
   * @throws ShapeError if the shapes differ
   * @see torch.Tensor.data (its setter)
   */
  setData(data: Tensor): this {
    check(
      sameShape(data.shape, this.shape),
      () =>
        new ShapeError(
          'setData',
          `data must have the shape of the parameter, got ${formatShape(data.shape)} for ${formatShape(this.shape)}`,
        ),
    )
    const source = data.contiguous()
    const self = this as Replaceable
    self.storage = source.storage
    self.dtypeInfo = source.dtypeInfo
    self.strides = source.strides
    self.offset = source.offset
    self.counter = source.counter
    return this
  }

  override get isParameter(): boolean {
    return true
  }
}
