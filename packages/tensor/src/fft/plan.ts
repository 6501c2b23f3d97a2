// How a Fourier transform of some length is computed: as a matrix, as two shorter transforms, or as a convolution.

/**
 * `direct`: one product with the matrix of the transform. `split` (Cooley and Tukey 1965): n = first · rest.n, transforms
 * of length `first`, a rotation of each element, transforms of length `rest.n`. `chirp` (Bluestein 1970): a convolution
 * of length `whole.n`, for large prime factors.
 */
export type Plan =
  | { readonly kind: 'direct'; readonly n: number }
  | { readonly kind: 'split'; readonly n: number; readonly first: number; readonly rest: Plan }
  | { readonly kind: 'chirp'; readonly n: number; readonly whole: Plan }

// A matrix of 32 costs as much per element as five steps of radix 2 in multiplications, and is one product.
const largestStep = 32
// Up to here a prime is cheaper as a matrix than as a convolution of twice its length.
const largestPrime = 96

/** The plan for length `n`, at least 1. */
export function planOf(n: number): Plan {
  if (n <= largestStep) return { kind: 'direct', n }
  const steps = Math.ceil(Math.log(n) / Math.log(largestStep))
  const first = divisorNear(n, n ** (1 / steps))
  if (first > 1) return { kind: 'split', n, first, rest: planOf(n / first) }
  if (n <= largestPrime) return { kind: 'direct', n }
  return { kind: 'chirp', n, whole: planOf(2 ** Math.ceil(Math.log2(2 * n - 1))) }
}

/** The divisor of n, at most `largestStep`, whose ratio to `wanted` is nearest 1; 1 if there is no other. */
function divisorNear(n: number, wanted: number): number {
  let best = 1
  for (let d = 2; d <= largestStep; d++) {
    if (n % d === 0 && Math.abs(Math.log(d / wanted)) < Math.abs(Math.log(best / wanted))) best = d
  }
  return best
}
