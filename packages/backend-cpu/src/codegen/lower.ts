// Lowers scalar expressions to vector instructions, for every primitive and compute type.
import { primitives } from '@tt/tensor'
import type { Expr, ScalarPrimitive } from '@tt/tensor'
import type { Node } from './builder.ts'
import { bit, nonZero } from './convert.ts'
import * as math from './float-math.ts'
import { integerFunction } from './integer-functions.ts'
import type { IntegerFunction } from './integer-functions.ts'
import type { Lanes } from './lanes.ts'
import type { ScalarFunction } from './module.ts'

/** Where the leaves of an expression come from. */
export interface Leaves {
  input(position: number): Node
  param(position: number): Node
}

/** A lowered expression: `mask` for truth values, all bits of a lane. */
export interface Lowered {
  readonly node: Node
  readonly mask: boolean
}

type Rule = (l: Lanes, ...args: Node[]) => Node

/** Lowers the roots, sharing what they share. */
export function lower(l: Lanes, roots: readonly Expr[], leaves: Leaves): Lowered[] {
  const done = new Map<Expr, Node>()
  const visit = (expr: Expr): Node => {
    let node = done.get(expr)
    if (node === undefined) {
      node = make(expr)
      done.set(expr, node)
    }
    return node
  }
  const value = (expr: Expr): Node => (expr.kind === 'bool' ? asNumber(l, visit(expr)) : visit(expr))
  const truth = (expr: Expr): Node => (expr.kind === 'bool' ? visit(expr) : nonZero(l, visit(expr)))
  const make = (expr: Expr): Node => {
    const { args } = expr
    switch (expr.op) {
      case 'const':
        return l.c(expr.value)
      case 'input':
        return leaves.input(Number(expr.value))
      case 'param':
        return leaves.param(Number(expr.value))
      case 'and':
        return l.and(truth(args[0]), truth(args[1]))
      case 'or':
        return l.or(truth(args[0]), truth(args[1]))
      case 'not':
        return l.not(truth(args[0]))
      case 'select':
        return l.select(truth(args[0]), value(args[1]), value(args[2]))
      case 'max':
      case 'min':
        if (l.isFloat && isNumber(args[1]))
          return l.f(expr.op === 'max' ? 'pmax' : 'pmin', value(args[0]), value(args[1]))
        if (l.isFloat && isNumber(args[0]))
          return l.f(expr.op === 'max' ? 'pmax' : 'pmin', value(args[1]), value(args[0]))
        return primitive(l, expr.op, args.map(value))
      case 'pow':
        return isNumber(args[1])
          ? (power(l, value(args[0]), Number(args[1].value)) ?? primitive(l, 'pow', args.map(value)))
          : primitive(l, 'pow', args.map(value))
      default:
        return primitive(l, expr.op, args.map(value))
    }
  }
  return roots.map((root) => ({ node: visit(root), mask: root.kind === 'bool' }))
}

// A literal that is not NaN: pmin and pmax, one instruction each, keep a NaN of their first operand.
const isNumber = (expr: Expr): boolean => expr.op === 'const' && !Number.isNaN(Number(expr.value))

// The powers that torch.pow has forms of its own for.
function power(l: Lanes, x: Node, exponent: number): Node | null {
  if (!l.isFloat) return null
  switch (exponent) {
    case 2:
      return l.mul(x, x)
    case 3:
      return l.mul(l.mul(x, x), x)
    case 0.5:
      return l.f('sqrt', x)
    case -1:
      return l.div(l.c(1), x)
    case -2:
      return l.div(l.c(1), l.mul(x, x))
    default:
      return null
  }
}

/** A truth value as the number 0 or 1. */
export const asNumber = (l: Lanes, mask: Node): Node => (l.isFloat ? l.and(mask, l.c(1)) : bit(l, mask))

function primitive(l: Lanes, name: ScalarPrimitive, args: Node[]): Node {
  if (!l.isFloat) {
    const rule = intRules[name]
    if (rule === undefined) throw new Error(`backend-cpu: ${name} has no meaning on integers.`)
    return rule(l, ...args)
  }
  const rule = floatRules[name] ?? (l.compute === 'f32' ? float32Rules[name] : float64Rules[name])
  return rule === undefined ? called(l, name, args) : rule(l, ...args)
}

// A call of the primitive's meaning for every lane.
const called = (l: Lanes, name: ScalarPrimitive, args: readonly Node[]): Node =>
  l.each(imported(l, name), args, l.compute, l.compute)

function imported(l: Lanes, name: ScalarPrimitive): number {
  const { arity, float } = primitives[name] as { arity: number; float?: ScalarFunction }
  if (float === undefined) throw new Error(`backend-cpu: ${name} has no meaning on floating-point numbers.`)
  return l.b.module.import(name, arity, float)
}

const signMask = (l: Lanes): Node => l.c(-0)

const floatRules: Partial<Record<ScalarPrimitive, Rule>> = {
  add: (l, x, y) => l.add(x, y),
  sub: (l, x, y) => l.sub(x, y),
  mul: (l, x, y) => l.mul(x, y),
  div: (l, x, y) => l.div(x, y),
  neg: (l, x) => l.f('neg', x),
  abs: (l, x) => l.f('abs', x),
  sign: (l, x) => {
    const one = l.and(l.f('ne', x, l.c(0)), l.or(l.c(1), l.and(x, signMask(l))))
    return l.and(one, l.f('eq', x, x))
  },
  min: (l, x, y) => l.f('min', x, y),
  max: (l, x, y) => l.f('max', x, y),
  copysign: (l, x, y) => l.or(l.f('abs', x), l.and(y, signMask(l))),
  floor: (l, x) => l.f('floor', x),
  ceil: (l, x) => l.f('ceil', x),
  trunc: (l, x) => l.f('trunc', x),
  round: (l, x) => l.f('nearest', x),
  eq: (l, x, y) => l.f('eq', x, y),
  ne: (l, x, y) => l.f('ne', x, y),
  lt: (l, x, y) => l.f('lt', x, y),
  le: (l, x, y) => l.f('le', x, y),
  gt: (l, x, y) => l.f('gt', x, y),
  ge: (l, x, y) => l.f('ge', x, y),
  isNaN: (l, x) => l.f('ne', x, x),
  signBit: (l, x) => l.and(l.i('lt', x, l.ic(0)), l.f('eq', x, x)),
  sqrt: (l, x) => l.f('sqrt', x),
  rsqrt: (l, x) => l.div(l.c(1), l.f('sqrt', x)),
  exp: math.exp,
  exp2: math.exp2,
  expm1: math.expm1,
  log: math.log,
  log2: math.log2,
  log10: math.log10,
  log1p: math.log1p,
  sigmoid: math.sigmoid,
  tanh: math.tanh,
}

const outside = (l: Lanes, x: Node, limit: number): Node => l.f('ge', l.f('abs', x), l.c(limit))

const float32Rules: Partial<Record<ScalarPrimitive, Rule>> = {
  erf: math.erf,
  pow: math.pow,
  atan: math.atan,
  sinh: (l, x) => l.patch(math.sinh(l, x), outside(l, x, math.hyperbolicLimit), imported(l, 'sinh'), [x]),
  cosh: (l, x) => l.patch(math.cosh(l, x), outside(l, x, math.hyperbolicLimit), imported(l, 'cosh'), [x]),
  tan: (l, x) => l.patch(math.tan(l, x), outside(l, x, math.trigonometryLimit), imported(l, 'tan'), [x]),
  sin: (l, x) => l.patch(math.sine(l, x, 0), outside(l, x, math.trigonometryLimit), imported(l, 'sin'), [x]),
  cos: (l, x) => l.patch(math.sine(l, x, 1), outside(l, x, math.trigonometryLimit), imported(l, 'cos'), [x]),
}

const float64Rules: Partial<Record<ScalarPrimitive, Rule>> = {}

const scalarInt =
  (name: IntegerFunction): Rule =>
  (l, x, y) => {
    const type = l.compute as 'i32' | 'i64'
    return l.each(
      l.b.module.internal(`${name} ${type}`, () => integerFunction(name, type)),
      [x, y],
      type,
      type,
    )
  }

const same: Rule = (_, x) => x

const intRules: Partial<Record<ScalarPrimitive, Rule>> = {
  add: (l, x, y) => l.i('add', x, y),
  sub: (l, x, y) => l.i('sub', x, y),
  mul: (l, x, y) => l.i('mul', x, y),
  div: scalarInt('div'),
  fmod: scalarInt('rem'),
  neg: (l, x) => l.i('neg', x),
  abs: (l, x) => l.i('abs', x),
  sign: (l, x) => l.i('sub', l.i('gt', l.c(0), x), l.i('gt', x, l.c(0))),
  min: (l, x, y) => l.select(l.i('lt', x, y), x, y),
  max: (l, x, y) => l.select(l.i('gt', x, y), x, y),
  floor: same,
  ceil: same,
  trunc: same,
  round: same,
  eq: (l, x, y) => l.i('eq', x, y),
  ne: (l, x, y) => l.i('ne', x, y),
  lt: (l, x, y) => l.i('lt', x, y),
  le: (l, x, y) => l.i('le', x, y),
  gt: (l, x, y) => l.i('gt', x, y),
  ge: (l, x, y) => l.i('ge', x, y),
  isNaN: (l) => l.c(0),
  signBit: (l, x) => l.i('lt', x, l.c(0)),
  bitAnd: (l, x, y) => l.and(x, y),
  bitOr: (l, x, y) => l.or(x, y),
  bitXor: (l, x, y) => l.xor(x, y),
  bitNot: (l, x) => l.not(x),
  shiftLeft: scalarInt('shiftLeft'),
  shiftRight: scalarInt('shiftRight'),
  pow: scalarInt('pow'),
  gcd: scalarInt('gcd'),
}

/** Rough number of vector instructions of the expressions; loops of cheap ones are unrolled. */
export const isCheap = (nodes: readonly Expr[]): boolean =>
  nodes.length <= 12 && nodes.every((node) => node.args.length === 0 || cheap.has(node.op))

const cheap: ReadonlySet<string> = new Set([
  'add',
  'sub',
  'mul',
  'div',
  'neg',
  'abs',
  'min',
  'max',
  'eq',
  'ne',
  'lt',
  'le',
  'gt',
  'ge',
  'and',
  'or',
  'not',
  'select',
  'sqrt',
  'bitAnd',
  'bitOr',
  'bitXor',
  'bitNot',
  'copysign',
  'floor',
  'ceil',
  'trunc',
  'round',
])

/** The combination of two values of a reduction, and its neutral element. */
export const combines = {
  sum: { primitive: 'add', neutral: () => 0 },
  prod: { primitive: 'mul', neutral: () => 1 },
  max: {
    primitive: 'max',
    neutral: (l: Lanes) => (l.isFloat ? -Infinity : l.compute === 'i32' ? -(2 ** 31) : -(2n ** 63n)),
  },
  min: {
    primitive: 'min',
    neutral: (l: Lanes) => (l.isFloat ? Infinity : l.compute === 'i32' ? 2 ** 31 - 1 : 2n ** 63n - 1n),
  },
} as const satisfies Record<string, { primitive: ScalarPrimitive; neutral(l: Lanes): number | bigint }>

/** One combination. */
export const combine = (l: Lanes, name: keyof typeof combines, x: Node, y: Node): Node =>
  primitive(l, combines[name].primitive, [x, y])
