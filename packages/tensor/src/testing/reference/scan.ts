// Kernels along one dim: positions of extremes, running combinations, sorting.
import type { CoreKernels } from '../../backend/kernels.ts'
import { combinationOf } from '../../expr/meaning.ts'
import { isNaNValue, toCompute, wideType } from '../../host/element-value.ts'
import type { ElementValue } from '../../host/element-value.ts'
import { Window, at, eachIndex } from './window.ts'

/** The indices of the first element of each line along `dim`. */
const lines = (shape: readonly number[], dim: number, visit: (start: number[]) => void): void =>
  eachIndex(shape[dim] === 0 ? [0] : shape.with(dim, 1), visit)
const lineOf = (source: Window, start: readonly number[], dim: number): ElementValue[] =>
  Array.from({ length: source.shape[dim] }, (_, i) => source.get(at(start, dim, i)))

/** Whether x comes before y in a sort: ascending, NaN last. */
function less(x: ElementValue, y: ElementValue): boolean {
  return isNaNValue(y) ? !isNaNValue(x) : x < y
}

export const argReduce: CoreKernels['argReduce'] = (mode, input, dim, values, indices) => {
  const [source, positions] = [new Window(input), new Window(indices)]
  const extremes = values && new Window(values)
  lines(input.shape, dim, (start) => {
    const line = lineOf(source, start, dim)
    let best = 0
    for (let i = 1; i < line.length && !isNaNValue(line[best]); i++) {
      if (isNaNValue(line[i]) || (mode === 'max' ? line[i] > line[best] : line[i] < line[best])) best = i
    }
    positions.set(start, BigInt(best))
    extremes?.set(start, line[best])
  })
}

export const scan: CoreKernels['scan'] = (mode, input, dim, output, indices) => {
  const [source, target] = [new Window(input), new Window(output)]
  const positions = indices && new Window(indices)
  const wide = wideType(output.dtypeInfo.compute)
  const { combine } = combinationOf(mode, wide)
  lines(input.shape, dim, (start) => {
    const line = lineOf(source, start, dim).map((x) => toCompute(x, wide))
    let total = line[0]
    let last = 0
    for (let i = 0; i < line.length; i++) {
      if (i > 0) {
        if (
          isNaNValue(line[i]) ||
          (!isNaNValue(total) && (mode === 'max' ? line[i] >= total : line[i] <= total))
        )
          last = i
        total = combine(total, line[i])
      }
      target.set(at(start, dim, i), total)
      positions?.set(at(start, dim, i), BigInt(last))
    }
  })
}

export const sort: CoreKernels['sort'] = (input, dim, descending, values, indices) => {
  const [source, target, positions] = [new Window(input), new Window(values), new Window(indices)]
  lines(input.shape, dim, (start) => {
    const line = lineOf(source, start, dim)
    const order = line.map((_, i) => i)
    order.sort((i, j) => {
      const [a, b] = descending ? [line[j], line[i]] : [line[i], line[j]]
      return less(a, b) ? -1 : less(b, a) ? 1 : 0 // Array.prototype.sort is stable
    })
    order.forEach((from, i) => {
      target.set(at(start, dim, i), line[from])
      positions.set(at(start, dim, i), BigInt(from))
    })
  })
}
