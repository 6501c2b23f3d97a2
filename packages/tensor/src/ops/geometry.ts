// Views in place: self gets another window on its own memory.
import { copyElements } from '../dispatch/elements.ts'
import { withGradMode } from '../dispatch/hook.ts'
import { applyViewInPlace } from '../dispatch/structured.ts'
import { AutogradError, ShapeError, check } from '../errors.ts'
import { checkSizes, contiguousStrides, numelOf, sameShape, wrapDim } from '../shape/shape.ts'
import { squeezeAttrs } from '../shape/squeeze.ts'
import { Storage } from '../storage.ts'
import { Tensor, setWindow } from '../tensor.ts'
import { asStrided, asStridedOp, squeezeOp, tOp, transposeOp, unsqueezeOp } from './views.ts'

/** In-place t. @throws ShapeError for more than 2 dims @see torch.Tensor.t_ */
export function t_(self: Tensor): Tensor {
  check(
    self.ndim <= 2,
    () => new ShapeError('t_', `self must have at most 2 dims, got ${self.ndim}. Use transpose_`),
  )
  return applyViewInPlace(tOp, self, null)
}
/**
 * In-place transpose: views of self keep their own window.
 *
 * @example
 * const x = zeros([2, 3])
 * x.transpose_(0, 1).shape // => [3, 2]
 * x.shape                  // => [3, 2]
 * @see torch.Tensor.transpose_
 */
export const transpose_ = (self: Tensor, dim0: number, dim1: number): Tensor =>
  applyViewInPlace(transposeOp, self, {
    dim0: wrapDim('transpose_', dim0, self.ndim),
    dim1: wrapDim('transpose_', dim1, self.ndim),
  })
/** In-place transpose. @see torch.Tensor.swapaxes_ */
export const swapaxes_ = transpose_
/** In-place transpose. @see torch.Tensor.swapdims_ */
export const swapdims_ = transpose_
/** In-place squeeze. @see torch.Tensor.squeeze_ */
export const squeeze_ = (self: Tensor, dim: number | readonly number[] | null = null): Tensor =>
  applyViewInPlace(squeezeOp, self, squeezeAttrs(self, dim))
/** In-place unsqueeze. @throws IndexError if dim is out of range @see torch.Tensor.unsqueeze_ */
export const unsqueeze_ = (self: Tensor, dim: number): Tensor =>
  applyViewInPlace(unsqueezeOp, self, { dim: wrapDim('unsqueeze_', dim, self.ndim + 1) })
/** In-place asStrided. @see torch.Tensor.as_strided_ */
export function asStrided_(
  self: Tensor,
  size: readonly number[],
  stride: readonly number[],
  { storageOffset = null }: { storageOffset?: number | null } = {},
): Tensor {
  const window = withGradMode(false, () => asStrided(self, size, stride, { storageOffset })) // checks the arguments
  return applyViewInPlace(asStridedOp, self, { size, stride, storageOffset: window.offset })
}

/**
 * Gives self another size, row-major from its first element; what is new in it is uninitialised. If the memory is too
 * short it grows, for all views of it.
 *
 * @throws AutogradError for a tensor that requires grad
 * @example
 * arange(4).resize_([2]).tolist() // => [0, 1]
 * @see torch.Tensor.resize_
 */
export function resize_(self: Tensor, size: readonly number[]): Tensor {
  checkSizes('resize_', size)
  check(
    !self.requiresGrad,
    () =>
      new AutogradError(
        'resize_',
        'a tensor that requires grad cannot be resized, got one. Use view or detach() first',
      ),
  )
  if (sameShape(size, self.shape)) return self
  const count = numelOf(size)
  if (count > 0) grow(self, self.offset + count)
  setWindow(self, { shape: size, strides: contiguousStrides(size), offset: self.offset })
  return self
}
/**
 * As resize_, to the size of `other`.
 *
 * @example
 * tensor([1, 2, 3]).resizeAs_(ones([2])).tolist() // => [1, 2]
 * @see torch.Tensor.resize_as_
 */
export const resizeAs_ = (self: Tensor, other: Tensor): Tensor => resize_(self, other.shape)

// Room for `length` elements in the storage of self.
function grow(self: Tensor, length: number): void {
  const { storage, dtypeInfo } = self
  const before = Math.floor(storage.byteLength / dtypeInfo.itemSize)
  if (before >= length) return
  const longer = new Storage(storage.backend, length * dtypeInfo.itemSize)
  const part = (memory: Storage) =>
    new Tensor({
      storage: memory,
      dtypeInfo,
      shape: [before],
      strides: [1],
      offset: 0,
      base: null,
      counter: memory,
    })
  copyElements(storage.backend, part(storage), part(longer))
  storage.replaceBy(longer)
}
