// Gradients of products of matrices and vectors; those of complex numbers use the conjugates of the factors.
import { Complex, isNumber } from '@tt/tensor'
import type { Scalar, Tensor } from '@tt/tensor'
import type { Context } from './formula.ts'
import type { Family } from './table.ts'

const scaled = (g: Tensor, by: Scalar): Tensor => (isNumber(by, 1) ? g : g.mul(conjugate(by)))
const conjugate = (by: Scalar): Scalar => (by instanceof Complex ? new Complex(by.re, -by.im) : by)
/** An input, conjugated: of real numbers itself. */
const conj = (s: Pick<Context<unknown>, 'input'>, i: number): Tensor => s.input(i).conj()
const transposed = (x: Tensor): Tensor => x.transpose(-2, -1)
const outer = (a: Tensor, b: Tensor): Tensor => a.unsqueeze(1).mul(b)
const dot = {
  uses: [[1], [0]],
  backward: [
    (g: Tensor, s: Context<null>) => g.mul(conj(s, 1)),
    (g: Tensor, s: Context<null>) => g.mul(conj(s, 0)),
  ],
}

/** Products. */
export const matmul = {
  mm: {
    // y = a b: da = g bᵀ, db = aᵀ g
    uses: [[1], [0]],
    backward: [(g, s) => g.mm(conj(s, 1).t()), (g, s) => conj(s, 0).t().mm(g)],
  },
  bmm: {
    uses: [[1], [0]],
    backward: [(g, s) => g.bmm(transposed(conj(s, 1))), (g, s) => transposed(conj(s, 0)).bmm(g)],
  },
  mv: {
    uses: [[1], [0]],
    backward: [(g, s) => outer(g, conj(s, 1)), (g, s) => conj(s, 0).t().mv(g)],
  },
  dot,
  vdot: dot,
  linear: {
    // y = x wᵀ + b
    uses: [[1], [0]],
    backward: [(g, s) => g.mm(conj(s, 1)), (g, s) => g.t().mm(conj(s, 0)), (g) => g],
  },
  addmm: {
    uses: [[], [2], [1]],
    backward: [
      (g, s) => scaled(g, s.attrs.beta),
      (g, s) => scaled(g.mm(conj(s, 2).t()), s.attrs.alpha),
      (g, s) => scaled(conj(s, 1).t().mm(g), s.attrs.alpha),
    ],
  },
  addmv: {
    uses: [[], [2], [1]],
    backward: [
      (g, s) => scaled(g, s.attrs.beta),
      (g, s) => scaled(outer(g, conj(s, 2)), s.attrs.alpha),
      (g, s) => scaled(conj(s, 1).t().mv(g), s.attrs.alpha),
    ],
  },
  addr: {
    uses: [[], [2], [1]],
    backward: [
      (g, s) => scaled(g, s.attrs.beta),
      (g, s) => scaled(g.mv(conj(s, 2)), s.attrs.alpha),
      (g, s) => scaled(g.t().mv(conj(s, 1)), s.attrs.alpha),
    ],
  },
  addbmm: {
    // summed over the batch: each product gets the same gradient
    uses: [[], [2], [1]],
    backward: [
      (g, s) => scaled(g, s.attrs.beta),
      (g, s) => scaled(repeated(g, s.inputs[1].shape[0]).bmm(transposed(conj(s, 2))), s.attrs.alpha),
      (g, s) => scaled(transposed(conj(s, 1)).bmm(repeated(g, s.inputs[1].shape[0])), s.attrs.alpha),
    ],
  },
  baddbmm: {
    uses: [[], [2], [1]],
    backward: [
      (g, s) => scaled(g, s.attrs.beta),
      (g, s) => scaled(g.bmm(transposed(conj(s, 2))), s.attrs.alpha),
      (g, s) => scaled(transposed(conj(s, 1)).bmm(g), s.attrs.alpha),
    ],
  },
} satisfies Family

function repeated(g: Tensor, batch: number): Tensor {
  return g.unsqueeze(0).expand([batch, ...g.shape])
}
