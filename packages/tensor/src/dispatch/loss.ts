// What all losses share: their reduction, the warning about sizes, and elementwise losses reduced in one kernel.
import type { ReduceKernel } from '../backend/kernels.ts'
import { ArgumentError, check } from '../errors.ts'
import { input, param } from '../expr/expr.ts'
import type { Expr } from '../expr/expr.ts'
import { broadcastPair, formatShape, numelOf, sameShape } from '../shape/shape.ts'
import { newTensor, viewOf } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import { binary } from './define.ts'
import { nextKernelId } from './pointwise-record.ts'
import { applyComposite, composite } from './structured.ts'

/** How the losses of the elements become one number. */
export type Reduction = 'none' | 'mean' | 'sum'

/** Throws unless it is 'none', 'mean' or 'sum'. */
export function checkReduction(op: string, reduction: string): asserts reduction is Reduction {
  check(
    reduction === 'none' || reduction === 'mean' || reduction === 'sum',
    () => new ArgumentError(op, `reduction must be 'none', 'mean' or 'sum', got '${String(reduction)}'`),
  )
}

/** Warns if the two will be broadcast, which is seldom meant. */
export function warnSizes(op: string, self: Tensor, target: Tensor): void {
  if (sameShape(self.shape, target.shape)) return
  broadcastPair(op, self.shape, target.shape)
  console.warn(
    `${op}: input and target should have the same shape, got ${formatShape(self.shape)} and ${formatShape(target.shape)}. ` +
      'They are broadcast, which is likely to give a wrong loss.',
  )
}

/** Attributes of an elementwise loss: the reduction, and its numbers by name. */
export type LossAttrs<P extends string> = { readonly reduction: Reduction } & Readonly<Record<P, number>>
interface LossParts {
  readonly mul: (a: Tensor, b: Tensor) => Tensor
  readonly reduce: (losses: Tensor, reduction: Reduction) => Tensor
}

/**
 * A loss of two tensors that is one expression per element. Its decomposition is the elementwise op, a factor if a
 * third tensor is given, and a reduction; where both are of one dtype and there is no factor, one kernel does it.
 */
export function elementwiseLoss<P extends string = never>(
  name: string,
  defaults: Readonly<Record<P, number>>,
  build: (x: Expr, y: Expr, params: Readonly<Record<P, Expr>>) => Expr,
  parts: LossParts,
) {
  const names = Object.keys(defaults) as P[]
  const elements = binary<Record<P, number>>(
    name,
    (x, y, options) => build(x, y, options as Readonly<Record<P, Expr>>),
    { options: defaults, result: 'float' },
  )
  const kernels = new Map<number, ReduceKernel>()
  const scale = param(names.length)
  const expression = build(
    input(0),
    input(1),
    Object.fromEntries(names.map((key, i) => [key, param(i)])) as Record<P, Expr>,
  )
  const kernelFor = ({ dtypeInfo }: Tensor): ReduceKernel => {
    let kernel = kernels.get(dtypeInfo.index)
    if (kernel === undefined) {
      kernel = {
        kind: 'reduce',
        id: nextKernelId(),
        name,
        inputs: [dtypeInfo, dtypeInfo],
        paramCount: names.length + 1,
        compute: dtypeInfo.compute,
        combine: 'sum',
        map: expression,
        finish: input(0).mul(scale),
        output: dtypeInfo,
      }
      kernels.set(dtypeInfo.index, kernel)
    }
    return kernel
  }
  const record = composite<LossAttrs<P>>({
    name,
    decompose: ([x, y, factor], attrs) => {
      const losses = elements(
        x,
        y,
        Object.fromEntries(names.map((key) => [key, attrs[key] as number])) as Record<P, number>,
      )
      return [parts.reduce(factor === undefined ? losses : parts.mul(losses, factor), attrs.reduction)]
    },
    fuse: (backend, [x, y, factor], attrs) => {
      if (
        attrs.reduction === 'none' ||
        factor !== undefined ||
        x.dtypeInfo !== y.dtypeInfo ||
        x.dtypeInfo.category !== 'float'
      )
        return null
      const shape = broadcastPair(name, x.shape, y.shape)
      const count = numelOf(shape)
      if (shape.length === 0 || count === 0) return null
      const out = newTensor(backend, x.dtypeInfo, [], name)
      const window = viewOf(
        out,
        shape.map(() => 1),
        shape.map(() => 0),
        0,
      )
      const numbers = names.map((key) => attrs[key] as number)
      backend.kernels.reduce(
        kernelFor(x),
        shape,
        [x, y],
        [...numbers, attrs.reduction === 'mean' ? 1 / count : 1],
        window,
      )
      return [out]
    },
  })
  return {
    record,
    call: (x: Tensor, y: Tensor, factor: Tensor | null, attrs: LossAttrs<P>): Tensor =>
      applyComposite(record, factor === null ? [x, y] : [x, y, factor], attrs)[0],
  }
}
