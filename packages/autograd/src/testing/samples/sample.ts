// What a sample is: a function of a few leaves, whose gradients, and theirs, are compared with differences.
import { tensor } from '../../index.ts'
import type { DType, Tensor } from '../../index.ts'

/** Shape and range of a leaf. */
export interface Leaf {
  readonly shape: readonly number[]
  readonly low: number
  readonly high: number
}

/** What the function of a sample gives; results that carry no gradient (indices, say) are left out. */
export type Results = Tensor | readonly Tensor[]

/** A name, the leaves, the function. */
export type Sample = readonly [name: string, leaves: readonly Leaf[], fn: (...inputs: Tensor[]) => Results]

/** Numbers from `low` to `high`. */
export const between = (low: number, high: number, ...shape: number[]): Leaf => ({ shape, low, high })
/** Numbers from −2 to 2. */
export const real = (...shape: number[]): Leaf => between(-2, 2, ...shape)
/** Numbers that have a logarithm. */
export const positive = (...shape: number[]): Leaf => between(0.2, 2, ...shape)
/** Numbers within the unit interval on both sides of 0. */
export const unit = (...shape: number[]): Leaf => between(-0.9, 0.9, ...shape)
/** Probabilities. */
export const share = (...shape: number[]): Leaf => between(0.1, 0.9, ...shape)

/** The leaves as tensors of the default device: different numbers, clear of whole numbers and halves, where kinks are. */
export const tensorsOf = (leaves: readonly Leaf[], dtype: DType = 'float64'): Tensor[] =>
  leaves.map((leaf, position) =>
    tensor(values(leaf, position), { dtype }).reshape(leaf.shape).requiresGrad_(),
  )

// The powers of 11, a primitive root of 1009: all different, and without the regularity that makes matrices singular.
const powers = [1]
while (powers.length < 1008) powers.push((powers.at(-1)! * 11) % 1009)

function values({ shape, low, high }: Leaf, position: number): Float64Array {
  const count = shape.reduce((n, size) => n * size, 1)
  const data = Array.from({ length: count }, (_, i) => {
    const x = low + (powers[(position * 101 + i) % 1008] / 1009) * (high - low)
    return Math.abs(x * 2 - Math.round(x * 2)) < 0.04 ? x + 0.03 : x
  })
  return new Float64Array(data)
}

/** A tensor of indices. */
export const at = (...data: number[]): Tensor => tensor(BigInt64Array.from(data.map(BigInt)))
/** A mask of shape [2, 3]. */
export const mask = (): Tensor =>
  tensor([
    [true, false, true],
    [false, true, true],
  ])

type Functions = Readonly<Record<string, unknown>>
const named = <F>(functions: object, name: string): F => (functions as Functions)[name] as F

/** A sample of one leaf for each function of these names. */
export const unary = (functions: object, names: readonly string[], leaf: Leaf): Sample[] =>
  names.map((name) => [name, [leaf], (x) => named<(x: Tensor) => Tensor>(functions, name)(x)])
/** A sample of two leaves for each function of these names. */
export const binary = (functions: object, names: readonly string[], a: Leaf, b: Leaf): Sample[] =>
  names.map((name) => [
    name,
    [a, b],
    (x, y) => named<(x: Tensor, y: Tensor) => Tensor>(functions, name)(x, y),
  ])
