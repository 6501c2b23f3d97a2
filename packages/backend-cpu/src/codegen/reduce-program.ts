// The WebAssembly function of a reduction. Dims 0, 1, 2 of the descriptor are reduced ones, 3 and 4 are kept.
// Vectors run along dim 0 ('inner': several accumulators, folded at the end) or along dim 3 ('outer': an accumulator
// per vector of results, so that columns are summed by rows).
import { postOrder } from '@tt/tensor'
import type { ReduceKernel } from '@tt/tensor'
import { advance, loadPacked, move, storePacked } from './access.ts'
import type { Cursor, Move } from './access.ts'
import { FunctionBuilder, level } from './builder.ts'
import type { Node } from './builder.ts'
import { convert, upper } from './convert.ts'
import { descriptor } from './descriptor.ts'
import { Lanes, laneCount } from './lanes.ts'
import { asNumber, combine, combines, isCheap, lower } from './lower.ts'
import { countedLoop, loadParam } from './map-program.ts'
import type { Binary, Target } from './map-program.ts'
import { ModuleBuilder } from './module.ts'
import type { FunctionCode } from './module.ts'
import { i32, op, v128 } from './opcode.ts'
import { narrow, widen } from './storage-format.ts'

/** Along which dims vectors run. */
export type ReduceForm = 'inner' | 'outer'

/** Steps after which float32 sums are added to float64 ones: rounding errors stay those of short sums. */
const flushSteps = 128

/** The program for inputs and output that move so along the dim of the vectors. */
export function reduceProgram(
  kernel: ReduceKernel,
  form: ReduceForm,
  moves: readonly Move[],
  target: Target,
): Binary {
  return new ReduceWriter(kernel, form, moves, target).write()
}

class ReduceWriter {
  readonly kernel: ReduceKernel
  readonly form: ReduceForm
  readonly target: Target
  readonly module = new ModuleBuilder()
  readonly b: FunctionBuilder
  readonly inputs: Cursor[]
  readonly output: Cursor
  readonly lanes: 2 | 4
  /** Vectors per step. */
  readonly unroll: number
  /** Whether float32 sums are flushed to float64. */
  readonly wide: boolean
  readonly accumulators: number[]
  /** For maxima and minima of floats: where a NaN was seen. The accumulators then ignore NaN. */
  readonly nans: number[]
  /** Per accumulator, its lower and upper lanes in float64. */
  readonly totals: [number, number][]

  constructor(kernel: ReduceKernel, form: ReduceForm, moves: readonly Move[], target: Target) {
    this.kernel = kernel
    this.form = form
    this.target = target
    const b = new FunctionBuilder(this.module, target.constants, target.relaxed, 1)
    this.b = b
    const cursor = (dtype: Cursor['dtype'], i: number): Cursor => ({
      pointer: b.local(i32),
      stride: b.local(i32),
      move: moves[i],
      dtype,
      steady: form === 'inner',
    })
    this.inputs = kernel.inputs.map(cursor)
    this.output = cursor(kernel.output, kernel.inputs.length)
    this.lanes = laneCount(kernel.compute)
    const strided = moves.includes(move.strided)
    this.unroll = strided ? 1 : form === 'outer' || isCheap(postOrder([kernel.map])) ? 4 : 2
    this.wide = kernel.compute === 'f32' && kernel.combine === 'sum'
    this.accumulators = Array.from({ length: this.unroll }, () => b.local(v128))
    const extreme = (kernel.combine === 'max' || kernel.combine === 'min') && kernel.compute[0] === 'f'
    this.nans = extreme ? this.accumulators.map(() => b.local(v128)) : []
    this.totals = this.wide
      ? Array.from({ length: form === 'outer' ? this.unroll : 1 }, () => [b.local(v128), b.local(v128)])
      : []
  }

  write(): Binary {
    const { b, form } = this
    const kept =
      form === 'inner'
        ? this.#nest(4, true, () => this.#nest(3, true, () => this.#innerResult()))
        : this.#nest(4, true, () => this.#columns())
    const start: (readonly number[])[] = []
    ;[...this.inputs, this.output].forEach((cursor, k) => {
      start.push(op.get(0), op.load(descriptor.pointer(k)), op.set(cursor.pointer))
      const vectorDim = form === 'inner' ? 0 : 3
      start.push(op.get(0), op.load(descriptor.stride(k, vectorDim)), op.set(cursor.stride))
    })
    const run: FunctionCode = {
      params: [i32],
      results: [],
      locals: b.locals,
      code: [...start.flat(), ...b.hoisted[0], ...kept],
    }
    return { bytes: this.module.encode(run, this.target.shared), imports: this.module.imports }
  }

  // for (i < size(dim)) { body; pointers += strides(dim) }, with the pointers put back afterwards
  #nest(dim: number, withOutput: boolean, body: () => number[]): number[] {
    const { b } = this
    const cursors = withOutput ? [...this.inputs, this.output] : this.inputs
    const counter = b.local(i32)
    const saved = cursors.map(() => b.local(i32))
    const strides = cursors.map(() => b.local(i32))
    return [
      ...cursors.flatMap((cursor, k) => [
        ...op.get(cursor.pointer),
        ...op.set(saved[k]),
        ...op.get(0),
        ...op.load(descriptor.stride(k, dim)),
        ...op.set(strides[k]),
      ]),
      ...op.get(0),
      ...op.load(descriptor.size(dim)),
      ...op.set(counter),
      ...countedLoop(counter, 1, [
        ...body(),
        ...cursors.flatMap((cursor, k) => [
          ...op.get(cursor.pointer),
          ...op.get(strides[k]),
          ...op.i32.add,
          ...op.set(cursor.pointer),
        ]),
      ]),
      ...cursors.flatMap((cursor, k) => [...op.get(saved[k]), ...op.set(cursor.pointer)]),
    ]
  }

  // One result of the inner form: reduce dims 2, 1, 0, fold the lanes, finish, store.
  #innerResult(): number[] {
    const l = new Lanes(this.b, this.kernel.compute, true)
    return [
      ...this.#reset(this.unroll),
      ...this.#nest(2, false, () => this.#nest(1, false, () => this.#innerRow())),
      ...this.#block(() => this.#finish(l, [this.#fold(l)], 1)),
    ]
  }

  #innerRow(): number[] {
    const { b, lanes, unroll } = this
    const left = b.local(i32)
    const rest = b.local(i32)
    const saved = this.inputs.map(() => b.local(i32))
    const loops = (counter: number): number[] => [
      ...(unroll > 1 ? countedLoop(counter, unroll * lanes, this.#step(unroll, false)) : []),
      ...countedLoop(counter, lanes, this.#step(1, false)),
      ...countedLoop(counter, 1, this.#step(1, true)),
    ]
    let body: number[]
    if (this.wide) {
      const chunk = flushSteps * unroll * lanes
      const part = loops(left)
      // left = min(rest, chunk); rest -= left
      body = [
        ...op.get(0),
        ...op.load(descriptor.size(0)),
        ...op.set(rest),
        ...op.block,
        ...op.loop,
        ...op.get(rest),
        ...op.i32.eqz,
        ...op.brIf(1),
        ...op.get(rest),
        ...op.i32.const(chunk),
        ...op.get(rest),
        ...op.i32.const(chunk),
        ...op.i32.ltU,
        ...op.select,
        ...op.set(left),
        ...op.get(rest),
        ...op.get(left),
        ...op.i32.sub,
        ...op.set(rest),
        ...part,
        ...this.#flush(unroll),
        ...op.br(0),
        ...op.end,
        ...op.end,
      ]
    } else body = [...op.get(0), ...op.load(descriptor.size(0)), ...op.set(left), ...loops(left)]
    return [
      ...this.inputs.flatMap((cursor, k) => [...op.get(cursor.pointer), ...op.set(saved[k])]),
      ...b.hoisted[1],
      ...body,
      ...this.inputs.flatMap((cursor, k) => [...op.get(saved[k]), ...op.set(cursor.pointer)]),
    ]
  }

  // The outer form: blocks of vectors along dim 3.
  #columns(): number[] {
    const { b, lanes, unroll } = this
    const left = b.local(i32)
    const cursors = [...this.inputs, this.output]
    const saved = cursors.map(() => b.local(i32))
    const part = (count: number, single: boolean): number[] => {
      const l = new Lanes(b, this.kernel.compute, single)
      const results = (): Node[] => Array.from({ length: count }, (_, u) => this.#result(l, u))
      return [
        ...this.#reset(count),
        ...this.#nest(2, false, () => this.#nest(1, false, () => this.#columnSteps(count, single))),
        ...this.#block(() => this.#finish(l, results(), single ? 1 : lanes)),
        ...this.#block(() => cursors.forEach((cursor) => advance(b, cursor, single ? 1 : count * lanes))),
      ]
    }
    return [
      ...cursors.flatMap((cursor, k) => [...op.get(cursor.pointer), ...op.set(saved[k])]),
      ...op.get(0),
      ...op.load(descriptor.size(3)),
      ...op.set(left),
      ...(unroll > 1 ? countedLoop(left, unroll * lanes, part(unroll, false)) : []),
      ...countedLoop(left, lanes, part(1, false)),
      ...countedLoop(left, 1, part(1, true)),
      ...cursors.flatMap((cursor, k) => [...op.get(saved[k]), ...op.set(cursor.pointer)]),
    ]
  }

  #columnSteps(count: number, single: boolean): number[] {
    const { b } = this
    const step = (): number[] => this.#step(count, single, false)
    if (!this.wide) return this.#nest(0, false, step)
    const since = b.local(i32)
    return [
      ...op.i32.const(flushSteps),
      ...op.set(since),
      ...this.#nest(0, false, () => [
        ...step(),
        ...op.get(since),
        ...op.i32.const(1),
        ...op.i32.sub,
        ...op.tee(since),
        ...op.i32.eqz,
        ...op.if,
        ...this.#flush(count),
        ...op.i32.const(flushSteps),
        ...op.set(since),
        ...op.end,
      ]),
      ...this.#flush(count),
    ]
  }

  // accumulators[u] = combine(accumulators[u], map(inputs)) for `count` vectors
  #step(count: number, single: boolean, along = true): number[] {
    const { b, kernel, lanes } = this
    return this.#block(() => {
      const l = new Lanes(b, kernel.compute, single)
      const width = single ? 1 : lanes
      for (let u = 0; u < count; u++) {
        const [{ node, mask }] = lower(l, [kernel.map], {
          input: (i) => widen(l, loadPacked(b, this.inputs[i], width, u * lanes), kernel.inputs[i]),
          param: (i) => loadParam(b, i, kernel.compute),
        })
        let value = mask ? asNumber(l, node) : node
        if (single && along) value = l.select(this.#firstLane(), value, this.#neutral(l))
        const accumulator = b.fromLocal(this.accumulators[u], v128, level.step)
        if (this.nans.length > 0) {
          const nan = l.or(b.fromLocal(this.nans[u], v128, level.step), l.f('ne', value, value))
          const [extreme, seen] = b.evaluate([
            l.f(kernel.combine === 'max' ? 'pmax' : 'pmin', accumulator, value),
            nan,
          ])
          b.push(op.get(extreme), op.set(this.accumulators[u]), op.get(seen), op.set(this.nans[u]))
          continue
        }
        const [result] = b.evaluate([combine(l, kernel.combine, accumulator, value)])
        b.push(op.get(result), op.set(this.accumulators[u]))
      }
      if (along) for (const cursor of this.inputs) advance(b, cursor, single ? 1 : count * lanes)
    })
  }

  #firstLane(): Node {
    return this.b.constant(Uint8Array.from({ length: 16 }, (_, i) => (i < 16 / this.lanes ? 255 : 0)))
  }

  #neutral(l: Lanes): Node {
    return l.c(combines[this.kernel.combine].neutral(l))
  }

  #reset(count: number): number[] {
    const { b } = this
    return this.#block(() => {
      const l = new Lanes(b, this.kernel.compute, false)
      const [neutral, zero] = b.evaluate([this.#copy(this.#neutral(l)), this.#copy(l.c(0))])
      for (const nan of this.nans) b.push(op.get(zero), op.set(nan))
      for (let u = 0; u < count; u++) b.push(op.get(neutral), op.set(this.accumulators[u]))
      for (const total of this.totals) for (const half of total) b.push(op.get(neutral), op.set(half))
    })
  }

  // evaluate() puts roots of the step level into locals; hoisted ones are made a step of their own
  #copy(node: Node): Node {
    return this.b.node(v128, [], [node], level.step)
  }

  // totals += accumulators, and those are 0 again; the inner form folds its accumulators into one first
  #flush(count: number): number[] {
    const { b } = this
    return this.#block(() => {
      const l = new Lanes(b, 'f32', false)
      const d = l.as('f64')
      const values = this.accumulators.slice(0, count).map((local) => b.fromLocal(local, v128, level.step))
      const sums = this.form === 'inner' ? [values.reduce((x, y) => l.add(x, y))] : values
      const halves = sums.flatMap((sum, u) => [
        d.add(b.fromLocal(this.totals[u][0], v128, level.step), convert(d, sum, 'f32', 'f64')),
        d.add(b.fromLocal(this.totals[u][1], v128, level.step), convert(d, upper(l, sum), 'f32', 'f64')),
      ])
      const results = b.evaluate([...halves, this.#copy(l.c(0))])
      halves.forEach((_, i) => b.push(op.get(results[i]), op.set(this.totals[i >> 1][i & 1])))
      for (let u = 0; u < count; u++) b.push(op.get(results[halves.length]), op.set(this.accumulators[u]))
    })
  }

  // All lanes of all accumulators in the first lane.
  #fold(l: Lanes): Node {
    const { b } = this
    if (this.wide) {
      const d = l.as('f64')
      const [low, high] = this.totals[0].map((local) => b.fromLocal(local, v128, level.step))
      const sum = d.add(low, high)
      return convert(l, d.add(sum, upper(l, sum)), 'f64', 'f32')
    }
    const parts = this.accumulators.map((_, u) => this.#accumulated(l, u))
    let x = parts.reduce((y, z) => combine(l, this.kernel.combine, y, z))
    x = combine(l, this.kernel.combine, x, upper(l, x))
    if (this.lanes === 2) return x
    return combine(
      l,
      this.kernel.combine,
      x,
      l.shuffle(x, x, [4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7]),
    )
  }

  #accumulated(l: Lanes, u: number): Node {
    const value = this.b.fromLocal(this.accumulators[u], v128, level.step)
    if (this.nans.length === 0) return value
    return l.select(this.b.fromLocal(this.nans[u], v128, level.step), l.c(NaN), value)
  }

  // The combined values of one vector of the outer form.
  #result(l: Lanes, u: number): Node {
    const { b } = this
    if (!this.wide) return this.#accumulated(l, u)
    const [low, high] = this.totals[u].map((local) =>
      convert(l, b.fromLocal(local, v128, level.step), 'f64', 'f32'),
    )
    return l.shuffle(low, high, [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23])
  }

  #finish(l: Lanes, values: readonly Node[], width: number): void {
    const { b, kernel } = this
    values.forEach((value, u) => {
      const { finish } = kernel
      const [{ node, mask }] =
        finish === null
          ? [{ node: value, mask: false }]
          : lower(l, [finish], {
              input: () => value,
              param: (i) => loadParam(b, i, kernel.compute),
            })
      const locals = b.evaluate(narrow(l, node, mask, kernel.output).map((packed) => this.#copy(packed)))
      storePacked(b, this.output, width, u * this.lanes, locals)
    })
  }

  // The code that `write` pushes, as a part of its own.
  #block(write: () => void): number[] {
    const { b } = this
    const outer = b.code
    b.code = []
    b.begin()
    write()
    const { code } = b
    b.code = outer
    return code
  }
}
