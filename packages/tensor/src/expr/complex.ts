// Complex scalar expressions: pairs of real ones. An elementwise op on complex tensors is lowered to one kernel on their
// parts, so backends know nothing of complex numbers. Methods are named as those of Expr.
import { constant, lift } from './expr.ts'
import type { Expr } from './expr.ts'

/** Anything that a method of ComplexExpr takes as an operand; what is real counts as real. */
export type ComplexLike = ComplexExpr | Expr | number

/**
 * A complex scalar expression, `re + i·im`.
 *
 * @example
 * const z = new ComplexExpr(input(0), input(1))
 * String(z.mul(z).re) // => 'sub(mul(x0, x0), mul(x1, x1))'
 */
export class ComplexExpr {
  readonly re: Expr
  readonly im: Expr

  constructor(re: Expr | number, im: Expr | number) {
    this.re = lift(re)
    this.im = lift(im)
  }

  add(w: ComplexLike): ComplexExpr {
    return w instanceof ComplexExpr
      ? new ComplexExpr(this.re.add(w.re), this.im.add(w.im))
      : new ComplexExpr(this.re.add(w), this.im)
  }
  sub(w: ComplexLike): ComplexExpr {
    return w instanceof ComplexExpr
      ? new ComplexExpr(this.re.sub(w.re), this.im.sub(w.im))
      : new ComplexExpr(this.re.sub(w), this.im)
  }
  mul(w: ComplexLike): ComplexExpr {
    if (!(w instanceof ComplexExpr)) return new ComplexExpr(this.re.mul(w), this.im.mul(w))
    const { re: a, im: b } = this
    return new ComplexExpr(a.mul(w.re).sub(b.mul(w.im)), a.mul(w.im).add(b.mul(w.re)))
  }
  /** Smith's division: scaled by the larger part of the divisor, so that its square does not overflow. */
  div(w: ComplexLike): ComplexExpr {
    if (!(w instanceof ComplexExpr)) return new ComplexExpr(this.re.div(w), this.im.div(w))
    const { re: a, im: b } = this
    const { re: c, im: d } = w
    const [wide, steep] = [d.div(c), c.div(d)]
    const [byWide, bySteep] = [lift(1).div(c.add(d.mul(wide))), lift(1).div(c.mul(steep).add(d))]
    const [size, zero] = [c.abs(), c.eq(0).and(d.eq(0))]
    return ComplexExpr.select(
      zero,
      new ComplexExpr(a.div(size), b.div(size)),
      ComplexExpr.select(
        size.ge(d.abs()),
        new ComplexExpr(a.add(b.mul(wide)).mul(byWide), b.sub(a.mul(wide)).mul(byWide)),
        new ComplexExpr(a.mul(steep).add(b).mul(bySteep), b.mul(steep).sub(a).mul(bySteep)),
      ),
    )
  }
  neg(): ComplexExpr {
    return new ComplexExpr(this.re.neg(), this.im.neg())
  }
  conj(): ComplexExpr {
    return new ComplexExpr(this.re, this.im.neg())
  }
  square(): ComplexExpr {
    return this.mul(this)
  }
  reciprocal(): ComplexExpr {
    return new ComplexExpr(1, 0).div(this)
  }
  /** i·z, exactly. */
  timesI(): ComplexExpr {
    return new ComplexExpr(this.im.neg(), this.re)
  }
  /** −i·z, exactly. */
  overI(): ComplexExpr {
    return new ComplexExpr(this.im, this.re.neg())
  }

  /** |z|, without overflow. */
  abs(): Expr {
    return hypotenuse(this.re, this.im)
  }
  angle(): Expr {
    return this.isNaN().select(NaN, this.im.atan2(this.re))
  }
  /** z / |z|; 0 at 0. */
  sgn(): ComplexExpr {
    const size = this.abs()
    return ComplexExpr.select(size.eq(0), zero, this.div(size))
  }
  eq(w: ComplexLike): Expr {
    const other = complexOfExpr(w)
    return this.re.eq(other.re).and(this.im.eq(other.im))
  }
  ne(w: ComplexLike): Expr {
    return this.eq(w).not()
  }
  isNaN(): Expr {
    return this.re.isNaN().or(this.im.isNaN())
  }
  /** `condition ? z : w`. */
  static select(condition: Expr, z: ComplexLike, w: ComplexLike): ComplexExpr {
    const [a, b] = [complexOfExpr(z), complexOfExpr(w)]
    return new ComplexExpr(condition.select(a.re, b.re), condition.select(a.im, b.im))
  }

  // eˣ(cos y + i sin y); real numbers stay real, also where eˣ overflows
  exp(): ComplexExpr {
    const size = this.re.exp()
    return new ComplexExpr(size.mul(this.im.cos()), this.im.eq(0).select(this.im, size.mul(this.im.sin())))
  }
  log(): ComplexExpr {
    return new ComplexExpr(this.abs().log(), this.im.atan2(this.re))
  }
  log2(): ComplexExpr {
    return this.log().mul(Math.LOG2E)
  }
  log10(): ComplexExpr {
    return this.log().mul(Math.LOG10E)
  }
  // t = √((|x| + |z|) / 2); the other part from the product of both, y = 2·re·im
  sqrt(): ComplexExpr {
    const { re: x, im: y } = this
    const t = x.abs().mul(0.5).add(this.abs().mul(0.5)).sqrt()
    const other = y.abs().div(t.mul(2))
    const right = x.ge(0)
    const root = new ComplexExpr(right.select(t, other), right.select(other, t).copysign(y))
    return ComplexExpr.select(t.eq(0), new ComplexExpr(0, y), root)
  }
  rsqrt(): ComplexExpr {
    return this.sqrt().reciprocal()
  }
  /** Literal exponents take the exact form; the others e^(w ln z), with 0⁰ = 1. */
  pow(w: ComplexLike): ComplexExpr {
    const literal = typeof w === 'number' ? literalPowers[w] : undefined
    if (literal !== undefined) return literal(this)
    const exponent = complexOfExpr(w)
    const atZero = ComplexExpr.select(
      exponent.eq(0),
      one,
      ComplexExpr.select(exponent.re.gt(0), zero, new ComplexExpr(NaN, NaN)),
    )
    return ComplexExpr.select(this.eq(0), atZero, exponent.mul(this.log()).exp())
  }
  sigmoid(): ComplexExpr {
    return this.neg().exp().add(1).reciprocal()
  }

  sin(): ComplexExpr {
    const { re: x, im: y } = this
    return new ComplexExpr(x.sin().mul(y.cosh()), x.cos().mul(y.sinh()))
  }
  cos(): ComplexExpr {
    const { re: x, im: y } = this
    return new ComplexExpr(x.cos().mul(y.cosh()), x.sin().neg().mul(y.sinh()))
  }
  tan(): ComplexExpr {
    return this.timesI().tanh().overI()
  }
  sinh(): ComplexExpr {
    const { re: x, im: y } = this
    return new ComplexExpr(x.sinh().mul(y.cos()), x.cosh().mul(y.sin()))
  }
  cosh(): ComplexExpr {
    const { re: x, im: y } = this
    return new ComplexExpr(x.cosh().mul(y.cos()), x.sinh().mul(y.sin()))
  }
  // Kahan: with t = tan y, β = 1 + t², s = sinh x: (β √(1 + s²) s + i t) / (1 + β s²); beyond |x| = 22 it is ±1
  tanh(): ComplexExpr {
    const { re: x, im: y } = this
    const [t, s] = [y.tan(), x.sinh()]
    const beta = t.mul(t).add(1)
    const square = s.mul(s)
    const below = lift(1).div(beta.mul(square).add(1))
    const inner = new ComplexExpr(beta.mul(square.add(1).sqrt()).mul(s).mul(below), t.mul(below))
    const outer = new ComplexExpr(
      constant(1).copysign(x),
      x.abs().mul(-2).exp().mul(4).mul(y.sin()).mul(y.cos()),
    )
    return ComplexExpr.select(x.abs().gt(22), outer, inner)
  }

  // Kahan, Branch cuts for complex elementary functions, 1987
  asin(): ComplexExpr {
    const [minus, plus] = [this.neg().add(1).sqrt(), this.add(1).sqrt()]
    return new ComplexExpr(this.re.atan2(minus.mul(plus).re), minus.conj().mul(plus).im.asinh())
  }
  acos(): ComplexExpr {
    const [minus, plus] = [this.neg().add(1).sqrt(), this.add(1).sqrt()]
    return new ComplexExpr(minus.re.atan2(plus.re).mul(2), plus.conj().mul(minus).im.asinh())
  }
  atan(): ComplexExpr {
    return this.timesI().atanh().overI()
  }
  asinh(): ComplexExpr {
    return this.timesI().asin().overI()
  }
  acosh(): ComplexExpr {
    const [minus, plus] = [this.sub(1).sqrt(), this.add(1).sqrt()]
    return new ComplexExpr(minus.conj().mul(plus).re.asinh(), minus.im.atan2(plus.re).mul(2))
  }
  // ¼ ln(((1 + x)² + y²) / ((1 − x)² + y²)) + ½ i arg((1 − x)(1 + x) − y² + 2 i y)
  atanh(): ComplexExpr {
    const { re: x, im: y } = this
    const [less, more] = [lift(1).sub(x), x.add(1)]
    const square = y.mul(y)
    return new ComplexExpr(
      x.mul(4).div(less.mul(less).add(square)).log1p().mul(0.25),
      y.mul(2).atan2(less.mul(more).sub(square)).mul(0.5),
    )
  }
}

const zero = new ComplexExpr(0, 0)
const one = new ComplexExpr(1, 0)
const literalPowers: Readonly<Record<number, (z: ComplexExpr) => ComplexExpr>> = {
  0.5: (z) => z.sqrt(),
  2: (z) => z.square(),
  3: (z) => z.square().mul(z),
  [-0.5]: (z) => z.rsqrt(),
  [-1]: (z) => z.reciprocal(),
  [-2]: (z) => z.square().reciprocal(),
}

/** What is real as a complex expression. @example String(complexOfExpr(2).im) // => '0' */
export const complexOfExpr = (z: ComplexLike): ComplexExpr =>
  z instanceof ComplexExpr ? z : new ComplexExpr(z, 0)

/** `√(x² + y²)` without overflow. @example String(hypotenuse(input(0), input(1)).op) // => 'select' */
export function hypotenuse(x: Expr, y: Expr): Expr {
  const [a, b] = [x.abs(), y.abs()]
  const [large, small] = [a.max(b), a.min(b)]
  const ratio = small.div(large)
  const finite = large.eq(0).select(large, large.mul(ratio.square().add(1).sqrt()))
  return a.eq(Infinity).or(b.eq(Infinity)).select(Infinity, finite)
}
