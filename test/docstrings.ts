// What the docstring test needs to know of a package: the names its index exports, and the comment above each.
import { parseSync } from '@swc/core'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** An exported name: where it is declared, what it is, and the docstring above it ('' if there is none). */
export interface DocumentedExport {
  readonly name: string
  readonly file: string
  readonly line: number
  readonly kind: 'function' | 'class' | 'const' | 'type'
  readonly doc: string
}

type Declaration = Omit<DocumentedExport, 'name'>
type Syntax = Record<string, unknown> & { type: string; span: { start: number; end: number } }
type Exports = Map<string, Declaration>

/** A source file: what it declares, what it exports under which name, and the files that it passes on. */
interface SourceFile {
  readonly declared: Exports
  /** Exported name → the file it comes from (null: this one) and its name there. */
  readonly exported: Map<string, { from: string | null; local: string; doc?: string }>
  /** Local name → the file it is imported from and its name there. */
  readonly imported: Map<string, { from: string; local: string }>
  readonly stars: string[]
  readonly namespaces: { name: string; from: string }[]
}

const parsed = new Map<string, SourceFile>()
const nameOf = (node: unknown): string => String((node as { value: string }).value)
const relativeSource = (file: string, node: unknown): string | null => {
  const path = node ? nameOf(node) : ''
  return path.startsWith('.') ? join(dirname(file), path) : null
}

/** Every name that `index` exports, with re-exports followed; members of a namespace as `namespace.name`. */
export function exportsOf(index: string): DocumentedExport[] {
  const found: DocumentedExport[] = []
  const collect = (file: string, prefix: string, seen: Set<string>): void => {
    if (seen.has(file)) return
    seen.add(file)
    const source = read(file)
    for (const name of source.exported.keys()) {
      const declaration = resolve(file, name)
      if (declaration) found.push({ name: prefix + name, ...declaration })
    }
    for (const star of source.stars) collect(star, prefix, seen)
    for (const { name, from } of source.namespaces) collect(from, `${prefix}${name}.`, new Set())
  }
  collect(index, '', new Set())
  return found
}

/** The declaration behind an exported name; null for one of another package, which documents it itself. */
function resolve(file: string, name: string): Declaration | null {
  const source = read(file)
  const entry = source.exported.get(name)
  if (entry === undefined) {
    for (const star of source.stars) {
      const declaration = resolve(star, name)
      if (declaration) return declaration
    }
    return null
  }
  if (entry.from !== null) return existsSync(entry.from) ? resolve(entry.from, entry.local) : null
  const own = source.declared.get(entry.local)
  if (own) return own.doc === '' ? { ...own, doc: entry.doc ?? '' } : own // or above `export { own as name }`
  const imported = source.imported.get(entry.local)
  return imported ? resolve(imported.from, imported.local) : null
}

function read(file: string): SourceFile {
  const known = parsed.get(file)
  if (known) return known
  const text = readFileSync(file)
  // Spans count bytes from an unknown origin: an empty statement in front tells where it is.
  const { body } = parseSync(`;${text.toString()}`, { syntax: 'typescript', target: 'esnext' })
  const items = body as unknown as Syntax[]
  const origin = items[0].span.start + 1
  const source: SourceFile = {
    declared: new Map(),
    exported: new Map(),
    imported: new Map(),
    stars: [],
    namespaces: [],
  }
  for (let i = 1; i < items.length; i++) {
    const start = items[i].span.start - origin
    const gap = text.subarray(i === 1 ? 0 : items[i - 1].span.end - origin, start).toString()
    // The last comment of the gap, if it is one of /** */; a line comment between it and the item does no harm.
    const doc = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:\/\/[^\n]*\s*)*$/.exec(gap)?.[1] ?? ''
    const line = text.subarray(0, start).toString().split('\n').length
    addItem(source, file, items[i], { file, line, doc })
  }
  parsed.set(file, source)
  return source
}

function addItem(source: SourceFile, file: string, item: Syntax, where: Omit<Declaration, 'kind'>): void {
  switch (item.type) {
    case 'ImportDeclaration': {
      const from = relativeSource(file, item.source)
      for (const specifier of item.specifiers as Syntax[]) {
        const original = specifier.imported ?? specifier.local
        if (from) source.imported.set(nameOf(specifier.local), { from, local: nameOf(original) })
      }
      return
    }
    case 'ExportAllDeclaration': {
      const from = relativeSource(file, item.source)
      if (from) source.stars.push(from)
      return
    }
    case 'ExportNamedDeclaration': {
      const from = relativeSource(file, item.source)
      for (const specifier of item.specifiers as Syntax[]) {
        if (specifier.type === 'ExportNamespaceSpecifier') {
          if (from) source.namespaces.push({ name: nameOf(specifier.name), from })
        } else if (from || !item.source) {
          const local = nameOf(specifier.orig)
          source.exported.set(specifier.exported ? nameOf(specifier.exported) : local, {
            from,
            local,
            doc: where.doc,
          })
        }
      }
      return
    }
    case 'ExportDeclaration':
      for (const name of declare(source, item.declaration as Syntax, where))
        source.exported.set(name, { from: null, local: name })
      return
    default:
      declare(source, item, where)
  }
}

const kinds: Record<string, DocumentedExport['kind']> = {
  FunctionDeclaration: 'function',
  ClassDeclaration: 'class',
  VariableDeclaration: 'const',
  TsInterfaceDeclaration: 'type',
  TsTypeAliasDeclaration: 'type',
}
const isFunction = (type: string): boolean =>
  type === 'ArrowFunctionExpression' || type === 'FunctionExpression'

/** Records the names of a declaration; an interface beside a class, or an overload, keeps the docstring that came first. */
function declare(source: SourceFile, item: Syntax, where: Omit<Declaration, 'kind'>): string[] {
  const kind = kinds[item.type]
  if (kind === undefined) return []
  const bindings = kind === 'const' ? (item.declarations as Syntax[]) : [item]
  return bindings.flatMap((binding) => {
    const id = (binding.id ?? binding.identifier) as Syntax
    const init = binding.init as Syntax | null | undefined
    const own = init && isFunction(init.type) ? 'function' : kind
    const names =
      id.type === 'ObjectPattern'
        ? (id.properties as Syntax[]).map((property) =>
            nameOf(property.value && typeof property.value === 'object' ? property.value : property.key),
          )
        : [nameOf(id)]
    for (const name of names) {
      const before = source.declared.get(name)
      const doc =
        before?.doc.includes('@example') && !where.doc.includes('@example')
          ? before.doc
          : where.doc || (before?.doc ?? '')
      source.declared.set(name, { ...where, kind: before?.kind === 'class' ? 'class' : own, doc })
    }
    return names
  })
}
