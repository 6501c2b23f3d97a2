// Orthogonal polynomials by their three-term recurrences. With a number as order the steps are one expression; with a
// tensor of orders each step is an op, and the orders pick their results. Differentiable by x, unlike in PyTorch.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { unary } from '../dispatch/define.ts'
import { PointwiseRecord } from '../dispatch/pointwise-record.ts'
import { applyPointwise } from '../dispatch/pointwise.ts'
import type { Operandish } from '../dispatch/pointwise-record.ts'
import { scalarValue } from '../dispatch/scalar.ts'
import { DTypeError, check } from '../errors.ts'
import { defaultFloatInfo, dtypes } from '../dtype.ts'
import { constant, lift } from '../expr/expr.ts'
import type { Expr, ExprLike } from '../expr/expr.ts'
import { Tensor } from '../tensor.ts'
import { where } from './choice.ts'
import { eq, lt } from './comparison.ts'
import { to } from './copy.ts'
import { full } from './creation.ts'
import { item } from './reading.ts'
import { amax } from './reduce.ts'
import { resultType } from './result-type.ts'
import { trunc } from './rounding.ts'

/** A family: p₀ = 1, p₁ = start(x), p₍k+1₎ = step(x, k, pₖ, p₍k−1₎). */
interface Family {
  readonly start: (x: Expr) => Expr
  readonly step: (x: Expr, k: ExprLike, p: Expr, q: Expr) => Expr
}
/** A family as a function of the argument and the order, of which one at least is a tensor. */
type Polynomial = (input: Operandish, n: Operandish, options?: OutOption) => Tensor

// Longer ones are run step by step, so that no expression grows without bound.
const longest = 32

function family(name: string, { start, step }: Family): Polynomial {
  const ofOrder = new Map<number, (x: Tensor) => Tensor>()
  const build = (x: Expr, n: number): Expr => {
    if (n < 1) return constant(n < 0 ? 0 : 1)
    let [p, q] = [start(x), constant(1)]
    for (let k = 1; k < n; k++) [p, q] = [step(x, k, p, q), p]
    return p
  }
  const fixed = (n: number): ((x: Tensor) => Tensor) => {
    let form = ofOrder.get(n)
    if (form === undefined) ofOrder.set(n, (form = unary(name, (x) => build(x, n), { result: 'float' })))
    return form
  }
  const next = new PointwiseRecord(`${name}Step`, 3, ([x, p, q], { k }) => step(x, k, p, q), {
    options: { k: 0 },
  })

  const polynomial: Polynomial = (input, n, { out } = {}) => {
    if (out !== undefined) return resultInto(name, out, () => polynomial(input, n))
    const order = n instanceof Tensor ? null : Math.trunc(Number(scalarValue(n)))
    if (input instanceof Tensor && order !== null && order <= longest)
      return fixed(Math.max(order, -1))(input)
    const [x, orders] = operands(name, input, n)
    const last = lastOrder(orders)
    const zero = full([], 0, { dtype: x.dtype, device: x.device })
    let [p, q] = [fixed(1)(x), fixed(0)(x)]
    let result = where(eq(orders, 0), q, zero)
    for (let k = 1; k <= last; k++) {
      result = where(eq(orders, k), p, result)
      if (k < last) [p, q] = [applyPointwise(next, [x, p, q], { k }), p]
    }
    return result
  }
  return polynomial
}

// Both as tensors of the float dtype of the result, the orders whole.
function operands(name: string, input: Operandish, n: Operandish): readonly [Tensor, Tensor] {
  const like = input instanceof Tensor ? input : n
  check(
    like instanceof Tensor,
    () => new DTypeError(name, 'one of input and n must be a tensor, got two numbers. Make a tensor of one'),
  )
  const promoted = dtypes[resultType(input, n)]
  const dtype = promoted.category === 'float' ? promoted : defaultFloatInfo()
  const asTensor = (value: Operandish): Tensor =>
    value instanceof Tensor
      ? to(value, { dtype: dtype.name })
      : full([], scalarValue(value), { dtype: dtype.name, device: like.device })
  return [asTensor(input), trunc(asTensor(n).detach())]
}

// The highest order; what is beyond 64-bit integers counts as none, as in PyTorch.
function lastOrder(orders: Tensor): number {
  return orders.elementCount === 0 ? 0 : item<number>(amax(where(lt(orders, 2 ** 63), orders, 0)))
}

const twice = (x: Expr): Expr => x.add(x)
const chebyshevStep: Family['step'] = (x, _k, p, q) => twice(x).mul(p).sub(q)
const shifted = (x: Expr): Expr => twice(x).sub(1)
const chebyshev = (name: string, start: (x: Expr) => Expr): Polynomial =>
  family(name, { start, step: chebyshevStep })
const shiftedChebyshev = (name: string, start: (x: Expr) => Expr): Polynomial =>
  family(name, {
    start: (x) => start(shifted(x)),
    step: (x, k, p, q) => chebyshevStep(shifted(x), k, p, q),
  })

/**
 * Tₙ(x): cos nθ for x = cos θ.
 *
 * @example
 * chebyshevPolynomialT(tensor([0.5]), 2).item() // => -0.5
 * @see torch.special.chebyshev_polynomial_t
 */
export const chebyshevPolynomialT = chebyshev('chebyshevPolynomialT', (x) => x)
/**
 * Uₙ(x).
 *
 * @example
 * chebyshevPolynomialU(tensor([0.5]), 2).item() // => 0
 * @see torch.special.chebyshev_polynomial_u
 */
export const chebyshevPolynomialU = chebyshev('chebyshevPolynomialU', twice)
/**
 * Vₙ(x).
 *
 * @example
 * chebyshevPolynomialV(tensor([0.5]), 2).item() // => -1
 * @see torch.special.chebyshev_polynomial_v
 */
export const chebyshevPolynomialV = chebyshev('chebyshevPolynomialV', (x) => twice(x).sub(1))
/**
 * Wₙ(x).
 *
 * @example
 * chebyshevPolynomialW(tensor([0.5]), 2).item() // => 1
 * @see torch.special.chebyshev_polynomial_w
 */
export const chebyshevPolynomialW = chebyshev('chebyshevPolynomialW', (x) => twice(x).add(1))
/**
 * Tₙ(2x − 1).
 *
 * @example
 * shiftedChebyshevPolynomialT(tensor([0.75]), 2).item() // => -0.5
 * @see torch.special.shifted_chebyshev_polynomial_t
 */
export const shiftedChebyshevPolynomialT = shiftedChebyshev('shiftedChebyshevPolynomialT', (y) => y)
/**
 * Uₙ(2x − 1).
 *
 * @example
 * shiftedChebyshevPolynomialU(tensor([0.75]), 2).item() // => 0
 * @see torch.special.shifted_chebyshev_polynomial_u
 */
export const shiftedChebyshevPolynomialU = shiftedChebyshev('shiftedChebyshevPolynomialU', twice)
/**
 * Vₙ(2x − 1).
 *
 * @example
 * shiftedChebyshevPolynomialV(tensor([0.75]), 2).item() // => -1
 * @see torch.special.shifted_chebyshev_polynomial_v
 */
export const shiftedChebyshevPolynomialV = shiftedChebyshev('shiftedChebyshevPolynomialV', (y) =>
  twice(y).sub(1),
)
/**
 * Wₙ(2x − 1).
 *
 * @example
 * shiftedChebyshevPolynomialW(tensor([0.75]), 2).item() // => 1
 * @see torch.special.shifted_chebyshev_polynomial_w
 */
export const shiftedChebyshevPolynomialW = shiftedChebyshev('shiftedChebyshevPolynomialW', (y) =>
  twice(y).add(1),
)
/**
 * The physicists' Hermite polynomial Hₙ(x).
 *
 * @example
 * hermitePolynomialH(tensor([0.5]), 3).item() // => -5
 * @see torch.special.hermite_polynomial_h
 */
export const hermitePolynomialH = family('hermitePolynomialH', {
  start: twice,
  step: (x, k, p, q) => twice(x).mul(p).sub(q.mul(k).mul(2)),
})
/**
 * The probabilists' Hermite polynomial Heₙ(x).
 *
 * @example
 * hermitePolynomialHe(tensor([0.5]), 3).item() // => -1.375
 * @see torch.special.hermite_polynomial_he
 */
export const hermitePolynomialHe = family('hermitePolynomialHe', {
  start: (x) => x,
  step: (x, k, p, q) => x.mul(p).sub(q.mul(k)),
})
/**
 * The Laguerre polynomial Lₙ(x).
 *
 * @example
 * laguerrePolynomialL(tensor([0.5]), 2).item() // => 0.125
 * @see torch.special.laguerre_polynomial_l
 */
export const laguerrePolynomialL = family('laguerrePolynomialL', {
  start: (x) => constant(1).sub(x),
  step: (x, k, p, q) => twice(lift(k)).add(constant(1).sub(x)).mul(p).sub(q.mul(k)).div(lift(k).add(1)),
})
/**
 * The Legendre polynomial Pₙ(x).
 *
 * @example
 * legendrePolynomialP(tensor([0.5]), 2).item() // => -0.125
 * @see torch.special.legendre_polynomial_p
 */
export const legendrePolynomialP = family('legendrePolynomialP', {
  start: (x) => x,
  step: (x, k, p, q) => twice(lift(k)).add(1).mul(x).mul(p).sub(q.mul(k)).div(lift(k).add(1)),
})
