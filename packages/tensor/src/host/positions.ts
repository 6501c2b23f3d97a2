// Positions of the elements that are not 0: their number depends on the data, so it is counted on the host.
import type { Backend } from '../backend/backend.ts'
import { withGradMode } from '../dispatch/hook.ts'
import { dtypes } from '../dtype.ts'
import { ne } from '../ops/comparison.ts'
import { toTypedArray, toTypedArrayAsync } from '../ops/reading.ts'
import { unbind } from '../ops/views.ts'
import { newTensor } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import { checkReadable } from './reads.ts'

/**
 * The positions, row-major: int64 of shape [ndim, n].
 *
 * @throws DeviceError on a device that cannot be read now
 */
export function readPositions(op: string, self: Tensor): Tensor {
  checkReadable(op, 'the number of elements that are not 0', self)
  return positionRows(self, toTypedArray(truths(self)))
}
/** As readPositions, on every device. */
export const readPositionsAsync = async (self: Tensor): Promise<Tensor> =>
  positionRows(self, await toTypedArrayAsync(truths(self)))
/** An int64 tensor of positions for each dim. */
export const positionsByDim = (op: string, self: Tensor): readonly Tensor[] =>
  unbind(readPositions(op, self), 0)

const truths = (self: Tensor): Tensor =>
  self.dtype === 'bool' ? self : withGradMode(false, () => ne(self, 0))

/** Non-negative integers as an int64 tensor of 1 dim, without a bigint for each. */
export function indexTensor(backend: Backend, positions: ArrayLike<number>): Tensor {
  const words = new Int32Array(positions.length * 2) // little-endian: the low word, and a high one of 0
  for (let i = 0; i < positions.length; i++) words[2 * i] = positions[i]
  const index = newTensor(backend, dtypes.int64, [positions.length], 'index')
  if (words.length > 0) backend.write(index.storage.buffer, 0, new Uint8Array(words.buffer))
  return index
}

// One row per dim, [ndim, n]: rows are contiguous, as index tensors want to be.
function positionRows(self: Tensor, truth: ArrayLike<number | bigint>): Tensor {
  let count = 0
  for (let i = 0; i < truth.length; i++) if (truth[i] !== 0) count++
  const { ndim, shape } = self
  const words = new Int32Array(ndim * count * 2) // int64 little-endian: the low word, and a high one of 0
  if (ndim === 1) {
    let found = 0
    for (let i = 0; i < truth.length; i++) if (truth[i] !== 0) words[2 * found++] = i
  } else if (ndim > 1) fillRows(words, truth, shape, count)
  const rows = newTensor(self.storage.backend, dtypes.int64, [ndim, count], 'nonzero')
  if (words.length > 0) rows.storage.backend.write(rows.storage.buffer, 0, new Uint8Array(words.buffer))
  return rows
}

// Line by line of the last dim: the other positions change only between lines.
function fillRows(
  words: Int32Array,
  truth: ArrayLike<number | bigint>,
  shape: readonly number[],
  count: number,
): void {
  const last = shape.length - 1
  const position = new Array<number>(last).fill(0)
  let found = 0
  for (let start = 0; start < truth.length; start += shape[last]) {
    const before = found
    for (let i = 0; i < shape[last]; i++) if (truth[start + i] !== 0) words[(last * count + found++) * 2] = i
    for (let d = 0; d < last; d++) {
      for (let k = before; k < found; k++) words[(d * count + k) * 2] = position[d]
    }
    for (let d = last - 1; d >= 0 && ++position[d] === shape[d]; d--) position[d] = 0
  }
}
