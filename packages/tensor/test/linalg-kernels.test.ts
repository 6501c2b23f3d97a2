// The algorithms of linear algebra, real and complex: backward errors and orthogonality within a few units of rounding.
import { describe, expect, test } from '@jest/globals'
import { diagonalize } from '../src/linalg/bidiagonal-qr.ts'
import { factorCholesky } from '../src/linalg/cholesky.ts'
import { complex } from '../src/linalg/complex.ts'
import { generalEigen } from '../src/linalg/eig.ts'
import { hermitianEigen } from '../src/linalg/eigh.ts'
import type { Field } from '../src/linalg/field.ts'
import { factorQR, formQ, applyQ } from '../src/linalg/householder.ts'
import { factorLDL, solveLDL } from '../src/linalg/ldl.ts'
import { solveByQR, solveBySingularValues } from '../src/linalg/least-squares.ts'
import { factorLU, permutationOf, solveLU } from '../src/linalg/lu.ts'
import { exponential } from '../src/linalg/matrix-exp.ts'
import { completeHermitian, unit, zeros } from '../src/linalg/matrix.ts'
import type { Matrix } from '../src/linalg/matrix.ts'
import { withHostKernels } from '../src/linalg/host-kernels.ts'
import { addProduct, product } from '../src/linalg/product.ts'
import { real } from '../src/linalg/real.ts'
import { decomposeSingular, singularValues } from '../src/linalg/svd.ts'
import { solveTriangle, solveTriangleRight } from '../src/linalg/triangular.ts'

const epsilon = 2 ** -52
let state = 1
const uniform = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2 ** 31 - 1
}
function random(field: Field, rows: number, columns: number): Matrix {
  const a = zeros(field, rows, columns)
  for (let i = 0; i < a.data.length; i++) a.data[i] = uniform()
  return a
}
/** The Frobenius norm. */
const size = (a: Matrix): number => {
  const { data } = a.copy()
  const largest = data.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
  return largest === 0 ? 0 : largest * Math.sqrt(data.reduce((sum, x) => sum + (x / largest) ** 2, 0))
}
const difference = (a: Matrix, b: Matrix): Matrix => {
  const result = a.copy()
  b.copy().data.forEach((x, i) => (result.data[i] -= x))
  return result
}
/** A with column j times `factors[j]`. */
function scaled(a: Matrix, factors: ArrayLike<number>): Matrix {
  const result = a.copy()
  for (let j = 0; j < a.columns; j++) result.block(0, j, a.rows, 1).scale(factors[j])
  return result
}
/** Expects ‖A − B‖ ≤ 4 n ε ‖scale‖. */
function close(actual: Matrix, expected: Matrix, scale: number = size(expected)): void {
  const n = Math.max(actual.rows, actual.columns, 1)
  expect(size(difference(actual, expected))).toBeLessThanOrEqual(4 * n * epsilon * scale + 1e-300)
}
/** Expects orthonormal columns. */
const orthonormal = (q: Matrix): void =>
  close(product(q, q, 'adjoint'), unit(q.field, q.columns), Math.sqrt(q.columns))
const upperOf = (a: Matrix, rows: number): Matrix => {
  const r = a.block(0, 0, rows, a.columns).copy()
  for (let i = 1; i < rows; i++) r.block(i, 0, 1, Math.min(i, a.columns)).clear()
  return r
}
const power = (n: number, base: number): number[] => Array.from({ length: n }, (_, i) => base ** i)

const fields = [
  ['real', real],
  ['complex', complex],
] as const

describe.each(fields)('%s', (_name, field) => {
  const shapes = [
    [0, 0],
    [0, 3],
    [3, 0],
    [1, 1],
    [1, 5],
    [5, 1],
    [6, 6],
    [70, 70],
    [81, 40],
    [35, 66],
  ] as const
  const matrices: readonly (readonly [string, Matrix])[] = [
    ...shapes.map(([m, n]) => [`random ${m} x ${n}`, random(field, m, n)] as const),
    ['graded columns', scaled(random(field, 40, 40), power(40, 0.4))],
    ['graded rows', scaled(random(field, 40, 40), power(40, 0.4)).adjoint()],
    ['rank 5', product(random(field, 50, 5), random(field, 5, 40))],
    ['zeros', zeros(field, 40, 35)],
    ['huge', scaled(random(field, 36, 36), Array<number>(36).fill(1e280))],
    ['tiny', scaled(random(field, 36, 36), Array<number>(36).fill(1e-280))],
    ['a column of zeros', scaled(random(field, 36, 36), [1, 0, ...Array<number>(34).fill(1)])],
  ]

  test('products of all forms are sums of products', () => {
    const forms = ['plain', 'transpose', 'adjoint'] as const
    for (const [m, k, n] of [
      [5, 7, 3],
      [1, 4, 6],
      [2, 1, 1],
    ]) {
      for (const left of forms) {
        for (const right of forms) {
          const a = left === 'plain' ? random(field, m, k) : random(field, k, m)
          const b = right === 'plain' ? random(field, k, n) : random(field, n, k)
          const expected = zeros(field, m, n)
          const at = (x: Matrix, form: string, i: number, j: number): [number, number] => {
            const p = form === 'plain' ? x.place(i, j) : x.place(j, i)
            const im = field.width === 2 ? x.data[p + 1] : 0
            return [x.data[p], form === 'adjoint' ? -im : im]
          }
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < n; j++) {
              for (let p = 0; p < k; p++) {
                const [[ar, ai], [br, bi]] = [at(a, left, i, p), at(b, right, p, j)]
                expected.data[expected.place(i, j)] += ar * br - ai * bi
                if (field.width === 2) expected.data[expected.place(i, j) + 1] += ar * bi + ai * br
              }
            }
          }
          close(product(a, b, left, right), expected, 10)
        }
      }
    }
  })

  test('large products go through the one that a backend offers', () => {
    const [a, b] = [random(field, 40, 36), random(field, 36, 50)]
    const expected = product(a, b)
    let calls = 0
    const c = zeros(field, 42, 52)
    withHostKernels(
      {
        hostProduct: (target, at, step, left, right, m, k, n, sign) => {
          calls++
          for (let i = 0; i < m; i++)
            for (let j = 0; j < n; j++)
              for (let p = 0; p < k; p++)
                target[at + i * step + j] += sign * left[i * k + p] * right[p * n + j]
          return true
        },
      },
      () => addProduct(c.block(1, 2, 40, 50), 1, a, b),
    )
    expect(calls).toBe(1)
    close(c.block(1, 2, 40, 50), expected)
    expect(size(c.block(0, 0, 1, 52)) + size(c.block(0, 0, 42, 2))).toBe(0)
  })

  test.each(matrices)('QR of %s', (_case, a) => {
    const k = Math.min(a.rows, a.columns)
    const [work, tau] = [a.copy(), new Float64Array(k * field.width)]
    factorQR(work, tau)
    for (const columns of [k, a.rows]) {
      const q = formQ(work, tau, k, columns)
      close(product(q, upperOf(work, columns)), a)
      orthonormal(q)
    }
    const back = a.copy()
    applyQ(work, tau, k, back, true)
    close(back, upperOf(work, a.rows), size(a))
  })

  test.each(matrices)('LU of %s', (_case, a) => {
    const k = Math.min(a.rows, a.columns)
    const [work, pivots] = [a.copy(), new Float64Array(k)]
    const info = factorLU(work, pivots)
    const lower = work.block(0, 0, a.rows, k).copy()
    for (let i = 0; i < k; i++) {
      lower.block(i, i, 1, k - i).clear()
      lower.data[lower.place(i, i)] = 1
    }
    const upper = upperOf(work, k)
    const swapped = a.copy()
    permutationOf(pivots, a.rows).forEach((from, i) =>
      swapped.block(i, 0, 1, a.columns).set(a.block(from, 0, 1, a.columns)),
    )
    close(product(lower, upper), swapped, size(a) * 4)
    const zero = Array.from({ length: k }, (_, i) => size(upper.block(i, i, 1, 1))).indexOf(0)
    expect(info).toBe(zero + 1)
  })

  test.each(matrices)('singular values of %s', (_case, a) => {
    for (const full of [false, true]) {
      const { u, s, vh } = decomposeSingular(a, full)!
      const k = s.length
      close(product(scaled(u.block(0, 0, a.rows, k), s), vh.block(0, 0, k, a.columns)), a)
      orthonormal(u)
      orthonormal(vh.adjoint())
      expect([...s].every((x, i) => x >= 0 && (i === 0 || x <= s[i - 1]))).toBe(true)
      singularValues(a)!.forEach((x, i) =>
        expect(Math.abs(x - s[i])).toBeLessThanOrEqual(40 * epsilon * s[0]),
      )
    }
  })

  const spectra: readonly (readonly [string, readonly number[]])[] = [
    ['one', [2]],
    ['none', []],
    ['clusters', Array.from({ length: 70 }, (_, i) => (i < 30 ? 1 : i < 60 ? 1 + 1e-13 * i : -3))],
    ['graded', power(50, 0.3)],
    ['mixed signs', Array.from({ length: 41 }, (_, i) => i - 20)],
    ['rank 3', Array.from({ length: 34 }, (_, i) => (i < 3 ? 1 : 0))],
  ]
  /** A Hermitian matrix of these eigenvalues. */
  function withSpectrum(values: readonly number[]): Matrix {
    const [work, tau] = [
      random(field, values.length, values.length),
      new Float64Array(values.length * field.width),
    ]
    factorQR(work, tau)
    const q = formQ(work, tau, values.length, values.length)
    const a = product(scaled(q, values), q, 'plain', 'adjoint')
    completeHermitian(a, false)
    return a
  }
  test.each(spectra)('Hermitian eigenvalues: %s', (_case, spectrum) => {
    const n = spectrum.length
    const a = withSpectrum(spectrum)
    const [values, only, vectors] = [new Float64Array(n), new Float64Array(n), zeros(field, n, n)]
    expect(hermitianEigen(a.copy(), values, vectors)).toBe(true)
    expect(hermitianEigen(a.copy(), only, null)).toBe(true)
    close(product(scaled(vectors, values), vectors, 'plain', 'adjoint'), a)
    orthonormal(vectors)
    const largest = Math.max(0, ...spectrum.map(Math.abs))
    ;[...spectrum]
      .sort((x, y) => x - y)
      .forEach((x, i) => {
        expect(Math.abs(values[i] - x)).toBeLessThanOrEqual(4 * n * epsilon * largest)
        expect(Math.abs(only[i] - x)).toBeLessThanOrEqual(4 * n * epsilon * largest)
      })
  })

  const asComplex = (a: Matrix): Matrix => {
    const result = zeros(complex, a.rows, a.columns)
    for (let i = 0; i < a.rows; i++)
      for (let j = 0; j < a.columns; j++)
        for (let p = 0; p < field.width; p++) result.data[result.place(i, j) + p] = a.data[a.place(i, j) + p]
    return result
  }
  const jordan = unit(field, 30)
  for (let i = 0; i + 1 < 30; i++) jordan.data[jordan.place(i, i + 1)] = 1
  const cyclic = zeros(field, 24, 24)
  for (let i = 0; i < 24; i++) cyclic.data[cyclic.place(i, (i + 1) % 24)] = 1
  const triangular = upperOf(random(field, 20, 20), 20)
  const skew = difference(random(field, 20, 20), zeros(field, 20, 20))
  completeHermitian(skew, false)
  for (let i = 0; i < 20; i++) skew.block(i, i, 1, 20 - i).scale(-1)
  const squares: readonly (readonly [string, Matrix])[] = [
    ...[0, 1, 2, 3, 10, 65].map((n) => [`random ${n}`, random(field, n, n)] as const),
    ['one Jordan block', jordan],
    ['cyclic', cyclic],
    ['upper triangular', triangular],
    ['lower triangular', triangular.adjoint()],
    ['anti-Hermitian', skew],
    ['badly scaled', balancedAway(random(field, 20, 20))],
    ['zeros', zeros(field, 5, 5)],
    ['rank 2', product(random(field, 20, 2), random(field, 2, 20))],
    ['huge', scaled(random(field, 9, 9), Array<number>(9).fill(1e290))],
  ]
  /** D⁻¹ A D of very different factors. */
  function balancedAway(a: Matrix): Matrix {
    const factors = Array.from({ length: a.rows }, (_, i) => 2 ** ((i * 7) % 40))
    const result = scaled(a, factors)
    factors.forEach((factor, i) => result.block(i, 0, 1, a.columns).scale(1 / factor))
    return result
  }
  test.each(squares)('eigenvalues and eigenvectors of a general matrix: %s', (_case, a) => {
    const n = a.rows
    const [values, only, vectors] = [new Float64Array(2 * n), new Float64Array(2 * n), zeros(complex, n, n)]
    expect(generalEigen(a.copy(), values, vectors)).toBe(true)
    expect(generalEigen(a.copy(), only, null)).toBe(true)
    const image = product(asComplex(a), vectors)
    for (let k = 0; k < n; k++) {
      const v = vectors.block(0, k, n, 1)
      expect(size(v)).toBeCloseTo(1, 12)
      const expected = v.copy()
      for (let p = 0; p < 2 * n; p += 2) {
        const [re, im] = [expected.data[p], expected.data[p + 1]]
        expected.data[p] = re * values[2 * k] - im * values[2 * k + 1]
        expected.data[p + 1] = re * values[2 * k + 1] + im * values[2 * k]
      }
      close(image.block(0, k, n, 1), expected, size(a) * 2)
    }
    if (field.width === 1) {
      // conjugate pairs, the positive imaginary part first; real vectors of real values
      for (let k = 0; k < n; k++) {
        if (values[2 * k + 1] === 0) {
          for (let i = 0; i < n; i++) expect(vectors.data[vectors.place(i, k) + 1]).toBe(0)
          continue
        }
        expect(values[2 * k + 1]).toBeGreaterThan(0)
        expect([values[2 * k + 2], values[2 * k + 3]]).toEqual([values[2 * k], -values[2 * k + 1]])
        k++
      }
    }
    const trace = (x: Float64Array): number => x.reduce((sum, y, i) => (i % 2 === 0 ? sum + y : sum), 0)
    expect(Math.abs(trace(values) - trace(only))).toBeLessThanOrEqual(40 * n * epsilon * size(a))
  })

  test('Cholesky factors of a matrix that needs all its digits, and the order of the first minor that fails', () => {
    const definite = withSpectrum(power(45, 0.7))
    const work = definite.copy()
    expect(factorCholesky(work)).toBe(0)
    close(product(work, work, 'plain', 'adjoint'), definite)
    definite.data[definite.place(37, 37)] = -1
    expect(factorCholesky(definite)).toBe(38)
  })

  test('solutions have small residuals', () => {
    const n = 67
    const [a, b] = [random(field, n, n), random(field, n, 3)]
    const checkSolution = (matrix: Matrix, x: Matrix): void =>
      close(product(matrix, x), b, size(matrix) * size(x))
    const [lu, pivots, x] = [a.copy(), new Float64Array(n), b.copy()]
    factorLU(lu, pivots)
    solveLU(lu, pivots, x)
    checkSolution(a, x)
    for (const hermitian of [false, true]) {
      const symmetric = product(a, a, 'plain', hermitian ? 'adjoint' : 'transpose')
      for (let i = 0; i < n; i++) symmetric.data[symmetric.place(i, i)] -= 20 // indefinite
      if (hermitian) completeHermitian(symmetric, false)
      const [ld, swaps, y] = [symmetric.copy(), new Float64Array(n), b.copy()]
      expect(factorLDL(ld, hermitian, swaps)).toBe(0)
      expect(swaps.some((p) => p < 0)).toBe(true)
      solveLDL(ld, hermitian, swaps, y)
      checkSolution(symmetric, y)
    }
    for (const upper of [false, true]) {
      for (const form of ['plain', 'transpose', 'adjoint'] as const) {
        for (const isUnit of [false, true]) {
          const t = scaled(random(field, n, n), Array<number>(n).fill(1 / n))
          for (let i = 0; i < n; i++) t.data[t.place(i, i)] += 2
          const [full, right, left] = [t.copy(), b.copy(), b.adjoint()]
          for (let i = 0; i < n; i++) {
            if (upper) full.block(i, 0, 1, i).clear()
            else full.block(i, i + 1, 1, n - i - 1).clear()
            if (!isUnit) continue
            full.block(i, i, 1, 1).clear()
            full.data[full.place(i, i)] = 1
          }
          solveTriangle(t, right, { upper, form, unit: isUnit })
          close(product(full, right, form), b, size(full) * size(right))
          solveTriangleRight(t, left, { upper, form, unit: isUnit })
          close(product(left, full, 'plain', form), b.adjoint(), size(full) * size(left))
        }
      }
    }
  })

  test('least squares: what is left is orthogonal to the columns, and the solution of least norm is of the rows', () => {
    for (const [m, n] of [
      [60, 40],
      [40, 60],
    ]) {
      const [a, b] = [random(field, m, n), random(field, m, 2)]
      const x = solveByQR(a, b)
      const rest = difference(product(a, x), b)
      expect(size(product(a, rest, 'adjoint'))).toBeLessThanOrEqual(100 * n * epsilon * size(a) * size(b))
      const other = solveBySingularValues(a, b, 1e-14)!
      expect(other.rank).toBe(40)
      expect(size(difference(x, other.solution))).toBeLessThanOrEqual(1e-11 * size(x))
    }
    const low = product(random(field, 50, 4), random(field, 4, 30))
    expect(solveBySingularValues(low, random(field, 50, 1), 1e-12)!.rank).toBe(4)
  })

  test('the exponential of A times that of −A is the unit matrix', () => {
    for (const factor of [1e-3, 0.02, 0.1, 0.3, 1, 6]) {
      const a = scaled(random(field, 36, 36), Array<number>(36).fill(factor / 6))
      const inverse = exponential(scaled(a, Array<number>(36).fill(-1)))
      const e = exponential(a)
      close(product(e, inverse), unit(field, 36), size(e) * size(inverse) * 4)
    }
  })
})

test('singular values of a bidiagonal matrix keep their relative accuracy', () => {
  // Kahan's example: of [[1, 1e8, 0], [0, 1, 1e8], [0, 0, 1]] the product of the singular values is 1
  for (const scale of [1, 1e-5]) {
    const [d, e] = [Float64Array.of(1, scale, scale * scale), Float64Array.of(1e8, 1e8 * scale, 0)]
    expect(diagonalize(d, e, null, null)).toBe(true)
    expect(d.reduce((p, x) => p * Math.abs(x), 1) / scale ** 3).toBeCloseTo(1, 12)
  }
  const [d, e] = [Float64Array.of(1, 1e-100, 1e-200, 0), Float64Array.of(0, 0, 0, 0)]
  diagonalize(d, e, null, null)
  expect([...d]).toEqual([1, 1e-100, 1e-200, 0])
})
