// Ops that repeat or reorder along dims: repeat, tile, repeatInterleave, flip, roll, rot90.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import type { Backend } from '../backend/backend.ts'
import { applyComposite, composite } from '../dispatch/structured.ts'
import { ArgumentError, ShapeError, check } from '../errors.ts'
import { checkReadable } from '../host/reads.ts'
import { indexTensor } from '../host/positions.ts'
import { formatShape, wrapDim, wrapDims } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { clone, contiguous } from './copy.ts'
import { indexSelect } from './indexing.ts'
import { cat } from './join.ts'
import { tolist } from './reading.ts'
import { expand, flatten, narrow, reshape, transpose, unsqueeze, view } from './views.ts'

/** repeat: `repeats` has at least as many entries as self has dims. */
export const repeatOp = composite<{ readonly repeats: readonly number[] }>({
  name: 'repeat',
  decompose: ([self], { repeats }) => {
    const shape = [...new Array<number>(repeats.length - self.ndim).fill(1), ...self.shape]
    // [r0, s0, r1, s1, ...]: one copy of an expanded view
    const source = view(
      contiguous(self),
      shape.flatMap((size) => [1, size]),
    )
    const spread = expand(
      source,
      shape.flatMap((size, d) => [repeats[d], size]),
    )
    return [
      view(
        clone(spread),
        shape.map((size, d) => size * repeats[d]),
      ),
    ]
  },
})

/**
 * Self copied `repeats[d]` times along each dim; more entries than dims give new dims in front.
 *
 * @throws ShapeError for fewer entries than dims, or negative ones
 * @example
 * tensor([1, 2]).repeat([2, 2]).tolist() // => [[1, 2, 1, 2], [1, 2, 1, 2]]
 * @see torch.Tensor.repeat
 */
export function repeat(self: Tensor, repeats: readonly number[]): Tensor {
  check(
    repeats.length >= self.ndim,
    () =>
      new ShapeError(
        'repeat',
        `repeats must have an entry for each of the ${self.ndim} dims, got ${formatShape(repeats)}`,
      ),
  )
  check(
    repeats.every((n) => Number.isInteger(n) && n >= 0),
    () => new ShapeError('repeat', `repeats must be integers of at least 0, got ${formatShape(repeats)}`),
  )
  return applyComposite(repeatOp, [self], { repeats })[0]
}
/**
 * As repeat, with ones in front of `dims` if they are fewer than the dims.
 *
 * @example
 * tile(tensor([1, 2]), [2, 2]).tolist() // => [[1, 2, 1, 2], [1, 2, 1, 2]]
 * @see torch.tile
 */
export const tile = (self: Tensor, dims: readonly number[]): Tensor =>
  repeat(self, [...new Array<number>(Math.max(0, self.ndim - dims.length)).fill(1), ...dims])

/** Options of repeatInterleave. */
export interface RepeatInterleaveOptions {
  /** The size of the result, if it is known. */
  outputSize?: number | null
}
/**
 * Each position of `dim` repeated; of the flattened tensor without a dim.
 *
 * @param repeats a count, or an integer tensor of a count for each position
 * @throws DeviceError for a tensor of counts on a device that cannot be read synchronously
 * @example
 * tensor([1, 2]).repeatInterleave(2).tolist()                // => [1, 1, 2, 2]
 * tensor([1, 2]).repeatInterleave(tensor([0n, 3n])).tolist() // => [2, 2, 2]
 * @see torch.repeat_interleave
 */
export function repeatInterleave(
  self: Tensor,
  repeats: number | Tensor,
  dim: number | null = null,
  { outputSize = null }: RepeatInterleaveOptions = {},
): Tensor {
  const source = dim === null ? reshape(self, [-1]) : self
  const at = wrapDim('repeatInterleave', dim ?? 0, source.ndim)
  const length = source.shape[at] ?? 1
  const counts = typeof repeats === 'number' ? repeats : countsOf(repeats, length)
  check(
    [counts].flat().every((n) => Number.isInteger(n) && n >= 0),
    () => new ArgumentError('repeatInterleave', 'repeats must be integers of at least 0, got a negative one'),
  )
  const total = typeof counts === 'number' ? counts * length : counts.reduce((a, b) => a + b, 0)
  check(
    outputSize === null || outputSize === total,
    () => new ArgumentError('repeatInterleave', `outputSize must be ${total}, got ${outputSize}`),
  )
  if (typeof counts === 'number' && source.ndim > 0) {
    const spread = expand(unsqueeze(source, at + 1), [
      ...source.shape.slice(0, at + 1),
      counts,
      ...source.shape.slice(at + 1),
    ])
    return flatten(clone(spread), at, at + 1)
  }
  const list = typeof counts === 'number' ? [counts] : counts
  const positions = list.flatMap((n, i) => new Array<number>(n).fill(i))
  return indexSelect(
    source.ndim === 0 ? reshape(source, [1]) : source,
    at,
    indexTensor(self.storage.backend, positions),
  )
}
function countsOf(repeats: Tensor, length: number): number | readonly number[] {
  check(
    repeats.dtypeInfo.category === 'int' && repeats.ndim <= 1,
    () =>
      new ArgumentError(
        'repeatInterleave',
        `repeats must be an integer tensor of at most 1 dim, got ${repeats.dtype} of ${repeats.ndim} dims`,
      ),
  )
  checkReadable('repeatInterleave', 'the counts', repeats)
  const counts = tolist(reshape(repeats, [-1])) as number[]
  check(
    counts.length === 1 || counts.length === length,
    () =>
      new ShapeError(
        'repeatInterleave',
        `repeats must have the size ${length} of the dim, got ${counts.length}`,
      ),
  )
  return counts.length === 1 ? counts[0] : counts
}

/** flip: the dims, wrapped. */
export const flipOp = composite<{ readonly dims: readonly number[] }>({
  name: 'flip',
  decompose: ([self], { dims }) => {
    const turned = dims.filter((d) => self.shape[d] > 1)
    if (turned.length === 0) return [clone(self)]
    return [
      turned.reduce(
        (source, d) => indexSelect(source, d, countdown(source.shape[d], self.storage.backend)),
        self,
      ),
    ]
  },
})
const countdown = (length: number, backend: Backend): Tensor =>
  indexTensor(
    backend,
    Int32Array.from({ length }, (_, i) => length - 1 - i),
  )

/**
 * A copy with the order of positions reversed in the dims given.
 *
 * @example
 * tensor([[1, 2], [3, 4]]).flip([1]).tolist() // => [[2, 1], [4, 3]]
 * @see torch.flip
 */
export function flip(self: Tensor, dims: number | readonly number[]): Tensor {
  const list = [dims].flat() as number[]
  return applyComposite(flipOp, [self], {
    dims: list.length === 0 || self.ndim === 0 ? [] : wrapDims('flip', list, self.ndim),
  })[0]
}
/**
 * Columns in reverse order.
 *
 * @throws ShapeError for fewer than 2 dims
 * @example
 * fliplr(tensor([[1, 2], [3, 4]])).tolist() // => [[2, 1], [4, 3]]
 * @see torch.fliplr
 */
export function fliplr(self: Tensor): Tensor {
  check(self.ndim >= 2, () => new ShapeError('fliplr', `self must have at least 2 dims, got ${self.ndim}`))
  return flip(self, [1])
}
/**
 * Rows in reverse order.
 *
 * @throws ShapeError for a 0-dim tensor
 * @example
 * flipud(tensor([[1, 2], [3, 4]])).tolist() // => [[3, 4], [1, 2]]
 * @see torch.flipud
 */
export function flipud(self: Tensor): Tensor {
  check(self.ndim >= 1, () => new ShapeError('flipud', 'self must have at least 1 dim, got 0'))
  return flip(self, [0])
}

/** roll: a shift for each of the dims, wrapped. */
export const rollOp = composite<{ readonly shifts: readonly number[]; readonly dims: readonly number[] }>({
  name: 'roll',
  decompose: ([self], { shifts, dims }) => {
    const moved = dims
      .map((d, i) => ({
        d,
        shift: self.shape[d] === 0 ? 0 : ((shifts[i] % self.shape[d]) + self.shape[d]) % self.shape[d],
      }))
      .filter(({ shift }) => shift !== 0)
    if (moved.length === 0) return [clone(self)]
    return [
      moved.reduce((source, { d, shift }) => {
        const cut = source.shape[d] - shift
        return cat([narrow(source, d, cut, shift), narrow(source, d, 0, cut)], d)
      }, self),
    ]
  },
})
/**
 * A copy with the positions of dims moved on, those beyond the end back to the beginning; of the flattened tensor
 * without dims.
 *
 * @throws ShapeError unless there are as many shifts as dims
 * @example
 * tensor([1, 2, 3]).roll(1).tolist() // => [3, 1, 2]
 * @see torch.roll
 */
export function roll(
  self: Tensor,
  shifts: number | readonly number[],
  dims: number | readonly number[] | null = null,
): Tensor {
  const list = [shifts].flat() as number[]
  const along = dims === null ? [] : ([dims].flat() as number[])
  if (along.length === 0) {
    check(
      list.length === 1,
      () => new ShapeError('roll', `without dims there must be one shift, got ${formatShape(list)}`),
    )
    return view(applyComposite(rollOp, [reshape(self, [-1])], { shifts: list, dims: [0] })[0], self.shape)
  }
  check(
    list.length === along.length,
    () =>
      new ShapeError(
        'roll',
        `shifts and dims must have the same length, got ${formatShape(list)} and ${formatShape(along)}`,
      ),
  )
  return applyComposite(rollOp, [self], {
    shifts: list,
    dims: self.ndim === 0 ? [] : along.map((d) => wrapDim('roll', d, self.ndim)),
  })[0]
}

/**
 * Rotated by 90 degrees `k` times in the plane of two dims, from the first towards the second.
 *
 * @example
 * rot90(tensor([[1, 2], [3, 4]])).tolist() // => [[2, 4], [1, 3]]
 * @see torch.rot90
 */
export function rot90(self: Tensor, k = 1, dims: readonly number[] = [0, 1]): Tensor {
  check(
    dims.length === 2 && self.ndim >= 2,
    () =>
      new ShapeError(
        'rot90',
        `there must be 2 dims to rotate in, got ${formatShape(dims)} for ${self.ndim} dims`,
      ),
  )
  const [a, b] = dims.map((d) => wrapDim('rot90', d, self.ndim))
  check(a !== b, () => new ShapeError('rot90', `the two dims must differ, got ${formatShape(dims)}`))
  const turns = ((k % 4) + 4) % 4
  if (turns === 1) return transpose(flip(self, [b]), a, b)
  if (turns === 2) return flip(self, [a, b])
  return turns === 3 ? transpose(flip(self, [a]), a, b) : clone(self)
}

/**
 * A copy of narrow.
 *
 * @example
 * narrowCopy(tensor([1, 2, 3]), 0, 1, 2).tolist() // => [2, 3]
 * @see torch.narrow_copy
 */
export const narrowCopy = (
  self: Tensor,
  dim: number,
  start: number,
  length: number,
  { out }: OutOption = {},
): Tensor =>
  out === undefined
    ? clone(narrow(self, dim, start, length))
    : resultInto('narrowCopy', out, () => narrowCopy(self, dim, start, length))
