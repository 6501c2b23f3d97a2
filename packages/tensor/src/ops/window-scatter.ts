// Copies of a tensor with one window of it replaced: selectScatter, sliceScatter, diagonalScatter.
import { copyElements } from '../dispatch/elements.ts'
import type { ViewRecord } from '../dispatch/record.ts'
import { apply, structured } from '../dispatch/structured.ts'
import { ArgumentError, IndexError, ShapeError, check } from '../errors.ts'
import { formatShape, sameShape, wrapDim } from '../shape/shape.ts'
import { viewOf } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import type { DiagonalAttrs } from './matrix-parts.ts'
import { diagonalOp, selectOp, sliceOp } from './views.ts'

const windowScatter = <Attrs>(name: string, window: ViewRecord<Attrs>) =>
  structured<Attrs>({
    name,
    complex: 'whole',
    infer: ([self, source], attrs) => {
      const { shape } = window.view(self, attrs)
      check(
        sameShape(shape, source.shape),
        () =>
          new ShapeError(
            name,
            `source must have the shape of the window, got ${formatShape(source.shape)} for ${formatShape(shape)}`,
          ),
      )
      return [{ shape: self.shape, dtype: self.dtypeInfo }]
    },
    run: (backend, [self, source], attrs, [out]) => {
      copyElements(backend, self, out)
      const { shape, strides, offset } = window.view(out, attrs)
      copyElements(backend, source, viewOf(out, shape, strides, offset))
    },
  })
/** selectScatter: tensors are self and the source. */
export const selectScatterOp = windowScatter<{ dim: number; index: number }>('selectScatter', selectOp)
/** sliceScatter: tensors are self and the source. */
export const sliceScatterOp = windowScatter<{ dim: number; start: number; end: number; step: number }>(
  'sliceScatter',
  sliceOp,
)
/** diagonalScatter: tensors are self and the source. */
export const diagonalScatterOp = windowScatter<DiagonalAttrs>('diagonalScatter', diagonalOp)

/**
 * A copy of self with `source` at one position of `dim`.
 *
 * @throws ShapeError, IndexError
 * @example
 * selectScatter(zeros([2, 2]), tensor([1, 2]), 0, 1).tolist() // => [[0, 0], [1, 2]]
 * @see torch.select_scatter
 */
export function selectScatter(self: Tensor, source: Tensor, dim: number, index: number): Tensor {
  check(self.ndim > 0, () => new IndexError('selectScatter', 'self must have a dim, got a 0-dim tensor'))
  const at = wrapDim('selectScatter', dim, self.ndim)
  const size = self.shape[at]
  check(
    Number.isInteger(index) && index >= -size && index < size,
    () =>
      new IndexError(
        'selectScatter',
        `index must be in the range of [${-size}, ${size - 1}] for dim ${at} of size ${size}, got ${index}`,
      ),
  )
  return apply(selectScatterOp, [self, source], { dim: at, index: index < 0 ? index + size : index })
}
/**
 * A copy of self with `source` in a slice of `dim`.
 *
 * @throws ShapeError
 * @example
 * sliceScatter(zeros([4]), tensor([5, 6]), 0, { start: 1, end: 3 }).tolist() // => [0, 5, 6, 0]
 * @see torch.slice_scatter
 */
export function sliceScatter(
  self: Tensor,
  source: Tensor,
  dim = 0,
  { start = null, end = null, step = 1 }: { start?: number | null; end?: number | null; step?: number } = {},
): Tensor {
  check(self.ndim > 0, () => new IndexError('sliceScatter', 'self must have a dim, got a 0-dim tensor'))
  check(
    Number.isInteger(step) && step > 0,
    () => new ArgumentError('sliceScatter', `step must be a positive integer, got ${step}`),
  )
  const at = wrapDim('sliceScatter', dim, self.ndim)
  const size = self.shape[at]
  const bound = (value: number): number => Math.min(Math.max(value < 0 ? value + size : value, 0), size)
  const from = bound(start ?? 0)
  return apply(sliceScatterOp, [self, source], {
    dim: at,
    start: from,
    end: Math.max(from, bound(end ?? size)),
    step,
  })
}
/**
 * A copy of self with `source` on the diagonal of a plane.
 *
 * @throws ShapeError
 * @example
 * diagonalScatter(zeros([2, 2]), tensor([1, 2])).tolist() // => [[1, 0], [0, 2]]
 * @see torch.diagonal_scatter
 */
export function diagonalScatter(
  self: Tensor,
  source: Tensor,
  { offset = 0, dim1 = 0, dim2 = 1 }: { offset?: number; dim1?: number; dim2?: number } = {},
): Tensor {
  const [a, b] = [wrapDim('diagonalScatter', dim1, self.ndim), wrapDim('diagonalScatter', dim2, self.ndim)]
  check(
    a !== b,
    () => new ShapeError('diagonalScatter', `dim1 and dim2 must differ, got ${dim1} and ${dim2}`),
  )
  return apply(diagonalScatterOp, [self, source], { offset, dim1: a, dim2: b })
}
