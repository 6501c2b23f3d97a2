// Memory and operands that live for the time of one kernel: dense copies of inputs, results copied back at the end.
import { dtypes, input, mapKernel } from '@tt/tensor'
import type { CoreKernels, DTypeInfo, MapKernel, Operand } from '@tt/tensor'
import type { AssemblyDType } from '../assembly/index.ts'
import type { Addressed } from '../memory/buffers.ts'
import { count, isDense } from './iteration.ts'
import { addressOf } from './runtime.ts'
import type { Runtime } from './runtime.ts'

const copies: (MapKernel | undefined)[] = []

// The kernel that casts, computing in the type of the source, which loses nothing.
function copyKernel(from: DTypeInfo, to: DTypeInfo): MapKernel {
  const key = from.index * 16 + to.index
  return (copies[key] ??= mapKernel(`copy ${from.name} to ${to.name}`, [from], 0, from.compute, [
    { expr: input(0), dtype: to },
  ]))
}

/** The dtype in which the AssemblyScript kernels work on elements of another. */
export function computeDtype(dtype: DTypeInfo): DTypeInfo {
  if (dtype === dtypes.float16 || dtype === dtypes.bfloat16) return dtypes.float32
  return dtype === dtypes.bool ? dtypes.uint8 : dtype
}

/** The name of a computeDtype. */
export const nameOf = (dtype: DTypeInfo): AssemblyDType => computeDtype(dtype).name as AssemblyDType

/** Row-major strides. */
export function denseStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let d = shape.length - 1; d >= 0; d--) {
    strides[d] = stride
    stride *= shape[d]
  }
  return strides
}

/** The same memory under another dtype of the same size. */
const viewedAs = (operand: Operand, dtypeInfo: DTypeInfo): Operand => {
  const { storage, shape, strides, offset } = operand
  return { storage, dtypeInfo, shape, strides, offset }
}

/** What one call needs besides its operands. `run` gives all of it back. */
export class Temporaries {
  readonly runtime: Runtime
  readonly #map: CoreKernels['map']
  /** Address and size, in turn. */
  readonly #blocks: number[] = []
  readonly #results: [from: Operand, to: Operand][] = []

  constructor(runtime: Runtime, map: CoreKernels['map']) {
    this.runtime = runtime
    this.#map = map
  }

  /** Calls `body`, copies the results where they belong, frees everything. */
  run<R>(body: (t: this) => R): R {
    try {
      const answer = body(this)
      for (const [from, to] of this.#results) this.copy(from, to)
      return answer
    } finally {
      const { buffers } = this.runtime
      for (let i = 0; i < this.#blocks.length; i += 2) buffers.release(this.#blocks[i], this.#blocks[i + 1])
      this.#blocks.length = this.#results.length = 0
    }
  }

  /** Address of a block of so many bytes. */
  bytes(bytes: number): number {
    const size = Math.max(1, bytes)
    const address = this.runtime.buffers.take(size)
    this.#blocks.push(address, size)
    return address
  }

  /** Address of int32 values in memory. */
  words(values: readonly number[]): number {
    const address = this.bytes(values.length * 4)
    this.runtime.heap.i32.set(values, address / 4)
    return address
  }

  /** A new dense operand. */
  empty(shape: readonly number[], dtypeInfo: DTypeInfo): Operand {
    const buffer: Addressed = { ptr: this.bytes(count(shape) * dtypeInfo.itemSize) }
    return { storage: { buffer }, dtypeInfo, shape, strides: denseStrides(shape), offset: 0 }
  }

  copy(from: Operand, to: Operand): void {
    this.#map(copyKernel(from.dtypeInfo, to.dtypeInfo), [from], [], [to])
  }

  /** A dense copy of another dtype. */
  cast(operand: Operand, dtypeInfo: DTypeInfo): Operand {
    const result = this.empty(operand.shape, dtypeInfo)
    this.copy(operand, result)
    return result
  }

  /** The operand itself if it is dense and of its compute dtype (bool counts as uint8), else a copy that is. */
  dense(operand: Operand): Operand {
    return isDense(operand) ? this.native(operand) : this.#copied(operand)
  }

  /** As `dense`, of any strides. */
  native(operand: Operand): Operand {
    const dtype = computeDtype(operand.dtypeInfo)
    if (dtype === operand.dtypeInfo) return operand
    return dtype === dtypes.uint8 ? viewedAs(operand, dtype) : this.#copied(operand)
  }

  #copied(operand: Operand): Operand {
    const dtype = computeDtype(operand.dtypeInfo)
    const copy = this.empty(operand.shape, dtype)
    this.copy(dtype === dtypes.uint8 ? viewedAs(operand, dtype) : operand, copy)
    return copy
  }

  /** Where to write a dense result of the compute dtype; it reaches `operand` at the end of `run`. */
  result(operand: Operand): Operand {
    const dtype = computeDtype(operand.dtypeInfo)
    if (isDense(operand)) {
      if (dtype === operand.dtypeInfo) return operand
      if (dtype === dtypes.uint8) return viewedAs(operand, dtype)
    }
    const result = this.empty(operand.shape, dtype)
    this.#results.push([result, dtype === dtypes.uint8 ? viewedAs(operand, dtype) : operand])
    return result
  }

  /** An operand to be changed in place through a dense copy, if it is not dense itself. */
  inPlace(operand: Operand): Operand {
    const result = this.result(operand)
    if (result.storage.buffer !== operand.storage.buffer) {
      this.copy(
        computeDtype(operand.dtypeInfo) === dtypes.uint8 ? viewedAs(operand, dtypes.uint8) : operand,
        result,
      )
    }
    return result
  }

  /** The operand seen with `dim` last. */
  static lastDim(operand: Operand, dim: number): Operand {
    const { storage, dtypeInfo, shape, strides, offset } = operand
    const move = (of: readonly number[]): number[] => [...of.slice(0, dim), ...of.slice(dim + 1), of[dim]]
    return { storage, dtypeInfo, shape: move(shape), strides: move(strides), offset }
  }
}

export { addressOf }
