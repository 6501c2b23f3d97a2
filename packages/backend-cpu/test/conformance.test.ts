// The CPU backend computes what the reference backend does.
import { describe, test } from '@jest/globals'
import { conformance } from '@tt/tensor/testing'
import { createCpuBackend } from '@tt/backend-cpu'

const report = (summary: string): void => void process.stderr.write(`${summary}\n`)

describe('conformance', () => {
  for (const { name, run } of conformance({ create: () => createCpuBackend(), report })) test(name, run)
})
