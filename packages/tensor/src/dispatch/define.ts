// One line per elementwise op: from the expression to the free function and its in-place twin.
import type { DTypeCategory } from '../dtype.ts'
import type { Expr } from '../expr/expr.ts'
import type { Tensor } from '../tensor.ts'
import { PointwiseRecord } from './pointwise-record.ts'
import { applyPointwise, applyPointwiseInPlace } from './pointwise.ts'
import type { NumericOptions, Operandish, PointwiseConfig } from './pointwise-record.ts'
import { applyPointwiseInto } from './out.ts'
import type { OutOption } from './out.ts'
import type { Scalar } from './scalar.ts'

/** Options of an op as expressions, by name. */
type OptionExprs<O> = { readonly [K in keyof O]: Expr }
type OptionValues = Readonly<Record<string, Scalar | undefined>>

/** Out of place, or into `out`. */
function run(
  record: PointwiseRecord,
  inputs: readonly Operandish[],
  options: Readonly<Record<string, unknown>> | undefined,
): Tensor {
  if (options === undefined || !('out' in options))
    return applyPointwise(record, inputs, options as OptionValues | undefined)
  const { out, ...others } = options
  if (out === undefined) return applyPointwise(record, inputs, others as OptionValues)
  return applyPointwiseInto(record, inputs, others as OptionValues, out as Tensor)
}

/**
 * The in-place form of a pointwise function; methods.ts installs it as `<name>_`.
 *
 * @example
 * const cube = unary('cube', (x) => x.mul(x).mul(x))
 * const x = tensor([2, 3])
 * cube[inPlaceForm](x)
 * x.tolist() // => [8, 27]
 */
export const inPlaceForm: unique symbol = Symbol('in-place')
/** A free function with its record and its in-place form. */
export interface Pointwise<F extends (...args: never[]) => Tensor> {
  readonly record: PointwiseRecord
  readonly [inPlaceForm]: F
}

const attach = <F extends (...args: never[]) => Tensor>(
  fn: F,
  inPlace: F,
  record: PointwiseRecord,
): F & Pointwise<F> => Object.assign(fn, { record, [inPlaceForm]: inPlace })

type UnaryFn<O> = (self: Tensor, options?: NumericOptions<O> & OutOption) => Tensor
type BinaryFn<O> = (self: Tensor, other: Operandish, options?: NumericOptions<O> & OutOption) => Tensor
type TernaryFn<O> = (
  self: Tensor,
  a: Operandish,
  b: Operandish,
  options?: NumericOptions<O> & OutOption,
) => Tensor

/**
 * An elementwise op of one tensor.
 *
 * @example
 * const cube = unary('cube', (x) => x.mul(x).mul(x))
 * cube(tensor([2, 3])).tolist() // => [8, 27]
 */
export function unary<O extends Record<string, number> = Record<never, number>>(
  name: string,
  build: (x: Expr, options: OptionExprs<O>, category: DTypeCategory) => Expr,
  config: PointwiseConfig<O> = {},
): UnaryFn<O> & Pointwise<UnaryFn<O>> {
  const record = new PointwiseRecord(
    name,
    1,
    ([x], options, category) => build(x, options as OptionExprs<O>, category),
    config,
  )
  return attach<UnaryFn<O>>(
    (self, options) => run(record, [self], options),
    (self, options) => applyPointwiseInPlace(record, [self], options as OptionValues),
    record,
  )
}

/**
 * An elementwise op of two operands.
 *
 * @example
 * const mix = binary('mix', (x, y, { share }) => x.mul(share).add(y), { options: { share: 0.5 } })
 * mix(tensor([2]), tensor([3]), { share: 2 }).item() // => 7
 */
export function binary<O extends Record<string, number> = Record<never, number>>(
  name: string,
  build: (x: Expr, y: Expr, options: OptionExprs<O>, category: DTypeCategory) => Expr,
  config: PointwiseConfig<O> = {},
): BinaryFn<O> & Pointwise<BinaryFn<O>> {
  const record = new PointwiseRecord(
    name,
    2,
    ([x, y], options, category) => build(x, y, options as OptionExprs<O>, category),
    config,
  )
  return attach<BinaryFn<O>>(
    (self, other, options) => run(record, [self, other], options),
    (self, other, options) => applyPointwiseInPlace(record, [self, other], options as OptionValues),
    record,
  )
}

/**
 * An elementwise op of three operands.
 *
 * @example
 * const fma = ternary('fma', (x, y, z) => x.mul(y).add(z))
 * fma(tensor([2]), tensor([3]), 4).item() // => 10
 */
export function ternary<O extends Record<string, number> = Record<never, number>>(
  name: string,
  build: (x: Expr, y: Expr, z: Expr, options: OptionExprs<O>, category: DTypeCategory) => Expr,
  config: PointwiseConfig<O> = {},
): TernaryFn<O> & Pointwise<TernaryFn<O>> {
  const record = new PointwiseRecord(
    name,
    3,
    ([x, y, z], options, category) => build(x, y, z, options as OptionExprs<O>, category),
    config,
  )
  return attach<TernaryFn<O>>(
    (self, a, b, options) => run(record, [self, a, b], options),
    (self, a, b, options) => applyPointwiseInPlace(record, [self, a, b], options as OptionValues),
    record,
  )
}
