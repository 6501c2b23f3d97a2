// Orders of samplers, loaders and splits are PyTorch's, and so is what they draw from the generator.
import { beforeEach, describe, expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { defaultGenerator, Generator, manualSeed } from '@tt/tensor'
import {
  BatchSampler,
  DataLoader,
  RandomSampler,
  randomSplit,
  SequentialSampler,
  SubsetRandomSampler,
  WeightedRandomSampler,
} from '@tt/data'

interface Case {
  name: string
  seed: number
  generator_seed?: number
  n: number
  batch_size: number
  shuffle: boolean
  drop_last: boolean
  epochs: number[][][]
  rand_after?: { data: string }
  order: number[]
  num_samples: number
  lengths: number[]
  indices: number[] | number[][]
  weights: number[]
  replacement: boolean
}

const cases: Case[] = JSON.parse(readFileSync(new URL('fixtures/dataloader.json', import.meta.url), 'utf8'))
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const asItIs = (items: number[]): number[] => items

/** What torch.rand(2) gave afterwards. */
function expectRandAfter({ rand_after }: Case): void {
  const bytes = new Uint8Array(Buffer.from(rand_after!.data, 'base64'))
  expect([defaultGenerator.uniform24(), defaultGenerator.uniform24()]).toEqual([
    ...new Float32Array(bytes.buffer),
  ])
}

const runs: Record<string, (item: Case) => void> = {
  DataLoader(item) {
    const { batch_size: batchSize, shuffle, drop_last: dropLast, epochs } = item
    const loader = new DataLoader(range(item.n), { batchSize, shuffle, dropLast, collateFn: asItIs })
    expect(loader.length).toBe(epochs[0].length)
    for (const epoch of epochs) expect([...loader]).toEqual(epoch)
    expectRandAfter(item)
  },
  DataLoader_generator(item) {
    const { batch_size: batchSize, shuffle, drop_last: dropLast, epochs } = item
    const generator = new Generator().manualSeed(item.generator_seed!)
    const loader = new DataLoader(range(item.n), {
      batchSize,
      shuffle,
      dropLast,
      collateFn: asItIs,
      generator,
    })
    for (const epoch of epochs) expect([...loader]).toEqual(epoch)
    expectRandAfter(item)
  },
  random_split: ({ n, lengths, indices }) =>
    expect(randomSplit(range(n), lengths).map((part) => part.indices)).toEqual(indices),
  RandomSampler: ({ n, order }) => expect([...new RandomSampler({ length: n })]).toEqual(order),
  RandomSampler_replacement: ({ n, num_samples: numSamples, order }) =>
    expect([...new RandomSampler({ length: n }, { replacement: true, numSamples })]).toEqual(order),
  SubsetRandomSampler: ({ indices, order }) =>
    expect([...new SubsetRandomSampler(indices as number[])]).toEqual(order),
  WeightedRandomSampler: ({ weights, num_samples, replacement, order }) =>
    expect([...new WeightedRandomSampler(weights, num_samples, { replacement })]).toEqual(order),
}

describe('as PyTorch 1.13', () => {
  test.each(cases.map((item, i) => [`${item.name} seed ${item.seed} #${i}`, item] as const))(
    '%s',
    (_, item) => {
      manualSeed(item.seed)
      runs[item.name](item)
    },
  )

  test('for await gives the same batches and draws the same', async () => {
    const item = cases.find(({ name, shuffle }) => name === 'DataLoader' && shuffle)!
    manualSeed(item.seed)
    const loader = new DataLoader(range(item.n), {
      batchSize: item.batch_size,
      shuffle: true,
      collateFn: asItIs,
    })
    for (const epoch of item.epochs) {
      const batches: number[][] = []
      for await (const batch of loader) batches.push(batch)
      expect(batches).toEqual(epoch)
    }
    expectRandAfter(item)
  })
})

describe('samplers', () => {
  beforeEach(() => void manualSeed(0))

  test('without replacement, more samples than items begin another permutation', () => {
    const order = [...new RandomSampler({ length: 3 }, { numSamples: 7 })]
    expect(order).toHaveLength(7)
    expect(order.slice(0, 3).sort()).toEqual([0, 1, 2])
    expect(order.slice(3, 6).sort()).toEqual([0, 1, 2])
  })

  test('weights of 0 are never drawn, also without replacement', () => {
    const order = [...new WeightedRandomSampler([0, 1, 0, 2], 2, { replacement: false })]
    expect(order.sort()).toEqual([1, 3])
  })

  test('BatchSampler gathers, drops the rest, and knows how many', () => {
    const five = new SequentialSampler({ length: 5 })
    expect([...new BatchSampler(five, 2, false)]).toEqual([[0, 1], [2, 3], [4]])
    expect([...new BatchSampler(five, 2, true)]).toEqual([
      [0, 1],
      [2, 3],
    ])
    expect(new BatchSampler(five, 2, false).length).toBe(3)
    expect(new BatchSampler(five, 2, true).length).toBe(2)
  })

  test('bad counts are errors', () => {
    expect(() => new RandomSampler({ length: 0 })).toThrow(
      'RandomSampler: numSamples must be a positive integer, got 0.',
    )
    expect(() => new WeightedRandomSampler([1], 1.5)).toThrow(
      'WeightedRandomSampler: numSamples must be a positive integer, got 1.5.',
    )
    expect(() => new BatchSampler([1], -2, false)).toThrow(
      'BatchSampler: batchSize must be a positive integer, got -2.',
    )
  })
})

describe('randomSplit', () => {
  beforeEach(() => void manualSeed(0))

  test('takes fractions, and hands out what is left over in turn', () => {
    const parts = randomSplit(range(10), [0.33, 0.33, 0.34])
    expect(parts.map(({ length }) => length)).toEqual([4, 3, 3])
    expect(parts.flatMap(({ indices }) => indices).sort((a, b) => a - b)).toEqual(range(10))
  })

  test('a generator of its own leaves the default one alone', () => {
    randomSplit(range(10), [5, 5], { generator: new Generator().manualSeed(7) })
    expect(defaultGenerator.uniform24()).toBe(manualSeed(0).uniform24())
  })

  test('lengths that do not add up are errors', () => {
    expect(() => randomSplit(range(10), [5, 4])).toThrow(
      "randomSplit: the sum of the lengths must be the dataset's length 10, got 9.",
    )
    expect(() => randomSplit(range(10), [10.5, -0.5])).toThrow(
      'randomSplit: the lengths must be integers of at least 0, or fractions with the sum 1, got [10.5, -0.5].',
    )
  })
})
