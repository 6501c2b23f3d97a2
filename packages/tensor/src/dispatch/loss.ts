// What all losses share: their reduction, the warning about sizes, and elementwise losses reduced in one kernel.
import type { ReduceKernel } from '../backend/kernels.ts'
import { ArgumentError, check } from '../errors.ts'
import { input, param } from '../expr/expr.ts'
import type { Expr } from '../expr/expr.ts'
import { broadcastShapes, formatShape, numelOf, sameShape } from '../shape/shape.ts'
import { newTensor, viewOf } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import { nextKernelId } from './pointwise.ts'
import { applyComposite, composite } from './structured.ts'

/** How the losses of the elements become one number. */
export type Reduction = 'none' | 'mean' | 'sum'

/** Throws unless it is 'none', 'mean' or 'sum'. */
export function checkReduction(op: string, reduction: string): asserts reduction is Reduction {
  check(reduction === 'none' || reduction === 'mean' || reduction === 'sum', () => new ArgumentError(op,
    `reduction must be 'none', 'mean' or 'sum', got '${String(reduction)}'`))
}

/** Warns if the two will be broadcast, which is seldom meant. */
export function warnSizes(op: string, self: Tensor, target: Tensor): void {
  if (sameShape(self.shape, target.shape)) return
  console.warn(`${op}: input and target should have the same shape, got ${formatShape(self.shape)} and ${formatShape(target.shape)}. `
    + 'They are broadcast, which is likely to give a wrong loss.')
}

/** Attributes of an elementwise loss: the reduction, and its numbers by name. */
export type LossAttrs<P extends string> = { readonly reduction: Reduction } & Readonly<Record<P, number>>

/**
 * A loss of two tensors that is one expression per element. Its decomposition is the elementwise op and a reduction;
 * where both are of one dtype, one kernel does it.
 */
export function elementwiseLoss<P extends string = never>(
  name: string, names: readonly P[], build: (x: Expr, y: Expr, params: readonly Expr[]) => Expr,
  elements: (x: Tensor, y: Tensor, attrs: LossAttrs<P>) => Tensor, reduce: (losses: Tensor, reduction: Reduction) => Tensor,
) {
  const kernels = new Map<number, ReduceKernel>()
  const params = [...names.map((_, i) => param(i)), param(names.length)]
  const kernelFor = ({ dtypeInfo }: Tensor): ReduceKernel => {
    let kernel = kernels.get(dtypeInfo.index)
    if (kernel === undefined) {
      kernel = {
        kind: 'reduce', id: nextKernelId(), name, inputs: [dtypeInfo, dtypeInfo], paramCount: params.length,
        compute: dtypeInfo.compute, combine: 'sum', map: build(input(0), input(1), params),
        finish: input(0).mul(params[names.length]), output: dtypeInfo,
      }
      kernels.set(dtypeInfo.index, kernel)
    }
    return kernel
  }
  const record = composite<LossAttrs<P>>({
    name,
    decompose: ([x, y], attrs) => [reduce(elements(x, y, attrs), attrs.reduction)],
    fuse: (backend, [x, y], attrs) => {
      if (attrs.reduction === 'none' || x.dtypeInfo !== y.dtypeInfo || x.dtypeInfo.category !== 'float') return null
      const shape = broadcastShapes(name, x.shape, y.shape)
      if (shape.length === 0 || numelOf(shape) === 0) return null
      const out = newTensor(backend, x.dtypeInfo, [], name)
      const window = viewOf(out, shape.map(() => 1), shape.map(() => 0), 0)
      const scale = attrs.reduction === 'mean' ? 1 / numelOf(shape) : 1
      backend.kernels.reduce(kernelFor(x), shape, [x, y], [...names.map((key) => attrs[key] as number), scale], window)
      return [out]
    },
  })
  return {
    record,
    call: (x: Tensor, y: Tensor, attrs: LossAttrs<P>): Tensor => applyComposite(record, [x, y], attrs)[0],
  }
}
