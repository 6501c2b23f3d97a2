// Fractional max pooling: windows at positions drawn at random, so that the size shrinks by any factor.
import { withGradMode } from '../dispatch/hook.ts'
import { spatialSizes } from '../dispatch/window.ts'
import type { Sizes } from '../dispatch/window.ts'
import { ArgumentError, ShapeError, check } from '../errors.ts'
import { indexTensor } from '../host/positions.ts'
import { formatShape, numelOf } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { rand } from './random.ts'
import type { RandomOptions } from './random-fill.ts'

/** Options of the fractional pools: one of outputSize and outputRatio. */
export interface FractionalPoolOptions extends RandomOptions {
  outputSize?: Sizes | null
  /** Output per input size, between 0 and 1. */
  outputRatio?: Sizes | null
  /** Answer the positions of the maxima as well; default false. */
  returnIndices?: boolean
  /** [N, C, dims], uniform in [0, 1): where the windows lie. */
  randomSamples?: Tensor | null
}
/** The pooled values, or them and their positions. */
export type FractionalPool<O> = O extends { returnIndices: true } ? readonly [Tensor, Tensor] : Tensor

/** Where the windows along one dim begin: steps of α = (size − kernel) / (count − 1), all shifted by the sample. */
function starts(
  sample: number,
  size: number,
  count: number,
  kernel: number,
  round: (x: number) => number,
): number[] {
  const alpha = count > 1 ? round((size - kernel) / (count - 1)) : 0
  const at = (i: number): number => Math.trunc(round(round(i + sample) * alpha))
  return Array.from({ length: count }, (_, i) => (i < count - 1 ? at(i) - at(0) : size - kernel))
}

function fractionalPool(
  op: string,
  rank: 2 | 3,
  input: Tensor,
  kernel: Sizes,
  { outputSize = null, outputRatio = null, randomSamples = null, ...random }: FractionalPoolOptions,
): readonly [Tensor, Tensor] {
  check(
    (input.ndim === rank + 1 || input.ndim === rank + 2) && !input.shape.slice(-rank - 1).includes(0),
    () =>
      new ShapeError(
        op,
        `the input must have ${rank + 1} (unbatched) or ${rank + 2} (batched) dims, none of them 0 but the batch, got ${formatShape(input.shape)}`,
      ),
  )
  check(
    (outputSize === null) !== (outputRatio === null),
    () =>
      new ArgumentError(
        op,
        `exactly one of outputSize and outputRatio must be given, got ${outputSize === null ? 'none' : 'both'}`,
      ),
  )
  const sizes = input.shape.slice(-rank)
  const kernelSize = spatialSizes(op, 'kernelSize', kernel, rank, 1)
  const counts =
    outputSize === null
      ? byRatio(op, sizes, outputRatio!)
      : spatialSizes(op, 'outputSize', outputSize, rank, 1)
  check(
    counts.every((n, i) => n + kernelSize[i] - 1 <= sizes[i]),
    () =>
      new ShapeError(
        op,
        `windows of ${formatShape(kernelSize)} must fit ${formatShape(counts)} times into ${formatShape(sizes)}`,
      ),
  )
  const [batch, channels] = input.ndim === rank + 2 ? input.shape : [1, input.shape[0]]
  const samples =
    randomSamples ?? rand([batch, channels, rank], { dtype: input.dtype, device: input.device, ...random })
  check(
    formatShape(samples.shape) === formatShape([batch, channels, rank]),
    () =>
      new ShapeError(
        op,
        `randomSamples must be ${formatShape([batch, channels, rank])}, got ${formatShape(samples.shape)}`,
      ),
  )
  const positions = withGradMode(false, () => windowPositions(input, samples, sizes, counts, kernelSize))
  const flat = input.reshape([batch, channels, numelOf(sizes)])
  const windows = flat.detach().gather(2, positions.flatten(2)).reshape(positions.shape) // [N, C, windows, kernel]
  const best = windows.max(-1, { keepdim: true }).indices
  const indices = positions.gather(3, best).squeeze(3) // [N, C, windows]
  const shape = [...input.shape.slice(0, -rank), ...counts]
  return [flat.gather(2, indices).reshape(shape), indices.reshape(shape)]
}

function byRatio(op: string, sizes: readonly number[], ratio: Sizes): readonly number[] {
  const ratios = typeof ratio === 'number' ? sizes.map(() => ratio) : ratio
  check(
    ratios.length === sizes.length && ratios.every((r) => r > 0 && r < 1),
    () =>
      new ArgumentError(op, `outputRatio must be between 0 and 1 for each dim, got ${formatShape(ratios)}`),
  )
  return sizes.map((n, i) => Math.trunc(n * ratios[i]))
}

/** The flat positions of the elements of every window: [N, C, windows, kernel]. */
function windowPositions(
  input: Tensor,
  samples: Tensor,
  sizes: readonly number[],
  counts: readonly number[],
  kernelSize: readonly number[],
): Tensor {
  const rank = sizes.length
  const drawn = samples.toTypedArray()
  const round = input.dtype === 'float64' ? (x: number) => x : Math.fround
  const [planes, windows, elements] = [
    samples.shape[0] * samples.shape[1],
    numelOf(counts),
    numelOf(kernelSize),
  ]
  const offsets = cells(kernelSize).map((cell) => flatAt(cell, sizes))
  const corners = cells(counts)
  const positions = new Int32Array(planes * windows * elements)
  let next = 0
  for (let plane = 0; plane < planes; plane++) {
    // the samples of a plane begin with that of the last dim for images, with that of the first for volumes
    const begins = sizes.map((size, d) =>
      starts(Number(drawn[plane * rank + (rank === 2 ? 1 - d : d)]), size, counts[d], kernelSize[d], round),
    )
    for (const corner of corners) {
      const base = flatAt(
        corner.map((i, d) => begins[d][i]),
        sizes,
      )
      for (const offset of offsets) positions[next++] = base + offset
    }
  }
  return indexTensor(input.storage.backend, positions).reshape([
    samples.shape[0],
    samples.shape[1],
    windows,
    elements,
  ])
}
const flatAt = (cell: readonly number[], sizes: readonly number[]): number =>
  cell.reduce((at, i, d) => at * sizes[d] + i, 0)
const cells = (counts: readonly number[]): number[][] =>
  counts.reduce<number[][]>(
    (lists, n) => lists.flatMap((list) => Array.from({ length: n }, (_, i) => [...list, i])),
    [[]],
  )

const answer = <O>(pair: readonly [Tensor, Tensor], options: FractionalPoolOptions): FractionalPool<O> =>
  (options.returnIndices === true ? pair : pair[0]) as FractionalPool<O>

/**
 * Maxima of windows at random positions of [N, C, H, W] (Graham 2015).
 *
 * @returns [N, C, ...outputSize]; with returnIndices also the positions, h·W + w
 * @throws ArgumentError unless one of outputSize and outputRatio is given; ShapeError if the windows do not fit
 * @example
 * fractionalMaxPool2d(linspace(0, 15, 16).reshape([1, 1, 4, 4]), 2, { outputSize: 2 }).shape // => [1, 1, 2, 2]
 * @see torch.nn.functional.fractional_max_pool2d
 */
export const fractionalMaxPool2d = <const O extends FractionalPoolOptions = object>(
  input: Tensor,
  kernelSize: Sizes,
  options: O = {} as O,
): FractionalPool<O> => answer(fractionalPool('fractionalMaxPool2d', 2, input, kernelSize, options), options)
/**
 * Maxima of windows at random positions of [N, C, D, H, W].
 *
 * @example
 * fractionalMaxPool3d(ones([1, 1, 4, 4, 4]), 2, { outputRatio: 0.5 }).shape // => [1, 1, 2, 2, 2]
 * @see torch.nn.functional.fractional_max_pool3d
 */
export const fractionalMaxPool3d = <const O extends FractionalPoolOptions = object>(
  input: Tensor,
  kernelSize: Sizes,
  options: O = {} as O,
): FractionalPool<O> => answer(fractionalPool('fractionalMaxPool3d', 3, input, kernelSize, options), options)
/**
 * fractionalMaxPool2d with the positions.
 *
 * @example
 * fractionalMaxPool2dWithIndices(ones([1, 1, 4, 4]), 2, { outputSize: 2 })[1].shape // => [1, 1, 2, 2]
 * @see torch.nn.functional.fractional_max_pool2d_with_indices
 */
export const fractionalMaxPool2dWithIndices = (
  input: Tensor,
  kernelSize: Sizes,
  options: FractionalPoolOptions = {},
): readonly [Tensor, Tensor] => fractionalPool('fractionalMaxPool2d', 2, input, kernelSize, options)
/**
 * fractionalMaxPool3d with the positions.
 *
 * @example
 * fractionalMaxPool3dWithIndices(ones([1, 1, 4, 4, 4]), 2, { outputSize: 2 })[0].shape // => [1, 1, 2, 2, 2]
 * @see torch.nn.functional.fractional_max_pool3d_with_indices
 */
export const fractionalMaxPool3dWithIndices = (
  input: Tensor,
  kernelSize: Sizes,
  options: FractionalPoolOptions = {},
): readonly [Tensor, Tensor] => fractionalPool('fractionalMaxPool3d', 3, input, kernelSize, options)
