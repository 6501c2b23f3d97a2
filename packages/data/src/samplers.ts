// Samplers: the order in which a DataLoader visits a dataset. They draw from generators when PyTorch's do.
import { ArgumentError, check, defaultGenerator, Generator, samplers, Tensor } from '@tt/tensor'

/** An iterable of indices (or of batches of them) that knows how many it will give; arrays of indices are samplers. */
export interface Sampler<T = number> extends Iterable<T> {
  readonly length: number
}

/** What samplers need to know of a dataset. */
export interface Sized {
  readonly length: number
}

/**
 * 0, 1, 2, ...
 *
 * @example
 * [...new SequentialSampler([10, 20, 30])] // => [0, 1, 2]
 * @see torch.utils.data.SequentialSampler
 */
export class SequentialSampler implements Sampler {
  readonly dataSource: Sized

  constructor(dataSource: Sized) {
    this.dataSource = dataSource
  }

  get length(): number {
    return this.dataSource.length
  }

  *[Symbol.iterator](): Iterator<number> {
    for (let index = 0; index < this.length; index++) yield index
  }
}

/** Options of {@link RandomSampler}. */
export interface RandomSamplerOptions {
  /** Whether an index may come again. Default false */
  replacement?: boolean
  /** How many indices to give; without replacement, beyond the dataset's length a new permutation begins. */
  numSamples?: number
  /** If left out, each iteration seeds a generator of its own from the default one. */
  generator?: Generator
}

/**
 * The indices of a dataset in random order.
 *
 * @throws ArgumentError if numSamples is no positive integer
 * @example
 * manualSeed(10)
 * [...new RandomSampler({ length: 8 })] // => [7, 3, 6, 2, 1, 0, 5, 4]
 * @see torch.utils.data.RandomSampler
 */
export class RandomSampler implements Sampler {
  readonly dataSource: Sized
  readonly replacement: boolean
  readonly #numSamples: number | undefined
  readonly #generator: Generator | undefined

  constructor(dataSource: Sized, { replacement = false, numSamples, generator }: RandomSamplerOptions = {}) {
    this.dataSource = dataSource
    this.replacement = replacement
    this.#numSamples = numSamples
    this.#generator = generator
    checkCount('RandomSampler', 'numSamples', this.length)
  }

  get length(): number {
    return this.#numSamples ?? this.dataSource.length
  }

  *[Symbol.iterator](): Iterator<number> {
    const total = this.dataSource.length
    const generator = this.#generator ?? new Generator().manualSeed(randomSeed(defaultGenerator))
    yield* this.replacement ? this.#replacing(total, generator) : this.#permuted(total, generator)
  }

  /** In blocks of 32, drawn when they are needed, as PyTorch does. */
  *#replacing(total: number, generator: Generator): Generable {
    for (let left = this.length; left > 0; left -= 32) {
      const block = new Int32Array(Math.min(left, 32))
      samplers.randint(block, generator, 0, total, 'int64')
      yield* block
    }
  }

  /** Whole permutations, then a part of one more, which PyTorch draws even when the part is empty. */
  *#permuted(total: number, generator: Generator): Generable {
    const count = this.length
    for (let left = count; left >= total; left -= total) yield* permutation(total, generator)
    yield* permutation(total, generator).subarray(0, count % total)
  }
}

/**
 * The given indices in random order.
 *
 * @example
 * manualSeed(0)
 * [...new SubsetRandomSampler([5, 6, 7])] // => [7, 5, 6]
 * @see torch.utils.data.SubsetRandomSampler
 */
export class SubsetRandomSampler implements Sampler {
  readonly indices: readonly number[]
  readonly #generator: Generator | undefined

  /** @param options.generator the default generator if left out */
  constructor(indices: readonly number[], { generator }: { generator?: Generator } = {}) {
    this.indices = indices
    this.#generator = generator
  }

  get length(): number {
    return this.indices.length
  }

  *[Symbol.iterator](): Iterator<number> {
    for (const i of permutation(this.length, this.#generator ?? defaultGenerator)) yield this.indices[i]
  }
}

/**
 * Indices drawn with the given weights.
 *
 * @example
 * [...new WeightedRandomSampler([0, 1, 0], 2)] // => [1, 1]
 * @see torch.utils.data.WeightedRandomSampler
 */
export class WeightedRandomSampler implements Sampler {
  readonly weights: Float64Array
  readonly replacement: boolean
  readonly length: number
  readonly #generator: Generator | undefined

  /**
   * @param weights one per item, at least 0, of any sum
   * @param numSamples how many indices to draw
   * @param options.replacement whether an index may come again. Default true
   * @param options.generator the default generator if left out
   * @throws ArgumentError if numSamples is no positive integer, or, while iterating, if the weights allow no draw
   */
  constructor(
    weights: ArrayLike<number> | Tensor,
    numSamples: number,
    { replacement = true, generator }: { replacement?: boolean; generator?: Generator } = {},
  ) {
    checkCount('WeightedRandomSampler', 'numSamples', numSamples)
    const values = weights instanceof Tensor ? (weights.double().toTypedArray() as Float64Array) : weights
    this.weights = Float64Array.from(values)
    this.length = numSamples
    this.replacement = replacement
    this.#generator = generator
  }

  *[Symbol.iterator](): Iterator<number> {
    const { weights, replacement } = this
    const generator = this.#generator ?? defaultGenerator
    yield* samplers.multinomial(weights, weights.length, this.length, generator, { replacement })
  }
}

/**
 * Gathers the indices of a sampler into batches.
 *
 * @example
 * [...new BatchSampler(new SequentialSampler({ length: 5 }), 2, false)] // => [[0, 1], [2, 3], [4]]
 * @see torch.utils.data.BatchSampler
 */
export class BatchSampler implements Sampler<number[]> {
  readonly sampler: Sampler
  readonly batchSize: number
  readonly dropLast: boolean

  /**
   * @param batchSize indices per batch, at least 1
   * @param dropLast whether to leave out the last batch if it is smaller
   * @throws ArgumentError if batchSize is no positive integer
   */
  constructor(sampler: Sampler, batchSize: number, dropLast: boolean) {
    checkCount('BatchSampler', 'batchSize', batchSize)
    this.sampler = sampler
    this.batchSize = batchSize
    this.dropLast = dropLast
  }

  get length(): number {
    const batches = this.sampler.length / this.batchSize
    return this.dropLast ? Math.floor(batches) : Math.ceil(batches)
  }

  *[Symbol.iterator](): Iterator<number[]> {
    let batch: number[] = []
    for (const index of this.sampler) {
      if (batch.push(index) < this.batchSize) continue
      yield batch
      batch = []
    }
    if (batch.length > 0 && !this.dropLast) yield batch
  }
}

type Generable = globalThis.Generator<number, void>

/** A seed of 63 bits, as `random_()` draws an int64. */
export const randomSeed = (generator: Generator): bigint => BigInt.asUintN(63, generator.random64())

function permutation(n: number, generator: Generator): Int32Array {
  const order = new Int32Array(n)
  samplers.randperm(order, generator, 'int64')
  return order
}

/** @throws ArgumentError unless `value` is a positive integer */
export function checkCount(op: string, name: string, value: number): void {
  check(
    Number.isInteger(value) && value > 0,
    () => new ArgumentError(op, `${name} must be a positive integer, got ${value}`),
  )
}
