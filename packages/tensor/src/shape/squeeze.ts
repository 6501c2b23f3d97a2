// The dims that squeeze takes away.
import { wrapDim, wrapDims } from './shape.ts'
import type { Shape } from './shape.ts'

/** Those of size 1 among the dims given, or among all. */
export function squeezeAttrs(
  { shape }: { readonly shape: Shape },
  dim: number | readonly number[] | null,
): { dims: readonly number[] } {
  const rank = shape.length
  const dims =
    dim === null
      ? shape.map((_, i) => i)
      : typeof dim === 'number'
        ? rank === 0
          ? (wrapDim('squeeze', dim, 0), [])
          : [wrapDim('squeeze', dim, rank)]
        : dim.length === 0
          ? []
          : wrapDims('squeeze', dim, rank)
  return { dims: dims.filter((d) => shape[d] === 1) }
}
