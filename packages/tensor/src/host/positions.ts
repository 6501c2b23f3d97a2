// Positions of the elements that are not 0: their number depends on the data, so it is counted on the host.
import { withGradMode } from '../dispatch/hook.ts'
import { dtypes } from '../dtype.ts'
import { DeviceError, check } from '../errors.ts'
import { ne } from '../ops/comparison.ts'
import { toTypedArray, toTypedArrayAsync } from '../ops/reading.ts'
import { unbind } from '../ops/views.ts'
import { newTensor } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import { canRead } from './index-bounds.ts'

/**
 * The positions, row-major: int64 of shape [ndim, n].
 *
 * @throws DeviceError on a device that cannot be read now
 */
export function readPositions(op: string, self: Tensor): Tensor {
  check(canRead(self), () => new DeviceError(op, `the number of elements that are not 0 must be read, and device '${self.device}' `
    + 'cannot be read synchronously. Use: await tensor.nonzeroAsync(), and index with its columns'))
  return positionRows(self, toTypedArray(truths(self)))
}
/** As readPositions, on every device. */
export const readPositionsAsync = async (self: Tensor): Promise<Tensor> => positionRows(self, await toTypedArrayAsync(truths(self)))
/** An int64 tensor of positions for each dim. */
export const positionsByDim = (op: string, self: Tensor): readonly Tensor[] => unbind(readPositions(op, self), 0)

const truths = (self: Tensor): Tensor => (self.dtype === 'bool' ? self : withGradMode(false, () => ne(self, 0)))

// One row per dim, [ndim, n]: rows are contiguous, as index tensors want to be.
function positionRows(self: Tensor, truth: ArrayLike<number | bigint>): Tensor {
  let count = 0
  for (let i = 0; i < truth.length; i++) if (truth[i] !== 0) count++
  const { ndim, shape } = self
  const words = new Int32Array(ndim * count * 2) // int64 little-endian: the low word, and a high one of 0
  const position = new Array<number>(ndim).fill(0)
  let found = 0
  for (let i = 0; i < truth.length; i++) {
    if (truth[i] !== 0) {
      for (let d = 0; d < ndim; d++) words[(d * count + found) * 2] = position[d]
      found++
    }
    for (let d = ndim - 1; d >= 0 && ++position[d] === shape[d]; d--) position[d] = 0
  }
  const rows = newTensor(self.storage.backend, dtypes.int64, [ndim, count], 'nonzero')
  if (words.length > 0) rows.storage.backend.write(rows.storage.buffer, 0, new Uint8Array(words.buffer))
  return rows
}
