// Picks the WGSL functions that a piece of source uses, with those that they use.
import { floatFunctions } from './float-functions.ts'
import { gammaFunctions } from './gamma-functions.ts'
import { halfElements, halfWords } from './half-functions.ts'
import { integerFunctions } from './integer-functions.ts'
import { builtinRounding, exactRounding } from './rounded-functions.ts'
import { specialFunctions } from './special-functions.ts'

type Family = Readonly<Record<string, string>>

// Which entry declares a name: an entry may declare several.
function declarationsOf(families: readonly Family[]): ReadonlyMap<string, string> {
  const declared = new Map<string, string>()
  for (const source of families.flatMap((family) => Object.values(family))) {
    for (const [, name] of source.matchAll(/(?:fn|var<private>) (tt_\w+)/g)) declared.set(name, source)
  }
  return declared
}
const everywhere = [floatFunctions, integerFunctions, specialFunctions, gammaFunctions]
const declarations = [halfWords, halfElements].map((halves) =>
  [exactRounding, builtinRounding].map((rounding) => declarationsOf([...everywhere, halves, rounding])),
)

/** What the functions depend on. */
export interface Dialect {
  /** Whether float16 lies in memory as 16-bit floats. */
  readonly halves: boolean
  /** Whether the driver runs on the CPU: floats are divided, and roots taken, as the processor does. */
  readonly barrierFree: boolean
}

/** The declarations of all `tt_` functions that `code` calls. */
export function libraryFor(code: string, { halves, barrierFree }: Dialect): string {
  const declared = declarations[Number(halves)][Number(barrierFree)]
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
