// Gradients of repetitions and permutations along dims.
import { linear } from './formula.ts'
import type { Family } from './table.ts'

/** Repetitions. */
export const repetition = {
  repeat: linear((g, { attrs: { repeats }, inputs: [{ shape }] }) => {
    const lead = repeats.length - shape.length
    const parts = repeats.flatMap((n, i) => (i < lead ? [n] : [n, shape[i - lead]])) // n copies in front of each dim
    let at = 0
    const copies = repeats.map((_, i) => (i < lead ? at++ : (at += 2) - 2))
    return repeats.length === 0 ? g : g.reshape(parts).sum(copies)
  }),
  flip: linear((g, { attrs: { dims } }) => g.flip(dims)),
  roll: linear((g, { attrs: { shifts, dims } }) =>
    g.roll(
      shifts.map((n) => -n),
      dims,
    ),
  ),
} satisfies Family
