// Gradients of Fourier transforms: the matrix is symmetric, so its conjugate transpose is the transform of the other sign.
import { apply, fftC2COp, fftC2ROp, fftR2COp, tensor } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { linear } from './formula.ts'
import type { Family } from './table.ts'

/** Every k between the zero frequency and the middle times `factor`: those that stand for two bins of a real signal. */
function scaledPairs(half: Tensor, dim: number, n: number, factor: number): Tensor {
  const weights = Float64Array.from({ length: half.shape[dim] }, (_, k) =>
    k === 0 || 2 * k === n ? 1 : factor,
  )
  const shape = half.shape.map((_, d) => (d === dim ? half.shape[dim] : 1))
  const dtype = half.dtypeInfo.component!.name
  return half.mul(tensor(weights, { dtype, device: half.device }).view(shape))
}

/** Complex to complex, real to complex, complex to real. */
export const fourier = {
  fftC2C: linear((g, { attrs }) => apply(fftC2COp, [g], { ...attrs, sign: attrs.sign === 1 ? -1 : 1 })),
  fftR2C: linear((g, { attrs }) => {
    const { dim, n, onesided, scale } = attrs
    const sign = attrs.sign === 1 ? -1 : 1
    if (!onesided) return apply(fftC2COp, [g], { dims: [dim], sign, scale }).real()
    return apply(fftC2ROp, [scaledPairs(g, dim, n, 0.5)], { ...attrs, sign })
  }),
  fftC2R: linear((g, { attrs }) => {
    const half = apply(fftR2COp, [g], { ...attrs, sign: attrs.sign === 1 ? -1 : 1 })
    return scaledPairs(half, attrs.dim, attrs.n, 2)
  }),
} satisfies Family
