// The text of a tensor: String(x), console.log(x). Only the elements that are shown are read.
import { withGradMode } from '../dispatch/hook.ts'
import type { HostArray } from '../dtype.ts'
import { formatTensor, getPrintOptions, pyTuple } from '../format/index.ts'
import { canRead } from '../host/reads.ts'
import { elementReader } from '../host/encode.ts'
import type { Tensor } from '../tensor.ts'
import { cat } from './join.ts'
import { toTypedArray, toTypedArrayAsync } from './reading.ts'
import { narrow } from './views.ts'

/**
 * The tensor as PyTorch prints it. Large ones are summarised; see setPrintOptions.
 *
 * On a device that cannot be read synchronously, the shape and dtype only: use toStringAsync.
 *
 * @example
 * String(tensor([1, 2.5])) // => 'tensor([1.0000, 2.5000])'
 * @see torch.set_printoptions
 */
export function toString(self: Tensor): string {
  if (self.storage.disposed)
    return `tensor(<disposed>, size=${pyTuple(self.shape)}, dtype=torch.${self.dtype})`
  if (self.device === 'meta') return textOf(self, null)
  if (canRead(self)) return textOf(self, toTypedArray(shown(self)))
  return `tensor(..., device='${self.device}', size=${pyTuple(self.shape)}, dtype=torch.${self.dtype}; values: await t.toStringAsync())`
}
/**
 * The tensor as PyTorch prints it, on every device.
 *
 * @example
 * await toStringAsync(tensor([1, 2.5])) // => 'tensor([1.0000, 2.5000])'
 */
export async function toStringAsync(self: Tensor): Promise<string> {
  return self.storage.disposed || self.device === 'meta'
    ? toString(self)
    : textOf(self, await toTypedArrayAsync(shown(self)))
}

function textOf(self: Tensor, values: HostArray | null): string {
  const read = values && elementReader(self.dtypeInfo, values)
  let next = 0 // the shown elements are asked for in order, and are all that was read
  return formatTensor({
    shape: self.shape,
    dtype: self.dtype,
    device: self.device,
    requiresGrad: self.requiresGrad,
    gradFnName: self.gradFn?.name ?? null,
    isParameter: self.isParameter,
    at: () => read!(next++),
  })
}

/** The elements that are printed: of a large tensor, the first and last few along each dim. */
function shown(self: Tensor): Tensor {
  const { threshold, edgeitems } = getPrintOptions()
  if (self.elementCount <= threshold) return self
  return withGradMode(false, () => {
    let part = self
    for (let d = 0; d < self.ndim; d++) {
      if (self.shape[d] <= 2 * edgeitems) continue
      part = cat([narrow(part, d, 0, edgeitems), narrow(part, d, self.shape[d] - edgeitems, edgeitems)], d)
    }
    return part
  })
}
