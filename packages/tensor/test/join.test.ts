// cat, stack and relatives, grids, products, splits. Expected values from torch 1.13.1.
import { describe, expect, test } from '@jest/globals'
import {
  arange,
  atleast1d,
  atleast3d,
  blockDiag,
  broadcastTensors,
  cartesianProd,
  cat,
  columnStack,
  combinations,
  dstack,
  hstack,
  meshgrid,
  ones,
  registerBackend,
  setDefaultDevice,
  stack,
  tensor,
  vstack,
  zeros,
} from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'

registerBackend(createReferenceBackend())
setDefaultDevice('reference')
const lists = (tensors: readonly Tensor[]) => tensors.map((t) => t.tolist())

describe('cat', () => {
  test('along dims, of views', () => {
    const x = arange(4).reshape([2, 2])
    expect(cat([x, x.t()]).tolist()).toEqual([
      [0, 1],
      [2, 3],
      [0, 2],
      [1, 3],
    ])
    expect(cat([x, x.t()], -1).tolist()).toEqual([
      [0, 1, 0, 2],
      [2, 3, 1, 3],
    ])
  })
  test('promotes dtypes, and leaves out tensors of shape [0]', () => {
    expect(cat([tensor([1n]), tensor([0.5])]).dtype).toBe('float32')
    expect(cat([zeros([0]), ones([2, 3]), zeros([0])], 1).shape).toEqual([2, 3])
    expect(cat([zeros([0]), zeros([0])]).shape).toEqual([0])
    expect(cat([zeros([0], { dtype: 'float64' }), ones([1])]).dtype).toBe('float64')
  })
  test('on the meta device', () =>
    expect(cat([zeros([2, 3], { device: 'meta' }), zeros([4, 3], { device: 'meta' })]).shape).toEqual([6, 3]))
  test('errors', () => {
    expect(() => cat([])).toThrow('cat: the list of tensors must not be empty, got [].')
    expect(() => cat([zeros([2, 3]), zeros([2, 4])])).toThrow(
      'cat: sizes must be equal except in dim 0, got [2, 3] and [2, 4] at position 1.',
    )
    expect(() => cat([zeros([2, 3]), zeros([2])])).toThrow('all tensors must have the same number of dims')
    expect(() => cat([tensor(1)])).toThrow(
      'each tensor must have a dim, got a 0-dim tensor at position 0. Use stack.',
    )
    expect(() => cat([ones([1]), null as never])).toThrow(
      'the list must hold tensors, got null at position 1',
    )
    expect(() => cat([ones([1]), ones([1], { device: 'meta' })])).toThrow('all tensors must be on one device')
  })
})

test('stack', () => {
  expect(stack([tensor([1, 2]), tensor([3, 4])], 1).tolist()).toEqual([
    [1, 3],
    [2, 4],
  ])
  expect(stack([tensor(1), tensor(2)]).tolist()).toEqual([1, 2])
  expect(() => stack([zeros([2]), zeros([3])])).toThrow(
    'stack: all tensors must have one shape, got [2] at position 0 and [3] at position 1.',
  )
})
test('hstack, vstack, dstack, columnStack', () => {
  const [a, b] = [tensor([1, 2]), tensor([3, 4])]
  expect(hstack([a, b]).tolist()).toEqual([1, 2, 3, 4])
  expect(vstack([a, b]).tolist()).toEqual([
    [1, 2],
    [3, 4],
  ])
  expect(dstack([a, b]).tolist()).toEqual([
    [
      [1, 3],
      [2, 4],
    ],
  ])
  expect(columnStack([a, b, zeros([2, 2])]).tolist()).toEqual([
    [1, 3, 0, 0],
    [2, 4, 0, 0],
  ])
  expect(atleast3d(a).shape).toEqual([1, 2, 1])
  expect(atleast1d([tensor(1), a]).map((t) => t.shape)).toEqual([[1], [2]])
})
test('meshgrid and broadcastTensors give views', () => {
  const [y, x] = meshgrid([arange(2), arange(3)])
  expect([y.tolist(), x.tolist()]).toEqual([
    [
      [0, 0, 0],
      [1, 1, 1],
    ],
    [
      [0, 1, 2],
      [0, 1, 2],
    ],
  ])
  expect(meshgrid([arange(2), arange(3)], { indexing: 'xy' }).map((t) => t.shape)).toEqual([
    [3, 2],
    [3, 2],
  ])
  expect(meshgrid([arange(2), arange(3)], { indexing: 'xy' })[0].tolist()).toEqual([
    [0, 1],
    [0, 1],
    [0, 1],
  ])
  expect(broadcastTensors([zeros([2, 1]), zeros([3])]).map((t) => t.shape)).toEqual([
    [2, 3],
    [2, 3],
  ])
  expect(() => meshgrid([arange(2), zeros([2])])).toThrow('all tensors must have one dtype')
})
test('blockDiag, cartesianProd, combinations', () => {
  expect(blockDiag([tensor([[1, 2]]), tensor(3)]).tolist()).toEqual([
    [1, 2, 0],
    [0, 0, 3],
  ])
  expect(cartesianProd([arange(2), arange(2)]).tolist()).toEqual([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ])
  expect(combinations(tensor([1, 2, 3])).tolist()).toEqual([
    [1, 2],
    [1, 3],
    [2, 3],
  ])
  expect(combinations(tensor([1, 2]), { withReplacement: true }).tolist()).toEqual([
    [1, 1],
    [1, 2],
    [2, 2],
  ])
})
test('tensorSplit, hsplit, vsplit, dsplit', () => {
  expect(lists(arange(5).tensorSplit(2))).toEqual([
    [0, 1, 2],
    [3, 4],
  ])
  expect(lists(arange(5).tensorSplit([1, 3]))).toEqual([[0], [1, 2], [3, 4]])
  expect(lists(arange(4).reshape([2, 2]).hsplit(2))).toEqual([
    [[0], [2]],
    [[1], [3]],
  ])
  expect(lists(arange(4).reshape([2, 2]).vsplit([1]))).toEqual([[[0, 1]], [[2, 3]]])
  expect(() => arange(5).hsplit(2)).toThrow(
    'hsplit: the number of parts must divide the size 5 of dim 0, got 2. Use tensorSplit.',
  )
  expect(() => arange(5).vsplit(1)).toThrow('vsplit: self must have at least 2 dims, got 1.')
})
