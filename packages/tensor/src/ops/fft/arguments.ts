// Checks and defaults that the functions of torch.fft share.
import { complexOf, defaultFloatInfo } from '../../dtype.ts'
import { ArgumentError, DTypeError, ShapeError, check } from '../../errors.ts'
import { formatShape, wrapDim } from '../../shape/shape.ts'
import type { Tensor } from '../../tensor.ts'
import { to } from '../copy.ts'
import { constantPadNd } from '../pad.ts'
import { narrow } from '../views.ts'

/**
 * Where the factor 1/n of a transform and its inverse goes: 'backward' (the default) to the inverse, 'forward' to the
 * forward one, 'ortho' as 1/√n to both.
 */
export type FFTNorm = 'backward' | 'ortho' | 'forward'
/** Options of the transforms of one dim. */
export interface FFTOptions {
  /** Length of the signal, which is cut or filled up with zeros at its end; default: as it is. */
  n?: number | null
  norm?: FFTNorm | null
}
/** Options of the transforms of several dims. */
export interface FFTNOptions {
  /** Length along each dim, −1 for as it is. */
  s?: readonly number[] | null
  norm?: FFTNorm | null
}
/** A transform's direction: which of the pair carries the factor 1/n by default. */
export type Direction = 'forward' | 'inverse'

/** The factor of a transform of `n` numbers in all. */
export function scaleOf(
  op: string,
  norm: FFTNorm | null | undefined,
  direction: Direction,
  n: number,
): number {
  const name = norm ?? 'backward'
  check(
    name === 'backward' || name === 'forward' || name === 'ortho',
    () => new ArgumentError(op, `norm must be 'backward', 'forward' or 'ortho', got '${name}'`),
  )
  if (name === 'ortho') return 1 / Math.sqrt(n)
  return (name === 'forward') === (direction === 'forward') ? 1 / n : 1
}

/** Self as floating-point or complex numbers. @throws DTypeError for half types */
export function toFloating(op: string, self: Tensor): Tensor {
  const { category, name } = self.dtypeInfo
  check(
    name !== 'float16' && name !== 'bfloat16',
    () => new DTypeError(op, `the dtype must not be a half type, got ${name}. Cast first: .to('float32')`),
  )
  return category === 'float' || category === 'complex' ? self : to(self, defaultFloatInfo().name)
}

/** Self as complex numbers. */
export const toComplex = (self: Tensor): Tensor => to(self, complexOf(self.dtypeInfo).name)

/** Which dims are transformed, not negative, and the length along each. */
export interface Lengths {
  readonly dims: readonly number[]
  readonly lengths: readonly number[]
}

/** Of half a spectrum, the length of the signal that it is taken to belong to. */
export const ofWhole = (half: number): number => 2 * (half - 1)

/** The dim, and the length along it. */
export function lengthAlong(
  op: string,
  self: Tensor,
  dim: number,
  n: number | null | undefined,
  size = (input: number): number => input,
): Lengths {
  check(self.ndim > 0, () => new ShapeError(op, 'the input must have a dim, got a 0-dim tensor'))
  const at = wrapDim(op, dim, self.ndim)
  const length = n ?? size(self.shape[at])
  check(
    Number.isInteger(length) && length >= 1,
    () => new ShapeError(op, `the number of data points must be an integer of at least 1, got ${length}`),
  )
  return { dims: [at], lengths: [length] }
}

/** The dims in order, and the length along each. `last` is the default length of the last one. */
export function lengthsAlong(
  op: string,
  self: Tensor,
  dim: number | readonly number[] | null | undefined,
  s: readonly number[] | null | undefined,
  last = (input: number): number => input,
): Lengths {
  check(
    s === null || s === undefined || s.length <= self.ndim,
    () =>
      new ShapeError(op, `s must have at most ${self.ndim} lengths for this input, got ${formatShape(s!)}`),
  )
  const given = typeof dim === 'number' ? [dim] : dim
  const count = s?.length ?? self.ndim
  const dims =
    given === null || given === undefined
      ? Array.from({ length: count }, (_, i) => self.ndim - count + i)
      : given.map((d) => wrapDim(op, d, self.ndim))
  check(
    new Set(dims).size === dims.length,
    () => new ShapeError(op, `each dim may appear once, got ${formatShape(dims)}`),
  )
  check(
    s === null || s === undefined || s.length === dims.length,
    () =>
      new ShapeError(
        op,
        `s and dim must have the same length, got ${formatShape(s!)} and ${formatShape(dims)}`,
      ),
  )
  const lengths = dims.map((d, i) => {
    const wanted = s?.[i] ?? -1
    return wanted !== -1 ? wanted : i === dims.length - 1 ? last(self.shape[d]) : self.shape[d]
  })
  check(
    lengths.every((length) => Number.isInteger(length) && length >= 1),
    () =>
      new ShapeError(
        op,
        `the numbers of data points must be integers of at least 1, got ${formatShape(lengths)}`,
      ),
  )
  return { dims, lengths }
}

/** Self with each of the dims cut, or filled up with zeros, to the length. */
export function fitted(self: Tensor, dims: readonly number[], lengths: readonly number[]): Tensor {
  let result = self
  dims.forEach((dim, i) => {
    const size = result.shape[dim]
    if (lengths[i] < size) result = narrow(result, dim, 0, lengths[i])
    else if (lengths[i] > size) {
      const pad = Array<number>(2 * (result.ndim - dim)).fill(0)
      pad[pad.length - 1] = lengths[i] - size
      result = constantPadNd(result, pad)
    }
  })
  return result
}
