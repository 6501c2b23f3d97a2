// The golden files as they are written: ../../../shared/goldens/README.md describes them.

/** A tensor: `data` is base64 of the storage (inputs) or of the elements in row-major order (outputs). */
export interface EncodedTensor {
  readonly t: string
  readonly shape: readonly number[]
  readonly stride?: readonly number[]
  readonly offset?: number
  readonly data: string
  readonly rg?: number
  readonly view_of?: number
}

/** Anything an argument or a result can be. */
export type Encoded =
  | null
  | boolean
  | number
  | string
  | readonly Encoded[]
  | { readonly [key: string]: unknown }

/** How |x − e| is judged: at most atol + rtol·|e|. */
export interface Tolerance {
  readonly atol: number
  readonly rtol: number
}

/** A call, of the file or of one case. */
export interface Call {
  readonly call: string
  readonly variant: string
}

export interface GoldenCase extends Partial<Call> {
  readonly id: string
  readonly dtype?: string
  readonly args: readonly Encoded[]
  readonly kwargs: Readonly<Record<string, Encoded>>
  readonly outputs: readonly Encoded[]
  readonly kind?: 'tuple' | 'list'
  readonly names?: readonly string[]
  readonly tolerance?: Tolerance
  readonly cotangents?: readonly (EncodedTensor | null)[]
  readonly grads?: readonly (EncodedTensor | null)[]
  readonly grad_tolerance?: Tolerance
  readonly gg?: {
    readonly vs: readonly (EncodedTensor | null)[]
    readonly grads: readonly (EncodedTensor | null)[]
    readonly cot_grads: readonly (EncodedTensor | null)[]
  }
  readonly mutated?: readonly { readonly i: number; readonly value: EncodedTensor }[]
  readonly random?: boolean
  readonly seed?: number
  readonly compare?: string
  readonly inplace_ok?: number
}

export interface GoldenError extends Partial<Call> {
  readonly id: string
  readonly args: readonly Encoded[]
  readonly kwargs: Readonly<Record<string, Encoded>>
  readonly message: string
}

export interface GoldenFile extends Call {
  readonly op: string
  readonly opinfo_variant: string
  readonly group: string
  readonly inplace?: string
  readonly index_outputs?: readonly number[]
  readonly gauge?: string
  readonly cases: readonly GoldenCase[]
  readonly errors: readonly GoldenError[]
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
export const isEncodedTensor = (value: unknown): value is EncodedTensor =>
  isObject(value) && typeof value.t === 'string'
/** Items of a list or a tuple, or null. */
export const itemsOf = (value: unknown): readonly Encoded[] | null =>
  Array.isArray(value)
    ? value
    : isObject(value) && Array.isArray(value.tuple)
      ? (value.tuple as Encoded[])
      : null
/** Whether it stands for a tensor. */
export const isTensorArgument = (value: unknown): boolean =>
  isEncodedTensor(value) || (isObject(value) && 'ref' in value)
