// The iteration space of strided operands: dims of size 1 dropped, dims that every operand runs through in one merged.
import type { Operand } from '@tt/tensor'

/** Sizes and element strides per operand, innermost dim first. */
export interface Iteration {
  readonly rank: number
  readonly sizes: number[]
  /** Per operand, per dim. */
  readonly strides: number[][]
}

/** Strides of an operand broadcast to `rank` dims, outermost first: 0 where it repeats. */
export function broadcastStrides(operand: Operand, rank: number): number[] {
  const { shape, strides } = operand
  const lead = rank - shape.length
  return Array.from({ length: rank }, (_, d) => (d < lead || shape[d - lead] === 1 ? 0 : strides[d - lead]))
}

/** Merges dims, keeping their order. */
export function coalesce(sizes: readonly number[], strides: readonly (readonly number[])[]): Iteration {
  const merged: number[] = []
  const mergedStrides: number[][] = strides.map(() => [])
  for (let d = sizes.length - 1; d >= 0; d--) {
    if (sizes[d] === 1) continue
    const top = merged.length - 1
    if (top >= 0 && strides.every((of, k) => of[d] === mergedStrides[k][top] * merged[top]))
      merged[top] *= sizes[d]
    else {
      merged.push(sizes[d])
      strides.forEach((of, k) => mergedStrides[k].push(of[d]))
    }
  }
  return { rank: merged.length, sizes: merged, strides: mergedStrides }
}

/** With dims of size 1 added, so that the rank is 2, 4, 8, ...: fewer kernels to compile. */
export function padded({ rank, sizes, strides }: Iteration): Iteration {
  let to = 2
  while (to < rank) to *= 2
  const fill = (values: readonly number[], value: number): number[] =>
    Array.from({ length: to }, (_, d) => (d < rank ? values[d] : value))
  return { rank: to, sizes: fill(sizes, 1), strides: strides.map((of) => fill(of, 0)) }
}

/** Number of elements. */
export function count(shape: readonly number[]): number {
  let n = 1
  for (let d = 0; d < shape.length; d++) n *= shape[d]
  return n
}

/** Whether the operand lies in memory in row-major order without gaps. */
export function isDense(operand: Operand): boolean {
  const { shape, strides } = operand
  let expected = 1
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] === 1) continue
    if (strides[d] !== expected) return false
    expected *= shape[d]
  }
  return true
}

/** Whether the shapes are the same. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let d = 0; d < a.length; d++) if (a[d] !== b[d]) return false
  return true
}
