// Scalar expressions: the one place where the meaning of an elementwise op is written.
// Nodes are hash-consed: equal expressions are the same object, so sharing needs no search.
import { primitives } from './primitives.ts'
import type { ExprKind, ScalarPrimitive } from './primitives.ts'

/** What a node is: a primitive, a literal, the i-th tensor input, the i-th run-time scalar, or a rounding cast. */
export type ExprOp = ScalarPrimitive | 'const' | 'input' | 'param'

/** Anything an expression method accepts as an operand. */
export type ExprLike = Expr | number | bigint

/**
 * A scalar expression over tensor inputs and run-time scalars, of a compute type fixed when a kernel is made.
 *
 * @example
 * const silu = (x: Expr) => x.mul(x.sigmoid())
 * String(silu(input(0)))  // => 'mul(x0, sigmoid(x0))'
 */
export class Expr {
  /** Dense number of the node, in order of creation: arguments always have smaller ones. */
  readonly id: number
  readonly op: ExprOp
  readonly args: readonly Expr[]
  /** The literal of a const, the position of an input or param, otherwise 0. */
  readonly value: number | bigint
  readonly kind: ExprKind

  private constructor(id: number, op: ExprOp, args: readonly Expr[], value: number | bigint, kind: ExprKind) {
    this.id = id
    this.op = op
    this.args = args
    this.value = value
    this.kind = kind
  }

  static #interned = new Map<string, Expr>()

  /** The one node with this op, these arguments and this value. */
  static of(op: ExprOp, args: readonly Expr[], value: number | bigint = 0): Expr {
    const literal = typeof value === 'bigint' ? `${value}n` : Object.is(value, -0) ? '-0' : String(value)
    let key = `${op}:${literal}`
    for (const arg of args) key += `,${arg.id}`
    let node = Expr.#interned.get(key)
    if (node === undefined) {
      const kind = op === 'const' || op === 'input' || op === 'param' ? 'value' : primitives[op].kind
      node = new Expr(Expr.#interned.size, op, args, value, kind)
      Expr.#interned.set(key, node)
    }
    return node
  }

  // arithmetic: the identities that are exact in IEEE arithmetic are applied here, so derivatives stay small
  add(y: ExprLike): Expr {
    return call('add', this, y)
  }
  sub(y: ExprLike): Expr {
    const b = lift(y)
    if (
      typeof this.value === 'number' &&
      this.op === 'const' &&
      b.op === 'const' &&
      typeof b.value === 'number'
    ) {
      return constant(this.value - b.value)
    }
    return call('sub', this, b)
  }
  mul(y: ExprLike): Expr {
    if (isLiteral(y, 1)) return this
    if (isLiteral(this, 1)) return lift(y)
    return call('mul', this, y)
  }
  div(y: ExprLike): Expr {
    return isLiteral(y, 1) ? this : call('div', this, y)
  }
  fmod(y: ExprLike): Expr {
    return call('fmod', this, y)
  }
  neg(): Expr {
    return this.op === 'neg' ? this.args[0] : call('neg', this)
  }
  abs(): Expr {
    return call('abs', this)
  }
  sign(): Expr {
    return call('sign', this)
  }
  min(y: ExprLike): Expr {
    return call('min', this, y)
  }
  max(y: ExprLike): Expr {
    return call('max', this, y)
  }
  copysign(y: ExprLike): Expr {
    return call('copysign', this, y)
  }
  floor(): Expr {
    return call('floor', this)
  }
  ceil(): Expr {
    return call('ceil', this)
  }
  trunc(): Expr {
    return call('trunc', this)
  }
  round(): Expr {
    return call('round', this)
  }
  square(): Expr {
    return this.mul(this)
  }
  reciprocal(): Expr {
    return lift(1).div(this)
  }

  eq(y: ExprLike): Expr {
    return call('eq', this, y)
  }
  ne(y: ExprLike): Expr {
    return call('ne', this, y)
  }
  lt(y: ExprLike): Expr {
    return call('lt', this, y)
  }
  le(y: ExprLike): Expr {
    return call('le', this, y)
  }
  gt(y: ExprLike): Expr {
    return call('gt', this, y)
  }
  ge(y: ExprLike): Expr {
    return call('ge', this, y)
  }
  isNaN(): Expr {
    return call('isNaN', this)
  }
  signBit(): Expr {
    return call('signBit', this)
  }

  and(y: Expr): Expr {
    return call('and', this, y)
  }
  or(y: Expr): Expr {
    return call('or', this, y)
  }
  not(): Expr {
    return this.op === 'not' ? this.args[0] : call('not', this)
  }
  /** `this ? x : y`, for a truth value. */
  select(x: ExprLike, y: ExprLike): Expr {
    const [a, b] = [lift(x), lift(y)]
    return a === b ? a : call('select', this, a, b)
  }

  bitAnd(y: ExprLike): Expr {
    return call('bitAnd', this, y)
  }
  bitOr(y: ExprLike): Expr {
    return call('bitOr', this, y)
  }
  bitXor(y: ExprLike): Expr {
    return call('bitXor', this, y)
  }
  bitNot(): Expr {
    return call('bitNot', this)
  }
  shiftLeft(y: ExprLike): Expr {
    return call('shiftLeft', this, y)
  }
  shiftRight(y: ExprLike): Expr {
    return call('shiftRight', this, y)
  }
  gcd(y: ExprLike): Expr {
    return call('gcd', this, y)
  }

  exp(): Expr {
    return call('exp', this)
  }
  exp2(): Expr {
    return call('exp2', this)
  }
  expm1(): Expr {
    return call('expm1', this)
  }
  log(): Expr {
    return call('log', this)
  }
  log2(): Expr {
    return call('log2', this)
  }
  log10(): Expr {
    return call('log10', this)
  }
  log1p(): Expr {
    return call('log1p', this)
  }
  sqrt(): Expr {
    return call('sqrt', this)
  }
  rsqrt(): Expr {
    return call('rsqrt', this)
  }
  pow(y: ExprLike): Expr {
    return call('pow', this, y)
  }
  sigmoid(): Expr {
    return call('sigmoid', this)
  }
  sin(): Expr {
    return call('sin', this)
  }
  cos(): Expr {
    return call('cos', this)
  }
  tan(): Expr {
    return call('tan', this)
  }
  asin(): Expr {
    return call('asin', this)
  }
  acos(): Expr {
    return call('acos', this)
  }
  atan(): Expr {
    return call('atan', this)
  }
  atan2(y: ExprLike): Expr {
    return call('atan2', this, y)
  }
  sinh(): Expr {
    return call('sinh', this)
  }
  cosh(): Expr {
    return call('cosh', this)
  }
  tanh(): Expr {
    return call('tanh', this)
  }
  asinh(): Expr {
    return call('asinh', this)
  }
  acosh(): Expr {
    return call('acosh', this)
  }
  atanh(): Expr {
    return call('atanh', this)
  }
  erf(): Expr {
    return call('erf', this)
  }
  erfc(): Expr {
    return call('erfc', this)
  }
  erfinv(): Expr {
    return call('erfinv', this)
  }
  lgamma(): Expr {
    return call('lgamma', this)
  }
  digamma(): Expr {
    return call('digamma', this)
  }
  trigamma(): Expr {
    return call('trigamma', this)
  }
  zeta(q: ExprLike): Expr {
    return call('zeta', this, q)
  }
  igamma(x: ExprLike): Expr {
    return call('igamma', this, x)
  }
  igammac(x: ExprLike): Expr {
    return call('igammac', this, x)
  }

  toString(): string {
    if (this.op === 'const') return String(this.value)
    if (this.op === 'input') return `x${this.value}`
    if (this.op === 'param') return `p${this.value}`
    return `${this.op}(${this.args.join(', ')})`
  }
}

/** The literal `value`. @example String(constant(2).add(input(0))) // => 'add(2, x0)' */
export const constant = (value: number | bigint): Expr => Expr.of('const', [], value)
/**
 * The element of the `position`-th tensor input.
 *
 * @example
 * String(input(0).mul(input(1))) // => 'mul(x0, x1)'
 */
export const input = (position: number): Expr => Expr.of('input', [], position)
/**
 * The `position`-th run-time scalar: its value is no part of the kernel, so changing it compiles nothing.
 *
 * @example
 * String(input(0).mul(param(0))) // => 'mul(x0, p0)'
 */
export const param = (position: number): Expr => Expr.of('param', [], position)
/** `x` itself if it is an expression, else the literal. @example String(lift(3)) // => '3' */
export const lift = (x: ExprLike): Expr => (x instanceof Expr ? x : constant(x))

/**
 * All nodes that the roots reach, arguments before users.
 *
 * @example
 * postOrder([input(0).exp().neg()]).map(({ op }) => op) // => ['input', 'exp', 'neg']
 */
export function postOrder(roots: readonly Expr[]): Expr[] {
  const seen = new Set<Expr>()
  const visit = (node: Expr): void => {
    if (seen.has(node)) return
    for (const arg of node.args) visit(arg)
    seen.add(node)
  }
  roots.forEach(visit)
  return [...seen]
}

/**
 * The expression with every node that `replace` answers replaced; shared parts stay shared.
 *
 * @example
 * String(substitute(input(0).exp(), (node) => (node.op === 'input' ? constant(1) : undefined))) // => 'exp(1)'
 */
export function substitute(root: Expr, replace: (node: Expr) => Expr | undefined): Expr {
  const done = new Map<Expr, Expr>()
  const visit = (node: Expr): Expr => {
    let result = done.get(node)
    if (result === undefined) {
      result =
        replace(node) ?? (node.args.length === 0 ? node : Expr.of(node.op, node.args.map(visit), node.value))
      done.set(node, result)
    }
    return result
  }
  return visit(root)
}

const call = (op: ScalarPrimitive, ...args: ExprLike[]): Expr => Expr.of(op, args.map(lift))
const isLiteral = (x: ExprLike, value: number): boolean =>
  x === value || (x instanceof Expr && x.op === 'const' && x.value === value)
