// DataLoader: batches of a dataset, in order or shuffled, by `for` or by `for await`.
import { macrotask } from '#platform'
import { ArgumentError, check, defaultGenerator, NotImplementedError } from '@tt/tensor'
import type { Generator } from '@tt/tensor'
import { defaultCollate } from './collate.ts'
import type { Collated } from './collate.ts'
import { isMapDataset, toDataset } from './dataset.ts'
import type { Dataset, DataSource } from './dataset.ts'
import { BatchSampler, checkCount, RandomSampler, randomSeed, SequentialSampler } from './samplers.ts'
import type { Sampler } from './samplers.ts'

/** Options of {@link DataLoader}. */
export interface DataLoaderOptions<T, B = Collated<T>> {
  /** Items per batch; null gives single items, as they are. Default 1 */
  batchSize?: number | null
  /** Whether each epoch visits the items in a new random order. Default false */
  shuffle?: boolean
  /** The order of the items, instead of `shuffle`; an array of indices will do. */
  sampler?: Sampler
  /** The batches of indices, instead of `batchSize`, `shuffle`, `sampler` and `dropLast`. */
  batchSampler?: Sampler<readonly number[]>
  /** Whether to leave out the last batch if it is smaller. Default false */
  dropLast?: boolean
  /** Makes a batch of items. Default {@link defaultCollate} */
  collateFn?: (items: T[]) => B
  /** Of the order and of the base seed; if left out, the default generator. */
  generator?: Generator
  /** Only 0: the items are read by the thread that iterates. */
  numWorkers?: number
}

/**
 * Batches of a dataset. `for (const batch of loader)` is synchronous; `for await (const batch of loader)` also takes
 * datasets whose `get` gives promises, reads the items of a batch at the same time, and lets the event loop turn
 * between batches. Each iteration is one epoch, and draws from the generator what PyTorch's draws.
 *
 * @example
 * const dataset = new TensorDataset(arange(6).reshape([3, 2]), tensor([0, 1, 0]))
 * for (const [x, y] of new DataLoader(dataset, { batchSize: 2, shuffle: true })) console.assert(x.ndim === 2 && y.ndim === 1)
 * new DataLoader(dataset, { batchSize: 2 }).length // => 2
 * @see torch.utils.data.DataLoader
 */
export class DataLoader<T, B = Collated<T>> implements Iterable<B>, AsyncIterable<B> {
  readonly dataset: DataSource<T>
  readonly batchSize: number | null
  readonly dropLast: boolean
  /** The order of the items; null if an iterable or a batchSampler decides it. */
  readonly sampler: Sampler | null
  /** The batches of indices; null for an iterable, or if there are no batches. */
  readonly batchSampler: Sampler<readonly number[]> | null
  readonly #items: Dataset<T> | null
  readonly #collate: (items: T[]) => B
  readonly #gathers: boolean
  readonly #generator: Generator

  /** @throws ArgumentError if the options contradict each other or the dataset; NotImplementedError for numWorkers > 0 */
  constructor(dataset: DataSource<T>, options: DataLoaderOptions<T, B> = {}) {
    checkOptions(options, isMapDataset(dataset))
    const {
      batchSize = 1,
      shuffle = false,
      sampler,
      batchSampler,
      dropLast = false,
      collateFn,
      generator,
    } = options
    this.dataset = dataset
    this.batchSize = batchSampler ? null : batchSize
    this.dropLast = dropLast
    this.#generator = generator ?? defaultGenerator
    this.#collate = collateFn ?? (defaultCollate as unknown as (items: T[]) => B)
    this.#items = isMapDataset(dataset) ? toDataset(dataset) : null
    this.#gathers = collateFn === undefined && this.#items?.getBatch !== undefined
    const items = this.#items
    const order =
      items && (sampler ?? (shuffle ? new RandomSampler(items, { generator }) : new SequentialSampler(items)))
    this.sampler = batchSampler ? null : order
    this.batchSampler =
      batchSampler ?? (order && batchSize !== null ? new BatchSampler(order, batchSize, dropLast) : null)
  }

  /** Number of batches in an epoch. @throws ArgumentError for an iterable that does not know its length */
  get length(): number {
    const order = this.batchSampler ?? this.sampler
    if (order) return order.length
    const { length } = this.dataset as { length?: number }
    check(
      length !== undefined,
      () => new ArgumentError('DataLoader', 'the iterable must have a length, got one without'),
    )
    const batches = length / (this.batchSize ?? 1)
    return this.dropLast ? Math.floor(batches) : Math.ceil(batches)
  }

  /** One epoch. @throws ArgumentError if the dataset is asynchronous */
  [Symbol.iterator](): IterableIterator<B> {
    randomSeed(this.#generator) // the base seed for workers, which PyTorch draws without workers too
    return this.#epoch()
  }

  /** One epoch, waiting for the dataset; other work may run between batches. */
  [Symbol.asyncIterator](): AsyncIterableIterator<B> {
    randomSeed(this.#generator)
    return this.#epochAsync()
  }

  *#epoch(): Generate<B> {
    for (const batch of this.#items ? this.#batches(this.#items) : this.#streamed()) {
      if (isPromise(batch)) {
        batch.catch(() => {})
        throw new ArgumentError(
          'DataLoader',
          'a dataset whose items are promises cannot be read synchronously. Use: for await (const batch of loader)',
        )
      }
      yield batch
    }
  }

  async *#epochAsync(): AsyncGenerator<B, void> {
    for await (const batch of this.#items ? this.#batches(this.#items) : this.#streamedAsync()) {
      yield batch
      await macrotask()
    }
  }

  /** The batches of a map-style dataset; promises if its items are. */
  *#batches(items: Dataset<T>): Generate<B | Promise<B>> {
    if (!this.batchSampler) {
      for (const index of this.sampler!) yield items.get(index) as B | Promise<B>
      return
    }
    for (const indices of this.batchSampler) {
      yield this.#gathers ? (items.getBatch!(indices) as B | Promise<B>) : this.#collected(items, indices)
    }
  }

  #collected(items: Dataset<T>, indices: readonly number[]): B | Promise<B> {
    const parts = indices.map((index) => items.get(index))
    return parts.some(isPromise) ? Promise.all(parts).then(this.#collate) : this.#collate(parts as T[])
  }

  *#streamed(): Generate<B> {
    check(
      Symbol.iterator in this.dataset,
      () =>
        new ArgumentError(
          'DataLoader',
          'an async iterable cannot be read synchronously. Use: for await (const batch of loader)',
        ),
    )
    let batch: T[] = []
    for (const item of this.dataset as Iterable<T>) {
      batch.push(item)
      if (batch.length < (this.batchSize ?? 1)) continue
      yield this.#streamBatch(batch)
      batch = []
    }
    if (batch.length > 0 && !this.dropLast) yield this.#collate(batch)
  }

  async *#streamedAsync(): AsyncGenerator<B, void> {
    let batch: T[] = []
    for await (const item of this.dataset as AsyncIterable<T>) {
      batch.push(item)
      if (batch.length < (this.batchSize ?? 1)) continue
      yield this.#streamBatch(batch)
      batch = []
    }
    if (batch.length > 0 && !this.dropLast) yield this.#collate(batch)
  }

  #streamBatch(batch: T[]): B {
    return this.batchSize === null ? (batch[0] as unknown as B) : this.#collate(batch)
  }
}

type Generate<T> = globalThis.Generator<T, void>

const isPromise = <T>(value: T | Promise<T>): value is Promise<T> =>
  typeof (value as { then?: unknown } | null)?.then === 'function'

const known: Record<keyof DataLoaderOptions<unknown>, true> = {
  batchSize: true,
  shuffle: true,
  sampler: true,
  batchSampler: true,
  dropLast: true,
  collateFn: true,
  generator: true,
  numWorkers: true,
}

function checkOptions<T, B>(options: DataLoaderOptions<T, B>, addressed: boolean): void {
  const {
    batchSize = 1,
    shuffle = false,
    sampler,
    batchSampler,
    dropLast = false,
    collateFn,
    numWorkers = 0,
  } = options
  const refuse = (message: string): ArgumentError => new ArgumentError('DataLoader', message)
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name))
  check(unknown === undefined, () =>
    refuse(`the options are ${Object.keys(known).join(', ')}, got ${unknown}`),
  )
  check(Number.isInteger(numWorkers) && numWorkers >= 0, () =>
    refuse(`numWorkers must be an integer of at least 0, got ${numWorkers}`),
  )
  if (numWorkers > 0) {
    throw new NotImplementedError(
      'DataLoader',
      `workers do not exist yet, got numWorkers=${numWorkers}. Use 0: ` +
        'with for await, a dataset whose get is asynchronous is read concurrently',
    )
  }
  if (batchSize !== null) checkCount('DataLoader', 'batchSize', batchSize)
  check(addressed || !(shuffle || sampler || batchSampler), () =>
    refuse('shuffle, sampler and batchSampler need a dataset with length and get, got an iterable'),
  )
  check(!(sampler && shuffle), () => refuse('sampler and shuffle exclude each other, got both'))
  check(!batchSampler || !(options.batchSize !== undefined || shuffle || sampler || dropLast), () =>
    refuse('batchSampler excludes batchSize, shuffle, sampler and dropLast, got one of them too'),
  )
  check(batchSize !== null || !(dropLast || collateFn), () =>
    refuse('batchSize null makes no batches, so it excludes dropLast and collateFn, got one of them too'),
  )
}
