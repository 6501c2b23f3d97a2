// Gradients of matrix factorizations and of what is solved by them. Where they come from: Giles, "Collected matrix
// derivative results for forward and reverse mode algorithmic differentiation" (2008), and the notes of PyTorch.
import { NotImplementedError, eye, linalg } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { decomposed, notDifferentiable } from './formula.ts'
import { lstsqGradients, pinvGradient } from './linalg-pinv.ts'
import { detGradient, matrixExpGradient, slogdetGradient } from './linalg-functions.ts'
import { householderGradients, luGradient, qrGradient } from './linalg-factors.ts'
import { eigGradient, eighGradient, svdGradient } from './linalg-eigen.ts'
import type { Family } from './table.ts'

const adjoint = (x: Tensor): Tensor => x.mH

/** Linear algebra. */
export const linearAlgebra = {
  // L⁻ᴴ sym(tril(Lᴴ g)) L⁻¹, sym(X) = (X + tril(X, −1)ᴴ) / 2
  linalgCholeskyEx: {
    results: [0],
    backward: [
      (_g, s) => {
        const [g] = s.gradients
        if (g === null) return null
        const [l, gl] = s.attrs.upper ? [adjoint(s.result()), adjoint(g)] : [s.result(), g]
        const lower = adjoint(l).matmul(gl).tril()
        const symmetric = lower.add(adjoint(lower.tril({ diagonal: -1 }))).mul(0.5)
        const left = linalg.solveTriangular(adjoint(l), symmetric, { upper: true })
        return linalg.solveTriangular(l, left, { upper: false, left: false })
      },
    ],
  },
  // A⁻¹ B: gB = A⁻¹ g, and by L, as PyTorch without regard to its triangle, −(S + Sᴴ) L of S = gB Xᴴ
  choleskySolve: {
    uses: [[1], [1]],
    results: [0],
    backward: (g, s) => {
      const gb = g.choleskySolve(s.input(1), s.attrs)
      return [gb, s.needs(1) && factorGradient(gb.matmul(adjoint(s.result())), s.input(1), s.attrs.upper)]
    },
  },
  choleskyInverse: {
    uses: [[0]],
    results: [0],
    backward: [(g, s) => factorGradient(s.result().matmul(g).matmul(s.result()), s.input(0), s.attrs.upper)],
  },
  linalgLuFactorEx: { results: [0, 1], differentiable: [0], backward: [(g, s) => luGradient(g, s)] },
  luPermutation: notDifferentiable('positions'),
  // A X = B: gB = A⁻ᴴ g, gA = −gB Xᴴ
  linalgSolveEx: {
    uses: [[0], [0]],
    results: [0],
    backward: (g, s) => {
      const gb = linalg.solveEx(adjoint(s.input(0)), g).result
      return [s.needs(0) && gb.matmul(adjoint(s.result())).neg(), gb]
    },
  },
  linalgSolveTriangular: {
    uses: [[0], [0]],
    results: [0],
    backward: (g, s) => {
      const { upper, unitriangular } = s.attrs
      const gb = linalg.solveTriangular(adjoint(s.input(0)), g, { upper: !upper, unitriangular })
      return [s.needs(0) && triangle(gb.matmul(adjoint(s.result())).neg(), upper, unitriangular), gb]
    },
  },
  // d(A⁻¹) = −A⁻¹ dA A⁻¹
  linalgInvEx: {
    results: [0],
    backward: [
      (g, s) => {
        const inverse = adjoint(s.result())
        return inverse.matmul(g.matmul(inverse)).neg()
      },
    ],
  },
  linalgDet: {
    uses: [[0]],
    results: [0],
    backward: [(g, s) => detGradient(g, s.input(0), s.result())],
  },
  // d log|det A| + i d arg(det A) = tr(A⁻¹ dA), and d sign = i sign d arg
  linalgSlogdet: {
    uses: [[0]],
    results: [0],
    differentiable: [0, 1],
    backward: [
      (_g, s) => {
        const a = s.input(0)
        const g = slogdetGradient(s.gradients, s.result(0))
        if (g === null) return null
        const unit = eye(a.shape[a.ndim - 1], null, { dtype: a.dtype, device: a.device })
        return linalg.solveEx(adjoint(a), unit.mul(g.unsqueeze(-1).unsqueeze(-1))).result
      },
    ],
  },
  linalgQr: { results: [0, 1], backward: [(_g, s) => qrGradient(s)] },
  geqrf: {
    backward: [() => unavailable('geqrf')],
  },
  linalgHouseholderProduct: {
    uses: [
      [0, 1],
      [0, 1],
    ],
    backward: (g, s) => householderGradients(g, s.input(0), s.input(1)),
  },
  ormqr: decomposed,
  linalgEigh: { results: [0, 1], backward: [(_g, s) => eighGradient(s.gradients, s.result(0), s.result(1))] },
  linalgEigvalsh: {
    uses: [[0]],
    backward: [
      (g, s) => {
        const { eigenvalues, eigenvectors } = linalg.eigh(s.input(0), { UPLO: s.attrs.upper ? 'U' : 'L' })
        return eighGradient([g, null], eigenvalues, eigenvectors)
      },
    ],
  },
  linalgEig: { results: [0, 1], backward: [(_g, s) => eigGradient(s.gradients, s.result(0), s.result(1))] },
  linalgEigvals: {
    uses: [[0]],
    backward: [
      (g, s) => {
        const { eigenvalues, eigenvectors } = linalg.eig(s.input(0))
        return eigGradient([g, null], eigenvalues, eigenvectors)
      },
    ],
  },
  linalgSvd: { results: [0, 1, 2], backward: [(_g, s) => svdGradient(s.gradients, s)] },
  linalgSvdvals: {
    uses: [[0]],
    backward: [
      (g, s) => {
        const { U, Vh } = linalg.svd(s.input(0), { fullMatrices: false })
        return U.mul(g.unsqueeze(-2)).matmul(Vh)
      },
    ],
  },
  linalgPinv: {
    uses: [[0]],
    results: [0],
    backward: [(g, s) => pinvGradient(g, s.result(), s.input(0))],
  },
  linalgLstsq: {
    uses: [[0, 1], [0]],
    differentiable: [0],
    backward: (g, s) => lstsqGradients(g, s.input(0), s.needs(0) ? s.input(1) : null),
  },
  linalgMatrixExp: { uses: [[0]], backward: [(g, s) => matrixExpGradient(g, s.input(0))] },
  linalgLdlFactorEx: { backward: [() => unavailable('linalg.ldlFactor')] },
  linalgLdlSolve: { backward: () => unavailable('linalg.ldlSolve') },
} satisfies Family

const triangle = (x: Tensor, upper: boolean, unit: boolean): Tensor =>
  upper ? x.triu({ diagonal: unit ? 1 : 0 }) : x.tril({ diagonal: unit ? -1 : 0 })

function factorGradient(x: Tensor, factor: Tensor, upper: boolean): Tensor {
  const both = x.add(adjoint(x)).neg()
  return upper ? factor.matmul(both) : both.matmul(factor)
}

function unavailable(op: string): never {
  throw new NotImplementedError(
    op,
    'there is no gradient of it, as in PyTorch, got a tensor that requires grad. Use it under noGrad',
  )
}
