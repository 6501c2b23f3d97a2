// sort, topk, median, unique, searchsorted, cumsum and relatives. Expected values from torch 1.13.1.
import { describe, expect, test } from '@jest/globals'
import {
  arange,
  cumulativeTrapezoid,
  ones,
  registerBackend,
  setDefaultDevice,
  tensor,
  trapezoid,
  zeros,
} from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'

registerBackend(createReferenceBackend())
setDefaultDevice('reference')
const lists = (parts: { values: Tensor; indices: Tensor }) => [parts.values.tolist(), parts.indices.tolist()]

describe('order', () => {
  test('sort is stable, NaN is the greatest', () => {
    expect(lists(tensor([2, NaN, 1, 2]).sort())).toEqual([
      [1, 2, 2, NaN],
      [2, 0, 3, 1],
    ])
    expect(lists(tensor([2, NaN, 1, 2]).sort(-1, { descending: true }))).toEqual([
      [NaN, 2, 2, 1],
      [1, 0, 3, 2],
    ])
    expect(lists(arange(4).reshape([2, 2]).t().sort(0, { descending: true }))).toEqual([
      [
        [1, 3],
        [0, 2],
      ],
      [
        [1, 1],
        [0, 0],
      ],
    ])
    expect(lists(tensor(3).sort())).toEqual([3, 0])
    expect(tensor([3n, 1n]).argsort().tolist()).toEqual([1, 0])
    expect(
      tensor([
        [3, 1],
        [2, 5],
      ])
        .msort()
        .tolist(),
    ).toEqual([
      [2, 1],
      [3, 5],
    ])
  })
  test('topk', () => {
    const x = tensor([
      [3, 1, 2],
      [4, 6, 5],
    ])
    expect(lists(x.topk(2))).toEqual([
      [
        [3, 2],
        [6, 5],
      ],
      [
        [0, 2],
        [1, 2],
      ],
    ])
    expect(lists(x.topk(1, 0, { largest: false }))).toEqual([[[3, 1, 2]], [[0, 0, 0]]])
    expect(x.topk(0).values.shape).toEqual([2, 0])
    expect(() => x.topk(4)).toThrow('topk: k must be from 0 to 3, the size of dim 1, got 4.')
  })
  test('kthvalue, median, nanmedian, mode', () => {
    const x = tensor([
      [3, 1, 2, 1],
      [NaN, 6, 5, 5],
    ])
    expect(lists(x.kthvalue(3))).toEqual([
      [2, 6],
      [2, 1],
    ])
    expect(lists(x.median(1))).toEqual([
      [1, NaN],
      [3, 0],
    ])
    expect(lists(x.nanmedian(1, { keepdim: true }))).toEqual([
      [[1], [5]],
      [[3], [3]],
    ])
    expect([x.median().item(), x.nanmedian().item(), tensor([3n, 1n, 2n]).median().item()]).toEqual([
      NaN,
      3,
      2,
    ])
    expect(x.mode().values.tolist()).toEqual([1, 5])
    expect(x.kthvalue(1).values.shape).toEqual([2])
  })
})

describe('unique', () => {
  test('of elements', () => {
    const x = tensor([
      [3n, 1n],
      [1n, 2n],
    ])
    expect(x.unique().tolist()).toEqual([1, 2, 3])
    const { output, inverse, counts } = x.unique(null, { returnInverse: true, returnCounts: true })
    expect([output, inverse, counts].map((t) => t.tolist())).toEqual([
      [1, 2, 3],
      [
        [2, 0],
        [0, 1],
      ],
      [2, 1, 1],
    ])
    expect(zeros([0]).unique().shape).toEqual([0])
  })
  test('of slices', () => {
    const { output, inverse, counts } = tensor([
      [2, 1],
      [1, 9],
      [2, 1],
    ]).unique(0, { returnInverse: true, returnCounts: true })
    expect([output, inverse, counts].map((t) => t.tolist())).toEqual([
      [
        [1, 9],
        [2, 1],
      ],
      [1, 0, 1],
      [1, 2],
    ])
  })
  test('of neighbours', () => {
    const { output, inverse, counts } = tensor([1, 1, 2, 1]).uniqueConsecutive(null, {
      returnInverse: true,
      returnCounts: true,
    })
    expect([output, inverse, counts].map((t) => t.tolist())).toEqual([
      [1, 2, 1],
      [0, 0, 1, 2],
      [2, 1, 1],
    ])
  })
})

describe('places and counts', () => {
  test('searchsorted, bucketize', () => {
    const sequence = tensor([1, 3, 3, 5])
    const values = tensor([
      [0, 3],
      [6, NaN],
    ])
    expect(sequence.searchsorted(values).tolist()).toEqual([
      [0, 1],
      [4, 4],
    ])
    expect(sequence.searchsorted(values, null, { right: true }).tolist()).toEqual([
      [0, 3],
      [4, 4],
    ])
    expect(sequence.searchsorted(4).item()).toBe(3)
    expect(
      tensor([
        [1, 3],
        [2, 4],
      ])
        .searchsorted(tensor([[2], [5]]))
        .tolist(),
    ).toEqual([[1], [2]])
    expect(
      tensor([5, 1])
        .searchsorted(tensor([3]), tensor([1n, 0n]))
        .tolist(),
    ).toEqual([1])
    expect(tensor([0, 2, 9]).bucketize(tensor([1, 5]), { outInt32: true }).dtype).toBe('int32')
    expect(
      zeros([0])
        .searchsorted(tensor([1]))
        .tolist(),
    ).toEqual([0])
  })
  test('bincount, histc', () => {
    expect(tensor([1n, 1n, 2n]).bincount(null, { minlength: 4 }).tolist()).toEqual([0, 2, 1, 0])
    expect(
      tensor([1n, 1n])
        .bincount(tensor([0.5, 1]))
        .tolist(),
    ).toEqual([0, 1.5])
    expect(() => tensor([-1n]).bincount()).toThrow('bincount: index -1 is out of bounds')
    expect(tensor([0, 1, 1, 2.5, 9]).histc({ bins: 3, min: 0, max: 3 }).tolist()).toEqual([1, 2, 1])
    expect(tensor([1, 2, 3]).histc({ bins: 2 }).tolist()).toEqual([1, 2])
  })
})

describe('running results', () => {
  const x = tensor([
    [1, 4, 2],
    [3, NaN, 5],
  ])
  test('cumsum, cumprod', () => {
    expect(x.cumsum(1).tolist()).toEqual([
      [1, 5, 7],
      [3, NaN, NaN],
    ])
    expect(x.t().cumprod(1).tolist()).toEqual([
      [1, 3],
      [4, NaN],
      [2, 10],
    ])
    expect(tensor([true, true]).cumsum(0).dtype).toBe('int64')
    expect(tensor([1n, 2n]).cumsum(0, { dtype: 'float64' }).dtype).toBe('float64')
    expect(tensor([1, 2], { dtype: 'int32' }).cumsum_(0).tolist()).toEqual([1, 3])
  })
  test('cummax, cummin give the last position', () => {
    expect(lists(tensor([1, 1, 3, 2]).cummax(0))).toEqual([
      [1, 1, 3, 3],
      [0, 1, 2, 2],
    ])
    expect(lists(x.cummin(1))).toEqual([
      [
        [1, 1, 1],
        [3, NaN, NaN],
      ],
      [
        [0, 0, 0],
        [0, 1, 1],
      ],
    ])
  })
  test('logcumsumexp does not overflow', () => {
    const y = tensor([1000, 1000, -Infinity, 999]).logcumsumexp(0).tolist() as number[]
    ;[1000, 1000.6931, 1000.6931, 1000.8624].forEach((value, i) => expect(y[i]).toBeCloseTo(value, 3))
  })
  test('diff, trapezoid', () => {
    expect(tensor([1, 4, 9]).diff(-1, null, null, { n: 2 }).tolist()).toEqual([2])
    expect(
      tensor([[1, 4]])
        .diff(1, zeros([1, 1]), ones([1, 1]))
        .tolist(),
    ).toEqual([[1, 3, -3]])
    expect(tensor([true, false, false]).diff().tolist()).toEqual([true, false])
    expect(trapezoid(tensor([1, 2, 4])).item()).toBe(4.5)
    expect(trapezoid(tensor([1, 2, 4]), tensor([0, 2, 3])).item()).toBe(6)
    expect(cumulativeTrapezoid(tensor([1, 2, 4]), null, -1, { dx: 2 }).tolist()).toEqual([3, 9])
  })
})
