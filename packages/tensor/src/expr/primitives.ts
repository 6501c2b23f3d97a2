// The scalar primitives: everything that an elementwise kernel may do, each with its meaning.
// A backend lowers these names; the reference backend interprets them; autograd differentiates them.
import { igammaOf, igammacOf, zetaOf } from './gamma-family.ts'
import { digammaOf, erfcOf, erfinvOf, erfOf, lgammaOf, roundHalfEven, trigammaOf } from './special.ts'

/** What a primitive yields: a number of the kernel's compute type, or a truth value. */
export type ExprKind = 'value' | 'bool'

type FloatFn = (...args: number[]) => number | boolean
type IntFn = (...args: bigint[]) => bigint | boolean

interface Primitive {
  readonly arity: number
  readonly kind: ExprKind
  /** Meaning on floating compute types, in float64 (rounded to float32 on store). */
  readonly float?: FloatFn
  /** Meaning on integer compute types; the interpreter wraps the result to 32 or 64 bits. */
  readonly int?: IntFn
}

const unary = (float: (x: number) => number, int?: (x: bigint) => bigint) =>
  ({ arity: 1, kind: 'value', float, int }) as const satisfies Primitive
const binary = (float?: (x: number, y: number) => number, int?: (x: bigint, y: bigint) => bigint) =>
  ({ arity: 2, kind: 'value', float, int }) as const satisfies Primitive
const compare = (float: (x: number, y: number) => boolean, int: (x: bigint, y: bigint) => boolean) =>
  ({ arity: 2, kind: 'bool', float, int }) as const satisfies Primitive

const quotient = (x: bigint, y: bigint) => (y === 0n ? 0n : x / y)
const identity = (x: bigint) => x

/**
 * The table of scalar primitives. `meaningOf` adds rounding, and `and`, `or`, `not`, `select`, which take truth values.
 *
 * @example
 * primitives.add.arity // => 2
 */
export const primitives = {
  // arithmetic
  add: binary(
    (x, y) => x + y,
    (x, y) => x + y,
  ),
  sub: binary(
    (x, y) => x - y,
    (x, y) => x - y,
  ),
  mul: binary(
    (x, y) => x * y,
    (x, y) => x * y,
  ),
  /** Floats: IEEE division. Integers: truncated; by zero gives 0 (the ops check before). */
  div: binary((x, y) => x / y, quotient),
  /** The remainder with the sign of the dividend, as C's fmod and %. */
  fmod: binary(
    (x, y) => x % y,
    (x, y) => (y === 0n ? 0n : x % y),
  ),
  neg: unary(
    (x) => -x,
    (x) => -x,
  ),
  abs: unary(Math.abs, (x) => (x < 0n ? -x : x)),
  /** −1, 0 or 1; NaN gives 0, as torch.sign. */
  sign: unary(
    (x) => (x > 0 ? 1 : x < 0 ? -1 : 0),
    (x) => (x > 0n ? 1n : x < 0n ? -1n : 0n),
  ),
  /** Smaller of two; NaN if either is NaN. */
  min: binary(
    (x, y) => Math.min(x, y),
    (x, y) => (x < y ? x : y),
  ),
  /** Larger of two; NaN if either is NaN. */
  max: binary(
    (x, y) => Math.max(x, y),
    (x, y) => (x > y ? x : y),
  ),
  /** Magnitude of x, sign bit of y. */
  copysign: binary((x, y) => (y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x))),
  floor: unary(Math.floor, identity),
  ceil: unary(Math.ceil, identity),
  trunc: unary(Math.trunc, identity),
  /** To the nearest integer, ties to even. */
  round: unary(roundHalfEven, identity),

  // comparison (false on NaN, but for ne)
  eq: compare(
    (x, y) => x === y,
    (x, y) => x === y,
  ),
  ne: compare(
    (x, y) => x !== y,
    (x, y) => x !== y,
  ),
  lt: compare(
    (x, y) => x < y,
    (x, y) => x < y,
  ),
  le: compare(
    (x, y) => x <= y,
    (x, y) => x <= y,
  ),
  gt: compare(
    (x, y) => x > y,
    (x, y) => x > y,
  ),
  ge: compare(
    (x, y) => x >= y,
    (x, y) => x >= y,
  ),
  isNaN: { arity: 1, kind: 'bool', float: (x: number) => Number.isNaN(x), int: () => false },
  /** The sign bit: true for −0 and negative NaN-free values. */
  signBit: {
    arity: 1,
    kind: 'bool',
    float: (x: number) => x < 0 || Object.is(x, -0),
    int: (x: bigint) => x < 0n,
  },

  // truth values: the arguments of and, or, not and the first of select are of kind bool
  and: { arity: 2, kind: 'bool' },
  or: { arity: 2, kind: 'bool' },
  not: { arity: 1, kind: 'bool' },
  /** select(condition, x, y): x where true, y where false; the other side's NaN does not matter. */
  select: { arity: 3, kind: 'value' },

  // bits, integers only
  bitAnd: binary(undefined, (x, y) => x & y),
  bitOr: binary(undefined, (x, y) => x | y),
  bitXor: binary(undefined, (x, y) => x ^ y),
  bitNot: { arity: 1, kind: 'value', int: (x: bigint) => ~x },
  shiftLeft: binary(undefined, (x, y) => x << y),
  shiftRight: binary(undefined, (x, y) => x >> y),
  /** The greatest common divisor, not negative. */
  gcd: binary(undefined, greatestDivisor),

  // exponentials and powers
  exp: unary(Math.exp),
  exp2: unary((x) => 2 ** x),
  expm1: unary(Math.expm1),
  log: unary(Math.log),
  log2: unary(Math.log2),
  log10: unary(Math.log10),
  log1p: unary(Math.log1p),
  sqrt: unary(Math.sqrt),
  rsqrt: unary((x) => 1 / Math.sqrt(x)),
  /** Floats: C's pow (1^NaN = 1, (±1)^±inf = 1). Integers: exact, negative exponents only of ±1. */
  pow: binary(
    (x, y) => (x === 1 || (x === -1 && (y === Infinity || y === -Infinity)) ? 1 : x ** y),
    integerPower,
  ),
  /** 1 / (1 + e⁻ˣ) */
  sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),

  // trigonometry
  sin: unary(Math.sin),
  cos: unary(Math.cos),
  tan: unary(Math.tan),
  asin: unary(Math.asin),
  acos: unary(Math.acos),
  atan: unary(Math.atan),
  atan2: binary(Math.atan2),
  sinh: unary(Math.sinh),
  cosh: unary(Math.cosh),
  tanh: unary(Math.tanh),
  asinh: unary(Math.asinh),
  acosh: unary(Math.acosh),
  atanh: unary(Math.atanh),

  // special functions
  erf: unary(erfOf),
  erfc: unary(erfcOf),
  erfinv: unary(erfinvOf),
  lgamma: unary(lgammaOf),
  digamma: unary(digammaOf),
  trigamma: unary(trigammaOf),
  /** zeta(s, q): Σ (q + k)^(−s), k ≥ 0. */
  zeta: binary(zetaOf),
  /** The regularised incomplete gamma functions of (a, x). */
  igamma: binary(igammaOf),
  igammac: binary(igammacOf),
} as const satisfies Record<string, Primitive>

/** Name of a scalar primitive. */
export type ScalarPrimitive = keyof typeof primitives

function integerPower(base: bigint, exponent: bigint): bigint {
  if (exponent >= 0n) return modularPower(base, exponent) // wrapped to the width by the caller
  if (base === 1n) return 1n
  if (base === -1n) return exponent & 1n ? -1n : 1n
  return 0n
}

function greatestDivisor(x: bigint, y: bigint): bigint {
  let [a, b] = [x, y]
  while (b !== 0n) [a, b] = [b, a % b]
  return a < 0n ? -a : a
}

// Modulo 2⁶⁴: the power itself may be too long for any memory.
function modularPower(base: bigint, exponent: bigint): bigint {
  let [result, square] = [1n, base]
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = BigInt.asIntN(64, result * square)
    square = BigInt.asIntN(64, square * square)
  }
  return result
}
