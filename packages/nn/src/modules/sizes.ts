// Sizes of windows: one number for all spatial dims, or one for each.
import { ArgumentError, check } from '@tt/autograd'

/** One number for all dims, or one for each. */
export type Sizes = number | readonly number[]

/** One size for each of `count` dims. @throws ArgumentError unless there are that many integers */
export function perDim(op: string, option: string, value: Sizes, count: number): readonly number[] {
  const sizes = typeof value === 'number' ? new Array<number>(count).fill(value) : [...value]
  check(
    sizes.length === count && sizes.every((n) => Number.isInteger(n) && n >= 0),
    () =>
      new ArgumentError(
        op,
        `${option} must be an integer of at least 0, or ${count} of them, got ${JSON.stringify(value)}`,
      ),
  )
  return sizes
}

/** What padding 'same' adds before and after each dim. */
export const samePadding = (kernelSize: readonly number[], dilation: readonly number[]): [number, number][] =>
  kernelSize.map((size, i) => {
    const total = dilation[i] * (size - 1)
    const before = Math.floor(total / 2)
    return [before, total - before]
  })

/** What is added on each side: one number for all, or two for each dim. @throws ArgumentError unless they are integers */
export function perSide(op: string, padding: Sizes, spatialDims: number): readonly number[] {
  const sides = typeof padding === 'number' ? new Array<number>(2 * spatialDims).fill(padding) : [...padding]
  check(
    sides.length === 2 * spatialDims && sides.every(Number.isInteger),
    () =>
      new ArgumentError(
        op,
        `padding must be an integer, or ${2 * spatialDims} of them, got ${JSON.stringify(padding)}`,
      ),
  )
  return sides
}
