// DataLoader, datasets and collation.
import '@tt/backend-cpu'
import { describe, expect, test } from '@jest/globals'
import { arange, tensor } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import {
  ChainDataset,
  ConcatDataset,
  DataLoader,
  Dataset,
  defaultCollate,
  Subset,
  TensorDataset,
} from '@tt/data'

const rows = (): TensorDataset<[Tensor, Tensor]> =>
  new TensorDataset(arange(0, 10).to('float32').reshape([5, 2]), tensor([10n, 11n, 12n, 13n, 14n]))

class Slow extends Dataset<number> {
  readonly length = 5
  running = 0
  most = 0
  async get(index: number): Promise<number> {
    this.most = Math.max(this.most, ++this.running)
    await new Promise((resolve) => setTimeout(resolve, 5 - index))
    this.running--
    return index
  }
}

describe('defaultCollate', () => {
  test('stacks tensors and makes tensors of numbers', () => {
    expect(defaultCollate([tensor([1, 2]), tensor([3, 4])]).tolist()).toEqual([
      [1, 2],
      [3, 4],
    ])
    expect(defaultCollate([1, 2]).dtype).toBe('float32')
    expect(defaultCollate([1n, 2n]).dtype).toBe('int64')
    expect(defaultCollate([true, false]).dtype).toBe('bool')
    expect(defaultCollate([Int16Array.of(1, 2), Int16Array.of(3, 4)]).tolist()).toEqual([
      [1, 2],
      [3, 4],
    ])
    expect(defaultCollate(['a', 'b'])).toEqual(['a', 'b'])
  })

  test('keeps arrays and objects', () => {
    const batch = defaultCollate([
      { x: tensor(1), pair: [2, 'a'] as [number, string] },
      { x: tensor(3), pair: [4, 'b'] as [number, string] },
    ])
    const label: string[] = batch.pair[1]
    expect(batch.x.tolist()).toEqual([1, 3])
    expect(batch.pair[0].tolist()).toEqual([2, 4])
    expect(label).toEqual(['a', 'b'])
  })

  test('items that do not fit are errors', () => {
    expect(() => defaultCollate([])).toThrow('defaultCollate: there must be at least one item, got none.')
    expect(() => defaultCollate<unknown>([1, 'a'])).toThrow('of one type, got number and string (item 1)')
    expect(() => defaultCollate([[1], [1, 2]])).toThrow('of one length, got 1 and 2 (item 1)')
    expect(() => defaultCollate<object>([{ a: 1 }, { b: 1 }])).toThrow(
      "the same keys, got item 1 without 'a'",
    )
    expect(() => defaultCollate([null])).toThrow('got null. Give a collateFn')
    expect(() => defaultCollate([new Date()])).toThrow('got Date. Give a collateFn')
  })
})

describe('datasets', () => {
  test('TensorDataset gives rows, from the end too', () => {
    const [x, y] = rows().get(-1)
    expect(x.tolist()).toEqual([8, 9])
    expect(y.tolist()).toBe(14)
    expect(rows().length).toBe(5)
  })

  test('TensorDataset refuses what does not fit', () => {
    expect(() => new TensorDataset(tensor([1, 2]), tensor([1]))).toThrow(
      'TensorDataset: the tensors must have the same size in their first dim, got shapes [2] and [1].',
    )
    expect(() => new TensorDataset(tensor(1))).toThrow('got shapes []')
    expect(() => rows().get(5)).toThrow('TensorDataset: the index must be in [-5, 4], got 5.')
    expect(() => rows().getBatch([0, 7])).toThrow('TensorDataset: the index must be in [-5, 4], got 7.')
  })

  test('Subset, ConcatDataset and ChainDataset', () => {
    const both = new ConcatDataset([['a', 'b'], [], new Subset(['x', 'y', 'z'], [2, 0])])
    expect(Array.from({ length: both.length }, (_, i) => both.get(i))).toEqual(['a', 'b', 'z', 'x'])
    expect(both.get(-1)).toBe('x')
    expect(() => both.get(4)).toThrow('ConcatDataset: the index must be in [-4, 3], got 4.')
    expect([...new ChainDataset([[1, 2], new Set([3])])]).toEqual([1, 2, 3])
  })
})

describe('DataLoader', () => {
  test('gathers whole batches exactly as it would collate items', () => {
    const whole = rows()
    const part = new Subset(whole, [4, 1, 1, 0])
    for (const dataset of [whole, part] as Dataset<[Tensor, Tensor]>[]) {
      const gathered = [...new DataLoader(dataset, { batchSize: 2 })]
      const collated = [...new DataLoader(dataset, { batchSize: 2, collateFn: defaultCollate })]
      expect(gathered.map((batch) => batch.map((t) => t.tolist()))).toEqual(
        collated.map((batch) => batch.map((t) => t.tolist())),
      )
    }
    let gathers = 0
    whole.getBatch = (indices) => {
      gathers++
      return TensorDataset.prototype.getBatch.call(whole, indices) as unknown as [Tensor, Tensor]
    }
    expect([...new DataLoader(part, { batchSize: 3 })].map(([x]) => x.shape)).toEqual([
      [3, 2],
      [1, 2],
    ])
    expect(gathers).toBe(2)
  })

  test('batches own their memory', () => {
    const dataset = rows()
    const [[x]] = new DataLoader(dataset, { batchSize: 5 })
    x.mul_(0)
    expect(dataset.get(4)[0].tolist()).toEqual([8, 9])
  })

  test('samplers, batches of indices, single items', () => {
    const letters = ['a', 'b', 'c']
    expect([...new DataLoader(letters, { sampler: [2, 0], batchSize: 2 })]).toEqual([['c', 'a']])
    expect([...new DataLoader(letters, { batchSampler: [[1], [0, 2]] })]).toEqual([['b'], ['a', 'c']])
    expect([...new DataLoader<string, string>(letters, { batchSize: null })]).toEqual(letters)
    expect(new DataLoader(letters, { batchSize: 2, dropLast: true }).length).toBe(1)
  })

  test('iterables, also asynchronous ones', async () => {
    function* count() {
      yield* [1, 2, 3]
    }
    async function* later() {
      yield* [1, 2, 3]
    }
    const shapes: (readonly number[])[] = []
    for (const batch of new DataLoader(count(), { batchSize: 2 })) shapes.push(batch.shape)
    for await (const batch of new DataLoader(later(), { batchSize: 2 })) shapes.push(batch.shape)
    for await (const batch of new DataLoader(count(), { batchSize: 2, dropLast: true }))
      shapes.push(batch.shape)
    expect(shapes).toEqual([[2], [1], [2], [1], [2]])
    expect(() => [...new DataLoader(later())]).toThrow('Use: for await (const batch of loader)')
    expect(() => new DataLoader(count()).length).toThrow('the iterable must have a length')
  })

  test('asynchronous items are read at the same time, and kept in order', async () => {
    const dataset = new Slow()
    const batches: number[][] = []
    for await (const batch of new DataLoader(dataset, { batchSize: 3 }))
      batches.push(batch.tolist() as number[])
    expect(batches).toEqual([
      [0, 1, 2],
      [3, 4],
    ])
    expect(dataset.most).toBe(3)
    expect(() => [...new DataLoader(new Slow(), { batchSize: 2 })]).toThrow(
      'DataLoader: a dataset whose items are promises cannot be read synchronously. Use: for await',
    )
  })

  test('for await lets timers run between batches', async () => {
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    for await (const _ of new DataLoader(rows())) {
      const until = performance.now() + 3
      while (performance.now() < until);
    }
    clearInterval(timer)
    expect(turns).toBeGreaterThan(2)
  })

  test('options that contradict each other are errors', () => {
    const letters = ['a', 'b']
    expect(() => new DataLoader(letters, { numWorkers: 2 })).toThrow(
      'DataLoader: workers do not exist yet, got numWorkers=2. Use 0',
    )
    expect(() => new DataLoader(letters, { batchSize: 0 })).toThrow(
      'batchSize must be a positive integer, got 0',
    )
    expect(() => new DataLoader(letters, { sampler: [0], shuffle: true })).toThrow(
      'sampler and shuffle exclude',
    )
    expect(() => new DataLoader(letters, { batchSampler: [[0]], batchSize: 2 })).toThrow(
      'batchSampler excludes',
    )
    expect(() => new DataLoader(letters, { batchSize: null, dropLast: true })).toThrow(
      'batchSize null makes no',
    )
    expect(() => new DataLoader(new Set(letters), { shuffle: true })).toThrow('got an iterable')
    expect(() => new DataLoader(letters, { pinMemory: true } as object)).toThrow('got pinMemory')
  })
})
