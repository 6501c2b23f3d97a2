// How the kernels of structured ops run on complex tensors: on their parts, as the record says.
import type { Backend } from '../backend/backend.ts'
import type { MapKernel } from '../backend/kernels.ts'
import { realOf } from '../dtype.ts'
import { DTypeError } from '../errors.ts'
import { input } from '../expr/expr.ts'
import { newTensor } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import { isComplexOperand, partOf, partsOf } from './complex.ts'
import type { Part } from './complex.ts'
import { mapKernel } from './pointwise-record.ts'
import type { StructuredRecord } from './record.ts'

function hasComplex(tensors: readonly Tensor[]): boolean {
  for (let i = 0; i < tensors.length; i++) if (isComplexOperand(tensors[i])) return true
  return false
}

/** Throws if a tensor is complex and the op does not say what to do with it. */
export function checkTakesComplex<Attrs>(
  { name, complex }: StructuredRecord<Attrs>,
  tensors: readonly Tensor[],
): void {
  if (complex === undefined && hasComplex(tensors)) {
    throw new DTypeError(
      name,
      'complex tensors are not supported, got one. Take its abs(), or viewAsReal(x) for both parts',
    )
  }
}

/** Runs a structured op's kernel; of complex tensors, on their parts if it says so. */
export function runStructured<Attrs>(
  record: StructuredRecord<Attrs>,
  backend: Backend,
  tensors: readonly Tensor[],
  attrs: Attrs,
  outputs: readonly Tensor[],
): void {
  const { complex } = record
  if (complex === undefined || complex === 'whole' || !hasComplex(tensors)) {
    record.run(backend, tensors, attrs, outputs)
  } else if (complex === 'parts') {
    for (const part of [0, 1] as const)
      record.run(backend, onlyPart(tensors, part), attrs, onlyPart(outputs, part))
  } else runProduct(record, backend, tensors, attrs, outputs[0])
}

const onlyPart = (tensors: readonly Tensor[], part: Part): Tensor[] =>
  tensors.map((tensor) => (isComplexOperand(tensor) ? partOf(tensor, part) : tensor))

// (a + ib)(c + id) + bias = (ac − bd + Re bias) + i(ad + bc + Im bias), each product by the kernel
function runProduct<Attrs>(
  record: StructuredRecord<Attrs>,
  backend: Backend,
  [x, y, ...bias]: readonly Tensor[],
  attrs: Attrs,
  out: Tensor,
): void {
  const [[a, b], [c, d]] = [partsOf([x]), partsOf([y])]
  const product = (left: Tensor, right: Tensor, added: readonly Tensor[]): Tensor => {
    const result = newTensor(backend, out.dtypeInfo.component!, out.shape, record.name)
    record.run(backend, [left, right, ...added], attrs, [result])
    return result
  }
  const products = [
    product(a, c, onlyPart(bias, 0)),
    product(b, d, []),
    product(a, d, onlyPart(bias, 1)),
    product(b, c, []),
  ]
  if (out.elementCount > 0) backend.kernels.map(combining(out), products, [], partsOf([out]))
}

const kernels = new Map<number, MapKernel>()
function combining({ dtypeInfo }: Tensor): MapKernel {
  let kernel = kernels.get(dtypeInfo.index)
  if (kernel === undefined) {
    const dtype = realOf(dtypeInfo)
    const [ac, bd, ad, bc] = [input(0), input(1), input(2), input(3)]
    kernel = mapKernel('complexProduct', [dtype, dtype, dtype, dtype], 0, dtype.compute, [
      { expr: ac.sub(bd), dtype },
      { expr: ad.add(bc), dtype },
    ])
    kernels.set(dtypeInfo.index, kernel)
  }
  return kernel
}
