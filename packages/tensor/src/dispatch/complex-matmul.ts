// Matrix products of complex operands as one real product: [M, 2K] · [2K, 2N], on pairs of real and imaginary parts.
import type { Backend } from '../backend/backend.ts'
import type { MapKernel, Operand } from '../backend/kernels.ts'
import type { DTypeInfo } from '../dtype.ts'
import { input } from '../expr/expr.ts'
import { contiguousStrides } from '../shape/shape.ts'
import { Tensor, newTensor } from '../tensor.ts'
import { copyElements } from './elements.ts'
import { mapKernel } from './pointwise-record.ts'

/**
 * `out = a · b (+ bias)` of complex operands of 3 dims. A row of `a` and of `out` is read as twice as many real numbers; each
 * element x + iy of `b` becomes the rows (x, y) and (−y, x), by which the parts of `a` are multiplied.
 */
export function complexMatmul(
  backend: Backend,
  a: Operand,
  b: Operand,
  bias: Operand | null,
  out: Operand,
): void {
  const direct = out.strides[2] === 1 || out.shape[2] === 1
  const target = direct ? out : denseLike(backend, out, out.shape)
  backend.kernels.matmul(
    asReal(packed(backend, a, a.shape)),
    expanded(backend, b),
    bias && asReal(packed(backend, bias, [...bias.shape.slice(0, -1), out.shape[2]])),
    asReal(target),
  )
  if (!direct) copyElements(backend, tensorOf(target), tensorOf(out))
}

const tensorOf = ({ storage, dtypeInfo, shape, strides, offset }: Operand): Tensor =>
  new Tensor({
    storage: storage as Tensor['storage'],
    dtypeInfo,
    shape,
    strides,
    offset,
    base: null,
    counter: storage as Tensor['storage'],
  })
const denseLike = (backend: Backend, { dtypeInfo }: Operand, shape: readonly number[]): Tensor =>
  newTensor(backend, dtypeInfo, shape, 'matmul')

// Rows whose elements lie side by side, each pair of parts after the other.
function packed(backend: Backend, x: Operand, shape: readonly number[]): Operand {
  const last = x.shape.length - 1
  if (x.shape[last] === shape[last] && (x.strides[last] === 1 || x.shape[last] === 1)) return x
  const copy = denseLike(backend, x, shape)
  copyElements(backend, tensorOf(x), copy)
  return copy
}

// A dim of [..., N] complex numbers as one of 2N real ones.
function asReal({ storage, dtypeInfo, shape, strides, offset }: Operand): Operand {
  const last = shape.length - 1
  return {
    storage,
    dtypeInfo: dtypeInfo.component!,
    shape: shape.with(last, 2 * shape[last]),
    strides: strides.map((stride, d) => (d === last ? 1 : 2 * stride)),
    offset: 2 * offset,
  }
}

// [B, K, N] complex → [B, 2K, 2N] real
function expanded(backend: Backend, b: Operand): Operand {
  const dtype = b.dtypeInfo.component!
  const [batch, k, n] = b.shape
  const { storage } = newTensor(backend, dtype, [batch, 2 * k, 2 * n], 'matmul')
  const part = (x: number): Operand => ({
    storage: b.storage,
    dtypeInfo: dtype,
    shape: b.shape,
    strides: b.strides.map((stride) => 2 * stride),
    offset: 2 * b.offset + x,
  })
  const corner = (row: number, column: number): Operand => ({
    storage,
    dtypeInfo: dtype,
    shape: b.shape,
    strides: [4 * k * n, 4 * n, 2],
    offset: 2 * n * row + column,
  })
  const outputs = [corner(0, 0), corner(0, 1), corner(1, 0), corner(1, 1)]
  if (batch * k * n > 0) backend.kernels.map(expansion(dtype), [part(0), part(1)], [], outputs)
  const shape = [batch, 2 * k, 2 * n]
  return { storage, dtypeInfo: dtype, shape, strides: contiguousStrides(shape), offset: 0 }
}

const expansions = new Map<number, MapKernel>()
function expansion(dtype: DTypeInfo): MapKernel {
  let kernel = expansions.get(dtype.index)
  if (kernel === undefined) {
    const [x, y] = [input(0), input(1)]
    const outputs = [x, y, y.neg(), x].map((expr) => ({ expr, dtype }))
    kernel = mapKernel('complexFactor', [dtype, dtype], 0, dtype.compute, outputs)
    expansions.set(dtype.index, kernel)
  }
  return kernel
}
