// Resampling along dims: every position of the result is a weighted sum of a few positions of the input.
import { applyComposite, composite } from '../dispatch/structured.ts'
import { indexTensor } from '../host/positions.ts'
import type { Tensor } from '../tensor.ts'
import { mul } from './arithmetic.ts'
import { to } from './copy.ts'
import { tensor } from './creation.ts'
import { indexSelect } from './indexing.ts'
import { reshape } from './views.ts'

/** The linear map of one dim: `out[i] = Σₖ weights[k][i] · in[taps[k][i]]`; weights null are all 1. */
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

function alongDim(self: Tensor, { dim, taps, weights }: ResampledDim): Tensor {
  const { backend } = self.storage
  const columns = self.shape.map((_, d) => (d === dim ? -1 : 1))
  const parts = taps.map((positions, k) => {
    const part = indexSelect(self, dim, indexTensor(backend, positions))
    if (weights === null) return part
    const factor = tensor(Float64Array.from(weights[k]), { dtype: self.dtype, device: self.device })
    return mul(part, reshape(factor, columns))
  })
  return parts.reduce((sum, part) => sum.add_(part))
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
