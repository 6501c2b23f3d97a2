// Constants of Fourier transforms, in double precision. Complex ones are interleaved: re, im, re, im, ...

/** e^(2πi·k/n) for k = 0 to n − 1: angles are reduced before the sine, so that each is right to the last place. */
export function roots(n: number): Float64Array {
  const table = new Float64Array(2 * n)
  for (let k = 0; k < n; k++) {
    // eighths of the circle: multiples of π/4 are exact, and conjugate roots are equal to the bit
    const eighth = (8 * k) / n
    const turned = Math.round(eighth / 2)
    const angle = ((eighth - 2 * turned) * Math.PI) / 4
    const [c, s] = [Math.cos(angle), Math.sin(angle)]
    const [re, im] = [
      [c, s],
      [-s, c],
      [-c, -s],
      [s, -c],
    ][turned % 4]
    table[2 * k] = re
    table[2 * k + 1] = im
  }
  return table
}

/**
 * The matrix of y_k = scale · Σ_j x_j e^(sign·2πi·jk/n), for rows of interleaved numbers: [n, parts of x] × [count, re im].
 * A real x has one part; `count` is the number of k, from 0.
 */
export function transformMatrix(
  n: number,
  sign: 1 | -1,
  scale: number,
  { realInput = false, count = n }: { realInput?: boolean; count?: number } = {},
): Float64Array {
  const table = roots(n)
  const parts = realInput ? 1 : 2
  const width = 2 * count
  const matrix = new Float64Array(n * parts * width)
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < count; k++) {
      const at = 2 * ((j * k) % n)
      const [c, s] = [scale * table[at], scale * sign * table[at + 1]]
      const row = j * parts * width + 2 * k
      matrix[row] = c
      matrix[row + 1] = s
      if (realInput) continue
      matrix[row + width] = -s
      matrix[row + width + 1] = c
    }
  }
  return matrix
}

/**
 * The matrix of the real x_j = scale · Σ_k y_k e^(sign·2πi·jk/n) where y_(n−k) = conj(y_k) and only k ≤ n/2 is given:
 * [count, re im] × [n].
 */
export function realTransformMatrix(n: number, sign: 1 | -1, scale: number): Float64Array {
  const table = roots(n)
  const count = Math.floor(n / 2) + 1
  const matrix = new Float64Array(2 * count * n)
  for (let k = 0; k < count; k++) {
    const weight = k === 0 || 2 * k === n ? scale : 2 * scale
    for (let j = 0; j < n; j++) {
      const at = 2 * ((j * k) % n)
      matrix[2 * k * n + j] = weight * table[at]
      // the imaginary parts of y_0 and y_(n/2) are no part of a real signal
      matrix[(2 * k + 1) * n + j] = k === 0 || 2 * k === n ? 0 : -weight * sign * table[at + 1]
    }
  }
  return matrix
}

/** The rotations between the two steps of a split: e^(sign·2πi·jk/n) for j < rest, k < first: [rest, first, 2]. */
export function rotations(first: number, rest: number, sign: 1 | -1): Float64Array {
  const n = first * rest
  const table = roots(n)
  const result = new Float64Array(2 * n)
  for (let j = 0; j < rest; j++) {
    for (let k = 0; k < first; k++) {
      const [from, to] = [2 * ((j * k) % n), 2 * (j * first + k)]
      result[to] = table[from]
      result[to + 1] = sign * table[from + 1]
    }
  }
  return result
}

/**
 * Bluestein's chirp w_j = e^(sign·πi·j²/n), [n, 2], and the transform (of e^(−2πi·jk/m)) of the kernel conj(w_|j|) laid out
 * around a circle of m: jk = (j² + k² − (k − j)²) / 2 makes the transform a convolution with it.
 */
export function chirp(n: number, m: number, sign: 1 | -1): { wave: Float64Array; kernel: Float64Array } {
  const table = roots(2 * n)
  const wave = new Float64Array(2 * n)
  const kernel = new Float64Array(2 * m)
  for (let j = 0; j < n; j++) {
    const at = 2 * squareModulo(j, 2 * n)
    const [c, s] = [table[at], sign * table[at + 1]]
    wave[2 * j] = c
    wave[2 * j + 1] = s
    for (const i of [j, (m - j) % m]) {
      kernel[2 * i] = c
      kernel[2 * i + 1] = -s
    }
  }
  return { wave, kernel: forward(kernel) }
}

/** j² mod n without rounding, for n up to 2³². */
function squareModulo(j: number, n: number): number {
  const square = j * j
  return square <= Number.MAX_SAFE_INTEGER ? square % n : Number((BigInt(j) * BigInt(j)) % BigInt(n))
}

/** The forward transform of m interleaved numbers, m a power of two: for constants only. */
function forward(x: Float64Array): Float64Array {
  const m = x.length / 2
  if (m === 1) return x
  const [even, odd] = [0, 1].map((start) => {
    const half = new Float64Array(m)
    for (let i = 0; i < m / 2; i++) {
      half[2 * i] = x[2 * (2 * i + start)]
      half[2 * i + 1] = x[2 * (2 * i + start) + 1]
    }
    return forward(half)
  })
  const table = roots(m)
  const result = new Float64Array(2 * m)
  for (let k = 0; k < m / 2; k++) {
    const [c, s] = [table[2 * k], -table[2 * k + 1]]
    const re = odd[2 * k] * c - odd[2 * k + 1] * s
    const im = odd[2 * k] * s + odd[2 * k + 1] * c
    result[2 * k] = even[2 * k] + re
    result[2 * k + 1] = even[2 * k + 1] + im
    result[m + 2 * k] = even[2 * k] - re
    result[m + 2 * k + 1] = even[2 * k + 1] - im
  }
  return result
}
