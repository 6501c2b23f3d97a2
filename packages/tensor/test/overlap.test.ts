// In-place ops on memory that is shared: what PyTorch refuses is refused, what it lets pass works.
import { describe, expect, test } from '@jest/globals'
import '@tt/backend-cpu'
import { arange, ones, tensor } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'

const grid = (): Tensor => arange(9, null, 1, { dtype: 'float32' }).reshape([3, 3])
const rows = (a: Tensor): Tensor => a.at(0).expand([3, 3])
const at = (...positions: number[]): Tensor => tensor(positions, { dtype: 'int64' })

describe('an expanded tensor is not written, before anything changes', () => {
  test.each<[string, (a: Tensor) => void]>([
    ['add_', (a) => rows(a).add_(1)],
    ['clamp_', (a) => rows(a).clamp_(0, 1)],
    ['copy_', (a) => rows(a).copy_(ones([3, 3]))],
    ['uniform_', (a) => rows(a).uniform_()],
    ['random_', (a) => rows(a).random_()],
    ['cumsum_', (a) => rows(a).cumsum_(0)],
    ['scatter_', (a) => rows(a).scatter_(0, at(1).reshape([1, 1]), 2)],
    ['scatterAdd_', (a) => rows(a).scatterAdd_(0, at(1).reshape([1, 1]), ones([1, 1]))],
    ['indexAdd_', (a) => rows(a).indexAdd_(0, at(1), ones([1, 3]))],
    ['indexCopy_', (a) => rows(a).indexCopy_(0, at(1), ones([1, 3]))],
    ['maskedScatter_', (a) => rows(a).maskedScatter_(ones([3, 3]).gt(0), ones([9]))],
    ['addmm_', (a) => rows(a).addmm_(ones([3, 3]), ones([3, 3]))],
    // of these PyTorch says that they are deprecated
    ['maskedFill_', (a) => rows(a).maskedFill_(ones([3, 3]).gt(0), 2)],
    ['indexFill_', (a) => rows(a).indexFill_(0, at(1), 2)],
    ['put_', (a) => rows(a).put_([at(0)], 1)],
  ])('%s', (_name, change) => {
    const a = grid()
    expect(() => change(a)).toThrow(
      'each element of self must have memory of its own, got an expanded tensor.',
    )
    expect([a.equal(grid()), a.version]).toEqual([true, 0])
  })

  test('an empty one has no elements to share', () => {
    expect(ones([0]).expand([2, 0]).add_(1).shape).toEqual([2, 0])
  })

  test('fill_ and zero_ store one value, and a dim of size 1 is not expanded', () => {
    const a = grid()
    rows(a).fill_(7)
    expect(a.tolist()).toEqual([
      [7, 7, 7],
      [3, 4, 5],
      [6, 7, 8],
    ])
    rows(a).zero_()
    a.at('0:1').expand([1, 3]).add_(1)
    expect(a.at(0).tolist()).toEqual([1, 1, 1])
  })
})

describe('a window without gaps that overlaps self in part is refused', () => {
  test.each<[string, (a: Tensor) => void]>([
    ['add_ of the transpose', (a) => a.add_(a.t())],
    ['add_ to the transpose', (a) => a.t().add_(a)],
    ['add_ of shifted rows', (a) => a.at('1:').add_(a.at(':-1'))],
    ['add_ of a row, broadcast', (a) => a.add_(a.at(0))],
    ['copy_ of the transpose', (a) => a.copy_(a.t())],
    ['copy_ of shifted rows', (a) => a.at('1:').copy_(a.at(':-1'))],
    ['put_ of shifted rows', (a) => a.put_(['1:'], a.at(':-1'))],
    ['maskedScatter_', (a) => a.maskedScatter_(a.gt(1), a.at('1:'))],
  ])('%s', (_name, change) => {
    const a = grid()
    expect(() => change(a)).toThrow('an input and self must not overlap in part in memory')
    expect([a.equal(grid()), a.version]).toEqual([true, 0])
  })
})

describe('ops that scatter may not read self at all', () => {
  test.each<[string, (a: Tensor) => void]>([
    ['scatter_', (a) => a.scatter_(0, at(0).reshape([1, 1]), a)],
    ['indexAdd_', (a) => a.indexAdd_(0, at(0), a.at(':1'))],
    ['indexCopy_', (a) => a.indexCopy_(0, at(0), a.at('1:2'))],
    ['indexPut_', (a) => a.indexPut_([at(0, 1)], a.at(1))],
    ['put_', (a) => a.put_([at(0)], a.at(1))],
  ])('%s', (_name, change) => {
    const a = grid()
    expect(() => change(a)).toThrow('an input and self must not overlap in memory')
    expect([a.equal(grid()), a.version]).toEqual([true, 0])
  })
})

describe('what is let pass is right', () => {
  test.each<[string, (a: Tensor) => void, number[][]]>([
    ['self with itself', (a) => a.add_(a), [[0, 2, 4], [6, 8, 10], [12, 14, 16]]], // prettier-ignore
    ['another row', (a) => a.at(0).add_(a.at(1)), [[3, 5, 7], [3, 4, 5], [6, 7, 8]]], // prettier-ignore
    ['other columns', (a) => a.at(':', '::2').copy_(a.at(':', '1:2')), [[1, 1, 1], [4, 4, 4], [7, 7, 7]]], // prettier-ignore
    ['one element of self as value', (a) => a.maskedFill_(a.lt(4), a.at(2, 2)), [[8, 8, 8], [8, 4, 5], [6, 7, 8]]], // prettier-ignore
    ['one element of self to fill with', (a) => a.indexFill_(0, at(0), a.at(0, 1)), [[1, 1, 1], [3, 4, 5], [6, 7, 8]]], // prettier-ignore
    ['masked elements of self', (a) => a.maskedScatter_(a.gt(3), a), [[0, 1, 2], [3, 0, 1], [2, 3, 4]]], // prettier-ignore
    ['the product with itself', (a) => a.addmm_(a, a), [[15, 19, 23], [45, 58, 71], [75, 97, 119]]], // prettier-ignore
  ])('%s', (_name, change, expected) => {
    const a = grid()
    change(a)
    expect(a.tolist()).toEqual(expected)
  })
})
