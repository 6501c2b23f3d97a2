// Fused in-place updates: one elementwise kernel that reads some tensors and overwrites several of them.
import type { KernelScalar, MapKernel } from '../backend/kernels.ts'
import { ArgumentError, DTypeError, ShapeError, check } from '../errors.ts'
import { input, param } from '../expr/expr.ts'
import type { Expr } from '../expr/expr.ts'
import { formatShape, sameShape } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { isComplexOperand, realWindowOf } from './complex.ts'
import { checkSameDevice } from './pointwise-call.ts'
import { mapKernel } from './pointwise-record.ts'

/** Runs an update on tensors of equal shape with these run-time numbers. */
export type InPlaceMap<T extends string, P extends string> = (
  tensors: Readonly<Record<T, Tensor>>,
  params: Readonly<Record<P, KernelScalar>>,
) => void

/**
 * An elementwise update of several tensors at once: every new value is computed from the old ones, then all are stored.
 * It takes no part in autograd (as under noGrad) and counts as an in-place change of what it writes. One kernel is made
 * for each combination of dtypes; the params are run-time numbers, so that changing them compiles nothing. Of complex
 * tensors the parts are updated, each as a number of its own.
 *
 * @param name for messages and profiles
 * @param tensors names of the tensors, read and written; the first one decides the compute type
 * @param params names of the numbers
 * @param build the new values by name of the tensor that gets them; those not named stay as they are
 * @example
 * const momentumStep = inPlaceMap('momentumStep', ['p', 'g', 'b'], ['lr', 'mu'], ({ p, g, b }, { lr, mu }) => {
 *   const velocity = b.mul(mu).add(g)
 *   return { p: p.sub(velocity.mul(lr)), b: velocity }
 * })
 * const [p, g, b] = [ones([2]), ones([2]), zeros([2])]
 * momentumStep({ p, g, b }, { lr: 0.5, mu: 0.9 })
 * p.tolist() // => [0.5, 0.5]
 */
export function inPlaceMap<T extends string, P extends string>(
  name: string,
  tensors: readonly T[],
  params: readonly P[],
  build: (
    values: Readonly<Record<T, Expr>>,
    params: Readonly<Record<P, Expr>>,
  ) => { readonly [K in T]?: Expr },
): InPlaceMap<T, P> {
  const byName = <K extends string>(names: readonly K[], make: (i: number) => Expr) =>
    Object.fromEntries(names.map((key, i) => [key, make(i)])) as Record<K, Expr>
  const results = build(byName(tensors, input), byName(params, param))
  const written = tensors.filter((key) => results[key] !== undefined)
  const writtenAt = written.map((key) => tensors.indexOf(key))
  const kernels = new Map<number, MapKernel>()

  const kernelFor = (operands: readonly Tensor[]): MapKernel => {
    let key = 0
    for (let i = 0; i < operands.length; i++) key = key * 16 + operands[i].dtypeInfo.index
    let kernel = kernels.get(key)
    if (kernel === undefined) {
      const outputs = written.map((k) => ({
        expr: results[k]!,
        dtype: operands[tensors.indexOf(k)].dtypeInfo,
      }))
      kernel = mapKernel(
        name,
        operands.map((t) => t.dtypeInfo),
        params.length,
        operands[0].dtypeInfo.compute,
        outputs,
      )
      kernels.set(key, kernel)
    }
    return kernel
  }

  return (tensorsByName, numbers) => {
    const given = tensors.map((key) => tensorsByName[key])
    checkOperands(name, tensors, given)
    const operands = isComplexOperand(given[0]) ? given.map(realWindowOf) : given
    const outputs = writtenAt.map((i) => operands[i])
    for (const output of outputs) checkWritable(name, output)
    if (operands[0].elementCount > 0) {
      operands[0].storage.backend.kernels.map(
        kernelFor(operands),
        operands,
        params.map((key) => numbers[key]),
        outputs,
      )
    }
    for (const output of outputs) output.bumpVersion(name)
  }
}

function checkOperands(name: string, names: readonly string[], operands: readonly Tensor[]): void {
  checkSameDevice(name, operands)
  const [first] = operands
  for (let i = 0; i < operands.length; i++) {
    const { shape, dtypeInfo, dtype } = operands[i]
    check(
      dtypeInfo.differentiable && isComplexOperand(operands[i]) === isComplexOperand(first),
      () => new DTypeError(name, `${names[i]} must be floating-point, or all tensors complex, got ${dtype}`),
    )
    check(
      sameShape(shape, first.shape),
      () =>
        new ShapeError(
          name,
          `${names[i]} must have the shape of ${names[0]}, got ${formatShape(shape)} and ${formatShape(first.shape)}`,
        ),
    )
  }
}

function checkWritable(name: string, output: Tensor): void {
  check(
    !output.strides.some((stride, i) => stride === 0 && output.shape[i] > 1),
    () =>
      new ArgumentError(
        name,
        'each element of a tensor that is written must have memory of its own, got an expanded tensor. Clone it first',
      ),
  )
}
