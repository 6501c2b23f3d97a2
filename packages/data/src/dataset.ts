// What data comes from: map-style datasets, addressed by index, and iterable ones, read from first to last.
import { ArgumentError, check, IndexError } from '@tt/tensor'
import type { Collated } from './collate.ts'

/**
 * A dataset whose items are addressed by index. Any object with `length` and `get` is one.
 *
 * @example
 * class Squares extends Dataset<number> {
 *   readonly length = 10
 *   get(index: number): number { return index * index }
 * }
 * @see torch.utils.data.Dataset
 */
export abstract class Dataset<T> {
  /** Number of items. */
  abstract readonly length: number

  /** The item at `index`, 0 to length - 1; a promise if it has to be fetched. */
  abstract get(index: number): T | Promise<T>

  /**
   * Items gathered and collated in one step, for datasets that can do so faster than one by one. A DataLoader
   * without a `collateFn` calls it; it must give what `defaultCollate` would.
   */
  getBatch?(indices: readonly number[]): Collated<T> | Promise<Collated<T>>
}

/**
 * A dataset that is read from first to last, such as a stream; without an order there is nothing to shuffle.
 * Any iterable or async iterable is one.
 *
 * @example
 * class Countdown extends IterableDataset {
 *   *[Symbol.iterator]() { yield* [3, 2, 1] }
 * }
 * [...new Countdown()] // => [3, 2, 1]
 * @see torch.utils.data.IterableDataset
 */
export abstract class IterableDataset<T> implements Iterable<T> {
  abstract [Symbol.iterator](): Iterator<T>
}

/** A map-style dataset, or an array of its items. */
export type MapDataset<T> = Dataset<T> | readonly T[]

/** What a DataLoader reads: a map-style dataset, or an iterable. */
export type DataSource<T> = MapDataset<T> | Iterable<T> | AsyncIterable<T>

/** Whether items are addressed by index. */
export const isMapDataset = <T>(source: DataSource<T>): source is MapDataset<T> =>
  Array.isArray(source) || ('get' in source && 'length' in source)

/** The dataset itself, or one that reads from the array. */
export function toDataset<T>(source: MapDataset<T>): Dataset<T> {
  if ('get' in source) return source
  const items = source
  return {
    get length() {
      return items.length
    },
    get: (index) => items[checkIndex('Dataset', index, items.length)],
  }
}

/**
 * The index as one in [0, length): negative ones count from the end.
 *
 * @throws IndexError if it is out of range
 */
export function checkIndex(op: string, index: number, length: number): number {
  check(Number.isInteger(index), () => new ArgumentError(op, `the index must be an integer, got ${index}`))
  check(
    index >= -length && index < length,
    () => new IndexError(op, `the index must be in [${-length}, ${length - 1}], got ${index}`),
  )
  return index < 0 ? index + length : index
}
