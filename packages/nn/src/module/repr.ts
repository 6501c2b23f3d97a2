// The text of a module, as PyTorch prints it.
import type { Module } from './module.ts'

/** A module's class, its extraRepr and its children, indented by their depth. */
export function moduleRepr(module: Module): string {
  const name = module.reprName()
  const extra = module.extraRepr()
  const extraLines = extra === '' ? [] : extra.split('\n')
  const childLines = module
    .namedChildren({ removeDuplicate: false })
    .map(([key, child]) => `(${key}): ${indentRest(moduleRepr(child))}`)
  const lines = [...extraLines, ...childLines]
  if (lines.length === 0) return `${name}()`
  if (extraLines.length === 1 && childLines.length === 0) return `${name}(${extra})`
  return `${name}(\n  ${lines.join('\n  ')}\n)`
}

const indentRest = (text: string): string => text.replaceAll('\n', '\n  ')
