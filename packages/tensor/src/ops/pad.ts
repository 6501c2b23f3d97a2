// Padding: by a value, by reflection, by the border, around; and the shuffles between channels and pixels.
import { copyElements, fillElements } from '../dispatch/elements.ts'
import type { Scalar } from '../dispatch/scalar.ts'
import { apply, structured } from '../dispatch/structured.ts'
import { ArgumentError, ShapeError, check } from '../errors.ts'
import { indexTensor } from '../host/positions.ts'
import { formatShape } from '../shape/shape.ts'
import { viewOf } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import { clone } from './copy.ts'
import { indexSelect } from './indexing.ts'
import { permute, reshape } from './views.ts'

/** Before and after each dim, from the last dim on: [left, right, top, bottom, ...]; negative crops. */
export type PadAmounts = readonly number[]

/** Before and after dim `d` of `ndim`. */
const around = (pad: PadAmounts, ndim: number, d: number): readonly [number, number] => {
  const i = (ndim - 1 - d) * 2
  return i < pad.length ? [pad[i], pad[i + 1]] : [0, 0]
}

/** constantPadNd: `pad` as given; negative entries crop. */
export const constantPadNdOp = structured<{ readonly pad: PadAmounts; readonly value: Scalar }>({
  name: 'constantPadNd',
  complex: 'whole',
  infer: ([self], { pad }) => {
    const shape = self.shape.map(
      (size, d) => size + around(pad, self.ndim, d)[0] + around(pad, self.ndim, d)[1],
    )
    check(
      shape.every((size) => size >= 0),
      () =>
        new ShapeError(
          'constantPadNd',
          `no size may become negative, got ${formatShape(shape)} for shape ${formatShape(self.shape)} and pad ${formatShape(pad)}`,
        ),
    )
    return [{ shape, dtype: self.dtypeInfo }]
  },
  run: (backend, [self], { pad, value }, [out]) => {
    fillElements(out, value)
    // the part of self that stays, and where it comes to lie
    const sides = self.shape.map((size, d) => {
      const [before, after] = around(pad, self.ndim, d)
      const length = Math.max(0, size - Math.max(0, -before) - Math.max(0, -after))
      return { from: Math.max(0, -before), to: Math.max(0, before), length }
    })
    const shape = sides.map(({ length }) => length)
    if (shape.includes(0)) return
    const start = (t: Tensor, key: 'from' | 'to') =>
      sides.reduce((offset, side, d) => offset + side[key] * t.strides[d], t.offset)
    copyElements(
      backend,
      viewOf(self, shape, self.strides, start(self, 'from')),
      viewOf(out, shape, out.strides, start(out, 'to')),
    )
  },
})

function checkPad(op: string, self: Tensor, pad: PadAmounts): void {
  check(
    pad.length % 2 === 0 && pad.length / 2 <= self.ndim && pad.every(Number.isInteger),
    () =>
      new ArgumentError(
        op,
        `pad must have two integers for each of at most ${self.ndim} dims, got ${formatShape(pad)}`,
      ),
  )
}
/**
 * Self with `value` around it. @param pad [left, right, top, bottom, ...] from the last dim on; negative crops
 * @example
 * constantPadNd(tensor([1, 2]), [1, 2], { value: 9 }).tolist() // => [9, 1, 2, 9, 9]
 * @see torch.constant_pad_nd
 */
export function constantPadNd(self: Tensor, pad: PadAmounts, { value = 0 }: { value?: Scalar } = {}): Tensor {
  checkPad('constantPadNd', self, pad)
  return apply(constantPadNdOp, [self], { pad, value })
}

/** How the border is filled. */
export type PadMode = 'constant' | 'reflect' | 'replicate' | 'circular'
/** Position in a dim of `size` of the padded position i − before. */
const sources: Readonly<Record<Exclude<PadMode, 'constant'>, (i: number, size: number) => number>> = {
  reflect: (i, size) => (i < 0 ? -i : i >= size ? 2 * (size - 1) - i : i),
  replicate: (i, size) => Math.min(Math.max(i, 0), size - 1),
  circular: (i, size) => (i < 0 ? i + size : i >= size ? i - size : i),
}

/**
 * Self with a border: of `value`, mirrored without the edge, of the edge's elements, or of the other side's.
 *
 * @param input for the modes other than 'constant' 1 to 3 dims to pad, after one or two that are not
 * @param pad [left, right, top, bottom, front, back] from the last dim on; negative crops
 * @throws ArgumentError if pad does not fit; ShapeError if the border is larger than its mode allows
 * @example
 * pad(tensor([[1, 2, 3]]), [1, 1]).tolist()                      // => [[0, 1, 2, 3, 0]]
 * pad(tensor([[1, 2, 3]]), [2, 0], { mode: 'reflect' }).tolist() // => [[3, 2, 1, 2, 3]]
 * @see torch.nn.functional.pad
 */
export function pad(
  input: Tensor,
  pad: PadAmounts,
  { mode = 'constant', value = 0 }: { mode?: PadMode; value?: Scalar | null } = {},
): Tensor {
  checkPad('pad', input, pad)
  if (mode === 'constant') return apply(constantPadNdOp, [input], { pad, value: value ?? 0 })
  check(
    Object.hasOwn(sources, mode),
    () =>
      new ArgumentError(
        'pad',
        `mode must be 'constant', 'reflect', 'replicate' or 'circular', got '${String(mode)}'`,
      ),
  )
  check(!value, () => new ArgumentError('pad', `mode '${mode}' takes no value, got ${String(value)}`))
  const count = pad.length / 2
  check(
    count >= 1 && count <= 3 && (input.ndim === count + 1 || input.ndim === count + 2),
    () =>
      new ShapeError(
        'pad',
        `mode '${mode}' pads the last 1 to 3 dims of a tensor with 1 or 2 more, got pad ${formatShape(pad)} for shape ${formatShape(input.shape)}`,
      ),
  )
  const dims = Array.from({ length: count }, (_, i) => input.ndim - 1 - i)
  dims.forEach((d) => checkBorder(mode, input.shape[d], around(pad, input.ndim, d), d))
  const padded = dims.reduce((result, d) => {
    const [before, after] = around(pad, input.ndim, d)
    if (before === 0 && after === 0) return result
    const size = input.shape[d]
    // 'circular' crops first, and goes around what is left; for the others the order does not matter
    const cut = mode === 'circular' ? Math.max(0, -before) : 0
    const kept = mode === 'circular' ? size - cut - Math.max(0, -after) : size
    const positions = Array.from(
      { length: size + before + after },
      (_, i) => cut + sources[mode](i - before - cut, kept),
    )
    return indexSelect(result, d, indexTensor(input.storage.backend, positions))
  }, input)
  return padded === input ? clone(input) : padded
}
function checkBorder(
  mode: PadMode,
  size: number,
  [before, after]: readonly [number, number],
  d: number,
): void {
  const largest = mode === 'reflect' ? size - 1 : mode === 'circular' ? size : Infinity
  check(
    before <= largest && after <= largest && size + before + after > 0 && size > 0,
    () =>
      new ShapeError(
        'pad',
        `mode '${mode}' must leave a positive size and pad a dim of size ${size} by at most ${largest}, got ${before} and ${after} in dim ${d}`,
      ),
  )
}

function split(op: string, input: Tensor, dims: number, factor: number): readonly number[] {
  check(
    input.ndim >= dims,
    () =>
      new ShapeError(op, `the input must have at least ${dims} dims, got shape ${formatShape(input.shape)}`),
  )
  check(
    Number.isInteger(factor) && factor > 0,
    () => new ArgumentError(op, `the factor must be a positive integer, got ${factor}`),
  )
  return input.shape.slice(0, -3)
}
/**
 * [*, C·r², H, W] as [*, C, H·r, W·r].
 *
 * @throws ShapeError unless the channels are a multiple of r²
 * @example
 * pixelShuffle(tensor([[[1]], [[2]], [[3]], [[4]]]), 2).tolist() // => [[[1, 2], [3, 4]]]
 * @see torch.nn.functional.pixel_shuffle
 */
export function pixelShuffle(input: Tensor, upscaleFactor: number): Tensor {
  const batch = split('pixelShuffle', input, 3, upscaleFactor)
  const [c, h, w] = input.shape.slice(-3)
  const r = upscaleFactor
  check(
    c % (r * r) === 0,
    () => new ShapeError('pixelShuffle', `the channels must be a multiple of ${r * r}, got ${c}`),
  )
  const parts = reshape(input, [...batch, c / (r * r), r, r, h, w])
  const n = batch.length
  return reshape(permute(parts, [...batch.map((_, i) => i), n, n + 3, n + 1, n + 4, n + 2]), [
    ...batch,
    c / (r * r),
    h * r,
    w * r,
  ])
}
/**
 * [*, C, H·r, W·r] as [*, C·r², H, W].
 *
 * @throws ShapeError
 * @example
 * pixelUnshuffle(tensor([[[1, 2], [3, 4]]]), 2).tolist() // => [[[1]], [[2]], [[3]], [[4]]]
 * @see torch.nn.functional.pixel_unshuffle
 */
export function pixelUnshuffle(input: Tensor, downscaleFactor: number): Tensor {
  const batch = split('pixelUnshuffle', input, 3, downscaleFactor)
  const [c, h, w] = input.shape.slice(-3)
  const r = downscaleFactor
  check(
    h % r === 0 && w % r === 0,
    () => new ShapeError('pixelUnshuffle', `height and width must be multiples of ${r}, got ${h} and ${w}`),
  )
  const parts = reshape(input, [...batch, c, h / r, r, w / r, r])
  const n = batch.length
  return reshape(permute(parts, [...batch.map((_, i) => i), n, n + 2, n + 4, n + 1, n + 3]), [
    ...batch,
    c * r * r,
    h / r,
    w / r,
  ])
}
/**
 * Channels (dim 1) of `groups` groups interleaved.
 *
 * @throws ShapeError
 * @example
 * channelShuffle(tensor([[[1], [2], [3], [4]]]), 2).tolist() // => [[[1], [3], [2], [4]]]
 * @see torch.nn.functional.channel_shuffle
 */
export function channelShuffle(input: Tensor, groups: number): Tensor {
  split('channelShuffle', input, 3, groups)
  const [n, c, ...rest] = input.shape
  check(
    c % groups === 0,
    () =>
      new ShapeError('channelShuffle', `the channels must be a multiple of the ${groups} groups, got ${c}`),
  )
  const parts = reshape(input, [n, groups, c / groups, ...rest])
  return reshape(permute(parts, [0, 2, 1, ...rest.map((_, i) => i + 3)]), input.shape)
}
