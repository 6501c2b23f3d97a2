// The kernels on host arrays that linear algebra uses: C + sign · A B, nothing beside C touched; chains of rotations.
import { describe, expect, test } from '@jest/globals'
import { createCpuBackend } from '../src/index.ts'

describe.each(['simd', 'auto'] as const)('%s', (simd) => {
  const { hostProduct, hostRotations } = createCpuBackend({ simd }).fused
  test.each([
    [1, 1, 1],
    [3, 40, 5],
    [64, 17, 33],
    [70, 300, 1],
  ])('[%d, %d] times [.., %d]', (m, k, n) => {
    const [step, at] = [n + 3, 2]
    const a = Float64Array.from({ length: m * k }, (_, i) => ((i * 7) % 11) - 5)
    const b = Float64Array.from({ length: k * n }, (_, i) => ((i * 5) % 13) - 6)
    for (const sign of [1, -1] as const) {
      const c = Float64Array.from({ length: at + m * step }, (_, i) => i % 10)
      const expected = c.slice()
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++)
          for (let p = 0; p < k; p++) expected[at + i * step + j] += sign * a[i * k + p] * b[p * n + j]
      expect(hostProduct!(c, at, step, a, b, m, k, n, sign)).toBe(true)
      expect(c).toEqual(expected)
    }
  })

  test.each([1, 8, 13])('chains of rotations of rows of %d numbers', (columns) => {
    const rows = 30
    const z = Float64Array.from({ length: rows * columns }, (_, i) => Math.sin(i))
    const expected = z.slice()
    const program: number[] = []
    for (let chain = 0; program.length * z.length < 2 ** 17; chain++) {
      const direction = chain % 2 === 0 ? 1 : -1
      const [first, count] = [direction === 1 ? chain % 5 : rows - 1 - (chain % 5), 20]
      program.push(first, direction, count)
      for (let t = 0; t < count; t++) {
        const [c, s] = [Math.cos(chain + t), Math.sin(chain + t)]
        program.push(c, s)
        const [p, q] = [(first + t * direction) * columns, (first + (t + 1) * direction) * columns]
        for (let j = 0; j < columns; j++) {
          const [x, y] = [expected[p + j], expected[q + j]]
          expected[p + j] = c * x + s * y
          expected[q + j] = c * y - s * x
        }
      }
    }
    expect(hostRotations!(z, rows, columns, Float64Array.from(program), program.length)).toBe(true)
    for (let i = 0; i < z.length; i++) expect(Math.abs(z[i] - expected[i])).toBeLessThan(1e-12)
  })
})
