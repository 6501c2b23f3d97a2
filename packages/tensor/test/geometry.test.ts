// Views in place and memory formats: what shape, strides and memory become.
import { describe, expect, test } from '@jest/globals'
import {
  ArgumentError,
  ShapeError,
  arange,
  empty,
  registerBackend,
  setDefaultDevice,
  tensor,
  zeros,
} from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'

registerBackend(createReferenceBackend())
setDefaultDevice('reference')

describe('views in place', () => {
  test('the tensor changes its window, its views keep theirs', () => {
    const x = arange(6).reshape([2, 3]).clone()
    const row = x.select(0, 1)
    expect(x.t_()).toBe(x)
    expect([x.shape, x.strides, x.isContiguous(), x.version]).toEqual([[3, 2], [1, 3], false, 1])
    expect([row.tolist(), x.tolist()]).toEqual([
      [3, 4, 5],
      [
        [0, 3],
        [1, 4],
        [2, 5],
      ],
    ])
    expect(x.transpose_(0, 1).unsqueeze_(1).unsqueeze_(-1).shape).toEqual([2, 1, 3, 1])
    expect(x.squeeze_(1).squeeze_().swapaxes_(0, 1).swapdims_(0, 1).shape).toEqual([2, 3])
    expect(x.asStrided_([2], [2], { storageOffset: 1 }).tolist()).toEqual([1, 3])
    expect([x.numel(), x.nbytes]).toEqual([2, 16])
    expect(() => zeros([1, 1, 1]).t_()).toThrow(ShapeError)
  })

  test('resize_ keeps what there is and lets the memory grow, for views too', () => {
    const x = arange(4)
    const view = x.slice(0, 2)
    expect(x.resize_([2]).tolist()).toEqual([0, 1])
    expect(x.resize_([4]).tolist()).toEqual([0, 1, 2, 3])
    const bytes = x.storage.byteLength
    x.resize_([3, 100]).select(0, 0).narrow(0, 2, 1).fill_(7)
    expect([view.tolist(), x.storage.byteLength > bytes, x.resizeAs_(view).shape]).toEqual([
      [7, 3],
      true,
      [2],
    ])
  })
})

// The values are PyTorch's.
describe('views of another dtype', () => {
  const bytes = () => arange(16, null, 1, { dtype: 'int8' }).view([4, 4])

  test('smaller elements: the last dim has more of them', () => {
    expect(tensor([1, 2]).view('int16').tolist()).toEqual([0, 16256, 0, 16384])
    const column = tensor([
      [1, 2],
      [3, 4],
    ]).narrow(1, 0, 1)
    expect([column.view('int16').strides, column.view('int16').tolist()]).toEqual([
      [4, 1],
      [
        [0, 16256],
        [0, 16448],
      ],
    ])
    expect(tensor([1, 2, 3, 4]).view('complex64').view('float32').tolist()).toEqual([1, 2, 3, 4])
    expect(tensor([1n, 2n]).view('bool').shape).toEqual([16])
  })
  test('larger ones: it has fewer', () => {
    const words = bytes().view('int32')
    expect([words.shape, words.strides, words.select(1, 0).tolist()]).toEqual([
      [4, 1],
      [1, 1],
      [50462976, 117835012, 185207048, 252579084],
    ])
    const part = bytes().narrow(1, 2, 2).view('int16')
    expect([part.offset, part.tolist()]).toEqual([1, [[770], [1798], [2826], [3854]]])
    expect(tensor([1, 2]).view('float64').item()).toBeCloseTo(2.0000004731118679, 15)
  })
  test('it is the same memory', () => {
    const x = zeros([2], { dtype: 'int32' })
    x.view('uint8').narrow(0, 0, 4).fill_(1)
    expect([x.tolist(), x.version, x.view('uint8').base]).toEqual([[16843009, 0], 1, x])
  })
  test.each([
    ['no dim', () => tensor(1).view('int16'), /self must have a dim to view float32 as int16, got none/],
    ['strides', () => bytes().t().view('int16'), /the last dim must have stride 1 .* got 4\. Use contiguous/],
    [
      'size',
      () => bytes().narrow(1, 1, 3).view('int16'),
      /size of the last dim must be divisible by 2 .* got 3/,
    ],
    ['offset', () => bytes().narrow(1, 1, 2).view('int16'), /the offset must be divisible by 2 .* got 1/],
    ['rows', () => empty([2, 0], { dtype: 'int8' }).view('int16'), /stride of dim 0 must be divisible by 2/],
  ])('what does not divide is refused: %s', (_what, run, message) => {
    expect(run).toThrow(ShapeError)
    expect(run).toThrow(message)
  })
})

test('memory formats', () => {
  const x = arange(24).reshape([1, 2, 3, 4])
  const last = x.contiguous({ memoryFormat: 'channels_last' })
  expect([last.strides, last.base, last.tolist()]).toEqual([[24, 1, 8, 2], null, x.tolist()])
  expect(last.contiguous({ memoryFormat: 'channels_last' })).toBe(last)
  expect(last.contiguous().strides).toEqual([24, 12, 4, 1])
  expect(x.to({ dtype: 'float32', memoryFormat: 'channels_last' }).strides).toEqual([24, 1, 8, 2])
  expect(x.reshape([1, 2, 3, 2, 2]).clone({ memoryFormat: 'channels_last_3d' }).stride(1)).toBe(1)
  expect(() => zeros([2]).clone({ memoryFormat: 'channels_last' })).toThrow(ShapeError)
  expect(() => zeros([2]).contiguous({ memoryFormat: 'preserve_format' })).toThrow(ArgumentError)
})
