// The table of ops in the docs is what `pnpm ops-table` makes, as far as one device tells; the GPU's column is not tried here.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import '@tt/backend-cpu'
import { pageOf, tryAll } from '../tools/ops-table/table.ts'

/** Cells of the table's lines, without the column of webgpu. */
function linesOf(page: string): string[] {
  const lines = page.split('\n').filter((line) => line.startsWith('| '))
  const at = lines[0].split(' | ').indexOf('webgpu')
  return lines.map((line) =>
    line
      .split(' | ')
      .filter((_, i) => i !== at)
      .join(' | '),
  )
}

test('docs/ops.md is up to date: run pnpm ops-table', async () => {
  const rows = await tryAll(['cpu'])
  expect(rows.length).toBeGreaterThan(500)
  const committed = readFileSync(join(import.meta.dirname, '..', 'docs', 'ops.md'), 'utf8')
  expect(linesOf(committed)).toEqual(linesOf(pageOf(rows, ['cpu'])))
}, 120_000)
