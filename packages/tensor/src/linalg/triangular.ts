// Substitution: systems with a triangular matrix.

/** Which triangle of the matrix counts, whether its diagonal counts as 1, and whether it is used transposed. */
export interface Triangle {
  readonly upper: boolean
  readonly unit?: boolean
  readonly transpose?: boolean
}

/** Replaces `b` [n, columns] by the solution of T X = B, T a triangle of `a` [n, n]; only that triangle is read. */
export function solveTriangle(
  a: Float64Array,
  n: number,
  b: Float64Array,
  columns: number,
  { upper, unit = false, transpose = false }: Triangle,
): void {
  const [rowStep, columnStep] = transpose ? [1, n] : [n, 1]
  const backward = upper !== transpose
  for (let step = 0; step < n; step++) {
    const i = backward ? n - 1 - step : step
    const [from, to] = backward ? [i + 1, n] : [0, i]
    for (let k = from; k < to; k++) {
      const factor = a[i * rowStep + k * columnStep]
      if (factor === 0) continue
      for (let c = 0; c < columns; c++) b[i * columns + c] -= factor * b[k * columns + c]
    }
    if (unit) continue
    const diagonal = a[i * (n + 1)]
    for (let c = 0; c < columns; c++) b[i * columns + c] /= diagonal
  }
}
