// repeat, flip, roll, triangles, diagonals, padding, windows, sumToSize; equal and isclose. Values from torch 1.13.1.
import { describe, expect, test } from '@jest/globals'
import {
  allclose,
  arange,
  channelShuffle,
  constantPadNd,
  isclose,
  isin,
  ones,
  pad,
  pixelShuffle,
  pixelUnshuffle,
  registerBackend,
  setDefaultDevice,
  tensor,
  zeros,
} from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'

registerBackend(createReferenceBackend())
setDefaultDevice('reference')
const x = arange(6).reshape([2, 3])

test('repeat, tile, repeatInterleave', () => {
  expect(tensor([1, 2]).repeat([2, 2]).tolist()).toEqual([
    [1, 2, 1, 2],
    [1, 2, 1, 2],
  ])
  expect(x.t().repeat([1, 2]).tolist()).toEqual([
    [0, 3, 0, 3],
    [1, 4, 1, 4],
    [2, 5, 2, 5],
  ])
  expect(x.repeat([0, 1]).shape).toEqual([0, 3])
  expect(x.tile([2]).shape).toEqual([2, 6])
  expect(x.repeatInterleave(2, 1).tolist()).toEqual([
    [0, 0, 1, 1, 2, 2],
    [3, 3, 4, 4, 5, 5],
  ])
  expect(x.repeatInterleave(tensor([2n, 0n, 1n]), 1).tolist()).toEqual([
    [0, 0, 2],
    [3, 3, 5],
  ])
  expect(() => x.repeat([2])).toThrow('repeat: repeats must have an entry for each of the 2 dims, got [2].')
})
test('flip, roll, rot90', () => {
  expect(x.flip([0, -1]).tolist()).toEqual([
    [5, 4, 3],
    [2, 1, 0],
  ])
  expect(x.flip([]).base).toBeNull()
  expect(x.roll(1).tolist()).toEqual([
    [5, 0, 1],
    [2, 3, 4],
  ])
  expect(x.roll([1, -1], [0, 1]).tolist()).toEqual([
    [4, 5, 3],
    [1, 2, 0],
  ])
  expect([1, 2, 3, 4].map((k) => x.rot90(k).tolist())).toEqual([
    [
      [2, 5],
      [1, 4],
      [0, 3],
    ],
    [
      [5, 4, 3],
      [2, 1, 0],
    ],
    [
      [3, 0],
      [4, 1],
      [5, 2],
    ],
    [
      [0, 1, 2],
      [3, 4, 5],
    ],
  ])
})
test('triangles', () => {
  expect(ones([2, 3]).tril().tolist()).toEqual([
    [1, 0, 0],
    [1, 1, 0],
  ])
  expect(ones([2, 3]).triu({ diagonal: 1 }).tolist()).toEqual([
    [0, 1, 1],
    [0, 0, 1],
  ])
  expect(ones([2, 2], { dtype: 'bool' }).tril().dtype).toBe('bool')
  expect(ones([2, 2, 2]).triu_().tolist()).toEqual([
    [
      [1, 1],
      [0, 1],
    ],
    [
      [1, 1],
      [0, 1],
    ],
  ])
  expect(() => ones([2]).tril()).toThrow('tril: self must have at least 2 dims, got shape [2].')
})
test('diagonals', () => {
  expect(tensor([1, 2]).diag({ diagonal: 1 }).tolist()).toEqual([
    [0, 1, 0],
    [0, 0, 2],
    [0, 0, 0],
  ])
  expect(x.diag().tolist()).toEqual([0, 4])
  expect(x.diag().base).toBeNull()
  expect(
    tensor([[1, 2]])
      .diagEmbed({ dim1: 0, dim2: 2 })
      .tolist(),
  ).toEqual([[[1, 0]], [[0, 2]]])
  expect(
    tensor([[1], [2]])
      .diagflat()
      .tolist(),
  ).toEqual([
    [1, 0],
    [0, 2],
  ])
  expect(x.trace().item()).toBe(4)
})
test('fillDiagonal_', () => {
  const y = zeros([5, 2])
  expect(y.fillDiagonal_(1)).toBe(y)
  expect(y.t().tolist()).toEqual([
    [1, 0, 0, 0, 0],
    [0, 1, 0, 0, 0],
  ])
  expect(zeros([5, 2]).fillDiagonal_(2, { wrap: true }).t().tolist()).toEqual([
    [2, 0, 0, 2, 0],
    [0, 2, 0, 0, 2],
  ])
  expect(() => zeros([2, 2, 3]).fillDiagonal_(1)).toThrow(
    'more than 2 dims must be of equal sizes, got [2, 2, 3]',
  )
})
test('one window replaced', () => {
  expect(x.selectScatter(tensor([9n, 9n, 9n]), 0, -1).tolist()).toEqual([
    [0, 1, 2],
    [9, 9, 9],
  ])
  expect(x.sliceScatter(tensor([[7n], [8n]]), 1, { start: 1, end: 3, step: 2 }).tolist()).toEqual([
    [0, 7, 2],
    [3, 8, 5],
  ])
  expect(x.diagonalScatter(tensor([8n, 9n])).tolist()).toEqual([
    [8, 1, 2],
    [3, 9, 5],
  ])
  expect(() => x.selectScatter(zeros([2]), 0, 0)).toThrow(
    'selectScatter: source must have the shape of the window, got [2] for [3].',
  )
})
test('sumToSize undoes a broadcast', () => {
  expect(x.sumToSize([3]).tolist()).toEqual([3, 5, 7])
  expect(x.sumToSize([2, 1]).tolist()).toEqual([[3], [12]])
  expect(x.sumToSize([]).item()).toBe(15)
  expect(x.sumToSize([2, 3])).toBe(x)
  expect(() => x.sumToSize([2])).toThrow(
    'sumToSize: size must be expandable to the shape of self, got [2] for [2, 3].',
  )
})

describe('pad', () => {
  const y = tensor([[[1, 2, 3]]])
  test('constant, with cropping', () => {
    expect(pad(y, [1, 2], { value: 9 }).tolist()).toEqual([[[9, 1, 2, 3, 9, 9]]])
    expect(pad(x, [-1, 0, 1, 0]).tolist()).toEqual([
      [0, 0],
      [1, 2],
      [4, 5],
    ])
    expect(constantPadNd(y, [0, 1], { value: 7 }).tolist()).toEqual([[[1, 2, 3, 7]]])
  })
  test('reflect, replicate, circular', () => {
    expect(pad(y, [2, 1], { mode: 'reflect' }).tolist()).toEqual([[[3, 2, 1, 2, 3, 2]]])
    expect(pad(y, [2, 1], { mode: 'replicate' }).tolist()).toEqual([[[1, 1, 1, 2, 3, 3]]])
    expect(pad(y, [2, 1], { mode: 'circular' }).tolist()).toEqual([[[2, 3, 1, 2, 3, 1]]])
    expect(pad(y, [-1, 2], { mode: 'circular' }).tolist()).toEqual([[[2, 3, 2, 3]]])
  })
  test('errors', () => {
    expect(() => pad(y, [1])).toThrow('pad: pad must have two integers for each of at most 3 dims, got [1].')
    expect(() => pad(y, [3, 0], { mode: 'reflect' })).toThrow(
      "pad: mode 'reflect' must leave a positive size and pad a dim of size 3 by at most 2, got 3 and 0 in dim 2.",
    )
    expect(() => pad(y, [1, 1], { mode: 'wrap' as never })).toThrow(
      "pad: mode must be 'constant', 'reflect', 'replicate' or 'circular', got 'wrap'.",
    )
    expect(() => pad(x, [-2, -2])).toThrow('no size may become negative')
  })
})
test('pixelShuffle, pixelUnshuffle, channelShuffle', () => {
  const image = arange(16).reshape([1, 4, 2, 2])
  const large = pixelShuffle(image, 2)
  expect(large.at(0, 0, 0).tolist()).toEqual([0, 4, 1, 5])
  expect(pixelUnshuffle(large, 2).tolist()).toEqual(image.tolist())
  expect(channelShuffle(image, 2).at(0, ':', 0, 0).tolist()).toEqual([0, 8, 4, 12])
  expect(() => pixelShuffle(image, 3)).toThrow('pixelShuffle: the channels must be a multiple of 9, got 4.')
})

test('equal, isclose, allclose, isin', async () => {
  expect([x.equal(x.clone()), x.equal(x.t()), tensor([NaN]).equal(tensor([NaN]))]).toEqual([
    true,
    false,
    false,
  ])
  expect(await x.equalAsync(x)).toBe(true)
  const [a, b] = [tensor([1, NaN, Infinity, 100]), tensor([1 + 1e-6, NaN, Infinity, 100.1])]
  expect(isclose(a, b).tolist()).toEqual([true, false, true, false])
  expect(isclose(a, b, { equalNan: true, rtol: 0, atol: 0.2 }).tolist()).toEqual([true, true, true, true])
  expect([allclose(x, x), x.isSameSize(x.t())]).toEqual([true, false])
  expect(isin(x, tensor([1n, 5n])).tolist()).toEqual([
    [false, true, false],
    [false, false, true],
  ])
  expect(isin(x, 1, { invert: true }).tolist()).toEqual([
    [true, false, true],
    [true, true, true],
  ])
  expect(() => isclose(a, x)).toThrow('isclose: both must have one dtype, got float32 and int64')
})
