// Reductions of one tensor: their kernels, made once for each pair of dtypes, and how they are run.
import type { Backend } from '../backend/backend.ts'
import type { Combine, KernelScalar, ReduceKernel } from '../backend/kernels.ts'
import type { DTypeInfo } from '../dtype.ts'
import { input, param } from '../expr/expr.ts'
import type { Expr } from '../expr/expr.ts'
import { viewOf } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import { nextKernelId } from './pointwise-record.ts'

/** The shape with the dims reduced: size 1, or gone. @example reducedShape([2, 3], [1], true) // => [2, 1] */
export const reducedShape = (shape: readonly number[], dims: readonly number[], keepdim: boolean): number[] =>
  keepdim ? shape.map((size, i) => (dims.includes(i) ? 1 : size)) : shape.filter((_, i) => !dims.includes(i))

/** What a reduction computes, for one input. Params: first those given, then the number of elements reduced, inverted. */
interface Reduction {
  readonly combine: Combine
  readonly map?: (x: Expr, params: readonly Expr[]) => Expr
  readonly finish?: (total: Expr, params: readonly Expr[]) => Expr
  readonly paramCount?: number
  /** The inputs are looked at in their own compute type, whatever the output is. */
  readonly ownCompute?: boolean
}

/** Makes kernels of a reduction, one for each pair of dtypes. */
export function reduceKernels(
  name: string,
  { combine, map = (x) => x, finish, paramCount = 0, ownCompute = false }: Reduction,
) {
  const kernels = new Map<number, ReduceKernel>()
  const params = Array.from({ length: paramCount }, (_, i) => param(i))
  return (dtype: DTypeInfo, output: DTypeInfo): ReduceKernel => {
    const key = dtype.index * 16 + output.index
    let kernel = kernels.get(key)
    if (kernel === undefined) {
      // Counts of floats are taken in f64, which is exact.
      const compute =
        ownCompute && dtype.compute === 'f32'
          ? 'f64'
          : ownCompute || output.name === 'bool'
            ? dtype.compute
            : output.compute
      kernel = {
        kind: 'reduce',
        id: nextKernelId(),
        name,
        inputs: [dtype],
        paramCount,
        compute,
        combine,
        map: map(input(0), params),
        finish: finish?.(input(0), params) ?? null,
        output,
      }
      kernels.set(key, kernel)
    }
    return kernel
  }
}

/** Runs a reduction of one tensor into `out`, which may have lost the reduced dims. */
export function runReduce(
  backend: Backend,
  kernel: ReduceKernel,
  self: Tensor,
  dims: readonly number[],
  params: readonly KernelScalar[],
  out: Tensor,
): void {
  if (out.elementCount === 0) return
  const kept = reducedShape(self.shape, dims, true)
  const window = out.ndim === kept.length ? out : viewOf(out, kept, keptStrides(kept, dims, out), out.offset)
  backend.kernels.reduce(kernel, self.shape, [self], params, window)
}
function keptStrides(kept: readonly number[], dims: readonly number[], out: Tensor): number[] {
  let next = 0
  return kept.map((_, i) => (dims.includes(i) ? 0 : out.strides[next++]))
}
