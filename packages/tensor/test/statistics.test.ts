// Statistics: NaN-aware reductions, quantiles, covariance, histograms, masks. Values from torch 1.13.1.
import { describe, expect, test } from '@jest/globals'
import {
  ArgumentError,
  DTypeError,
  ShapeError,
  arange,
  fft,
  gradient,
  histogramdd,
  kaiserWindow,
  masked,
  ones,
  registerBackend,
  resultType,
  setDefaultDevice,
  tensor,
  vander,
  zeros,
} from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'
import { near } from './near.ts'

registerBackend(createReferenceBackend())
setDefaultDevice('reference')

describe('statistics', () => {
  test('without NaN', () => {
    const x = tensor([
      [1, NaN, 3],
      [NaN, NaN, 5],
    ])
    expect([x.nansum().item(), x.nanmean(1).tolist()]).toEqual([9, [2, 5]])
    expect(x.nanquantile(0.5, 1).tolist()).toEqual([2, 5])
    expect(() => arange(3).nanmean()).toThrow(DTypeError)
  })

  test('quantiles', () => {
    const x = tensor([4, 1, 3, 10])
    expect(x.quantile(tensor([0, 0.5, 0.9])).tolist()).toEqual([1, 3.5, expect.closeTo(8.2, 5)])
    const by = (interpolation: 'lower' | 'higher' | 'midpoint' | 'nearest') =>
      x.quantile(0.4, null, { interpolation }).item()
    expect([by('lower'), by('higher'), by('midpoint'), by('nearest')]).toEqual([3, 4, 3.5, 3])
    expect(ones([2, 3, 4]).quantile(tensor([0.5, 1]), 1, { keepdim: true }).shape).toEqual([2, 2, 1, 4])
    expect(tensor([1, NaN]).quantile(0.5).item()).toBeNaN()
    expect(() => x.quantile(2)).toThrow(ArgumentError)
  })

  test('moments together, covariance, correlation', () => {
    const x = tensor([
      [1, 2, 4],
      [3, 1, 0],
    ])
    expect(x.varMean(0).map((part) => part.tolist())).toEqual([
      [2, 0.5, 8],
      [2, 1.5, 2],
    ])
    near(x.cov(), [
      [2.3333, -2.1667],
      [-2.1667, 2.3333],
    ])
    near(x.cov({ fweights: tensor([1n, 2n, 1n]), aweights: tensor([0.5, 1, 2]) }), [
      [1.8571, -1.3571],
      [-1.3571, 1.2143],
    ])
    near(x.corrcoef(), [
      [1, -0.9286],
      [-0.9286, 1],
    ])
    expect(() => ones([1, 1, 1]).cov()).toThrow(ShapeError)
  })

  test('histograms', () => {
    const x = tensor([0, 1, 1, 2, 5])
    expect(x.histogram(tensor([0, 1, 2])).hist.tolist()).toEqual([1, 3])
    const { hist, binEdges } = x.histogram(2, { range: [0, 4], weight: ones([5]), density: true })
    expect([hist.tolist(), binEdges.tolist()]).toEqual([
      [0.375, 0.125],
      [0, 2, 4],
    ])
    const points = tensor([
      [0, 1],
      [1, 1],
      [1, 0],
    ])
    expect(histogramdd(points, [2, 2]).hist.tolist()).toEqual([
      [0, 1],
      [1, 1],
    ])
  })

  test('numerical gradients, windows, shifts, matrices of powers', () => {
    const y = tensor([1, 2, 4, 7, 11])
    expect(gradient(y, { edgeOrder: 2 })[0].tolist()).toEqual([0.5, 1.5, 2.5, 3.5, 4.5])
    near(gradient(y, { spacing: [tensor([0, 1, 3, 4, 6])] })[0], [1, 1, 2.3333, 2.6667, 2])
    near(kaiserWindow(5, { periodic: false }), [0.0000528, 0.2157, 1, 0.2157, 0.0000528])
    expect(fft.ifftshift(fft.fftshift(arange(5))).tolist()).toEqual([0, 1, 2, 3, 4])
    expect(vander(tensor([2, 3]), { N: 3, increasing: true }).tolist()).toEqual([
      [1, 2, 4],
      [1, 3, 9],
    ])
    expect(() => gradient(zeros([1]))).toThrow(ShapeError)
  })

  test('masks', () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ])
    const mask = tensor([
      [true, false, true],
      [false, false, false],
    ])
    expect(masked.sum(x, 1, { mask }).tolist()).toEqual([4, 0])
    expect(masked.mean(x, 1, { mask }).tolist()).toEqual([2, NaN])
    expect(masked.amax(x, 1, { mask }).tolist()).toEqual([3, -Infinity])
    expect(masked.var(x, null, { mask, unbiased: true }).item()).toBe(2)
    near(masked.softmax(x, 1, { mask }), [
      [0.1192, 0, 0.8808],
      [NaN, NaN, NaN],
    ])
    expect(() => masked.median(arange(2), 0, { mask: tensor([false, false]) })).toThrow(ArgumentError)
  })

  test('result types', () => {
    expect([resultType(tensor([1n]), 1.5), resultType(tensor(1), arange(2)), resultType(true, 2)]).toEqual([
      'float32',
      'float32',
      'int64',
    ])
  })
})
