// The reduction that adds up the partial sums of a product or a convolution.
import { input, nextKernelId } from '@tt/tensor'
import type { DTypeInfo, ReduceKernel } from '@tt/tensor'

const sumKernels = new Map<string, ReduceKernel>()
/** The kernel that adds up partial sums for `op`. */
export function sumKernel(op: string, from: DTypeInfo, to: DTypeInfo): ReduceKernel {
  const key = `${op},${from.name},${to.name}`
  let kernel = sumKernels.get(key)
  if (kernel === undefined) {
    kernel = {
      kind: 'reduce',
      id: nextKernelId(),
      name: op,
      inputs: [from],
      paramCount: 0,
      compute: from.compute,
      combine: 'sum',
      map: input(0),
      finish: null,
      output: to,
    }
    sumKernels.set(key, kernel)
  }
  return kernel
}
