// Picks the WGSL functions that a piece of source uses, with those that they use.
import { floatFunctions } from './float-functions.ts'
import { gammaFunctions } from './gamma-functions.ts'
import { integerFunctions } from './integer-functions.ts'
import { specialFunctions } from './special-functions.ts'

const sources = [floatFunctions, integerFunctions, specialFunctions, gammaFunctions].flatMap((family) =>
  Object.values(family),
)
// Which entry declares a name: an entry may declare several.
const declared = new Map<string, string>()
for (const source of sources) {
  for (const [, name] of source.matchAll(/(?:fn|var<private>) (tt_\w+)/g)) declared.set(name, source)
}

/** The declarations of all `tt_` functions that `code` calls. */
export function libraryFor(code: string): string {
  const needed = new Set<string>()
  const visit = (text: string): void => {
    for (const [name] of text.matchAll(/\btt_\w+/g)) {
      const source = declared.get(name)
      if (source === undefined) throw new Error(`backend-webgpu: no WGSL function ${name}`)
      if (needed.has(source)) continue
      needed.add(source)
      visit(source)
    }
  }
  visit(code)
  return [...needed].map((source) => source.trim()).join('\n')
}
