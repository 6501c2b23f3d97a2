// The WebAssembly function of a map kernel: three nested loops, the innermost over vectors.
import { postOrder } from '@tt/tensor'
import type { MapKernel } from '@tt/tensor'
import { advance, loadPacked, move, storePacked } from './access.ts'
import type { Cursor, Move } from './access.ts'
import { FunctionBuilder, level } from './builder.ts'
import type { ConstantPool } from './constants.ts'
import { descriptor } from './descriptor.ts'
import { Lanes, laneCount } from './lanes.ts'
import { isCheap, lower } from './lower.ts'
import { ModuleBuilder } from './module.ts'
import type { FunctionCode } from './module.ts'
import { at, i32, lane, op, simd, v128 } from './opcode.ts'
import { narrow, widen } from './storage-format.ts'

/** What all programs are made with. */
export interface Target {
  readonly constants: ConstantPool
  readonly relaxed: boolean
  readonly shared: boolean
}

/** A binary and what it imports. */
export interface Binary {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly imports: ModuleBuilder['imports']
}

/** The program for operands (inputs, then outputs) that move so along the innermost dim. */
export function mapProgram(kernel: MapKernel, moves: readonly Move[], target: Target): Binary {
  const module = new ModuleBuilder()
  const b = new FunctionBuilder(module, target.constants, target.relaxed, 1)
  const dtypes = [...kernel.inputs, ...kernel.outputs.map((output) => output.dtype)]
  const cursors: Cursor[] = dtypes.map((dtype, i) => ({
    pointer: b.local(i32),
    stride: b.local(i32),
    move: moves[i],
    dtype,
    steady: true,
  }))
  const exprs = kernel.outputs.map((output) => output.expr)
  const lanes = laneCount(kernel.compute)
  const strided = moves.includes(move.strided)
  const unroll = strided || !isCheap(postOrder(exprs)) ? 1 : exprs.length > 1 ? 2 : 4

  // The code for `count` vectors, or for one element.
  const body = (count: number, single: boolean): number[] => {
    const outer = b.code
    b.code = []
    b.begin()
    const l = new Lanes(b, kernel.compute, single)
    const width = single ? 1 : lanes
    for (let u = 0; u < count; u++) {
      const roots = lower(l, exprs, {
        input: (i) => widen(l, loadPacked(b, cursors[i], width, u * lanes), kernel.inputs[i]),
        param: (i) => loadParam(b, i, kernel.compute),
      })
      const packed = roots.map(({ node, mask }, k) => narrow(l, node, mask, kernel.outputs[k].dtype))
      const locals = packed.map((nodes) => b.evaluate(nodes)) // all of them before the first store: outputs may be inputs
      locals.forEach((of, k) => storePacked(b, cursors[kernel.inputs.length + k], width, u * lanes, of))
    }
    cursors.forEach((cursor) => advance(b, cursor, single ? 1 : count * lanes))
    const code = b.code
    b.code = outer
    return code
  }

  const left = b.local(i32)
  const rows = b.local(i32)
  const planes = b.local(i32)
  const rowPointers = cursors.map(() => b.local(i32))
  const planePointers = cursors.map(() => b.local(i32))
  const loops = [
    ...(unroll > 1 ? [countedLoop(left, unroll * lanes, body(unroll, false))] : []),
    countedLoop(left, lanes, body(1, false)),
    countedLoop(left, 1, body(1, true)),
  ]
  const outerSteps = (pointers: readonly number[], field: 1 | 2): number[] =>
    pointers.flatMap((pointer, k) => [
      ...op.get(pointer),
      ...op.get(0),
      ...op.load(descriptor.stride(k, field)),
      ...op.i32.add,
      ...op.set(pointer),
    ])

  const code: (readonly number[])[] = []
  cursors.forEach((cursor, k) => {
    code.push(op.get(0), op.load(descriptor.pointer(k)), op.set(planePointers[k]))
    if (cursor.move === move.strided)
      code.push(op.get(0), op.load(descriptor.stride(k, 0)), op.set(cursor.stride))
  })
  code.push(b.hoisted[0])
  const row = [
    ...cursors.flatMap((cursor, k) => [...op.get(rowPointers[k]), ...op.set(cursor.pointer)]),
    ...b.hoisted[1],
    ...op.get(0),
    ...op.load(descriptor.size(0)),
    ...op.set(left),
    ...loops.flat(),
    ...outerSteps(rowPointers, 1),
  ]
  const plane = [
    ...planePointers.flatMap((pointer, k) => [...op.get(pointer), ...op.set(rowPointers[k])]),
    ...op.get(0),
    ...op.load(descriptor.size(1)),
    ...op.set(rows),
    ...countedLoop(rows, 1, row),
    ...outerSteps(planePointers, 2),
  ]
  code.push(op.get(0), op.load(descriptor.size(2)), op.set(planes), countedLoop(planes, 1, plane))
  const run: FunctionCode = { params: [i32], results: [], locals: b.locals, code: code.flat() }
  return { bytes: module.encode(run, target.shared), imports: module.imports }
}

/** `while (counter >= step) { body; counter -= step }` */
export function countedLoop(counter: number, step: number, body: readonly number[]): number[] {
  return [
    ...op.block,
    ...op.loop,
    ...op.get(counter),
    ...op.i32.const(step),
    ...op.i32.ltU,
    ...op.brIf(1),
    ...body,
    ...op.get(counter),
    ...op.i32.const(step),
    ...op.i32.sub,
    ...op.set(counter),
    ...op.br(0),
    ...op.end,
    ...op.end,
  ]
}

/** A run-time scalar in every lane. */
export function loadParam(b: FunctionBuilder, position: number, compute: MapKernel['compute']) {
  const splat = laneCount(compute) === 4 ? lane.load32Splat : lane.load64Splat
  const pointer = b.fromLocal(0, i32, level.function)
  return b.node(v128, simd(splat, ...at(descriptor.param(position))), [pointer])
}
