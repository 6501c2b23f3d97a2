// Gradients of functions of square matrices: determinant, exponential.
import { cat, eye, linalg, where } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'

const adjoint = (x: Tensor): Tensor => x.transpose(-2, -1)

/**
 * d det A = tr(adj(A) dA): gA = g det(A) A⁻ᵀ, and of singular matrices the adjugate by singular values:
 * U diag(products of the others) Vᵀ det(U) det(V).
 */
export function detGradient(g: Tensor, a: Tensor, det: Tensor): Tensor {
  const n = a.shape[a.ndim - 1]
  if (a.numel() === 0) return a.newZeros(a.shape)
  const unit = eye(n, null, { dtype: a.dtype, device: a.device })
  const wide = (x: Tensor): Tensor => x.unsqueeze(-1).unsqueeze(-1)
  const bound = 100 * (a.dtype === 'float64' ? 2 ** -52 : 2 ** -23)
  const singular = det.detach().abs().lt(bound)
  const regular = (x: Tensor): Tensor => linalg.solve(adjoint(x), unit.mul(wide(g.mul(det))))
  if (!singular.any().item<boolean>()) return regular(a)
  const { U, S, Vh } = linalg.svd(a)
  const sign = linalg.det(U).mul(linalg.det(Vh)).mul(g)
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

/** exp of [[Aᵀ, g], [0, Aᵀ]] has the gradient in its upper right corner. */
export function matrixExpGradient(g: Tensor, a: Tensor): Tensor {
  const n = a.shape[a.ndim - 1]
  const t = adjoint(a)
  const block = cat([cat([t, g], -1), cat([g.newZeros(g.shape), t], -1)], -2)
  return linalg.matrixExp(block).narrow(-2, 0, n).narrow(-1, n, n)
}
