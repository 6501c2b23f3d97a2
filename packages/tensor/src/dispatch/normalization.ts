// Kernels of the normalisations: moments over some dims, the normalised values, and their gradients, each in one pass.
import type { Backend } from '../backend/backend.ts'
import type { MapKernel, Operand, ReduceKernel } from '../backend/kernels.ts'
import { dtypes } from '../dtype.ts'
import type { DTypeInfo } from '../dtype.ts'
import { constant, input, param } from '../expr/expr.ts'
import type { Expr } from '../expr/expr.ts'
import { newTensor } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import { mapKernel, nextKernelId } from './pointwise-record.ts'

/** The dtype in which moments are kept: float32 for the half types. */
export const momentDtype = (dtype: DTypeInfo): DTypeInfo => (dtype.itemSize === 2 ? dtypes.float32 : dtype)

type Build = (inputs: readonly Expr[], scale: Expr) => Expr
/** Makes the kernel of a fused step when it first meets dtypes. */
function kernelCache<K>(
  make: (inputs: readonly DTypeInfo[], output: DTypeInfo) => K,
): (tensors: readonly Operand[], output: DTypeInfo) => K {
  const cache = new Map<number, K>()
  return (tensors, output) => {
    let key = output.index + 1
    for (const { dtypeInfo } of tensors) key = key * 16 + dtypeInfo.index + 1
    let kernel = cache.get(key)
    if (kernel === undefined)
      cache.set(
        key,
        (kernel = make(
          tensors.map((t) => t.dtypeInfo),
          output,
        )),
      )
    return kernel
  }
}
const inputsOf = (dtypes: readonly DTypeInfo[]): Expr[] => dtypes.map((_, i) => input(i))

/** `scale · Σ build(inputs)` over the dims in which `out` has size 1. */
export function fusedSum(name: string, build: Build) {
  const kernelFor = kernelCache<ReduceKernel>((inputs, output) => ({
    kind: 'reduce',
    id: nextKernelId(),
    name,
    inputs,
    paramCount: 1,
    compute: output.compute,
    combine: 'sum',
    map: build(inputsOf(inputs), param(0)),
    finish: input(0).mul(param(0)),
    output,
  }))
  return (
    backend: Backend,
    shape: readonly number[],
    inputs: readonly Operand[],
    scale: number,
    out: Tensor,
  ): Tensor => {
    if (out.elementCount > 0)
      backend.kernels.reduce(kernelFor(inputs, out.dtypeInfo), shape, inputs, [scale], out)
    return out
  }
}
/** `build(inputs, scale)` for every element of `out`. */
export function fusedMap(name: string, build: Build) {
  const kernelFor = kernelCache<MapKernel>((inputs, output) =>
    mapKernel(name, inputs, 1, output.compute, [{ expr: build(inputsOf(inputs), param(0)), dtype: output }]),
  )
  return (backend: Backend, inputs: readonly Operand[], scale: number, out: Tensor): Tensor => {
    if (out.elementCount > 0) backend.kernels.map(kernelFor(inputs, out.dtypeInfo), inputs, [scale], [out])
    return out
  }
}

const sumOf = fusedSum('mean', ([x]) => x)
const squaredDeviation = fusedSum('variance', ([x, mean]) => x.sub(mean).square())
const inverseRoot = fusedMap('invstd', ([variance], eps) => constant(1).div(variance.add(eps).sqrt()))

/** Mean and (biased) variance over the dims in which `kept` has size 1. */
export function moments(
  backend: Backend,
  x: Tensor,
  kept: readonly number[],
): { mean: Tensor; variance: Tensor } {
  const dtype = momentDtype(x.dtypeInfo)
  const mean = newTensor(backend, dtype, kept)
  const scale = mean.elementCount / x.elementCount
  sumOf(backend, x.shape, [x], scale, mean)
  return {
    mean,
    variance: squaredDeviation(backend, x.shape, [x, mean], scale, newTensor(backend, dtype, kept)),
  }
}
/** `1 / √(variance + eps)`. */
export const inverseDeviation = (backend: Backend, variance: Tensor, eps: number): Tensor =>
  inverseRoot(backend, [variance], eps, newTensor(backend, variance.dtypeInfo, variance.shape))

const plain = fusedMap('normalize', ([x, mean, invstd]) => x.sub(mean).mul(invstd))
const scaled = fusedMap('normalize', ([x, mean, invstd, weight]) => x.sub(mean).mul(invstd).mul(weight))
const shifted = fusedMap('normalize', ([x, mean, invstd, bias]) => x.sub(mean).mul(invstd).add(bias))
const affine = fusedMap('normalize', ([x, mean, invstd, weight, bias]) =>
  x.sub(mean).mul(invstd.mul(weight)).add(bias),
)
/** `(x − mean) · invstd (· weight) (+ bias)`; all broadcast to x. */
export function normalizeInto(
  backend: Backend,
  x: Tensor,
  mean: Tensor,
  invstd: Tensor,
  weight: Operand | null,
  bias: Operand | null,
  out: Tensor,
): Tensor {
  if (weight !== null && bias !== null) return affine(backend, [x, mean, invstd, weight, bias], 0, out)
  if (weight !== null) return scaled(backend, [x, mean, invstd, weight], 0, out)
  return bias !== null
    ? shifted(backend, [x, mean, invstd, bias], 0, out)
    : plain(backend, [x, mean, invstd], 0, out)
}

const xhat = (x: Expr, mean: Expr, invstd: Expr): Expr => x.sub(mean).mul(invstd)
/** Sum of g · x̂: the gradient by the weight. */
export const weightGradient = fusedSum('weightGradient', ([g, x, mean, invstd]) =>
  g.mul(xhat(x, mean, invstd)),
)
/** Sum of g: the gradient by the bias. */
export const biasGradient = fusedSum('biasGradient', ([g]) => g)
const meanGradient = [fusedSum('meanGradient', ([g]) => g), fusedSum('meanGradient', ([g, w]) => g.mul(w))]
const deviationGradient = [
  fusedSum('deviationGradient', ([g, x, mean, invstd]) => g.mul(xhat(x, mean, invstd))),
  fusedSum('deviationGradient', ([g, x, mean, invstd, w]) => g.mul(w).mul(xhat(x, mean, invstd))),
]
const through = [
  fusedMap('normalizeBackward', ([g, x, mean, invstd, a, b]) =>
    g
      .sub(a)
      .sub(xhat(x, mean, invstd).mul(b))
      .mul(invstd),
  ),
  fusedMap('normalizeBackward', ([g, x, mean, invstd, a, b, w]) =>
    g
      .mul(w)
      .sub(a)
      .sub(xhat(x, mean, invstd).mul(b))
      .mul(invstd),
  ),
]
const fixed = [
  fusedMap('normalizeBackward', ([g, invstd]) => g.mul(invstd)),
  fusedMap('normalizeBackward', ([g, invstd, w]) => g.mul(invstd).mul(w)),
]
/** Gradient by x: `invstd · (g w − mean(g w) − x̂ · mean(g w x̂))`; with fixed moments `g w · invstd`. */
export function inputGradient(
  backend: Backend,
  g: Tensor,
  x: Tensor,
  mean: Tensor,
  invstd: Tensor,
  weight: Operand | null,
  byMoments: boolean,
  out: Tensor,
): Tensor {
  const last = weight === null ? [] : [weight]
  if (!byMoments) return fixed[last.length](backend, [g, invstd, ...last], 0, out)
  const scale = mean.elementCount / Math.max(x.elementCount, 1)
  const a = meanGradient[last.length](
    backend,
    x.shape,
    [g, ...last],
    scale,
    newTensor(backend, mean.dtypeInfo, mean.shape),
  )
  const b = deviationGradient[last.length](
    backend,
    x.shape,
    [g, x, mean, invstd, ...last],
    scale,
    newTensor(backend, mean.dtypeInfo, mean.shape),
  )
  return through[last.length](backend, [g, x, mean, invstd, a, b, ...last], 0, out)
}
