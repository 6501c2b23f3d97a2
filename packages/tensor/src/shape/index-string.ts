// The strings of index notation: 'start:end:step', each part optional, and '...'.
import { IndexError, check } from '../errors.ts'

/** A parsed slice; null where a part was left out. */
export interface SliceSpec {
  readonly start: number | null
  readonly end: number | null
  readonly step: number
}

const pattern = /^(-?\d+)?:(-?\d+)?(?::(-?\d+)?)?$/
const parsed = new Map<string, SliceSpec>()
const partOf = (text: string | undefined): number | null => (text === undefined ? null : Number(text))

/**
 * Reads 'start:end:step'.
 *
 * @throws IndexError if it is not of this form, or the step is not positive
 * @example
 * parseSlice('at', '1:-1') // => { start: 1, end: -1, step: 1 }
 */
export function parseSlice(op: string, text: string): SliceSpec {
  const known = parsed.get(text)
  if (known !== undefined) return known
  const match = pattern.exec(text)
  check(
    match !== null,
    () =>
      new IndexError(
        op,
        `a string index must be 'start:end', 'start:end:step' or '...', got '${text}'. ${hint(text)}`,
      ),
  )
  const step = partOf(match[3]) ?? 1
  check(
    step > 0,
    () =>
      new IndexError(
        op,
        `the step of a slice must be greater than 0, got '${text}'. Use flip to go backwards`,
      ),
  )
  const spec = { start: partOf(match[1]), end: partOf(match[2]), step }
  if (parsed.size < 256) parsed.set(text, spec)
  return spec
}

const hint = (text: string): string =>
  /^-?\d+$/.test(text) ? `For one position give a number: ${text}` : "Examples: ':', '1:3', '::2', '-1:'"
