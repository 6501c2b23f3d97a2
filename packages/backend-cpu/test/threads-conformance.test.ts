// Divided between threads wherever that is possible, the backend still computes what the reference backend does.
import { describe, expect, test } from '@jest/globals'
import { conformance } from '@tt/tensor/testing'
import { createCpuBackend } from '@tt/backend-cpu'

const report = (summary: string): void => void process.stderr.write(`two threads: ${summary}\n`)

describe('conformance on two threads', () => {
  const backend = createCpuBackend({ threads: 2, grain: 0 })
  for (const { name, run } of conformance({ create: () => backend, report })) test(name, run)

  test('parts were done by a worker', () => {
    const { parts, partsByWorkers } = backend.threadStats()
    expect(parts).toBeGreaterThan(1000)
    expect(partsByWorkers).toBeGreaterThan(0)
  })
})
