// What a scalar primitive means in a compute type, and how values of it combine: the truth that backends are held to.
import type { Combine } from '../backend/kernels.ts'
import type { ComputeType } from '../dtype.ts'
import { DTypeError } from '../errors.ts'
import { toCompute } from '../host/element-value.ts'
import type { ElementValue } from '../host/element-value.ts'
import { primitives } from './primitives.ts'
import type { ScalarPrimitive } from './primitives.ts'

/** What a node of an expression yields: a number of the compute type (a bigint for integers), or a truth value. */
export type ScalarResult = ElementValue | boolean
/** A function of what the arguments of a node yield. */
export type ScalarMeaning = (...args: ScalarResult[]) => ScalarResult

// Of truth values, whatever the compute type.
const logic: Readonly<Partial<Record<ScalarPrimitive, ScalarMeaning>>> = {
  and: (x, y) => Boolean(x) && Boolean(y),
  or: (x, y) => Boolean(x) || Boolean(y),
  not: (x) => !x,
  select: (condition, x, y) => (condition ? x : y),
}

/**
 * The meaning of a scalar primitive in a compute type. Results are rounded to it, or wrap around, at every step.
 * Integers are bigints.
 *
 * @throws DTypeError if the primitive has no meaning in that type, as bitAnd of floats
 * @example
 * meaningOf('add', 'f32')(0.1, 0.2) // => 0.30000001192092896
 * meaningOf('add', 'i32')(2147483647n, 1n) // => -2147483648n
 * meaningOf('lt', 'f64')(1, 2) // => true
 */
export function meaningOf(name: ScalarPrimitive, compute: ComputeType): ScalarMeaning {
  if (logic[name] !== undefined) return logic[name]
  const integers = compute === 'i32' || compute === 'i64'
  const { float, int } = primitives[name] as { float?: ScalarMeaning; int?: ScalarMeaning }
  const exact = integers ? int : float
  if (exact === undefined)
    throw new DTypeError(name, `the compute type must be one that it has, got ${compute}`)
  // A shift counts modulo the width, as machines do; unbounded bigint shifts would not end.
  const shifts = name === 'shiftLeft' || name === 'shiftRight'
  const bits = compute === 'i64' ? 6 : 5
  return (...args) => {
    if (shifts) args[1] = BigInt.asUintN(bits, args[1] as bigint)
    const result = exact(...args)
    return typeof result === 'boolean' ? result : toCompute(result, compute)
  }
}

/** How a reduction or a scan combines values. */
export interface Combination {
  /** What combining nothing gives. */
  readonly identity: ElementValue
  combine(x: ElementValue, y: ElementValue): ElementValue
}

const combiningPrimitives = { sum: 'add', prod: 'mul', max: 'max', min: 'min' } as const satisfies Record<
  Combine,
  ScalarPrimitive
>

/**
 * How `mode` combines two values of a compute type, and what it gives of none.
 *
 * @example
 * const { identity, combine } = combinationOf('prod', 'f64')
 * [2, 3, 4].reduce(combine, identity) // => 24
 */
export function combinationOf(mode: Combine, compute: ComputeType): Combination {
  const floats = compute === 'f32' || compute === 'f64'
  const bits = compute === 'i64' ? 63n : 31n
  const [zero, one, least, largest] = floats
    ? [0, 1, -Infinity, Infinity]
    : [0n, 1n, -(2n ** bits), 2n ** bits - 1n]
  const identities = { sum: zero, prod: one, max: least, min: largest }
  return {
    identity: identities[mode],
    combine: meaningOf(combiningPrimitives[mode], compute) as Combination['combine'],
  }
}
