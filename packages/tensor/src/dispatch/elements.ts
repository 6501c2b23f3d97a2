// Copying, casting and filling elements: kernels without checks and without autograd.
import type { Backend } from '../backend/backend.ts'
import type { MapKernel } from '../backend/kernels.ts'
import { dtypes } from '../dtype.ts'
import type { DType, DTypeInfo } from '../dtype.ts'
import { DTypeError, check } from '../errors.ts'
import { input, param } from '../expr/expr.ts'
import type { Tensor } from '../tensor.ts'
import { mapKernel } from './pointwise.ts'

const copies = new Map<number, MapKernel>()
/** The kernel that copies elements, casting them. */
function copyKernel(from: DTypeInfo, to: DTypeInfo): MapKernel {
  const key = from.index * 16 + to.index
  let kernel = copies.get(key)
  if (kernel === undefined) {
    // Computed in the type that holds the source exactly; the store casts.
    kernel = mapKernel('copy', [from], 0, from.compute, [{ expr: input(0), dtype: to }])
    copies.set(key, kernel)
  }
  return kernel
}
/**
 * Copies the elements of `source`, broadcast and cast, into `target`. No checks, no autograd.
 *
 * @example
 * const x = zeros([2, 2])
 * copyElements(getBackend('cpu'), tensor([1, 2]), x)
 * x.tolist() // => [[1, 2], [1, 2]]
 */
export function copyElements(backend: Backend, source: Tensor, target: Tensor): void {
  if (target.elementCount > 0)
    backend.kernels.map(copyKernel(source.dtypeInfo, target.dtypeInfo), [source], [], [target])
}

const fills = new Map<number, MapKernel>()
/**
 * Writes one number into every element. No checks, no autograd.
 *
 * @example
 * const x = zeros([2])
 * fillElements(x, 7)
 * x.tolist() // => [7, 7]
 */
export function fillElements(target: Tensor, value: number | bigint): void {
  if (target.elementCount === 0) return
  const { dtypeInfo } = target
  let kernel = fills.get(dtypeInfo.index)
  if (kernel === undefined) {
    kernel = mapKernel('fill', [], 1, dtypeInfo.compute, [{ expr: param(0), dtype: dtypeInfo }])
    fills.set(dtypeInfo.index, kernel)
  }
  target.storage.backend.kernels.map(kernel, [], [value], [target])
}

/**
 * The info of a dtype's name.
 *
 * @throws DTypeError if there is none of this name
 * @example
 * dtypeInfoOf('zeros', 'int8').itemSize // => 1
 */
export function dtypeInfoOf(op: string, dtype: DType): DTypeInfo {
  check(
    Object.hasOwn(dtypes, dtype),
    () =>
      new DTypeError(op, `dtype must be one of [${Object.keys(dtypes).join(', ')}], got '${String(dtype)}'`),
  )
  return dtypes[dtype]
}
