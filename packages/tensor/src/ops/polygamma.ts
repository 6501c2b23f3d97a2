// Derivatives of digamma: as functions, the order comes first.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { inPlaceForm, unary } from '../dispatch/define.ts'
import { ArgumentError, check } from '../errors.ts'
import { constant } from '../expr/expr.ts'
import type { Tensor } from '../tensor.ts'

const zeroth = unary('polygamma', (x) => x.digamma(), { result: 'float' })
// ψ₁(1 − x) + ψ₁(x) = (π / sin πx)², in the precision of the dtype, as PyTorch does
const first = unary(
  'trigamma',
  (x) => {
    const s = constant(Math.PI).div(x.mul(Math.PI).sin())
    return x.lt(0.5).select(s.mul(s).sub(constant(1).sub(x).trigamma()), x.trigamma())
  },
  { result: 'float', gradName: 'PolygammaBackward0' },
)
// (−1)ⁿ⁺¹ n! ζ(n + 1, x)
const higher = unary('polygamma', (x, { s, factor }) => s.zeta(x).mul(factor), {
  options: { s: 3, factor: 1 },
  result: 'float',
})
const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))

function call(op: string, n: number, self: Tensor, inPlace: boolean): Tensor {
  check(
    Number.isInteger(n) && n >= 0,
    () => new ArgumentError(op, `n must be an integer of at least 0, got ${n}`),
  )
  if (n > 1)
    return (inPlace ? higher[inPlaceForm] : higher)(self, {
      s: n + 1,
      factor: (n % 2 === 0 ? -1 : 1) * factorial(n),
    })
  const form = n === 0 ? zeroth : first
  return (inPlace ? form[inPlaceForm] : form)(self)
}

/**
 * The `n`-th derivative of digamma.
 *
 * @throws ArgumentError unless n is an integer of at least 0
 * @example
 * polygamma(1, tensor([1])).tolist() // => [1.6449340581893921]
 * @see torch.polygamma
 */
export const polygamma = (n: number, self: Tensor, { out }: OutOption = {}): Tensor =>
  out === undefined
    ? call('polygamma', n, self, false)
    : resultInto('polygamma', out, () => polygamma(n, self))
/** In-place polygamma; the method takes n only. @see torch.Tensor.polygamma_ */
export const polygamma_ = (n: number, self: Tensor): Tensor => call('polygamma_', n, self, true)
