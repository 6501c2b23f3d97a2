// Compares the elements of a tensor with the expected ones, in nested arrays, to four decimals.
import { expect } from '@jest/globals'
import type { Tensor } from '@tt/tensor'

type Numbers = number | readonly Numbers[]
const rounded = (x: Numbers): unknown =>
  typeof x === 'number'
    ? Number.isFinite(x)
      ? expect.closeTo(x, Math.abs(x) > 100 ? 2 : 4)
      : x
    : x.map(rounded)

/** Expects shape and elements. */
export function near(actual: Tensor, expected: Numbers): void {
  expect(actual.tolist()).toEqual(rounded(expected))
}
