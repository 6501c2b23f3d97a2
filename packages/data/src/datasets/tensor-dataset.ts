// A dataset whose items are the rows of some tensors.
import { ArgumentError, check, tensor } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import type { Collated } from '../collate.ts'
import { checkIndex, Dataset } from '../dataset.ts'

/**
 * Rows of tensors: item `i` is `[first.at(i), second.at(i), ...]`, views.
 *
 * @example
 * const dataset = new TensorDataset(tensor([[1, 2], [3, 4]]), tensor([5, 6]))
 * dataset.get(1).map((t) => t.tolist()) // => [[3, 4], 6]
 * @see torch.utils.data.TensorDataset
 */
export class TensorDataset<T extends readonly Tensor[] = readonly Tensor[]> extends Dataset<T> {
  readonly tensors: T

  /**
   * @param tensors of the same size in their first dim
   * @throws ArgumentError if there are none, one is 0-dim, or the sizes differ
   */
  constructor(...tensors: T) {
    super()
    check(
      tensors.length > 0,
      () => new ArgumentError('TensorDataset', 'there must be at least one tensor, got none'),
    )
    const sizes = tensors.map(({ shape }) => shape[0])
    check(
      sizes[0] !== undefined && sizes.every((size) => size === sizes[0]),
      () =>
        new ArgumentError(
          'TensorDataset',
          'the tensors must have the same size in their first dim, got shapes ' +
            tensors.map(({ shape }) => `[${shape.join(', ')}]`).join(' and '),
        ),
    )
    this.tensors = tensors
  }

  get length(): number {
    return this.tensors[0].shape[0]
  }

  get(index: number): T {
    const row = checkIndex('TensorDataset', index, this.length)
    return this.tensors.map((rows) => rows.select(0, row)) as unknown as T
  }

  override getBatch(indices: readonly number[]): Collated<T> {
    const rows = rowIndices('TensorDataset', indices, this.length)
    return this.tensors.map((values) =>
      values.indexSelect(0, rows.to({ device: values.device })),
    ) as Collated<T>
  }
}

/** The indices as an int64 tensor. @throws IndexError if one is out of range */
export function rowIndices(op: string, indices: readonly number[], length: number): Tensor {
  return tensor(BigInt64Array.from(indices, (index) => BigInt(checkIndex(op, index, length))))
}
