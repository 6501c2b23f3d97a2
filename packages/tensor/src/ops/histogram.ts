// Histograms of one or several dims, with weights and densities.
import { resultInto } from '../dispatch/out.ts'
import type { OutsOption } from '../dispatch/out.ts'
import { withGradMode } from '../dispatch/hook.ts'
import { ArgumentError, DTypeError, ShapeError, check } from '../errors.ts'
import { checkReadable } from '../host/reads.ts'
import { formatShape, numelOf, sameShape } from '../shape/shape.ts'
import { Tensor } from '../tensor.ts'
import { add, div, mul, sub } from './arithmetic.ts'
import { where } from './choice.ts'
import { eq, ge, le, logicalAnd } from './comparison.ts'
import { linspace, zeros } from './creation.ts'
import { onesLike } from './like.ts'
import { item } from './reading.ts'
import { amax, amin, sum } from './reduce.ts'
import { scatterAdd_ } from './scatter.ts'
import { searchsorted } from './search.ts'
import { narrow, reshape, select } from './views.ts'

/** Options of histogram. */
export interface HistogramOptions {
  /** Lowest and highest edge; default the least and the largest element. */
  range?: readonly number[] | null
  /** How much each element counts: of the shape of self. */
  weight?: Tensor | null
  /** Divide by the total and by the widths of the bins. */
  density?: boolean
}
/** Counts and the edges between them. */
export interface Histogram {
  /** [bins] */
  readonly hist: Tensor
  /** [bins + 1] */
  readonly binEdges: Tensor
}
/**
 * How many elements fall in each bin; the last bin includes its upper edge, what lies outside does not count.
 *
 * @param bins the number of equal bins, or the edges, rising
 * @throws DTypeError unless self is floating-point
 * @example
 * histogram(tensor([1, 2, 1]), 3, { range: [0, 3] }).hist.tolist() // => [0, 2, 1]
 * @see torch.histogram
 */
export function histogram(
  self: Tensor,
  bins: number | Tensor = 100,
  { out, range = null, weight = null, density = false }: HistogramOptions & OutsOption = {},
): Histogram {
  if (out !== undefined)
    return resultInto('histogram', out, () => histogram(self, bins, { range, weight, density }))

  const { hist, edges } = count(
    'histogram',
    reshape(self, [-1, 1]),
    [bins],
    range,
    flattened('histogram', weight, self.shape),
    density,
  )
  return { hist, binEdges: edges[0] }
}

/** Options of histogramdd. */
export interface HistogramddOptions {
  /** Lowest and highest edge of each dim, one after the other; default those of the data. */
  range?: readonly number[] | null
  density?: boolean
}
/**
 * A histogram of points of D coordinates.
 *
 * @param self [..., D]
 * @param bins the number of bins of each dim, one number for all, or the edges of each dim
 * @param weight [...], how much each point counts
 * @returns `hist` of the D numbers of bins, and `binEdges`, one tensor per dim
 * @example
 * histogramdd(tensor([[0, 0], [1, 1], [1, 1]]), 2).hist.tolist() // => [[1, 0], [0, 2]]
 * @see torch.histogramdd
 */
export function histogramdd(
  self: Tensor,
  bins: number | readonly number[] | readonly Tensor[],
  weight: Tensor | null = null,
  { out, range = null, density = false }: HistogramddOptions & OutsOption = {},
): { readonly hist: Tensor; readonly binEdges: readonly Tensor[] } {
  if (out !== undefined)
    return resultInto('histogramdd', out, () => histogramdd(self, bins, weight, { range, density }))

  check(
    self.ndim >= 2,
    () =>
      new ShapeError('histogramdd', `the input must have at least 2 dims, got ${formatShape(self.shape)}`),
  )
  const dims = self.shape.at(-1)!
  const each = typeof bins === 'number' ? new Array<number>(dims).fill(bins) : bins
  check(
    each.length === dims,
    () =>
      new ArgumentError('histogramdd', `bins must be given for each of the ${dims} dims, got ${each.length}`),
  )
  const points = reshape(self, [numelOf(self.shape.slice(0, -1)), dims])
  const { hist, edges } = count(
    'histogramdd',
    points,
    each,
    range,
    flattened('histogramdd', weight, self.shape.slice(0, -1)),
    density,
  )
  return { hist, binEdges: edges }
}

function flattened(op: string, weight: Tensor | null, shape: readonly number[]): Tensor | null {
  if (weight === null) return null
  check(
    sameShape(weight.shape, shape),
    () =>
      new ShapeError(
        op,
        `weight must have the shape ${formatShape(shape)}, got ${formatShape(weight.shape)}`,
      ),
  )
  return reshape(weight, [-1])
}

// points: [n, D]
function count(
  op: string,
  points: Tensor,
  bins: readonly (number | Tensor)[],
  range: readonly number[] | null,
  weight: Tensor | null,
  density: boolean,
): { hist: Tensor; edges: readonly Tensor[] } {
  check(
    points.isFloatingPoint(),
    () => new DTypeError(op, `the input must be floating-point, got ${points.dtype}. Cast it first`),
  )
  check(
    weight === null || weight.dtype === points.dtype,
    () =>
      new DTypeError(
        op,
        `weight must be of the dtype of the input, got ${weight!.dtype} and ${points.dtype}`,
      ),
  )
  check(
    range === null || range.length === 2 * bins.length,
    () => new ArgumentError(op, `range must have 2 numbers for each dim, got ${range!.length}`),
  )
  return withGradMode(false, () => {
    const edges = bins.map((given, d) =>
      given instanceof Tensor
        ? edgesGiven(op, given, points)
        : evenEdges(
            op,
            given,
            range === null ? null : [range[2 * d], range[2 * d + 1]],
            select(points, 1, d),
          ),
    )
    const shape = edges.map((edge) => edge.shape[0] - 1)
    const total = numelOf(shape)
    let place: Tensor | null = null
    let inside: Tensor | null = null
    edges.forEach((edge, d) => {
      const x = select(points, 1, d)
      const [low, high] = [select(edge, 0, 0), select(edge, 0, shape[d])]
      const within = logicalAnd(ge(x, low), le(x, high))
      const bin = where(
        eq(x, high),
        shape[d] - 1,
        sub(searchsorted(edge, x.contiguous(), null, { right: true }), 1),
      )
      place = place === null ? bin : add(mul(place, shape[d]), bin)
      inside = inside === null ? within : logicalAnd(inside, within)
    })
    // One more bin takes what lies outside.
    const target = where(inside!, place!, total)
    const counts = scatterAdd_(
      zeros([total + 1], { dtype: points.dtype, device: points.device }),
      0,
      target,
      weight ?? onesLike(select(points, 1, 0)),
    )
    const hist = reshape(narrow(counts, 0, 0, total), shape)
    return { hist: density ? dense(hist, edges) : hist, edges }
  })
}

function dense(hist: Tensor, edges: readonly Tensor[]): Tensor {
  return edges.reduce(
    (result, edge, d) => {
      const widths = sub(narrow(edge, 0, 1, edge.shape[0] - 1), narrow(edge, 0, 0, edge.shape[0] - 1))
      return div(
        result,
        reshape(
          widths,
          hist.shape.map((_, i) => (i === d ? -1 : 1)),
        ),
      )
    },
    div(hist, sum(hist)),
  )
}

function edgesGiven(op: string, edges: Tensor, points: Tensor): Tensor {
  check(
    edges.ndim === 1 && edges.shape[0] > 0,
    () => new ShapeError(op, `the edges must have 1 dim of at least 1, got ${formatShape(edges.shape)}`),
  )
  check(
    edges.dtype === points.dtype,
    () =>
      new DTypeError(
        op,
        `the edges must be of the dtype of the input, got ${edges.dtype} and ${points.dtype}`,
      ),
  )
  return edges.contiguous()
}

function evenEdges(op: string, bins: number, range: readonly [number, number] | null, x: Tensor): Tensor {
  check(
    Number.isInteger(bins) && bins > 0,
    () => new ArgumentError(op, `bins must be a positive integer, got ${bins}`),
  )
  let [low, high] = range ?? [0, 1]
  if (range === null && x.elementCount > 0) {
    checkReadable(op, 'the range (none was given)', x)
    ;[low, high] = [item(amin(x)), item(amax(x))]
  }
  check(
    Number.isFinite(low) && Number.isFinite(high),
    () => new ArgumentError(op, `the range must be finite, got ${low} to ${high}`),
  )
  check(low <= high, () => new ArgumentError(op, `the range must not fall, got ${low} to ${high}`))
  if (low === high) [low, high] = [low - 0.5, high + 0.5]
  return linspace(low, high, bins + 1, { dtype: x.dtype, device: x.device })
}
