// PyTorch's signatures: which overload a call means, and which parameter each argument is.
import { readFileSync } from 'node:fs'
import { isObject, isTensorArgument, itemsOf } from './format.ts'
import type { Encoded } from './format.ts'

export interface Parameter {
  readonly name: string
  readonly type?: string
  readonly default?: unknown
  readonly kwarg_only?: boolean
  readonly varargs?: boolean
}
/** Parameters in positional order. */
export type Overload = readonly Parameter[]
export type Signatures = Readonly<Record<string, readonly Overload[]>>

/** Signatures that Python hides behind (*args, **kwargs), as PyTorch documents them. */
const documented: Signatures = {
  'torch.lu': [
    [
      { name: 'A', type: 'Tensor' },
      { name: 'pivot', type: 'bool', default: true },
      { name: 'get_infos', type: 'bool', default: false },
    ],
  ],
}

export const readSignatures = (path: string): Signatures => ({
  ...(JSON.parse(readFileSync(path, 'utf8')) as Signatures),
  ...documented,
})

/** An argument and the parameter it is for. */
export interface Bound {
  readonly parameter: Parameter
  readonly value: Encoded
}
/** A call with every argument named. */
export interface Binding {
  readonly overload: Overload
  readonly bound: readonly Bound[]
}

/** The first overload that takes the arguments, as PyTorch's parser chooses; null if none fits. */
export function bind(
  overloads: readonly Overload[],
  args: readonly Encoded[],
  kwargs: Readonly<Record<string, Encoded>>,
): Binding | null {
  for (const overload of overloads) {
    const bound = bindTo(overload, args, kwargs)
    if (bound !== null) return { overload, bound }
  }
  return null
}

const isOptional = (parameter: Parameter): boolean => 'default' in parameter

/** PyTorch takes view(2, 3) for view([2, 3]): where the list is the only positional parameter beside self. */
const takesLoose = (overload: Overload, { name, type, kwarg_only }: Parameter): boolean =>
  !kwarg_only &&
  (type === 'List[int]' || type === 'List[Tensor]') &&
  overload.every(
    (other) => other.name === name || other.name === 'self' || other.kwarg_only || type === 'List[Tensor]',
  )

function bindTo(
  overload: Overload,
  args: readonly Encoded[],
  kwargs: Readonly<Record<string, Encoded>>,
): Bound[] | null {
  if (overload.some(({ name }) => name === 'kwargs')) return null // hidden behind (*args, **kwargs)
  const bound: Bound[] = []
  const rest = new Map(Object.entries(kwargs))
  let next = 0
  for (const parameter of overload) {
    const { name } = parameter
    const keyword = rest.has(name) ? name : name === 'self' && rest.has('input') ? 'input' : null
    if (keyword !== null) {
      if (!fits(rest.get(keyword)!, parameter)) return null
      bound.push({ parameter, value: rest.get(keyword)! })
      rest.delete(keyword)
    } else if (next < args.length && !parameter.kwarg_only) {
      const value = args[next]
      if (parameter.varargs || (takesLoose(overload, parameter) && isLoose(args.slice(next), parameter))) {
        const whole = args.length - next === 1 && itemsOf(value) !== null
        bound.push({ parameter, value: whole ? value : args.slice(next) })
        next = args.length
      } else {
        if (!fits(value, parameter)) return null
        bound.push({ parameter, value })
        next++
      }
    } else if (!isOptional(parameter) && !parameter.kwarg_only && !parameter.varargs) return null
  }
  return next === args.length && rest.size === 0 ? bound : null
}

/** Arguments that stand loose in place of one list. */
const isLoose = (values: readonly Encoded[], { type }: Parameter): boolean =>
  values.every((value) => (type === 'List[int]' ? isInteger(value) : isTensorArgument(value)))

const isInteger = (value: Encoded): boolean =>
  typeof value === 'number' || (isObject(value) && 'int' in value)
const isFloat = (value: Encoded): boolean => isObject(value) && 'float' in value
const isZeroDim = (value: Encoded): boolean =>
  isObject(value) && Array.isArray(value.shape) && value.shape.length === 0
const isNumber = (value: Encoded): boolean =>
  isInteger(value) ||
  isFloat(value) ||
  typeof value === 'boolean' ||
  (isObject(value) && 'complex' in value) ||
  isZeroDim(value)
const all = (value: Encoded, test: (item: Encoded) => boolean): boolean =>
  itemsOf(value)?.every(test) ?? false

/** Whether a value can be given for the parameter. */
function fits(value: Encoded, { name, type }: Parameter): boolean {
  if (type === undefined) return true
  const optional = /^Optional\[(.*)\]$/.exec(type)
  if (optional && value === null) return true
  // PyTorch's schema calls these integers
  if (['dtype', 'layout', 'memory_format'].includes(name)) return isObject(value) && name in value
  switch (optional ? optional[1] : type) {
    case 'Tensor':
      return isTensorArgument(value)
    case 'number':
      return isNumber(value)
    case 'float':
      // tensor(3) is not tensor(3.)
      return name === 't' ? isFloat(value) : isNumber(value) && typeof value !== 'boolean'
    case 'int':
      return isInteger(value) || isZeroDim(value)
    case 'bool':
      return typeof value === 'boolean'
    case 'str':
      return typeof value === 'string'
    case 'Device':
      return typeof value === 'string' || (isObject(value) && 'device' in value)
    case 'complex':
      return isObject(value) && 'complex' in value
    case 'List[int]':
      return isInteger(value) || all(value, (item) => isInteger(item) || isZeroDim(item))
    case 'List[float]':
    case 'List[number]':
      return all(value, isNumber)
    case 'List[Tensor]':
      return all(value, isTensorArgument)
    case 'List[Optional[Tensor]]':
      return all(value, (item) => item === null || isTensorArgument(item))
    case 'List[str]':
      return all(value, (item) => typeof item === 'string')
    case 'List[t]':
      return itemsOf(value) !== null || isNumber(value)
    default:
      return true
  }
}
