// Methods of Tensor: every function of ops/index.ts, installed in one loop and typed by one mapped type. Elementwise
// functions have an in-place twin, `<name>_`. The filters look at names only: types of members may not be needed
// to know which members there are, or the interface would refer to itself.
import { inPlaceForm } from './dispatch/define.ts'
import type { Operandish } from './dispatch/pointwise-record.ts'
import type * as activation from './ops/activation.ts'
import type * as aliases from './ops/aliases.ts'
import type * as arithmetic from './ops/arithmetic.ts'
import type * as bessel from './ops/bessel.ts'
import type * as comparison from './ops/comparison.ts'
import type { MaxMin } from './ops/extremes.ts'
import type * as gamma from './ops/gamma.ts'
import type * as ops from './ops/index.ts'
import type * as integerMath from './ops/integer-math.ts'
import type * as logarithm from './ops/logarithm.ts'
import type * as math from './ops/math.ts'
import type { Element, Nested } from './ops/reading.ts'
import type * as rounding from './ops/rounding.ts'
import type { UniqueOptions, UniqueResult } from './ops/unique.ts'
import type { Tensor } from './tensor.ts'

type Ops = typeof ops
type Elementwise = typeof bessel &
  typeof gamma &
  typeof integerMath &
  typeof activation &
  typeof aliases &
  typeof arithmetic &
  typeof comparison &
  typeof logarithm &
  typeof math &
  typeof rounding
/** Their method types are written out below, because the result depends on the arguments. */
type Overloaded = keyof OverloadedMethods
/** Functions of the elementwise families that have no in-place form, or write it themselves. */
type WithoutTwin =
  | 'div'
  | 'square'
  | 'positive'
  | 'logit'
  | 'pow'
  | 'maskedFill'
  | 'clamp'
  | 'threshold'
  | 'gelu'
  | 'prelu'
  | 'divide'
  | 'trueDivide'
  | 'mvlgamma'
  | 'clip'
  | 'round'
  | 'floatPower'
  | 'nanToNum'
  | `${string}_`
type Method<F> = F extends (self: never, ...rest: infer R) => infer O ? (...rest: R) => O : never

type OutOfPlace = { [K in keyof Ops as K extends `${string}Op` | Overloaded ? never : K]: Method<Ops[K]> }
type InPlace = { [K in keyof Elementwise as K extends WithoutTwin ? never : `${K}_`]: Method<Elementwise[K]> }

/** The signatures of all methods that come from ops. */
export interface Methods extends OutOfPlace, InPlace, OverloadedMethods {}

/** Methods whose result depends on their arguments, or whose arguments have another order. */
export interface OverloadedMethods {
  /** The largest element; along a dim; or elementwise with another tensor. @see torch.max */
  max(): Tensor
  max(dim: number, options?: { keepdim?: boolean }): MaxMin
  max(other: Tensor): Tensor
  /** The smallest element; along a dim; or elementwise with another tensor. @see torch.min */
  min(): Tensor
  min(dim: number, options?: { keepdim?: boolean }): MaxMin
  min(other: Tensor): Tensor
  /** The only element. @see torch.Tensor.item */
  item<T extends Element = number>(): T
  /** The only element, on every device. */
  itemAsync<T extends Element = number>(): Promise<T>
  /** The elements in nested arrays. @see torch.Tensor.tolist */
  tolist<T extends Element = number>(): Nested<T>
  /** The elements in nested arrays, on every device. */
  tolistAsync<T extends Element = number>(): Promise<Nested<T>>
  /** The middle element (the lower of two); along a dim, with its position. @see torch.median */
  median(): Tensor
  median(dim: number, options?: { keepdim?: boolean }): MaxMin
  /** As median, without the NaNs. @see torch.nanmedian */
  nanmedian(): Tensor
  nanmedian(dim: number, options?: { keepdim?: boolean }): MaxMin
  /** The distinct elements in rising order; along a dim, the distinct slices. @see torch.unique */
  unique<I extends boolean = false, C extends boolean = false>(
    dim?: number | null,
    options?: UniqueOptions<I, C>,
  ): UniqueResult<I, C>
  /** Without the elements (or slices) that equal the one before. @see torch.unique_consecutive */
  uniqueConsecutive<I extends boolean = false, C extends boolean = false>(
    dim?: number | null,
    options?: UniqueOptions<I, C>,
  ): UniqueResult<I, C>
  /** Positions of the elements that are not 0: a row for each, or with `asTuple` a tensor for each dim. @see torch.nonzero */
  nonzero(options?: { asTuple?: false }): Tensor
  nonzero(options: { asTuple: true }): readonly Tensor[]
  /** The `n`-th derivative of digamma. @see torch.Tensor.polygamma */
  polygamma(n: number): Tensor
  /** In-place polygamma. @see torch.Tensor.polygamma_ */
  polygamma_(n: number): Tensor
  /** self where `condition` is true, `other` elsewhere. @see torch.Tensor.where */
  where(condition: Tensor, other: Operandish): Tensor
}

type AnyFunction = (...args: never[]) => unknown

/** Installs the functions and their in-place twins on `prototype`; what is there already stays. */
export function installMethods(prototype: object, functions: Readonly<Record<string, unknown>>): void {
  for (const [name, fn] of Object.entries(functions)) {
    if (typeof fn !== 'function') continue
    define(prototype, name, fn as AnyFunction)
    if (inPlaceForm in fn) define(prototype, `${name}_`, fn[inPlaceForm] as AnyFunction)
  }
}

function define(prototype: object, name: string, fn: AnyFunction): void {
  if (Object.hasOwn(prototype, name)) return
  Object.defineProperty(prototype, name, {
    value(this: Tensor, ...rest: never[]) {
      return fn(this as never, ...rest)
    },
    writable: true,
    configurable: true,
  })
}
