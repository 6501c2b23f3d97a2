// Gradients of the factors of matrices: LU, QR, eigenvectors, singular vectors.
import { AutogradError, cat, check, eye, linalg, luUnpack } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import type { Gradient, Gradients } from '../graph/node.ts'
import type { Context } from './formula.ts'

const adjoint = (x: Tensor): Tensor => x.transpose(-2, -1)
const sizes = (x: { readonly shape: readonly number[] }): [number, number] => [
  x.shape[x.shape.length - 2],
  x.shape[x.shape.length - 1],
]

/**
 * A = P L U. With square L and U: gA = P L⁻ᵀ (tril(Lᵀ gL, −1) + triu(gU Uᵀ)) U⁻ᵀ.
 * The other rows of a tall A are L₂ = A₂ U⁻¹, the other columns of a wide one U₂ = L⁻¹ A₂.
 */
export function luGradient(g: Tensor, s: Context<{ readonly pivot: boolean }>): Tensor {
  const [m, n] = sizes(g)
  const k = Math.min(m, n)
  const { P, L, U } = luUnpack(s.result(0), s.result(1))
  const [gl, gu] = [g.narrow(-1, 0, k).tril({ diagonal: -1 }), g.narrow(-2, 0, k).triu()]
  const [l1, u1] = [L.narrow(-2, 0, k), U.narrow(-1, 0, k)]
  let below = adjoint(l1).matmul(gl.narrow(-2, 0, k))
  let above = gu.narrow(-1, 0, k).matmul(adjoint(u1))
  const toA = (x: Tensor): Tensor => linalg.solveTriangular(adjoint(u1), x, { upper: false, left: false })
  const fromL = (x: Tensor): Tensor =>
    linalg.solveTriangular(adjoint(l1), x, { upper: true, unitriangular: true })
  if (m > n) {
    const [l2, gl2] = [L.narrow(-2, k, m - k), gl.narrow(-2, k, m - k)]
    above = above.sub(adjoint(l2).matmul(gl2))
    const first = toA(fromL(below.tril({ diagonal: -1 }).add(above.triu())))
    return P.matmul(cat([first, toA(gl2)], -2))
  }
  if (m < n) {
    const [u2, gu2] = [U.narrow(-1, k, n - k), gu.narrow(-1, k, n - k)]
    below = below.sub(gu2.matmul(adjoint(u2)))
    const first = toA(fromL(below.tril({ diagonal: -1 }).add(above.triu())))
    return P.matmul(cat([first, fromL(gu2)], -1))
  }
  return P.matmul(toA(fromL(below.tril({ diagonal: -1 }).add(above.triu()))))
}

/**
 * A = Q R, M ≥ N: gA = (gQ + Q sym(triu(gR Rᵀ − Qᵀ gQ))) R⁻ᵀ, where sym(X) = X + Xᵀ − diag(X).
 * Of a wide A = [X Y], R = [U V]: Y = Q V gives gY = Q gV, and Y gVᵀ more for Q.
 */
export function qrGradient(s: Context<{ readonly mode: string }>): Tensor | null {
  const [gq, gr] = s.gradients
  const [m, n] = sizes(s.inputs[0])
  const { mode } = s.attrs
  check(
    mode !== 'r',
    () => new AutogradError('linalg.qr', "mode must be 'reduced' or 'complete' for gradients, got 'r'"),
  )
  check(
    mode !== 'complete' || m <= n,
    () =>
      new AutogradError(
        'linalg.qr',
        `mode 'complete' has no gradient for more rows than columns, got ${m} and ${n}. Use 'reduced'`,
      ),
  )
  if (gq === null && gr === null) return null
  const [q, r] = [s.result(0), s.result(1)]
  if (m >= n) return tallGradient(q, r, gq, gr)
  const [u, v] = [r.narrow(-1, 0, m), r.narrow(-1, m, n - m)]
  if (gr === null) {
    const gx = tallGradient(q, u, gq, null)
    return cat([gx, q.newZeros([...gx.shape.slice(0, -1), n - m])], -1)
  }
  const [gu, gv] = [gr.narrow(-1, 0, m), gr.narrow(-1, m, n - m)]
  const more = q.matmul(v).matmul(adjoint(gv))
  return cat([tallGradient(q, u, gq === null ? more : gq.add(more), gu), q.matmul(gv)], -1)
}

function tallGradient(q: Tensor, r: Tensor, gq: Gradient, gr: Gradient): Tensor {
  const fromR = gr === null ? null : gr.matmul(adjoint(r))
  const fromQ = gq === null ? null : adjoint(q).matmul(gq)
  const inner = (fromR === null ? fromQ!.neg() : fromQ === null ? fromR : fromR.sub(fromQ)).triu()
  const symmetric = inner.add(adjoint(inner.triu({ diagonal: 1 })))
  const outer = q.matmul(symmetric)
  return linalg.solveTriangular(adjoint(r), gq === null ? outer : gq.add(outer), {
    upper: false,
    left: false,
  })
}

/** x_j − x_i at [i, j], 1 on the diagonal. */
function differences(x: Tensor): Tensor {
  return x.unsqueeze(-2).sub(x.unsqueeze(-1)).add(diagonalOnes(x))
}
const diagonalOnes = (x: Tensor): Tensor => x.detach().mul(0).add(1).diagEmbed()

/** A = V diag(λ) Vᵀ: gA = V (diag(gλ) + skew(Vᵀ gV) / 2E) Vᵀ, E_ij = λ_j − λ_i, skew(X) = X − Xᵀ: symmetric. */
export function eighGradient([gl, gv]: readonly Gradient[], l: Tensor, v: Tensor): Tensor | null {
  if (gv === null) return gl === null ? null : v.mul(gl.unsqueeze(-2)).matmul(adjoint(v))
  const rotation = adjoint(v).matmul(gv)
  const off = rotation.sub(adjoint(rotation)).mul(0.5).div(differences(l))
  const inner = gl === null ? off : off.add(gl.diagEmbed())
  return v.matmul(inner.matmul(adjoint(v)))
}

/**
 * A = U S Vᵀ: gA = U (skew(Uᵀ gU)/E S + S skew(Vᵀ gV)/E + diag(gS)) Vᵀ, E_ij = S_j² − S_i², skew(X) = X − Xᵀ,
 * and the parts of gU and gV outside the spans of U and V.
 */
export function svdGradient(
  gradients: readonly Gradient[],
  s: Context<{ readonly fullMatrices: boolean }>,
): Tensor | null {
  const sigma = s.result(1)
  const k = sigma.shape[sigma.ndim - 1]
  const [m, n] = sizes(s.inputs[0])
  const [u, vh] = [s.result(0).narrow(-1, 0, k), s.result(2).narrow(-2, 0, k)]
  const gs = gradients[1]
  const gu = gradients[0] === null ? null : gradients[0].narrow(-1, 0, k)
  const gvh = gradients[2] === null ? null : gradients[2].narrow(-2, 0, k)
  if (gu === null && gvh === null) return gs === null ? null : u.mul(gs.unsqueeze(-2)).matmul(vh)
  const skew = (x: Tensor): Tensor => x.sub(adjoint(x))
  const e = differences(sigma.mul(sigma))
  let inner: Tensor | null = gs === null ? null : gs.diagEmbed()
  const plus = (x: Tensor): Tensor => (inner === null ? x : inner.add(x))
  if (gu !== null) inner = plus(skew(adjoint(u).matmul(gu)).div(e).mul(sigma.unsqueeze(-2)))
  if (gvh !== null) inner = plus(sigma.unsqueeze(-1).mul(skew(vh.matmul(adjoint(gvh))).div(e)))
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

/**
 * Q = H₀ (H₁ (… E)), H = I − τ v vᵀ. For C' = H C: gC = H gC', gτ = −(vᵀ gC')·(vᵀ C),
 * gv = −τ (gC' Cᵀ v + C gC'ᵀ v).
 */
export function householderGradients(g: Tensor, input: Tensor, tau: Tensor): Gradients {
  const [m, n] = sizes(input)
  const count = tau.shape[tau.ndim - 1]
  if (count === 0) return [input.newZeros(input.shape), tau.newZeros(tau.shape)]
  const unit = eye(m, n, { dtype: g.dtype, device: g.device })
  const vectors = input.tril({ diagonal: -1 }).add(unit)
  const v = (i: number): Tensor => vectors.narrow(-1, i, 1)
  const t = (i: number): Tensor => tau.narrow(-1, i, 1).unsqueeze(-1)
  const reflect = (i: number, c: Tensor): Tensor =>
    c.sub(
      v(i)
        .mul(t(i))
        .matmul(adjoint(v(i)).matmul(c)),
    )
  const products = [unit.expand(input.shape)] // E, H E, … from the last reflector on
  for (let i = count - 1; i > 0; i--) products.push(reflect(i, products[products.length - 1]))
  const [columns, factors]: [Tensor[], Tensor[]] = [[], []]
  let gc = g
  for (let i = 0; i < count; i++) {
    const c = products[count - 1 - i]
    const [along, of] = [adjoint(v(i)).matmul(gc), adjoint(v(i)).matmul(c)] // [1, n]
    factors.push(along.mul(of).sum([-1]).neg())
    columns.push(
      t(i)
        .mul(gc.matmul(adjoint(of)).add(c.matmul(adjoint(along))))
        .neg(),
    )
    gc = reflect(i, gc)
  }
  const gv = cat(columns, -1).tril({ diagonal: -1 })
  return [
    count === n ? gv : cat([gv, gv.newZeros([...gv.shape.slice(0, -1), n - count])], -1),
    cat(factors, -1),
  ]
}
