// The operands of a convolution as windows and matrices: strides only, nothing moves.
import { contiguousStrides, numelOf } from '@tt/tensor'
import type { ConvolutionGeometry, Operand } from '@tt/tensor'
import { windowOn } from './operands.ts'

/** What the parts of a convolution have in common; `x` with its padding. */
export interface Sizes {
  readonly x: Operand
  readonly weight: Operand
  readonly groups: number
  readonly spatial: number
  /** Sizes of the output in the spatial dims. */
  readonly places: readonly number[]
}
export const sizesOf = (x: Operand, weight: Operand, y: Operand, { groups }: ConvolutionGeometry): Sizes => ({
  x,
  weight,
  groups,
  spatial: x.shape.length - 2,
  places: y.shape.slice(2),
})

/** The windows of the input: [images, groups, channels, taps..., places...]. */
export function windows(
  { x, weight, groups, places }: Sizes,
  geometry: ConvolutionGeometry,
  start: number,
  columns: Operand,
): Operand {
  const channels = weight.shape[1]
  const [image, channel, ...inner] = x.strides
  return windowOn(
    x,
    [columns.shape[0], groups, channels, ...weight.shape.slice(2), ...places],
    [
      image,
      channel * channels,
      channel,
      ...inner.map((stride, d) => stride * geometry.dilation[d]),
      ...inner.map((stride, d) => stride * geometry.stride[d]),
    ],
    start * image,
  )
}

/** Dense columns in the shape of the windows. */
export function asWindows({ weight, places }: Sizes, columns: Operand): Operand {
  const shape = [...columns.shape.slice(0, 2), ...weight.shape.slice(1), ...places]
  return windowOn(columns, shape, contiguousStrides(shape))
}

/** Windows at one tap: [images, groups, channels, places...]. */
export function atTap(operand: Operand, index: readonly number[]): Operand {
  const spatial = index.length
  const without = (of: readonly number[]): number[] => [...of.slice(0, 3), ...of.slice(3 + spatial)]
  const start = index.reduce((sum, place, d) => sum + place * operand.strides[3 + d], 0)
  return windowOn(operand, without(operand.shape), without(operand.strides), start)
}

/** A kernel of one element that visits every place: the input is its own columns. */
export const isPointwise = ({ stride }: ConvolutionGeometry, weight: Operand): boolean =>
  weight.shape.slice(2).every((size) => size === 1) && stride.every((step) => step === 1)
export const asColumns = (x: Operand, groups: number): Operand => {
  const [images, channels, ...places] = x.shape
  const count = numelOf(places)
  const rows = channels / groups
  return windowOn(x, [images, groups, rows, count], [channels * count, rows * count, count, 1])
}

/** Images start to start + count. */
export const imagesOf = (operand: Operand, start: number, count: number): Operand =>
  windowOn(operand, [count, ...operand.shape.slice(1)], operand.strides, start * operand.strides[0])
/** One image of columns: [groups, rows, places]. */
export const imageOf = (columns: Operand, i: number): Operand =>
  windowOn(columns, columns.shape.slice(1), columns.strides.slice(1), i * columns.strides[0])
/** One image of a dense output: [groups, Cout / groups, places]. */
export function outputMatrix(y: Operand, i: number, { groups }: Sizes): Operand {
  const [, channels, ...places] = y.shape
  const count = numelOf(places)
  const rows = channels / groups
  return windowOn(y, [groups, rows, count], [rows * count, count, 1], i * channels * count)
}
/** A dense weight: [groups, Cout / groups, channels · taps]. */
export function weightMatrix(w: Operand, { groups }: Sizes): Operand {
  const columns = numelOf(w.shape.slice(1))
  const rows = w.shape[0] / groups
  return windowOn(w, [groups, rows, columns], [rows * columns, columns, 1])
}
export const flippedLast = (x: Operand): Operand =>
  windowOn(x, [x.shape[0], x.shape[2], x.shape[1]], [x.strides[0], x.strides[2], x.strides[1]])
/** One number for each channel, broadcast over an output. */
export const perChannel = (bias: Operand, y: Operand): Operand =>
  windowOn(
    bias,
    [1, bias.shape[0], ...y.shape.slice(2).map(() => 1)],
    [0, bias.strides[0], ...y.shape.slice(2).map(() => 0)],
  )
/** The part of a padded operand that is not padding. */
export const interior = (wide: Operand, shape: readonly number[], padding: readonly number[]): Operand =>
  windowOn(
    wide,
    shape,
    wide.strides,
    padding.reduce((sum, size, d) => sum + size * wide.strides[2 + d], 0),
  )
