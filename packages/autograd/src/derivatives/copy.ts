// Gradients of copies. Casts are undone by the engine, which gives each gradient the dtype of its tensor.
import { linear } from './formula.ts'
import type { Family } from './table.ts'

/** Copies. */
export const copy = {
  clone: linear((g) => g),
  toCopy: linear((g) => g),
  toDevice: linear((g, { attrs: { backend } }) => g.to({ device: backend.device })),
  copy: { backward: [(g) => g.zerosLike(), (g) => g] },
  fill: linear(
    (g) => g.zerosLike(),
    () => 'FillBackward0',
  ),
} satisfies Family
