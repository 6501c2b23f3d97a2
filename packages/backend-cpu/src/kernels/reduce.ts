// Reductions: splits the dims in reduced and kept ones, chooses the program and runs it.
import { input, mapKernel, nextKernelId } from '@tt/tensor'
import type { CoreKernels, KernelScalar, MapKernel, Operand, ReduceKernel } from '@tt/tensor'
import { move } from '../codegen/access.ts'
import type { Move } from '../codegen/access.ts'
import { descriptor } from '../codegen/descriptor.ts'
import { reduceProgram } from '../codegen/reduce-program.ts'
import type { ReduceForm } from '../codegen/reduce-program.ts'
import type { Addressed } from '../memory/buffers.ts'
import { broadcastStrides, coalesce, count, isDense, sameShape } from './iteration.ts'
import type { Iteration } from './iteration.ts'
import { overOuter } from './map.ts'
import { ProgramCache } from './program-cache.ts'
import { createSplitReduce, storageOf } from './split-reduce.ts'
import { addressOf } from './runtime.ts'
import type { Runtime } from './runtime.ts'

const reducedLoops = 3
const keptLoops = 2
const sizeWord = descriptor.size(0) >> 2
const operandWord = descriptor.pointer(0) >> 2
const wordsPerOperand = descriptor.operandBytes >> 2

/** The reduce kernel of the backend. */
export function createReduce(runtime: Runtime, map: CoreKernels['map']): CoreKernels['reduce'] {
  const cache = new ProgramCache<ReduceKernel>(runtime, (kernel, key, target) => {
    const form: ReduceForm = key % 2 === 0 ? 'inner' : 'outer'
    const operands = kernel.inputs.length + 1
    const moves = Array.from(
      { length: operands },
      (_, k) => (Math.floor(Math.floor(key / 2) / 3 ** k) % 3) as Move,
    )
    return reduceProgram(kernel, form, moves, target)
  })
  const { heap } = runtime
  const base = runtime.descriptor >> 2
  const materialized: ([MapKernel, ReduceKernel] | undefined)[] = []
  const runLarge = createSplitReduce(runtime, cache, (...args) => reduce(...args))

  const reduce: CoreKernels['reduce'] = (kernel, shape, inputs, params, output) => {
    if (count(output.shape) === 0) return
    if (params.length > 0) runtime.writeParams(params, kernel.compute)
    if (runDense(kernel, shape, inputs, params, output)) return
    const rank = shape.length
    const operands = [...inputs, output]
    const strides = operands.map((operand) => broadcastStrides(operand, rank))
    const isReduced = (d: number): boolean => output.shape[d] === 1
    const part = (wanted: boolean, of: readonly (readonly number[])[]): Iteration => {
      const dims = shape.map((_, d) => d).filter((d) => isReduced(d) === wanted)
      return coalesce(
        dims.map((d) => shape[d]),
        of.map((stride) => dims.map((d) => stride[d])),
      )
    }
    const reduced = part(true, strides.slice(0, -1))
    if (reduced.rank > reducedLoops) return reduceCopy(kernel, shape, inputs, params, output)
    const kept = part(false, strides)
    const form = chooseForm(reduced, kept, inputs.length)
    const vectors = form === 'inner' ? reduced : kept
    const words = heap.i32
    const pointers = operands.map(addressOf)
    let key = 0
    operands.forEach((operand, k) => {
      const { itemSize } = operand.dtypeInfo
      const isOutput = k === inputs.length
      const along = isOutput && form === 'inner' ? 0 : vectors.rank === 0 ? 1 : vectors.strides[k][0]
      key += 3 ** k * (along === 0 ? move.still : along === 1 ? move.dense : move.strided)
      const word = base + operandWord + wordsPerOperand * k
      for (let d = 0; d < reducedLoops; d++)
        words[word + 1 + d] = d < reduced.rank && !isOutput ? reduced.strides[k][d] * itemSize : 0
      for (let d = 0; d < keptLoops; d++)
        words[word + 4 + d] = d < kept.rank ? kept.strides[k][d] * itemSize : 0
    })
    for (let d = 0; d < reducedLoops; d++)
      words[base + sizeWord + d] = d < reduced.rank ? reduced.sizes[d] : 1
    for (let d = 0; d < keptLoops; d++) words[base + sizeWord + 3 + d] = d < kept.rank ? kept.sizes[d] : 1
    key = key * 2 + (form === 'inner' ? 0 : 1)
    const program = cache.get(kernel, key)
    const n = count(shape) / count(kept.sizes.slice(keptLoops))
    overOuter(kept.sizes, keptLoops, (index) => {
      for (let k = 0; k < operands.length; k++) {
        let address = pointers[k]
        for (let d = keptLoops; d < kept.rank; d++)
          address += index[d - keptLoops] * kept.strides[k][d] * operands[k].dtypeInfo.itemSize
        heap.i32[base + operandWord + wordsPerOperand * k] = address
      }
      if (n < runtime.threads.least || !runLarge(kernel, key, n, kept.rank <= keptLoops, params))
        program(runtime.descriptor)
    })
  }
  return reduce

  // Dense operands of which the last dims are reduced, or the first.
  function runDense(
    kernel: ReduceKernel,
    shape: readonly number[],
    inputs: readonly Operand[],
    params: readonly KernelScalar[],
    output: Operand,
  ): boolean {
    if (!isDense(output)) return false
    for (let k = 0; k < inputs.length; k++)
      if (!isDense(inputs[k]) || !sameShape(inputs[k].shape, shape)) return false
    const target = output.shape
    // sizes of the runs of dims: kept (or reduced) ones first, then the others, and no third run
    let d = 0
    let first = 1
    let second = 1
    while (d < shape.length && shape[d] === 1) d++
    const startsReduced = d < shape.length && target[d] === 1
    for (; d < shape.length && (shape[d] === 1 || (target[d] === 1) === startsReduced); d++) first *= shape[d]
    for (; d < shape.length && (shape[d] === 1 || (target[d] === 1) !== startsReduced); d++)
      second *= shape[d]
    if (d < shape.length) return false
    const reduced = startsReduced ? first : second
    const kept = startsReduced ? second : first
    // vectors along the last run, unless it is too short to be worth the fold at its end
    const outer = kept > 1 && (startsReduced ? kept >= 4 : reduced < 12)
    if (startsReduced && !outer && kept > 1) return false
    const words = heap.i32
    const innerStride = startsReduced ? kept : 1
    const keptStride = startsReduced ? 1 : reduced
    let key = 0
    let digit = 1
    let word = base + operandWord
    for (let k = 0; k < inputs.length; k++, digit *= 3, word += wordsPerOperand) {
      const { itemSize } = inputs[k].dtypeInfo
      words[word] = addressOf(inputs[k])
      words[word + 1] = innerStride * itemSize
      words[word + 2] = words[word + 3] = words[word + 5] = 0
      words[word + 4] = keptStride * itemSize
      const along = outer ? keptStride : innerStride
      key += digit * (along === 1 ? move.dense : move.strided)
    }
    words[word] = addressOf(output)
    words[word + 1] = words[word + 2] = words[word + 3] = words[word + 5] = 0
    words[word + 4] = output.dtypeInfo.itemSize
    if (outer) key += digit * move.dense
    words[base + sizeWord] = reduced
    words[base + sizeWord + 1] = words[base + sizeWord + 2] = 1
    words[base + sizeWord + 3] = kept
    words[base + sizeWord + 4] = 1
    key = key * 2 + (outer ? 1 : 0)
    const program = cache.get(kernel, key)
    const n = reduced * kept
    if (n < runtime.threads.least || !runLarge(kernel, key, n, true, params)) program(runtime.descriptor)
    return true
  }

  // More reduced dims than loops: the mapped values are first written in an order in which they are one.
  function reduceCopy(
    kernel: ReduceKernel,
    shape: readonly number[],
    inputs: readonly Operand[],
    params: Parameters<typeof reduce>[3],
    output: Operand,
  ): void {
    const dtypeInfo = storageOf[kernel.compute]
    const [copy, rest] = (materialized[kernel.id] ??= [
      mapKernel(`${kernel.name}: map`, kernel.inputs, kernel.paramCount, kernel.compute, [
        { expr: kernel.map, dtype: dtypeInfo },
      ]),
      { ...kernel, id: nextKernelId(), inputs: [dtypeInfo], map: input(0) },
    ])
    const strides = shape.map(() => 0)
    let stride = 1
    for (const wanted of [true, false]) {
      for (let d = shape.length - 1; d >= 0; d--) {
        if ((output.shape[d] === 1) !== wanted) continue
        strides[d] = stride
        stride *= shape[d]
      }
    }
    const bytes = stride * dtypeInfo.itemSize
    const buffer: Addressed = { ptr: runtime.buffers.take(bytes) }
    const values: Operand = { storage: { buffer }, dtypeInfo, shape, strides, offset: 0 }
    try {
      map(copy, inputs, params, [values])
      reduce(rest, shape, [values], params, output)
    } finally {
      runtime.buffers.release(buffer.ptr, bytes)
    }
  }
}

// Vectors along the reduced dim if that is the contiguous one and long enough to pay for the fold at its end.
function chooseForm(reduced: Iteration, kept: Iteration, inputs: number): ReduceForm {
  if (reduced.rank === 0) return 'outer'
  if (kept.rank === 0) return 'inner'
  const cost = (it: Iteration): number => {
    let worst = 0
    for (let k = 0; k < inputs; k++) worst = Math.max(worst, it.strides[k][0])
    return worst
  }
  const [r, k] = [cost(reduced), cost(kept)]
  if (r <= 1 && k > 1) return reduced.sizes[0] < 12 && kept.sizes[0] >= 8 ? 'outer' : 'inner'
  if (k <= 1 && r > 1) return kept.sizes[0] < 4 && reduced.sizes[0] >= 16 ? 'inner' : 'outer'
  return r < k ? 'inner' : 'outer'
}
