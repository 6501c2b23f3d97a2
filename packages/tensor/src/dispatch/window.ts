// Sliding windows over the spatial dims: their sizes, checks, and a view of all of them at once.
import type { Backend } from '../backend/backend.ts'
import { ArgumentError, ShapeError, check } from '../errors.ts'
import { contiguousStrides, formatShape } from '../shape/shape.ts'
import { newTensor, viewOf } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import { copyElements, fillElements } from './elements.ts'

/** One number for all spatial dims, or one for each. */
export type Sizes = number | readonly number[]

/** One integer for each spatial dim, at least `least`. @throws ArgumentError otherwise */
export function spatialSizes(
  op: string,
  name: string,
  value: Sizes,
  rank: number,
  least: number,
): readonly number[] {
  const list =
    typeof value === 'number'
      ? new Array<number>(rank).fill(value)
      : value.length === 1
        ? new Array<number>(rank).fill(value[0])
        : value
  check(
    list.length === rank && list.every((n) => Number.isInteger(n) && n >= least),
    () =>
      new ArgumentError(
        op,
        `${name} must be an integer of at least ${least}, or ${rank} of them, got ${typeof value === 'number' ? value : formatShape(value)}`,
      ),
  )
  return list
}

/** Throws unless self is [C, ...spatial] or [N, C, ...spatial] and only N may be 0. */
export function checkSpatialInput(op: string, self: Tensor, rank: number): void {
  const rest = self.ndim === rank + 2 ? self.shape.slice(1) : self.shape
  check(
    rest.length === rank + 1 && !rest.includes(0),
    () =>
      new ShapeError(
        op,
        `the input must have ${rank + 1} (unbatched) or ${rank + 2} (batched) dims, none of them 0 but the batch, got ${formatShape(self.shape)}`,
      ),
  )
}

/** Number of windows along one dim; with ceilMode the last one may reach out, if it starts inside. */
export function windowCount(
  size: number,
  kernel: number,
  stride: number,
  padding: number,
  dilation: number,
  ceilMode: boolean,
): number {
  const count =
    Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1 + (ceilMode ? stride - 1 : 0)) / stride) + 1
  return ceilMode && (count - 1) * stride >= size + padding ? count - 1 : count
}

/** A window's geometry, one entry per spatial dim. */
export interface Windows {
  readonly kernelSize: readonly number[]
  readonly stride: readonly number[]
  readonly padding: readonly number[]
  readonly dilation: readonly number[]
}

/** All windows of [N, C, ...spatial] as [N, C, ...counts, ...kernel], on the input or on a copy padded with `fill`. */
export function windowView(
  backend: Backend,
  self: Tensor,
  { kernelSize, stride, padding, dilation }: Windows,
  counts: readonly number[],
  fill: number | bigint,
): Tensor {
  const size = self.shape.slice(2)
  const reach = counts.map((n, i) => (n - 1) * stride[i] + dilation[i] * (kernelSize[i] - 1) + 1)
  let source = self
  if (reach.some((n, i) => padding[i] > 0 || n > size[i])) {
    const shape = [self.shape[0], self.shape[1], ...reach.map((n, i) => Math.max(n, size[i] + padding[i]))]
    source = newTensor(backend, self.dtypeInfo, shape)
    fillElements(source, fill)
    const strides = contiguousStrides(shape)
    copyElements(
      backend,
      self,
      viewOf(
        source,
        self.shape,
        strides,
        padding.reduce((at, n, i) => at + n * strides[i + 2], 0),
      ),
    )
  }
  const [batch, channel, ...steps] = source.strides
  return viewOf(
    source,
    [self.shape[0], self.shape[1], ...counts, ...kernelSize],
    [batch, channel, ...steps.map((n, i) => n * stride[i]), ...steps.map((n, i) => n * dilation[i])],
    source.offset,
  )
}
