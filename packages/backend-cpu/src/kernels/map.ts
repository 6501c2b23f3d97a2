// Elementwise kernels: chooses the program for the operands' layout and runs it.
import type { CoreKernels, MapKernel, Operand } from '@tt/tensor'
import { move } from '../codegen/access.ts'
import type { Move } from '../codegen/access.ts'
import { descriptor } from '../codegen/descriptor.ts'
import { mapProgram } from '../codegen/map-program.ts'
import { broadcastStrides, coalesce, count, isDense, isSuffix } from './iteration.ts'
import type { Iteration } from './iteration.ts'
import { elementCost } from '../threads/cost.ts'
import { runSplit } from '../threads/split.ts'
import { ProgramCache } from './program-cache.ts'
import type { Program } from './program-cache.ts'
import { addressOf } from './runtime.ts'
import type { Runtime } from './runtime.ts'

const sizeWord = descriptor.size(0) >> 2
const operandWord = descriptor.pointer(0) >> 2
const wordsPerOperand = descriptor.operandBytes >> 2

/** How every operand moves, as one number: base 3, plus a leading 1 that keeps the count. */
const movesOf = (key: number, operands: number): Move[] =>
  Array.from({ length: operands }, (_, k) => (Math.floor(key / 3 ** k) % 3) as Move)

/** The map kernel of the backend. */
export function createMap(runtime: Runtime): CoreKernels['map'] {
  const cache = new ProgramCache<MapKernel>(runtime, (kernel, key, target) =>
    mapProgram(kernel, movesOf(key, kernel.inputs.length + kernel.outputs.length), target),
  )
  const { heap, threads } = runtime
  const costs: (number | undefined)[] = []
  const base = runtime.descriptor >> 2

  return (kernel, inputs, params, outputs) => {
    const { shape } = outputs[0]
    const n = count(shape)
    if (n === 0) return
    if (inputs.length + outputs.length > descriptor.maxOperands || params.length > descriptor.maxParams)
      tooMany(kernel)
    if (params.length > 0) runtime.writeParams(params, kernel.compute)
    for (let k = 0; k < outputs.length; k++)
      if (!isDense(outputs[k])) return runStrided(kernel, inputs, outputs)
    // Dense operands, single elements, and rows that repeat (a bias, say) need no search for the loops.
    let rowLength = n
    for (let k = 0; k < inputs.length; k++) {
      const operand = inputs[k]
      const size = count(operand.shape)
      if (size === 1) continue
      if (!isDense(operand) || !isSuffix(operand.shape, shape)) return runStrided(kernel, inputs, outputs)
      if (size === n) continue
      if (rowLength !== n && rowLength !== size) return runStrided(kernel, inputs, outputs)
      rowLength = size
    }
    const words = heap.i32
    let key = 0
    let digit = 1
    let word = base + operandWord
    for (let k = 0; k < inputs.length; k++, digit *= 3, word += wordsPerOperand) {
      const operand = inputs[k]
      const size = count(operand.shape)
      if (size !== 1 || n === 1) key += digit // move.dense
      words[word] = addressOf(operand)
      words[word + 1] = size !== 1 ? operand.dtypeInfo.itemSize : 0
      words[word + 2] = size === n ? rowLength * operand.dtypeInfo.itemSize : 0
      words[word + 3] = 0
    }
    for (let k = 0; k < outputs.length; k++, digit *= 3, word += wordsPerOperand) {
      const operand = outputs[k]
      key += digit
      words[word] = addressOf(operand)
      words[word + 1] = operand.dtypeInfo.itemSize
      words[word + 2] = rowLength * operand.dtypeInfo.itemSize
      words[word + 3] = 0
    }
    words[base + sizeWord] = rowLength
    words[base + sizeWord + 1] = n / rowLength
    words[base + sizeWord + 2] = 1
    const program = cache.get(kernel, key)
    if (n < threads.least) program(runtime.descriptor)
    else runLarge(kernel, program, n, inputs.length + outputs.length)
  }

  // On several threads if that pays: planes, rows or, where there are too few of them, elements are divided.
  function runLarge(kernel: MapKernel, program: Program, n: number, operands: number): void {
    const cost = (costs[kernel.id] ??= costOf(kernel))
    const words = heap.i32
    for (let dim = 2; dim >= 0 && threads.canShare(program); dim--) {
      const size = words[base + sizeWord + dim]
      const align = dim === 0 ? threads.quantum : 1
      const parts = threads.parts((n * cost) / 1000, Math.ceil(size / align))
      // an uneven division in few pieces is left for the next dim
      if (parts < 2 || (dim > 0 && size < 4 * parts && size % parts !== 0)) continue
      const offset = (k: number, start: number): number =>
        start * words[base + operandWord + wordsPerOperand * k + 1 + dim]
      return runSplit(runtime, program, operands, kernel.paramCount, { dim, parts, align, offset })
    }
    program(runtime.descriptor)
  }

  function runStrided(kernel: MapKernel, inputs: readonly Operand[], outputs: readonly Operand[]): void {
    const operands = [...inputs, ...outputs]
    const { shape } = outputs[0]
    const it = coalesce(
      shape,
      operands.map((operand) => broadcastStrides(operand, shape.length)),
    )
    tile(it)
    let key = 0
    const words = heap.i32
    const pointers = operands.map(addressOf)
    operands.forEach((operand, k) => {
      const size = operand.dtypeInfo.itemSize
      const strides = it.strides[k]
      const inner = it.rank === 0 ? 1 : strides[0]
      key += 3 ** k * (inner === 0 ? move.still : inner === 1 ? move.dense : move.strided)
      const word = base + operandWord + wordsPerOperand * k
      for (let d = 0; d < 3; d++) words[word + 1 + d] = d < it.rank ? strides[d] * size : 0
    })
    for (let d = 0; d < 3; d++) words[base + sizeWord + d] = d < it.rank ? it.sizes[d] : 1
    const program = cache.get(kernel, key)
    const n = count(it.sizes.slice(0, 3))
    overOuter(it.sizes, 3, (index) => {
      for (let k = 0; k < operands.length; k++) {
        let address = pointers[k]
        for (let d = 3; d < it.rank; d++)
          address += index[d - 3] * it.strides[k][d] * operands[k].dtypeInfo.itemSize
        heap.i32[base + operandWord + wordsPerOperand * k] = address
      }
      if (n < threads.least) program(runtime.descriptor)
      else runLarge(kernel, program, n, operands.length)
    })
  }
}

const costOf = ({ inputs, outputs, compute }: MapKernel): number =>
  elementCost(
    outputs.map((output) => output.expr),
    [...inputs, ...outputs.map((output) => output.dtype)],
    compute === 'f64' || compute === 'i64',
  )

/** Elements of a tile's row: a cache line or two, so that what is read across the rows is still there for the next. */
const tileWidth = 16

// Where one operand runs fast along dim 0 and another along dim 1 (a transposition), dim 0 is cut into strips.
function tile(it: Iteration): void {
  const { sizes, strides } = it
  if (it.rank < 2 || sizes[0] <= tileWidth || sizes[0] % tileWidth !== 0 || sizes[1] < tileWidth) return
  if (!strides.some((of) => of[1] > 0 && of[0] > 4 * of[1])) return
  sizes.splice(2, 0, sizes[0] / tileWidth)
  sizes[0] = tileWidth
  for (const of of strides) of.splice(2, 0, of[0] * tileWidth)
  it.rank++
}

/** Calls `visit` for every index of the dims from `first` on. */
export function overOuter(
  sizes: readonly number[],
  first: number,
  visit: (index: readonly number[]) => void,
): void {
  const index = Array.from({ length: Math.max(0, sizes.length - first) }, () => 0)
  for (;;) {
    visit(index)
    let d = 0
    while (d < index.length && ++index[d] === sizes[first + d]) index[d++] = 0
    if (d === index.length) return
  }
}

function tooMany(kernel: MapKernel): never {
  throw new Error(
    `backend-cpu: a kernel takes at most ${descriptor.maxOperands} operands and ${descriptor.maxParams} scalars, ` +
      `got ${kernel.inputs.length + kernel.outputs.length} and ${kernel.paramCount} in ${kernel.name}.`,
  )
}
