// The three transforms that all of torch.fft is made of: complex to complex, real to complex, complex to real.
import { transformHalfRows, transformRows } from '../../dispatch/fourier.ts'
import type { FourierSign } from '../../dispatch/fourier.ts'
import { structured } from '../../dispatch/structured.ts'
import { complexOf, realOf } from '../../dtype.ts'
import type { Tensor } from '../../tensor.ts'
import { viewAsReal } from '../complex.ts'
import { movedim, reshape } from '../views.ts'

/** y_k = scale · Σ_j x_j e^(sign·2πi·jk/n) along each of the dims. */
export interface FourierAttrs {
  readonly dims: readonly number[]
  readonly sign: FourierSign
  /** Of all dims together. */
  readonly scale: number
}
/** The same along one dim, between real and complex numbers. */
export interface RealFourierAttrs {
  readonly dim: number
  /** Size of the dim on the real side. */
  readonly n: number
  readonly sign: FourierSign
  readonly scale: number
  /** Whether the complex side has only k ≤ n/2: the rest are conjugates. */
  readonly onesided: boolean
}

/** Pairs (or real numbers, of one part) [..., n, parts] as rows [B, n, parts], the dim last. */
const rowsOf = (pairs: Tensor, dim: number): Tensor => {
  const moved = movedim(pairs, dim, -2)
  return reshape(moved, [
    pairs.elementCount / Math.max(1, moved.shape.at(-2)! * moved.shape.at(-1)!),
    ...moved.shape.slice(-2),
  ])
}
/** Writes rows [B, count, parts] where `out`, of pairs, has them along dim. */
const storeRows = (rows: Tensor, dim: number, out: Tensor): void => {
  const target = movedim(out, dim, -2)
  target.copy_(reshape(rows, target.shape))
}
const withSize = (shape: readonly number[], dim: number, size: number): number[] => shape.with(dim, size)

/** Complex to complex, of the same shape. */
export const fftC2COp = structured<FourierAttrs>({
  name: 'fftC2C',
  complex: 'whole',
  infer: ([self]) => [{ shape: self.shape, dtype: self.dtypeInfo }],
  run: (_backend, [self], { dims, sign, scale }, [out]) => {
    if (out.elementCount === 0) return
    const target = viewAsReal(out)
    let source = viewAsReal(self)
    dims.forEach((dim, i) => {
      const rows = transformRows(rowsOf(source, dim), sign, i === 0 ? scale : 1, self.shape[dim])
      storeRows(rows, dim, target)
      source = target
    })
  },
})

/** Real to complex. */
export const fftR2COp = structured<RealFourierAttrs>({
  name: 'fftR2C',
  complex: 'whole',
  infer: ([self], { dim, n, onesided }) => [
    {
      shape: withSize(self.shape, dim, onesided ? Math.floor(n / 2) + 1 : n),
      dtype: complexOf(self.dtypeInfo),
    },
  ],
  run: (_backend, [self], { dim, sign, scale }, [out]) => {
    if (out.elementCount === 0) return
    const rows = rowsOf(self.unsqueeze(-1), dim)
    storeRows(transformRows(rows, sign, scale, out.shape[dim]), dim, viewAsReal(out))
  },
})

/** Complex to real; the imaginary parts that a real signal cannot have are ignored. */
export const fftC2ROp = structured<RealFourierAttrs>({
  name: 'fftC2R',
  complex: 'whole',
  infer: ([self], { dim, n }) => [{ shape: withSize(self.shape, dim, n), dtype: realOf(self.dtypeInfo) }],
  run: (_backend, [self], { dim, n, sign, scale }, [out]) => {
    if (out.elementCount === 0) return
    const rows = transformHalfRows(rowsOf(viewAsReal(self), dim), n, sign, scale)
    storeRows(rows.unsqueeze(-1), dim, out.unsqueeze(-1))
  },
})
