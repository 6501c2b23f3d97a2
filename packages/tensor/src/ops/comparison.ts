// Elementwise comparisons, logic, bits, choice.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { binary, inPlaceForm, ternary, unary } from '../dispatch/define.ts'
import type { Operandish } from '../dispatch/pointwise-record.ts'
import { ArgumentError, DTypeError, ShapeError, check } from '../errors.ts'
import { formatShape } from '../shape/shape.ts'
import { Complex } from '../complex-number.ts'
import { ComplexExpr } from '../expr/complex.ts'
import { Tensor } from '../tensor.ts'
import { isComplex } from './complex-parts.ts'
import type { Expr } from '../expr/expr.ts'

const truth = (name: string, build: (x: Expr, y: Expr) => Expr) => binary(name, build, { result: 'bool' })
/** Of complex numbers too, by the same expression. */
const complexTruth = (name: string, build: (x: Expr, y: Expr) => Expr) =>
  binary(name, build, { result: 'bool', complex: true })

/**
 * `self = other`; a bool tensor.
 *
 * @example
 * eq(tensor([1, 2, 3]), 2).tolist() // => [false, true, false]
 * @see torch.eq
 */
export const eq = complexTruth('eq', (x, y) => x.eq(y))
/** `self ≠ other`. @example ne(tensor([1, 2, 3]), 2).tolist() // => [true, false, true] @see torch.ne */
export const ne = complexTruth('ne', (x, y) => x.ne(y))
/** `self < other`. @example lt(tensor([1, 2, 3]), 2).tolist() // => [true, false, false] @see torch.lt */
export const lt = truth('lt', (x, y) => x.lt(y))
/** `self ≤ other`. @example le(tensor([1, 2, 3]), 2).tolist() // => [true, true, false] @see torch.le */
export const le = truth('le', (x, y) => x.le(y))
/** `self > other`. @example gt(tensor([1, 2, 3]), 2).tolist() // => [false, false, true] @see torch.gt */
export const gt = truth('gt', (x, y) => x.gt(y))
/** `self ≥ other`. @example ge(tensor([1, 2, 3]), 2).tolist() // => [false, true, true] @see torch.ge */
export const ge = truth('ge', (x, y) => x.ge(y))
/**
 * Both are not 0.
 *
 * @example
 * logicalAnd(tensor([1, 2, 0]), tensor([3, 0, 0])).tolist() // => [true, false, false]
 * @see torch.logical_and
 */
export const logicalAnd = complexTruth('logicalAnd', (x, y) => x.ne(0).and(y.ne(0)))
/**
 * At least one is not 0.
 *
 * @example
 * logicalOr(tensor([1, 2, 0]), tensor([3, 0, 0])).tolist() // => [true, true, false]
 * @see torch.logical_or
 */
export const logicalOr = complexTruth('logicalOr', (x, y) => x.ne(0).or(y.ne(0)))
/**
 * Exactly one is not 0.
 *
 * @example
 * logicalXor(tensor([1, 2, 0]), tensor([3, 0, 0])).tolist() // => [false, true, false]
 * @see torch.logical_xor
 */
export const logicalXor = complexTruth('logicalXor', (x, y) => {
  const [a, b] = [x.ne(0), y.ne(0)]
  return a.and(b.not()).or(b.and(a.not()))
})
/** Is 0. @example logicalNot(tensor([0, 2])).tolist() // => [true, false] @see torch.logical_not */
export const logicalNot = unary('logicalNot', (x) => x.eq(0), { result: 'bool', complex: true })
/** Is NaN. @example isnan(tensor([NaN, 1])).tolist() // => [true, false] @see torch.isnan */
export const isnan = unary('isnan', (x) => x.isNaN(), { result: 'bool', complex: true })
/** Is +∞ or −∞. @example isinf(tensor([-Infinity, 1])).tolist() // => [true, false] @see torch.isinf */
export const isinf = unary(
  'isinf',
  (x, _o, category) => (category === 'float' ? x.abs().eq(Infinity) : x.ne(x)),
  { result: 'bool', complex: ([{ re, im }]) => re.abs().eq(Infinity).or(im.abs().eq(Infinity)) },
)
/**
 * Is neither NaN nor infinite.
 *
 * @example
 * isfinite(tensor([Infinity, NaN, 1])).tolist() // => [false, false, true]
 * @see torch.isfinite
 */
export const isfinite = unary(
  'isfinite',
  (x, _o, category) => (category === 'float' ? x.abs().lt(Infinity) : x.eq(x)),
  { result: 'bool', complex: ([{ re, im }]) => re.abs().lt(Infinity).and(im.abs().lt(Infinity)) },
)
/**
 * Is +∞.
 *
 * @example
 * isposinf(tensor([Infinity, -Infinity])).tolist() // => [true, false]
 * @see torch.isposinf
 */
export const isposinf = unary(
  'isposinf',
  (x, _o, category) => (category === 'float' ? x.eq(Infinity) : x.ne(x)),
  { result: 'bool' },
)
/**
 * Is −∞.
 *
 * @example
 * isneginf(tensor([Infinity, -Infinity])).tolist() // => [false, true]
 * @see torch.isneginf
 */
export const isneginf = unary(
  'isneginf',
  (x, _o, category) => (category === 'float' ? x.eq(-Infinity) : x.ne(x)),
  { result: 'bool' },
)
/**
 * Has the sign bit set: negative, or −0.
 *
 * @example
 * signbit(tensor([-1, -0, 0])).tolist() // => [true, true, false]
 * @see torch.signbit
 */
export const signbit = unary('signbit', (x) => x.signBit(), { result: 'bool' })

const bits = (name: string, build: (x: Expr, y: Expr) => Expr) => binary(name, build, { refuses: ['float'] })
/**
 * Bitwise and; logical for bool.
 *
 * @example
 * bitwiseAnd(tensor([12n]), tensor([10n])).tolist() // => [8]
 * @see torch.bitwise_and
 */
export const bitwiseAnd = bits('bitwiseAnd', (x, y) => x.bitAnd(y))
/**
 * Bitwise or; logical for bool.
 *
 * @example
 * bitwiseOr(tensor([12n]), tensor([10n])).tolist() // => [14]
 * @see torch.bitwise_or
 */
export const bitwiseOr = bits('bitwiseOr', (x, y) => x.bitOr(y))
/**
 * Bitwise exclusive or; logical for bool.
 *
 * @example
 * bitwiseXor(tensor([12n]), tensor([10n])).tolist() // => [6]
 * @see torch.bitwise_xor
 */
export const bitwiseXor = bits('bitwiseXor', (x, y) => x.bitXor(y))
/**
 * All bits flipped; logical not for bool.
 *
 * @example
 * bitwiseNot(tensor([0n, 5n])).tolist() // => [-1, -6]
 * @see torch.bitwise_not
 */
export const bitwiseNot = unary(
  'bitwiseNot',
  (x, _options, category) => (category === 'bool' ? x.eq(0) : x.bitNot()),
  { refuses: ['float'] },
)
/**
 * Bits moved up by `other`.
 *
 * @example
 * bitwiseLeftShift(tensor([1n, 3n]), 2).tolist() // => [4, 12]
 * @see torch.bitwise_left_shift
 */
export const bitwiseLeftShift = binary('bitwiseLeftShift', (x, y) => x.shiftLeft(y), {
  refuses: ['float', 'bool'],
})
/**
 * Bits moved down by `other`, the sign kept.
 *
 * @example
 * bitwiseRightShift(tensor([12n, -8n]), 2).tolist() // => [3, -2]
 * @see torch.bitwise_right_shift
 */
export const bitwiseRightShift = binary('bitwiseRightShift', (x, y) => x.shiftRight(y), {
  refuses: ['float', 'bool'],
})

/** self where `mask` is false, `value` where it is true. @see torch.Tensor.masked_fill */
const maskedFillElements = ternary('maskedFill', (x, mask, value) => mask.ne(0).select(value, x), {
  unpromoted: [1, 2],
  complex: ([z, mask, value]) => ComplexExpr.select(mask.re.ne(0), value, z),
})
/** Larger of self and min, smaller of that and max; NaN stays. @see torch.clamp */
const clampBoth = ternary('clamp', (x, min, max) => x.max(min).min(max))
/**
 * Larger of self and `min`.
 *
 * @example
 * clampMin(tensor([-1, 2]), 0).tolist() // => [0, 2]
 * @see torch.clamp_min
 */
export const clampMin = binary('clampMin', (x, min) => x.max(min))
/**
 * Smaller of self and `max`.
 *
 * @example
 * clampMax(tensor([-1, 2]), 0).tolist() // => [-1, 0]
 * @see torch.clamp_max
 */
export const clampMax = binary('clampMax', (x, max) => x.min(max))

/**
 * `value` where `mask` is true, self elsewhere.
 *
 * @param mask bool, broadcasts with self
 * @example
 * maskedFill(tensor([1, 2]), tensor([true, false]), 9).tolist() // => [9, 2]
 * @see torch.Tensor.masked_fill
 */
export function maskedFill(self: Tensor, mask: Tensor, value: Operandish): Tensor {
  checkMask('maskedFill', 'mask', mask)
  checkFillValue('maskedFill', self, value)
  return maskedFillElements(self, mask, value)
}
/** In-place maskedFill. @see torch.Tensor.masked_fill_ */
export function maskedFill_(self: Tensor, mask: Tensor, value: Operandish): Tensor {
  checkMask('maskedFill_', 'mask', mask)
  checkFillValue('maskedFill_', self, value)
  const own = value instanceof Tensor && value.storage === self.storage ? value.clone() : value // read as one number
  return maskedFillElements[inPlaceForm](self, mask, own)
}

/**
 * Values below `min` become min, above `max` become max; NaN stays. One of the two may be left out.
 *
 * @throws ArgumentError if both are missing
 * @example
 * clamp(tensor([-2, 0, 2]), -1, 1).tolist() // => [-1, 0, 1]
 * @see torch.clamp
 */
export const clamp = (
  self: Tensor,
  min: Operandish | null = null,
  max: Operandish | null = null,
  { out }: OutOption = {},
): Tensor =>
  out === undefined ? clampWith(self, min, max, false) : resultInto('clamp', out, () => clamp(self, min, max))
/** In-place clamp. @see torch.Tensor.clamp_ */
export const clamp_ = (self: Tensor, min: Operandish | null = null, max: Operandish | null = null): Tensor =>
  clampWith(self, min, max, true)

function clampWith(self: Tensor, min: Operandish | null, max: Operandish | null, inPlace: boolean): Tensor {
  if (min !== null && max !== null) return (inPlace ? clampBoth[inPlaceForm] : clampBoth)(self, min, max)
  if (min !== null) return (inPlace ? clampMin[inPlaceForm] : clampMin)(self, min)
  check(
    max !== null,
    () => new ArgumentError('clamp', 'at least one of min and max must be given, got neither'),
  )
  return (inPlace ? clampMax[inPlaceForm] : clampMax)(self, max)
}

function checkFillValue(op: string, self: Tensor, value: Operandish): void {
  check(
    isComplex(self) || !(value instanceof Tensor ? isComplex(value) : value instanceof Complex),
    () =>
      new DTypeError(op, `a real tensor takes no complex value, got one for ${self.dtype}. Cast self first`),
  )
  check(
    !(value instanceof Tensor) || value.ndim === 0,
    () =>
      new ShapeError(
        op,
        `value must be a number or a 0-dim tensor, got shape ${formatShape((value as Tensor).shape)}. Use where`,
      ),
  )
}

function checkMask(op: string, name: string, mask: Tensor): void {
  check(
    mask.dtype === 'bool' || mask.dtype === 'uint8',
    () => new DTypeError(op, `${name} must be bool, got ${mask.dtype}. Compare it first: .ne(0)`),
  )
}
