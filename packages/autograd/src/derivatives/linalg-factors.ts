// Gradients of the factors of matrices: LU, QR, reflectors.
import { AutogradError, cat, check, eye, linalg, luUnpack, real } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import type { Gradient, Gradients } from '../graph/node.ts'
import type { Context } from './formula.ts'

const adjoint = (x: Tensor): Tensor => x.mH
const sizes = (x: { readonly shape: readonly number[] }): [number, number] => [
  x.shape[x.shape.length - 2],
  x.shape[x.shape.length - 1],
]

/**
 * A = P L U. With square L and U: gA = P L⁻ᴴ (tril(Lᴴ gL, −1) + triu(gU Uᴴ)) U⁻ᴴ.
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
 * A = Q R, M ≥ N: gA = (gQ + Q sym(triu(gR Rᴴ − Qᴴ gQ))) R⁻ᴴ, where sym(X) = X + Xᴴ − Re diag(X).
 * Of a wide A = [X Y], R = [U V]: Y = Q V gives gY = Q gV, and Y gVᴴ more for Q.
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
  const diagonal = inner.diagonal({ dim1: -2, dim2: -1 })
  const symmetric = inner.add(adjoint(inner)).sub(real(diagonal).diagEmbed())
  const outer = q.matmul(symmetric)
  return linalg.solveTriangular(adjoint(r), gq === null ? outer : gq.add(outer), {
    upper: false,
    left: false,
  })
}

/**
 * Q = H₀ (H₁ (… E)), H = I − τ v vᴴ. For C' = H C: gC = Hᴴ gC', gτ = −(vᴴ gC')·conj(vᴴ C),
 * gv = −(τ̄ gC' (vᴴ C)ᴴ + τ C (vᴴ gC')ᴴ).
 */
export function householderGradients(g: Tensor, input: Tensor, tau: Tensor): Gradients {
  const [m, n] = sizes(input)
  const count = tau.shape[tau.ndim - 1]
  if (count === 0) return [input.newZeros(input.shape), tau.newZeros(tau.shape)]
  const unit = eye(m, n, { dtype: g.dtype, device: g.device })
  const vectors = input.tril({ diagonal: -1 }).add(unit)
  const v = (i: number): Tensor => vectors.narrow(-1, i, 1)
  const t = (i: number): Tensor => tau.narrow(-1, i, 1).unsqueeze(-1)
  const reflect = (i: number, c: Tensor, factor: Tensor): Tensor =>
    c.sub(
      v(i)
        .mul(factor)
        .matmul(adjoint(v(i)).matmul(c)),
    )
  const products = [unit.expand(input.shape)] // E, H E, … from the last reflector on
  for (let i = count - 1; i > 0; i--) products.push(reflect(i, products[products.length - 1], t(i)))
  const [columns, factors]: [Tensor[], Tensor[]] = [[], []]
  let gc = g
  for (let i = 0; i < count; i++) {
    const c = products[count - 1 - i]
    const [along, of] = [adjoint(v(i)).matmul(gc), adjoint(v(i)).matmul(c)] // [1, n]
    factors.push(along.mul(of.conj()).sum([-1]).neg())
    columns.push(
      t(i)
        .conj()
        .mul(gc.matmul(adjoint(of)))
        .add(t(i).mul(c.matmul(adjoint(along))))
        .neg(),
    )
    gc = reflect(i, gc, t(i).conj())
  }
  const gv = cat(columns, -1).tril({ diagonal: -1 })
  return [
    count === n ? gv : cat([gv, gv.newZeros([...gv.shape.slice(0, -1), n - count])], -1),
    cat(factors, -1),
  ]
}
