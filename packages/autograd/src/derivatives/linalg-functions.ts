// Gradients of functions of square matrices: determinant, exponential.
import { Complex, cat, eye, imag, isComplex, linalg, where } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import type { Gradient } from '../graph/node.ts'

const adjoint = (x: Tensor): Tensor => x.mH

/**
 * d det A = tr(adj(A) dA): gA = g conj(det A) A⁻ᴴ, and of singular matrices the adjugate by singular values:
 * U diag(products of the others) Vᴴ conj(det(U) det(Vᴴ)).
 */
export function detGradient(g: Tensor, a: Tensor, det: Tensor): Tensor {
  const n = a.shape[a.ndim - 1]
  if (a.numel() === 0) return a.newZeros(a.shape)
  const unit = eye(n, null, { dtype: a.dtype, device: a.device })
  const wide = (x: Tensor): Tensor => x.unsqueeze(-1).unsqueeze(-1)
  const bound = 100 * (a.dtype === 'float64' || a.dtype === 'complex128' ? 2 ** -52 : 2 ** -23)
  const rows = a.detach().abs().square().sum([-1]).sqrt() // |det A| is at most the product of the norms of the rows
  const singular = det.detach().abs().lt(rows.prod(-1).clampMin(1).mul(bound))
  const regular = (x: Tensor): Tensor => linalg.solveEx(adjoint(x), unit.mul(wide(g.mul(det.conj())))).result
  if (!singular.any().item<boolean>()) return regular(a)
  const { U, S, Vh } = linalg.svd(a)
  const sign = linalg.det(U).mul(linalg.det(Vh)).conj().mul(g)
  const adjugate = U.mul(others(S).mul(sign.unsqueeze(-1)).unsqueeze(-2)).matmul(Vh)
  if (singular.all().item<boolean>()) return adjugate
  const safe = where(wide(singular), unit, a)
  return where(wide(singular), adjugate, regular(safe))
}

/** The product of all other entries of the last dim, zeros or not. */
function others(s: Tensor): Tensor {
  const n = s.shape[s.ndim - 1]
  const one = s.newOnes([...s.shape.slice(0, -1), 1])
  const before = cat([one, s.narrow(-1, 0, n - 1)], -1).cumprod(-1)
  const after = cat([one, s.flip([-1]).narrow(-1, 0, n - 1)], -1)
    .cumprod(-1)
    .flip([-1])
  return before.mul(after)
}

/** The g of gA = g A⁻ᴴ: g_log − i Im(conj(g_sign) sign), of which real numbers have only the first part. */
export function slogdetGradient([gs, gl]: readonly Gradient[], sign: Tensor): Tensor | null {
  if (gs === null || !isComplex(sign)) return gl
  const turn = imag(gs.conj().mul(sign)).mul(new Complex(0, -1))
  return gl === null ? turn : turn.add(gl)
}

/** exp of [[Aᴴ, g], [0, Aᴴ]] has the gradient in its upper right corner. */
export function matrixExpGradient(g: Tensor, a: Tensor): Tensor {
  const n = a.shape[a.ndim - 1]
  const t = adjoint(a)
  const block = cat([cat([t, g], -1), cat([g.newZeros(g.shape), t], -1)], -2)
  return linalg.matrixExp(block).narrow(-2, 0, n).narrow(-1, n, n)
}
