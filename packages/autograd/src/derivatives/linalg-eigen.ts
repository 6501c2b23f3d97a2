// Gradients of eigenvalues and eigenvectors, singular values and vectors.
import { AutogradError, check, imag, isComplex, linalg, real } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import type { Gradient } from '../graph/node.ts'
import type { Context } from './formula.ts'

const adjoint = (x: Tensor): Tensor => x.mH

/**
 * Complex vectors are determined up to a factor of absolute value 1 each: throws if the result depends on these, which it
 * does unless the diagonal is real.
 */
function checkPhase(op: string, x: Tensor): void {
  if (!isComplex(x) || x.numel() === 0) return
  const largest = imag(x.detach()).diagonal({ dim1: -2, dim2: -1 }).abs().max().item<number>()
  check(
    !(largest > 1e-2),
    () =>
      new AutogradError(
        op,
        `the result must not depend on the phases of the complex vectors, which are not determined, got a derivative of ${largest} by one`,
      ),
  )
}

/** x_j − x_i at [i, j], 1 on the diagonal. */
function differences(x: Tensor): Tensor {
  return x.unsqueeze(-2).sub(x.unsqueeze(-1)).add(diagonalOnes(x))
}
const diagonalOnes = (x: Tensor): Tensor => x.detach().mul(0).add(1).diagEmbed()

/** A = V diag(λ) Vᴴ: gA = V (diag(gλ) + skew(Vᴴ gV) / 2E) Vᴴ, E_ij = λ_j − λ_i, skew(X) = X − Xᴴ: Hermitian. */
export function eighGradient([gl, gv]: readonly Gradient[], l: Tensor, v: Tensor): Tensor | null {
  if (gv === null) return gl === null ? null : v.mul(gl.unsqueeze(-2)).matmul(adjoint(v))
  const rotation = adjoint(v).matmul(gv)
  checkPhase('linalg.eigh', rotation)
  const off = rotation.sub(adjoint(rotation)).mul(0.5).div(differences(l))
  const inner = gl === null ? off : off.add(gl.diagEmbed())
  return v.matmul(inner.matmul(adjoint(v)))
}

/**
 * A = V diag(λ) V⁻¹, columns of norm 1: gA = V⁻ᴴ (diag(gλ) + (Vᴴ gV − Vᴴ V Re diag(Vᴴ gV)) / Ē) Vᴴ, E_ij = λ_j − λ_i.
 */
export function eigGradient([gl, gv]: readonly Gradient[], l: Tensor, v: Tensor): Tensor | null {
  if (gl === null && gv === null) return null
  const vh = adjoint(v)
  let inner = gl === null ? null : gl.diagEmbed()
  if (gv !== null) {
    const turned = vh.matmul(gv)
    checkPhase('linalg.eig', turned)
    const stretch = real(turned.diagonal({ dim1: -2, dim2: -1 })).unsqueeze(-2)
    const off = turned.sub(vh.matmul(v).mul(stretch)).div(differences(l).conj())
    const outside = off.sub(off.diagonal({ dim1: -2, dim2: -1 }).diagEmbed())
    inner = inner === null ? outside : inner.add(outside)
  }
  return linalg.solve(vh, inner!.matmul(vh))
}

/**
 * A = U S Vᴴ: gA = U (skew(Uᴴ gU)/E S + S skew(Vᴴ gV)/E + diag(gS) + diag(skew(Uᴴ gU)) / 2S) Vᴴ, E_ij = S_j² − S_i²,
 * skew(X) = X − Xᴴ (of real numbers zero on the diagonal), and the parts of gU and gV outside the spans of U and V.
 */
export function svdGradient(
  gradients: readonly Gradient[],
  s: Context<{ readonly fullMatrices: boolean }>,
): Tensor | null {
  const sigma = s.result(1)
  const k = sigma.shape[sigma.ndim - 1]
  const [m, n] = s.inputs[0].shape.slice(-2)
  const [u, vh] = [s.result(0).narrow(-1, 0, k), s.result(2).narrow(-2, 0, k)]
  const gs = gradients[1]
  const gu = gradients[0] === null ? null : gradients[0].narrow(-1, 0, k)
  const gvh = gradients[2] === null ? null : gradients[2].narrow(-2, 0, k)
  if (gu === null && gvh === null) return gs === null ? null : u.mul(gs.unsqueeze(-2)).matmul(vh)
  const skew = (x: Tensor): Tensor => x.sub(adjoint(x))
  const e = differences(sigma.mul(sigma))
  let inner: Tensor | null = gs === null ? null : gs.diagEmbed()
  const plus = (x: Tensor): Tensor => (inner === null ? x : inner.add(x))
  const turnU = gu === null ? null : skew(adjoint(u).matmul(gu))
  const turnV = gvh === null ? null : skew(vh.matmul(adjoint(gvh)))
  checkPhase('linalg.svd', turnU === null || turnV === null ? (turnU ?? turnV!) : turnU.add(turnV))
  if (turnU !== null) inner = plus(turnU.div(e).mul(sigma.unsqueeze(-2)))
  if (turnV !== null) inner = plus(sigma.unsqueeze(-1).mul(turnV.div(e)))
  if (turnU !== null && isComplex(turnU))
    inner = plus(turnU.diagonal({ dim1: -2, dim2: -1 }).div(sigma.mul(2)).diagEmbed())
  let left = u.matmul(inner!)
  if (gu !== null && m > k) {
    const scaled = gu.div(sigma.unsqueeze(-2))
    left = left.add(scaled.sub(u.matmul(adjoint(u).matmul(scaled))))
  }
  const result = left.matmul(vh)
  if (gvh === null || n <= k) return result
  const scaled = gvh.div(sigma.unsqueeze(-1))
  return result.add(u.matmul(scaled.sub(scaled.matmul(adjoint(vh)).matmul(vh))))
}
