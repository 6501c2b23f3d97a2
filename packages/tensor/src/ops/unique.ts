// Distinct elements: unique, uniqueConsecutive. Their number depends on the data, so it is read on the host.
import { withGradMode } from '../dispatch/hook.ts'
import { checkReadable } from '../host/reads.ts'
import { indexTensor, readPositions } from '../host/positions.ts'
import { wrapDim } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { sub } from './arithmetic.ts'
import { ne } from './comparison.ts'
import { clone, contiguous } from './copy.ts'
import { empty, full, ones } from './creation.ts'
import { diff, cumsum } from './scan.ts'
import { indexSelect } from './indexing.ts'
import { cat } from './join.ts'
import { toTypedArray } from './reading.ts'
import { any } from './reduce.ts'
import { scatter } from './scatter.ts'
import { sort } from './sort.ts'
import { narrow, reshape, select, view } from './views.ts'

/** Options of unique and uniqueConsecutive. */
export interface UniqueOptions<I extends boolean = boolean, C extends boolean = boolean> {
  /** In rising order (always so here). */
  sorted?: boolean
  /** Also where each element of self went. */
  returnInverse?: I
  /** Also how often each occurs. */
  returnCounts?: C
}
/** The distinct elements, and what was asked for with them. */
export interface Unique {
  readonly output: Tensor
  /** Of the shape of self: the position in `output`. There if it was asked for. */
  readonly inverse?: Tensor
  /** How often each occurs. There if it was asked for. */
  readonly counts?: Tensor
}
/** A tensor, or more if more was asked for. */
export type UniqueResult<I, C> = I extends true
  ? C extends true
    ? Required<Unique>
    : Required<Omit<Unique, 'counts'>>
  : C extends true
    ? Required<Omit<Unique, 'inverse'>>
    : Tensor

function finish(
  self: Tensor,
  parts: () => Grouped,
  { returnInverse = false, returnCounts = false }: UniqueOptions,
  dim: number | null,
): Tensor | Unique {
  checkReadable('unique', 'the number of distinct elements', self)
  return withGradMode(false, () => {
    const { output, group, starts } = parts()
    if (!returnInverse && !returnCounts) return output
    const total = dim === null ? self.numel() : self.shape[dim]
    const ends = full([1], total, { dtype: 'int64', device: self.device })
    return {
      output,
      ...(returnInverse && { inverse: dim === null ? view(group(), self.shape) : group() }),
      ...(returnCounts && { counts: diff(cat([starts, ends])) }),
    }
  })
}
interface Grouped {
  output: Tensor
  /** For each element in its original place, the number of its group. */
  group: () => Tensor
  /** Where in the ordered elements each group starts. */
  starts: Tensor
}

/** Groups of equal neighbours: `changes[i]` says that element i + 1 begins a new one. */
function groupsOf(
  ordered: Tensor,
  changes: Tensor,
  dim: number,
): { starts: Tensor; numbers: () => Tensor; output: Tensor } {
  const { device } = ordered
  const length = ordered.shape[dim]
  const first =
    length === 0
      ? empty([0], { dtype: 'bool', device })
      : cat([ones([1], { dtype: 'bool', device }), changes])
  const starts = select(readPositions('unique', first), 0, 0)
  return { starts, output: indexSelect(ordered, dim, starts), numbers: () => sub(cumsum(first, 0), 1) }
}
const neighboursDiffer = (ordered: Tensor, dim: number): Tensor => {
  const length = Math.max(0, ordered.shape[dim] - 1)
  const differ = ne(
    narrow(ordered, dim, Math.min(1, ordered.shape[dim]), length),
    narrow(ordered, dim, 0, length),
  )
  return ordered.ndim === 1 ? differ : any(reshape(differ.movedim(dim, 0), [length, -1]), 1)
}

/**
 * The distinct elements in rising order; along a dim, the distinct slices.
 *
 * @param options `returnInverse`, `returnCounts`: then the result is `{ output, inverse, counts }`
 * @throws DeviceError on a device that cannot be read synchronously
 * @example
 * tensor([3, 1, 3]).unique().tolist() // => [1, 3]
 * @see torch.unique
 */
export function unique<I extends boolean = false, C extends boolean = false>(
  self: Tensor,
  dim: number | null = null,
  options: UniqueOptions<I, C> = {},
): UniqueResult<I, C> {
  const at = dim === null ? null : wrapDim('unique', dim, self.ndim)
  const parts = (): Grouped => {
    const along = at ?? 0
    const source = at === null ? reshape(self, [-1]) : self
    const order = at === null ? sort(source, 0).indices : sliceOrder(source, along)
    const ordered = indexSelect(source, along, order)
    const { starts, output, numbers } = groupsOf(ordered, neighboursDiffer(ordered, along), along)
    return {
      output,
      starts,
      group: () => (order.numel() === 0 ? clone(order) : scatter(order, 0, order, numbers())),
    }
  }
  return finish(self, parts, options, at) as UniqueResult<I, C>
}

/** The positions along `dim` in lexicographic order of the slices, sorted on the host. */
function sliceOrder(self: Tensor, dim: number): Tensor {
  const length = self.shape[dim]
  const rows = contiguous(self.movedim(dim, 0))
  const values = toTypedArray(
    rows.dtypeInfo.itemSize === 2 && rows.isFloatingPoint() ? rows.to('float32') : rows,
  )
  const width = length === 0 ? 0 : values.length / length
  const order = Array.from({ length }, (_, i) => i).sort((a, b) => {
    for (let i = 0; i < width; i++) {
      const [x, y] = [values[a * width + i], values[b * width + i]]
      if (x !== y) return x < y ? -1 : 1
    }
    return a - b
  })
  return indexTensor(self.storage.backend, order)
}

/**
 * The elements (or slices of a dim) without those that equal the one before.
 *
 * @example
 * uniqueConsecutive(tensor([1, 1, 2, 1])).tolist() // => [1, 2, 1]
 * @see torch.unique_consecutive
 */
export function uniqueConsecutive<I extends boolean = false, C extends boolean = false>(
  self: Tensor,
  dim: number | null = null,
  options: UniqueOptions<I, C> = {},
): UniqueResult<I, C> {
  const at = dim === null ? null : wrapDim('uniqueConsecutive', dim, self.ndim)
  const parts = (): Grouped => {
    const ordered = at === null ? reshape(self, [-1]) : self
    const { starts, output, numbers } = groupsOf(ordered, neighboursDiffer(ordered, at ?? 0), at ?? 0)
    return { output, starts, group: numbers }
  }
  return finish(self, parts, options, at) as UniqueResult<I, C>
}
