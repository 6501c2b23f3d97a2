// Gradients of running sums, products and extremes.
import { cat, dtypes, where } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { linear, ofInput } from './formula.ts'
import type { Context } from './formula.ts'
import type { Family } from './table.ts'

// Each element counts in all later sums.
const fromEnd = (g: Tensor, dim: number): Tensor => (g.ndim === 0 ? g : g.flip([dim]).cumsum(dim).flip([dim]))
const running = {
  results: [1],
  backward: [
    (_g: Tensor, s: Context<{ readonly dim: number }>) => {
      const [g] = s.gradients
      return g && g.newZeros(g.shape).scatterAdd(s.attrs.dim, s.result(1), g)
    },
  ],
}

// dx[k] = Σ_{i ≥ k} g[i] · Π_{j ≤ i, j ≠ k} x[j]: right with zeros among x, and as often differentiable as one likes.
function cumprodGradient(g: Tensor, x: Tensor, dim: number): Tensor {
  if (x.ndim === 0 || x.numel() === 0) return g
  const length = x.shape[dim]
  const one = x.newOnes(x.shape.with(dim, 1))
  const parts: Tensor[] = []
  for (let k = 0; k < length; k++) {
    const before = k === 0 ? one : x.narrow(dim, 0, k).prod(dim, { keepdim: true })
    const others = cat([one, x.narrow(dim, k + 1, length - k - 1)], dim)
      .cumprod(dim)
      .mul(before)
    parts.push(
      g
        .narrow(dim, k, length - k)
        .mul(others.conj())
        .sum(dim, { keepdim: true }),
    )
  }
  return cat(parts, dim)
}

/** Scans. */
export const scan = {
  cumsum: linear((g, { attrs: { dim } }) => fromEnd(g, dim)),
  cumprod: ofInput((g, s) => cumprodGradient(g, s.input(0), s.attrs.dim)),
  cummax: running,
  cummin: running,
  logcumsumexp: {
    uses: [[0]],
    results: [0],
    backward: [
      (g, s) => {
        const [x, y, { dim }] = [s.input(0), s.result(), s.attrs]
        if (x.ndim === 0 || x.numel() === 0) return g
        // Σ_{i ≥ k} g[i] e^(x[k] − y[i]), in logarithms, the positive and the negative gradients apart
        const lowest = Number(dtypes[g.dtype].min)
        const part = (log: Tensor): Tensor =>
          log.sub(y).flip([dim]).logcumsumexp(dim).flip([dim]).add(x).exp()
        return part(where(g.gt(0), g.log(), lowest)).sub(part(where(g.lt(0), g.neg().log(), lowest)))
      },
    ],
  },
} satisfies Family
