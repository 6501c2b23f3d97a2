// gather, scatter, rows by index and advanced indexing against plain loops, over strided tensors, with bad indices.
import { describe, expect, test } from '@jest/globals'
import { reduceOps } from '../src/assembly/index.ts'
import type { Pointer } from '../src/assembly/index.ts'
import { bench, randomSource } from './assembly-setup.ts'
import type { Bench } from './assembly-setup.ts'

const contiguous = (shape: number[]) => shape.map((_, d) => shape.slice(d + 1).reduce((a, b) => a * b, 1))
const numel = (shape: number[]) => shape.reduce((a, b) => a * b, 1)
const words = (b: Bench, values: number[]): Pointer => b.put('int32', values).byteOffset

/** Every position of a shape, in row-major order. */
function positions(shape: number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, size) => all.flatMap((p) => Array.from({ length: size }, (_, i) => [...p, i])),
    [[]],
  )
}

const at = (position: number[], strides: number[]) => position.reduce((sum, p, d) => sum + p * strides[d], 0)

const cases = [
  { self: [5], index: [7], dim: 0 },
  { self: [4, 6], index: [3, 6], dim: 0 },
  { self: [4, 6], index: [4, 9], dim: 1 },
  { self: [3, 4, 5], index: [2, 6, 5], dim: 1 },
  { self: [3, 4, 5], index: [2, 4, 3], dim: 2, transposed: true },
  { self: [2, 3, 2, 3], index: [2, 1, 2, 3], dim: 1, transposed: true },
  { self: [3, 4], index: [0, 4], dim: 0 },
  { self: [], index: [], dim: 0 },
]

describe.each(cases)('gather and scatter: %j', ({ self: selfShape, index: indexShape, dim, transposed }) => {
  const prepare = () => {
    const b = bench('simd')
    const random = randomSource(numel(selfShape) * 31 + dim)
    // a transposed tensor has the strides of its reversed shape, reversed
    const stridesOf = (shape: number[]) =>
      transposed ? contiguous([...shape].reverse()).reverse() : contiguous(shape)
    const limit = selfShape.length === 0 ? 1 : selfShape[dim]
    const index = b.put(
      'int64',
      Array.from({ length: numel(indexShape) }, () => Math.floor(random() * limit)),
    )
    const [selfStrides, indexStrides] = [stridesOf(selfShape), stridesOf(indexShape)]
    const moved = (p: number[]) =>
      at(
        p.map((i, d) => (d === dim ? Number(index[at(p, indexStrides)]) : i)),
        selfStrides,
      )
    const common = [indexShape.length, words(b, indexShape), dim, limit] as const
    const work = b.scratch(4 * indexShape.length)
    return { b, random, index, limit, selfStrides, indexStrides, moved, common, work }
  }

  test('gather', () => {
    const { b, random, index, selfStrides, indexStrides, moved, common, work } = prepare()
    for (const [dtype, size] of [
      ['int8', 1],
      ['int16', 2],
      ['float32', 4],
      ['float64', 8],
    ] as const) {
      const self = b.put(
        dtype,
        Array.from({ length: numel(selfShape) }, () => Math.floor(random() * 100)),
      )
      const out = b.alloc(dtype, numel(indexShape))
      const expected = positions(indexShape).map((p) => self[moved(p)])
      expect(
        b.kernels.gather[size](
          ...common,
          self.byteOffset,
          words(b, selfStrides),
          index.byteOffset,
          words(b, indexStrides),
          out.byteOffset,
          words(b, contiguous(indexShape)),
          work,
        ),
      ).toBe(0)
      expect(Array.from(out)).toEqual(expected)
      b.checkGuards()
    }
  })

  test('scatter and scatterReduce', () => {
    const { b, random, index, selfStrides, indexStrides, moved, common, work } = prepare()
    const combine: Record<string, (a: number, b: number) => number> = {
      replace: (_, y) => y,
      sum: (x, y) => x + y,
      prod: (x, y) => x * y,
      amax: Math.max,
      amin: Math.min,
    }
    for (const [name, step] of Object.entries(combine)) {
      for (const dtype of ['float32', 'int32', 'int8'] as const) {
        const draw = () => Math.floor(random() * 3) - 1
        const self = b.put(dtype, Array.from({ length: numel(selfShape) }, draw))
        const src = b.put(dtype, Array.from({ length: numel(indexShape) }, draw))
        const expected = Array.from(self)
        const srcStrides = contiguous(indexShape)
        for (const p of positions(indexShape))
          expected[moved(p)] = step(expected[moved(p)], src[at(p, srcStrides)])
        const rest = [
          ...common,
          self.byteOffset,
          words(b, selfStrides),
          index.byteOffset,
          words(b, indexStrides),
          src.byteOffset,
          words(b, srcStrides),
          work,
        ] as const
        const bad =
          name === 'replace'
            ? b.kernels.scatter[dtype === 'int8' ? 1 : 4](...rest)
            : b.kernels.scatterReduce[dtype](reduceOps[name as keyof typeof reduceOps], ...rest)
        expect(bad).toBe(0)
        expect(Array.from(self, (x) => x + 0)).toEqual(expected.map((x) => x + 0))
        b.checkGuards()
      }
    }
  })

  test('a bad index is found before anything is written', () => {
    const { b, index, limit, selfStrides, indexStrides, common, work } = prepare()
    if (index.length === 0) return
    for (const value of [BigInt(limit), -1n, 2n ** 32n]) {
      const place = index.length - 1
      const before = index[place]
      index[place] = value
      const self = b.put('float32', new Array<number>(numel(selfShape)).fill(1)),
        src = b.put('float32', new Array<number>(index.length).fill(5))
      expect(
        b.kernels.scatter[4](
          ...common,
          self.byteOffset,
          words(b, selfStrides),
          index.byteOffset,
          words(b, indexStrides),
          src.byteOffset,
          words(b, contiguous(indexShape)),
          work,
        ),
      ).toBe(index.byteOffset + 8 * place)
      expect(Array.from(self).every((x) => x === 1)).toBe(true)
      index[place] = before
    }
  })
})

test('amax and amin let NaN through', () => {
  const b = bench('simd')
  const self = b.put('float32', [NaN, 1]),
    src = b.put('float32', [3, NaN]),
    index = b.put('int64', [0, 1])
  for (const op of [reduceOps.amax, reduceOps.amin]) {
    self.set([NaN, 1])
    const one = words(b, [1])
    b.kernels.scatterReduce.float32(
      op,
      1,
      words(b, [2]),
      0,
      2,
      self.byteOffset,
      one,
      index.byteOffset,
      one,
      src.byteOffset,
      one,
      b.scratch(4),
    )
    expect(Array.from(self)).toEqual([NaN, NaN])
  }
})

test('indexSelect, indexCopy and indexAdd', () => {
  const b = bench('simd')
  const [outer, size] = [2, 4]
  for (const inner of [1, 3, 9, 200]) {
    const src = b.put(
      'float32',
      Array.from({ length: outer * size * inner }, (_, i) => i),
    )
    const order = [3, 0, 3, 1, 2]
    // every second entry of the index tensor: stride 2
    const index = b.put(
      'int64',
      order.flatMap((i) => [i, 99]),
    )
    const out = b.alloc('float32', outer * order.length * inner)
    const cell = (o: number, i: number, j: number) => (o * size + i) * inner + j
    const expected = Array.from({ length: outer }, (_, o) =>
      order.map((i) => Array.from({ length: inner }, (_, j) => cell(o, i, j))),
    ).flat(2)
    expect(
      b.kernels.indexSelect(outer, size, inner * 4, 5, src.byteOffset, index.byteOffset, 2, out.byteOffset),
    ).toBe(0)
    expect(Array.from(out)).toEqual(expected)

    const sum = Array.from(src),
      copied = Array.from(src)
    for (let o = 0; o < outer; o++)
      order.forEach((i, n) => {
        for (let j = 0; j < inner; j++) {
          sum[cell(o, i, j)] += 2 * out[(o * 5 + n) * inner + j]
          copied[cell(o, i, j)] = out[(o * 5 + n) * inner + j]
        }
      })
    const target = b.put('float32', src),
      copy = b.put('float32', src)
    expect(
      b.kernels.indexAdd.float32(
        outer,
        size,
        inner,
        5,
        target.byteOffset,
        index.byteOffset,
        2,
        out.byteOffset,
        2,
      ),
    ).toBe(0)
    expect(Array.from(target)).toEqual(sum)
    expect(
      b.kernels.indexCopy(outer, size, inner * 4, 5, copy.byteOffset, index.byteOffset, 2, out.byteOffset),
    ).toBe(0)
    expect(Array.from(copy)).toEqual(copied)
    index[4] = -1n
    expect(
      b.kernels.indexAdd.float32(
        outer,
        size,
        inner,
        5,
        target.byteOffset,
        index.byteOffset,
        2,
        out.byteOffset,
        2,
      ),
    ).toBe(index.byteOffset + 32)
    expect(Array.from(target)).toEqual(sum)
    b.checkGuards()
  }
  const longs = b.put('int64', [1, 2]),
    at0 = b.put('int64', [0]),
    ten = b.put('int64', [10])
  b.kernels.indexAdd.int64(1, 2, 1, 1, longs.byteOffset, at0.byteOffset, 1, ten.byteOffset, -2n)
  expect(Array.from(longs, Number)).toEqual([-19, 2])
})

test('advanced indexing: self[:, i, j] with i [2, 1] and j [3], negative indices, get, put, add', () => {
  const b = bench('simd')
  const shape = [2, 4, 5]
  const self = b.put(
    'float32',
    Array.from({ length: 40 }, (_, i) => i),
  )
  const i = b.put('int64', [1, -1]),
    j = b.put('int64', [0, -5, 2])
  // the result is [2, 2, 3]: self's first dimension, then the broadcast indices
  const result = [2, 2, 3]
  const args = (target: Pointer, other: Pointer) =>
    [
      3,
      words(b, result),
      target,
      words(b, [20, 0, 0]),
      2,
      words(b, [i.byteOffset, j.byteOffset]),
      words(b, [0, 1, 0, 0, 0, 1]),
      words(b, [4, 5]),
      words(b, [5, 1]),
      other,
      words(b, contiguous(result)),
      work,
    ] as const
  const work = b.scratch(20)
  const wrap = (n: bigint, size: number) => (Number(n) + size) % size
  const cells = positions(result).map((p) =>
    at([p[0], wrap(i[p[1]], 4), wrap(j[p[2]], 5)], contiguous(shape)),
  )
  const out = b.alloc('float32', 12)
  expect(b.kernels.indexGet[4](...args(self.byteOffset, out.byteOffset))).toBe(0)
  expect(Array.from(out)).toEqual(cells.map((cell) => self[cell]))

  const added = Array.from(self),
    put = Array.from(self)
  cells.forEach((cell, n) => {
    added[cell] += out[n]
    put[cell] = out[n] + 1
  })
  const target = b.put('float32', self)
  expect(b.kernels.indexPutAdd.float32(...args(target.byteOffset, out.byteOffset))).toBe(0)
  expect(Array.from(target)).toEqual(added)
  target.set(self)
  const plusOne = b.put(
    'float32',
    cells.map((cell) => self[cell] + 1),
  )
  expect(b.kernels.indexPut[4](...args(target.byteOffset, plusOne.byteOffset))).toBe(0)
  // duplicates write the same value here, so that the order does not matter
  expect(Array.from(target)).toEqual(put)

  j[1] = -6n
  expect(b.kernels.indexPut[4](...args(target.byteOffset, out.byteOffset))).toBe(j.byteOffset + 8)
  expect(new Int32Array(b.memory.buffer, work, 1)[0]).toBe(1)
  expect(Array.from(target)).toEqual(put)
  b.checkGuards()
})

test('advanced indexing of rows: self[i] with a contiguous rest', () => {
  const b = bench('simd')
  const self = b.put(
      'float64',
      Array.from({ length: 21 }, (_, i) => i),
    ),
    i = b.put('int64', [2, 0, -1])
  const out = b.alloc('float64', 21)
  expect(
    b.kernels.indexGet[8](
      2,
      words(b, [3, 7]),
      self.byteOffset,
      words(b, [0, 1]),
      1,
      words(b, [i.byteOffset]),
      words(b, [1, 0]),
      words(b, [3]),
      words(b, [7]),
      out.byteOffset,
      words(b, [7, 1]),
      b.scratch(16),
    ),
  ).toBe(0)
  expect(Array.from(out)).toEqual([2, 0, 2].flatMap((row) => Array.from(self.subarray(row * 7, row * 7 + 7))))
  b.checkGuards()
})
