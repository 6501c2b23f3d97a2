// Copying, casting and filling elements: kernels without checks and without autograd.
import type { Backend } from '../backend/backend.ts'
import type { MapKernel } from '../backend/kernels.ts'
import { Complex } from '../complex-number.ts'
import { dtypes, realOf } from '../dtype.ts'
import type { DType, DTypeInfo } from '../dtype.ts'
import { DTypeError, check } from '../errors.ts'
import { constant, input, param } from '../expr/expr.ts'
import type { Expr } from '../expr/expr.ts'
import type { Tensor } from '../tensor.ts'
import { isComplexOperand, partsOf } from './complex.ts'
import { mapKernel } from './pointwise-record.ts'
import { scalarValue } from './scalar.ts'
import type { Scalar } from './scalar.ts'

const copies = new Map<number, MapKernel>()
/** The kernel that copies elements, casting them. */
function copyKernel(from: DTypeInfo, to: DTypeInfo): MapKernel {
  const key = from.index * 16 + to.index
  let kernel = copies.get(key)
  if (kernel === undefined) {
    // Computed in the type that holds the source exactly; the store casts.
    const dtype = realOf(to)
    const inputs = from.component === null ? [from] : [from.component, from.component]
    const outputs = copied(from, to).map((expr) => ({ expr, dtype }))
    kernel = mapKernel('copy', inputs, 0, from.compute, outputs)
    copies.set(key, kernel)
  }
  return kernel
}
// What is real gets an imaginary part of 0, what becomes real loses its own; it counts for truth.
function copied(from: DTypeInfo, to: DTypeInfo): Expr[] {
  const [re, im] = [input(0), from.component === null ? constant(0) : input(1)]
  if (to.component !== null) return [re, im]
  return [from.component !== null && to.category === 'bool' ? re.ne(0).or(im.ne(0)) : re]
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
  if (target.elementCount === 0) return
  const kernel = copyKernel(source.dtypeInfo, target.dtypeInfo)
  if (isComplexOperand(source) || isComplexOperand(target))
    backend.kernels.map(kernel, partsOf([source]), [], partsOf([target]))
  else backend.kernels.map(kernel, [source], [], [target])
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
export function fillElements(target: Tensor, value: Scalar): void {
  if (isComplexOperand(target)) {
    const [re, im] = value instanceof Complex ? [value.re, value.im] : [Number(scalarValue(value)), 0]
    partsOf([target]).forEach((part, i) => fillElements(part, i === 0 ? re : im))
    return
  }
  const number = scalarValue(value)
  if (target.elementCount === 0) return
  const { dtypeInfo } = target
  let kernel = fills.get(dtypeInfo.index)
  if (kernel === undefined) {
    kernel = mapKernel('fill', [], 1, dtypeInfo.compute, [{ expr: param(0), dtype: dtypeInfo }])
    fills.set(dtypeInfo.index, kernel)
  }
  target.storage.backend.kernels.map(kernel, [], [number], [target])
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
