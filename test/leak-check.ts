// Loaded by jest with every test file: after the last test of a file that uses the CPU backend, its tensors must be gone.
import { afterAll, expect } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** Bytes that may stay: tensors at module level of a test file, constants of kernels. */
const budget = 2 ** 18

/** Whether a test file, or a file of its own folders that it imports, imports the CPU backend. */
function usesBackend(file: string, seen = new Set<string>()): boolean {
  if (seen.has(file)) return false
  seen.add(file)
  const text = readFileSync(file, 'utf8')
  const imports = text.matchAll(/^(?:import\b|export\b|\}) ?[^'\n]*'([^'\n]+)'$|\bimport\('([^'\n]+)'\)/gm)
  for (const [, still = '', dynamic = still] of imports) {
    if (dynamic === '@tt/backend-cpu') return true
    if (/^\.{1,2}\/.*\.ts$/.test(dynamic) && usesBackend(join(dirname(file), dynamic), seen)) return true
  }
  return false
}

const { testPath } = expect.getState()
if (testPath !== undefined && usesBackend(testPath)) {
  afterAll(async () => {
    // The module of the test file itself: it is loaded already, or nothing has used it.
    const { memoryStats, reclaimMemory } = await import('@tt/backend-cpu')
    for (let tries = 0; tries < 3; tries++) {
      await setTimeout() // the frames of the last test are gone
      reclaimMemory()
      if (memoryStats().allocatedBytes <= budget) break
    }
    const { allocatedBytes } = memoryStats()
    if (allocatedBytes > budget) {
      throw new Error(
        `leak check: at most ${budget} bytes of tensors may stay after a test file, got ${allocatedBytes}. ` +
          'Something outside of the tests holds on to tensors: a cache, a hook, a graph that is not released',
      )
    }
  })
}
