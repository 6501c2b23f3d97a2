// Bounds of index tensors, checked on the host where the kernels' own rule is looser than PyTorch's.
import { DTypeError, IndexError, check } from '../errors.ts'
import { to } from '../ops/copy.ts'
import { toTypedArray } from '../ops/reading.ts'
import type { Tensor } from '../tensor.ts'
import { canRead } from './reads.ts'

/**
 * The index as int64; what is empty is cast, and int32 where PyTorch takes that too.
 *
 * @throws DTypeError for every other dtype
 */
export function asIndex(op: string, index: Tensor, takesInt32 = false): Tensor {
  if (index.dtype === 'int64') return index
  check(
    (takesInt32 && index.dtype === 'int32') || index.elementCount === 0,
    () =>
      new DTypeError(
        op,
        `the index must be int64${takesInt32 ? ' or int32' : ''}, got ${index.dtype}. Cast it: .to('int64'), or make it with { dtype: 'int64' }`,
      ),
  )
  return to(index, 'int64')
}

/**
 * Throws if an int64 index is not in 0 to size − 1. Devices that cannot be read now leave it to their kernels.
 *
 * @throws IndexError that names the index, the dim and its size
 */
export function checkBounds(op: string, index: Tensor, dim: number, size: number): void {
  if (index.elementCount === 0 || !canRead(index)) return
  const { buffer, byteOffset, length } = toTypedArray(index) as BigInt64Array
  const words = new Int32Array(buffer, byteOffset, length * 2) // low and high halves: no bigint per element
  for (let i = 0; i < words.length; i += 2) {
    if (words[i + 1] !== 0 || words[i] >>> 0 >= size) {
      throw new IndexError(
        op,
        `index ${words[i + 1] * 2 ** 32 + (words[i] >>> 0)} is out of bounds for dim ${dim} with size ${size}`,
      )
    }
  }
}
