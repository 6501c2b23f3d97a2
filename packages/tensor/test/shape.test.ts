// Shapes and strides: properties on random shapes, and the errors of what does not fit.
import { beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  IndexError,
  ShapeError,
  arange,
  contiguousStrides,
  inferSize,
  isContiguous,
  numelOf,
  registerBackend,
  setDefaultDevice,
  viewStrides,
  wrapDim,
  wrapDims,
  zeros,
} from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'

beforeAll(() => {
  registerBackend(createReferenceBackend())
  setDefaultDevice('reference')
})

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 })
const flat = (x: Tensor): number[] => x.reshape([-1]).tolist() as number[]
const counting = (shape: readonly number[]): Tensor => arange(numelOf(shape)).view(shape)

describe('strides', () => {
  test('row-major strides are contiguous, transposed ones are not', () => {
    fc.assert(fc.property(shapes, (shape) => isContiguous(shape, contiguousStrides(shape))))
    expect(isContiguous([2, 3], [1, 2])).toBe(false)
    expect(isContiguous([2, 1, 3], [3, 77, 1])).toBe(true)
    expect(isContiguous([0, 3], [1, 9])).toBe(true)
  })

  test('a view of a permuted tensor has the elements of a copy, or is impossible', () => {
    fc.assert(
      fc.property(
        shapes.chain((shape) =>
          fc.tuple(
            fc.constant(shape),
            fc.shuffledSubarray(
              shape.map((_, i) => i),
              { minLength: shape.length },
            ),
          ),
        ),
        ([shape, order]) => {
          const permuted = counting(shape).permute(order)
          const merged = [numelOf(shape)]
          const expected = flat(permuted.clone())
          if (viewStrides(permuted.shape, permuted.strides, merged) === null)
            expect(() => permuted.view(merged)).toThrow(ShapeError)
          else expect(permuted.view(merged).tolist()).toEqual(expected)
          expect(permuted.reshape(merged).tolist()).toEqual(expected)
        },
      ),
    )
  })
})

describe('views', () => {
  test('share memory: a write through any is seen by the base', () => {
    fc.assert(
      fc.property(
        shapes.filter((shape) => shape.length > 0),
        fc.nat(),
        (shape, at) => {
          const base = zeros(shape)
          const dim = at % shape.length
          base.select(dim, shape[dim] - 1).fill_(1)
          expect(base.sum().item()).toBe(numelOf(shape) / shape[dim])
          expect(base.transpose(0, dim).storage).toBe(base.storage)
        },
      ),
    )
  })

  test('transposing twice, and permuting there and back, is the same', () => {
    fc.assert(
      fc.property(
        shapes.filter((shape) => shape.length > 1),
        (shape) => {
          const x = counting(shape)
          expect(x.transpose(0, -1).transpose(0, -1).strides).toEqual(x.strides)
          expect(x.permute(shape.map((_, i) => shape.length - 1 - i)).T.tolist()).toEqual(x.tolist())
        },
      ),
    )
  })
})

describe('broadcasting', () => {
  test('equals expanding by hand', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, bits) => {
        const smaller = shape.map((size, i) => (bits & (1 << i) ? 1 : size)).slice(bits % (shape.length + 1))
        const [x, y] = [counting(shape), counting(smaller)]
        expect(x.add(y).tolist()).toEqual(x.add(y.expand(shape).clone()).tolist())
        expect(x.add(y).tolist()).toEqual(y.add(x).tolist())
      }),
    )
  })
  test('sizes that do not fit', () => {
    expect(() => zeros([2, 3]).add(zeros([4]))).toThrow(
      'add: sizes must be equal or 1 in each dim, got [2, 3] and [4] (3 and 4 in dim 1).',
    )
  })
})

describe('dims', () => {
  test('count from the end when negative', () => {
    expect([wrapDim('op', -1, 3), wrapDim('op', 0, 0), wrapDim('op', -1, 0)]).toEqual([2, 0, 0])
    expect([wrapDims('op', null, 2), wrapDims('op', [-1, 0], 3), wrapDims('op', 1, 2)]).toEqual([
      [0, 1],
      [0, 2],
      [1],
    ])
  })
  test('out of range or doubled', () => {
    expect(() => wrapDim('op', 3, 3)).toThrow(
      new IndexError('op', 'dim must be in the range of [-3, 2], got 3').message,
    )
    expect(() => wrapDim('op', 1.5, 3)).toThrow(IndexError)
    expect(() => wrapDims('sum', [1, -1], 2)).toThrow(
      'sum: each dim may appear once in the list of dims, got [1, 1].',
    )
  })
})

describe('one size of -1', () => {
  test('is what fits', () =>
    expect([inferSize('view', [2, -1], 6), inferSize('view', [-1], 0)]).toEqual([[2, 3], [0]]))
  test.each<[readonly number[], number, string]>([
    [[-1, -1], 4, 'view: only one size may be -1, got [-1, -1].'],
    [[4, -1], 6, 'view: shape [4, -1] is invalid for input of size 6.'],
    [[5], 6, 'view: shape [5] is invalid for input of size 6.'],
    [[0, -1], 0, 'view: -1 cannot be inferred beside a size of 0, got [0, -1]. Give every size.'],
    [[-2], 6, 'view: sizes must be integers of at least 0 (or one -1), got [-2].'],
  ])('%p for %d elements', (shape, count, message) =>
    expect(() => inferSize('view', shape, count)).toThrow(message),
  )
})
