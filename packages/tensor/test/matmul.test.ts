// Matrix products, linear maps, contractions. Expected values from torch 1.13.1.
import { describe, expect, test } from '@jest/globals'
import { bilinear, chainMatmul, einsum, linear, multiDot, ones, tensordot, zeros } from '@tt/tensor'
import { arange, registerBackend, setDefaultDevice, tensor } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'
import { near } from './near.ts'

registerBackend(createReferenceBackend())
setDefaultDevice('reference')
/** 1, 2, 3, ... in a shape. */
const counting = (...shape: number[]): Tensor =>
  arange(1, 1 + shape.reduce((a, b) => a * b, 1), 1, { dtype: 'float32' }).view(shape)

describe('matmul', () => {
  test('of matrices and vectors', () => {
    near(counting(2, 3).matmul(counting(3, 2)), [
      [22, 28],
      [49, 64],
    ])
    near(counting(2, 3).matmul(counting(3)), [14, 32])
    near(counting(2).matmul(counting(2, 3)), [9, 12, 15])
    near(counting(3).matmul(counting(3)), 14)
    near(counting(2, 3).mm(counting(3, 2)), [
      [22, 28],
      [49, 64],
    ])
    near(counting(2, 3).mv(counting(3)), [14, 32])
    near(counting(3).vdot(counting(3)), 14)
  })
  test('of batches, which broadcast', () => {
    near(counting(2, 1, 2, 3).matmul(counting(2, 3, 2)), [
      [
        [
          [22, 28],
          [49, 64],
        ],
        [
          [58, 64],
          [139, 154],
        ],
      ],
      [
        [
          [76, 100],
          [103, 136],
        ],
        [
          [220, 244],
          [301, 334],
        ],
      ],
    ])
    near(counting(2, 2, 3).matmul(counting(3)), [
      [14, 32],
      [50, 68],
    ])
    near(counting(3).matmul(counting(2, 3, 2)), [
      [22, 28],
      [58, 64],
    ])
    expect(zeros([5, 2, 3]).matmul(zeros([3, 4])).shape).toEqual([5, 2, 4])
    expect(zeros([2, 3]).matmul(zeros([5, 3, 4])).shape).toEqual([5, 2, 4])
  })
  test('takes strided operands, integers, half types and empty ones', () => {
    near(counting(3, 2).t().matmul(counting(2, 3).t()), [
      [22, 49],
      [28, 64],
    ])
    expect(counting(2, 2).long().matmul(counting(2, 2).long()).tolist()).toEqual([
      [7, 10],
      [15, 22],
    ])
    expect(counting(2, 2).half().matmul(counting(2, 2).half()).dtype).toBe('float16')
    near(zeros([2, 0]).matmul(zeros([0, 2])), [
      [0, 0],
      [0, 0],
    ])
    expect(zeros([0, 2]).matmul(zeros([2, 3])).shape).toEqual([0, 3])
  })
  test('its result is no view, so that it may be changed in place', () => {
    const y = counting(2, 2, 3).matmul(counting(3, 2))
    expect(y.base).toBeNull()
    near(y.add_(1).at(0), [
      [23, 29],
      [50, 65],
    ])
  })
  test('refuses what does not fit', () => {
    expect(() => ones([2, 3]).matmul(ones([4, 5]))).toThrow(
      'matmul: the last dim of the first operand must equal the second-to-last of the second, got [2, 3] and [4, 5].',
    )
    expect(() => ones([2, 3]).matmul(ones([]))).toThrow(
      'matmul: both operands must have at least 1 dim, got [2, 3] and []. Use mul',
    )
    expect(() => ones([2, 3]).matmul(ones([3, 2], { dtype: 'float64' }))).toThrow(
      "matmul: all tensors must have one dtype, got float32 and float64. Cast one of them: .to('float32').",
    )
    expect(() => ones([2]).mm(ones([2]))).toThrow(
      'mm: the operands must have 2 and 2 dims, got [2] and [2]. Use matmul for others.',
    )
    expect(() => ones([2, 3, 4]).bmm(ones([3, 4, 5]))).toThrow(
      'bmm: the first dims of both operands must be equal',
    )
    expect(() => ones([2]).dot(ones([3]))).toThrow(
      'dot: both vectors must have the same number of elements, got [2] and [3].',
    )
    expect(() => ones([2, 2], { dtype: 'bool' }).mm(ones([2, 2], { dtype: 'bool' }))).toThrow(
      'mm: bool tensors are not supported',
    )
  })
})

describe('linear', () => {
  test('maps the last dim', () => {
    const bias = tensor([10, 20])
    near(linear(counting(2, 2, 3), counting(2, 3), bias), [
      [
        [24, 52],
        [42, 97],
      ],
      [
        [60, 142],
        [78, 187],
      ],
    ])
    near(linear(counting(3), counting(2, 3), bias), [24, 52])
    near(linear(counting(1, 3), counting(2, 3)), [[14, 32]])
    near(bilinear(counting(1, 2), counting(1, 3), counting(2, 2, 3), counting(2)), [[79, 188]])
  })
  test('refuses what does not fit', () => {
    expect(() => linear(ones([2, 3]), ones([4, 5]))).toThrow(
      'linear: the last dim of the input must have inFeatures (5) elements, got input [2, 3] and weight [4, 5].',
    )
    expect(() => linear(ones([2, 3]), ones([4, 3]), ones([5]))).toThrow(
      'linear: the bias must have outFeatures (4) elements, got [5].',
    )
  })
})

describe('sums with a product', () => {
  test('addmm and its relatives', () => {
    near(counting(2).addmm(counting(2, 3), counting(3, 2), { beta: 0.5, alpha: 2 }), [
      [44.5, 57],
      [98.5, 129],
    ])
    near(counting(1, 2, 1).baddbmm(counting(2, 2, 1), counting(2, 1, 2)), [
      [
        [2, 3],
        [4, 6],
      ],
      [
        [10, 13],
        [14, 18],
      ],
    ])
    near(counting(2, 2).addbmm(counting(2, 2, 1), counting(2, 1, 2)), [
      [11, 16],
      [17, 24],
    ])
    near(zeros([2, 2]).addr(counting(2), counting(2)), [
      [1, 2],
      [2, 4],
    ])
    near(tensor([NaN, NaN]).addmv(counting(2, 2), counting(2), { beta: 0 }), [5, 11])
    near(zeros([2, 2]).addmm_(counting(2, 2), counting(2, 2)), [
      [7, 10],
      [15, 22],
    ])
  })
  test('refuses what does not fit', () => {
    expect(() => zeros([3]).addmm(ones([2, 2]), ones([2, 2]))).toThrow(
      'addmm: sizes must be equal or 1 in each dim, got [3] and [2, 2]',
    )
    expect(() => zeros([2]).addmm(ones([2, 3]), ones([2, 2]))).toThrow(
      'addmm: the sizes of the factors must fit, got [2, 3] and [2, 2].',
    )
  })
})

describe('contractions', () => {
  test('outer, inner, kron, tensordot', () => {
    near(counting(2).outer(counting(3)), [
      [1, 2, 3],
      [2, 4, 6],
    ])
    near(counting(2, 2).inner(counting(2)), [5, 11])
    near(
      counting(2, 2).kron(
        tensor([
          [1, 0],
          [0, 2],
        ]),
      ),
      [
        [1, 0, 2, 0],
        [0, 2, 0, 4],
        [3, 0, 4, 0],
        [0, 6, 0, 8],
      ],
    )
    near(
      tensordot(counting(2, 3), counting(3, 2), [
        [0, 1],
        [1, 0],
      ]),
      86,
    )
    near(chainMatmul(counting(1, 2), counting(2, 3), counting(3, 1)), [[78]])
    near(multiDot([counting(2), counting(2, 3), counting(3)]), 78)
  })
  test('einsum', () => {
    near(einsum('ij,jk->ik', counting(2, 3), counting(3, 2)), [
      [22, 28],
      [49, 64],
    ])
    near(einsum('ii', counting(2, 2)), 5)
    near(einsum('...ij->...ji', counting(1, 2, 2)), [
      [
        [1, 3],
        [2, 4],
      ],
    ])
    near(einsum('i,j', counting(2), counting(2)), [
      [1, 2],
      [2, 4],
    ])
    near(einsum('bn,anm,bm->ba', counting(1, 2), counting(2, 2, 2), counting(1, 2)), [[27, 63]])
    expect(() => einsum('ij->ijk', ones([3, 4]))).toThrow(
      'einsum: the letters of the result must appear in an operand, got k.',
    )
    expect(() => einsum('ij', ones([3]))).toThrow(
      "einsum: the term must have a subscript for each dim, got 'ij' for operand 0 of 1 dims.",
    )
    expect(() => einsum('ij,jk', ones([2, 3]), ones([4, 5]))).toThrow(
      'einsum: each subscript must have one size in all operands, got 3 and 4 for j.',
    )
  })
})
