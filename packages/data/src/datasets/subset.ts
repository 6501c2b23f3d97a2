// Parts of a dataset: by given indices, or split at random.
import { ArgumentError, check, defaultGenerator, samplers } from '@tt/tensor'
import type { Generator } from '@tt/tensor'
import type { Collated } from '../collate.ts'
import { checkIndex, Dataset, toDataset } from '../dataset.ts'
import type { MapDataset } from '../dataset.ts'

/**
 * The items of a dataset at the given indices.
 *
 * @example
 * new Subset(['a', 'b', 'c'], [2, 0]).get(0) // => 'c'
 * @see torch.utils.data.Subset
 */
export class Subset<T> extends Dataset<T> {
  readonly dataset: Dataset<T>
  readonly indices: readonly number[]
  // There only if the whole dataset has it.
  override readonly getBatch?: (indices: readonly number[]) => Collated<T> | Promise<Collated<T>>

  /** @param indices into `dataset`, in any order, also repeated */
  constructor(dataset: MapDataset<T>, indices: readonly number[]) {
    super()
    const whole = toDataset(dataset)
    this.dataset = whole
    this.indices = indices
    if (whole.getBatch)
      this.getBatch = (batch) => whole.getBatch!(batch.map((index) => this.#wholeIndex(index)))
  }

  get length(): number {
    return this.indices.length
  }

  get(index: number): T | Promise<T> {
    return this.dataset.get(this.#wholeIndex(index))
  }

  #wholeIndex(index: number): number {
    return this.indices[checkIndex('Subset', index, this.length)]
  }
}

/**
 * Splits a dataset at random into parts that do not overlap.
 *
 * @param lengths of the parts, with the dataset's length as their sum; or fractions with the sum 1: each part gets
 *   its fraction rounded down, and what is left over goes to the parts in turn
 * @param options.generator of the permutation; the default generator if left out
 * @throws ArgumentError if the lengths do not add up
 * @example
 * manualSeed(10)
 * const dataset = Array.from({ length: 10 }, (_, i) => i)
 * randomSplit(dataset, [6, 3, 1]).map((part) => part.indices) // => [[7, 4, 6, 1, 3, 5], [9, 8, 2], [0]]
 * @see torch.utils.data.random_split
 */
export function randomSplit<T>(
  dataset: MapDataset<T>,
  lengths: readonly number[],
  { generator = defaultGenerator }: { generator?: Generator } = {},
): Subset<T>[] {
  const { length } = dataset
  const counts = partSizes(length, lengths)
  const order = new Int32Array(length)
  samplers.randperm(order, generator, 'int64')
  let start = 0
  return counts.map((count) => new Subset(dataset, [...order.subarray(start, (start += count))]))
}

function partSizes(total: number, lengths: readonly number[]): readonly number[] {
  const sum = lengths.reduce((a, b) => a + b, 0)
  const fractions = sum <= 1 && Math.abs(sum - 1) <= 1e-9 * Math.max(1, sum)
  check(
    lengths.every((n) => n >= 0 && (fractions ? n <= 1 : Number.isInteger(n))),
    () =>
      new ArgumentError(
        'randomSplit',
        'the lengths must be integers of at least 0, or fractions with the sum 1, ' +
          `got [${lengths.join(', ')}]`,
      ),
  )
  if (!fractions) {
    check(
      sum === total,
      () =>
        new ArgumentError(
          'randomSplit',
          `the sum of the lengths must be the dataset's length ${total}, got ${sum}`,
        ),
    )
    return lengths
  }
  const counts = lengths.map((fraction) => Math.floor(total * fraction))
  const left = total - counts.reduce((a, b) => a + b, 0)
  for (let i = 0; i < left; i++) counts[i % counts.length]++
  return counts
}
