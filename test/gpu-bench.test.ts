// The program that measures real GPUs runs: here in tiny sizes, on whatever adapter there is.
import { expect, test } from '@jest/globals'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../tools/bench/gpu.ts', import.meta.url))

test('node tools/bench/gpu.ts --tiny measures every case, and its model learns', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tt-gpu-bench-'))
  const file = join(folder, 'results.json')
  try {
    const options = ['--tiny', '--tflops', '10', '--bandwidth', '100', '--json', file]
    const text = execFileSync(process.execPath, [script, ...options], { encoding: 'utf8', stdio: 'pipe' })
    expect(text).toMatch(/loss of the model: \d/)
    const { results } = JSON.parse(readFileSync(file, 'utf8')) as {
      results: { name: string; ms: number; rate: number; peak: number | null }[]
    }
    expect(results.map(({ name }) => name.split(' ')[0])).toEqual([
      'matmul',
      'matmul',
      'matmul',
      'matmul',
      'copy',
      'add',
      'exp',
      'sum',
      'copy',
      'add',
      'exp',
      'sum',
      'sort',
      'topk',
      'gpt2',
    ])
    for (const { ms, rate } of results) expect(Math.min(ms, rate)).toBeGreaterThan(0)
    expect(results.map(({ peak }) => peak)).toEqual([
      ...Array(4).fill(10),
      ...Array(8).fill(100),
      null,
      null,
      null,
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
}, 120_000)
