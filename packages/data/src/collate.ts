// Puts the items of a batch together: tensors stacked, numbers in one tensor, structures kept.
import { ArgumentError, check, stack, tensor, Tensor } from '@tt/tensor'

type TypedArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array

/** The type of a batch of `T`s after `defaultCollate`. */
export type Collated<T> = T extends Tensor | number | bigint | boolean | TypedArray
  ? Tensor
  : T extends string
    ? string[]
    : { -readonly [K in keyof T]: Collated<T[K]> }

/**
 * Puts items of one structure together: tensors are stacked along a new first dim, numbers, bigints and booleans
 * become one tensor as `tensor()` would make it, strings stay a list, and arrays and objects are collated member
 * by member. Unlike PyTorch, whole numbers become float32 (see `tensor`); give bigints for int64.
 *
 * @param items at least one, all of the same structure
 * @returns that structure, with a batch in place of each member
 * @throws ArgumentError if there are no items, their structures differ, or a member is of a type not named above
 * @example
 * const [x, y] = defaultCollate([[tensor([1, 2]), 7n], [tensor([3, 4]), 8n]])
 * x.shape  // => [2, 2]
 * y.dtype  // => 'int64'
 * @see torch.utils.data.default_collate
 */
export function defaultCollate<T>(items: readonly T[]): Collated<T> {
  check(
    items.length > 0,
    () => new ArgumentError('defaultCollate', 'there must be at least one item, got none'),
  )
  return collate(items) as Collated<T>
}

function collate(items: readonly unknown[]): unknown {
  const kind = kindOf(items[0])
  const odd = items.findIndex((item) => kindOf(item) !== kind)
  check(
    odd < 0,
    () =>
      new ArgumentError(
        'defaultCollate',
        `the items of a batch must be of one type, got ${kind} and ${kindOf(items[odd])} (item ${odd}). Give a collateFn`,
      ),
  )
  return collators[kind](items as never)
}

type Kind = 'tensor' | 'number' | 'bigint' | 'boolean' | 'string' | 'typed array' | 'array' | 'object'

const asTensor = (items: readonly (number | bigint | boolean)[]): Tensor => tensor(items as readonly number[])

const collators: Record<Kind, (items: never) => unknown> = {
  tensor: (items: readonly Tensor[]) => stack(items, 0),
  number: asTensor,
  bigint: asTensor,
  boolean: asTensor,
  string: (items: readonly string[]) => [...items],
  'typed array': (items: readonly TypedArray[]) =>
    stack(
      items.map((item) => tensor(item)),
      0,
    ),
  array: collateArrays,
  object: collateObjects,
}

function collateArrays(items: readonly (readonly unknown[])[]): unknown[] {
  const { length } = items[0]
  const odd = items.findIndex((item) => item.length !== length)
  check(
    odd < 0,
    () =>
      new ArgumentError(
        'defaultCollate',
        `arrays in a batch must be of one length, got ${length} and ${items[odd].length} (item ${odd}). Give a collateFn`,
      ),
  )
  return Array.from({ length }, (_, member) => collate(items.map((item) => item[member])))
}

function collateObjects(items: readonly Readonly<Record<string, unknown>>[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(items[0]).map((key) => {
      const odd = items.findIndex((item) => !Object.hasOwn(item, key))
      check(
        odd < 0,
        () =>
          new ArgumentError(
            'defaultCollate',
            `objects in a batch must have the same keys, got item ${odd} without '${key}'. Give a collateFn`,
          ),
      )
      return [key, collate(items.map((item) => item[key]))]
    }),
  )
}

function kindOf(value: unknown): Kind {
  if (value instanceof Tensor) return 'tensor'
  if (Array.isArray(value)) return 'array'
  if (ArrayBuffer.isView(value)) return 'typed array'
  const type = typeof value
  if (type === 'number' || type === 'bigint' || type === 'boolean' || type === 'string') return type
  const prototype = type === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined
  check(
    prototype === null || prototype === Object.prototype,
    () =>
      new ArgumentError(
        'defaultCollate',
        'items must be tensors, numbers, bigints, booleans, strings, typed arrays, arrays or plain objects, got ' +
          `${value === null ? 'null' : (prototype?.constructor?.name ?? type)}. Give a collateFn`,
      ),
  )
  return 'object'
}
