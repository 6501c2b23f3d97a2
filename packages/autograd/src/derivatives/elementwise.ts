// Elementwise ops whose gradient is stated: where PyTorch has a convention, or the derived one would be unstable.
// All others are derived from their expression by ./symbolic.ts.
import { NotImplementedError, constant, modifiedBessel } from '@tt/tensor'
import type { Expr, PointwiseVariant } from '@tt/tensor'

/** What is stated of an elementwise op. */
export interface ElementwiseRule {
  /** Gradients by the inputs from g, the result y, the inputs and the options; null for zeros, an error if there is none. */
  readonly gradients?: (
    g: Expr,
    y: Expr,
    inputs: readonly Expr[],
    options: Readonly<Record<string, Expr>>,
  ) => readonly (Expr | NotImplementedError | null)[]
  /** Name of the node, where it depends on which inputs are numbers. */
  readonly name?: (variant: PointwiseVariant) => string
}

const where = (condition: Expr, g: Expr): Expr => condition.select(g, 0)
const within = (x: Expr, low: Expr | number, high: Expr | number): Expr => x.gt(low).and(x.lt(high))
const unknown = (op: string): NotImplementedError =>
  new NotImplementedError('backward', `the derivative of ${op} is not implemented, as in PyTorch`)
const missing = (op: string) => (): never => {
  throw unknown(op)
}
// The derivative of I₁ and of its scaled form: ½ at 0, where the formula divides by 0
const offZero = (x: Expr, formula: (z: Expr) => Expr): Expr =>
  x
    .abs()
    .gt(2 ** -52)
    .select(formula(x), 0.5)
// xᵃ⁻¹ e⁻ˣ / Γ(a), the derivative of the incomplete gamma functions by x
const gammaDensity = (a: Expr, x: Expr): Expr => a.sub(1).mul(x.log()).sub(x).sub(a.lgamma()).exp()
/** Node name by whether input `i` is a number. */
const byScalar =
  (i: number, scalar: string, tensor: string) =>
  (variant: PointwiseVariant): string =>
    variant.scalarMask & (1 << i) ? scalar : tensor

/** The table, by op name. */
export const elementwiseDerivatives: Readonly<Record<string, ElementwiseRule>> = {
  // activations: at the kink, the gradient of the flat side
  relu: { gradients: (g, y) => [y.le(0).select(0, g)] },
  relu6: { gradients: (g, _y, [x]) => [where(within(x, 0, 6), g)] },
  hardtanh: { gradients: (g, _y, [x], { minVal, maxVal }) => [where(within(x, minVal, maxVal), g)] },
  hardsigmoid: { gradients: (g, _y, [x]) => [where(within(x, -3, 3), g.div(6))] },
  hardswish: { gradients: (g, _y, [x]) => [x.lt(-3).select(0, x.le(3).select(g.mul(x.div(3).add(0.5)), g))] },
  hardshrink: { gradients: (g, _y, [x], { lambd }) => [where(x.lt(lambd.neg()).or(x.gt(lambd)), g)] },
  softshrink: { gradients: (g, _y, [x], { lambd }) => [where(x.lt(lambd.neg()).or(x.gt(lambd)), g)] },
  logsigmoid: { gradients: (g, _y, [x]) => [g.mul(x.neg().sigmoid())] },
  // σ(βx): stable for both signs
  softplus: {
    gradients: (g, _y, [x], { beta, threshold }) => [
      x
        .mul(beta)
        .gt(threshold)
        .select(g, g.mul(x.mul(beta).sigmoid())),
    ],
  },

  // bounds: values on them pass their gradient
  clamp: {
    gradients: (g, _y, [x, min, max]) => [
      where(x.ge(min).and(x.le(max)), g),
      where(min.lt(max).and(x.lt(min)), g),
      where(x.gt(max).or(max.lt(min)), g),
    ],
    name: byScalar(1, 'ClampBackward1', 'ClampBackward0'),
  },
  clampMin: { gradients: (g, _y, [x, min]) => [where(x.ge(min), g), where(x.lt(min), g)] },
  clampMax: { gradients: (g, _y, [x, max]) => [where(x.le(max), g), where(x.gt(max), g)] },
  fmax: {
    gradients: (g, _y, [a, b]) => {
      const first = a.ge(b).or(b.isNaN())
      return [where(first, g), first.select(0, g)]
    },
  },
  fmin: {
    gradients: (g, _y, [a, b]) => {
      const first = a.le(b).or(b.isNaN())
      return [where(first, g), first.select(0, g)]
    },
  },

  // arithmetic
  square: { gradients: (g, _y, [x]) => [g.mul(x.mul(2))] },
  reciprocal: { gradients: (g, y) => [g.neg().mul(y.mul(y))] },
  floorDivide: { gradients: () => [null, null], name: () => 'DivBackward2' },
  truncDivide: { gradients: () => [null, null], name: () => 'DivBackward2' },
  remainder: {
    gradients: (g, _y, [x, y]) => [g, g.neg().mul(x.div(y).floor())],
    name: byScalar(1, 'RemainderBackward0', 'RemainderBackward1'),
  },
  fmod: { name: byScalar(1, 'FmodBackward0', 'FmodBackward1') },
  // 0 where the exponent is 0; for the exponent 0 where the base is 0 and the exponent not negative
  pow: {
    gradients: (g, y, [x, n]) => [
      n.eq(0).select(0, g.mul(n.mul(x.pow(n.sub(1))))),
      x
        .eq(0)
        .and(n.ge(0))
        .select(0, g.mul(y.mul(x.log()))),
    ],
    name: byScalar(1, 'PowBackward0', 'PowBackward1'),
  },
  copysign: { name: byScalar(1, 'CopysignBackward1', 'CopysignBackward0') },
  lerp: {
    gradients: (g, _y, [start, end, weight]) => [
      g.mul(weight.neg().add(1)),
      g.mul(weight),
      g.mul(end.sub(start)),
    ],
    name: byScalar(2, 'LerpBackward0', 'LerpBackward1'),
  },
  hypot: { gradients: (g, y, [a, b]) => [g.mul(a.div(y)), g.mul(b.div(y))] },
  maskedFill: { name: byScalar(2, 'MaskedFillBackward0', 'MaskedFillBackward1') },
  heaviside: { gradients: missing('heaviside') },
  nextafter: { gradients: missing('nextafter') },

  // functions
  sinc: {
    // (πx cos πx − sin πx) / πx²
    gradients: (g, _y, [x]) => {
      const [t, square] = [x.mul(Math.PI), x.mul(x).mul(Math.PI)]
      return [square.eq(0).select(0, g.mul(t.mul(t.cos()).sub(t.sin()).div(square)))]
    },
  },
  logit: {
    gradients: (g, _y, [x]) => [
      x
        .lt(0)
        .or(x.gt(1))
        .select(NaN, g.div(x.mul(x.neg().add(1)))),
    ],
  },
  logitWithin: {
    gradients: (g, _y, [x], { eps }) => [
      where(x.ge(eps).and(x.le(eps.neg().add(1))), g.div(x.mul(x.neg().add(1)))),
    ],
  },
  igamma: { gradients: (g, _y, [a, x]) => [unknown('igamma by its order'), g.mul(gammaDensity(a, x))] },
  igammac: {
    gradients: (g, _y, [a, x]) => [unknown('igammac by its order'), g.neg().mul(gammaDensity(a, x))],
  },
  zeta: {
    gradients: (g, _y, [s, q]) => [
      unknown('zeta by its first argument'),
      g.mul(s.neg()).mul(s.add(1).zeta(q)),
    ],
  },
  trigamma: { gradients: (g, _y, [x]) => [g.mul(constant(3).zeta(x).mul(-2))] },
  i0: { gradients: (g, _y, [x]) => [g.mul(modifiedBessel.i1(x))] },
  i0e: { gradients: (g, y, [x]) => [g.mul(modifiedBessel.i1e(x).sub(x.sign().mul(y)))] },
  i1: { gradients: (g, y, [x]) => [g.mul(offZero(x, (z) => modifiedBessel.i0(z).sub(y.div(z))))] },
  i1e: {
    gradients: (g, y, [x]) => [
      g.mul(offZero(x, (z) => modifiedBessel.i0e(z).sub(y.mul(z.sign().add(z.reciprocal()))))),
    ],
  },
  erfcx: {
    gradients: (g, y, [x]) => [
      g.mul(
        x
          .mul(y)
          .mul(2)
          .sub(2 / Math.sqrt(Math.PI)),
      ),
    ],
  },
  ndtri: { gradients: (g, y) => [g.mul(y.mul(y).div(2).exp()).mul(Math.sqrt(2 * Math.PI))] },
  entr: { gradients: (g, _y, [x]) => [g.neg().mul(x.log().add(1))] },
  xlog1py: {
    gradients: (g, _y, [x, y]) => [x.eq(0).and(y.le(-1)).select(0, g.mul(y.log1p())), g.mul(x.div(y.add(1)))],
  },
  xlogy: {
    gradients: (g, _y, [x, y]) => [x.eq(0).and(y.le(0)).select(0, g.mul(y.log())), g.mul(x.div(y))],
  },
  logaddexp: { gradients: (g, _y, [a, b]) => [g.mul(a.sub(b).sigmoid()), g.mul(b.sub(a).sigmoid())] },
  logaddexp2: {
    gradients: (g, _y, [a, b]) => [
      g.mul(a.sub(b).mul(Math.LN2).sigmoid()),
      g.mul(b.sub(a).mul(Math.LN2).sigmoid()),
    ],
  },
}
