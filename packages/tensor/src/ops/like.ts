// Functions that make tensors of the dtype and device of another.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import type { Scalar } from '../dispatch/scalar.ts'
import type { NestedData } from '../host/encode.ts'
import type { Tensor } from '../tensor.ts'
import { empty, emptyStrided, full, ones, tensor, zeros } from './creation.ts'
import type { FactoryOptions } from './creation.ts'

const like = (self: Tensor, options: FactoryOptions): FactoryOptions => ({
  dtype: self.dtype,
  device: self.device,
  ...options,
})
/**
 * Uninitialised, of the shape, dtype and device of self.
 *
 * @example
 * emptyLike(ones([2, 3])).shape // => [2, 3]
 * @see torch.empty_like
 */
export const emptyLike = (self: Tensor, options: FactoryOptions = {}): Tensor =>
  empty(self.shape, like(self, options))
/**
 * Zeros of the shape, dtype and device of self.
 *
 * @example
 * zerosLike(tensor([[1, 2]])).tolist() // => [[0, 0]]
 * @see torch.zeros_like
 */
export const zerosLike = (self: Tensor, options: FactoryOptions & OutOption = {}): Tensor =>
  options.out === undefined
    ? zeros(self.shape, like(self, options))
    : resultInto('zerosLike', options.out, () => zerosLike(self, { ...options, out: undefined }))
/**
 * Ones of the shape, dtype and device of self.
 *
 * @example
 * onesLike(tensor([5n, 6n])).dtype // => 'int64'
 * @see torch.ones_like
 */
export const onesLike = (self: Tensor, options: FactoryOptions & OutOption = {}): Tensor =>
  options.out === undefined
    ? ones(self.shape, like(self, options))
    : resultInto('onesLike', options.out, () => onesLike(self, { ...options, out: undefined }))
/**
 * `fillValue` in the shape, dtype and device of self.
 *
 * @example
 * fullLike(zeros([2]), 7).tolist() // => [7, 7]
 * @see torch.full_like
 */
export const fullLike = (self: Tensor, fillValue: Scalar, options: FactoryOptions = {}): Tensor =>
  full(self.shape, fillValue, like(self, options))
/**
 * Uninitialised, of the dtype and device of self.
 *
 * @example
 * tensor([1n]).newEmpty([2, 3]).dtype // => 'int64'
 * @see torch.Tensor.new_empty
 */
export const newEmpty = (self: Tensor, size: readonly number[], options: FactoryOptions = {}): Tensor =>
  empty(size, like(self, options))
/**
 * Uninitialised, of the given strides and the dtype and device of self.
 *
 * @example
 * ones([1]).newEmptyStrided([2, 3], [1, 2]).strides // => [1, 2]
 * @see torch.Tensor.new_empty_strided
 */
export const newEmptyStrided = (
  self: Tensor,
  size: readonly number[],
  stride: readonly number[],
  options: FactoryOptions = {},
): Tensor => emptyStrided(size, stride, like(self, options))
/**
 * Zeros of the dtype and device of self.
 *
 * @example
 * tensor([1, 2]).newZeros([3]).tolist() // => [0, 0, 0]
 * @see torch.Tensor.new_zeros
 */
export const newZeros = (self: Tensor, size: readonly number[], options: FactoryOptions = {}): Tensor =>
  zeros(size, like(self, options))
/**
 * Ones of the dtype and device of self.
 *
 * @example
 * tensor([1n]).newOnes([2]).dtype // => 'int64'
 * @see torch.Tensor.new_ones
 */
export const newOnes = (self: Tensor, size: readonly number[], options: FactoryOptions = {}): Tensor =>
  ones(size, like(self, options))
/**
 * `fillValue` of the dtype and device of self.
 *
 * @example
 * tensor([1, 2]).newFull([2], 7).tolist() // => [7, 7]
 * @see torch.Tensor.new_full
 */
export const newFull = (
  self: Tensor,
  size: readonly number[],
  fillValue: Scalar,
  options: FactoryOptions = {},
): Tensor => full(size, fillValue, like(self, options))
/**
 * A tensor of the data given, of the dtype and device of self.
 *
 * @example
 * tensor([1n]).newTensor([3, 4]).dtype // => 'int64'
 * @see torch.Tensor.new_tensor
 */
export const newTensor = (self: Tensor, data: NestedData, options: FactoryOptions = {}): Tensor =>
  tensor(data, like(self, options))
