// The exponential of a matrix by scaling and squaring of Padé approximants.
// See Higham, "The scaling and squaring method for the matrix exponential revisited", SIAM J. Matrix Anal. Appl. 26 (2005).
import { identity, isFiniteMatrix, multiply } from './layout.ts'
import { factorLU, solveLU } from './lu.ts'

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

/** exp(A) of `a` [n, n]; NaNs if an element is not finite. */
export function exponential(a: Float64Array, n: number): Float64Array {
  if (!isFiniteMatrix(a)) return new Float64Array(n * n).fill(NaN)
  const size = norm1(a, n)
  const [limit, coefficients] = approximants.find(([most]) => size <= most) ?? approximants[4]
  const squarings = size > limit ? Math.ceil(Math.log2(size / limit)) : 0
  let result = pade(
    a.map((x) => x / 2 ** squarings),
    n,
    coefficients,
  )
  for (let i = 0; i < squarings; i++) result = multiply(result, result, n, n, n)
  return result
}

/** The approximant: (V − U)⁻¹ (V + U), U the odd and V the even powers. */
function pade(a: Float64Array, n: number, coefficients: readonly number[]): Float64Array {
  const square = multiply(a, a, n, n, n)
  const [odd, even] = [new Float64Array(n * n), new Float64Array(n * n)]
  let power = identity(n)
  for (let i = 0; i < coefficients.length; i += 2) {
    for (let k = 0; k < power.length; k++) {
      even[k] += coefficients[i] * power[k]
      odd[k] += coefficients[i + 1] * power[k]
    }
    if (i + 2 < coefficients.length) power = multiply(power, square, n, n, n)
  }
  const u = multiply(a, odd, n, n, n)
  const result = even.map((v, k) => v + u[k])
  const pivots = new Float64Array(n)
  const difference = even.map((v, k) => v - u[k])
  factorLU(difference, n, n, pivots)
  solveLU(difference, pivots, n, result, n)
  return result
}

function norm1(a: Float64Array, n: number): number {
  const sums = new Float64Array(n)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sums[j] += Math.abs(a[i * n + j])
  return sums.reduce((most, sum) => Math.max(most, sum), 0)
}
