// Moments together, covariance and correlation.
import { resultInto } from '../dispatch/out.ts'
import type { OutsOption } from '../dispatch/out.ts'
import { ArgumentError, DTypeError, ShapeError, check } from '../errors.ts'
import { canRead } from '../host/reads.ts'
import { formatShape } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { div, mul, sub } from './arithmetic.ts'
import { clamp, clampMin, lt } from './comparison.ts'
import { complex } from './complex.ts'
import { conj, imag, isComplex, real } from './complex-parts.ts'
import { tensor } from './creation.ts'
import { matmul } from './matmul.ts'
import { sqrt } from './math.ts'
import { item } from './reading.ts'
import { any, mean, std, sum, var as variance } from './reduce.ts'
import type { Dims, VarOptions } from './reduce.ts'
import { diagonal, squeeze, transpose, unsqueeze } from './views.ts'

/**
 * Variance and mean, of all elements or along dims.
 *
 * @example
 * varMean(tensor([1, 2, 3])).map((x) => x.item()) // => [1, 2]
 * @see torch.var_mean
 */
export const varMean = (
  self: Tensor,
  dim: Dims = null,
  { out, ...options }: VarOptions & OutsOption = {},
): readonly [variance: Tensor, mean: Tensor] =>
  out === undefined
    ? [variance(self, dim, options), mean(self, dim, { keepdim: options.keepdim })]
    : resultInto('varMean', out, () => varMean(self, dim, options))
/**
 * Standard deviation and mean, of all elements or along dims.
 *
 * @example
 * stdMean(tensor([1, 2, 3])).map((x) => x.item()) // => [1, 2]
 * @see torch.std_mean
 */
export const stdMean = (
  self: Tensor,
  dim: Dims = null,
  { out, ...options }: VarOptions & OutsOption = {},
): readonly [deviation: Tensor, mean: Tensor] =>
  out === undefined
    ? [std(self, dim, options), mean(self, dim, { keepdim: options.keepdim })]
    : resultInto('stdMean', out, () => stdMean(self, dim, options))

/** Options of cov. */
export interface CovOptions {
  /** Taken from the number of observations in the divisor. */
  correction?: number
  /** How often each observation was made: integers [observations]. */
  fweights?: Tensor | null
  /** How much each observation counts: floats [observations]. */
  aweights?: Tensor | null
}
/**
 * The covariance matrix of variables (rows) from observations (columns); Hermitian, of complex numbers.
 *
 * @param self [variables, observations], or [observations] of one variable
 * @returns [variables, variables], 0-dim for one variable
 * @throws ShapeError for more than 2 dims or weights of another length
 * @example
 * cov(tensor([[0, 1, 2], [2, 1, 0]])).tolist() // => [[1, -1], [-1, 1]]
 * @see torch.cov
 */
export function cov(
  self: Tensor,
  { correction = 1, fweights = null, aweights = null }: CovOptions = {},
): Tensor {
  check(
    self.ndim <= 2,
    () => new ShapeError('cov', `the input must have at most 2 dims, got ${formatShape(self.shape)}`),
  )
  check(
    self.dtype !== 'bool',
    () => new DTypeError('cov', 'bool inputs have no covariance, got bool. Cast first'),
  )
  const observations =
    self.ndim === 0 ? unsqueeze(unsqueeze(self, 0), 0) : self.ndim === 1 ? unsqueeze(self, 0) : self
  const count = observations.shape[1]
  if (fweights !== null) checkWeights('fweights', fweights, count, 'int')
  if (aweights !== null) checkWeights('aweights', aweights, count, 'float')
  const weights = fweights === null ? aweights : aweights === null ? fweights : mul(fweights, aweights)
  const total = weights === null ? null : sum(weights)
  const source = observations.dtypeInfo.differentiable ? observations : div(observations, 1)
  const center =
    total === null
      ? mean(source, 1, { keepdim: true })
      : div(unsqueeze(sum(mul(source, weights!), 1), 1), total)
  const centered = sub(source, center)
  const weighted = weights === null ? centered : mul(centered, weights)
  const product = matmul(weighted, conj(transpose(centered, 0, 1)))
  return squeeze(div(product, divisor(total, count, { correction, fweights, aweights }, self)))
}
function divisor(
  total: Tensor | null,
  count: number,
  { correction, fweights, aweights }: Required<CovOptions>,
  self: Tensor,
): Tensor {
  if (total === null)
    return tensor([Math.max(count - correction, 0)], { dtype: 'int64', device: self.device }).squeeze()
  const weighing =
    aweights === null || correction === 0
      ? correction
      : div(
          mul(
            sum(fweights === null ? mul(aweights, aweights) : mul(fweights, mul(aweights, aweights))),
            correction,
          ),
          total,
        )
  return clampMin(sub(total, weighing), 0)
}
function checkWeights(name: string, weights: Tensor, count: number, category: 'int' | 'float'): void {
  check(
    weights.ndim <= 1,
    () => new ShapeError('cov', `${name} must have at most 1 dim, got ${formatShape(weights.shape)}`),
  )
  check(
    weights.dtypeInfo.category === category,
    () =>
      new DTypeError(
        'cov',
        `${name} must be ${category === 'int' ? 'integers' : 'floating-point'}, got ${weights.dtype}`,
      ),
  )
  check(
    weights.elementCount === count,
    () =>
      new ShapeError(
        'cov',
        `${name} must have an element for each of the ${count} observations, got ${weights.elementCount}`,
      ),
  )
  check(
    count === 0 || !canRead(weights) || !item<boolean>(any(lt(weights.detach(), 0))),
    () => new ArgumentError('cov', `${name} must not be negative`),
  )
}

/**
 * The correlation coefficients of variables (rows) from observations (columns).
 *
 * @throws ShapeError for more than 2 dims
 * @example
 * corrcoef(tensor([[1, 2, 3], [6, 4, 2]])).tolist() // => [[1, -1], [-1, 1]]
 * @see torch.corrcoef
 */
export function corrcoef(self: Tensor): Tensor {
  check(
    self.ndim <= 2,
    () => new ShapeError('corrcoef', `the input must have at most 2 dims, got ${formatShape(self.shape)}`),
  )
  const covariance = cov(self)
  if (covariance.ndim === 0) return div(covariance, covariance)
  const deviations = sqrt(real(diagonal(covariance)))
  const correlation = div(div(covariance, unsqueeze(deviations, 1)), unsqueeze(deviations, 0))
  if (!isComplex(correlation)) return clamp(correlation, -1, 1)
  return complex(clamp(real(correlation), -1, 1), clamp(imag(correlation), -1, 1))
}
