// Random fills overwrite everything: what was there before gets zeros.
import { linear } from './formula.ts'
import type { Family } from './table.ts'

const overwritten = linear((g) => g.zerosLike())

/** Random fills, and what is drawn with given means: no gradient but zeros, as PyTorch. */
export const random = {
  uniform: overwritten,
  normal: overwritten,
  bernoulli: overwritten,
  exponential: overwritten,
  random: overwritten,
  cauchy: overwritten,
  logNormal: overwritten,
  geometric: overwritten,
  poisson: overwritten,
  normalTensors: { backward: (g, s) => s.inputs.map(() => g.zerosLike()) },
} satisfies Family
