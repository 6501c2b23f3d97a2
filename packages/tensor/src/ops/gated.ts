// Gated linear unit: half of the input through the gate of the other half.
import { applyComposite, composite } from '../dispatch/structured.ts'
import { ShapeError, check } from '../errors.ts'
import { formatShape, wrapDim } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { mul } from './arithmetic.ts'
import { sigmoid } from './math.ts'
import { narrow } from './views.ts'

/** glu: halves along a dim. */
export const gluOp = composite<{ readonly dim: number }>({
  name: 'glu',
  decompose: ([self], { dim }) => {
    const half = self.shape[dim] / 2
    return [mul(narrow(self, dim, 0, half), sigmoid(narrow(self, dim, half, half)))]
  },
})

/**
 * The first half of the input along `dim`, times σ of the second half (Dauphin et al. 2017).
 *
 * @throws ShapeError if the size of the dim is odd
 * @example
 * glu(tensor([3, 4, 0, 0])).tolist() // => [1.5, 2]
 * @see torch.nn.functional.glu
 */
export function glu(input: Tensor, dim = -1): Tensor {
  const at = input.ndim === 0 ? 0 : wrapDim('glu', dim, input.ndim)
  check(
    input.ndim > 0 && input.shape[at] % 2 === 0,
    () => new ShapeError('glu', `the size along dim ${dim} must be even, got ${formatShape(input.shape)}`),
  )
  return applyComposite(gluOp, [input], { dim: at })[0]
}
