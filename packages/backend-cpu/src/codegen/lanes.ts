// Vector arithmetic on nodes: the vocabulary in which casts, polynomials and primitives are written.
import type { ComputeType } from '@tt/tensor'
import type { FunctionBuilder, Node } from './builder.ts'
import { callFunction } from './module.ts'
import { f32, f64, floatLane, i32, i64, intLane, lane, op, simd, v128 } from './opcode.ts'
import type { ValueType } from './opcode.ts'

type FloatName = keyof (typeof floatLane)['f32']
type IntName = keyof (typeof intLane)['i32']

/** Numbers per vector. */
export const laneCount = (compute: ComputeType): 2 | 4 => (compute === 'f32' || compute === 'i32' ? 4 : 2)

/** Value type, splat, extract and replace of a lane. */
export const laneType = {
  f32: { type: f32, splat: lane.f32Splat, extract: lane.f32Extract, replace: lane.f32Replace },
  f64: { type: f64, splat: lane.f64Splat, extract: lane.f64Extract, replace: lane.f64Replace },
  i32: { type: i32, splat: lane.i32Splat, extract: lane.i32Extract, replace: lane.i32Replace },
  i64: { type: i64, splat: lane.i64Splat, extract: lane.i64Extract, replace: lane.i64Replace },
} as const satisfies Record<ComputeType, { type: ValueType; splat: number; extract: number; replace: number }>

const bytes16 = new DataView(new ArrayBuffer(16))

/** A value as 16 bytes: the number in every lane. */
export function splatBytes(compute: ComputeType, value: number | bigint): Uint8Array {
  for (let i = 0; i < 16; i += 16 / laneCount(compute)) {
    if (compute === 'f32') bytes16.setFloat32(i, Number(value), true)
    else if (compute === 'f64') bytes16.setFloat64(i, Number(value), true)
    else if (compute === 'i32') bytes16.setInt32(i, toInt32(value), true)
    else bytes16.setBigInt64(i, toInt64(value), true)
  }
  return new Uint8Array(bytes16.buffer.slice(0))
}

/** A scalar as the i32 compute type takes it: fractions cut, wrapped. */
export const toInt32 = (value: number | bigint): number =>
  typeof value === 'bigint' ? Number(BigInt.asIntN(32, value)) : value | 0

/** A scalar as the i64 compute type takes it: fractions cut; what is no integer of 64 bits gives the least one. */
export const toInt64 = (value: number | bigint): bigint => {
  if (typeof value === 'bigint') return BigInt.asIntN(64, value)
  return Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : -(2n ** 63n)
}

/**
 * Lane-wise operations over one compute type. For float types the integer operations work on the bits, in lanes of
 * the same width.
 */
export class Lanes {
  readonly b: FunctionBuilder
  readonly compute: ComputeType
  /** Lanes in use: all, or only the first, when all hold the same value. */
  readonly single: boolean
  readonly bits: 'i32' | 'i64'

  constructor(b: FunctionBuilder, compute: ComputeType, single: boolean) {
    this.b = b
    this.compute = compute
    this.single = single
    this.bits = compute === 'f32' || compute === 'i32' ? 'i32' : 'i64'
  }

  get isFloat(): boolean {
    return this.compute === 'f32' || this.compute === 'f64'
  }

  /** The same operations on other lanes. */
  as(compute: ComputeType): Lanes {
    return compute === this.compute ? this : new Lanes(this.b, compute, this.single)
  }

  c(value: number | bigint): Node {
    return this.#splat(this.compute, value)
  }
  /** A constant of bits. */
  ic(value: number | bigint): Node {
    return this.#splat(this.bits, value)
  }

  #splat(compute: ComputeType, value: number | bigint): Node {
    const key = `${compute} ${Object.is(value, -0) ? '-0' : value}`
    return this.b.named(key, () => splatBytes(compute, value))
  }

  f(name: FloatName, ...args: Node[]): Node {
    return this.b.vector(floatLane[this.compute as 'f32' | 'f64'][name], ...args)
  }
  i(name: Exclude<IntName, 'shl' | 'shrS' | 'shrU'>, ...args: Node[]): Node {
    return this.b.vector(intLane[this.bits][name], ...args)
  }
  /** A shift by a fixed number of bits. */
  shift(name: 'shl' | 'shrS' | 'shrU', x: Node, count: number): Node {
    return this.b.node(v128, [...op.i32.const(count), ...simd(intLane[this.bits][name])], [x])
  }

  add(x: Node, y: Node): Node {
    return this.f('add', x, y)
  }
  sub(x: Node, y: Node): Node {
    return this.f('sub', x, y)
  }
  mul(x: Node, y: Node): Node {
    return this.f('mul', x, y)
  }
  div(x: Node, y: Node): Node {
    return this.f('div', x, y)
  }
  /** x·y + z, with one rounding where the engine has it. */
  mad(x: Node, y: Node, z: Node): Node {
    if (this.b.relaxed) return this.b.vector(this.compute === 'f32' ? lane.madd32 : lane.madd64, x, y, z)
    return this.add(this.mul(x, y), z)
  }
  /** The polynomial with these coefficients, highest degree first. */
  poly(x: Node, coefficients: readonly number[]): Node {
    let y = this.c(coefficients[0])
    for (let i = 1; i < coefficients.length; i++) y = this.mad(y, x, this.c(coefficients[i]))
    return y
  }

  and(x: Node, y: Node): Node {
    return this.b.vector(lane.and, x, y)
  }
  andNot(x: Node, y: Node): Node {
    return this.b.vector(lane.andNot, x, y)
  }
  or(x: Node, y: Node): Node {
    return this.b.vector(lane.or, x, y)
  }
  xor(x: Node, y: Node): Node {
    return this.b.vector(lane.xor, x, y)
  }
  not(x: Node): Node {
    return this.b.vector(lane.not, x)
  }
  /** x where the mask is set, else y. */
  select(mask: Node, x: Node, y: Node): Node {
    return this.b.vector(lane.bitSelect, x, y, mask)
  }
  shuffle(x: Node, y: Node, lanes: readonly number[]): Node {
    return this.b.node(v128, simd(lane.shuffle, ...lanes), [x, y])
  }

  /** A function of scalars applied to each lane; `types` are those of its parameters and result. */
  each(index: number, args: readonly Node[], from: ComputeType, to: ComputeType): Node {
    const lanes = this.single ? 1 : Math.min(laneCount(from), laneCount(to))
    const custom = (code: number[], locals: readonly number[]): void => {
      for (let i = 0; i < lanes; i++) {
        const parts: (readonly number[])[] = []
        for (const local of locals) {
          parts.push(op.get(local), simd(laneType[from].extract, i))
          if (from === 'f32' && to !== 'i64') parts.push(op.f64.promote)
        }
        parts.push(callFunction(index))
        if (to === 'f32' && from !== 'i64') parts.push(op.f32.demote)
        parts.push(i === 0 ? simd(laneType[to].splat) : simd(laneType[to].replace, i))
        for (const part of parts) code.push(...part)
      }
    }
    return this.b.node(v128, [-2, index, lanes, laneType[from].type, laneType[to].type], args, 0, custom)
  }

  /** `fast`, but where the mask is set, the scalar function of float64s; the mask is seldom set. */
  patch(fast: Node, mask: Node, index: number, args: readonly Node[]): Node {
    const { extract, replace } = laneType[this.compute]
    const { b } = this
    const lanes = this.single ? 1 : laneCount(this.compute)
    const narrow = this.compute === 'f32'
    const custom = (code: number[], [fastLocal, maskLocal, ...locals]: readonly number[]): void => {
      const result = b.local(v128)
      const parts: (readonly number[])[] = [
        op.get(fastLocal),
        op.set(result),
        op.get(maskLocal),
        simd(lane.anyTrue),
        op.if,
      ]
      for (let i = 0; i < lanes; i++) {
        parts.push(op.get(maskLocal), simd(lane.i32Extract, i * (narrow ? 1 : 2)), op.if, op.get(result))
        for (const local of locals) parts.push(op.get(local), simd(extract, i), narrow ? op.f64.promote : [])
        parts.push(callFunction(index), narrow ? op.f32.demote : [], simd(replace, i), op.set(result), op.end)
      }
      parts.push(op.end, op.get(result))
      for (const part of parts) code.push(...part)
    }
    return b.node(v128, [-3, index, lanes], [fast, mask, ...args], 0, custom)
  }
}
