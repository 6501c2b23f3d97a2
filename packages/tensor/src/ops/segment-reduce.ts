// Reductions of consecutive segments of a dim.
import { ArgumentError, ShapeError, check } from '../errors.ts'
import { indexTensor } from '../host/positions.ts'
import { formatShape, numelOf, sameShape, wrapDim } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { full } from './creation.ts'
import type { ScatterReduction } from './scatter.ts'

/** Options of segmentReduce. */
export interface SegmentReduceOptions {
  /** The dim of the segments; lengths have all dims up to it. Default 0. */
  axis?: number
  /** Leave out the check that the lengths add up. */
  unsafe?: boolean
  /** What every segment starts with. */
  initial?: number | null
}
/** How the elements of a segment become one. */
export type SegmentReduction = 'sum' | 'mean' | 'max' | 'min' | 'prod'

const reductions: Readonly<Record<SegmentReduction, { name: ScatterReduction; initial: number }>> = {
  sum: { name: 'sum', initial: 0 },
  mean: { name: 'sum', initial: 0 },
  max: { name: 'amax', initial: -Infinity },
  min: { name: 'amin', initial: Infinity },
  prod: { name: 'prod', initial: 1 },
}

/**
 * Reduces consecutive segments of a dim, given by their lengths or by where they begin (and the last ends).
 *
 * @param data [...lead, n, ...rest], the segments along n
 * @param lengths [...lead, s], or null
 * @param indices not there: null
 * @param offsets [...lead, s + 1], or null
 * @returns [...lead, s, ...rest]; an empty segment gives `initial`, or 0, NaN, ∓Infinity, 1
 * @throws ArgumentError unless one of lengths and offsets is given, and they fit
 * @example
 * segmentReduce(tensor([1, 2, 3]), 'sum', tensor([1n, 2n])).tolist() // => [1, 5]
 * @see torch.segment_reduce
 */
export function segmentReduce(
  data: Tensor,
  reduce: SegmentReduction,
  lengths: Tensor | null = null,
  indices: Tensor | null = null,
  offsets: Tensor | null = null,
  { axis = 0, unsafe = false, initial = null }: SegmentReduceOptions = {},
): Tensor {
  const op = 'segmentReduce'
  check(
    Object.hasOwn(reductions, reduce),
    () =>
      new ArgumentError(
        op,
        `reduce must be one of [${Object.keys(reductions).join(', ')}], got '${String(reduce)}'`,
      ),
  )
  check(
    indices === null && (lengths === null) !== (offsets === null),
    () =>
      new ArgumentError(op, 'exactly one of lengths and offsets must be given, and no indices, got others'),
  )
  const dim = wrapDim(op, axis, data.ndim)
  const given = (lengths ?? offsets)!
  const lead = data.shape.slice(0, dim)
  check(
    data.dtypeInfo.category === 'float' &&
      given.dtypeInfo.category === 'int' &&
      given.ndim === dim + 1 &&
      sameShape(given.shape.slice(0, dim), lead),
    () =>
      new ShapeError(
        op,
        `the data must be floating-point, and lengths or offsets integers with the sizes ${formatShape(lead)} and one more, got ${data.dtype} ${formatShape(data.shape)} and ${given.dtype} ${formatShape(given.shape)}`,
      ),
  )
  const [length, count] = [data.shape[dim], given.shape[dim] - (lengths === null ? 1 : 0)]
  const { segments, sizes } = segmentsOf(op, given, lengths !== null, numelOf(lead), length, count, unsafe)
  const { backend } = data.storage
  const rest = data.shape.slice(dim + 1)
  const column = [...lead, length, ...rest.map(() => 1)]
  const index = indexTensor(backend, segments).reshape(column).expand(data.shape)
  const { name, initial: neutral } = reductions[reduce]
  // one more segment takes the elements that are in none
  const start = full([...lead, count + 1, ...rest], initial ?? neutral, {
    dtype: data.dtype,
    device: data.device,
  })
  const result = start.scatterReduce(dim, index, data, name).narrow(dim, 0, count)
  if (reduce !== 'mean') return result.contiguous()
  const divisors = indexTensor(backend, sizes)
    .reshape([...lead, count, ...rest.map(() => 1)])
    .to({ dtype: data.dtype })
  return initial === null ? result.div(divisors) : result.div(divisors.clampMin(1))
}

/** The segment of each position (`count` for none), and the size of each segment. */
function segmentsOf(
  op: string,
  given: Tensor,
  byLength: boolean,
  rows: number,
  length: number,
  count: number,
  unsafe: boolean,
): { segments: Int32Array; sizes: Int32Array } {
  const numbers = Array.from(given.toTypedArray(), Number)
  const segments = new Int32Array(rows * length).fill(count)
  const sizes = new Int32Array(rows * count)
  const width = numbers.length / Math.max(rows, 1)
  for (let row = 0; row < rows; row++) {
    const own = numbers.slice(row * width, (row + 1) * width)
    let from = byLength ? 0 : own[0]
    for (let s = 0; s < count; s++) {
      const to = byLength ? from + own[s] : own[s + 1]
      check(
        to >= from && from >= 0 && to <= length,
        () =>
          new ArgumentError(
            op,
            `the segments must lie within the ${length} elements of the dim, got one from ${from} to ${to}`,
          ),
      )
      segments.fill(s, row * length + from, row * length + to)
      sizes[row * count + s] = to - from
      from = to
    }
    check(
      unsafe || !byLength || from === length,
      () => new ArgumentError(op, `the lengths must add up to the size of the dim, ${length}, got ${from}`),
    )
  }
  return { segments, sizes }
}
