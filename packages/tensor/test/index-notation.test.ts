// at and put_: PyTorch's brackets. Expected values from torch 1.13.1 (and NumPy where noted).
import { describe, expect, test } from '@jest/globals'
import { arange, registerBackend, setDefaultDevice, tensor, zeros } from '@tt/tensor'
import type { Index } from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'

registerBackend(createReferenceBackend())
setDefaultDevice('reference')
const x = arange(24).reshape([2, 3, 4])
const mask = arange(6).reshape([2, 3]).remainder(2).eq(0)

describe('at', () => {
  const shapes: [Index[], number[]][] = [
    [[0], [3, 4]],
    [[-1, 2], [4]],
    [[0n], [3, 4]],
    [
      [':', '1:'],
      [2, 2, 4],
    ],
    [
      ['...', '::3'],
      [2, 3, 2],
    ],
    [['...'], [2, 3, 4]],
    [
      [null, '...', null],
      [1, 2, 3, 4, 1],
    ],
    [['5:'], [0, 3, 4]],
    [
      [':', '-2:100', 0],
      [2, 2],
    ],
    [[true], [1, 2, 3, 4]],
    [[false], [0, 2, 3, 4]],
    [[[]], [0, 3, 4]],
    [[[true, false]], [1, 3, 4]],
    [
      [0, ':', [1, 2]],
      [3, 2],
    ],
    [
      [':', 0, [1, 2]],
      [2, 2],
    ],
    [
      [[0, 1], ':', [1, 2]],
      [2, 3],
    ],
    [
      [
        ':',
        [
          [0, 1],
          [2, 0],
        ],
        null,
        [1, 2],
      ],
      [2, 2, 2, 1],
    ],
    [
      [true, [0, 1]],
      [2, 3, 4],
    ],
    [
      [':', true, [0, 1]],
      [2, 2, 4],
    ],
    [[mask, [0, 1, 2]], [3]],
    [
      ['...', mask.at(0), 0],
      [2, 2],
    ],
    [
      [mask, '1:'],
      [3, 3],
    ], // the last as NumPy
    [[tensor(1, { dtype: 'int64' })], [3, 4]],
    [[tensor(true)], [1, 2, 3, 4]],
    [[tensor([1, 0], { dtype: 'int32' })], [2, 3, 4]],
    [[tensor([0, 1], { dtype: 'uint8' })], [1, 3, 4]],
  ]
  const text = (i: Index): string => (Array.isArray(i) ? `[${i.map(text).join(', ')}]` : String(i))
  test.each(shapes.map(([index, shape]) => [text(index as Index), index, shape] as const))(
    'x%s',
    (_, index, shape) => expect(x.at(...index).shape).toEqual(shape),
  )

  test('values of advanced indices', () => {
    expect(x.at(0, ':', [1, 2]).tolist()).toEqual([
      [1, 2],
      [5, 6],
      [9, 10],
    ])
    expect(x.at([0, 1], ':', [1, 2]).tolist()).toEqual([
      [1, 5, 9],
      [14, 18, 22],
    ])
    expect(x.at([-1, 0], [0, -1], 1).tolist()).toEqual([13, 9])
    expect(x.at(mask).tolist()).toEqual([
      [0, 1, 2, 3],
      [8, 9, 10, 11],
      [16, 17, 18, 19],
    ])
    expect(x.at(mask, '1:3').tolist()).toEqual([
      [1, 2],
      [9, 10],
      [17, 18],
    ])
    expect(x.at(x.gt(20)).tolist()).toEqual([21, 22, 23])
  })

  test('basic indices give views, tensors copies', () => {
    const base = zeros([2, 3])
    base.at(1, '1:').fill_(7)
    expect(base.tolist()).toEqual([
      [0, 0, 0],
      [0, 7, 7],
    ])
    expect(base.at('...').base).toBe(base)
    base.at([0]).fill_(9)
    expect(base.at(0).tolist()).toEqual([0, 0, 0])
  })

  test.each<[string, Index[], string]>([
    [
      'a position out of range',
      [5],
      'select: index must be in the range of [-2, 1] for dim 0 of size 2, got 5.',
    ],
    ['too many indices', [0, 0, 0, 0], 'at: too many indices for a tensor of 3 dims, got 4.'],
    [
      'a word',
      ['a'],
      "at: a string index must be 'start:end', 'start:end:step' or '...', got 'a'. Examples: ':', '1:3', '::2', '-1:'.",
    ],
    [
      'a number in a string',
      ['1'],
      "at: a string index must be 'start:end', 'start:end:step' or '...', got '1'. For one position give a number: 1.",
    ],
    [
      'a step backwards',
      ['::-1'],
      "at: the step of a slice must be greater than 0, got '::-1'. Use flip to go backwards.",
    ],
    [
      'a step of 0',
      ['::0'],
      "at: the step of a slice must be greater than 0, got '::0'. Use flip to go backwards.",
    ],
    ['two ellipses', ['...', '...'], "at: only one '...' may stand for the dims not named, got a second."],
    ['a fraction', [1.5], 'select: index must be in the range of [-2, 1] for dim 0 of size 2, got 1.5.'],
    [
      'a float tensor',
      [tensor([0])],
      "index: indices must be integer or bool tensors, got float32. Make them with { dtype: 'int64' }, or cast: .to('int64').",
    ],
    [
      'a mask of another size',
      [[true, false, true]],
      'index: the shape of the mask [3] at index 0 must match the shape of the indexed tensor [2, 3, 4] from dim 0.',
    ],
    [
      'indices that do not broadcast',
      [
        [0, 1],
        [0, 1, 2],
      ],
      'index: indices must broadcast together, got the shapes [2] and [3].',
    ],
    [
      'a text in an array',
      [['0' as never]],
      'at: an array as index must hold integers or booleans, got string.',
    ],
  ])('%s is an error', (_, index, message) => expect(() => x.at(...index)).toThrow(message))

  test('an index tensor out of range is an error', () =>
    expect(() => x.at([0, 7])).toThrow('index 7 is out of bounds for dim 0 with size 2'))
  test('a 0-dim tensor has no dim to index', () =>
    expect(() => tensor(1).at(0)).toThrow('a 0-dim tensor has no dim to index'))
})

describe('put_', () => {
  test('numbers and tensors, through views', () => {
    const y = zeros([2, 3])
    expect(y.put_([1, '1:'], 5)).toBe(y)
    y.put_([0], tensor([[1, 2, 3]])) // leading ones are dropped, as in PyTorch
    expect(y.tolist()).toEqual([
      [1, 2, 3],
      [0, 5, 5],
    ])
    expect(y.version).toBe(2)
  })
  test('index tensors: the last of equal positions wins, or all add up', () => {
    expect(
      zeros([3])
        .put_([[0, 2, 0]], tensor([1, 2, 3]))
        .tolist(),
    ).toEqual([3, 0, 2])
    expect(
      zeros([3])
        .put_([[0, 2, 0]], tensor([1, 2, 3]), { accumulate: true })
        .tolist(),
    ).toEqual([4, 0, 2])
    expect(
      zeros([2, 3])
        .put_([':', [0, 2]], tensor([[1], [2]]))
        .tolist(),
    ).toEqual([
      [1, 0, 1],
      [2, 0, 2],
    ])
  })
  test('masks: a number, a tensor', () => {
    const y = arange(4).reshape([2, 2])
    expect(y.put_([y.ge(2)], -1).tolist()).toEqual([
      [0, 1],
      [-1, -1],
    ])
    expect(y.put_([y.lt(0)], tensor([8n, 9n])).tolist()).toEqual([
      [0, 1],
      [8, 9],
    ])
    expect(y.put_(['...', tensor([true, false])], 0).tolist()).toEqual([
      [0, 1],
      [0, 9],
    ])
    expect(
      zeros([2, 2])
        .put_([tensor([true, false])], 3)
        .tolist(),
    ).toEqual([
      [3, 3],
      [0, 0],
    ])
  })
  test('a tensor as index means flat positions', () =>
    expect(
      zeros([2, 2])
        .t()
        .put_(tensor([1n, 2n]), tensor([5, 6]))
        .tolist(),
    ).toEqual([
      [0, 5],
      [6, 0],
    ]))
  test('a value that overlaps what is written is refused', () => {
    const y = arange(4)
    expect(() => y.put_(['1:'], y.at(':-1'))).toThrow('must not overlap in part in memory')
    expect(() => y.put_([[1, 2]], y.at('2:'))).toThrow('must not overlap in memory')
    expect(y.tolist()).toEqual([0, 1, 2, 3])
  })
  test('nothing is written when it fails', () => {
    const y = zeros([3])
    expect(() => y.put_([[0, 5]], 1)).toThrow('index 5 is out of bounds for dim 0 with size 3')
    expect(() => y.put_([[0, 1]], tensor([1, 2, 3]))).toThrow(
      'values must broadcast to the indexed elements, got [3] for [2]',
    )
    expect(() => y.put_([[0]], tensor([1n]))).toThrow(
      'values must have the dtype of self, got int64 for float32',
    )
    expect(() => y.put_(0 as never, 1)).toThrow('indices must be in an array, got number')
    expect(y.tolist()).toEqual([0, 0, 0])
    expect(y.version).toBe(0)
  })
})
