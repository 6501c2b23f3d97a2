// Random chains of views, each with its model: the plain list of which element of the memory it shows where.
import fc from 'fast-check'
import type { Tensor } from '@tt/tensor'

/** A view as it should be: its shape, and for each of its elements the flat position in the memory. */
export interface Model {
  readonly shape: readonly number[]
  readonly positions: readonly number[]
}

/** A view op with three random naturals, from which it takes dims and sizes that fit. */
export interface Step {
  readonly op: keyof typeof ops
  readonly numbers: readonly [number, number, number]
}

const numelOf = (shape: readonly number[]): number => shape.reduce((n, size) => n * size, 1)

/** The model of a whole row-major tensor. */
export const wholeModel = (shape: readonly number[]): Model => ({
  shape,
  positions: Array.from({ length: numelOf(shape) }, (_, i) => i),
})

/** The indices of a shape in order. */
function* indicesOf(shape: readonly number[]): Generator<number[]> {
  for (let i = 0; i < numelOf(shape); i++) {
    const index: number[] = []
    for (let d = shape.length - 1, rest = i; d >= 0; rest = Math.floor(rest / shape[d]), d--)
      index[d] = rest % shape[d]
    yield index
  }
}

// The model of a view: `from` says which index of the old shape an index of the new one shows.
function remapped(
  model: Model,
  shape: readonly number[],
  from: (index: readonly number[]) => readonly number[],
): Model {
  const flat = (index: readonly number[]) => index.reduce((at, i, d) => at * model.shape[d] + i, 0)
  return { shape, positions: Array.from(indicesOf(shape), (index) => model.positions[flat(from(index))]) }
}

const without = <T>(list: readonly T[], at: number): T[] => list.filter((_, i) => i !== at)
const inserted = <T>(list: readonly T[], at: number, value: T): T[] => [
  ...list.slice(0, at),
  value,
  ...list.slice(at),
]
const moved = <T>(list: readonly T[], from: number, to: number): T[] =>
  inserted(without(list, from), to, list[from])

type Pair = [tensor: Tensor, model: Model]
type ViewOp = (pair: Pair, a: number, b: number, c: number) => Pair | null

/** Each answers null where it does not apply. */
const ops = {
  movedim([x, m], a, b) {
    if (m.shape.length < 2) return null
    const [from, to] = [a % m.shape.length, b % m.shape.length]
    return [
      x.movedim(from, to - m.shape.length),
      remapped(m, moved(m.shape, from, to), (i) => moved(i, to, from)),
    ]
  },
  narrow([x, m], a, b, c) {
    if (m.shape.length === 0) return null
    const dim = a % m.shape.length
    const start = b % (m.shape[dim] + 1)
    const length = c % (m.shape[dim] - start + 1)
    return [
      x.narrow(dim, start, length),
      remapped(m, m.shape.with(dim, length), (i) => i.with(dim, i[dim] + start)),
    ]
  },
  step([x, m], a, b, c) {
    if (m.shape.length === 0) return null
    const [dim, step, start] = [a % m.shape.length, (b % 3) + 1, c % (m.shape[a % m.shape.length] + 1)]
    const size = Math.ceil((m.shape[dim] - start) / step)
    return [
      x.at(...Array.from({ length: dim }, () => ':'), `${start}::${step}`),
      remapped(m, m.shape.with(dim, size), (i) => i.with(dim, start + i[dim] * step)),
    ]
  },
  select([x, m], a, b) {
    if (m.shape.length === 0) return null
    const dim = a % m.shape.length
    if (m.shape[dim] === 0) return null
    const at = b % m.shape[dim]
    return [x.select(dim, at - m.shape[dim]), remapped(m, without(m.shape, dim), (i) => inserted(i, dim, at))]
  },
  unsqueeze([x, m], a) {
    const dim = a % (m.shape.length + 1)
    return [x.unsqueeze(dim), remapped(m, inserted(m.shape, dim, 1), (i) => without(i, dim))]
  },
  squeeze([x, m], a) {
    if (m.shape.length === 0) return null
    const dim = a % m.shape.length
    if (m.shape[dim] !== 1) return [x.squeeze(dim), m]
    return [x.squeeze(dim), remapped(m, without(m.shape, dim), (i) => inserted(i, dim, 0))]
  },
  expand([x, m], a, b) {
    const size = (b % 3) + 1
    const shape = [size, ...m.shape.map((n, d) => (n === 1 && d === a % m.shape.length ? size : n))]
    return [
      x.expand(shape),
      remapped(m, shape, (i) => i.slice(1).map((at, d) => (m.shape[d] === 1 ? 0 : at))),
    ]
  },
  diagonal([x, m], a, b, c) {
    if (m.shape.length < 2) return null
    const dim1 = a % m.shape.length
    const dim2 = (dim1 + 1 + (b % (m.shape.length - 1))) % m.shape.length
    const offset = (c % 3) - 1
    const [rows, columns] = [m.shape[dim1], m.shape[dim2]]
    const size = Math.max(
      0,
      offset >= 0 ? Math.min(rows, columns - offset) : Math.min(rows + offset, columns),
    )
    const rest = m.shape.filter((_, d) => d !== dim1 && d !== dim2)
    return [
      x.diagonal({ offset, dim1, dim2 }),
      remapped(m, [...rest, size], (i) => {
        const at = i[i.length - 1]
        const others = i.slice(0, -1)
        let next = 0
        return m.shape.map((_, d) =>
          d === dim1 ? at + Math.max(0, -offset) : d === dim2 ? at + Math.max(0, offset) : others[next++],
        )
      }),
    ]
  },
  unfold([x, m], a, b, c) {
    if (m.shape.length === 0) return null
    const dim = a % m.shape.length
    const size = b % (m.shape[dim] + 1)
    const step = (c % 2) + 1
    const count = Math.floor((m.shape[dim] - size) / step) + 1
    return [
      x.unfold(dim, size, step),
      remapped(m, [...m.shape.with(dim, count), size], (i) => {
        const index = i.slice(0, -1)
        return index.with(dim, index[dim] * step + i[i.length - 1])
      }),
    ]
  },
  flatten([x, m]) {
    if (!x.isContiguous()) return null
    const shape = [numelOf(m.shape)]
    return [x.view(shape), { shape, positions: m.positions }]
  },
} satisfies Record<string, ViewOp>

/** The view and its model after all steps; steps that do not apply, or grow it beyond 200 elements, are left out. */
export function follow(tensor: Tensor, model: Model, steps: readonly Step[]): Pair {
  let pair: Pair = [tensor, model]
  for (const { op, numbers } of steps) {
    const next: Pair | null = (ops[op] as ViewOp)(pair, ...numbers)
    if (next !== null && next[1].positions.length <= 200) pair = next
  }
  return pair
}

/** Whether several elements of the view are one in memory. */
export const repeats = ({ positions }: Model): boolean => new Set(positions).size < positions.length

/** Random shapes with 0-dim and empty ones, of at most 60 elements. */
export const shapes: fc.Arbitrary<number[]> = fc
  .array(fc.constantFrom(1, 2, 3, 4, 2, 3, 0), { maxLength: 4 })
  .filter((shape) => numelOf(shape) <= 60)
/** Random chains of view ops. */
export const chains = (maxLength = 4): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      op: fc.constantFrom(...(Object.keys(ops) as (keyof typeof ops)[])),
      numbers: fc.tuple(fc.nat({ max: 11 }), fc.nat({ max: 11 }), fc.nat({ max: 11 })),
    }),
    { maxLength },
  )
