// Resampling along dims: every position of the result is a weighted sum of a few positions of the input.
import { applyComposite, composite } from '../dispatch/structured.ts'
import { indexTensor } from '../host/positions.ts'
import type { Tensor } from '../tensor.ts'
import { mul } from './arithmetic.ts'
import { clone, contiguous, to } from './copy.ts'
import { tensor } from './creation.ts'
import { indexSelect } from './indexing.ts'
import { expand, reshape, slice, transpose, unsqueeze } from './views.ts'

/** The linear map of one dim: `out[i] = Σₖ weights[k][i] · in[taps[k][i]]`; without weights a single tap. */
export interface ResampledDim {
  readonly dim: number
  readonly inputSize: number
  readonly taps: readonly ArrayLike<number>[]
  readonly weights: readonly ArrayLike<number>[] | null
}
/** Attributes of resample: the map of each dim, and the name of its graph node. */
export interface ResampleAttrs {
  readonly lines: readonly ResampledDim[]
  readonly node: string
}

/** resample: a linear map along each of some dims. Its adjoint is one as well: {@link adjointOf}. */
export const resampleOp = composite<ResampleAttrs>({
  name: 'resample',
  decompose: ([self], { lines }) => {
    // halves are summed in float32, as PyTorch does
    const half = self.dtypeInfo.itemSize === 2 && lines.some(({ weights }) => weights !== null)
    const result = lines.reduce(alongDim, half ? to(self, { dtype: 'float32' }) : self)
    return [half ? to(result, { dtype: self.dtype }) : result]
  },
})

function alongDim(self: Tensor, line: ResampledDim): Tensor {
  const { dim, taps, weights } = line
  const times = weights === null ? repetition(taps[0], self.shape[dim]) : 0
  if (times > 0) return repeated(self, dim, times)
  const steps = taps.map(stepOf)
  // Whole rows are copied faster than single elements.
  if (dim > 0 && dim === self.ndim - 1 && self.elementCount > 4096 && steps.includes(0)) {
    const rows = contiguous(transpose(self, dim - 1, dim))
    return contiguous(transpose(alongDim(rows, { ...line, dim: dim - 1 }), dim - 1, dim))
  }
  const columns = self.shape.map((_, d) => (d === dim ? -1 : 1))
  const part = (k: number): Tensor =>
    steps[k] > 0
      ? slice(self, dim, taps[k][0], taps[k][taps[k].length - 1] + 1, steps[k])
      : indexSelect(self, dim, indexTensor(self.storage.backend, taps[k]))
  if (weights === null) return steps[0] > 0 ? clone(part(0)) : part(0)
  const weight = (k: number): Tensor =>
    reshape(tensor(Float64Array.from(weights[k]), { dtype: self.dtype, device: self.device }), columns)
  const sum = mul(part(0), weight(0))
  for (let k = 1; k < taps.length; k++) sum.addcmul_(part(k), weight(k))
  return sum
}

/** How often each position in turn is repeated, or 0: nearest neighbours of a whole scale factor. */
function repetition(positions: ArrayLike<number>, size: number): number {
  const times = positions.length / size
  if (!Number.isInteger(times)) return 0
  for (let i = 0; i < positions.length; i++) if (positions[i] !== Math.floor(i / times)) return 0
  return times
}
function repeated(self: Tensor, dim: number, times: number): Tensor {
  const shape = [...self.shape.slice(0, dim + 1), times, ...self.shape.slice(dim + 1)]
  const whole = self.shape.map((size, d) => (d === dim ? size * times : size))
  return reshape(clone(expand(unsqueeze(self, dim + 1), shape)), whole)
}
/** The distance of positions that are equally far from each other, or 0: a strided view then. */
function stepOf(positions: ArrayLike<number>): number {
  const step = positions.length > 1 ? positions[1] - positions[0] : 0
  for (let i = 2; i < positions.length; i++) if (positions[i] - positions[i - 1] !== step) return 0
  return step
}

/**
 * The transposed map: sums over the results become sums over the inputs that they came from.
 *
 * @example
 * adjointOf({ lines: [{ dim: 0, inputSize: 2, taps: [[0, 0, 1]], weights: null }], node: 'Line0' }).lines[0].inputSize // => 3
 */
export const adjointOf = ({ lines, node }: ResampleAttrs): ResampleAttrs => ({
  lines: lines.map(transposed).toReversed(),
  node: node.replace(/(\d)$/, 'Backward$1'),
})
function transposed({ dim, inputSize, taps, weights }: ResampledDim): ResampledDim {
  const rows: [number, number][][] = Array.from({ length: inputSize }, () => [])
  taps.forEach((positions, k) => {
    for (let i = 0; i < positions.length; i++) {
      const weight = weights === null ? 1 : weights[k][i]
      if (weight !== 0) rows[positions[i]].push([i, weight])
    }
  })
  const count = Math.max(1, ...rows.map((row) => row.length))
  const column = (k: number, part: 0 | 1): number[] => rows.map((row) => row[k]?.[part] ?? 0)
  const ks = Array.from({ length: count }, (_, k) => k)
  return {
    dim,
    inputSize: taps[0].length,
    taps: ks.map((k) => column(k, 0)),
    weights: ks.map((k) => column(k, 1)),
  }
}

/**
 * Runs the map.
 *
 * @example
 * resample(tensor([1, 2]), { lines: [{ dim: 0, inputSize: 2, taps: [[0, 0, 1]], weights: null }], node: 'Line0' }).tolist() // => [1, 1, 2]
 */
export const resample = (self: Tensor, attrs: ResampleAttrs): Tensor =>
  applyComposite(resampleOp, [self], attrs)[0]
