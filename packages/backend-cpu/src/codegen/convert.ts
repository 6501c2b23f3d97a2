// Conversions of vectors between compute types, with PyTorch's results on x86.
import type { ComputeType } from '@tt/tensor'
import type { Node } from './builder.ts'
import type { Lanes } from './lanes.ts'
import { f32, f64, i64, lane, op } from './opcode.ts'

// A vector of 4 lanes as 64-bit lanes is two vectors: [low, high]. With 2 lanes it is one.
const highHalf = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15]
const lowHalves = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]
const lowWords = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27]

/** The upper two 32-bit lanes, moved down. */
export const upper = (l: Lanes, x: Node): Node => l.shuffle(x, x, highHalf)
const joinHalves = (l: Lanes, low: Node, high: Node): Node => l.shuffle(low, high, lowHalves)

/** f32x4 or i32x4 to 64-bit lanes: all (two vectors) or the lower two (one). */
export function widenLanes(l: Lanes, x: Node, to: 'f64' | 'i64', both: boolean): Node[] {
  if (l.single || !both) return [convert(l.as(to), x, l.compute, to)]
  return [convert(l.as(to), x, l.compute, to), convert(l.as(to), upper(l, x), l.compute, to)]
}

/** Two vectors of 64-bit lanes (or one, whose lanes are all the same) to one of 32-bit lanes. */
export function narrowLanes(l: Lanes, halves: readonly Node[], to: 'f32' | 'i32'): Node {
  const target = l.as(to)
  if (l.compute === 'i64' && to === 'i32') return l.shuffle(halves[0], halves[halves.length - 1], lowWords)
  const parts = halves.map((half) => convert(target, half, l.compute, to))
  return l.single ? parts[0] : joinHalves(l, parts[0], parts[parts.length - 1])
}

/** Lane by lane from one compute type to another; from 32 to 64 bits the lower lanes, from 64 to 32 into the lower. */
export function convert(target: Lanes, x: Node, from: ComputeType, to: ComputeType): Node {
  if (from === to) return x
  const { b } = target
  switch (`${from} ${to}` as const) {
    case 'f32 f64':
      return b.vector(lane.promote, x)
    case 'f64 f32':
      return b.vector(lane.demote, x)
    case 'i32 f32':
      return b.vector(lane.convertI32ToF32, x)
    case 'i32 f64':
      return b.vector(lane.convertLowI32ToF64, x)
    case 'i32 i64':
      return b.vector(lane.i64ExtendLowI32, x)
    case 'i64 i32':
      return target.shuffle(x, x, lowWords)
    case 'f32 i32': {
      // out of range and NaN give the least integer, as cvttps2dq does
      const inRange = target.as('f32').f('lt', x, target.as('f32').c(2147483648))
      return target.select(inRange, b.vector(lane.truncSatF32, x), target.c(-2147483648))
    }
    case 'f64 i32': {
      const wide = target.as('f64')
      const magnitude = wide.f('lt', x, wide.c(2147483648))
      const mask = target.shuffle(magnitude, magnitude, lowWords)
      return target.select(mask, b.vector(lane.truncSatF64, x), target.c(-2147483648))
    }
    case 'f32 i64':
    case 'f64 i64':
      return target.each(truncation(target, from as 'f32' | 'f64'), [x], from, 'i64')
    case 'i64 f32':
    case 'i64 f64': {
      const type = to === 'f32' ? f32 : f64
      const index = b.module.internal(`i64 to ${to}`, () => ({
        params: [i64],
        results: [type],
        locals: [],
        code: [...op.get(0), ...(to === 'f32' ? op.f32 : op.f64).convertI64],
      }))
      return target.each(index, [x], 'i64', to)
    }
    default:
      throw new Error(`backend-cpu: no conversion ${from} to ${to}`)
  }
}

const least64 = -(2n ** 63n)

// As cvttsd2si: what does not fit gives the least integer.
function truncation(l: Lanes, from: 'f32' | 'f64'): number {
  return l.b.module.internal(`${from} to i64`, () => {
    const bound = new DataView(new ArrayBuffer(8))
    if (from === 'f32') bound.setFloat32(0, 2 ** 63, true)
    else bound.setFloat64(0, 2 ** 63, true)
    const bytes = [...new Uint8Array(bound.buffer)].slice(0, from === 'f32' ? 4 : 8)
    return {
      params: [from === 'f32' ? f32 : f64],
      results: [i64],
      locals: [],
      code: [
        ...op.get(0),
        ...(from === 'f32' ? op.i64.truncSatF32 : op.i64.truncSatF64),
        ...op.i64.const(least64),
        ...op.get(0),
        from === 'f32' ? 0x43 : 0x44,
        ...bytes,
        ...(from === 'f32' ? op.f32.lt : op.f64.lt),
        ...op.select,
      ],
    }
  })
}

/** Truth values (all bits of a lane) as 0 or 1 of the integer type of the same width. */
export const bit = (l: Lanes, mask: Node): Node => l.and(mask, l.ic(1))

/** The mask of the lanes that are not 0; NaN is not. */
export const nonZero = (l: Lanes, x: Node): Node => (l.isFloat ? l.f('ne', x, l.c(0)) : l.i('ne', x, l.c(0)))
