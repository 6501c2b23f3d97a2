// Large reductions on several threads: results are divided, or where they are few, what is reduced. Then there are
// partial results, one per part, which are combined in their order.
import { dtypes, input, nextKernelId } from '@tt/tensor'
import type { ComputeType, CoreKernels, DTypeInfo, KernelScalar, Operand, ReduceKernel } from '@tt/tensor'
import { descriptor } from '../codegen/descriptor.ts'
import { elementCost } from '../threads/cost.ts'
import { runSplit } from '../threads/split.ts'
import type { ProgramCache } from './program-cache.ts'
import type { Runtime } from './runtime.ts'

const sizeWord = descriptor.size(0) >> 2
const operandWord = descriptor.pointer(0) >> 2
const wordsPerOperand = descriptor.operandBytes >> 2

/** The dtype that stores values of a compute type as they are. */
export const storageOf: Readonly<Record<ComputeType, DTypeInfo>> = {
  f32: dtypes.float32,
  f64: dtypes.float64,
  i32: dtypes.int32,
  i64: dtypes.int64,
}

type SplitReduce = (
  kernel: ReduceKernel,
  key: number,
  n: number,
  whole: boolean,
  params: readonly KernelScalar[],
) => boolean

/**
 * Divides the reduction that lies in the main descriptor; false if that does not pay or cannot be.
 * `key` is that of its program, `n` counts the elements, `whole` says that the descriptor has all kept dims.
 */
export function createSplitReduce(
  runtime: Runtime,
  cache: ProgramCache<ReduceKernel>,
  reduce: CoreKernels['reduce'],
): SplitReduce {
  const { threads } = runtime
  const costs: (number | undefined)[] = []
  /** Of a kernel: the part without its end, and the combination of the parts. */
  const halves: ([first: ReduceKernel, rest: ReduceKernel] | undefined)[] = []
  const base = runtime.descriptor >> 2
  let combining = false

  return (kernel, key, n, whole, params) => {
    if (combining) return false
    const program = cache.get(kernel, key)
    if (!threads.canShare(program)) return false
    const cost = (costs[kernel.id] ??= elementCost(
      [kernel.map],
      kernel.inputs,
      kernel.compute === 'f64' || kernel.compute === 'i64',
    ))
    const microseconds = (n * cost) / 1000
    const words = runtime.heap.i32
    const outer = key % 2 === 1
    const operands = kernel.inputs.length + 1
    for (const dim of [4, 3]) {
      const size = words[base + sizeWord + dim]
      const align = outer && dim === 3 ? threads.quantum : 1
      const parts = threads.parts(microseconds, Math.floor(size / align))
      if (parts < 2 || (size < 4 * parts && size % parts !== 0)) continue
      const offset = (k: number, start: number): number =>
        start * words[base + operandWord + k * wordsPerOperand + 1 + dim]
      runSplit(runtime, program, operands, kernel.paramCount, { dim, parts, align, offset })
      return true
    }
    return whole && splitReduced(kernel, key, microseconds, params)
  }

  function splitReduced(
    kernel: ReduceKernel,
    key: number,
    microseconds: number,
    params: readonly KernelScalar[],
  ): boolean {
    const words = runtime.heap.i32
    const outer = key % 2 === 1
    let dim = 2
    let parts = 1
    let align = 1
    for (; dim >= 0 && parts < 2; dim--) {
      const size = words[base + sizeWord + dim]
      align = !outer && dim === 0 ? threads.quantum : 1
      parts = threads.parts(microseconds, Math.floor(size / align))
      if (size < 4 * parts && size % parts !== 0) parts = 1
    }
    dim++
    if (parts < 2) return false
    const dtypeInfo = storageOf[kernel.compute]
    const kept = [words[base + sizeWord + 4], words[base + sizeWord + 3]]
    const results = kept[0] * kept[1]
    const address = runtime.partials(parts * results * dtypeInfo.itemSize)
    if (address === 0) return false
    const [first, rest] = (halves[kernel.id] ??= [
      { ...kernel, id: nextKernelId(), finish: null, output: dtypeInfo },
      { ...kernel, id: nextKernelId(), inputs: [dtypeInfo], map: input(0) },
    ])

    // The descriptor's output is replaced by the partial results, and is the output of the combination.
    const last = kernel.inputs.length
    const word = base + operandWord + last * wordsPerOperand
    const output: Operand = {
      storage: { buffer: { ptr: words[word] >>> 0 } },
      dtypeInfo: kernel.output,
      shape: [1, ...kept],
      strides: [0, words[word + 5], words[word + 4]].map((bytes) => bytes / kernel.output.itemSize),
      offset: 0,
    }
    words[word] = address
    words[word + 4] = dtypeInfo.itemSize
    words[word + 5] = dtypeInfo.itemSize * kept[1]
    const digit = 3 ** last
    const moves = (Math.floor(key / 2) % digit) + (outer ? digit : 0)
    const program = cache.get(first, moves * 2 + (key % 2))
    runSplit(runtime, program, last + 1, kernel.paramCount, {
      dim,
      parts,
      align,
      offset: (k, start, part) =>
        k === last
          ? part * results * dtypeInfo.itemSize
          : start * words[base + operandWord + k * wordsPerOperand + 1 + dim],
    })
    const values: Operand = {
      storage: { buffer: { ptr: address } },
      dtypeInfo,
      shape: [parts, ...kept],
      strides: [results, kept[1], 1],
      offset: 0,
    }
    combining = true
    try {
      reduce(rest, values.shape, [values], params, output)
    } finally {
      combining = false
    }
    return true
  }
}
