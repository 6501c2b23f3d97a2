// pnpm bench runs: here one short case of each kind, without the peers.
import { expect, test } from '@jest/globals'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../tools/bench/main.ts', import.meta.url))
const run = (...options: string[]): string =>
  execFileSync(process.execPath, [script, ...options], { encoding: 'utf8', stdio: 'pipe' })

test('--only chooses cases, --json writes their numbers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tt-bench-'))
  const file = join(folder, 'results.json')
  try {
    const text = run(
      '--only',
      'matmul 64',
      '--only',
      'add 1e6',
      '--no-peers',
      '--budget',
      '10',
      '--json',
      file,
    )
    expect(text).toMatch(/matmul 64: .*\n +tt +[\d.]+ \S+ +[\d.]+ GFLOP\/s/)
    const { results } = JSON.parse(readFileSync(file, 'utf8')) as {
      results: Record<string, { tt: { median: number; min: number; p90: number; runs: number } }>
    }
    expect(Object.keys(results)).toEqual(['add 1e6', 'add 1e6 dropped', 'matmul 64'])
    for (const { tt } of Object.values(results)) {
      expect(tt.min).toBeGreaterThan(0)
      expect(tt.median).toBeGreaterThanOrEqual(tt.min)
      expect(tt.p90).toBeGreaterThanOrEqual(tt.median)
      expect(tt.runs).toBeGreaterThanOrEqual(5)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('--help tells the options, and what cannot be is refused', () => {
  expect(run('--', '--help')).toMatch(/^pnpm bench \[options\]\n +--only TEXT/)
  for (const [options, message] of [
    [['--budget', '0'], 'bench: --budget must be a positive number of milliseconds, got 0.'],
    [['--only', 'nothing'], 'bench: --only must match a case, got nothing. Cases: add 1, '],
  ] as const) {
    const { status, stderr } = spawnSync(process.execPath, [script, ...options], { encoding: 'utf8' })
    expect(status).toBe(1)
    expect(stderr).toContain(message)
  }
})
