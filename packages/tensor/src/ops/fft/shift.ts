// The order of the bins: the zero frequency first, or in the middle.
import { wrapDims } from '../../shape/shape.ts'
import type { Tensor } from '../../tensor.ts'
import type { Dims } from '../reduce.ts'
import { roll } from '../repetition.ts'

const shifted = (op: string, self: Tensor, dim: Dims, shiftOf: (size: number) => number): Tensor => {
  const dims = wrapDims(op, dim, self.ndim)
  return roll(
    self,
    dims.map((d) => shiftOf(self.shape[d])),
    dims,
  )
}
/**
 * The zero frequency moved to the middle of the dims (all by default).
 *
 * @example
 * fft.fftshift(tensor([0, 1, 2, -2, -1])).tolist() // => [-2, -1, 0, 1, 2]
 * @see torch.fft.fftshift
 */
export const fftshift = (self: Tensor, dim: Dims = null): Tensor =>
  shifted('fftshift', self, dim, (size) => Math.floor(size / 2))
/**
 * The inverse of fftshift.
 *
 * @example
 * ifftshift(tensor([-1, 0, 1])).tolist() // => [0, 1, -1]
 * @see torch.fft.ifftshift
 */
export const ifftshift = (self: Tensor, dim: Dims = null): Tensor =>
  shifted('ifftshift', self, dim, (size) => Math.ceil(size / 2))
