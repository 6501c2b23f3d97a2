// Vectors scaled to a norm, and how far apart they are.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { float } from '../dispatch/scalar.ts'
import { DTypeError, check } from '../errors.ts'
import { broadcastPair } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { add, div, mul, sub } from './arithmetic.ts'
import { clampMin } from './comparison.ts'
import { sum } from './reduce.ts'
import type { Dims } from './reduce.ts'
import { norm } from './vector-norm.ts'
import { detach, expand } from './views.ts'

/** The value with the small ones raised to `least`, while gradients flow as if they were not. */
const atLeast = (x: Tensor, least: number): Tensor =>
  add(x, detach(sub(clampMin(detach(x), least), detach(x))))

/**
 * `x / max(‖x‖ₚ, eps)` along `dim`.
 *
 * @example
 * normalize(tensor([[3, 4]])).tolist() // => [[0.6, 0.8]]
 * @see torch.nn.functional.normalize
 */
export const normalize = (
  input: Tensor,
  dim: Dims = 1,
  { out, p = 2, eps = 1e-12 }: { p?: number; eps?: number } & OutOption = {},
): Tensor =>
  out === undefined
    ? div(input, clampMin(norm(input, p, dim, { keepdim: true }), eps))
    : resultInto('normalize', out, () => normalize(input, dim, { p, eps }))

/**
 * `x₁ · x₂ / (max(‖x₁‖, eps) · max(‖x₂‖, eps))` along `dim`.
 *
 * @example
 * cosineSimilarity(tensor([[1, 0]]), tensor([[1, 1]])).item() // => 0.707107
 * @see torch.nn.functional.cosine_similarity
 */
export function cosineSimilarity(
  x1: Tensor,
  x2: Tensor,
  dim = 1,
  { eps = 1e-8 }: { eps?: number } = {},
): Tensor {
  check(
    x1.dtypeInfo.category === 'float' && x2.dtypeInfo.category === 'float',
    () =>
      new DTypeError(
        'cosineSimilarity',
        `both inputs must be floating-point, got ${x1.dtype} and ${x2.dtype}`,
      ),
  )
  const shape = broadcastPair('cosineSimilarity', x1.shape, x2.shape)
  const [a, b] = [x1, x2].map((x) => {
    const full = expand(x, shape)
    return div(full, atLeast(norm(full, 2, dim, { keepdim: true }), eps))
  })
  return sum(mul(a, b), dim)
}
/**
 * `‖x₁ − x₂ + eps‖ₚ` along the last dim.
 *
 * @example
 * pairwiseDistance(tensor([[0, 0]]), tensor([[3, 4]]), { eps: 0 }).item() // => 5
 * @see torch.nn.functional.pairwise_distance
 */
export const pairwiseDistance = (
  x1: Tensor,
  x2: Tensor,
  { p = 2, eps = 1e-6, keepdim = false }: { p?: number; eps?: number; keepdim?: boolean } = {},
): Tensor => norm(add(sub(x1, x2), float(eps)), p, -1, { keepdim })
