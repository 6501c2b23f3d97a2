// Layers that only change the shape.
import type { Tensor } from '@tt/autograd'
import { Module } from '../module/module.ts'
import { pyTuple } from '@tt/autograd'

/**
 * Joins the dims from startDim to endDim, by default all but the first.
 *
 * @example
 * new Flatten().forward(ones([2, 3, 4])).shape // => [2, 12]
 * @see torch.nn.Flatten
 */
export class Flatten extends Module {
  readonly startDim: number
  readonly endDim: number
  constructor(startDim = 1, endDim = -1) {
    super()
    this.startDim = startDim
    this.endDim = endDim
  }
  override forward(input: Tensor): Tensor {
    return input.flatten(this.startDim, this.endDim)
  }
  override extraRepr(): string {
    return `start_dim=${this.startDim}, end_dim=${this.endDim}`
  }
}

/**
 * Splits a dim into several.
 *
 * @example
 * new Unflatten(1, [2, 3]).forward(ones([4, 6])).shape // => [4, 2, 3]
 * @see torch.nn.Unflatten
 */
export class Unflatten extends Module {
  readonly dimension: number
  readonly unflattenedSize: readonly number[]
  constructor(dim: number, unflattenedSize: readonly number[]) {
    super()
    this.dimension = dim
    this.unflattenedSize = unflattenedSize
  }
  override forward(input: Tensor): Tensor {
    return input.unflatten(this.dimension, this.unflattenedSize)
  }
  override extraRepr(): string {
    return `dim=${this.dimension}, unflattened_size=${pyTuple([...this.unflattenedSize])}`
  }
}
