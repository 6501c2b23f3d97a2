// The ops that there are: what tensor/src/ops exports, each with the example of its docstring.
import { join } from 'node:path'
import * as tt from '@tt/tensor'
import { Tensor } from '@tt/tensor'
import { exportsOf } from '../../test/docstrings.ts'

const ops = join(import.meta.dirname, '../../packages/tensor/src/ops')
/** Files of ops by the name before theirs: methods and functions have none. */
const indexes: readonly (readonly [prefix: string, file: string])[] = [
  ['', 'index.ts'],
  ['', 'free.ts'],
  ['fft.', 'fft/index.ts'],
  ['linalg.', 'linalg/index.ts'],
  ['masked.', 'masked.ts'],
  ['special.', 'special.ts'],
]
/** Files whose functions give no tensors, or only shapes and dtypes. */
const noOps = /\/(printing|reading|result-type)\.ts$/

/** An op as users call it. */
export interface Op {
  readonly name: string
  /** The example of its docstring. */
  readonly example: string
  readonly hasInPlaceForm: boolean
  /** Other names of the same function. */
  readonly aliases: readonly string[]
  readonly fn: AnyFunction
  /** Where it is declared; the example sees all exports of that file. */
  readonly file: string
}
export type AnyFunction = (...args: unknown[]) => unknown

const exampleOf = (doc: string): string =>
  /@example\b([\s\S]*?)(?=(?<!['"\w])@(?:see|param|returns|throws|example)\b|$)/
    .exec(doc.replaceAll(/^\s*\* ?/gm, ''))?.[1]
    .trim() ?? ''

const isMethod = (name: string): boolean => name in Tensor.prototype

/** The function of a name such as 'linalg.qr'. */
const functionOf = (name: string): AnyFunction =>
  name.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], tt) as AnyFunction

/** All ops by name. In-place forms are a note on their op, unless there is no other form; aliases go with their op. */
export function allOps(): Op[] {
  const found = new Map<AnyFunction, Op>()
  for (const [prefix, file] of indexes) {
    for (const { name, kind, doc, file: at } of exportsOf(join(ops, file))) {
      const isOp =
        (kind === 'function' || kind === 'const') && !/(Op|Backward|Async)$/.test(name) && !noOps.test(at)
      const example = exampleOf(doc)
      if (!isOp || example === '' || (name.endsWith('_') && isMethod(name.slice(0, -1)))) continue
      const fn = functionOf(prefix + name)
      const same = found.get(fn)
      const own = new RegExp(`\\b${name}\\(`).test(example) // the example of an alias is that of the op
      const names = [...(same === undefined ? [] : [same.name, ...same.aliases]), prefix + name]
      const main = own || same === undefined ? prefix + name : same.name
      found.set(fn, {
        name: main,
        aliases: names.filter((other) => other !== main),
        example,
        hasInPlaceForm: (same?.hasInPlaceForm ?? false) || (prefix === '' && isMethod(`${name}_`)),
        fn,
        file: at,
      })
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
