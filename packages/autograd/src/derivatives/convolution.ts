// Gradients of convolutions, and of those gradients: the three kernels differentiate into each other.
import { apply, convolutionInput, convolutionOp, convolutionWeight } from '@tt/tensor'
import type { ConvolutionGeometry, Tensor } from '@tt/tensor'
import type { Family } from './table.ts'

const convolve = (
  x: Tensor,
  weight: Tensor,
  { stride, padding, dilation, groups }: ConvolutionGeometry,
): Tensor => apply(convolutionOp, [x, weight], { stride, padding, dilation, groups })
/** The gradient of a bias: summed over everything but the channels. */
const perChannel = (g: Tensor): Tensor => g.sum(g.shape.map((_, d) => d).filter((d) => d !== 1))

/** Convolutions. */
export const convolution = {
  convolution: {
    uses: [[1], [0]],
    backward: [
      (g, s) => convolutionInput(g, s.input(1).conj(), s.inputs[0].shape, s.attrs),
      (g, s) => convolutionWeight(g, s.input(0).conj(), s.inputs[1].shape, s.attrs),
      (g) => perChannel(g),
    ],
  },
  convolutionInput: {
    uses: [[1], [0]],
    backward: [
      (g, s) => convolve(g, s.input(1).conj(), s.attrs),
      (g, s) => convolutionWeight(s.input(0).conj(), g, s.inputs[1].shape, s.attrs),
      (g) => perChannel(g),
    ],
  },
  convolutionWeight: {
    uses: [[1], [0]],
    backward: [
      (g, s) => convolve(s.input(1).conj(), g, s.attrs),
      (g, s) => convolutionInput(s.input(0).conj(), g, s.inputs[1].shape, s.attrs),
    ],
  },
} satisfies Family
