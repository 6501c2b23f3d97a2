// Lines of a tensor along one dim: how kernels that go along a dim address them.
import type { Operand } from '@tt/tensor'
import { coalesce, padded } from './iteration.ts'
import type { Iteration } from './iteration.ts'
import { address, put, splitIndex } from './program.ts'
import type { Words } from './program.ts'

/** Size of a dim; a 0-dim operand is one of one dim of size 1. */
export const sizeAt = (operand: Operand, dim: number): number => operand.shape[dim] ?? 1
/** Stride of a dim. */
export const strideAt = (operand: Operand, dim: number): number => operand.strides[dim] ?? 0

/** The lines of operands that have the same dims but for `dim`. */
export interface Lines {
  /** The dims other than `dim`. */
  readonly outer: Iteration
  readonly operands: readonly Operand[]
  readonly dim: number
}

/** Lines of the operands along `dim`. */
export function linesOf(operands: readonly Operand[], dim: number): Lines {
  const dims = operands[0].shape.map((_, d) => d).filter((d) => d !== dim)
  const outer = padded(
    coalesce(
      dims.map((d) => operands[0].shape[d]),
      operands.map(({ strides }) => dims.map((d) => strides[d])),
    ),
  )
  return { outer, operands, dim }
}

/** WGSL of the lines: statements after which `at[k](p)` is the address of position p of operand k's line `line`. */
export function lineCode(
  rank: number,
  operands: number,
  line: string,
  words: Words,
): { code: string; at: ((position: string) => string)[] } {
  const split = splitIndex(line, words.row(rank), 'l')
  let { code } = split
  const at: ((position: string) => string)[] = []
  for (let k = 0; k < operands; k++) {
    code += `let line${k} = ${address(words.next(), split.index, words.row(rank))};\n`
    const stride = words.next()
    at.push((position) => `line${k} + (${position}) * ${stride}`)
  }
  return { code, at }
}

/** The words that lineCode names. */
export function putLines(words: Uint32Array, at: number, { outer, operands, dim }: Lines): number {
  let next = put(words, at, outer.sizes)
  operands.forEach((operand, k) => {
    words[next] = operand.offset
    next = put(words, next + 1, outer.strides[k])
    words[next++] = strideAt(operand, dim)
  })
  return next
}

/** Number of words of lineCode. */
export const lineWords = (rank: number, operands: number): number => rank + operands * (rank + 2)
