// Gradients of reductions, extremes and moments.
import { cat, reducedShape } from '@tt/tensor'
import type { ReduceAttrs, Tensor } from '@tt/tensor'
import { linear, notDifferentiable, ofInput } from './formula.ts'
import type { Context, InputMeta } from './formula.ts'
import type { Family } from './table.ts'

/** What has lost `dims`, with them again, repeated to `shape`. */
export const restored = (x: Tensor, { dims, keepdim }: ReduceAttrs, shape: readonly number[]): Tensor =>
  (keepdim ? x : x.reshape(reducedShape(shape, dims, true))).expand(shape)
const countOf = (dims: readonly number[], shape: readonly number[]): number =>
  dims.reduce((n, d) => n * shape[d], 1)
/** PyTorch's number of the node: 0 for all elements, 1 along dims. */
const numbered =
  (name: string) =>
  ({ dims, keepdim }: ReduceAttrs, [self]: readonly InputMeta[]): string =>
    `${name}Backward${dims.length === self.shape.length && !keepdim ? 0 : 1}`

// Ties share the gradient; where the extreme is NaN, the NaNs do.
const shared = (g: Tensor, x: Tensor, extreme: Tensor, dims: readonly number[]): Tensor => {
  const mask = x.eq(extreme).logicalOr(x.isnan().logicalAnd(extreme.isnan())).to({ dtype: g.dtype })
  return g.mul(mask).div(mask.sum(dims, { keepdim: true }))
}
const extremeOf = {
  uses: [[0]],
  results: [0],
  backward: [
    (g: Tensor, s: Context<ReduceAttrs>) => {
      const { shape } = s.inputs[0]
      return shared(
        restored(g, s.attrs, shape),
        s.input(0),
        restored(s.result(), s.attrs, shape),
        s.attrs.dims,
      )
    },
  ],
}
/** The gradient of an extreme of all elements. */
export const wholeExtreme = {
  uses: [[0]],
  results: [0],
  backward: [(g: Tensor, s: Context<null>) => shared(g, s.input(0), s.result(), [])],
}
/** The gradient of values picked along a dim goes where they came from. */
export const picked = {
  results: [1],
  backward: [
    (_g: Tensor, s: Context<{ readonly dim: number; readonly keepdim: boolean }>) => {
      const [g] = s.gradients
      const { shape } = s.inputs[0]
      if (g === null || shape.length === 0) return g
      const { dim, keepdim } = s.attrs
      const [values, indices] = keepdim ? [g, s.result(1)] : [g.unsqueeze(dim), s.result(1).unsqueeze(dim)]
      return g.newZeros(shape).scatter(dim, indices, values)
    },
  ],
}

// 2 (x − mean) / (n − correction)
const varianceGradient = (g: Tensor, x: Tensor, dims: readonly number[], correction: number): Tensor => {
  const divisor = countOf(dims, x.shape) - correction
  return g.mul(2 / divisor).mul(x.sub(x.mean(dims, { keepdim: true })))
}

// The product of all others: from both ends, so that zeros do no harm.
function prodGradient(g: Tensor, x: Tensor, dims: readonly number[]): Tensor {
  const kept = x.shape.map((_, i) => i).filter((i) => !dims.includes(i))
  const order = [...kept, ...dims]
  const rows = x.permute(order).reshape([...kept.map((i) => x.shape[i]), -1])
  const last = rows.ndim - 1
  const length = rows.shape[last]
  const one = rows.newOnes(rows.shape.with(last, 1))
  const before = catAlong(one, rows.narrow(last, 0, length - 1)).cumprod(last)
  const after = catAlong(one, rows.flip([last]).narrow(last, 0, length - 1))
    .cumprod(last)
    .flip([last])
  const others = before.mul(after).reshape(order.map((i) => x.shape[i]))
  return g.mul(others.conj().permute(order.map((_, i) => order.indexOf(i))))
}
const catAlong = (a: Tensor, b: Tensor): Tensor => cat([a, b], a.ndim - 1)

// x |x|^(p − 2) / ‖x‖^(p − 1); 0 where the norm is 0, or where the power of 0 would be infinite
function normGradient(g: Tensor, x: Tensor, norm: Tensor, p: number, dims: readonly number[]): Tensor {
  if (p === 0) return g.mul(0)
  if (p === 1) return x.sgn().mul(g)
  if (p === 2) return x.mul(g.div(norm).maskedFill(norm.eq(0), 0))
  if (!Number.isFinite(p)) {
    const mask = x.abs().eq(norm).to({ dtype: g.dtype })
    return x
      .sgn()
      .mul(mask.div(mask.sum(dims, { keepdim: true })))
      .mul(g)
  }
  if (p < 2)
    return x
      .sgn()
      .mul(
        x
          .abs()
          .pow(p - 1)
          .maskedFill(x.eq(0), 0),
      )
      .mul(g.mul(norm.pow(1 - p)).maskedFill(norm.eq(0), 0))
  return x.mul(x.abs().pow(p - 2)).mul(g.div(norm.pow(p - 1)).maskedFill(norm.eq(0), 0))
}

/** Reductions. */
export const reduce = {
  sum: linear((g, s) => restored(g, s.attrs, s.inputs[0].shape), numbered('Sum')),
  mean: linear(
    (g, s) => restored(g.div(countOf(s.attrs.dims, s.inputs[0].shape)), s.attrs, s.inputs[0].shape),
    numbered('Mean'),
  ),
  prod: ofInput((g, s) => {
    const { shape } = s.inputs[0]
    if (shape.length === 0 || s.input(0).numel() === 0) return g.expand(shape)
    return prodGradient(restored(g, s.attrs, shape), s.input(0), s.attrs.dims)
  }, numbered('Prod')),
  amax: extremeOf,
  amin: extremeOf,
  maxAll: wholeExtreme,
  minAll: wholeExtreme,
  maxDim: picked,
  minDim: picked,
  argmax: notDifferentiable('positions'),
  argmin: notDifferentiable('positions'),
  any: notDifferentiable('a truth value'),
  all: notDifferentiable('a truth value'),
  countNonzero: notDifferentiable('a count'),
  var: ofInput((g, s) =>
    varianceGradient(restored(g, s.attrs, s.inputs[0].shape), s.input(0), s.attrs.dims, s.attrs.correction),
  ),
  std: {
    // d√v = dv / 2√v; 0 where the deviation is 0
    uses: [[0]],
    results: [0],
    backward: [
      (g, s) => {
        const y = s.result()
        const ofVar = g.div(y.mul(2)).maskedFill(y.eq(0), 0)
        return varianceGradient(
          restored(ofVar, s.attrs, s.inputs[0].shape),
          s.input(0),
          s.attrs.dims,
          s.attrs.correction,
        )
      },
    ],
  },
  norm: {
    uses: [[0]],
    results: [0],
    backward: [
      (g, s) => {
        const { shape } = s.inputs[0]
        return normGradient(
          restored(g, s.attrs, shape),
          s.input(0),
          restored(s.result(), s.attrs, shape),
          s.attrs.p,
          s.attrs.dims,
        )
      },
    ],
  },
} satisfies Family
