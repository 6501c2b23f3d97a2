// Scalar integer functions that have no SIMD instruction; internal functions of a kernel's module.
import type { FunctionCode } from './module.ts'
import { i32, i64, op } from './opcode.ts'

type IntType = 'i32' | 'i64'
const c = (type: IntType, value: number): number[] =>
  type === 'i32' ? op.i32.const(value) : op.i64.const(BigInt(value))

/** Names of the functions; each takes two integers and gives one. */
export type IntegerFunction = 'div' | 'rem' | 'pow' | 'gcd' | 'shiftLeft' | 'shiftRight'

/** The code of one of them. */
export function integerFunction(name: IntegerFunction, type: IntType): FunctionCode {
  const value = type === 'i32' ? i32 : i64
  const o = op[type]
  const [x, y, result] = [op.get(0), op.get(1), op.get(2)]
  const ifValue = type === 'i32' ? op.ifI32 : op.ifI64
  const code = (): (readonly number[])[] => {
    switch (name) {
      case 'div': // 0 by zero; −x by −1, where the instruction would trap
        return [
          y,
          o.eqz,
          ifValue,
          c(type, 0),
          op.else,
          y,
          c(type, -1),
          o.eq,
          ifValue,
          c(type, 0),
          x,
          o.sub,
          op.else,
          x,
          y,
          o.divS,
          op.end,
          op.end,
        ]
      case 'rem':
        return [y, o.eqz, ifValue, c(type, 0), op.else, x, y, o.remS, op.end]
      case 'shiftLeft':
        return [x, y, o.shl] // the count modulo the width
      case 'shiftRight':
        return [x, y, o.shrS]
      case 'gcd': // Euclid's; the sign comes off at the end
        return [
          op.block,
          op.loop,
          y,
          o.eqz,
          op.brIf(1),
          x,
          y,
          o.remS,
          op.set(2),
          y,
          op.set(0),
          result,
          op.set(1),
          op.br(0),
          op.end,
          op.end,
          x,
          c(type, 0),
          o.ltS,
          ifValue,
          c(type, 0),
          x,
          o.sub,
          op.else,
          x,
          op.end,
        ]
      case 'pow': // by squaring; negative exponents give 0 but for ±1
        return [
          y,
          c(type, 0),
          o.ltS,
          op.if,
          x,
          c(type, 1),
          o.eq,
          op.if,
          c(type, 1),
          op.return,
          op.end,
          x,
          c(type, -1),
          o.eq,
          op.if,
          c(type, 1),
          y,
          c(type, 1),
          o.and,
          c(type, 1),
          o.shl,
          o.sub,
          op.return,
          op.end,
          c(type, 0),
          op.return,
          op.end,
          c(type, 1),
          op.set(2),
          op.block,
          op.loop,
          y,
          o.eqz,
          op.brIf(1),
          y,
          c(type, 1),
          o.and,
          type === 'i64' ? op.i32.wrap : [],
          op.if,
          result,
          x,
          o.mul,
          op.set(2),
          op.end,
          x,
          x,
          o.mul,
          op.set(0),
          y,
          c(type, 1),
          o.shrU,
          op.set(1),
          op.br(0),
          op.end,
          op.end,
          result,
        ]
    }
  }
  return { params: [value, value], results: [value], locals: [value], code: code().flat() }
}
