// Calls what a golden case names: a function, a method, a property, an operator, an in-place method.
import { Tensor, awaitReads } from '@tt/tensor'
import type { ArgumentDecoder } from './decode.ts'
import { needsHost } from './device.ts'
import { itemsOf } from './format.ts'
import type { Call, Encoded } from './format.ts'
import { camelCase, findFunction, lastName, operators } from './names.ts'
import type { Packages } from './names.ts'
import { NotThere } from './outcome.ts'
import { place, placeUnknown, readHeader } from './place.ts'
import type { Header, Placed } from './place.ts'
import { bind } from './signatures.ts'
import type { Signatures } from './signatures.ts'

export interface World {
  readonly packages: Packages
  readonly signatures: Signatures
  readonly device: string
  /** Run calls within awaitReads even where they need no read. */
  readonly alwaysWait?: boolean
}

export interface Arguments {
  readonly args: readonly Encoded[]
  readonly kwargs: Readonly<Record<string, Encoded>>
}

type AnyFunction = (...args: unknown[]) => unknown

/** Makes the call. An in-place method works on a clone of the first argument, which is the result. */
export async function perform(
  world: World,
  { call, variant }: Call,
  { args, kwargs }: Arguments,
  decoder: ArgumentDecoder,
): Promise<unknown> {
  const name = lastName(call)
  if (variant === 'property') return property(decoder.value(args[0]) as Tensor, camelCase(name))
  if (name === '__getitem__') return indexed(decoder, args)
  if (name === '__setitem__') return assigned(decoder, args)
  if (variant === 'operator') return operator(world, name, args, decoder)
  if (variant === 'method' || variant === 'inplace')
    return method(world, call, variant === 'inplace', { args, kwargs }, decoder)
  return plainCall(world, call, { args, kwargs }, decoder)
}

function plainCall(world: World, call: string, given: Arguments, decoder: ArgumentDecoder): unknown {
  const fn = findFunction(world.packages, world.signatures, call)
  if (fn === null) throw new NotThere(`function ${camelCase(call.replace(/^torch\./, ''))}`)
  const values = placed(world, call, given, readHeader(fn), decoder)
  return waiting(() => fn(...values), world)
}

/** The result; an op that says it must read is given to awaitReads, as its message says. */
export async function waiting<T>(run: () => T, { alwaysWait = false }: Partial<World> = {}): Promise<T> {
  if (alwaysWait) return awaitReads(run)
  try {
    return run()
  } catch (error) {
    if (!needsHost(error)) throw error
    return awaitReads(run)
  }
}

/** The arguments by PyTorch's signature and the rule. */
function placed(
  world: World,
  call: string,
  { args, kwargs }: Arguments,
  header: Header | null,
  decoder: ArgumentDecoder,
): unknown[] {
  const overloads =
    world.signatures[call] ??
    world.signatures[call.replace('torch.Tensor.', 'torch.').replace(/_$/, '')] ??
    []
  const binding = bind(overloads, args, kwargs)
  const { positional, options }: Placed = binding
    ? place(binding, header)
    : placeUnknown(args, kwargs, header)
  const values = positional.map((entry, slot) => {
    if (entry === undefined) return undefined
    // f(*tensors) whose TypeScript form takes one tensor as well
    const items =
      entry.parameter.varargs && header?.positional[slot] !== 'tensors' ? itemsOf(entry.value) : null
    return decoder.value(items?.length === 1 ? items[0] : entry.value, entry.parameter)
  })
  if (options.length === 0) return values
  return [
    ...values,
    Object.fromEntries(
      options.map(({ parameter, value }) => [camelCase(parameter.name), decoder.value(value, parameter)]),
    ),
  ]
}

async function method(
  world: World,
  call: string,
  copySelf: boolean,
  { args, kwargs }: Arguments,
  decoder: ArgumentDecoder,
): Promise<unknown> {
  const name = camelCase(lastName(call))
  const fn = member(name)
  const { torch } = world.packages
  const free = torch[name] ?? torch[name.replace(/_$/, '')]
  const header = readHeader(typeof free === 'function' ? (free as AnyFunction) : fn)
  const full =
    header && typeof free !== 'function' ? { ...header, positional: ['self', ...header.positional] } : header
  const [self, ...rest] = placed(world, call, { args, kwargs }, full, decoder)
  const target = copySelf ? (self as Tensor).clone() : self
  const result = await waiting(() => fn.call(target, ...rest), world)
  return copySelf ? target : result
}

function property(self: Tensor, name: string): unknown {
  if (!(name in self)) throw new NotThere(`property ${name}`)
  const value = (self as unknown as Record<string, unknown>)[name]
  return typeof value === 'function' ? (value as AnyFunction).call(self) : value
}

const operand = { name: 'operand' }

function operator(world: World, name: string, args: readonly Encoded[], decoder: ArgumentDecoder): unknown {
  const fn = Object.hasOwn(operators, name) ? world.packages.torch[operators[name]] : undefined
  if (typeof fn !== 'function') throw new NotThere(`operator ${name}`)
  return (fn as AnyFunction)(decoder.value(args[1], operand), decoder.value(args[0], operand))
}

/** Python's x[i, j] has a tuple as its key; 1.13 takes a list of indices as one; all else is one index. */
function keysOf(decoder: ArgumentDecoder, key: Encoded): unknown[] {
  const items = itemsOf(key)
  const isTuple =
    items !== null && (!Array.isArray(key) || items.some((item) => item === null || typeof item === 'object'))
  return isTuple ? items.map((item) => decoder.value(item)) : [decoder.value(key)]
}

const member = (name: string): AnyFunction => {
  const fn = (Tensor.prototype as unknown as Record<string, unknown>)[name]
  if (typeof fn !== 'function') throw new NotThere(`method ${name}`)
  return fn as AnyFunction
}

function indexed(decoder: ArgumentDecoder, [self, key]: readonly Encoded[]): unknown {
  const keys = keysOf(decoder, key)
  return waiting(() => member('at').call(decoder.value(self), ...keys))
}

async function assigned(decoder: ArgumentDecoder, [self, key, value]: readonly Encoded[]): Promise<unknown> {
  const copy = (decoder.value(self) as Tensor).clone()
  const given = [keysOf(decoder, key), decoder.value(value, operand)]
  await waiting(() => member('put_').call(copy, ...given))
  return copy
}
