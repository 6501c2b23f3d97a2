// The examples in docstrings and in README code blocks, as programs that check themselves.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'

/** An example: where it stands, and its lines. */
export interface DocExample {
  readonly name: string
  readonly code: string
}

/** Every `@example` of a source file; its text goes on to the next tag or the end of the comment. */
export function examplesOf(file: string, root: string): DocExample[] {
  const source = readFileSync(file, 'utf8')
  const found: DocExample[] = []
  for (const comment of source.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    const text = comment[0]
      .slice(3, -2)
      .split('\n')
      .map((line) => line.replace(/^\s*\* ?/, ''))
      .join('\n')
    for (const match of text.matchAll(
      /@example\b([\s\S]*?)(?=(?<!['"\w])@(?:see|param|returns|throws|example|typeParam)\b|$)/g,
    )) {
      const line = source.slice(0, comment.index).split('\n').length
      found.push({ name: `${file.slice(root.length + 1)}:${line}`, code: match[1].trim() })
    }
  }
  return found
}

/** The TypeScript blocks of a Markdown page that are marked with a line `// =>` or with `<!-- run -->` above. */
export function blocksOf(file: string, root: string): DocExample[] {
  const page = readFileSync(file, 'utf8')
  return [...page.matchAll(/<!-- run -->\s*```ts\n([\s\S]*?)```/g)].map((match) => ({
    name: `${file.slice(root.length + 1) || basename(file)}:${page.slice(0, match.index).split('\n').length}`,
    code: match[1],
  }))
}

/**
 * The example as the body of an async function: imports are dropped (their names are in scope), and each line
 * `expression // => value` becomes a check of the expression against the value as it is written.
 */
export function toProgram(code: string): string {
  const lines = code.replace(/^import [\s\S]*?from '[^']*'$|^import '[^']*'$/gm, '').split('\n')
  const joined: string[] = []
  for (const line of lines) {
    // A value on a line of its own belongs to the expression above; a line that begins with a dot continues one.
    if (joined.length > 0 && /^\s*(\/\/ =>|\.)/.test(line))
      joined.push(`${joined.pop()!.trimEnd()} ${line.trim()}`)
    else joined.push(line)
  }
  return joined
    .map((line) => {
      const match = /^(.*?)\s*\/\/ => (.*)$/.exec(line)
      if (match === null) return line
      const [, statement, expected] = match
      const declared = /^\s*(?:const|let) (\w+)\b/.exec(statement)
      if (declared) return `${statement}\n__check(${declared[1]}, ${JSON.stringify(expected)})`
      return `__check(${statement.trim().replace(/^;|;$/g, '')}, ${JSON.stringify(expected)})`
    })
    .join('\n')
}
