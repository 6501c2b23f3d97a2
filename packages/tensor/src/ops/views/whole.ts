// Views of all of a tensor: outside of the graph, or beside it.
import { applyView, viewRecord } from '../../dispatch/structured.ts'
import { Tensor } from '../../tensor.ts'

/**
 * The same memory outside the graph of gradients; changes are seen by both.
 *
 * @example
 * detach(tensor([1], { requiresGrad: true })).requiresGrad // => false
 * @see torch.Tensor.detach
 */
export function detach(self: Tensor): Tensor {
  const { storage, dtypeInfo, shape, strides, offset, counter } = self
  return new Tensor({ storage, dtypeInfo, shape, strides, offset, counter, base: null }, self.isContiguous())
}

/** A view of the same geometry, in the graph. @see torch.Tensor.view_as */
export const aliasOp = viewRecord<null>({
  name: 'alias',
  view: (self) => ({ shape: self.shape, strides: self.strides, offset: self.offset }),
})
/**
 * A view of the same geometry.
 *
 * @example
 * const x = tensor([1, 2])
 * alias(x).fill_(7)
 * x.tolist() // => [7, 7]
 */
export const alias = (self: Tensor): Tensor => applyView(aliasOp, self, null)

/**
 * Whether both tensors are windows of the same storage.
 *
 * @example
 * const x = tensor([1, 2])
 * sharesStorage(x, x.view([2, 1])) // => true
 * sharesStorage(x, x.clone()) // => false
 */
export const sharesStorage = (self: Tensor, other: Tensor): boolean => self.storage === other.storage
