// Positions may differ from PyTorch's where the values they point at are equal.
import type { Tensor } from '@tt/tensor'
import { toTypedArrayAsync } from '@tt/tensor'
import { resultElements } from './decode.ts'
import type { EncodedTensor } from './format.ts'

/** Whether both index tensors point at equal elements of `input`, along `dim`, or (null) of it flattened. */
export async function pointAtEqualValues(
  input: Tensor,
  dim: number | null,
  actual: Tensor,
  expected: EncodedTensor,
): Promise<boolean> {
  const values = await toTypedArrayAsync(input)
  const mine = (await toTypedArrayAsync(actual)) as BigInt64Array
  const theirs = resultElements(expected) as BigInt64Array
  const shape = dim === null ? [values.length] : input.shape
  const axis = dim === null ? 0 : dim < 0 ? dim + Math.max(input.ndim, 1) : dim
  const inner = shape.slice(axis + 1).reduce((product, n) => product * n, 1)
  const length = shape[axis] ?? 1
  // Positions along the axis: 1 for a reduction, k for topk, the whole length for sort
  const outer = shape.slice(0, axis).reduce((product, n) => product * n, 1)
  const count = mine.length / Math.max(outer * inner, 1)
  return mine.every((position, i) => {
    const line = Math.floor(i / (count * inner)) * length * inner + (i % inner)
    const [a, b] = [values[line + Number(position) * inner], values[line + Number(theirs[i]) * inner]]
    return Number(position) < length && (a === b || (Number.isNaN(a) && Number.isNaN(b)))
  })
}
