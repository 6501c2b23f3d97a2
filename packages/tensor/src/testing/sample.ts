// What a sample is: inputs as data, the call to make on them, and the dtypes for which a backend must agree.
import { dtypeList, dtypes } from '../dtype.ts'
import type { DType } from '../dtype.ts'
import type { Tensor } from '../tensor.ts'

/**
 * Which values an input holds: of both signs, above 0, between −1 and 1, whole from 0 to `below` − 1
 * (indices), 0 or 1, those of a list in turn,
 * or the extremes of the dtype (NaN, infinities, −0, the largest, denormals).
 */
export type Values =
  | 'any'
  | 'positive'
  | 'unit'
  | 'truth'
  | 'extremes'
  | { readonly below: number }
  | { readonly list: readonly number[] }

/** How an input lies in memory. */
export type Layout = 'contiguous' | 'transposed' | 'sliced' | 'expanded'

/** One input. */
export interface InputSpec {
  readonly shape: readonly number[]
  /** Fixed, or that of the test. */
  readonly dtype?: DType
  readonly values?: Values
}

/** A call that must give the same on every backend. */
export interface Sample {
  /** Unique in its family. */
  readonly name: string
  readonly inputs: readonly InputSpec[]
  /** The dtypes that the inputs without one of their own take in turn. */
  readonly dtypes: readonly DType[]
  /** The layouts to try; default: all, and a mix. */
  readonly layouts?: readonly Layout[]
  /** Times the usual tolerance. */
  readonly slack?: number
  run(tensors: readonly Tensor[]): Tensor | readonly Tensor[]
}

/** A call that must throw, and change nothing. */
export interface ErrorSample {
  readonly name: string
  readonly inputs: readonly InputSpec[]
  readonly error: new (...args: never[]) => Error
  readonly message: RegExp
  run(tensors: readonly Tensor[]): unknown
}

/** Samples of one file of ops. */
export interface Family {
  readonly name: string
  readonly samples: readonly Sample[]
  readonly errors?: readonly ErrorSample[]
}

const namesOf = (categories: readonly string[]): DType[] =>
  dtypeList.filter(({ category }) => categories.includes(category)).map(({ name }) => name)

/** Complex dtypes. */
export const complexes = namesOf(['complex'])
/** Every dtype of real numbers. */
export const everyDtype = namesOf(['bool', 'int', 'float'])
/** Floating-point dtypes. */
export const floats = namesOf(['float'])
/** Integer dtypes. */
export const integers = namesOf(['int'])
/** All but bool. */
export const numbers: readonly DType[] = [...integers, ...floats]
/** Where the full list would only repeat itself. */
export const mainDtypes: readonly DType[] = ['float32', 'float64', 'int64', 'bool']
/** Floating-point dtypes of kernels of their own. */
export const fullFloats: readonly DType[] = ['float32', 'float64']

/** Whether the name is a dtype's, for tests that are named after one. */
export const isDType = (name: string): name is DType => Object.hasOwn(dtypes, name)
