// What all poolings share: their geometry from the arguments, and inputs without a batch or of one spatial dim.
import { checkSpatialInput, spatialSizes, windowCount } from '../dispatch/window.ts'
import type { Sizes } from '../dispatch/window.ts'
import { ArgumentError, ShapeError, check } from '../errors.ts'
import { formatShape } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { squeeze, unsqueeze } from './views.ts'

// [N, C, H, W] or [N, C, D, H, W]; a single spatial dim becomes the last of two.
export function standard(self: Tensor, rank: number): Tensor {
  const batched = self.ndim === rank + 2 ? self : unsqueeze(self, 0)
  return rank === 1 ? unsqueeze(batched, -2) : batched
}
export function restored(result: Tensor, self: Tensor, rank: number): Tensor {
  const flat = rank === 1 ? squeeze(result, -2) : result
  return self.ndim === rank + 2 ? flat : squeeze(flat, 0)
}

export function poolGeometry(
  op: string,
  rank: number,
  self: Tensor,
  kernelSize: Sizes,
  stride: Sizes | null,
  padding: Sizes,
  dilation: Sizes,
  ceilMode: boolean,
) {
  const kernel = spatialSizes(op, 'kernelSize', kernelSize, rank, 1)
  const steps =
    stride === null || (typeof stride !== 'number' && stride.length === 0)
      ? kernel
      : spatialSizes(op, 'stride', stride, rank, 1)
  const pads = spatialSizes(op, 'padding', padding, rank, 0)
  const gaps = spatialSizes(op, 'dilation', dilation, rank, 1)
  checkSpatialInput(op, self, rank)
  pads.forEach((n, i) =>
    check(
      n <= kernel[i] / 2,
      () =>
        new ArgumentError(
          op,
          `padding must be at most half the window, got ${n} for a window of ${kernel[i]} in spatial dim ${i}`,
        ),
    ),
  )
  const size = self.shape.slice(self.ndim - rank)
  const counts = kernel.map((k, i) => windowCount(size[i], k, steps[i], pads[i], gaps[i], ceilMode))
  check(
    counts.every((n) => n > 0),
    () =>
      new ShapeError(
        op,
        `the window must fit into the padded input, got a result of ${formatShape(counts)} for ${formatShape(size)}. Pad more`,
      ),
  )
  return { kernel, steps, pads, gaps, counts }
}
