// Elementwise arithmetic of one and two operands.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { binary, inPlaceForm, ternary, unary } from '../dispatch/define.ts'
import { withGradMode } from '../dispatch/hook.ts'
import { categoryRank } from '../dtype.ts'
import type { Operandish, Validate } from '../dispatch/pointwise-record.ts'
import { scalarCategory, scalarValue } from '../dispatch/scalar.ts'
import { ArgumentError, DTypeError, check } from '../errors.ts'
import type { Expr } from '../expr/expr.ts'
import { constant } from '../expr/expr.ts'
import { ComplexExpr } from '../expr/complex.ts'
import { canRead } from '../host/reads.ts'
import { Tensor } from '../tensor.ts'
import { rsqrt, sqrt } from './math.ts'

export * from './pairs.ts'

// alpha may not be of a higher category than the tensors.
const checkAlpha: Validate = (name, _inputs, options, common) => {
  const alpha = options?.alpha
  if (alpha === undefined || common.category === 'complex') return
  const category = scalarCategory(alpha)
  check(
    categoryRank[category] <= Math.max(categoryRank[common.category], categoryRank.int),
    () =>
      new DTypeError(
        name,
        `alpha must not be of a higher kind than ${common.name} tensors, got ${String(alpha)}. Cast the tensors first`,
      ),
  )
}
const isBool = (input: Operandish): boolean =>
  input instanceof Tensor ? input.dtype === 'bool' : typeof input === 'boolean'
const checkSubtraction: Validate = (name, inputs, options, common) => {
  checkAlpha(name, inputs, options, common)
  check(
    !inputs.some(isBool),
    () =>
      new DTypeError(
        name,
        'bool inputs cannot be subtracted. Use logicalXor, or logicalNot to invert a mask',
      ),
  )
}
// Integers have no value for a division by zero. Where the device can block, the divisor is looked at.
const checkDivisor: Validate = (name, [, divisor], _options, common) => {
  if (common.differentiable) return
  const zero =
    divisor instanceof Tensor ? canRead(divisor) && hasZero(divisor) : Number(scalarValue(divisor)) === 0
  check(
    !zero,
    () =>
      new ArgumentError(
        name,
        'an integer cannot be divided by zero, got a divisor of 0. Cast to a float dtype for infinities',
      ),
  )
}
const hasZero = (divisor: Tensor): boolean =>
  withGradMode(false, () => divisor.elementCount > 0 && !divisor.all().item<boolean>())

/**
 * `self + alpha · other`.
 *
 * @param other tensor or number; shapes broadcast, dtypes promote
 * @param options `alpha`: multiplies `other`
 * @throws ShapeError if the shapes do not broadcast
 * @example
 * add(tensor([1, 2]), tensor([10, 20]), { alpha: 2 }).tolist() // => [21, 42]
 * @see torch.add
 */
export const add = binary('add', (x, y, { alpha }) => x.add(y.mul(alpha)), {
  complex: true,
  options: { alpha: 1 },
  validate: checkAlpha,
})

/**
 * `self − alpha · other`.
 *
 * @throws DTypeError for two bool tensors: use logicalXor
 * @example
 * sub(tensor([5, 7]), 2).tolist() // => [3, 5]
 * @see torch.sub
 */
export const sub = binary('sub', (x, y, { alpha }) => x.sub(y.mul(alpha)), {
  complex: true,
  options: { alpha: 1 },
  validate: checkSubtraction,
})

/**
 * `alpha`-weighted reversed subtraction, `other − alpha · self`.
 *
 * @example
 * rsub(tensor([1, 2]), 10).tolist() // => [9, 8]
 * @see torch.rsub
 */
export const rsub = binary('rsub', (x, y, { alpha }) => y.sub(x.mul(alpha)), {
  complex: true,
  options: { alpha: 1 },
  validate: checkSubtraction,
})

/** `self · other`. @example mul(tensor([1, 2, 3]), 2).tolist() // => [2, 4, 6] @see torch.mul */
export const mul = binary('mul', (x, y) => x.mul(y), { complex: true })

/** `self / other` in floating point; integers become the default float. @see torch.true_divide */
const trueDivide = binary('div', (x, y) => x.div(y), { result: 'float', complex: true })

const floorQuotient = (x: Expr, y: Expr): Expr => {
  const mod = x.fmod(y)
  const div = x.sub(mod).div(y)
  const adjusted = mod.ne(0).and(signsDiffer(mod, y)).select(div.sub(1), div)
  const floored = adjusted.floor()
  const rounded = adjusted.sub(floored).gt(0.5).select(floored.add(1), floored)
  const zero = constant(0).copysign(x.div(y))
  return y.eq(0).select(x.div(y), adjusted.ne(0).select(rounded, zero))
}
const signsDiffer = (x: Expr, y: Expr): Expr =>
  x
    .lt(0)
    .and(y.lt(0).not())
    .or(x.lt(0).not().and(y.lt(0)))
const integerFloor = (x: Expr, y: Expr): Expr => {
  const quotient = x.div(y)
  return x.fmod(y).ne(0).and(signsDiffer(x, y)).select(quotient.sub(1), quotient)
}

/**
 * `⌊self / other⌋`, in the promoted dtype.
 *
 * @example
 * floorDivide(tensor([-7n, 7n]), 2).tolist() // => [-4, 3]
 * @see torch.floor_divide
 */
export const floorDivide = binary(
  'floorDivide',
  (x, y, _options, category) => (category === 'float' ? floorQuotient(x, y) : integerFloor(x, y)),
  { refuses: ['bool'], validate: checkDivisor },
)

/** Division rounded towards zero, in the promoted dtype. @see torch.div with rounding_mode='trunc' */
const truncDivide = binary('truncDivide', (x, y) => x.div(y).trunc(), {
  refuses: ['bool'],
  validate: checkDivisor,
})

/**
 * The remainder with the sign of the divisor, as Python's %.
 *
 * @example
 * remainder(tensor([-3, 3]), 2).tolist() // => [1, 1]
 * @see torch.remainder
 */
export const remainder = binary(
  'remainder',
  (x, y) => {
    const mod = x.fmod(y)
    return mod.ne(0).and(signsDiffer(mod, y)).select(mod.add(y), mod)
  },
  { refuses: ['bool'], validate: checkDivisor },
)

/**
 * The remainder with the sign of the dividend, as C's fmod.
 *
 * @example
 * fmod(tensor([-3, 3]), 2).tolist() // => [-1, 1]
 * @see torch.fmod
 */
export const fmod = binary('fmod', (x, y) => x.fmod(y), { refuses: ['bool'], validate: checkDivisor })

/**
 * `self` to the power of `exponent`.
 *
 * @throws ArgumentError for an integer tensor with a negative number as exponent
 * @see torch.pow
 */
const powElements = binary(
  'pow',
  (x, y, _options, category) => (category === 'bool' ? y.ne(0).and(x.eq(0)).select(0, 1) : x.pow(y)),
  { complex: ([x, y]) => x.pow(y) },
)
const squareElements = unary('square', (x) => x.square(), { gradName: 'PowBackward0', complex: true })
/**
 * `self · self`; bool becomes int64.
 *
 * @example
 * square(tensor([-3, 2])).tolist() // => [9, 4]
 * @see torch.square
 */
export const square = (self: Tensor, { out }: OutOption = {}): Tensor =>
  out === undefined ? pow(self, 2) : resultInto('square', out, () => square(self))
/** In-place square. @see torch.Tensor.square_ */
export const square_ = (self: Tensor): Tensor => pow_(self, 2)

/**
 * `self + value · tensor1 · tensor2`.
 *
 * @example
 * addcmul(tensor([1, 1]), tensor([2, 3]), tensor([4, 5]), { value: 0.5 }).tolist() // => [5, 8.5]
 * @see torch.addcmul
 */
export const addcmul = ternary('addcmul', (x, y, z, { value }) => x.add(y.mul(z).mul(value)), {
  complex: true,
  options: { value: 1 },
})
/**
 * `self + value · tensor1 / tensor2`.
 *
 * @example
 * addcdiv(tensor([1, 1]), tensor([2, 3]), tensor([4, 2])).tolist() // => [1.5, 2.5]
 * @see torch.addcdiv
 */
export const addcdiv = ternary('addcdiv', (x, y, z, { value }) => x.add(y.div(z).mul(value)), {
  complex: true,
  options: { value: 1 },
  refuses: ['int', 'bool'],
})
/**
 * `self + weight · (end − self)`, in the form that is exact at both ends.
 *
 * @example
 * lerp(tensor([0, 10]), tensor([10, 20]), 0.25).tolist() // => [2.5, 12.5]
 * @see torch.lerp
 */
export const lerp = ternary(
  'lerp',
  (x, y, w) => {
    const d = y.sub(x)
    return w
      .abs()
      .lt(0.5)
      .select(x.add(w.mul(d)), y.sub(d.mul(constant(1).sub(w))))
  },
  {
    refuses: ['int', 'bool'],
    complex: ([x, y, w]) => {
      const d = y.sub(x)
      const near = w.re.mul(w.re).add(w.im.mul(w.im)).lt(0.25)
      return ComplexExpr.select(near, x.add(w.mul(d)), y.sub(d.mul(w.neg().add(1))))
    },
  },
)

/**
 * `−self`.
 *
 * @throws DTypeError for bool: use logicalNot
 * @example
 * neg(tensor([1, -2])).tolist() // => [-1, 2]
 * @see torch.neg
 */
export const neg = unary('neg', (x) => x.neg(), { refuses: ['bool'], complex: true })
/**
 * The tensor itself.
 *
 * @throws DTypeError for bool
 * @example
 * positive(tensor([1, -2])).tolist() // => [1, -2]
 * @see torch.positive
 */
export function positive(self: Tensor): Tensor {
  check(
    self.dtype !== 'bool',
    () => new DTypeError('positive', 'bool inputs have no sign, got bool. Cast first'),
  )
  return self
}
/** Absolute value; real, of complex numbers too. @example abs(tensor([1, -2])).tolist() // => [1, 2] @see torch.abs */
export const abs = unary('abs', (x) => x.abs(), { complex: true })
/** −1, 0 or 1. @example sign(tensor([-7, 0, 3])).tolist() // => [-1, 0, 1] @see torch.sign */
export const sign = unary('sign', (x) => x.sign())
/**
 * −1, 0 or 1, as sign, for real numbers; `self / |self|` for complex ones, 0 at 0.
 *
 * @example
 * sgn(tensor([-7, 0, 3])).tolist()       // => [-1, 0, 1]
 * sgn(tensor([new Complex(0, 5)])).item() // => new Complex(0, 1)
 * @see torch.sgn
 */
export const sgn = unary('sgn', (x) => x.sign(), { complex: ([z]) => z.sgn() })
/** `1 / self`. @example reciprocal(tensor([2, 4])).tolist() // => [0.5, 0.25] @see torch.reciprocal */
export const reciprocal = unary('reciprocal', (x) => x.reciprocal(), { result: 'float', complex: true })

/** How div rounds its result. */
export type RoundingMode = 'trunc' | 'floor'
const divisions = { none: trueDivide, trunc: truncDivide, floor: floorDivide } as const
const divisionFor = (mode: RoundingMode | null | undefined) => {
  const division = divisions[mode ?? 'none']
  if (division === undefined)
    throw new ArgumentError('div', `roundingMode must be null, 'trunc' or 'floor', got '${mode}'`)
  return division
}

/**
 * `self / other`.
 *
 * @param options `roundingMode`: null divides truly (integers become the default float), 'trunc' rounds towards
 *   zero, 'floor' down; both keep the promoted dtype
 * @example
 * div(tensor([7, -7]), 2).tolist()                            // => [3.5, -3.5]
 * div(tensor([7, -7]), 2, { roundingMode: 'floor' }).tolist() // => [3, -4]
 * @see torch.div
 */
export const div = (
  self: Tensor,
  other: Operandish,
  { out, roundingMode = null }: { roundingMode?: RoundingMode | null } & OutOption = {},
): Tensor =>
  out === undefined
    ? divisionFor(roundingMode)(self, other)
    : resultInto('div', out, () => div(self, other, { roundingMode }))
/** In-place div. @see torch.Tensor.div_ */
export const div_ = (
  self: Tensor,
  other: Operandish,
  { roundingMode = null }: { roundingMode?: RoundingMode | null } = {},
): Tensor => divisionFor(roundingMode)[inPlaceForm](self, other)

// Exponents that are part of the kernel, because backends have a cheaper form of the same value for them.
const literalPower = (exponent: number) =>
  unary('powLiteral', (x) => x.pow(exponent), {
    gradName: 'PowBackward0',
    refuses: ['int', 'bool'],
    ...(exponent === 3 && { complex: true }),
  })
const powers = new Map(
  ([3, 0.5, -0.5, -1, -2] as const).map((exponent) => [exponent as number, literalPower(exponent)]),
)
const powFor = (self: Tensor, exponent: Operandish) => {
  if (exponent instanceof Tensor) return null
  check(
    self.dtypeInfo.differentiable ||
      categoryRank[scalarCategory(exponent)] >= categoryRank.float ||
      scalarValue(exponent) >= 0,
    () =>
      new ArgumentError(
        'pow',
        `an integer tensor takes no negative integer power, got ${String(scalarValue(exponent))}. Cast it to a float dtype`,
      ),
  )
  if (exponent === 2) return self.dtype === 'bool' ? null : squareElements
  if (typeof exponent !== 'number' || !self.dtypeInfo.differentiable) return null
  const forms = self.dtypeInfo.component === null ? powers : complexPowers
  return forms.get(exponent) ?? null
}
// Analytic functions with a derivative of their own.
const complexPowers: ReadonlyMap<number, ReturnType<typeof literalPower>> = new Map([
  [3, powers.get(3)!],
  [0.5, sqrt],
  [-0.5, rsqrt],
  [-1, reciprocal],
])

/**
 * `self` to the power of `exponent`; either may be a number.
 *
 * @throws ArgumentError for an integer tensor with a negative whole number as exponent
 * @example
 * pow(tensor([1, 2, 3]), 2).tolist() // => [1, 4, 9]
 * @see torch.pow
 */
export const pow = (self: Tensor, exponent: Operandish, { out }: OutOption = {}): Tensor => {
  if (out !== undefined) return resultInto('pow', out, () => pow(self, exponent))

  if (!(self instanceof Tensor)) return powElements(self, exponent)
  const special = powFor(self, exponent)
  return special ? special(self) : powElements(self, exponent)
}
/** In-place pow. @see torch.Tensor.pow_ */
export const pow_ = (self: Tensor, exponent: Operandish): Tensor => {
  const special = powFor(self, exponent)
  return special ? special[inPlaceForm](self) : powElements[inPlaceForm](self, exponent)
}
