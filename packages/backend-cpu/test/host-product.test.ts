// The product of host arrays that linear algebra uses: C + sign · A B, nothing beside C touched.
import { describe, expect, test } from '@jest/globals'
import { createCpuBackend } from '../src/index.ts'

describe.each(['simd', 'auto'] as const)('%s', (simd) => {
  const { hostProduct } = createCpuBackend({ simd }).fused
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
})
