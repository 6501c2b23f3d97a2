// The iteration space of strided operands: dims sorted, merged where they continue each other, as few as possible.
import type { Operand } from '@tt/tensor'

/** Sizes and element strides, innermost dim first; `strides[k * rank + d]` belongs to operand k. */
export interface Iteration {
  rank: number
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

/**
 * Orders the dims by the strides (the last operand's first, then the others'), drops those of size 1 and merges
 * neighbours that every operand runs through in one stride.
 */
export function coalesce(sizes: readonly number[], strides: readonly (readonly number[])[]): Iteration {
  const dims: number[] = []
  for (let d = sizes.length - 1; d >= 0; d--) if (sizes[d] !== 1) dims.push(d)
  const last = strides.length - 1
  // insertion sort, stable: small strides first; repeats (stride 0) decide nothing
  const before = (a: number, b: number): boolean => {
    for (let k = last; k >= 0; k--) {
      const x = strides[k][a]
      const y = strides[k][b]
      if (x !== y && x !== 0 && y !== 0) return x < y
    }
    return false
  }
  for (let i = 1; i < dims.length; i++) {
    for (let j = i; j > 0 && before(dims[j], dims[j - 1]); j--) {
      const swap = dims[j]
      dims[j] = dims[j - 1]
      dims[j - 1] = swap
    }
  }
  const merged: number[] = []
  const mergedStrides: number[][] = strides.map(() => [])
  for (const d of dims) {
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
    if (shape[d] !== 1) {
      if (strides[d] !== expected) return false
      expected *= shape[d]
    }
  }
  return true
}

/** Whether `part`, leading ones aside, is the end of `shape`. */
export function isSuffix(part: readonly number[], shape: readonly number[]): boolean {
  if (part === shape) return true
  const lead = shape.length - part.length
  for (let d = part.length - 1; d >= 0; d--) {
    if (part[d] === shape[lead + d]) continue
    for (; d >= 0; d--) if (part[d] !== 1) return false
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
