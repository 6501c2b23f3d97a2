// The state of a module, by PyTorch's names: collecting it, and loading it with a full report.
import { Tensor, TtError, formatShape, sameShape, withGradMode } from '@tt/autograd'
import type { Module } from './module.ts'
import { joinName } from './names.ts'

/** Parameters and persistent buffers by name, such as `features.0.weight`; in the order of definition. */
export type StateDict = Record<string, Tensor>

/** What did not match when a state dict was loaded. */
export interface LoadReport {
  /** Names of the module that the state dict lacks. */
  readonly missingKeys: readonly string[]
  /** Names of the state dict that the module lacks. */
  readonly unexpectedKeys: readonly string[]
}

/**
 * A state dict that does not fit the module; nothing was loaded.
 *
 * @example
 * new StateDictError('Linear', ['bias'], [], []).missingKeys // => ['bias']
 */
export class StateDictError extends TtError implements LoadReport {
  readonly missingKeys: readonly string[]
  readonly unexpectedKeys: readonly string[]
  /** One line for each tensor of another size. */
  readonly mismatches: readonly string[]

  constructor(
    moduleName: string,
    missingKeys: readonly string[],
    unexpectedKeys: readonly string[],
    mismatches: readonly string[],
  ) {
    const quoted = (keys: readonly string[]) => keys.map((key) => `"${key}"`).join(', ')
    const lines = [
      ...(missingKeys.length > 0 ? [`missing keys: ${quoted(missingKeys)}`] : []),
      ...(unexpectedKeys.length > 0 ? [`unexpected keys: ${quoted(unexpectedKeys)}`] : []),
      ...mismatches,
    ]
    super(
      'loadStateDict',
      `the state dict must fit ${moduleName}, got\n${lines.map((line) => `  ${line}`).join('\n')}\n` +
        'Nothing was loaded. Pass { strict: false } to load only the keys that both have.',
    )
    this.missingKeys = missingKeys
    this.unexpectedKeys = unexpectedKeys
    this.mismatches = mismatches
  }
}

/** The module's own tensors by name, then its children's. Shared ones appear under each of their names. */
export function collectState(module: Module, prefix: string, keepVars: boolean, into: StateDict): StateDict {
  for (const [name, value] of ownState(module))
    into[joinName(prefix, name)] = keepVars ? value : value.detach()
  for (const [name, child] of module.namedChildren({ removeDuplicate: false })) {
    collectState(child, joinName(prefix, name), keepVars, into)
  }
  return into
}

/** An empty state dict, without a prototype: every name is safe as a key. */
export const emptyStateDict = (): StateDict => Object.create(null) as StateDict

/** Copies the tensors of `stateDict` into those of the module; all is checked before the first is copied. */
export function loadState(module: Module, stateDict: Readonly<StateDict>, strict: boolean): LoadReport {
  const targets = collectState(module, '', true, emptyStateDict())
  const missingKeys = Object.keys(targets).filter((key) => !Object.hasOwn(stateDict, key))
  const unexpectedKeys = Object.keys(stateDict).filter((key) => !Object.hasOwn(targets, key))
  const shared = Object.keys(targets).filter((key) => Object.hasOwn(stateDict, key))
  const mismatches = shared
    .map((key) => mismatch(key, stateDict[key], targets[key]))
    .filter((line) => line !== null)
  if (mismatches.length > 0 || (strict && missingKeys.length + unexpectedKeys.length > 0)) {
    throw new StateDictError(
      module.reprName(),
      strict ? missingKeys : [],
      strict ? unexpectedKeys : [],
      mismatches,
    )
  }
  withGradMode(false, () => {
    for (const key of shared) targets[key].copy_(stateDict[key])
  })
  return { missingKeys, unexpectedKeys }
}

function mismatch(key: string, value: unknown, target: Tensor): string | null {
  if (!(value instanceof Tensor))
    return `${key}: must be a tensor, got ${value === null ? 'null' : typeof value}`
  if (sameShape(value.shape, target.shape)) return null
  return `size mismatch for ${key}: ${formatShape(value.shape)} in the state dict, ${formatShape(target.shape)} in the module`
}

function ownState(module: Module): [string, Tensor][] {
  const members = module.members()
  return [
    ...members
      .filter((member) => member.kind === 'parameter')
      .map((m): [string, Tensor] => [m.name, m.value]),
    ...members
      .filter((member) => member.kind === 'buffer' && member.persistent)
      .map((m): [string, Tensor] => [m.name, m.value as Tensor]),
  ]
}
