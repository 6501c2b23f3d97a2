// The Fourier kernel against the definition, for every radix, both builds, odd and even numbers of signals.
import { describe, expect, test } from '@jest/globals'
import { factorsOf } from '../src/kernels/fourier.ts'
import { bench, builds, randomSource, randoms } from './assembly-setup.ts'

/** Σ_j x_j e^(sign·2πi·jk/n) of interleaved numbers, by the definition. */
function defined(x: ArrayLike<number>, n: number, sign: number): number[] {
  return Array.from({ length: 2 * n }, (_, i) => {
    const k = i >> 1
    let sum = 0
    for (let j = 0; j < n; j++) {
      const angle = (sign * 2 * Math.PI * ((j * k) % n)) / n
      const [c, s] = [Math.cos(angle), Math.sin(angle)]
      sum += i % 2 === 0 ? x[2 * j] * c - x[2 * j + 1] * s : x[2 * j] * s + x[2 * j + 1] * c
    }
    return sum
  })
}

const lengths = [1, 2, 3, 4, 5, 6, 7, 8, 11, 13, 16, 21, 30, 45, 64, 77, 100, 128, 169, 240]

describe.each(builds)('%s', (build) => {
  test.each(['float32', 'float64'] as const)('%s', (dtype) => {
    const { kernels, alloc, put, scratch, checkGuards } = bench(build)
    const random = randomSource(3)
    for (const n of lengths) {
      const rows = 3
      const input = put(dtype, randoms(random, rows * n * 2))
      const roots = put(
        dtype,
        Array.from({ length: 2 * n }, (_, i) =>
          (i % 2 === 0 ? Math.cos : Math.sin)((2 * Math.PI * (i >> 1)) / n),
        ),
      )
      const output = alloc(dtype, rows * n * 2)
      const factors = put('int32', factorsOf(n)!)
      const work = scratch(2 * n * input.BYTES_PER_ELEMENT)
      for (const sign of [1, -1]) {
        kernels.fourier[dtype](
          rows,
          n,
          factors.byteOffset,
          factors.length,
          roots.byteOffset,
          sign,
          0.5,
          input.byteOffset,
          output.byteOffset,
          work,
        )
        for (let row = 0; row < rows; row++) {
          const part = (block: ArrayLike<number>): number[] =>
            Array.from(block).slice(row * 2 * n, (row + 1) * 2 * n)
          const expected = defined(part(input), n, sign).map((value) => value / 2)
          const size = Math.hypot(...expected)
          part(output).forEach((value, i) => {
            const error = Math.abs(value - expected[i]) / size
            if (!(error <= (dtype === 'float32' ? 1e-6 : 1e-14)))
              throw new Error(`n = ${n}, sign ${sign}: [${i}] is off by ${error}`)
          })
        }
      }
    }
    checkGuards()
  })
})

test('lengths with a large prime factor are left to the decomposition', () => {
  expect(factorsOf(17)).toBeNull()
  expect(factorsOf(1)).toEqual([])
  expect(factorsOf(4 * 2 * 9 * 5)).toEqual([4, 2, 3, 3, 5])
})
