// The lowering table: WGSL of every scalar primitive, for float32 and for the integers.
import type { ScalarPrimitive } from '@tt/tensor'

/** WGSL of a call, given that of its arguments. */
export type Form = (...args: string[]) => string

/** How a primitive looks in each number type. Left out: it has no meaning there. */
export interface Lowering {
  readonly float?: Form
  readonly int?: Form
  /** Where int64, held in 32 bits, differs from int32. */
  readonly long?: Form
}

const infix =
  (operator: string): Form =>
  (x, y) =>
    `(${x} ${operator} ${y})`
const both = (form: Form): Lowering => ({ float: form, int: form })
const call =
  (name: string): Form =>
  (...args) =>
    `${name}(${args.join(', ')})`
const own = (name: string): Lowering => ({ float: call(`tt_${name}`) })
const whole = (float: string): Lowering => ({ float: call(float), int: (x) => x })
const logical: Form = (x) => `(!${x})`

/** The table; a primitive without an entry does not compile. */
export const lowerings = {
  add: both(infix('+')),
  sub: both(infix('-')),
  mul: both(infix('*')),
  div: { float: call('tt_div'), int: call('tt_idiv') },
  fmod: { float: call('tt_fmod'), int: call('tt_irem') },
  neg: both((x) => `(-${x})`),
  abs: both(call('abs')),
  sign: { float: call('tt_sign'), int: call('sign') },
  min: { float: call('tt_min'), int: call('min') },
  max: { float: call('tt_max'), int: call('max') },
  copysign: own('copysign'),
  floor: whole('tt_floor'),
  ceil: whole('tt_ceil'),
  trunc: whole('trunc'),
  round: whole('round'),

  // WGSL may assume that there is no NaN; only comparisons that are false on NaN are left to it.
  eq: { float: call('tt_eq'), int: infix('==') },
  ne: { float: call('tt_ne'), int: infix('!=') },
  lt: both(infix('<')),
  le: both(infix('<=')),
  gt: both(infix('>')),
  ge: both(infix('>=')),
  isNaN: { float: call('tt_isnan'), int: () => 'false' },
  signBit: { float: call('tt_signbit'), int: (x) => `(${x} < 0)` },

  and: both(infix('&&')),
  or: both(infix('||')),
  not: both(logical),
  select: both((condition, x, y) => `select(${y}, ${x}, ${condition})`),

  bitAnd: { int: infix('&') },
  bitOr: { int: infix('|') },
  bitXor: { int: infix('^') },
  bitNot: { int: (x) => `(~${x})` },
  shiftLeft: { int: (x, y) => `(${x} << (u32(${y}) & 31u))`, long: call('tt_shl64') },
  shiftRight: { int: (x, y) => `(${x} >> (u32(${y}) & 31u))`, long: call('tt_shr64') },

  exp: own('exp'),
  exp2: own('exp2'),
  expm1: own('expm1'),
  log: own('log'),
  log2: own('log2'),
  log10: own('log10'),
  log1p: own('log1p'),
  sqrt: own('sqrt'),
  rsqrt: own('rsqrt'),
  pow: { float: call('tt_pow'), int: call('tt_ipow') },
  sigmoid: own('sigmoid'),

  sin: own('sin'),
  cos: own('cos'),
  tan: own('tan'),
  asin: own('asin'),
  acos: own('acos'),
  atan: own('atan'),
  atan2: own('atan2'),
  sinh: own('sinh'),
  cosh: own('cosh'),
  tanh: own('tanh'),
  asinh: own('asinh'),
  acosh: own('acosh'),
  atanh: own('atanh'),

  erf: own('erf'),
  erfc: own('erfc'),
  erfinv: own('erfinv'),
  lgamma: own('lgamma'),
  digamma: own('digamma'),
  trigamma: own('trigamma'),
  zeta: own('zeta'),
  igamma: own('igamma'),
  igammac: own('igammac'),
  gcd: { int: call('tt_gcd') },
} satisfies Record<ScalarPrimitive, Lowering>
