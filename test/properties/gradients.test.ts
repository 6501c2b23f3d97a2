// In-place ops on views of views: values and gradients, of the first and second order, are those of the same program
// written out of place over plain positions.
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import '@tt/backend-cpu'
import { grad, tensor } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import { chains, follow, repeats, shapes, wholeModel } from './views.ts'
import type { Model, Step } from './views.ts'

/** An op that changes a view `v`, with a leaf `w` of one element; as it is and out of place. */
interface Change {
  readonly inPlace: (v: Tensor, w: Tensor) => unknown
  readonly outOfPlace: (v: Tensor, w: Tensor) => Tensor
}
const changes: Record<string, Change> = {
  mul: { inPlace: (v, w) => v.mul_(w), outOfPlace: (v, w) => v.mul(w) },
  add: { inPlace: (v, w) => v.add_(w, { alpha: 2 }), outOfPlace: (v, w) => v.add(w, { alpha: 2 }) },
  sin: { inPlace: (v) => v.sin_(), outOfPlace: (v) => v.sin() },
  sigmoid: { inPlace: (v) => v.copy_(v.sigmoid()), outOfPlace: (v) => v.sigmoid() },
  fill: { inPlace: (v) => v.fill_(0.5), outOfPlace: (v) => v.mul(0).add(0.5) },
  copy: { inPlace: (v, w) => v.copy_(w.square()), outOfPlace: (v, w) => v.mul(0).add(w.square()) },
  square: { inPlace: (v) => v.mul_(v.clone()), outOfPlace: (v) => v.square() },
  clamp: {
    inPlace: (v, w) => v.clamp_(-0.6, 0.7).addcmul_(w, w),
    outOfPlace: (v, w) => v.clamp(-0.6, 0.7).add(w.mul(w)),
  },
  masked: {
    inPlace: (v) => v.maskedFill_(v.gt(0.2), 2),
    outOfPlace: (v) => v.maskedFill(v.gt(0.2), 2),
  },
  put: {
    inPlace: (v, w) => v.put_([], w),
    outOfPlace: (v, w) => v.mul(0).add(w),
  },
}

interface Program {
  readonly shape: readonly number[]
  readonly watched: readonly Step[]
  readonly writes: readonly {
    readonly change: string
    readonly steps: readonly Step[]
    readonly early: boolean
  }[]
}
const programs: fc.Arbitrary<Program> = fc.record({
  shape: shapes,
  watched: chains(3),
  writes: fc.array(
    fc.record({ change: fc.constantFrom(...Object.keys(changes)), steps: chains(3), early: fc.boolean() }),
    {
      minLength: 1,
      maxLength: 3,
    },
  ),
})

const f64 = { dtype: 'float64' } as const
const leafOf = (shape: readonly number[]): Tensor => {
  const count = shape.reduce((n, size) => n * size, 1)
  const values = Array.from({ length: count }, (_, i) => Math.sin(3 * i + 1))
  return tensor(values, f64).reshape(shape).clone().requiresGrad_()
}
const at = (positions: readonly number[]): Tensor => tensor(positions, { dtype: 'int64' })
const writable = (model: Model): boolean => !repeats(model) && model.positions.length > 0

/** The program as it is written: some views, and `seen`, are made at the beginning, before other writes. */
function inPlace({ shape, watched, writes }: Program, x: Tensor, ws: readonly Tensor[]): [Tensor, Tensor] {
  const y = x.mul(1)
  const [seen] = follow(y, wholeModel(shape), watched)
  const viewOf = (steps: readonly Step[]) => follow(y, wholeModel(shape), steps)
  const made = writes.map(({ steps, early }) => (early ? viewOf(steps) : null))
  writes.forEach(({ change, steps }, i) => {
    const [view, model] = made[i] ?? viewOf(steps)
    if (writable(model)) changes[change].inPlace(view, ws[i])
  })
  return [y, seen]
}

/** The same, where each write makes a new list of all elements. */
function outOfPlace({ shape, watched, writes }: Program, x: Tensor, ws: readonly Tensor[]): [Tensor, Tensor] {
  let y = x.mul(1).reshape([-1])
  writes.forEach(({ change, steps }, i) => {
    const [, model] = follow(x.detach(), wholeModel(shape), steps)
    if (!writable(model)) return
    const positions = at(model.positions)
    y = y.indexCopy(0, positions, changes[change].outOfPlace(y.indexSelect(0, positions), ws[i]))
  })
  const [, seen] = follow(x.detach(), wholeModel(shape), watched)
  return [y.reshape(shape), y.indexSelect(0, at(seen.positions)).reshape(seen.shape)]
}

const flat = (t: Tensor | null): number[] => (t === null ? [] : [t.reshape([-1]).tolist()].flat().map(Number))
const rounded = (list: readonly number[]) => list.map((x) => Number(x.toPrecision(9)) + 0)

function results(run: typeof inPlace, program: Program): number[][] {
  const x = leafOf(program.shape)
  const ws = program.writes.map((_, i) => tensor(0.3 + i, { ...f64, requiresGrad: true }))
  const [y, seen] = run(program, x, ws)
  const values = [flat(y), flat(seen)]
  const loss = y.mul(leafOf(program.shape).detach()).sum().add(seen.square().sum())
  const leaves = [x, ...ws]
  const first = grad(loss, leaves, { createGraph: true, allowUnused: true })
  const again = first.reduce<Tensor>(
    (sum, g) => (g?.requiresGrad ? sum.add(g.square().sum()) : sum),
    tensor(0, f64),
  )
  const second = again.requiresGrad ? grad(again, leaves, { allowUnused: true }) : leaves.map(() => null)
  const zeros = (gs: readonly (Tensor | null)[]) =>
    gs.map((g, i) => (g === null ? flat(leaves[i].mul(0)) : flat(g)))
  return [...values, ...zeros(first), ...zeros(second)].map(rounded)
}

describe('in-place ops on views of views', () => {
  test('give the values and gradients of the program out of place', () => {
    fc.assert(
      fc.property(programs, (program) => {
        expect(results(inPlace, program)).toEqual(results(outOfPlace, program))
      }),
      { numRuns: 150 },
    )
  })
})
