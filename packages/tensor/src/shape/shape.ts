// Arithmetic on shapes and strides: no tensors, no data.
import { IndexError, ShapeError, check } from '../errors.ts'

/** Sizes of the dims, outermost first. */
export type Shape = readonly number[]

/** Number of elements. @example numelOf([2, 3, 4]) // => 24 */
export function numelOf(shape: Shape): number {
  let n = 1
  for (let i = 0; i < shape.length; i++) n *= shape[i]
  return n
}

/**
 * Strides, in elements, of a row-major tensor without gaps.
 *
 * @example
 * contiguousStrides([2, 3, 4]) // => [12, 4, 1]
 */
export function contiguousStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length)
  let step = 1
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step
    step *= Math.max(shape[i], 1)
  }
  return strides
}

/**
 * Whether the elements lie row-major without gaps; strides of dims of size 1 do not matter.
 *
 * @example
 * isContiguous([2, 3], [3, 1]) // => true
 * isContiguous([2, 3], [1, 2]) // => false
 */
export function isContiguous(shape: Shape, strides: readonly number[]): boolean {
  let step = 1
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] === 0) return true
    if (shape[i] !== 1) {
      if (strides[i] !== step) return shape.includes(0)
      step *= shape[i]
    }
  }
  return true
}

/** Whether both are equal, entry by entry. @example sameShape([2, 3], [2, 3]) // => true */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/**
 * The shape to which both broadcast: aligned right, size 1 stretches.
 *
 * @throws ShapeError if two sizes differ and neither is 1
 * @example
 * broadcastPair('add', [2, 1], [3]) // => [2, 3]
 */
export function broadcastPair(op: string, a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a
  const rank = Math.max(a.length, b.length)
  const shape = new Array<number>(rank)
  for (let i = 1; i <= rank; i++) {
    const [m, n] = [a[a.length - i] ?? 1, b[b.length - i] ?? 1]
    if (m !== n && m !== 1 && n !== 1) {
      throw new ShapeError(
        op,
        `sizes must be equal or 1 in each dim, got ${formatShape(a)} and ${formatShape(b)} ` +
          `(${m} and ${n} in dim ${rank - i}). Reshape or expand one of them`,
      )
    }
    shape[rank - i] = m === 1 ? n : m
  }
  return shape
}

/**
 * Strides of an operand as it is read under the larger `shape`: 0 in stretched dims.
 *
 * @example
 * broadcastStrides({ shape: [2, 1], strides: [1, 1] }, [4, 2, 3]) // => [0, 1, 0]
 */
export function broadcastStrides(
  operand: { readonly shape: Shape; readonly strides: readonly number[] },
  shape: Shape,
): number[] {
  const lead = shape.length - operand.shape.length
  return shape.map((size, i) =>
    i < lead || (operand.shape[i - lead] === 1 && size !== 1) ? 0 : operand.strides[i - lead],
  )
}

/**
 * A dim from 0 to rank − 1; negative ones count from the end. A 0-dim tensor has dims −1 and 0.
 *
 * @throws IndexError if it is out of range
 * @example
 * wrapDim('sum', -1, 3) // => 2
 */
export function wrapDim(op: string, dim: number, rank: number): number {
  const range = Math.max(rank, 1)
  if (Number.isInteger(dim) && dim >= -range && dim < range) return dim < 0 ? dim + range : dim
  throw new IndexError(op, `dim must be in the range of [${-range}, ${range - 1}], got ${dim}`)
}

/**
 * All dims wrapped, sorted, without duplicates; null, undefined and [] mean all of them.
 *
 * @example
 * wrapDims('sum', [-1, 0], 3) // => [0, 2]
 */
export function wrapDims(
  op: string,
  dims: number | readonly number[] | null | undefined,
  rank: number,
): number[] {
  if (dims === null || dims === undefined || (typeof dims !== 'number' && dims.length === 0))
    return Array.from({ length: rank }, (_, i) => i)
  const wrapped = (typeof dims === 'number' ? [dims] : dims).map((dim) => wrapDim(op, dim, rank))
  check(
    new Set(wrapped).size === wrapped.length,
    () => new ShapeError(op, `each dim may appear once in the list of dims, got ${formatShape(wrapped)}`),
  )
  return rank === 0 ? [] : wrapped.sort((a, b) => a - b)
}

/**
 * Replaces one −1 by the size that fits `numel`.
 *
 * @throws ShapeError if there are two, a negative size, or the number of elements differs
 * @example
 * inferSize('view', [2, -1], 6) // => [2, 3]
 */
export function inferSize(op: string, shape: Shape, numel: number): Shape {
  let known = 1
  let unknown = -1
  for (let i = 0; i < shape.length; i++) {
    if (shape[i] === -1) {
      check(unknown === -1, () => new ShapeError(op, `only one size may be -1, got ${formatShape(shape)}`))
      unknown = i
    } else {
      check(
        Number.isInteger(shape[i]) && shape[i] >= 0,
        () =>
          new ShapeError(op, `sizes must be integers of at least 0 (or one -1), got ${formatShape(shape)}`),
      )
      known *= shape[i]
    }
  }
  if (unknown === -1) {
    check(
      known === numel,
      () => new ShapeError(op, `shape ${formatShape(shape)} is invalid for input of size ${numel}`),
    )
    return shape
  }
  check(
    known !== 0,
    () =>
      new ShapeError(
        op,
        `-1 cannot be inferred beside a size of 0, got ${formatShape(shape)}. Give every size`,
      ),
  )
  check(
    numel % known === 0,
    () => new ShapeError(op, `shape ${formatShape(shape)} is invalid for input of size ${numel}`),
  )
  return shape.map((size) => (size === -1 ? numel / known : size))
}

/**
 * Strides of a view of `shape` on a tensor of other shape and strides, or null if only a copy can do it.
 * Dims of the tensor that lie next to each other in memory are merged, then split as `shape` asks.
 *
 * @example
 * viewStrides([4], [2], [2, 2]) // => [4, 2]
 * viewStrides([2, 2], [1, 2], [4]) // => null
 */
export function viewStrides(oldShape: Shape, oldStrides: readonly number[], shape: Shape): number[] | null {
  if (numelOf(oldShape) === 0) return sameShape(oldShape, shape) ? [...oldStrides] : contiguousStrides(shape)
  const strides = new Array<number>(shape.length)
  let viewDim = shape.length - 1
  let chunkStride = oldStrides.at(-1) ?? 1
  let oldNumel = 1
  let viewNumel = 1
  for (let dim = oldShape.length - 1; dim >= 0; dim--) {
    oldNumel *= oldShape[dim]
    const ends = dim === 0 || (oldShape[dim - 1] !== 1 && oldStrides[dim - 1] !== oldNumel * chunkStride)
    if (!ends) continue
    while (viewDim >= 0 && (viewNumel < oldNumel || shape[viewDim] === 1)) {
      strides[viewDim] = viewNumel * chunkStride
      viewNumel *= shape[viewDim]
      viewDim--
    }
    if (viewNumel !== oldNumel) return null
    if (dim > 0) {
      chunkStride = oldStrides[dim - 1]
      oldNumel = 1
      viewNumel = 1
    }
  }
  for (; viewDim >= 0; viewDim--) strides[viewDim] = viewNumel * chunkStride // 0-dim input: all sizes are 1
  return strides
}

/** `[2, 3]`, as errors show shapes. @example formatShape([2, 3]) // => '[2, 3]' */
export const formatShape = (shape: Shape): string => `[${shape.join(', ')}]`

/**
 * Throws unless each size is an integer of at least 0.
 *
 * @example
 * checkSizes('ones', [2, 0, 3]) // => undefined
 */
export function checkSizes(op: string, shape: Shape): void {
  for (const size of shape) {
    check(
      Number.isInteger(size) && size >= 0,
      () => new ShapeError(op, `sizes must be integers of at least 0, got ${formatShape(shape)}`),
    )
  }
}

/**
 * The shape to which all broadcast; a number stands for one dim.
 *
 * @throws ShapeError if two sizes of a dim differ and neither is 1
 * @example
 * broadcastShapes([[2, 1], [3]]) // => [2, 3]
 * @see torch.broadcast_shapes
 */
export const broadcastShapes = (shapes: readonly (Shape | number)[]): Shape =>
  shapes.reduce<Shape>(
    (all, shape) => broadcastPair('broadcastShapes', all, typeof shape === 'number' ? [shape] : shape),
    [],
  )
