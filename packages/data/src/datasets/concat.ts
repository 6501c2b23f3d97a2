// Datasets one after the other.
import { ArgumentError, check } from '@tt/tensor'
import { checkIndex, Dataset, IterableDataset, toDataset } from '../dataset.ts'
import type { MapDataset } from '../dataset.ts'

/**
 * Map-style datasets one after the other.
 *
 * @example
 * new ConcatDataset([['a', 'b'], ['c']]).get(2) // => 'c'
 * @see torch.utils.data.ConcatDataset
 */
export class ConcatDataset<T> extends Dataset<T> {
  readonly datasets: readonly Dataset<T>[]
  /** Number of items up to and with each dataset. */
  readonly cumulativeSizes: readonly number[]

  /** @throws ArgumentError if there are none */
  constructor(datasets: readonly MapDataset<T>[]) {
    super()
    check(
      datasets.length > 0,
      () => new ArgumentError('ConcatDataset', 'there must be at least one dataset, got none'),
    )
    this.datasets = datasets.map((dataset) => toDataset(dataset))
    let total = 0
    this.cumulativeSizes = this.datasets.map(({ length }) => (total += length))
  }

  get length(): number {
    return this.cumulativeSizes.at(-1)!
  }

  get(index: number): T | Promise<T> {
    const position = checkIndex('ConcatDataset', index, this.length)
    const part = this.cumulativeSizes.findIndex((end) => position < end)
    return this.datasets[part].get(position - (part > 0 ? this.cumulativeSizes[part - 1] : 0))
  }
}

/**
 * Iterables one after the other.
 *
 * @example
 * [...new ChainDataset([[1, 2], new Set([3])])] // => [1, 2, 3]
 * @see torch.utils.data.ChainDataset
 */
export class ChainDataset<T> extends IterableDataset<T> {
  readonly datasets: readonly Iterable<T>[]

  constructor(datasets: readonly Iterable<T>[]) {
    super()
    this.datasets = datasets
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const dataset of this.datasets) yield* dataset
  }
}
