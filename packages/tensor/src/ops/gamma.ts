// The gamma function's relatives: incomplete gamma functions, the multivariate logarithm.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { binary, inPlaceForm, unary } from '../dispatch/define.ts'
import { ArgumentError, check } from '../errors.ts'
import type { Tensor } from '../tensor.ts'

/**
 * The regularised lower incomplete gamma function P(self, other) = 1/Γ(a) ∫₀ˣ tᵃ⁻¹ e⁻ᵗ dt.
 *
 * @throws NotImplementedError in backward by self: there is no closed form
 * @example
 * igamma(tensor([1]), tensor([2])).item() // => 0.864665
 * @see torch.igamma
 */
export const igamma = binary('igamma', (a, x) => a.igamma(x), { refuses: ['int', 'bool'] })
/**
 * The regularised upper incomplete gamma function, 1 − igamma.
 *
 * @example
 * igammac(tensor([1]), tensor([2])).item() // => 0.135335
 * @see torch.igammac
 */
export const igammac = binary('igammac', (a, x) => a.igammac(x), { refuses: ['int', 'bool'] })

// A record for each p: the number of terms is part of the expression.
const multivariate = new Map<number, ReturnType<typeof unary>>()
function multivariateFor(op: string, p: number): ReturnType<typeof unary> {
  check(
    Number.isInteger(p) && p >= 1,
    () => new ArgumentError(op, `p must be an integer of at least 1, got ${p}`),
  )
  let form = multivariate.get(p)
  if (form === undefined) {
    form = unary(
      'mvlgamma',
      (x) => {
        let sum = x.add(0).lgamma() // the poles at 0 and −0 are one, also in the gradient
        for (let j = 1; j < p; j++) sum = sum.add(x.sub(j / 2).lgamma())
        return sum.add((p * (p - 1) * Math.log(Math.PI)) / 4)
      },
      { result: 'float' },
    )
    multivariate.set(p, form)
  }
  return form
}
/**
 * The logarithm of the multivariate gamma function of dimension `p`: p(p−1)/4 ln π + Σ ln Γ(self − j/2), j < p.
 *
 * @throws ArgumentError unless p is a positive integer
 * @example
 * mvlgamma(tensor([3]), 2).item() // => 1.55019
 * @see torch.mvlgamma
 */
export const mvlgamma = (self: Tensor, p: number, { out }: OutOption = {}): Tensor =>
  out === undefined
    ? multivariateFor('mvlgamma', p)(self)
    : resultInto('mvlgamma', out, () => mvlgamma(self, p))
/** In-place mvlgamma. @see torch.Tensor.mvlgamma_ */
export const mvlgamma_ = (self: Tensor, p: number): Tensor =>
  multivariateFor('mvlgamma_', p)[inPlaceForm](self)
