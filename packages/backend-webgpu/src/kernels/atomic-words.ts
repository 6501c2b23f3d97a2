// Elements of a buffer that is bound as atomic 32-bit words: there are no atomic halves, so two of them share a word.
import type { Element } from '../wgsl/storage-format.ts'

/** WGSL pieces for the element at a position. */
export interface AtomicWords {
  /** The position of its word. */
  place(at: string): string
  /** The element, out of its word. */
  element(word: string, at: string): string
  /** The word with another element there. */
  replace(word: string, at: string, element: string): string
}

const whole: AtomicWords = {
  place: (at) => at,
  element: (word) => word,
  replace: (_word, _at, element) => element,
}
const halves: AtomicWords = {
  place: (at) => `(${at}) >> 1u`,
  element: (word, at) => `bitcast<vec2<f16>>(${word})[(${at}) & 1u]`,
  replace: (word, at, element) =>
    `insertBits(${word}, bitcast<u32>(vec2<f16>(${element}, 0h)), ((${at}) & 1u) * 16u, 16u)`,
}

/** The pieces for elements of a type. */
export const atomicWords = (element: Element): AtomicWords => (element === 'f16' ? halves : whole)
