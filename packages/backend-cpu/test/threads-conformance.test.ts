// Divided between threads wherever that is possible, the backend still computes what the reference backend does.
import { describe, expect, test } from '@jest/globals'
import { dtypes as everyDtype } from '@tt/tensor'
import { conformance } from '@tt/tensor/testing'
import { createCpuBackend } from '@tt/backend-cpu'

const report = (summary: string): void => void process.stderr.write(`two threads: ${summary}\n`)

describe('conformance on two threads', () => {
  const backend = createCpuBackend({ threads: 2, grain: 0 })
  // the whole kit runs on one thread: where work is cut depends on the size of an element and on nothing else of its dtype
  const dtypes = ['float32', 'float64', 'int64', 'bool']
  for (const { name, run } of conformance({ create: () => backend, report })) {
    const last = name.slice(name.lastIndexOf('/') + 1)
    if (!Object.hasOwn(everyDtype, last) || dtypes.includes(last)) test(name, run)
  }

  test('parts were done by a worker', () => {
    const { parts, partsByWorkers } = backend.threadStats()
    expect(parts).toBeGreaterThan(1000)
    expect(partsByWorkers).toBeGreaterThan(0)
  })
})
