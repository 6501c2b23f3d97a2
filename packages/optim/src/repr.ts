// The text of an optimizer, as PyTorch prints it.
import { pyLiteral } from '@tt/autograd'
import type { PyValue } from '@tt/autograd'
import { snakeCase } from './names.ts'

/** The class's name and the options of each group, in order of their names. */
export function optimizerRepr(name: string, paramGroups: readonly object[]): string {
  const groups = paramGroups.map((group, i) => {
    const lines = (Object.entries(group) as [string, unknown][])
      .filter(([key]) => key !== 'params')
      .map(([key, value]) => [snakeCase(key), pyLiteral(value as PyValue)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `    ${key}: ${value}\n`)
    return `\nParameter Group ${i}\n${lines.join('')}`
  })
  return `${name} (${groups.join('')})`
}
