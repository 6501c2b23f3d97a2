// Storage dtypes as vectors: packed elements in memory order, widened to a compute type on load, narrowed on store.
import type { ComputeType, DTypeInfo, RealDType } from '@tt/tensor'
import type { Node } from './builder.ts'
import { bit, convert, narrowLanes, nonZero, widenLanes } from './convert.ts'
import { laneCount } from './lanes.ts'
import type { Lanes } from './lanes.ts'
import { lane } from './opcode.ts'

/** Elements in memory order: one vector, or two if they take 32 bytes. */
export type Packed = readonly Node[]

const lowBytes = [0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12]
const lowShorts = [0, 1, 4, 5, 8, 9, 12, 13, 0, 1, 4, 5, 8, 9, 12, 13]

/** Values of the compute type of `l` from packed elements. */
export function widen(l: Lanes, packed: Packed, dtype: DTypeInfo): Node {
  const x = packed[0]
  const to = l.compute
  const two = laneCount(to) === 2
  const narrow = (halves: Lanes): Node => narrowLanes(halves, packed, to as 'f32' | 'i32')
  switch (dtype.name as RealDType) {
    case 'float64':
      return two ? convert(l, x, 'f64', to) : narrow(l.as('f64'))
    case 'int64':
      if (two) return convert(l, x, 'i64', to)
      return narrow(l.as('i64'))
    case 'float32':
      return convert(l, x, 'f32', to)
    case 'float16':
      return convert(l, halfToFloat(l.as('f32'), extend16(l, x, false)), 'f32', to)
    case 'bfloat16':
      return convert(l, l.as('f32').shift('shl', extend16(l, x, false), 16), 'f32', to)
    case 'int32':
      return convert(l, x, 'i32', to)
    case 'int16':
      return convert(l, extend16(l, x, true), 'i32', to)
    case 'int8':
      return convert(l, extend16(l, l.b.vector(lane.i16ExtendLowI8, x), true), 'i32', to)
    case 'uint8':
    case 'bool':
      return convert(l, extend16(l, l.b.vector(lane.i16ExtendLowU8, x), false), 'i32', to)
  }
}

const extend16 = (l: Lanes, x: Node, signed: boolean): Node =>
  l.b.vector(signed ? lane.i32ExtendLowI16 : lane.i32ExtendLowU16, x)

/** Packed elements from values; `mask` says that the value is a truth value of lanes as wide as those of `l`. */
export function narrow(l: Lanes, value: Node, mask: boolean, dtype: DTypeInfo): Packed {
  if (dtype.name === 'bool') return narrow8(l, bit(l, mask ? value : nonZero(l, value)), l.bits)
  if (mask) return narrowNumber(l.as(l.bits), bit(l, value), dtype)
  return narrowNumber(l, value, dtype)
}

function narrowNumber(l: Lanes, value: Node, dtype: DTypeInfo): Packed {
  const from = l.compute
  const two = laneCount(from) === 2
  switch (dtype.name) {
    case 'float64':
      return two ? [convert(l.as('f64'), value, from, 'f64')] : widenLanes(l, value, 'f64', true)
    case 'int64':
      return two ? [convert(l.as('i64'), value, from, 'i64')] : widenLanes(l, value, 'i64', true)
    case 'float32':
      return [convert(l.as('f32'), value, from, 'f32')]
    case 'float16':
    case 'bfloat16': {
      const f = l.as('f32')
      const single = convert(f, value, from, 'f32')
      const bits = dtype.name === 'float16' ? floatToHalf(f, single) : floatToBfloat(f, single)
      return [l.shuffle(bits, bits, lowShorts)]
    }
    case 'int32':
      return [convert(l.as('i32'), value, from, 'i32')]
    case 'int16': {
      const x = convert(l.as('i32'), value, from, 'i32')
      return [l.shuffle(x, x, lowShorts)]
    }
    case 'uint8':
      // by way of int64, as c10::convert
      return from === 'f64'
        ? narrow8(l.as('i64'), convert(l.as('i64'), value, 'f64', 'i64'), 'i64')
        : narrow8(l, value, from)
    default:
      return narrow8(l, value, from)
  }
}

function narrow8(l: Lanes, value: Node, from: ComputeType): Packed {
  const x = convert(l.as('i32'), value, from, 'i32')
  return [l.shuffle(x, x, lowBytes)]
}

// Bits of a float16 in 32-bit lanes to float32: the exponent is moved by a product, which makes subnormals right.
function halfToFloat(f: Lanes, half: Node): Node {
  const bits = f.shift('shl', f.and(half, f.ic(0x7fff)), 13)
  const special = f.and(f.i('ge', bits, f.ic(0x0f800000)), f.ic(0x7f800000))
  const sign = f.shift('shl', f.and(half, f.ic(0x8000)), 16)
  return f.or(f.or(f.mul(bits, f.c(2 ** 112)), special), sign)
}

// float32 to the bits of a float16, ties to even (after F. Giesen, float_to_half_fast3_rtne).
function floatToHalf(f: Lanes, x: Node): Node {
  const sign = f.and(x, f.ic(0x80000000 | 0))
  const a = f.xor(x, sign)
  const odd = f.and(f.shift('shrU', a, 13), f.ic(1))
  const normal = f.shift('shrU', f.i('add', f.i('add', a, f.ic(0xc8000fff | 0)), odd), 13)
  const subnormal = f.i('sub', f.add(a, f.c(0.5)), f.ic(0x3f000000))
  const finite = f.select(f.i('lt', a, f.ic(113 << 23)), subnormal, normal)
  const special = f.select(f.i('gt', a, f.ic(0x7f800000)), f.ic(0x7e00), f.ic(0x7c00))
  return f.or(f.select(f.i('ge', a, f.ic(0x47800000)), special, finite), f.shift('shrU', sign, 16))
}

function floatToBfloat(f: Lanes, x: Node): Node {
  const odd = f.and(f.shift('shrU', x, 16), f.ic(1))
  const rounded = f.shift('shrU', f.i('add', f.i('add', x, f.ic(0x7fff)), odd), 16)
  return f.select(f.f('ne', x, x), f.ic(0x7fc0), rounded)
}
