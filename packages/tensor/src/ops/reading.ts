// Reading elements on the host: item, tolist, typed arrays, each also async.
import { withGradMode } from '../dispatch/hook.ts'
import type { Complex } from '../complex-number.ts'
import { realOf } from '../dtype.ts'
import type { HostArray } from '../dtype.ts'
import { DeviceError, ShapeError, check } from '../errors.ts'
import { elementReader } from '../host/encode.ts'
import { canRead, readBytes } from '../host/reads.ts'
import { formatShape } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { contiguous } from './copy.ts'

/** An element on the host: a number, a boolean for bool, a bigint for int64 beyond ±2⁵³, a Complex for complex dtypes. */
export type Element = number | boolean | bigint | Complex
/** Elements in nested arrays, as deep as the tensor has dims. */
export type Nested<T> = T | Nested<T>[]

// Pages that are not cross-origin isolated have no SharedArrayBuffer.
const isShared = (buffer: ArrayBufferLike): boolean =>
  typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer

const toArray = (self: Tensor, bytes: Uint8Array): HostArray => {
  const { array, itemSize } = realOf(self.dtypeInfo)
  const aligned = bytes.byteOffset % itemSize === 0 && !isShared(bytes.buffer) ? bytes : bytes.slice()
  return new array(aligned.buffer, aligned.byteOffset, (self.elementCount * self.elementSize()) / itemSize)
}

/**
 * The elements, row-major, in a new typed array: bool as bytes, the half types as their bits, complex numbers as two
 * entries, the real part first.
 *
 * @throws DeviceError on a device that cannot block: use toTypedArrayAsync
 * @example
 * tensor([1, 2]).toTypedArray() // => Float32Array(2) [ 1, 2 ]
 */
export function toTypedArray(self: Tensor): HostArray {
  check(
    self.device === 'meta' || canRead(self),
    () =>
      new DeviceError(
        'toTypedArray',
        `device '${self.device}' cannot be read synchronously. Use: await tensor.toTypedArrayAsync(), ` +
          'or await awaitReads(() => ...) around an op that reads',
      ),
  )
  if (self.elementCount === 0) return toArray(self, new Uint8Array(0))
  const source = withGradMode(false, () => contiguous(self))
  return toArray(self, readBytes(source))
}
/**
 * As toTypedArray, on every device.
 *
 * @example
 * await toTypedArrayAsync(tensor([1, 2])) // => Float32Array(2) [ 1, 2 ]
 */
export async function toTypedArrayAsync(self: Tensor): Promise<HostArray> {
  if (self.elementCount === 0) return toArray(self, new Uint8Array(0))
  const source = withGradMode(false, () => contiguous(self))
  const { buffer, backend } = source.storage
  return toArray(self, await backend.readAsync(buffer, source.offset * source.elementSize(), source.nbytes))
}

function checkSingle(op: string, self: Tensor): void {
  check(
    self.elementCount === 1,
    () =>
      new ShapeError(
        op,
        `only a tensor of one element has an item, got shape ${formatShape(self.shape)}. Use tolist()`,
      ),
  )
}
const firstOf = <T extends Element>(self: Tensor, array: HostArray): T =>
  elementReader(self.dtypeInfo, array)(0) as T

/**
 * The only element: a number, a boolean for bool; a bigint for int64 beyond ±2⁵³; a Complex.
 *
 * @throws ShapeError unless there is exactly one element
 * @throws DeviceError on a device that cannot block: use itemAsync
 * @example
 * tensor([[5]]).item() // => 5
 * @see torch.Tensor.item
 */
export function item<T extends Element = number>(self: Tensor): T {
  checkSingle('item', self)
  return firstOf(self, toTypedArray(self))
}
/** As item, on every device. @example await itemAsync(tensor([5])) // => 5 */
export async function itemAsync<T extends Element = number>(self: Tensor): Promise<T> {
  checkSingle('itemAsync', self)
  return firstOf(self, await toTypedArrayAsync(self))
}

/** Elements of a host array in nested arrays of the tensor's shape. */
function nest<T extends Element>(self: Tensor, array: HostArray): Nested<T> {
  const read = elementReader(self.dtypeInfo, array)
  let next = 0
  const level = (dim: number): Nested<T> =>
    dim === self.ndim ? (read(next++) as T) : Array.from({ length: self.shape[dim] }, () => level(dim + 1))
  return level(0)
}
/**
 * The elements in nested arrays, as item gives them; a 0-dim tensor gives its element.
 *
 * @throws DeviceError on a device that cannot block: use tolistAsync
 * @example
 * tolist(tensor([[1, 2], [3, 4]])) // => [[1, 2], [3, 4]]
 * @see torch.Tensor.tolist
 */
export const tolist = <T extends Element = number>(self: Tensor): Nested<T> =>
  nest<T>(self, toTypedArray(self))
/** As tolist, on every device. @example await tolistAsync(tensor([[1, 2], [3, 4]])) // => [[1, 2], [3, 4]] */
export const tolistAsync = async <T extends Element = number>(self: Tensor): Promise<Nested<T>> =>
  nest<T>(self, await toTypedArrayAsync(self))
