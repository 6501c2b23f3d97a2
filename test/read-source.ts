// What the ladder test needs to know of a source file: its imports, and the platform's globals that it names.
import { parseSync } from '@swc/core'
import { readFileSync } from 'node:fs'

/** Imports of a file, and its uses of globals that exist on one platform only. */
export interface SourceFacts {
  readonly imports: string[]
  readonly platformGlobals: string[]
}

type Node = Record<string, unknown> & { type: string }

const platformGlobals = new Set([
  'process',
  'Buffer',
  'require',
  'Deno',
  'Bun',
  'window',
  'document',
  'importScripts',
])
/** Fields whose identifier is a property name, not a variable. */
const nameFields = new Set(['key', 'property', 'label', 'meta'])

/** Files that only Node loads: `src/platform/node*.ts`. */
export const isNodeFile = (file: string): boolean => /[\\/]src[\\/]platform[\\/]node[\w-]*\.ts$/.test(file)

/** Files that may know their platform: `src/platform/*`. */
export const isPlatformFile = (file: string): boolean => /[\\/]src[\\/]platform[\\/]/.test(file)

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

/** Parses `file` (or `text` in its place) and lists what it imports and which platform globals it uses. */
export function readSource(file: string, text = readFileSync(file, 'utf8')): SourceFacts {
  const imports: string[] = []
  const globals: string[] = []
  const declared = new Set<string>() // by the file itself: a local variable may be called `window`

  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit)
    if (typeof value !== 'object' || value === null) return
    if (isNode(value)) collect(value)
    for (const [field, child] of Object.entries(value)) {
      if (nameFields.has(field) && isNode(child) && child.type === 'Identifier') continue
      if (field !== 'span') visit(child)
    }
  }

  const collect = (node: Node): void => {
    const source = node.type === 'TsImportType' ? node.argument : node.source
    if (isNode(source) && source.type === 'StringLiteral') imports.push(String(source.value))
    if (node.type === 'CallExpression' && isNode(node.callee) && node.callee.type === 'Import') {
      const [first] = node.arguments as { expression: Node }[]
      if (first)
        imports.push(
          first.expression.type === 'StringLiteral' ? String(first.expression.value) : 'a computed name',
        )
    }
    const patterns = [
      node.type === 'VariableDeclarator' ? node.id : node.type === 'Parameter' ? node.pat : null,
    ]
    if (node.type === 'FunctionDeclaration') patterns.push(node.identifier)
    if (node.type === 'ArrowFunctionExpression') patterns.push(...(node.params as unknown[]))
    for (const pattern of patterns) {
      if (isNode(pattern) && pattern.type === 'Identifier') declared.add(String(pattern.value))
    }
    if (node.type === 'Identifier' && platformGlobals.has(String(node.value)))
      globals.push(String(node.value))
    if (node.type === 'MemberExpression' && isNode(node.object) && isNode(node.property)) {
      const path = `${String(node.object.value)}.${String(node.property.value)}`
      if (node.object.value === 'globalThis' && platformGlobals.has(String(node.property.value)))
        globals.push(path)
    }
  }

  visit(parseSync(text, { syntax: 'typescript', target: 'esnext' }))
  return { imports, platformGlobals: globals.filter((name) => !declared.has(name)) }
}
