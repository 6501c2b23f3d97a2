// Kernels that go along one dim: positions of extremes, running combinations, sorting.
import { combinationOf, toCompute, wideType } from '@tt/tensor'
import type { CoreKernels, ElementValue, Operand } from '@tt/tensor'
import { Elements, pathOf, walk } from './walk.ts'

/** The elements of one operand along a dim, from `start` on. */
class Line {
  readonly #elements: Elements
  readonly #stride: number
  start = 0

  constructor(operand: Operand, dim: number) {
    this.#elements = new Elements(operand)
    this.#stride = operand.strides[dim]
  }
  get(i: number): ElementValue {
    return this.#elements.get(this.start + i * this.#stride)
  }
  set(i: number, value: ElementValue): void {
    this.#elements.set(this.start + i * this.#stride, value)
  }
}

/** Visits each line of the first operand along `dim`, with those of the others beside it. */
function eachLine(dim: number, operands: readonly Operand[], visit: (lines: readonly Line[]) => void): void {
  const starts = operands[0].shape.with(dim, 1)
  const lines = operands.map((operand) => new Line(operand, dim))
  const paths = operands.map((operand) => pathOf(operand, starts))
  walk(starts, paths, (positions) => {
    lines.forEach((line, i) => (line.start = positions[i]))
    visit(lines)
  })
}

const isNaNValue = (x: ElementValue): boolean => x !== x
/** Whether x comes before y in rising order, NaN last. */
const isLess = (x: ElementValue, y: ElementValue): boolean => (isNaNValue(y) ? !isNaNValue(x) : x < y)

export const argReduce: CoreKernels['argReduce'] = (mode, input, dim, values, indices) =>
  eachLine(dim, [input, indices, values ?? []].flat(), ([source, positions, extremes]) => {
    let best = 0
    for (let i = 1; i < input.shape[dim] && !isNaNValue(source.get(best)); i++) {
      const [x, y] = [source.get(i), source.get(best)]
      if (isNaNValue(x) || (mode === 'max' ? x > y : x < y)) best = i
    }
    positions.set(0, BigInt(best))
    extremes?.set(0, source.get(best))
  })

export const scan: CoreKernels['scan'] = (mode, input, dim, output, indices) => {
  const wide = wideType(output.dtypeInfo.compute)
  const { combine } = combinationOf(mode, wide)
  eachLine(dim, [input, output, indices ?? []].flat(), ([source, target, positions]) => {
    let [total, last]: [ElementValue, number] = [0, 0]
    for (let i = 0; i < input.shape[dim]; i++) {
      const x = toCompute(source.get(i), wide)
      const next: ElementValue = i === 0 ? x : combine(total, x)
      if (isNaNValue(x) || next === x) last = i // the last of equals; NaN stays
      total = next
      target.set(i, total)
      positions?.set(i, BigInt(last))
    }
  })
}

export const sort: CoreKernels['sort'] = (input, dim, descending, values, indices) =>
  eachLine(dim, [input, values, indices], ([source, target, positions]) => {
    const line = Array.from({ length: input.shape[dim] }, (_, i) => source.get(i))
    const order = line.map((_, i) => i) // Array.prototype.sort is stable
    order.sort((i, j) => {
      const [x, y] = descending ? [line[j], line[i]] : [line[i], line[j]]
      return Number(isLess(y, x)) - Number(isLess(x, y))
    })
    order.forEach((from, i) => {
      target.set(i, line[from])
      positions.set(i, BigInt(from))
    })
  })
