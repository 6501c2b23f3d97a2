// Kernels that move elements by index tensors. All indices are checked before the first write.
import type { CoreKernels, Operand, ScatterMode } from '../../backend/kernels.ts'
import type { ComputeType } from '../../dtype.ts'
import { IndexError, check } from '../../errors.ts'
import { combinationOf } from '../../expr/meaning.ts'
import { plus, wideType } from '../../host/element-value.ts'
import type { ElementValue } from '../../host/element-value.ts'
import { Window, at, eachIndex } from './window.ts'

/** The positions an index tensor holds, each from 0 to size − 1. */
function positionsOf(
  op: string,
  index: Operand,
  dim: number,
  size: number,
  wrap = false,
): (at: readonly number[]) => number {
  const window = new Window(index)
  eachIndex(index.shape, (place) => {
    const value = window.get(place)
    check(
      value < size && value >= (wrap ? -size : 0),
      () => new IndexError(op, `index ${value} is out of bounds for dim ${dim} with size ${size}`),
    )
  })
  return (place) => {
    const value = Number(window.get(place))
    return value < 0 ? value + size : value
  }
}

export const gather: CoreKernels['gather'] = (input, dim, index, out) => {
  const [source, target] = [new Window(input), new Window(out)]
  const position = positionsOf('gather', index, dim, input.shape[dim])
  eachIndex(out.shape, (place) => target.set(place, source.get(at(place, dim, position(place)))))
}

const combineModes = { sum: 'sum', prod: 'prod', amax: 'max', amin: 'min' } as const

/** What is there after a value was scattered onto another. */
const scatterRule = (
  mode: ScatterMode,
  compute: ComputeType,
): ((old: ElementValue, value: ElementValue) => ElementValue) =>
  mode === 'set' ? (_old, value) => value : combinationOf(combineModes[mode], wideType(compute)).combine

export const scatter: CoreKernels['scatter'] = (target, dim, index, source, mode) => {
  const [window, values] = [new Window(target), new Window(source)]
  const position = positionsOf('scatter', index, dim, target.shape[dim])
  const rule = scatterRule(mode, target.dtypeInfo.compute)
  eachIndex(index.shape, (place) => {
    const to = at(place, dim, position(place))
    window.set(to, rule(window.get(to), values.get(place)))
  })
}

/** Calls `visit` for each element of an advanced indexing: its index in the tensor, and in the result. */
function eachIndexed(
  op: string,
  tensor: Operand,
  indices: readonly (Operand | null)[],
  where: number,
  resultShape: readonly number[],
  visit: (tensorAt: number[], resultAt: number[]) => void,
): void {
  const shape = indices.find((index) => index !== null)!.shape
  const positions = indices.map((index, dim) => index && positionsOf(op, index, dim, tensor.shape[dim], true))
  eachIndex(resultShape, (result) => {
    const point = result.slice(where, where + shape.length)
    const kept = result.toSpliced(where, shape.length)
    let next = 0
    visit(
      tensor.shape.map((_, dim) => positions[dim]?.(point) ?? kept[next++]),
      result,
    )
  })
}

export const indexGet: CoreKernels['indexGet'] = (input, indices, where, out) => {
  const [source, target] = [new Window(input), new Window(out)]
  eachIndexed('index', input, indices, where, out.shape, (from, to) => target.set(to, source.get(from)))
}

export const indexPut: CoreKernels['indexPut'] = (target, indices, where, source, accumulate) => {
  const [window, values] = [new Window(target), new Window(source)]
  eachIndexed('indexPut', target, indices, where, source.shape, (to, from) => {
    const value = values.get(from)
    window.set(to, accumulate ? plus(window.get(to), value) : value)
  })
}
