// Kernels that move elements by index tensors. All indices are checked before the first write.
import { IndexError, combinationOf, wideType } from '@tt/tensor'
import type { Combine, CoreKernels, Operand } from '@tt/tensor'
import { Elements, pathOf, walk } from './walk.ts'
import type { Path } from './walk.ts'

/** How far an index tensor, read at some place, leads along a dim; negative ones count from the end if `wraps`. */
function stepsOf(op: string, index: Operand, { shape, strides }: Operand, dim: number, wraps: boolean) {
  const [elements, size] = [new Elements(index), shape[dim]]
  walk(index.shape, [pathOf(index, index.shape)], ([place]) => {
    const value = elements.get(place)
    if (value >= size || value < (wraps ? -size : 0))
      throw new IndexError(op, `index ${value} is out of bounds for dim ${dim} with size ${size}`)
  })
  return (place: number): number => ((Number(elements.get(place)) + size) % size) * strides[dim]
}

/** The path on which `dim` does not move: the index says where it is. */
const besides = ({ offset, strides }: Operand, dim: number): Path => ({
  start: offset,
  strides: strides.with(dim, 0),
})

export const gather: CoreKernels['gather'] = (input, dim, index, out) => {
  const [source, target] = [new Elements(input), new Elements(out)]
  const step = stepsOf('gather', index, input, dim, false)
  const paths = [besides(input, dim), pathOf(index, out.shape), pathOf(out, out.shape)]
  walk(out.shape, paths, ([from, at, to]) => target.set(to, source.get(from + step(at))))
}

const combines = { sum: 'sum', prod: 'prod', amax: 'max', amin: 'min' } satisfies Record<string, Combine>

export const scatter: CoreKernels['scatter'] = (target, dim, index, source, mode) => {
  const [elements, values] = [new Elements(target), new Elements(source)]
  const step = stepsOf('scatter', index, target, dim, false)
  const rule = mode === 'set' ? null : combinationOf(combines[mode], wideType(target.dtypeInfo.compute))
  const whole = { start: source.offset, strides: source.strides } // it may be larger than the index
  walk(index.shape, [besides(target, dim), pathOf(index, index.shape), whole], ([base, at, from]) => {
    const [to, value] = [base + step(at), values.get(from)]
    elements.set(to, rule ? rule.combine(elements.get(to), value) : value)
  })
}

/** Visits the elements of an advanced indexing: their places in the tensor, and in what is read or written. */
function eachIndexed(
  op: string,
  tensor: Operand,
  indices: readonly (Operand | null)[],
  where: number,
  result: Operand,
  visit: (tensorPlace: number, resultPlace: number) => void,
): void {
  const given = indices.flatMap((index, dim) => (index === null ? [] : [{ index, dim }]))
  const steps = given.map(({ index, dim }) => stepsOf(op, index, tensor, dim, true))
  const kept = tensor.strides.filter((_, dim) => !indices[dim])
  // The dims of the index tensors stand at `where`, the kept dims of the tensor around them.
  const around = (strides: readonly number[], at: readonly number[]): number[] =>
    strides.toSpliced(where, 0, ...at)
  const [still, nowhere] = [kept.map(() => 0), given[0].index.shape.map(() => 0)]
  const readers = given.map(({ index }): Path => {
    const { start, strides } = pathOf(index, index.shape)
    return { start, strides: around(still, strides) }
  })
  const base = { start: tensor.offset, strides: around(kept, nowhere) }
  walk(result.shape, [base, pathOf(result, result.shape), ...readers], ([from, place, ...at]) =>
    visit(
      steps.reduce((sum, step, i) => sum + step(at[i]), from),
      place,
    ),
  )
}

export const indexGet: CoreKernels['indexGet'] = (input, indices, where, out) => {
  const [source, target] = [new Elements(input), new Elements(out)]
  eachIndexed('index', input, indices, where, out, (from, to) => target.set(to, source.get(from)))
}

export const indexPut: CoreKernels['indexPut'] = (target, indices, where, source, accumulate) => {
  const [elements, values] = [new Elements(target), new Elements(source)]
  const { combine } = combinationOf('sum', wideType(target.dtypeInfo.compute))
  eachIndexed('indexPut', target, indices, where, source, (to, from) => {
    const value = values.get(from)
    elements.set(to, accumulate ? combine(elements.get(to), value) : value)
  })
}
