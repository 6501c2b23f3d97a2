// The exponential of a matrix by scaling and squaring of Padé approximants.
// See Higham, "The scaling and squaring method for the matrix exponential revisited", SIAM J. Matrix Anal. Appl. 26 (2005).
import { isFiniteMatrix } from './field.ts'
import { factorLU, solveLU } from './lu.ts'
import { zeros } from './matrix.ts'
import type { Matrix } from './matrix.ts'
import { product } from './product.ts'

// Degree, the largest 1-norm for which it is exact to float64, and the coefficients (table 2.3 and equation 2.3).
const approximants: readonly (readonly [limit: number, coefficients: readonly number[]])[] = [
  [1.495585217958292e-2, [120, 60, 12, 1]],
  [2.53939833006323e-1, [30240, 15120, 3360, 420, 30, 1]],
  [9.504178996162932e-1, [17297280, 8648640, 1995840, 277200, 25200, 1512, 56, 1]],
  [
    2.097847961257068,
    [17643225600, 8821612800, 2075673600, 302702400, 30270240, 2162160, 110880, 3960, 90, 1],
  ],
  [
    5.371920351148152,
    [
      64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000,
      10559470521600, 670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
    ],
  ],
]

/** exp(A) of a square matrix; NaNs if an element is not finite. */
export function exponential(a: Matrix): Matrix {
  if (!isFiniteMatrix(a.data)) {
    const result = zeros(a.field, a.rows, a.columns)
    result.data.fill(NaN)
    return result
  }
  const size = norm1(a)
  const [limit, coefficients] = approximants.find(([most]) => size <= most) ?? approximants[4]
  const squarings = size > limit ? Math.ceil(Math.log2(size / limit)) : 0
  const scaled = a.copy()
  scaled.scale(2 ** -squarings)
  let result = pade(scaled, coefficients)
  for (let i = 0; i < squarings; i++) result = product(result, result)
  return result
}

/** The approximant: (V − U)⁻¹ (V + U), U the odd and V the even powers. */
function pade(a: Matrix, c: readonly number[]): Matrix {
  const n = a.rows
  const a2 = product(a, a)
  const powers = [a2] // A², A⁴, A⁶, A⁸: from degree 13 on, the higher ones are these times A⁶
  while (powers.length < Math.min(c.length / 2 - 1, c.length === 14 ? 3 : 4))
    powers.push(product(powers[powers.length - 1], a2))
  const sum = (from: number, first: number): Matrix => {
    const result = zeros(a.field, n, n)
    powers.forEach((power, i) => {
      const factor = c[from + 2 * i] ?? 0
      for (let p = 0; p < power.data.length; p++) result.data[p] += factor * power.data[p]
    })
    for (let i = 0; i < n; i++) result.data[result.place(i, i)] += first
    return result
  }
  let [odd, even] = [sum(3, c[1]), sum(2, c[0])]
  if (c.length === 14) {
    odd = plus(odd, product(powers[2], sum(9, 0)))
    even = plus(even, product(powers[2], sum(8, 0)))
  }
  const u = product(a, odd)
  const result = plus(even.copy(), u)
  const pivots = new Float64Array(n)
  u.scale(-1)
  const difference = plus(even, u)
  factorLU(difference, pivots)
  solveLU(difference, pivots, result)
  return result
}

/** A ← A + B. */
function plus(a: Matrix, b: Matrix): Matrix {
  for (let p = 0; p < a.data.length; p++) a.data[p] += b.data[p]
  return a
}

function norm1(a: Matrix): number {
  const { width } = a.field
  let largest = 0
  for (let j = 0; j < a.columns; j++) {
    let sum = 0
    for (let i = 0; i < a.rows; i++) {
      const p = a.place(i, j)
      sum += width === 1 ? Math.abs(a.data[p]) : Math.hypot(a.data[p], a.data[p + 1])
    }
    largest = Math.max(largest, sum)
  }
  return largest
}
