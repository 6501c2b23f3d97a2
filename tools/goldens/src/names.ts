// PyTorch's names in TypeScript, by rule: camelCase, and where a call path points.
import type { Signatures } from './signatures.ts'

/** `index_add_` → `indexAdd_`; words without an underscore, and marks at the ends, stay. */
export const camelCase = (name: string): string =>
  name.replace(/(?<=[A-Za-z0-9])_([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase())

/** The function that Python's reflected operators call with swapped operands. */
export const operators: Readonly<Record<string, string>> = {
  __radd__: 'add',
  __rsub__: 'sub',
  __rmul__: 'mul',
  __rdiv__: 'div',
  __rtruediv__: 'div',
  __rfloordiv__: 'floorDivide',
  __rmod__: 'remainder',
  __rpow__: 'pow',
  __rmatmul__: 'matmul',
  __rand__: 'bitwiseAnd',
  __ror__: 'bitwiseOr',
  __rxor__: 'bitwiseXor',
  __rlshift__: 'bitwiseLeftShift',
  __rrshift__: 'bitwiseRightShift',
}

/** The last part of a call path: `torch.nn.functional.pad` → `pad`, `torch.Tensor.mT.__get__` → `mT` */
export function lastName(call: string): string {
  const parts = call.split('.').filter((part) => part !== '__get__')
  return parts[parts.length - 1]
}

/** The packages as the runner sees them. */
export type Namespace = Readonly<Record<string, unknown>>
export interface Packages {
  /** Of `torch.*`. */
  readonly torch: Namespace
  /** Of `torch.nn.*`. */
  readonly nn: Namespace
}

type AnyFunction = (...args: unknown[]) => unknown

/**
 * The function that a call path names. Functions of torch.nn.functional and torch.special may be plain
 * functions of torch: unless PyTorch has another one of the same name there,
 * as Tensor.unfold is not functional.unfold.
 */
export function findFunction(
  { torch, nn }: Packages,
  signatures: Signatures,
  call: string,
): AnyFunction | null {
  const path = call.split('.').slice(1).map(camelCase)
  const name = path[path.length - 1]
  const from = (root: Namespace, parts: readonly string[]): unknown =>
    parts.reduce<unknown>((at, part) => (at as Namespace | undefined)?.[part], root)
  let found = path[0] === 'nn' ? from(nn, path.slice(1)) : from(torch, path)
  if (
    found === undefined &&
    (path[1] === 'functional' || path[0] === 'special') &&
    isSameEverywhere(signatures, call)
  )
    found = torch[name]
  return typeof found === 'function' ? (found as AnyFunction) : null
}

/** Whether no function or method of the same name takes quite other parameters. */
function isSameEverywhere(signatures: Signatures, call: string): boolean {
  const parametersOf = (path: string): string[] =>
    (signatures[path] ?? [])
      .flat()
      .map(({ name }) => name)
      .filter((name) => name !== 'self' && name !== 'input')
  const own = parametersOf(call)
  return [`torch.${lastName(call)}`, `torch.Tensor.${lastName(call)}`].every((path) => {
    const others = parametersOf(path)
    return own.length === 0 || others.length === 0 || others.some((name) => own.includes(name))
  })
}
