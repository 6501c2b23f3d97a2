// Attention, CTC, bags of embeddings, segments, randomized slopes, native normalisations. Values from torch 1.13.1.
import { expect, test } from '@jest/globals'
import {
  _scaledDotProductAttention,
  arange,
  ctcLoss,
  embeddingBag,
  eye,
  glu,
  manualSeed,
  nativeBatchNorm,
  nativeLayerNorm,
  ones,
  pdist,
  registerBackend,
  rrelu,
  scaledDotProductAttention,
  segmentReduce,
  setDefaultDevice,
  tensor,
  zeros,
} from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'
import { near } from './near.ts'

registerBackend(createReferenceBackend())
setDefaultDevice('reference')
const floats = (start: number, ...shape: number[]): Tensor =>
  arange(start, start + shape.reduce((a, b) => a * b, 1), 1, { dtype: 'float32' }).view(shape)
const at = (...data: number[]): Tensor => tensor(BigInt64Array.from(data.map(BigInt)))

test('attention', () => {
  const q = floats(0, 3, 2).mul(0.5)
  const k = floats(0, 3, 2).cos()
  const rows = [
    [0.400737, 0.233286, 0.365977],
    [0.763915, 0.055366, 0.180719],
    [0.934314, 0.008431, 0.057256],
  ]
  near(scaledDotProductAttention(q, k, eye(3)), rows)
  const causal = [[1, 0, 0], [0.932421, 0.067579, 0], rows[2]]
  near(scaledDotProductAttention(q, k, eye(3), null, { isCausal: true }), causal)
  near(scaledDotProductAttention(q, k, eye(3), ones([3, 3]).tril().to('bool')), causal)
  near(
    scaledDotProductAttention(
      q,
      k,
      eye(3),
      zeros([3, 3]).maskedFill(ones([3, 3]).triu({ diagonal: 1 }).to('bool'), -Infinity),
    ),
    causal,
  )
  near(
    scaledDotProductAttention(q, k, eye(3), null, { scale: 1e-9 }),
    zeros([3, 3])
      .add(1 / 3)
      .tolist() as number[],
  )
  const [output, weights] = _scaledDotProductAttention(q, k, eye(3), null, { isCausal: true })
  near(output, causal)
  near(weights, causal)
  expect(() => scaledDotProductAttention(q, k, ones([2, 2]))).toThrow(
    'scaledDotProductAttention: query [..., L, E]',
  )
  expect(() => scaledDotProductAttention(q, k, eye(3), ones([3, 3]), { isCausal: true })).toThrow('isCausal')
})

test('ctcLoss', () => {
  const logProbs = floats(0, 5, 2, 4).mul(0.37).sin().logSoftmax(2)
  const targets = tensor([
    [1, 1],
    [3, 2],
  ]).to('int64')
  near(ctcLoss(logProbs, targets, at(5, 4), at(2, 1), { reduction: 'none' }), [4.744686, 3.167041])
  near(ctcLoss(logProbs, targets, [5, 4], [2, 0], { reduction: 'none' }), [4.744686, 5.386786])
  near(ctcLoss(logProbs, targets, [5, 4], [2, 1]), 2.769692)
  near(ctcLoss(logProbs, targets, [5, 4], [2, 0], { reduction: 'sum' }), 10.131472)
  near(ctcLoss(logProbs, at(1, 1, 3), [5, 4], [2, 1], { reduction: 'none' }), [4.744686, 3.167041])
  near(ctcLoss(logProbs.select(1, 0), at(1, 1), [5], [2], { reduction: 'none' }), 4.744686)
  near(ctcLoss(logProbs, targets, [2, 4], [2, 2], { reduction: 'none' }), [Infinity, 2.8943])
  near(ctcLoss(logProbs, targets, [2, 4], [2, 2], { reduction: 'none', zeroInfinity: true }), [0, 2.8943])
  expect(() => ctcLoss(logProbs, targets, [6, 4], [2, 1])).toThrow(
    'ctcLoss: inputLengths must be from 0 to 5',
  )
  expect(() => ctcLoss(logProbs, targets, [5, 4], [3, 1])).toThrow(
    'ctcLoss: targets must be [N, S] with S at least 3',
  )
  expect(() => ctcLoss(logProbs, targets.add(9), [5, 4], [2, 1])).toThrow('ctcLoss')
})

test('embeddingBag', () => {
  const table = floats(1, 4, 3)
  near(embeddingBag(at(0, 3, 3, 1), table, at(0, 0, 3)), [
    [0, 0, 0],
    [7, 8, 9],
    [4, 5, 6],
  ])
  near(embeddingBag(at(0, 3, 3, 1), table, at(0, 1, 4), null, { mode: 'max', includeLastOffset: true }), [
    [1, 2, 3],
    [10, 11, 12],
  ])
  const pairs = at(0, 3, 2, 2).view([2, 2])
  const factors = tensor([
    [0.5, 2],
    [1, -1],
  ])
  near(embeddingBag(pairs, table, null, factors, { mode: 'sum' }), [
    [20.5, 23, 25.5],
    [0, 0, 0],
  ])
  near(embeddingBag(at(0, 3, 3, 1), table, at(0, 2), null, { paddingIdx: 3 }), [
    [1, 2, 3],
    [4, 5, 6],
  ])
  expect(() => embeddingBag(pairs, table, null, factors)).toThrow(
    "embeddingBag: perSampleWeights must have the shape of the input, for mode 'sum'",
  )
  expect(() => embeddingBag(at(0, 4), table, at(0))).toThrow('embeddingBag')
  expect(() => embeddingBag(at(0, 1), table, at(1))).toThrow('the first offset must be 0')
  expect(() => embeddingBag(at(0, 1), table)).toThrow('[M] with offsets')
})

test('segmentReduce', () => {
  const data = floats(1, 3, 2)
  const lengths = at(2, 0, 1)
  const expected = {
    sum: [4, 6, 0, 0, 5, 6],
    mean: [2, 3, NaN, NaN, 5, 6],
    max: [3, 4, -Infinity, -Infinity, 5, 6],
    min: [1, 2, Infinity, Infinity, 5, 6],
    prod: [3, 8, 1, 1, 5, 6],
  } as const
  for (const [reduce, values] of Object.entries(expected)) {
    near(segmentReduce(data, reduce as 'sum', lengths).flatten(), values)
    near(segmentReduce(data, reduce as 'sum', null, null, at(0, 2, 2, 3)).flatten(), values)
  }
  near(segmentReduce(data, 'sum', lengths, null, null, { initial: 10 }).select(1, 0), [14, 10, 15])
  expect(() => segmentReduce(data, 'sum', at(2, 2))).toThrow('the segments must lie within the 3 elements')
  expect(() => segmentReduce(data, 'sum', at(1, 1))).toThrow(
    'the lengths must add up to the size of the dim, 3, got 2',
  )
  expect(() => segmentReduce(data, 'sum')).toThrow('exactly one of lengths and offsets')
})

test('rrelu draws for what is not positive only', () => {
  manualSeed(0)
  const x = tensor([-1, 2, -3, -4])
  near(rrelu(x, { training: true }), [-0.327094, 2, -0.817387, -0.882819])
  near(rrelu(x, { lower: 0.25, upper: 0.75 }), [-0.5, 2, -1.5, -2])
  const same = tensor([-2, 2])
  expect(rrelu(same, { lower: 0.5, upper: 0.5, inplace: true, training: true })).toBe(same)
  near(same, [-1, 2])
  expect(() => rrelu(x, { lower: 1, upper: 0 })).toThrow('rrelu: lower must be at most upper')
})

test('glu, and normalisations with their moments', () => {
  near(glu(tensor([3, 4, 0, 0])), [1.5, 2])
  expect(() => glu(ones([3]))).toThrow('glu: the size along dim -1 must be even')
  const [result, mean, invstd] = nativeBatchNorm(
    tensor([
      [1, 2],
      [3, 6],
    ]),
    null,
    null,
    null,
    null,
    true,
    0.1,
    1e-5,
  )
  near(result.flatten(), [-0.999995, -0.999999, 0.999995, 0.999999])
  near(mean, [2, 4])
  near(invstd, [0.999995, 0.499999])
  expect(nativeBatchNorm(ones([2, 3]), null, null, zeros([3]), ones([3]), false, 0.1, 1e-5)[1].shape).toEqual(
    [0],
  )
  const moments = nativeLayerNorm(
    tensor([
      [1, 2],
      [3, 7],
    ]),
    [2],
    null,
    null,
    1e-5,
  )
  near(moments[0].flatten(), [-0.99998, 0.99998, -0.999999, 0.999999])
  near(moments[1], [[1.5], [5]])
  near(moments[2], [[1.99996], [0.499999]])
})

test('pdist', () => {
  const points = tensor([
    [0, 0],
    [3, 4],
    [0, 1],
  ])
  near(pdist(points), [5, 1, 4.24264])
  near(pdist(points, { p: Infinity }), [4, 1, 3])
  near(pdist(points, { p: 0 }), [2, 1, 2])
  expect(pdist(ones([1, 4])).shape).toEqual([0])
  expect(() => pdist(ones([3]))).toThrow('pdist: the input must have 2 dims')
})
