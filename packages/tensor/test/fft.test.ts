// Fourier transforms: against the definition on two backends, one with a kernel for them, and PyTorch's conventions.
import '@tt/backend-cpu'
import { describe, expect, test } from '@jest/globals'
import {
  ArgumentError,
  Complex,
  DTypeError,
  ShapeError,
  arange,
  complex,
  fft,
  hannWindow,
  istft,
  manualSeed,
  ones,
  randn,
  registerBackend,
  stft,
  tensor,
  viewAsComplex,
  viewAsReal,
  zeros,
} from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'

registerBackend(createReferenceBackend())

/** The transform by its definition: rows of the matrix e^(sign·2πi·jk/n) times x, in float64 on the host. */
function defined(x: readonly Complex[], sign: number): Complex[] {
  const n = x.length
  return x.map((_, k) => {
    let [re, im] = [0, 0]
    x.forEach((value, j) => {
      const angle = (sign * 2 * Math.PI * ((j * k) % n)) / n
      re += value.re * Math.cos(angle) - value.im * Math.sin(angle)
      im += value.re * Math.sin(angle) + value.im * Math.cos(angle)
    })
    return new Complex(re, im)
  })
}

/** Random complex numbers. */
const pairs = (shape: readonly number[], dtype: 'float32' | 'float64'): Tensor =>
  viewAsComplex(randn([...shape, 2], { dtype }))
const listOf = (x: Tensor): Complex[] => x.tolist<Complex>() as Complex[]
function expectClose(actual: Tensor, expected: readonly Complex[], tolerance: number): void {
  const size = Math.hypot(...expected.flatMap(({ re, im }) => [re, im])) + 1e-300
  const worst = Math.max(
    ...listOf(actual).map((value, i) => Math.hypot(value.re - expected[i].re, value.im - expected[i].im)),
  )
  expect(worst / size).toBeLessThan(tolerance)
}

// matrices, splits of two and three steps, primes with and without the chirp, a split with a chirp inside
const lengths = [1, 2, 3, 8, 16, 17, 30, 37, 64, 97, 128, 202]

describe.each(['cpu', 'reference'])('on %s', (device) => {
  test.each(lengths)('fft and ifft of %i numbers', (n) => {
    manualSeed(n)
    const x = pairs([n], 'float64').to(device)
    expectClose(fft.fft(x), defined(listOf(x), -1), 4e-15)
    expectClose(fft.ifft(x).mul(n), defined(listOf(x), 1), 4e-15)
    const real = randn([n], { dtype: 'float64' }).to(device)
    const spectrum = fft.fft(real)
    expectClose(spectrum, defined(listOf(complex(real, zeros([n], { dtype: 'float64', device }))), -1), 4e-15)
    const half = fft.rfft(real)
    expect(half.shape).toEqual([Math.floor(n / 2) + 1])
    expect(
      half
        .sub(spectrum.narrow(0, 0, half.shape[0]))
        .abs()
        .amax()
        .item(),
    ).toBeLessThan(1e-12)
    expect(fft.irfft(half, -1, { n }).sub(real).abs().amax().item()).toBeLessThan(1e-13)
    expect(fft.hfft(fft.ihfft(real), -1, { n }).sub(real).abs().amax().item()).toBeLessThan(1e-13)
  })
})

test('three steps of the decomposition give what the kernel gives', () => {
  manualSeed(6)
  const x = pairs([1080], 'float64')
  const [kernel, steps] = [fft.fft(x), fft.fft(x.to('reference')).to('cpu')]
  expect(steps.sub(kernel).abs().norm().div(kernel.abs().norm()).item()).toBeLessThan(3e-15)
})

test('float32 keeps its precision over many steps', () => {
  manualSeed(0)
  const x = pairs([4, 4096], 'float32')
  const exact = fft.fft(x.to('complex128'))
  const error = fft.fft(x).to('complex128').sub(exact).abs().norm().div(exact.abs().norm()).item()
  expect(error).toBeLessThan(3e-7)
})

test('any dim, strided inputs, cut and filled up', () => {
  manualSeed(1)
  const x = randn([3, 5, 4], { dtype: 'float64' })
  const along = fft.fft(x, 1)
  expect(along.shape).toEqual([3, 5, 4])
  expectClose(
    along.at(1, ':', 2),
    defined(listOf(complex(x.at(1, ':', 2), zeros([5], { dtype: 'float64' }))), -1),
    1e-14,
  )
  expect(fft.fft(x.transpose(1, 2), 2).transpose(1, 2).equal(along)).toBe(true)
  expect(fft.fft(x, 1, { n: 3 }).equal(fft.fft(x.narrow(1, 0, 3), 1))).toBe(true)
  expect(fft.rfft(x, 0, { n: 8 }).shape).toEqual([5, 5, 4])
  expect(fft.fft(tensor([1n, 2n])).dtype).toBe('complex64')
  expect(fft.fft(zeros([0, 4])).shape).toEqual([0, 4])
})

test('several dims are one after the other, with one factor', () => {
  manualSeed(2)
  const x = pairs([4, 6, 5], 'float64')
  const both = fft.fft(fft.fft(x, 0), 2)
  expect(fft.fftn(x, [0, 2]).sub(both).abs().amax().item()).toBeLessThan(1e-13)
  expect(fft.ifftn(fft.fftn(x)).sub(x).abs().amax().item()).toBeLessThan(1e-14)
  expect(fft.fft2(x, [0, 1], { norm: 'ortho' }).abs().norm().sub(x.abs().norm()).abs().item()).toBeLessThan(
    1e-13,
  )
  const real = x.real()
  expect(fft.rfftn(real, [0, 1]).shape).toEqual([4, 4, 5])
  expect(
    fft
      .irfftn(fft.rfftn(real), null, { s: [4, 6, 5] })
      .sub(real)
      .abs()
      .amax()
      .item(),
  ).toBeLessThan(1e-14)
  expect(
    fft
      .hfftn(fft.ihfftn(real), null, { s: [4, 6, 5] })
      .sub(real)
      .abs()
      .amax()
      .item(),
  ).toBeLessThan(1e-14)
  expect(fft.fftn(x, null, { s: [2, 7] }).shape).toEqual([4, 2, 7])
})

test('where the factor 1/n goes', () => {
  const x = ones([4], { dtype: 'float64' })
  const first = (y: Tensor): number => y.real().at(0).item()
  expect(
    [undefined, 'backward', 'ortho', 'forward'].map((norm) => first(fft.fft(x, 0, { norm: norm as never }))),
  ).toEqual([4, 4, 2, 1])
  expect(
    [undefined, 'backward', 'ortho', 'forward'].map((norm) => first(fft.ifft(x, 0, { norm: norm as never }))),
  ).toEqual([1, 1, 2, 4])
})

test('frequencies and their order', () => {
  expect(fft.fftfreq(5, { d: 0.5 }).tolist()).toEqual(
    [0, 0.4, 0.8, -0.8, -0.4].map((x) => expect.closeTo(x, 6)),
  )
  expect(fft.rfftfreq(5).tolist()).toEqual([0, 0.2, 0.4].map((x) => expect.closeTo(x, 6)))
  expect(fft.fftshift(arange(5)).tolist()).toEqual([3, 4, 0, 1, 2])
})

test('wrong arguments', () => {
  const x = ones([4])
  expect(() => fft.fft(x, 0, { n: 0 })).toThrow(ShapeError)
  expect(() => fft.fft(tensor(1))).toThrow(ShapeError)
  expect(() => fft.fft(x.half())).toThrow(DTypeError)
  expect(() => fft.rfft(x.to('complex64'))).toThrow('rfft: the input must be real, got complex64. Use fft.')
  expect(() => fft.fft(x, 0, { norm: 'half' as never })).toThrow(ArgumentError)
  expect(() => fft.fftn(ones([2, 2]), [0, 0])).toThrow('fftn: each dim may appear once, got [0, 0].')
  expect(() => fft.fftn(x, [0], { s: [2, 2] })).toThrow(ShapeError)
  expect(() => fft.fftfreq(-1)).toThrow(ArgumentError)
  expect(() => fft.fftfreq(4, { dtype: 'int64' })).toThrow(DTypeError)
})

describe('short-time transforms', () => {
  test('each frame is the transform of a window of the signal', () => {
    manualSeed(3)
    const x = randn([40], { dtype: 'float64' })
    const window = hannWindow(8, { dtype: 'float64' })
    const frames = stft(x, 8, window, { hopLength: 3, center: false, returnComplex: true })
    expect(frames.shape).toEqual([5, 11])
    const third = fft.rfft(x.narrow(0, 6, 8).mul(window))
    expect(frames.at(':', 2).sub(third).abs().amax().item()).toBeLessThan(1e-14)
    expect(viewAsReal(frames).equal(stft(x, 8, window, { hopLength: 3, center: false }))).toBe(true)
  })

  test.each([
    { hopLength: 2 },
    { hopLength: 3, winLength: 6 },
    { hopLength: 4, normalized: true },
    { hopLength: 2, onesided: false },
  ])('back again with %o', (options) => {
    manualSeed(4)
    const x = randn([2, 50], { dtype: 'float64' })
    const window = hannWindow(options.winLength ?? 8, { dtype: 'float64' })
    const frames = stft(x, 8, window, { ...options, returnComplex: true })
    const back = istft(frames, 8, window, { ...options, length: 50 })
    const inner = back.narrow(1, 0, 48).sub(x.narrow(1, 0, 48))
    expect(inner.abs().amax().item()).toBeLessThan(1e-12)
  })

  test('complex signals', () => {
    manualSeed(5)
    const x = pairs([32], 'float64')
    const frames = stft(x, 8, null, { hopLength: 4 })
    expect(frames.shape).toEqual([8, 9])
    const back = istft(frames, 8, null, { hopLength: 4, onesided: false, returnComplex: true })
    expect(back.sub(x).abs().amax().item()).toBeLessThan(1e-14)
  })

  test('wrong arguments', () => {
    const x = ones([20])
    expect(() => stft(x, 30, null, { center: false })).toThrow('stft: nFft must be at most the length 20')
    expect(() => stft(x, 8, ones([5]))).toThrow('stft: the window must have the shape [8], got [5].')
    expect(() => stft(x, 8, null, { hopLength: 0 })).toThrow(ArgumentError)
    expect(() => stft(arange(20), 8)).toThrow(DTypeError)
    const frames = stft(x, 8, null, { returnComplex: true })
    expect(() => istft(frames, 12)).toThrow(ShapeError)
    expect(() => istft(frames, 8, zeros([8]))).toThrow('istft: the windows must not add up to 0')
  })
})
