// Loads and stores of a vector of elements: contiguous, strided, one repeated, or one alone.
import type { DTypeInfo } from '@tt/tensor'
import { level } from './builder.ts'
import type { FunctionBuilder, Node } from './builder.ts'
import type { Packed } from './storage-format.ts'
import { at, i32, lane, op, simd, v128 } from './opcode.ts'

/** How an operand moves with the inner loop. */
export const move = { still: 0, dense: 1, strided: 2 } as const
export type Move = (typeof move)[keyof typeof move]

/** Locals of an operand: the address of the current element, the bytes to the next. */
export interface Cursor {
  readonly pointer: number
  readonly stride: number
  readonly move: Move
  readonly dtype: DTypeInfo
  /** Whether a still operand stays the same for a row of the inner loop; else it is loaded at every step. */
  readonly steady: boolean
}

const splats: Readonly<Record<number, number>> = {
  1: lane.load8Splat,
  2: lane.load16Splat,
  4: lane.load32Splat,
  8: lane.load64Splat,
}
const laneLoads: Readonly<Record<number, number>> = {
  1: lane.load8Lane,
  2: lane.load16Lane,
  4: lane.load32Lane,
  8: lane.load64Lane,
}
const laneStores: Readonly<Record<number, number>> = {
  1: lane.store8Lane,
  2: lane.store16Lane,
  4: lane.store32Lane,
  8: lane.store64Lane,
}
const partLoads: Readonly<Record<number, number>> = {
  2: lane.load16Splat,
  4: lane.load32Zero,
  8: lane.load64Zero,
  16: lane.load,
}

/** `lanes` elements of the operand, `offset` elements further; lanes 1 gives the element in all of them. */
export function loadPacked(b: FunctionBuilder, cursor: Cursor, lanes: number, offset: number): Packed {
  const size = cursor.dtype.itemSize
  const still = cursor.move === move.still
  const least = still && cursor.steady ? level.row : level.step
  const pointer = b.fromLocal(cursor.pointer, i32, least)
  if (still || lanes === 1)
    return [b.node(v128, simd(splats[size], ...at(still ? 0 : offset * size)), [pointer], least)]
  if (cursor.move === move.dense) {
    const bytes = lanes * size
    const part = (skip: number, width: number): Node =>
      b.node(v128, simd(partLoads[width], ...at(offset * size + skip)), [pointer], least)
    return bytes === 32 ? [part(0, 16), part(16, 16)] : [part(0, bytes)]
  }
  const addresses = stridedAddresses(b, cursor, pointer, lanes)
  const perVector = Math.min(lanes, 16 / size)
  const vectors: Node[] = []
  for (let first = 0; first < lanes; first += perVector) {
    let vector = b.node(v128, simd(splats[size], 0, 0), [addresses[first]], least)
    for (let i = 1; i < perVector; i++) {
      vector = b.node(v128, simd(laneLoads[size], 0, 0, i), [addresses[first + i], vector], least)
    }
    vectors.push(vector)
  }
  return vectors
}

function stridedAddresses(b: FunctionBuilder, cursor: Cursor, pointer: Node, lanes: number): Node[] {
  const stride = b.fromLocal(cursor.stride, i32, level.function)
  const addresses = [pointer]
  for (let i = 1; i < lanes; i++)
    addresses.push(b.node(i32, op.i32.add, [addresses[i - 1], stride], level.step))
  return addresses
}

/** Writes code that stores the packed elements, whose locals are given. */
export function storePacked(
  b: FunctionBuilder,
  cursor: Cursor,
  lanes: number,
  offset: number,
  locals: readonly number[],
): void {
  const size = cursor.dtype.itemSize
  const base = offset * size
  if (lanes === 1) {
    b.push(op.get(cursor.pointer), op.get(locals[0]), simd(laneStores[size], ...at(base), 0))
    return
  }
  if (cursor.move === move.dense) {
    const bytes = lanes * size
    if (bytes >= 16) {
      locals.forEach((local, i) =>
        b.push(op.get(cursor.pointer), op.get(local), simd(lane.store, ...at(base + 16 * i))),
      )
    } else {
      b.push(op.get(cursor.pointer), op.get(locals[0]), simd(laneStores[bytes], ...at(base), 0))
    }
    return
  }
  const perVector = Math.min(lanes, 16 / size)
  const address = b.local(i32)
  b.push(op.get(cursor.pointer), op.set(address))
  for (let i = 0; i < lanes; i++) {
    b.push(
      op.get(address),
      op.get(locals[Math.floor(i / perVector)]),
      simd(laneStores[size], 0, 0, i % perVector),
    )
    if (i < lanes - 1) b.push(op.get(address), op.get(cursor.stride), op.i32.add, op.set(address))
  }
}

/** Moves the pointer by `count` elements. */
export function advance(b: FunctionBuilder, cursor: Cursor, count: number): void {
  if (cursor.move === move.still) return
  const step =
    cursor.move === move.dense
      ? op.i32.const(count * cursor.dtype.itemSize)
      : count === 1
        ? op.get(cursor.stride)
        : [...op.get(cursor.stride), ...op.i32.const(count), ...op.i32.mul]
  b.push(op.get(cursor.pointer), step, op.i32.add, op.set(cursor.pointer))
}
