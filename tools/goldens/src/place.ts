// The rule of design.md §2: which arguments are positional and which go into the trailing options object.
import { isObject, isTensorArgument } from './format.ts'
import type { Encoded } from './format.ts'
import { camelCase } from './names.ts'
import type { Binding, Bound, Parameter } from './signatures.ts'

/** Names of a TypeScript function's parameters, read from its source. */
export interface Header {
  /** Before the options object. */
  readonly positional: readonly string[]
  readonly takesOptions: boolean
  /** Ends in a rest parameter. */
  readonly variadic: boolean
}

/** Reads the parameters of a function; null if its source does not show them. */
export function readHeader(fn: ((...args: never[]) => unknown) | null): Header | null {
  const source = fn?.toString() ?? ''
  const start = source.indexOf('(')
  if (start < 0 || source.includes('[native code]')) return null
  const parts = splitTopLevel(source.slice(start + 1))
  const names = parts.map((part) => part.trim().replace(/[\s=:?,][\s\S]*$/, ''))
  const options = names.findIndex((name, i) => parts[i].trim().startsWith('{') || name === 'options')
  const variadic = names.some((name) => name.startsWith('...'))
  const positional = (options < 0 ? names : names.slice(0, options)).filter(
    (name) => name !== '' && !name.startsWith('...'),
  )
  return { positional, takesOptions: options >= 0, variadic }
}

function splitTopLevel(text: string): string[] {
  const parts = ['']
  let depth = 0
  for (const letter of text) {
    if (')]}'.includes(letter) && depth-- === 0) break
    if ('([{'.includes(letter)) depth++
    if (letter === ',' && depth === 0) parts.push('')
    else parts[parts.length - 1] += letter
  }
  return parts
}

// torch.nn.functional's Python functions state no types; these of their parameters are tensors everywhere.
const tensorNames = new Set([
  'weight',
  'bias',
  'running_mean',
  'running_var',
  'pos_weight',
  'mask',
  'attn_mask',
  'window',
])

const isOptional = ({ kwarg_only, ...parameter }: Parameter): boolean =>
  'default' in parameter || kwarg_only === true

/** Whether the rule puts an optional parameter among the positional ones. */
function isPositional(parameter: Parameter, header: Header | null): boolean {
  const { name, type, kwarg_only } = parameter
  if (header?.positional.includes(camelCase(name))) return true
  if (kwarg_only) return false
  return name === 'dim' || type === 'Optional[Tensor]' || (type === undefined && tensorNames.has(name))
}

/** Arguments in their places: undefined where a default is meant. */
export interface Placed {
  readonly positional: readonly (Bound | undefined)[]
  readonly options: readonly Bound[]
}

/** Places the named arguments by the rule. */
export function place({ overload, bound }: Binding, header: Header | null): Placed {
  const given = new Map(bound.map((entry) => [entry.parameter.name, entry]))
  const positional: (Bound | undefined)[] = []
  const options: Bound[] = []
  for (const parameter of overload) {
    const entry = given.get(parameter.name)
    if (!isOptional(parameter) || isPositional(parameter, header)) positional.push(entry)
    else if (entry !== undefined && !isDefault(entry)) options.push(entry)
  }
  return finish(positional, options, header)
}

/** The same where PyTorch hides the signature: positional ones as they are, keywords by the header. */
export function placeUnknown(
  args: readonly Encoded[],
  kwargs: Readonly<Record<string, Encoded>>,
  header: Header | null,
): Placed {
  const positional: (Bound | undefined)[] = args.map((value, i) => ({ parameter: { name: `#${i}` }, value }))
  const options: Bound[] = []
  for (const [name, value] of Object.entries(kwargs)) {
    const slot = header?.positional.indexOf(camelCase(name)) ?? -1
    const entry = { parameter: { name }, value }
    if (slot >= 0) positional[slot] = entry
    else if (!isDefault(entry)) options.push(entry)
  }
  return finish(Array.from(positional), options, header)
}

function finish(positional: (Bound | undefined)[], options: Bound[], header: Header | null): Placed {
  if (header !== null && !header.variadic) {
    // A parameter of another overload stands before the options: std(x, undefined, { unbiased })
    while (options.length > 0 && positional.length < header.positional.length && header.takesOptions)
      positional.push(undefined)
    // One parameter that takes an object of what PyTorch takes one by one: to({ device, dtype, copy })
    const surplus =
      positional.length > header.positional.length || (options.length > 0 && !header.takesOptions)
    if (surplus && header.positional.at(-1) === 'target') {
      const first = header.positional.length - 1
      const merged = positional.splice(first).filter((entry) => entry !== undefined)
      if (merged.some(({ value }) => isTensorArgument(value)))
        return { positional: [...positional, ...merged], options }
      return { positional, options: [...merged, ...options] }
    }
  }
  if (options.length === 0) while (positional.length > 0 && positional.at(-1) === undefined) positional.pop()
  return { positional, options }
}

/** Whether leaving it out means the same. */
function isDefault({ parameter, value }: Bound): boolean {
  if ('default' in parameter && JSON.stringify(plain(value)) === JSON.stringify(parameter.default))
    return true
  if (parameter.name === 'pin_memory' || parameter.name === 'non_blocking')
    return value === false || value === null
  if (isObject(value) && value.layout === 'strided') return true
  return (
    isObject(value) &&
    (value.memory_format === 'preserve_format' || value.memory_format === 'contiguous_format')
  )
}

const plain = (value: Encoded): unknown => (isObject(value) && 'float' in value ? value.float : value)
