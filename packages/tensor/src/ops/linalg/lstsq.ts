// Least squares.
import { resultInto } from '../../dispatch/out.ts'
import type { OutsOption } from '../../dispatch/out.ts'
import { applyAll } from '../../dispatch/structured.ts'
import { dtypes, realOf } from '../../dtype.ts'
import { ArgumentError, ShapeError, check } from '../../errors.ts'
import { isFiniteMatrix } from '../../linalg/field.ts'
import { solveByQR, solveBySingularValues } from '../../linalg/least-squares.ts'
import { formatShape, sameShape } from '../../shape/shape.ts'
import type { Tensor } from '../../tensor.ts'
import { abs, sub } from '../arithmetic.ts'
import { all, sum } from '../reduce.ts'
import { eq } from '../comparison.ts'
import { empty } from '../creation.ts'
import { matmul } from '../matmul.ts'
import { item } from '../reading.ts'
import { square } from '../arithmetic.ts'
import { squeeze, unsqueeze } from '../views.ts'
import {
  LinAlgError,
  batchOf,
  checkMatrixFloat,
  checkSameDType,
  epsilonOf,
  hostOp,
  withCommonBatch,
} from './host.ts'

/** LAPACK's methods: gels by QR for full rank; gelsy, gelsd and gelss for any rank, here all by singular values. */
export type LstsqDriver = 'gels' | 'gelsy' | 'gelsd' | 'gelss'

/** linalgLstsq: of [A, B], same batch dims: X, rank, singular values. */
export const linalgLstsqOp = hostOp<{ readonly driver: LstsqDriver; readonly rcond: number }>({
  name: 'linalgLstsq',
  infer: ([a, b]) => {
    const [[m, n], batch] = [a.shape.slice(-2), batchOf(a)]
    return [
      { shape: [...batch, n, b.shape[b.ndim - 1]], dtype: b.dtypeInfo },
      { shape: batch, dtype: dtypes.int64 },
      { shape: [...batch, Math.min(m, n)], dtype: realOf(a.dtypeInfo) },
    ]
  },
  solve: ({
    a,
    matrix,
    inputs: [, b],
    outputs: [x, rank, values],
    m,
    n,
    right,
    attrs: { driver, rcond },
    where,
  }) => {
    if (m === 0 || n === 0) return
    const B = matrix(b, m, right)
    if (driver === 'gels') {
      rank[0] = Math.min(m, n)
      x.set(solveByQR(a, B).data)
      return
    }
    const result = isFiniteMatrix(a.data) ? solveBySingularValues(a, B, rcond) : null
    check(
      result !== null,
      () =>
        new LinAlgError(
          'linalg.lstsq',
          `the elements must be finite, got a matrix with infinities or NaNs${where}`,
        ),
    )
    x.set(result.solution.data)
    rank[0] = result.rank
    values.set(result.values)
  },
})

/** Options of lstsq. */
export interface LstsqOptions {
  /** Singular values up to rcond times the largest count as 0; default max(M, N) · ε. Not used by 'gels'. */
  rcond?: number | null
  /** Default 'gelsy'. */
  driver?: LstsqDriver | null
}
/** What lstsq answers. */
export interface LstsqResult {
  /** [..., N, K] or [..., N] */
  solution: Tensor
  /** ‖A X − B‖² of each column; empty unless M > N, all matrices have full rank, and the driver is not 'gelsy'. */
  residuals: Tensor
  /** [...], int64; empty for 'gels'. */
  rank: Tensor
  /** [..., min(M, N)]; empty for 'gels' and 'gelsy'. */
  singularValues: Tensor
}

/**
 * The X of smallest ‖A X − B‖, and of smallest norm among them.
 *
 * Unlike PyTorch, 'gelsy' finds the rank by singular values instead of a pivoted QR.
 *
 * @param self A [..., M, N], float32, float64 or complex
 * @param b [..., M, K], or vectors [..., M]
 * @throws LinAlgError if an element of A is not finite
 * @example
 * lstsq(tensor([[1, 0], [1, 1], [1, 2]]), tensor([[1], [3], [5]])).solution.tolist() // => [[1], [2]]
 * @see torch.linalg.lstsq
 */
export function lstsq(
  self: Tensor,
  b: Tensor,
  { out, rcond = null, driver = null }: LstsqOptions & OutsOption = {},
): LstsqResult {
  if (out !== undefined) return resultInto('linalg.lstsq', out, () => lstsq(self, b, { rcond, driver }))

  const op = 'linalg.lstsq'
  const method = driver ?? 'gelsy'
  check(
    ['gels', 'gelsy', 'gelsd', 'gelss'].includes(method),
    () =>
      new ArgumentError(op, `driver must be 'gels', 'gelsy', 'gelsd' or 'gelss', got '${String(driver)}'`),
  )
  checkMatrixFloat(op, self, 'A')
  checkSameDType(op, self, b)
  const [m, n] = self.shape.slice(-2)
  const isVector = b.ndim === 1 || (self.ndim - 1 === b.ndim && sameShape(self.shape.slice(0, -1), b.shape))
  const right = isVector ? unsqueeze(b, -1) : b
  check(
    right.ndim >= 2 && right.shape[right.ndim - 2] === m,
    () =>
      new ShapeError(
        op,
        `B must have as many rows as A, got ${formatShape(b.shape)} and ${formatShape(self.shape)}`,
      ),
  )
  const [A, B] = withCommonBatch(op, self, right)
  const epsilon = epsilonOf(self.dtypeInfo)
  const [solution, rank, singularValues] = applyAll(linalgLstsqOp, [A, B], {
    driver: method,
    rcond: rcond === null ? epsilon * Math.max(m, n) : rcond < 0 ? epsilon : rcond,
  })
  const { device } = self
  const none = (): Tensor => empty([0], { dtype: realOf(self.dtypeInfo).name, device })
  const hasResiduals =
    m > n && method !== 'gelsy' && device !== 'meta' && item<boolean>(all(eq(rank, n))) === true
  return {
    solution: isVector ? squeeze(solution, -1) : solution,
    residuals: hasResiduals ? sum(square(abs(sub(matmul(A, solution), B))), -2) : none(),
    rank: method === 'gels' ? empty([0], { dtype: 'int64', device }) : rank,
    singularValues: method === 'gelsd' || method === 'gelss' ? singularValues : none(),
  }
}
