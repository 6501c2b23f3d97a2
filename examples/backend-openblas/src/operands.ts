// Windows on the cpu backend's memory, temporaries in it, and copies between them by its own kernels.
import { constant, contiguousStrides, input, mapKernel, numelOf } from '@tt/tensor'
import type { DTypeInfo, MapKernel, Operand } from '@tt/tensor'
import type { CpuBackend } from '@tt/backend-cpu'

/** Another window on the memory of an operand, `start` elements after its first one. */
export const windowOn = (
  { storage, dtypeInfo, offset }: Operand,
  shape: readonly number[],
  strides: readonly number[],
  start = 0,
): Operand => ({ storage, dtypeInfo, shape, strides, offset: offset + start })

/** The dims in another order. */
export const permuted = (operand: Operand, order: readonly number[]): Operand =>
  windowOn(
    operand,
    order.map((d) => operand.shape[d]),
    order.map((d) => operand.strides[d]),
  )

/** Whether it lies in memory row-major without gaps. */
export const isDense = ({ shape, strides }: Operand): boolean => {
  const plain = contiguousStrides(shape)
  return shape.every((size, d) => size === 1 || strides[d] === plain[d])
}

// One kernel for each dtype.
const forEachDtype = (make: (dtype: DTypeInfo) => MapKernel): ((dtype: DTypeInfo) => MapKernel) => {
  const made: MapKernel[] = []
  return (dtype) => (made[dtype.index] ??= make(dtype))
}
const zeros = forEachDtype((dtype) =>
  mapKernel('zeros', [], 0, dtype.compute, [{ expr: constant(0), dtype }]),
)
const copies = forEachDtype((dtype) =>
  mapKernel('copy', [dtype], 0, dtype.compute, [{ expr: input(0), dtype }]),
)
const sums = forEachDtype((dtype) =>
  mapKernel('add', [dtype, dtype], 0, dtype.compute, [{ expr: input(0).add(input(1)), dtype }]),
)

/** What the kernels of the plug-in share: the backend that they extend. */
export class Workspace {
  readonly #cpu: CpuBackend

  constructor(cpu: CpuBackend) {
    this.#cpu = cpu
  }
  fillZeros(out: Operand): void {
    this.#cpu.kernels.map(zeros(out.dtypeInfo), [], [], [out])
  }
  copy(from: Operand, to: Operand): void {
    this.#cpu.kernels.map(copies(from.dtypeInfo), [from], [], [to])
  }
  /** `out = x + y`, broadcast. */
  add(x: Operand, y: Operand, out: Operand): void {
    this.#cpu.kernels.map(sums(out.dtypeInfo), [x, y], [], [out])
  }
  /** Calls `body` with a new dense operand, whose memory goes back at the end. */
  temporary<R>(shape: readonly number[], dtypeInfo: DTypeInfo, body: (operand: Operand) => R): R {
    const buffer = this.#cpu.allocate(Math.max(1, numelOf(shape)) * dtypeInfo.itemSize)
    try {
      return body({ storage: { buffer }, dtypeInfo, shape, strides: contiguousStrides(shape), offset: 0 })
    } finally {
      this.#cpu.free(buffer)
    }
  }
  /** Calls `body` with the operand itself if `fits`, else with a dense copy of it. */
  copied<R>(operand: Operand, fits: boolean, body: (operand: Operand) => R): R {
    if (fits) return body(operand)
    return this.temporary(operand.shape, operand.dtypeInfo, (copy) => {
      this.copy(operand, copy)
      return body(copy)
    })
  }
  /** Calls `body` with a dense operand, the output itself if it is dense; what was written reaches the output. */
  result(out: Operand, body: (operand: Operand) => void): void {
    if (isDense(out)) return body(out)
    this.temporary(out.shape, out.dtypeInfo, (dense) => {
      body(dense)
      this.copy(dense, out)
    })
  }
}
