// gather, scatter, indexAdd and the like, by index tensors. Expected values from torch 1.13.1.
import { describe, expect, test } from '@jest/globals'
import {
  arange,
  embedding,
  ones,
  registerBackend,
  setDefaultDevice,
  tensor,
  trilIndices,
  triuIndices,
  zeros,
} from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'

const reference = createReferenceBackend()
registerBackend(reference)
registerBackend({ ...reference, device: 'slow', canBlock: false })
setDefaultDevice('reference')
const long = (data: number | number[] | number[][]) => tensor(data, { dtype: 'int64' })

describe('reading', () => {
  const x = arange(6).reshape([2, 3])
  test('gather', () => {
    expect(
      x
        .gather(
          1,
          long([
            [2, 0],
            [1, 1],
          ]),
        )
        .tolist(),
    ).toEqual([
      [2, 0],
      [4, 4],
    ])
    expect(
      x
        .t()
        .gather(0, long([[1, 2]]))
        .tolist(),
    ).toEqual([[1, 5]])
    expect(
      tensor(7)
        .gather(0, long([0, 0]))
        .tolist(),
    ).toEqual([7, 7])
    expect(x.gather(1, zeros([0])).shape).toEqual([0])
  })
  test('indexSelect', () => {
    expect(x.indexSelect(1, long([2, 2, 0])).tolist()).toEqual([
      [2, 2, 0],
      [5, 5, 3],
    ])
    expect(x.indexSelect(0, tensor([1], { dtype: 'int32' })).tolist()).toEqual([[3, 4, 5]])
    expect(x.indexSelect(0, long([])).shape).toEqual([0, 3])
  })
  test('take, takeAlongDim, maskedSelect, nonzero', () => {
    expect(x.take(long([[0, -1]])).tolist()).toEqual([[0, 5]])
    expect(x.takeAlongDim(long([[1], [0]]), 1).tolist()).toEqual([[1], [3]])
    expect(x.maskedSelect(tensor([true, false, true])).tolist()).toEqual([0, 2, 3, 5])
    expect(x.nonzero().tolist()).toEqual([
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 1],
      [1, 2],
    ])
    expect(
      x
        .gt(3)
        .nonzero({ asTuple: true })
        .map((t) => t.tolist()),
    ).toEqual([
      [1, 1],
      [1, 2],
    ])
    expect([tensor(1).nonzero().shape, tensor(0).nonzero().shape]).toEqual([
      [1, 0],
      [0, 0],
    ])
  })
  test('embedding', () => {
    const table = tensor([
      [3, 4],
      [1, 0],
      [0, 2],
    ])
    expect(embedding(long([[0, 2]]), table).tolist()).toEqual([
      [
        [3, 4],
        [0, 2],
      ],
    ])
    embedding(long([0, 1]), table, { maxNorm: 1 })
    const rows = table.tolist() as number[][]
    expect(rows[0][0]).toBeCloseTo(0.6, 6)
    expect(rows.slice(1)).toEqual([
      [1, 0],
      [0, 2],
    ])
  })
  test('shapes on the meta device', () => {
    const [table, index] = [zeros([5, 2], { device: 'meta' }), zeros([3], { dtype: 'int64', device: 'meta' })]
    expect(embedding(index, table).shape).toEqual([3, 2])
    expect(table.indexSelect(1, index).shape).toEqual([5, 3])
    expect(table.at(index, null).shape).toEqual([3, 1, 2])
    expect(table.flip([0]).tril().shape).toEqual([5, 2])
    expect(() => table.at(table.gt(0))).toThrow("device 'meta' cannot be read synchronously")
  })
  test('oneHot and triangles', () => {
    expect(
      long([[1], [0]])
        .oneHot(3)
        .tolist(),
    ).toEqual([[[0, 1, 0]], [[1, 0, 0]]])
    expect(() => long([3]).oneHot(2)).toThrow('oneHot: index 3 is out of bounds for dim 1 with size 2.')
    expect(trilIndices(2, 3).tolist()).toEqual([
      [0, 1, 1],
      [0, 0, 1],
    ])
    expect(triuIndices(2, 3, { offset: 1 }).tolist()).toEqual([
      [0, 0, 1],
      [1, 2, 2],
    ])
  })
  test('positions of a device that cannot block are awaited', async () => {
    const y = tensor([0, 3, 4]).to('slow')
    expect(() => y.at(y.gt(0))).toThrow(
      "index: the number of elements that are not 0 must be read, and device 'slow' cannot be read synchronously",
    )
    expect(await (await y.nonzeroAsync()).tolistAsync()).toEqual([[1], [2]])
    expect(await y.put_([y.gt(3)], 9).tolistAsync()).toEqual([0, 3, 9]) // a mask and a number need no positions
  })
})

describe('writing', () => {
  test('scatter and its reductions', () => {
    const index = long([[0, 2, 0]])
    const source = tensor([[1, 2, 3]])
    expect(zeros([1, 3]).scatter(1, index, source).tolist()).toEqual([[3, 0, 2]])
    expect(zeros([1, 3]).scatter(1, index, 7).tolist()).toEqual([[7, 0, 7]])
    expect(ones([1, 3]).scatter(1, index, source, { reduce: 'add' }).tolist()).toEqual([[5, 1, 3]])
    expect(ones([1, 3]).scatterAdd(1, index, source).tolist()).toEqual([[5, 1, 3]])
    const two = tensor([[2, 2, 2]])
    expect(two.scatterReduce(1, index, source, 'prod').tolist()).toEqual([[6, 2, 4]])
    expect(two.scatterReduce(1, index, source, 'mean').tolist()).toEqual([[2, 2, 2]])
    expect(two.scatterReduce(1, index, source, 'mean', { includeSelf: false }).tolist()).toEqual([[2, 2, 2]])
    expect(two.scatterReduce(1, index, source, 'amax', { includeSelf: false }).tolist()).toEqual([[3, 2, 2]])
    expect(two.scatterReduce(1, index, source, 'amin').tolist()).toEqual([[1, 2, 2]])
    expect(
      tensor([[5, 5]], { dtype: 'int32' })
        .scatterReduce(1, long([[0]]), tensor([[2]], { dtype: 'int32' }), 'mean')
        .tolist(),
    ).toEqual([[3, 5]])
  })
  test('in place, also into views', () => {
    const x = zeros([2, 3])
    expect(x.t().scatter_(0, long([[1, 2]]), 4).base).toBe(x)
    expect(x.tolist()).toEqual([
      [0, 4, 0],
      [0, 0, 4],
    ])
    x.scatterReduce_(1, long([[0], [1]]), ones([2, 1]), 'mean')
    expect(x.tolist()).toEqual([
      [0.5, 4, 0],
      [0, 0.5, 4],
    ])
    expect(x.version).toBe(2)
  })
  test('indexAdd, indexCopy, indexFill, indexReduce', () => {
    const [x, index, source] = [zeros([3, 2]), long([2, 0, 2]), ones([3, 2])]
    expect(x.indexAdd(0, index, source, { alpha: 2 }).tolist()).toEqual([
      [2, 2],
      [0, 0],
      [4, 4],
    ])
    expect(x.indexCopy(0, long([1]), tensor([[5, 6]])).tolist()).toEqual([
      [0, 0],
      [5, 6],
      [0, 0],
    ])
    expect(x.indexFill(1, long([-1]), 3).tolist()).toEqual([
      [0, 3],
      [0, 3],
      [0, 3],
    ])
    expect(x.indexReduce(0, index, source.add(1), 'prod', { includeSelf: false }).tolist()).toEqual([
      [2, 2],
      [0, 0],
      [4, 4],
    ])
    expect(x.indexAdd_(0, index, source)).toBe(x)
    expect(x.tolist()).toEqual([
      [1, 1],
      [0, 0],
      [2, 2],
    ])
  })
  test('put, maskedScatter', () => {
    expect(
      zeros([2, 2])
        .put(long([3, -4]), tensor([1, 2]))
        .tolist(),
    ).toEqual([
      [2, 0],
      [0, 1],
    ])
    expect(
      zeros([2, 2])
        .maskedScatter(tensor([true, false]), tensor([1, 2, 3]))
        .tolist(),
    ).toEqual([
      [1, 0],
      [2, 0],
    ])
  })
  test('nothing is written when an index is out of range', () => {
    const x = zeros([2])
    const fails = [
      () => x.scatter_(0, long([0, 2]), 1),
      () => x.scatterAdd_(0, long([0, -1]), ones([2])),
      () => x.indexAdd_(0, long([0, -1]), ones([2])),
      () => x.indexCopy_(0, long([0, 2]), ones([2])),
      () => x.indexFill_(0, long([0, 2]), 1),
      () => x.put_(long([0, 2]), ones([2])),
    ]
    for (const fail of fails) expect(fail).toThrow(/out of bounds|out of range/)
    expect(x.tolist()).toEqual([0, 0])
    expect(x.version).toBe(0)
  })
})

test('errors name the shapes', () => {
  const x = zeros([2, 3])
  expect(() => x.gather(0, long([0]))).toThrow(
    'gather: the index must have as many dims as self, got [1] for [2, 3].',
  )
  expect(() => x.gather(0, long([[0, 0, 0, 0]]))).toThrow(
    'gather: the index must be no larger than self except in dim 0, got [1, 4] for [2, 3].',
  )
  expect(() => x.gather(0, zeros([1, 1]))).toThrow(
    "gather: the index must be int64, got float32. Cast it: .to('int64'), or make it with { dtype: 'int64' }.",
  )
  expect(() => x.indexSelect(0, long([[0]]))).toThrow(
    'indexSelect: the index must have at most 1 dim, got [1, 1].',
  )
  expect(() => x.indexSelect(0, long([2]))).toThrow(
    'indexSelect: index 2 is out of bounds for dim 0 with size 2.',
  )
  expect(() => x.indexAdd(0, long([0]), zeros([2, 3]))).toThrow(
    'indexAdd: source must have the shape of self with 1 positions in dim 0, got [2, 3] for self of [2, 3].',
  )
  expect(() => x.scatter(0, long([[0]]), tensor([[1n]]))).toThrow(
    'scatter: source must have the dtype of self, got int64 for float32',
  )
  expect(() => x.maskedSelect(zeros([2, 3]))).toThrow('maskedSelect: mask must be bool, got float32')
  expect(() => embedding(long([3]), zeros([3, 2]))).toThrow(
    'embedding: index 3 is out of bounds for dim 0 with size 3.',
  )
})
