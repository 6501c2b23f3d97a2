// Resizing, sampling by grids, sliding blocks, fractional pools. Expected values from torch 1.13.1.
import { describe, expect, test } from '@jest/globals'
import {
  adaptiveAvgPool2d,
  adjointOf,
  affineGrid,
  arange,
  fold,
  fractionalMaxPool2d,
  fractionalMaxPool3d,
  fractionalMaxPool3dWithIndices,
  gridSample,
  im2col,
  interpolate,
  manualSeed,
  ones,
  registerBackend,
  resample,
  setDefaultDevice,
  tensor,
  upsample,
  upsampleBilinear,
  upsampleNearest,
} from '@tt/tensor'
import type { InterpolateOptions, Tensor } from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'
import { near } from './near.ts'

registerBackend(createReferenceBackend())
setDefaultDevice('reference')
const floats = (start: number, ...shape: number[]): Tensor =>
  arange(start, start + shape.reduce((a, b) => a * b, 1), 1, { dtype: 'float32' }).view(shape)
const image = floats(1, 1, 1, 3, 4)
const volume = floats(0, 1, 1, 2, 2, 2)

describe('interpolate', () => {
  const cases: [InterpolateOptions, number[][]][] = [
    [
      { size: [2, 6], mode: 'bilinear' },
      [
        [2, 2.5, 3.166667, 3.833333, 4.5, 5],
        [8, 8.5, 9.166666, 9.833333, 10.5, 11],
      ],
    ],
    [
      { size: [2, 6], mode: 'bilinear', alignCorners: true },
      [
        [1, 1.6, 2.2, 2.8, 3.4, 4],
        [9, 9.6, 10.2, 10.8, 11.4, 12],
      ],
    ],
    [
      { scaleFactor: 1.5, mode: 'bicubic' },
      [
        [0.565972, 1.059028, 1.865741, 2.439815, 3.246528, 3.739584],
        [2.538195, 3.03125, 3.837964, 4.412037, 5.21875, 5.711805],
        [5.83449, 6.327546, 7.134259, 7.708334, 8.515046, 9.008102],
        [8.408567, 8.901621, 9.708334, 10.28241, 11.089121, 11.582177],
      ],
    ],
    [
      { size: 2, mode: 'bilinear', antialias: true },
      [
        [3.214286, 4.785714],
        [8.214286, 9.785714],
      ],
    ],
    [
      { size: 2, mode: 'bicubic', antialias: true },
      [
        [2.825942, 4.652388],
        [8.347611, 10.174058],
      ],
    ],
    [
      { scaleFactor: [0.7, 1.4], mode: 'nearest-exact' },
      [
        [1, 2, 2, 3, 4],
        [9, 10, 10, 11, 12],
      ],
    ],
    [
      { scaleFactor: 1.7, mode: 'bilinear', recomputeScaleFactor: true },
      [
        [1, 1.5, 2.166667, 2.833333, 3.5, 4],
        [2.6, 3.1, 3.766667, 4.433333, 5.1, 5.6],
        [5, 5.5, 6.166667, 6.833333, 7.5, 8],
        [7.4, 7.9, 8.566667, 9.233334, 9.9, 10.4],
        [9, 9.5, 10.166666, 10.833334, 11.5, 12],
      ],
    ],
    [
      { size: [4, 3], mode: 'nearest' },
      [
        [1, 2, 3],
        [1, 2, 3],
        [5, 6, 7],
        [9, 10, 11],
      ],
    ],
  ]
  test.each(cases)('%j', (options, expected) => near(interpolate(image, options), [[expected]]))

  test('area is an average; lines and volumes', () => {
    near(interpolate(image, { size: 2, mode: 'area' }), adaptiveAvgPool2d(image, 2).tolist() as number[])
    near(
      interpolate(volume, { size: [3, 2, 1], mode: 'trilinear' }).flatten(),
      [0.5, 2.5, 2.5, 4.5, 4.5, 6.5],
    )
    near(interpolate(tensor([[[1, 2]]]), { size: 4, mode: 'linear' }), [[[1, 1.25, 1.75, 2]]])
    expect(interpolate(tensor([[[1, 200]]], { dtype: 'uint8' }), { scaleFactor: 2 }).tolist()).toEqual([
      [[1, 1, 200, 200]],
    ])
  })
  test('older names', () => {
    const x = tensor([[[[1, 2]]]])
    expect(upsampleNearest(x, { size: [1, 4] }).tolist()).toEqual([[[[1, 1, 2, 2]]]])
    expect(upsample(x, { size: [1, 4] }).tolist()).toEqual([[[[1, 1, 2, 2]]]])
    near(upsampleBilinear(x, { size: [1, 3] }), [[[[1, 1.5, 2]]]])
  })
  test('halves are summed in float32', () => {
    const x = floats(0, 1, 1, 5).div(3)
    const wide = interpolate(x.to('bfloat16').float(), { size: 7, mode: 'linear' })
    expect(interpolate(x.to('bfloat16'), { size: 7, mode: 'linear' }).tolist()).toEqual(
      wide.to('bfloat16').tolist(),
    )
  })
  test.each(['bilinear', 'bicubic', 'nearest'] as const)('many channels are as one: %s', (mode) => {
    const one = floats(0, 1, 1, 12, 13).sin()
    const small = interpolate(one, { size: [17, 9], mode }).squeeze()
    const large = interpolate(one.expand([1, 40, 12, 13]), { size: [17, 9], mode })
    expect(large.sub(small).abs().max().item()).toBe(0)
  })
  test.each([
    {
      name: 'weighted',
      taps: [
        [0, 3, 3, 7],
        [1, 4, 2, 7],
      ],
      weights: [
        [0.5, 2, 1, 1],
        [-1, 0.25, 3, 0],
      ],
    },
    { name: 'repeated', taps: [[0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7]], weights: null },
    { name: 'strided', taps: [[1, 3, 5, 7]], weights: null },
  ])('the adjoint is the transposed map: $name', ({ taps, weights }) => {
    const x = floats(0, 700, 8).sin() // many rows: by way of the transposed tensor
    const attrs = { lines: [{ dim: 1, inputSize: 8, taps, weights }], node: 'Line0' }
    const out = resample(x, attrs)
    expect(out.select(0, 5).tolist()).toEqual(
      resample(x.narrow(0, 5, 1), attrs)
        .squeeze(0)
        .tolist(),
    )
    const y = floats(1, ...out.shape).cos()
    expect(out.mul(y).sum().item()).toBeCloseTo(resample(y, adjointOf(attrs)).mul(x).sum().item(), 2)
  })
  test('what does not fit', () => {
    expect(() => interpolate(image)).toThrow(
      'interpolate: exactly one of size and scaleFactor must be given, got none',
    )
    expect(() => interpolate(image, { size: 2, scaleFactor: 2 })).toThrow('got both')
    expect(() => interpolate(image, { size: 2, mode: 'linear' })).toThrow(
      "mode 'linear' takes inputs of 3 dims",
    )
    expect(() => interpolate(image, { size: [2, 0] })).toThrow('positive')
    expect(() => interpolate(image, { size: 2, alignCorners: true })).toThrow('alignCorners')
    expect(() => interpolate(image, { size: 2, antialias: true })).toThrow('antialias')
    expect(() => interpolate(image, { size: 2, recomputeScaleFactor: true })).toThrow('recomputeScaleFactor')
    expect(() => interpolate(image, { size: 2, mode: 'lanczos' as 'area' })).toThrow('mode must be one of')
  })
})

describe('gridSample', () => {
  const grid = tensor([
    [
      [
        [-1.3, -0.2],
        [0.3, 0.4],
      ],
      [
        [1.6, 0.9],
        [-0.7, 2.2],
      ],
    ],
  ])
  test.each([
    ['bilinear', 'zeros', true, [2.31, 8.549999, 1.160002, 0]],
    ['bilinear', 'zeros', false, [0, 9.5, 0, 0]],
    ['bilinear', 'border', true, [4.2, 8.549999, 11.6, 9.45]],
    ['bilinear', 'border', false, [3.8, 9.5, 12, 9.099999]],
    ['bilinear', 'reflection', true, [4.65, 8.549999, 10.7, 4.65]],
    ['bilinear', 'reflection', false, [3.9, 9.5, 11.3, 3.899999]],
    ['nearest', 'zeros', true, [5, 7, 0, 0]],
    ['nearest', 'border', false, [5, 11, 12, 9]],
    ['nearest', 'reflection', true, [5, 7, 11, 5]],
    ['bicubic', 'zeros', true, [2.08461, 9.699481, 1.026251, -0.986795]],
    ['bicubic', 'border', false, [3.443002, 9.878747, 12.44363, 9.075254]],
    ['bicubic', 'reflection', true, [4.074191, 9.200619, 11.091496, 4.074189]],
    ['bicubic', 'reflection', false, [3.518252, 9.878747, 12.071755, 3.51825]],
  ] as const)('%s %s %s', (mode, paddingMode, alignCorners, expected) =>
    near(gridSample(image, grid, { mode, paddingMode, alignCorners }).flatten(), expected),
  )
  test('volumes, and positions that are no numbers', () => {
    const at = tensor([
      [
        [
          [
            [-0.5, 0.1, 0.9],
            [1.2, -0.3, 0.4],
          ],
        ],
      ],
    ])
    near(gridSample(volume, at).flatten(), [3.12, 1.5])
    near(gridSample(volume, at, { paddingMode: 'reflection' }).flatten(), [5.2, 5])
    near(gridSample(volume, at, { mode: 'nearest' }).flatten(), [6, 0])
    expect(gridSample(image, tensor([[[[NaN, 0]]]]), { mode: 'nearest' }).item()).toBe(0)
  })
  test('what does not fit', () => {
    expect(() => gridSample(image, ones([1, 2, 2, 3]))).toThrow('gridSample: input [N, C, H, W] needs a grid')
    expect(() => gridSample(volume, ones([1, 1, 1, 1, 3]), { mode: 'bicubic' })).toThrow("mode 'bicubic'")
    expect(() => gridSample(image, ones([1, 2, 2, 2], { dtype: 'float64' }))).toThrow(
      'one floating-point dtype',
    )
  })
})

test('affineGrid', () => {
  const theta = tensor([
    [
      [1, 0.2, 0.1, 0.3],
      [0, 1, 0.5, -0.2],
      [0.1, 0.4, 0.9, 0.6],
    ],
  ])
  const size = [1, 1, 2, 1, 2]
  near(
    affineGrid(theta, size).flatten(),
    [-0.25, -0.45, 0.1, 0.75, -0.45, 0.2, -0.15, 0.05, 1, 0.85, 0.05, 1.1],
  )
  near(
    affineGrid(theta, size, { alignCorners: true }).flatten(),
    [-0.8, -0.7, -0.4, 1.2, -0.7, -0.2, -0.6, 0.3, 1.4, 1.4, 0.3, 1.6],
  )
  expect(() => affineGrid(theta, [1, 1, 2, 2])).toThrow('affineGrid: theta must be [N, 2, 3]')
})

test('sliding blocks as columns, and back', () => {
  expect(im2col(image, 2, { padding: [1, 0], stride: 2, dilation: [1, 2] }).tolist()).toEqual([
    [
      [0, 5],
      [0, 7],
      [1, 9],
      [3, 11],
    ],
  ])
  const columns = im2col(image, 2)
  const summed = [
    [1, 4, 6, 4],
    [10, 24, 28, 16],
    [9, 20, 22, 12],
  ]
  expect(fold(columns, [3, 4], 2).tolist()).toEqual([[summed]])
  expect(fold(columns.squeeze(0), [3, 4], 2).tolist()).toEqual([summed])
  // the two are transposed maps: ⟨im2col(x), y⟩ = ⟨x, fold(y)⟩
  const options = { padding: 1, stride: [2, 1], dilation: 2 }
  const blocks = im2col(floats(0, 2, 3, 6, 5), [2, 3], options)
  const y = floats(1, ...blocks.shape).sin()
  near(
    fold(y, [6, 5], [2, 3], options)
      .mul(floats(0, 2, 3, 6, 5))
      .sum(),
    blocks.mul(y).sum().item(),
  )
  expect(() => fold(columns, [4, 4], 2)).toThrow(
    'fold: the input must have a multiple of 4 rows and 9 columns',
  )
  expect(() => im2col(image, 5)).toThrow('unfold: the windows must fit')
})

test('fractional max pools draw as PyTorch does', () => {
  manualSeed(0)
  const [values, indices] = fractionalMaxPool2d(floats(0, 1, 1, 6, 6), 2, {
    outputSize: 3,
    returnIndices: true,
  })
  expect(values.flatten().tolist()).toEqual([7, 9, 11, 19, 21, 23, 31, 33, 35])
  expect(indices.flatten().tolist()).toEqual([7, 9, 11, 19, 21, 23, 31, 33, 35])
  manualSeed(0)
  const [largest] = fractionalMaxPool3dWithIndices(floats(0, 1, 1, 4, 4, 4), [2, 1, 2], {
    outputSize: [2, 3, 2],
  })
  expect(largest.flatten().tolist()).toEqual([17, 19, 21, 23, 29, 31, 49, 51, 53, 55, 61, 63])
  expect(fractionalMaxPool3d(ones([2, 4, 4, 4]), 2, { outputRatio: 0.5 }).shape).toEqual([2, 2, 2, 2])
  expect(() => fractionalMaxPool2d(image, 2)).toThrow('exactly one of outputSize and outputRatio')
  expect(() => fractionalMaxPool2d(image, 3, { outputSize: 2 })).toThrow('must fit')
})
