// Resizing of images, lines and volumes: interpolate and its older names.
import { resizeMap } from '../dispatch/interpolation.ts'
import type { ResizeMode } from '../dispatch/interpolation.ts'
import { ArgumentError, NotImplementedError, ShapeError, check } from '../errors.ts'
import { formatShape } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d } from './adaptive-pool.ts'
import { resample } from './resample.ts'

/** How the values between are found. */
export type InterpolationMode =
  | 'nearest'
  | 'nearest-exact'
  | 'linear'
  | 'bilinear'
  | 'bicubic'
  | 'trilinear'
  | 'area'

/** Options of interpolate: one of `size` and `scaleFactor`. */
export interface InterpolateOptions {
  /** Size of the result: one number for all spatial dims, or one for each. */
  size?: number | readonly number[] | null
  /** Multiplier of the size: one for all spatial dims, or one for each. */
  scaleFactor?: number | readonly number[] | null
  /** Default 'nearest'. */
  mode?: InterpolationMode
  /** Of the linear and cubic modes: the corners of input and result are the same points; default false. */
  alignCorners?: boolean | null
  /** Use the ratio of the rounded sizes in place of scaleFactor; default false. */
  recomputeScaleFactor?: boolean | null
  /** Of 'bilinear' and 'bicubic': average when shrinking; default false. */
  antialias?: boolean
}

interface Mode {
  readonly resize: ResizeMode | null // null: a mean over areas
  readonly spatialDims: readonly number[]
  readonly node: string
}
const modes: Readonly<Record<InterpolationMode, Mode>> = {
  nearest: { resize: 'nearest', spatialDims: [1, 2, 3], node: 'UpsampleNearest' },
  'nearest-exact': { resize: 'nearest-exact', spatialDims: [1, 2, 3], node: 'UpsampleNearestExact' },
  linear: { resize: 'linear', spatialDims: [1], node: 'UpsampleLinear' },
  bilinear: { resize: 'linear', spatialDims: [2], node: 'UpsampleBilinear' },
  trilinear: { resize: 'linear', spatialDims: [3], node: 'UpsampleTrilinear' },
  bicubic: { resize: 'cubic', spatialDims: [2], node: 'UpsampleBicubic' },
  area: { resize: null, spatialDims: [1, 2, 3], node: '' },
}

/**
 * Resizes the spatial dims.
 *
 * @param input [N, C, ...spatial] with 1 to 3 spatial dims; 'linear' takes 1, 'bilinear' and 'bicubic' 2, 'trilinear' 3
 * @throws ArgumentError unless exactly one of size and scaleFactor is given, and the options fit the mode
 * @throws ShapeError if the number of dims does not fit the mode
 * @example
 * interpolate(tensor([[[1, 2]]]), { scaleFactor: 2 }).tolist()                 // => [[[1, 1, 2, 2]]]
 * interpolate(tensor([[[1, 2]]]), { size: 4, mode: 'linear' }).tolist()        // => [[[1, 1.25, 1.75, 2]]]
 * @see torch.nn.functional.interpolate
 */
export function interpolate(
  input: Tensor,
  {
    size = null,
    scaleFactor = null,
    mode = 'nearest',
    alignCorners = null,
    recomputeScaleFactor = null,
    antialias = false,
  }: InterpolateOptions = {},
): Tensor {
  const op = 'interpolate'
  check(
    Object.hasOwn(modes, mode),
    () =>
      new ArgumentError(op, `mode must be one of [${Object.keys(modes).join(', ')}], got '${String(mode)}'`),
  )
  const { resize, spatialDims, node } = modes[mode]
  const count = input.ndim - 2
  check(
    spatialDims.includes(count),
    () =>
      new ShapeError(
        op,
        `mode '${mode}' takes inputs of ${spatialDims.map((n) => n + 2).join(', ')} dims, got ${formatShape(input.shape)}`,
      ),
  )
  check(
    (size === null) !== (scaleFactor === null),
    () =>
      new ArgumentError(
        op,
        `exactly one of size and scaleFactor must be given, got ${size === null ? 'none' : 'both'}`,
      ),
  )
  const interpolates = resize === 'linear' || resize === 'cubic'
  check(
    alignCorners === null || interpolates,
    () =>
      new ArgumentError(
        op,
        `alignCorners is an option of the linear and cubic modes only, got mode '${mode}'`,
      ),
  )
  check(
    !antialias || ((mode === 'bilinear' || mode === 'bicubic') && count === 2),
    () =>
      new ArgumentError(op, `antialias is an option of 'bilinear' and 'bicubic' only, got mode '${mode}'`),
  )
  check(
    recomputeScaleFactor !== true || size === null,
    () => new ArgumentError(op, 'recomputeScaleFactor needs a scaleFactor, got a size'),
  )
  const spatial = input.shape.slice(2)
  const factors = scaleFactor === null ? null : perSpatial(op, 'scaleFactor', scaleFactor, count)
  const sizes =
    factors === null
      ? perSpatial(op, 'size', size!, count)
      : spatial.map((n, i) => Math.floor(n * factors[i]))
  check(
    sizes.every((n) => Number.isInteger(n) && n > 0) && !input.shape.slice(1).includes(0),
    () =>
      new ShapeError(
        op,
        `sizes of input and result must be positive integers, got ${formatShape(input.shape)} and ${formatShape(sizes)}`,
      ),
  )
  if (resize === null) return area(input, sizes)
  if (input.dtypeInfo.category !== 'float' && interpolates)
    throw new NotImplementedError(
      op,
      `mode '${mode}' takes floating-point inputs, got ${input.dtype}. Convert it first: input.float()`,
    )
  const round = input.dtype === 'float64' ? (x: number) => x : Math.fround
  const rule = { mode: resize, alignCorners: alignCorners ?? false, antialias, round }
  const lines = spatial.map((inputSize, i) => {
    const scale = factors === null || recomputeScaleFactor === true ? null : 1 / factors[i]
    return resizeMap({ dim: i + 2, inputSize, outputSize: sizes[i], scale }, rule)
  })
  return resample(input, {
    lines: lines.toReversed(),
    node: `${node}${count}D${antialias ? 'Aa' : ''}Backward0`,
  })
}

function perSpatial(
  op: string,
  option: string,
  value: number | readonly number[],
  count: number,
): readonly number[] {
  const list = typeof value === 'number' ? new Array<number>(count).fill(value) : value
  check(
    list.length === count && list.every((n) => n > 0),
    () =>
      new ArgumentError(
        op,
        `${option} must be a positive number, or ${count} of them, got ${formatShape([value].flat() as number[])}`,
      ),
  )
  return list
}

const area = (input: Tensor, sizes: readonly number[]): Tensor =>
  [adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d][sizes.length - 1](input, sizes)

/** Options of upsample. */
export type UpsampleOptions = Omit<InterpolateOptions, 'recomputeScaleFactor' | 'antialias'>
/**
 * The older name of interpolate.
 *
 * @example
 * upsample(tensor([[[1, 2]]]), { scaleFactor: 2 }).tolist() // => [[[1, 1, 2, 2]]]
 * @see torch.nn.functional.upsample
 */
export const upsample = (input: Tensor, options: UpsampleOptions = {}): Tensor => interpolate(input, options)
/**
 * interpolate by the nearest position.
 *
 * @example
 * upsampleNearest(tensor([[[1, 2]]]), { size: 4 }).tolist() // => [[[1, 1, 2, 2]]]
 * @see torch.nn.functional.upsample_nearest
 */
export const upsampleNearest = (
  input: Tensor,
  options: Pick<InterpolateOptions, 'size' | 'scaleFactor'> = {},
): Tensor => interpolate(input, { ...options, mode: 'nearest' })
/**
 * interpolate by bilinear weights, with aligned corners.
 *
 * @example
 * upsampleBilinear(tensor([[[[1, 2]]]]), { size: [1, 3] }).tolist() // => [[[[1, 1.5, 2]]]]
 * @see torch.nn.functional.upsample_bilinear
 */
export const upsampleBilinear = (
  input: Tensor,
  options: Pick<InterpolateOptions, 'size' | 'scaleFactor'> = {},
): Tensor => interpolate(input, { ...options, mode: 'bilinear', alignCorners: true })
