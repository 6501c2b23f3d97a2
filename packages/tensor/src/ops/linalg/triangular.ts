// Systems with triangular matrices.
import { resultInto } from '../../dispatch/out.ts'
import type { OutOption, OutsOption } from '../../dispatch/out.ts'
import { apply } from '../../dispatch/structured.ts'
import { ShapeError, check } from '../../errors.ts'
import { solveTriangle } from '../../linalg/triangular.ts'
import { formatShape } from '../../shape/shape.ts'
import type { Tensor } from '../../tensor.ts'
import { clone } from '../copy.ts'
import { transpose } from '../views.ts'
import { checkMatrixFloat, checkSameDType, checkSquareFloat, hostOp, withCommonBatch } from './host.ts'

/** Which triangle counts, and whether its diagonal counts as ones. */
export interface TriangleAttrs {
  readonly upper: boolean
  readonly unitriangular: boolean
}

/** linalgSolveTriangular: X of A X = B; same batch dims. */
export const linalgSolveTriangularOp = hostOp<TriangleAttrs>({
  name: 'linalgSolveTriangular',
  infer: ([, b]) => [{ shape: b.shape, dtype: b.dtypeInfo }],
  solve: ({ a, matrix, inputs: [, b], outputs: [x], n, right, attrs: { upper, unitriangular } }) => {
    x.set(b)
    solveTriangle(a, matrix(x, n, right), { upper, unit: unitriangular })
  },
})

/** X of A X = B without checks; same batch dims, at least 2 dims. */
export const triangularSolution = (
  a: Tensor,
  b: Tensor,
  { upper, unitriangular = false }: { upper: boolean; unitriangular?: boolean },
): Tensor => apply(linalgSolveTriangularOp, [a, b], { upper, unitriangular })

/** Options of solveTriangular. */
export interface SolveTriangularOptions {
  /** Whether A is upper triangular, or lower. Required. */
  upper: boolean
  /** Solve A X = B (default) or X A = B. */
  left?: boolean
  /** Take the diagonal as ones. */
  unitriangular?: boolean
}
/**
 * The solution of A X = B for a triangular matrix A; the other triangle is not read.
 *
 * @param self A [..., N, N]
 * @param B [..., N, K], or [..., K, N] if not `left`; batch dims broadcast
 * @returns of the shape of B
 * @example
 * linalg.solveTriangular(tensor([[2, 0], [1, 1]]), tensor([[2], [3]]), { upper: false }).tolist() // => [[1], [2]]
 * @see torch.linalg.solve_triangular
 */
export function solveTriangular(
  self: Tensor,
  B: Tensor,
  { out, upper, left = true, unitriangular = false }: SolveTriangularOptions & OutOption,
): Tensor {
  if (out !== undefined)
    return resultInto('linalg.solveTriangular', out, () =>
      solveTriangular(self, B, { upper, left, unitriangular }),
    )

  const op = 'linalg.solveTriangular'
  const [a, b] = systemOf(op, self, B, left)
  if (left) return triangularSolution(a, b, { upper, unitriangular })
  const x = triangularSolution(transpose(a, -2, -1), transpose(b, -2, -1), { upper: !upper, unitriangular })
  return transpose(x, -2, -1)
}

/** A and B checked, with common batch dims. */
export function systemOf(op: string, A: Tensor, B: Tensor, left: boolean): [Tensor, Tensor] {
  checkSquareFloat(op, A, 'A')
  checkMatrixFloat(op, B, 'B')
  checkSameDType(op, A, B)
  check(
    A.shape.at(-1) === B.shape.at(left ? -2 : -1),
    () =>
      new ShapeError(
        op,
        `the shapes must fit the equation ${left ? 'A X = B' : 'X A = B'}, got ${formatShape(A.shape)} and ${formatShape(B.shape)}`,
      ),
  )
  return withCommonBatch(op, A, B)
}

/** Options of triangularSolve. */
export interface TriangularSolveOptions {
  upper?: boolean
  /** Solve Aᵀ X = B. */
  transpose?: boolean
  unitriangular?: boolean
}
/**
 * The solution of A X = B for a triangular matrix A, and a copy of A. Prefer linalg.solveTriangular.
 *
 * @param self B [..., N, K]
 * @param A [..., N, N]
 * @example
 * triangularSolve(tensor([[4], [8]]), tensor([[2, 0], [0, 4]])).solution.tolist() // => [[2], [2]]
 * @see torch.triangular_solve
 */
export function triangularSolve(
  self: Tensor,
  A: Tensor,
  {
    out,
    upper = true,
    transpose: adjoint = false,
    unitriangular = false,
  }: TriangularSolveOptions & OutsOption = {},
): { solution: Tensor; clonedCoefficient: Tensor } {
  if (out !== undefined)
    return resultInto('linalg.triangularSolve', out, () =>
      triangularSolve(self, A, { upper, transpose: adjoint, unitriangular }),
    )

  const [a, b] = systemOf('triangularSolve', A, self, true)
  const solution = adjoint
    ? triangularSolution(transpose(a, -2, -1), b, { upper: !upper, unitriangular })
    : triangularSolution(a, b, { upper, unitriangular })
  return { solution, clonedCoefficient: clone(a) }
}
