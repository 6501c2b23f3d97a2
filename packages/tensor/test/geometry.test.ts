// Views in place and memory formats: what shape, strides and memory become.
import { describe, expect, test } from '@jest/globals'
import { ArgumentError, ShapeError, arange, registerBackend, setDefaultDevice, zeros } from '@tt/tensor'
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
