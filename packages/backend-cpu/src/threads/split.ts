// Runs kernels in parts: generated programs by a descriptor for each, with one size cut and the addresses moved.
import { descriptor } from '../codegen/descriptor.ts'
import type { Program } from '../kernels/program-cache.ts'
import type { Runtime } from '../kernels/runtime.ts'
import type { PartScratch, Threads } from './threads.ts'

const operandWord = descriptor.pointer(0) >> 2
const wordsPerOperand = descriptor.operandBytes >> 2
const paramWord = descriptor.param(0) >> 2

/** What is cut, and how. */
export interface Cut {
  /** The size of the descriptor that is cut. */
  readonly dim: number
  /** How many parts. */
  readonly parts: number
  /** Parts begin at multiples of it, so that vectors hold the same elements as in the whole. */
  readonly align: number
  /** Bytes from an operand to where the part that begins at `start` has it. */
  offset(operand: number, start: number, part: number): number
}

/** Bounds of part `part` of `size` in `parts`, at multiples of `align`. */
export function bound(size: number, part: number, parts: number, align: number): number {
  return Math.min(size, Math.floor((Math.ceil(size / align) * part) / parts) * align)
}

/** Runs the program that the main descriptor describes, `operands` operands and `params` scalars, in parts. */
export function runSplit(
  runtime: Runtime,
  program: Program,
  operands: number,
  params: number,
  { dim, parts, align, offset }: Cut,
): void {
  const words = runtime.heap.i32
  const base = runtime.descriptor >> 2
  const size = words[base + dim]
  const addresses: number[] = []
  for (let part = 0; part < parts; part++) {
    const start = bound(size, part, parts, align)
    const end = bound(size, part + 1, parts, align)
    const address = runtime.partDescriptor(part)
    const own = address >> 2
    words.copyWithin(own, base, base + operandWord + operands * wordsPerOperand)
    words.copyWithin(own + paramWord, base + paramWord, base + paramWord + params * 2)
    words[own + dim] = end - start
    for (let k = 0; k < operands; k++)
      words[own + operandWord + k * wordsPerOperand] += offset(k, start, part)
    addresses.push(address)
  }
  runtime.threads.run(program, 1, addresses, parts)
}

/**
 * Calls `fn` for ranges of `units` pieces of work, on as many threads as that many microseconds are worth.
 * @param argsOf the arguments for the pieces from `start` to `end`
 */
export function runRanges(
  threads: Threads,
  fn: (...args: never[]) => unknown,
  units: number,
  microseconds: number,
  argsOf: (start: number, end: number) => readonly number[],
  scratch?: (parts: number) => PartScratch,
): void {
  const parts = threads.parts(microseconds, units)
  const args: number[] = []
  let arity = 0
  for (let part = 0; part < parts; part++) {
    const own = argsOf(bound(units, part, parts, 1), bound(units, part + 1, parts, 1))
    arity = own.length
    args.push(...own)
  }
  threads.run(fn as (...args: number[]) => unknown, arity, args, parts, scratch?.(parts))
}
